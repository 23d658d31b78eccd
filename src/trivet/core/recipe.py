"""A recipe: this data, this target, these limits.  TOML, command-line flags and Python all make this one value."""

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from typing import Any

from trivet.runtime.kinds.readers.spellings import BadSpelling

from .errors import BadRecipe, TrivetError, nearest_names, raise_all
from .fieldtypes import parsed_type
from .limits import Limit, gauge_named
from .lock import LOCK_TYPES, Lock, lock_from, lock_lines
from .registry import find_gauge, homes, parse_limit, parse_step
from .roles import ROLES
from .toml_text import time_text, toml
from .units import parse_amount, show_amount
from .value import value

AUTO = ("auto",)


@value
class DataSpec:
    """Where the rows are and which columns play a part.

    source: path, glob or SQL; "" for rows given in Python.  goal: its name; "auto" lets the answers decide.
    roles: role -> column, e.g. {"weight": "w"}; see `core.roles`.
    """

    source: str
    target: str
    header: bool = True
    encoding: str = "utf-8"
    goal: str = "auto"
    roles: Mapping[str, str] = field(default_factory=dict)
    drop: tuple[str, ...] = ()
    types: Mapping[str, str] | None = None


@value
class Recipe:
    """Everything that decides the body of a specialist.

    limits: all must hold.  aim: the gauge that the search improves once they are likely to; None: see `plan.aim_of`.
    steps: ("auto",) or texts of passes.  seconds: the time within which the build ends.
    stop_when_proven: the search ends at the first candidate that is nearly sure to be proven, whatever the aim.
    seed: every random choice follows from it.  strict: findings of the data doctor become errors.
    accept: findings that a strict build lets pass, e.g. "id-column" or "missing-values(age)".
    measure: gauges that are measured besides the limited and the usual ones.
    sketch: whether the file tells, by a sketch of hashed rows, which rows it was built on.
    lock: how far the search of an earlier build came; then the clock ends nothing.
    """

    data: DataSpec
    limits: tuple[Limit, ...] = ()
    aim: str | None = None
    steps: tuple[str, ...] = AUTO
    seconds: float = 300.0
    stop_when_proven: bool = False
    seed: int = 0
    strict: bool = False
    accept: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    sketch: bool = True
    lock: Lock | None = None

    def __str__(self) -> str:
        return text_of_recipe(self)


_DATA_TYPES: dict[str, type] = {
    "source": str, "target": str, "header": bool, "encoding": str, "goal": str, **dict.fromkeys(ROLES, str),
    "drop": list,
}  # fmt: skip
_BUILD_TYPES: dict[str, Any] = {
    "time": (str, int, float), "seed": int, "steps": (str, list), "strict": bool, "accept": list, "measure": list,
    "sketch": bool, "aim": str, "stop_when_proven": bool,
}  # fmt: skip
_SECTIONS = ("data", "types", "limits", "build", "lock")


