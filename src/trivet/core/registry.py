"""The folder is the registry: one file, one thing, found by its name and imported only when asked for."""

import pkgutil
import re
from collections.abc import Sequence
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from .domains import Domain
from .errors import BadLimit, BadUse, Refused, nearest_names
from .gauges import Gauge
from .goals import Goal
from .limits import Limit, gauge_named, split_limit
from .passes import Pass
from .task import Field
from .text_form import filled, kebab, split_call
from .units import nearest_amount, parse_amount

_PACKAGES = {"pass": "trivet.passes", "gauge": "trivet.gauges", "goal": "trivet.goals", "domain": "trivet.domains"}
_BASES: dict[str, type] = {"pass": Pass, "gauge": Gauge, "goal": Goal, "domain": Domain}


@cache
def homes(kind: str) -> dict[str, str]:
    """{name: module} of all that is registered of one kind ("pass", "gauge", "goal", "domain"), not imported."""
    package = import_module(_PACKAGES[kind])
    found: dict[str, str] = {}
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.ispkg:
            claim(found, module.name.rpartition(".")[2].replace("_", "-"), module.name)
    for point in outside(_PACKAGES[kind]):
        claim(found, point.name, point.value)
    return dict(sorted(found.items()))


def claim(found: dict[str, str], name: str, home: str) -> None:
    if name in found:
        raise BadUse(
            "name-clash",
            wanted="one home for each name",
            found=f"{name} in {found[name]} and in {home}",
            do="uninstall one of the two, or rename it",
        )
    found[name] = home


def outside(group: str) -> Sequence[EntryPoint]:
    """What other installed distributions register."""
    return sorted(entry_points(group=group), key=lambda point: (point.name, point.value))


@cache
def find(kind: str, name: str) -> Any:
    """The class registered under the name; an unknown name is answered with the nearest ones."""
    known = homes(kind)
    if name not in known:
        raise BadUse(
            f"unknown-{kind}",
            wanted=f"the name of a {kind}",
            found=repr(name),
            do=f"{nearest_names(name, known)} See `trivet {kind}es`." if kind == "pass" else nearest_names(name, known),
        )
    module = import_module(known[name].partition(":")[0])
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, _BASES[kind]) and kebab(thing.__name__) == name:
            return thing
    raise BadUse(
        "name-clash",
        wanted=f"a {kind} class named like its file in {known[name]}",
        found=f"none whose name reads {name!r}",
        do="name the class after the file",
    )


def parse_step(text: str) -> Pass:
    """The pass that a step's text means."""
    name, arguments = split_call(text)
    parsed: Pass = filled(find("pass", name), arguments, text=text)
    return parsed


def find_gauge(name: str) -> Gauge:
    """The gauge of this name."""
    gauge: Gauge = find("gauge", name)()
    return gauge


def find_goal(name: str) -> Goal:
    """The goal of this name."""
    goal: Goal = find("goal", name)()
    return goal


def find_domain(name: str) -> Domain:
    """The domain of this name."""
    domain: Domain = find("domain", name)()
    return domain


def parse_limit(text: str, *, sure: float = 0.95) -> Limit:
    """The limit that e.g. "size <= 200 kB" means, its bound in the gauge's own unit.

    Neither the case of the gauge and the unit nor the spaces count: "SIZE<=200kb" is the same.  Whatever is refused is
    answered with the nearest limit that is not.
    """
    try:
        name, must, amount = split_limit(text)
    except BadLimit as error:
        if near := nearest_limit(text):
            error.do = f"write '{near}'; `trivet gauges` lists what can be limited"
        raise
    gauge = find_gauge(name)
    bound = parse_amount(amount, gauge.unit, what=name, before=f"{name} {must} ")
    return Limit(gauge=name, must=must, bound=bound, unit=gauge.unit, sure=sure)


_NAME_FIRST = re.compile(r"\s*([a-z][\w-]*(?:\s+[a-z][\w-]*)*)\s*([^\w\s.+-]*)\s*(.*)", re.IGNORECASE | re.DOTALL)
_NAME_LAST = re.compile(r"\s*([-+.\d].*?)\s*([<>=≥≤]+)\s*([a-z][\w-]*)\s*", re.IGNORECASE | re.DOTALL)
_TURNED = str.maketrans("<>≤≥", "><≥≤")


def nearest_limit(text: str) -> str | None:
    """The limit that was probably meant by a text that is none, as `parse_limit` reads it; None when nothing is near.

    >>> [nearest_limit(text) for text in ("accuracy > 90%", "5ms >= p99_latency", "size 50", "?")]
    ['accuracy >= 90%', 'p99-latency <= 5ms', 'size <= 50 kB', None]
    """
    first, last = _NAME_FIRST.fullmatch(text), _NAME_LAST.fullmatch(text)
    if first is not None:
        words, sign, amount = first.groups()
    elif last is not None:
        words, sign, amount = last[3], last[2].translate(_TURNED), last[1]
    else:
        words, sign, amount = "", "", ""
    near = get_close_matches(gauge_named(words), homes("gauge"), n=1, cutoff=0.5)
    if not near:
        return None
    gauge = find_gauge(near[0])
    must = "<=" if set(sign) & set("<≤") else ">=" if set(sign) & set(">≥") else gauge.better
    try:
        parse_amount(amount, gauge.unit, what=near[0])
    except BadLimit:
        amount = nearest_amount(amount, gauge.unit)
    return f"{near[0]} {must} {amount.strip()}"


def domain_for(inputs: Sequence[Field]) -> str:
    """The name of the domain that recognises these columns best."""
    scores = {name: find_domain(name).recognises(inputs) for name in homes("domain")}
    best = max(scores, key=lambda name: (scores[name], name), default="")
    if not best or scores[best] <= 0:
        raise Refused("compile", "columns that no domain recognises", do="see `trivet explain table`")
    return best
