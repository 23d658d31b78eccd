"""The arguments of the Python call as a recipe; all mistakes are told at once, each with the name of its argument."""

from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from pathlib import Path
from typing import Any, TypeVar

from trivet.core.errors import BadRecipe, TrivetError, raise_all
from trivet.core.limits import Limit
from trivet.core.recipe import AUTO, DataSpec, Recipe, parse_aim, parse_goal, parse_seed, parse_time
from trivet.core.registry import find_gauge, parse_limit, parse_step
from trivet.core.roles import ROLES
from trivet.engine.machine import parse_memory
from trivet.engine.progress import Progress

T = TypeVar("T")

_KINDS: dict[str, tuple[tuple[type, ...], str]] = {
    "target": ((str, Integral), "the name of the column to answer (a text)"),
    "weight": ((str, type(None)), "the name of a column (a text), or None"),
    "group": ((str, type(None)), "the name of a column (a text), or None"),
    "time_column": ((str, type(None)), "the name of a column (a text), or None"),
    "roles": ((Mapping, type(None)), "a mapping from role to column, or None"),
    "aim": ((str, type(None)), "the name of a gauge (a text), or None"),
    "stop_when_proven": ((bool,), "True or False"),
    "goal": ((str,), "'auto' or the name of a goal"),
    "time": ((str, Real), "a time such as '5m', or seconds"),
    "seed": ((Integral,), "a whole number"),
    "threads": ((Integral,), "a whole number"),
    "header": ((bool,), "True or False"),
    "strict": ((bool,), "True or False"),
    "sketch": ((bool,), "True or False"),
    "force": ((bool,), "True or False"),
    "best_effort": ((bool,), "True or False"),
    "retry_failed": ((bool,), "True or False"),
    "memory": ((str, type(None)), "memory such as '4 GB', or None"),
    "types": ((Mapping, type(None)), "a mapping from column to type, or None"),
    "out": ((str, Path, type(None)), "a path, or None"),
    "store": ((str, Path, type(None)), "a folder, or None"),
    "state": ((str, Path, type(None)), "a folder, or None"),
    "progress": ((Progress, bool, type(None)), "None (a bar in a notebook), True, False, or a Progress"),
}


def recipe_of_call(source: str, given: Mapping[str, Any]) -> Recipe:
    """The recipe that the arguments mean.  source: of data that was given by name, else "".

    Raises every mistake at once, also about arguments that are no part of a recipe (out, store, threads ...).
    """
    call = _Call(given)
    for name in _KINDS:
        call.expect(name)
    recipe = Recipe(
        data=DataSpec(
            source=source, target=str(given["target"]), header=given["header"],
            goal=call.parse("goal", parse_goal, "auto"), roles=call.roles(), drop=call.texts("drop"),
            types=call.types(),
        ),
        limits=call.limits(),
        aim=call.parse("aim", lambda name: None if name is None else parse_aim(name), None),
        stop_when_proven=given["stop_when_proven"],
        steps=call.steps(),
        seconds=call.parse("time", lambda time: parse_time(time if isinstance(time, str) else float(time)), 300.0),
        seed=call.parse("seed", lambda seed: parse_seed(int(seed)), 0),
        strict=given["strict"], accept=call.texts("accept"), measure=call.gauges(), sketch=given["sketch"],
    )  # fmt: skip
    if call.fits("threads") and given["threads"] < 1:
        call.complain("threads", "at least one worker", given["threads"], "threads=2")
    call.parse("memory", lambda amount: None if amount is None else parse_memory(amount), None)
    raise_all(call.errors)
    return recipe