def parse_recipe(text: str, *, where: str = "recipe") -> Recipe:
    """The recipe in a TOML text; all mistakes are reported at once, each with its line."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = str(error)
        raise BadRecipe("recipe-toml", wanted="valid TOML", found=found, do="mend the line", where=where) from error
    reader = _Reader(text, where)
    recipe = reader.recipe(table)
    raise_all(reader.errors)
    return recipe


class _Reader:
    """Collects mistakes while it reads, so that all are told in one go."""

    def __init__(self, text: str, where: str) -> None:
        self.lines = text.splitlines()
        self.where = where
        self.errors: list[TrivetError] = []

    def recipe(self, table: dict[str, Any]) -> Recipe:
        for name in table:
            if name not in _SECTIONS:
                self.complain(name, f"a section of a recipe; {nearest_names(name, _SECTIONS)}", repr(name))
        data = self.section(table, "data", _DATA_TYPES)
        build = self.section(table, "build", _BUILD_TYPES)
        for name in ("source", "target"):
            if name not in data:
                self.complain("[data]", f"{name} in [data]", "none")
        types = self.types(table.get("types", {}))
        if "seed" in build:
            self.attempt("seed", lambda: parse_seed(build["seed"]))
        if "goal" in data:
            self.attempt("goal", lambda: parse_goal(data["goal"]))
        if "aim" in build:
            self.attempt("aim", lambda: build.update(aim=parse_aim(build["aim"])))
        steps = build.get("steps", "auto")
        return Recipe(
            data=DataSpec(
                **{"source": "", "target": "", **without(data, ROLES), "drop": tuple(data.get("drop", ()))},
                roles={role: data[role] for role in ROLES if role in data},
                types=types or None,
            ),
            limits=self.limits(table.get("limits", {})),
            aim=build.get("aim"),
            steps=self.steps([steps] if isinstance(steps, str) else steps),
            seconds=self.seconds(build.get("time", "5m")),
            stop_when_proven=build.get("stop_when_proven", False),
            seed=build.get("seed", 0),
            strict=build.get("strict", False),
            accept=tuple(map(str, build.get("accept", ()))),
            measure=self.measure(build.get("measure", ())),
            sketch=build.get("sketch", True),
            lock=lock_from(self.section(table, "lock", LOCK_TYPES), self.complain) if "lock" in table else None,
        )

    def section(self, table: dict[str, Any], name: str, known: Mapping[str, Any]) -> dict[str, Any]:
        found = table.get(name, {})
        if not isinstance(found, dict):
            self.complain(name, f"a table [{name}]", repr(found))
            return {}
        kept = {}
        for key, item in found.items():
            if key not in known:
                self.complain(key, f"a field of [{name}]; {nearest_names(key, known)}", repr(key))
            elif not isinstance(item, known[key]) or (isinstance(item, bool) and known[key] is not bool):
                self.complain(key, f"{type_names(known[key])} for {key}", repr(item))
            else:
                kept[key] = item
        return kept

    def types(self, found: Any) -> dict[str, str]:
        if not isinstance(found, dict):
            self.complain("types", "a table [types]", repr(found))
            return {}
        for column, kind in found.items():
            try:
                parsed_type(kind)
            except BadSpelling as error:
                self.complain(column, f"for column {column} {error}", repr(kind))
        return dict(found)

    def limits(self, found: Any) -> tuple[Limit, ...]:
        if not isinstance(found, dict):
            self.complain("limits", "a table [limits]", repr(found))
            return ()
        limits = []
        for gauge, bounds in found.items():
            for bound in bounds if isinstance(bounds, list) else [bounds]:
                self.attempt(gauge, lambda g=gauge, b=bound: limits.append(parse_limit(f"{g} {b}")))
        return tuple(limits)

    def steps(self, texts: Sequence[Any]) -> tuple[str, ...]:
        for text in texts:
            if text != "auto":
                self.attempt("steps", lambda t=text: parse_step(str(t)))
        return tuple(str(text) for text in texts)

    def measure(self, texts: Sequence[Any]) -> tuple[str, ...]:
        gauges: list[str] = []
        for text in texts:
            self.attempt("measure", lambda t=text: gauges.append(str(find_gauge(str(t)))))
        return tuple(gauges)

    def seconds(self, found: Any) -> float:
        seconds = [300.0]
        self.attempt("time", lambda: seconds.append(parse_time(found)))
        return seconds[-1]

    def attempt(self, key: str, work: Any) -> None:
        try:
            work()
        except TrivetError as error:
            error.where = error.where or self.place(key)
            self.errors.append(error)

    def complain(self, key: str, wanted: str, found: str) -> None:
        do = "see `trivet init --help` for a commented recipe"
        self.errors.append(BadRecipe("recipe-field", wanted=wanted, found=found, do=do, where=self.place(key)))

    def place(self, key: str) -> str:
        bare = key.strip("[]")
        written = "|".join(map(re.escape, (bare, f'"{bare}"', f"'{bare}'", toml(bare))))
        for number, line in enumerate(self.lines, 1):
            if re.match(rf"\s*\[?(?:{written})\s*[\]=]", line):
                return f"{self.where}, line {number}:   {line.strip()}"
        return self.where


def without(table: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    return {name: item for name, item in table.items() if name not in names}


def type_names(kinds: Any) -> str:
    names = {str: "a text", bool: "true or false", int: "a whole number", float: "a number", list: "a list"}
    return " or ".join(names[kind] for kind in (kinds if isinstance(kinds, tuple) else (kinds,)))


def parse_goal(found: str) -> str:
    """The goal of this name; refuses any other."""
    known = ("auto", *homes("goal"))
    if found not in known:
        wanted = f"a goal, one of {', '.join(known)}"
        raise BadRecipe("recipe-field", wanted=wanted, found=repr(found), do=nearest_names(found, known))
    return found


def parse_aim(found: str) -> str:
    """The canonical text of the gauge, such as "auroc" or "coverage(among=sex)"; refuses one that there is not."""
    return str(find_gauge(gauge_named(found)))


def parse_seed(found: int) -> int:
    """The seed; refuses a negative one, which random generators do not take."""
    if found < 0:
        raise BadRecipe("recipe-field", wanted="a seed of 0 or above", found=repr(found), do="write, for example, 7")
    return found


def parse_time(found: Any) -> float:
    """Seconds from e.g. "5m", "90 s" or a plain number of seconds; refuses zero and less."""
    plain = isinstance(found, (int, float)) or found.strip().replace(".", "", 1).isdigit()
    seconds = float(found) if plain else parse_amount(found, "s", what="time")
    if not 0 < seconds < 1e7:
        wanted = "a time above 0 and below 1e7 seconds, such as '5m'"
        raise BadRecipe("recipe-field", wanted=wanted, found=repr(found), do="write '5m', '90 s' or '2 h'")
    return seconds


def text_of_recipe(recipe: Recipe) -> str:
    """The TOML text; `parse_recipe` gives the same recipe back."""
    data = recipe.data
    lines = ["[data]"]
    for name in _DATA_TYPES:
        item = data.roles.get(name) if name in ROLES else getattr(data, name)
        default = None if name in ROLES else DataSpec.__dataclass_fields__[name].default
        if name in ("source", "target") or item != default:
            lines.append(f"{name} = {toml(item)}")
    if data.types:
        lines += ["", "[types]", *(f"{toml(k)} = {toml(v)}" for k, v in data.types.items())]
    lines += ["", "[limits]", *limit_lines(recipe.limits), "", "[build]", *build_lines(recipe)]
    if recipe.lock is not None:
        lines += ["", "[lock]", *lock_lines(recipe.lock)]
    return "\n".join(lines) + "\n"


def build_lines(recipe: Recipe) -> list[str]:
    """The fields of the section [build]; most of those at their default are left out."""
    lines = [] if recipe.aim is None else [f"aim = {toml(recipe.aim)}"]
    lines += ["stop_when_proven = true"] if recipe.stop_when_proven else []
    lines.append(f"time = {toml(time_text(recipe.seconds))}")
    lines.append(f"seed = {recipe.seed}")
    lines.append(f"steps = {toml('auto' if recipe.steps == AUTO else recipe.steps)}")
    lines += ["strict = true"] if recipe.strict else []
    lines += [f"accept = {toml(recipe.accept)}"] if recipe.accept else []
    lines += [f"measure = {toml(recipe.measure)}"] if recipe.measure else []
    return lines + ([] if recipe.sketch else ["sketch = false"])


def limit_lines(limits: Sequence[Limit]) -> list[str]:
    by_gauge: dict[str, list[str]] = {}
    for limit in limits:
        by_gauge.setdefault(limit.gauge, []).append(f"{limit.must} {bound_text(limit)}")
    return [f"{toml_key(gauge)} = {toml(b[0] if len(b) == 1 else b)}" for gauge, b in by_gauge.items()]


def toml_key(name: str) -> str:
    """The name as a key of TOML: bare where that is allowed, else in quotes."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else toml(name)


def bound_text(limit: Limit) -> str:
    """The bound as people write it where that loses nothing, else with all its digits."""
    shown = show_amount(limit.bound, limit.unit) if limit.unit else f"{limit.bound:g}"
    same = parse_limit(f"{limit.gauge} {limit.must} {shown}").bound == limit.bound
    return shown if same else f"{limit.bound!r} {limit.unit}".strip()
