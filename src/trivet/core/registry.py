"""The folder is the registry: one file, one thing, found by its name and imported only when asked for.

A thing of another distribution is found by an entry point of the folder's group.  Base classes are named, not imported:
they may live above this module, and nothing that is not asked for is loaded.
"""

import pkgutil
import re
from collections.abc import Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from .errors import BadLimit, BadRecipe, BadUse, Refused, nearest_names
from .limits import PARAMETERS, Limit, gauge_named, split_limit
from .task import Field
from .text_form import instance_from, kebab, split_call
from .units import nearest_amount, parse_amount

if TYPE_CHECKING:
    from .domains import Domain
    from .gauges import Gauge
    from .goals import Goal
    from .passes import Pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder with a base class.  group: of entry points.  base: "module:Class".

    is_nested: whether its things are sorted into folders of their own; where not, such folders hold what they share.
    """

    package: str
    group: str
    base: str
    is_nested: bool = False


FOLDERS = {
    "pass": Folder(package="trivet.passes", group="trivet.passes", base="trivet.core.passes:Pass", is_nested=True),
    "gauge": Folder(package="trivet.gauges", group="trivet.gauges", base="trivet.core.gauges:Gauge", is_nested=True),
    "goal": Folder(package="trivet.goals", group="trivet.goals", base="trivet.core.goals:Goal"),
    "fieldtype": Folder(
        package="trivet.fieldtypes", group="trivet.fieldtypes", base="trivet.core.fieldtypes:FieldType"
    ),
    "domain": Folder(package="trivet.domains", group="trivet.domains", base="trivet.core.domains:Domain"),
    "check": Folder(
        package="trivet.data.doctor.checks", group="trivet.doctor.checks", base="trivet.data.doctor.check:DoctorCheck"
    ),
    "section": Folder(package="trivet.documents", group="trivet.documents", base="trivet.core.sections:Section"),
    "exporter": Folder(package="trivet.exports", group="trivet.exports", base="trivet.core.exporters:Exporter"),
    "explainer": Folder(
        package="trivet.explainers", group="trivet.explainers", base="trivet.core.explainers:Explainer"
    ),
}
"""What can be registered, by kind.  The kinds of the runtime and its probes are closed tables of the runtime itself."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where a thing lives.  distribution: who registered it, "" for trivet itself."""

    module: str
    distribution: str = ""

    def __str__(self) -> str:
        return f"{self.module} of {self.distribution}" if self.distribution else self.module


@cache
def places(kind: str) -> dict[str, Home]:
    """{name: where it lives} of all that is registered of one kind (see FOLDERS), not imported."""
    folder = FOLDERS[kind]
    package = import_module(folder.package)
    walk = pkgutil.walk_packages if folder.is_nested else pkgutil.iter_modules
    found: dict[str, Home] = {}
    for module in walk(package.__path__, package.__name__ + "."):
        if not module.ispkg:
            claim(found, kind, module.name.rpartition(".")[2].replace("_", "-"), Home(module.name))
    for point in outside(folder.group):
        claim(found, kind, point.name, Home(point.value, distribution_of(point)))
    return dict(sorted(found.items()))


def claim(found: dict[str, Home], kind: str, name: str, home: Home) -> None:
    if name in found:
        raise BadUse(
            "name-clash",
            wanted=f"one home for each {kind}",
            found=f"{name} in {found[name]} and in {home}",
            do="uninstall one of the two, or rename it",
        )
    found[name] = home


def outside(group: str) -> Sequence[EntryPoint]:
    """What other installed distributions register."""
    return sorted(entry_points(group=group), key=lambda point: (point.name, point.value))


def distribution_of(point: EntryPoint) -> str:
    """The name of the distribution, e.g. "trivet-loans"."""
    return point.dist.name if point.dist is not None else "another distribution"


def homes(kind: str) -> dict[str, str]:
    """{name: module} of all that is registered of one kind, not imported."""
    return {name: home.module for name, home in places(kind).items()}


@cache
def find(kind: str, name: str) -> Any:
    """The class registered under the name; an unknown name is answered with the nearest ones."""
    known = places(kind)
    if name not in known:
        near = nearest_names(name, known)
        raise BadUse(
            f"unknown-{kind}",
            wanted=f"the name of a{'n' if kind[0] in 'aeiou' else ''} {kind}",
            found=repr(name),
            do=f"{near} See `trivet passes`." if kind == "pass" else near,
        )
    module, base = module_of(kind, name, known[name]), base_of(kind)
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, base) and kebab(thing.__name__) == name:
            return thing
    raise BadUse(
        "name-clash",
        wanted=f"a {kind} class named like its file in {known[name]}",
        found=f"none whose name reads {name!r}",
        do="name the class after the file",
    )


def base_of(kind: str) -> type:
    """The base class of a kind."""
    module, _, name = FOLDERS[kind].base.partition(":")
    base: type = getattr(import_module(module), name)
    return base


def module_of(kind: str, name: str, home: Home) -> Any:
    """The module; what goes wrong in that of another distribution is told with the distribution's name."""
    module = home.module.partition(":")[0]
    if not home.distribution:
        return import_module(module)
    try:
        return import_module(module)
    except Exception as error:  # a module of somebody else may raise anything
        raise BadUse(
            "broken-plugin",
            wanted=f"to import the {kind} {name} from {home}",
            found=f"{type(error).__name__}: {error}",
            do=f"upgrade or uninstall {home.distribution}; whatever does not ask for {name} works without it",
        ) from error