class _Call:
    """Collects mistakes while it reads the arguments, so that all are told in one go."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = given
        self.errors: list[TrivetError] = []

    def fits(self, name: str) -> bool:
        kinds, _ = _KINDS[name]
        found = self.given[name]
        # True is a whole number to Python, and never what was meant by one.
        return isinstance(found, kinds) and not (isinstance(found, bool) and bool not in kinds)

    def expect(self, name: str) -> None:
        if not self.fits(name):
            self.complain(name, _KINDS[name][1], self.given[name])

    def parse(self, name: str, parse: Callable[[Any], T], instead: T) -> T:
        return self.attempt(name, parse, self.given[name], instead) if self.fits(name) else instead

    def attempt(self, name: str, parse: Callable[[Any], T], found: Any, instead: T) -> T:
        try:
            return parse(found)
        except TrivetError as error:
            error.where = error.where or place(name)
            self.errors.append(error)
            return instead

    def texts(self, name: str) -> tuple[str, ...]:
        """One text, or several; a set has no order of its own and gets one."""
        found = self.given[name]
        if isinstance(found, str):
            return (found,)
        wanted = f"a text or a list of texts for {name}"
        if not isinstance(found, Iterable) or isinstance(found, (bytes, Mapping)):
            self.complain(name, wanted, found)
            return ()
        every = sorted(found, key=str) if isinstance(found, (set, frozenset)) else [*found]
        for one in every:
            if not isinstance(one, str):
                self.complain(name, wanted, one)
        return tuple(every)

    def steps(self) -> tuple[str, ...]:
        found = self.texts("steps") or AUTO
        if found == AUTO:
            return AUTO
        return tuple(self.attempt("steps", lambda text: str(parse_step(text)), str(step), "") for step in found)

    def gauges(self) -> tuple[str, ...]:
        """The canonical texts of what is measured besides."""
        return tuple(
            self.attempt("measure", lambda text: str(find_gauge(text)), text, "")
            for text in self.texts("measure")
            if isinstance(text, str)
        )

    def roles(self) -> dict[str, str]:
        """Role -> column; the time column is called so because `time` is that of the build."""
        arguments = {"weight": "weight", "group": "group", "time": "time_column"}
        named = {role: self.given[argument] for role, argument in arguments.items()}
        named |= self.given["roles"] if self.fits("roles") and self.given["roles"] else {}
        for role in named:
            if role not in ROLES:
                self.complain("roles", f"roles among {', '.join(ROLES)}", role)
        return {role: column for role, column in named.items() if isinstance(column, str)}

    def types(self) -> dict[str, str] | None:
        found = self.given["types"]
        if not isinstance(found, Mapping) or not found:
            return None
        for column, kind in found.items():
            if not isinstance(kind, str) or not isinstance(column, str):
                self.complain("types", "texts such as {'zip': 'category'}", {column: kind})
        return dict(found)

    def limits(self) -> tuple[Limit, ...]:
        """One text or limit, a sequence of them, or a mapping from gauge to bound or bounds."""
        found = self.given["limits"]
        if isinstance(found, Mapping):
            pairs = [(gauge, one) for gauge, bounds in found.items() for one in things_in(bounds)]
            found = [f"{gauge} {bound}" if isinstance(bound, str) else {gauge: bound} for gauge, bound in pairs]
        limits: list[Limit] = []
        for one in things_in(found):
            if isinstance(one, Limit):
                limits.append(one)
            elif isinstance(one, str):
                limits += self.attempt("limits", lambda text: [parse_limit(text)], one, [])
            else:
                wanted = "a text such as 'auroc >= 0.7', a list of them, or a mapping such as {'auroc': '>= 0.7'}"
                self.complain("limits", wanted, one, "limits=['auroc >= 0.7', 'size <= 200 kB']")
        return tuple(limits)

    def complain(self, name: str, wanted: str, found: Any, example: str = "") -> None:
        do = f"write, for example,  {example}" if example else "see  help(trivet.compile)"
        self.errors.append(BadRecipe("recipe-field", wanted=wanted, found=few(found), do=do, where=place(name)))


def things_in(found: Any) -> list[Any]:
    """The thing itself, or the things in it where it is a list or the like."""
    return [*found] if isinstance(found, (list, tuple, set, frozenset)) else [found]


def place(name: str) -> str:
    return f"trivet.compile({name}=...)"


def few(found: Any) -> str:
    """The value as Python writes it, shortened: somebody may have given a whole table."""
    text = repr(found)
    return text if len(text) <= 80 else f"{text[:60]}... (a {type(found).__name__})"