def usable(kind: str) -> dict[str, Any]:
    """{name: class} of everything of one kind that can be had; see `left_out` for the rest."""
    return {name: find(kind, name) for name in places(kind) if not why_unusable(kind, name)}


def left_out(*kinds: str) -> tuple[str, ...]:
    """A sentence for each thing of another distribution that cannot be had, of these kinds or of all."""
    every = [(kind, name) for kind in kinds or FOLDERS for name in places(kind)]
    return tuple(
        f"the {kind} {name} of {places(kind)[name].distribution} is left out: {why}"
        for kind, name in every
        if (why := why_unusable(kind, name))
    )


@cache
def why_unusable(kind: str, name: str) -> str:
    """What is wrong with a thing of another distribution; "" for a sound one and for all of trivet's own."""
    if not places(kind)[name].distribution:
        return ""
    try:
        find(kind, name)
    except BadUse as error:
        return error.found
    return ""


def parse_step(text: str) -> "Pass":
    """The pass that a step's text means."""
    name, arguments = split_call(text)
    parsed: Pass = instance_from(find("pass", name), arguments, text=text)
    return parsed


def find_gauge(text: str) -> "Gauge":
    """The gauge that a text means, such as "auroc" or "coverage(among=sex)"; `str` of it is the canonical text."""
    kind: type[Gauge] = find("gauge", text.partition("(")[0].strip())
    try:
        gauge: Gauge = instance_from(kind, split_call(text)[1], text=text)
    except BadRecipe as error:
        own = ", ".join(field.name for field in fields(kind)) or "none"
        do = f"the parameters of {kind.gauge_name()} are: {own}; see `trivet explain {kind.gauge_name()}`"
        raise BadLimit("limit-parameter", wanted=error.wanted, found=error.found, do=do) from error
    return gauge


def find_goal(name: str) -> "Goal":
    """The goal of this name."""
    goal: Goal = find("goal", name)()
    return goal


def find_domain(name: str) -> "Domain":
    """The domain of this name."""
    domain: Domain = find("domain", name)()
    return domain


def parse_limit(text: str, *, sure: float = 0.95) -> Limit:
    """The limit that e.g. "size <= 200 kB" means, its bound in the gauge's own unit.

    Parameters stand in brackets, as in "f1(positive=fraud) >= 0.8".  Neither the case of the gauge and the unit nor the
    spaces count: "SIZE<=200kb" is the same.  Whatever is refused is answered with the nearest limit that is not.
    """
    try:
        name, must, amount = split_limit(text)
    except BadLimit as error:
        if near := nearest_limit(text):
            error.do = f"write '{near}'; `trivet gauges` lists what can be limited"
        raise
    gauge = find_gauge(name)
    bound = parse_amount(amount, gauge.unit, what=gauge.name, before=f"{gauge} {must} ")
    return Limit(gauge=str(gauge), must=must, bound=bound, unit=gauge.unit, sure=sure)


_NAME_FIRST = re.compile(
    rf"\s*([a-z][\w-]*(?:\s+[a-z][\w-]*)*)\s*({PARAMETERS})?\s*([^\w\s.+-]*)\s*(.*)", re.IGNORECASE | re.DOTALL
)
_NAME_LAST = re.compile(
    rf"\s*([-+.\d].*?)\s*([<>=≥≤]+)\s*([a-z][\w-]*)\s*({PARAMETERS})?\s*", re.IGNORECASE | re.DOTALL
)
_TURNED = str.maketrans("<>≤≥", "><≥≤")


def nearest_limit(text: str) -> str | None:
    """The limit that was probably meant by a text that is none, as `parse_limit` reads it; None when nothing is near.

    >>> [nearest_limit(text) for text in ("accuracy > 90%", "5ms >= p99_latency", "size 50", "?")]
    ['accuracy >= 90%', 'p99-latency <= 5ms', 'size <= 50 kB', None]
    """
    first, last = _NAME_FIRST.fullmatch(text), _NAME_LAST.fullmatch(text)
    if first is not None:
        words, parameters, sign, amount = first.groups()
    elif last is not None:
        words, parameters, sign, amount = last[3], last[4], last[2].translate(_TURNED), last[1]
    else:
        return None
    near = get_close_matches(gauge_named(words), homes("gauge"), n=1, cutoff=0.5)
    if not near:
        return None
    gauge = nearest_gauge(near[0], parameters or "")
    must = "<=" if set(sign) & set("<≤") else ">=" if set(sign) & set(">≥") else gauge.better
    try:
        parse_amount(amount, gauge.unit, what=gauge.name)
    except BadLimit:
        amount = nearest_amount(amount, gauge.unit)
    return f"{gauge} {must} {amount.strip()}"


def nearest_gauge(name: str, parameters: str) -> "Gauge":
    """The gauge with these parameters, in brackets, where it takes them; else without."""
    try:
        return find_gauge(name + parameters)
    except BadLimit:
        return find_gauge(name)


def domain_for(inputs: Sequence[Field]) -> str:
    """The name of the domain that recognises these columns best."""
    scores = {name: domain().recognises(inputs) for name, domain in usable("domain").items()}
    best = max(scores, key=lambda name: (scores[name], name), default="")
    if not best or scores[best] <= 0:
        raise Refused("compile", "columns that no domain recognises", do="see `trivet explain table`")
    return best
