"""The options that `init`, `compile` and their like share: flags become the same Recipe as a TOML file."""

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from trivet.core.recipe import DataSpec, Recipe

EXAMPLE = "--type zip=category  or  --type \"amount=number(decimal=',')\""


def add_data_options(parser: argparse.ArgumentParser) -> None:
    """Options that say how to read the source."""
    group = parser.add_argument_group("data")
    group.add_argument("--target", help="the column to answer; with --no-header c1, c2, ... or 'last'")
    group.add_argument("--no-header", action="store_true", help="the first line holds data; columns are c1, c2, ...")
    group.add_argument("--encoding", help="text encoding of the source (default utf-8; never guessed)")
    group.add_argument("--goal", metavar="GOAL", help="classify, regress, ...; default: seen from the data")
    group.add_argument("--type", action="append", default=[], metavar="COLUMN=TYPE", help="force a type: zip=category")
    group.add_argument("--drop", action="append", default=[], metavar="COLUMN", help="leave a column out")
    group.add_argument("--weight", metavar="COLUMN", help="column with the weight of each row")
    group.add_argument("--group", metavar="COLUMN", help="rows of one group never straddle a split")
    group.add_argument("--time-column", metavar="COLUMN", help="later rows certify what earlier rows taught")
    group.add_argument("--role", action="append", default=[], metavar="ROLE=COLUMN", help="any other part: site=clinic")


def add_build_options(parser: argparse.ArgumentParser) -> None:
    """Options that say what must hold and what may be spent."""
    group = parser.add_argument_group("build")
    group.add_argument("--limit", action="append", default=[], metavar="'GAUGE >= VALUE'", help="all of them must hold")
    group.add_argument(
        "--aim",
        metavar="GAUGE",
        help="what to improve once the limits are kept (default: the first limited quality gauge)",
    )
    group.add_argument(
        "--stop-when-proven", action="store_true", help="end the search at the first candidate that will do"
    )
    group.add_argument("--time", help="the build ends within this time, such as 90s or 5m (default 5m)")
    group.add_argument("--seed", type=int, help="every random choice follows from it (default 0)")
    group.add_argument(
        "--steps", action="append", default=[], metavar="PASS", help="run these, in this order; no search"
    )
    group.add_argument(
        "--measure", action="append", default=[], metavar="GAUGE", help="measure this too, without a limit"
    )
    group.add_argument("--strict", action="store_true", help="findings of the data doctor end the build")
    group.add_argument(
        "--no-sketch", action="store_true", help="the file shall not tell which rows it was built on (2 kB of hashes)"
    )
    group.add_argument(
        "--accept", action="append", default=[], metavar="CODE[(COLUMN)]", help="a finding that --strict lets stand"
    )


def recipe_of(arguments: argparse.Namespace) -> "Recipe":
    """The recipe that a TOML file, or a source with flags, means; flags win over the file."""
    from trivet.core.recipe import DataSpec, Recipe, parse_recipe

    source = arguments.source
    if source.endswith(".toml"):
        recipe = parse_recipe(read_text(source), where=source)
        beside = Path(source).parent / recipe.data.source
        if not Path(recipe.data.source).exists() and beside.exists():
            recipe = replace(recipe, data=replace(recipe.data, source=str(beside)))
    else:
        recipe = Recipe(data=DataSpec(source=source, target=wanted_target(arguments)))
    changed = {"data": data_of(arguments, recipe.data), **build_of(arguments, recipe)}
    wanted = replace(recipe, **changed)
    # A lock says how far the search for this very recipe came; another recipe has to search for itself.
    return wanted if wanted == recipe else replace(wanted, lock=None)


def build_of(arguments: argparse.Namespace, recipe: "Recipe") -> dict[str, Any]:
    """The fields of the recipe that flags give anew."""
    from trivet.core.recipe import parse_aim, parse_seed, parse_time

    changed: dict[str, Any] = {}
    if arguments.limit:
        changed["limits"] = limits_of(arguments.limit, recipe)
    if arguments.steps:
        changed["steps"] = steps_of(arguments.steps)
    if arguments.measure:
        changed["measure"] = tuple(dict.fromkeys((*recipe.measure, *gauges_in(arguments.measure))))
    if arguments.accept:
        changed["accept"] = tuple(dict.fromkeys((*recipe.accept, *accepted_in(arguments.accept))))
    if arguments.measure:
        changed["measure"] = tuple(dict.fromkeys((*recipe.measure, *gauges_in(arguments.measure))))
    for flag, name, parse in (
        ("time", "seconds", parse_time), ("seed", "seed", parse_seed), ("aim", "aim", parse_aim),
    ):  # fmt: skip
        if getattr(arguments, flag) is not None:
            changed[name] = parse(getattr(arguments, flag))
    if arguments.strict:
        changed["strict"] = True
    if arguments.stop_when_proven:
        changed["stop_when_proven"] = True
    if arguments.no_sketch:
        changed["sketch"] = False
    return changed


def wanted_target(arguments: argparse.Namespace) -> str:
    from trivet.core.errors import BadUse

    if arguments.target is None:
        raise BadUse(
            "target-needed",
            wanted="the column to answer",
            found="no --target",
            do=f"say  --target COLUMN,  or write a recipe:  trivet init {arguments.source} --target COLUMN",
        )
    return str(arguments.target)


def data_of(arguments: argparse.Namespace, spec: "DataSpec") -> "DataSpec":
    """The data part of a recipe with the flags that were given laid over it."""
    from trivet.core.recipe import parse_goal

    given = {
        "target": arguments.target,
        "encoding": arguments.encoding,
        "goal": None if arguments.goal is None else parse_goal(arguments.goal),
        "roles": {**spec.roles, **roles_of(arguments)},
        "header": False if arguments.no_header else None,
        "drop": tuple(arguments.drop) or None,
        "types": {**(spec.types or {}), **types_of(arguments.type)} or None,
    }
    return replace(spec, **{name: item for name, item in given.items() if item is not None})


def roles_of(arguments: argparse.Namespace) -> dict[str, str]:
    """Role -> column, of the flags that were given."""
    from trivet.core.errors import BadUse
    from trivet.core.roles import ROLES

    named = {"weight": arguments.weight, "group": arguments.group, "time": arguments.time_column}
    found = {role: column for role, column in named.items() if column is not None}
    for text in arguments.role:
        role, _, column = text.partition("=")
        if role not in ROLES or not column:
            wanted = f"ROLE=COLUMN with a role among {', '.join(ROLES)}"
            raise BadUse("bad-arguments", wanted=wanted, found=repr(text), do="write, for example,  --role site=clinic")
        found[role] = column
    return found


def types_of(texts: list[str]) -> dict[str, str]:
    """column -> type text, of texts such as "zip=category" or "amount=number(decimal=',')".  All mistakes at once."""
    from trivet.core.errors import BadUse, raise_all
    from trivet.core.fieldtypes import parsed_type
    from trivet.runtime.kinds.readers.spellings import BadSpelling

    found: dict[str, str] = {}
    errors = []
    for text in texts:
        column, kind = column_and_type(text)
        try:
            parsed_type(kind)
            found[column] = kind
        except BadSpelling as error:
            wanted = f"COLUMN=TYPE with {error}"
            errors.append(BadUse("column-type", wanted=wanted, found=repr(text), do=f"write, for example,  {EXAMPLE}"))
    raise_all(errors)
    return found


def column_and_type(text: str) -> tuple[str, str]:
    """The two sides of the = that stands before a type; names of columns may have signs of their own."""
    from trivet.core.registry import homes

    known = homes("fieldtype")

    for at in (at for at, letter in enumerate(text) if letter == "="):
        if text[at + 1 :].partition("(")[0].strip() in known:
            return text[:at], text[at + 1 :]
    column, _, kind = text.rpartition("=")
    return column, kind


def limits_of(texts: list[str], recipe: "Recipe") -> tuple[Any, ...]:
    """Limits of the flags; one for a gauge that the recipe limits too replaces it.  All mistakes at once."""
    from trivet.core.errors import TrivetError, raise_all
    from trivet.core.registry import parse_limit

    found, errors = [], []
    for text in texts:
        try:
            found.append(parse_limit(text))
        except TrivetError as error:
            errors.append(error)
    raise_all(errors)
    named = {(limit.gauge, limit.must) for limit in found}
    return (*(limit for limit in recipe.limits if (limit.gauge, limit.must) not in named), *found)


def steps_of(texts: list[str]) -> tuple[str, ...]:
    from trivet.core.recipe import AUTO
    from trivet.core.registry import parse_step

    return AUTO if texts == ["auto"] else tuple(str(parse_step(text)) for text in texts)


def gauges_in(texts: list[str]) -> list[str]:
    """The canonical texts of gauges; all mistakes at once."""
    from trivet.core.errors import TrivetError, raise_all
    from trivet.core.registry import find_gauge

    found, errors = [], []
    for text in texts:
        try:
            found.append(str(find_gauge(text)))
        except TrivetError as error:
            errors.append(error)
    raise_all(errors)
    return found


def accepted_in(texts: list[str]) -> list[str]:
    """The entries of --accept, which is given several times or with commas; a comma in a column's name cuts nothing.

    >>> accepted_in(["id-column, missing-values(age, years)", "rare-class"])
    ['id-column', 'missing-values(age, years)', 'rare-class']
    """
    found = []
    for text in texts:
        depth, start = 0, 0
        for at, letter in enumerate(text):
            depth += {"(": 1, ")": -1}.get(letter, 0)
            if letter == "," and depth <= 0:
                found.append(text[start:at])
                start = at + 1
        found.append(text[start:])
    return [entry.strip() for entry in found if entry.strip()]


def read_text(path: str) -> str:
    """The text of a recipe file; a missing or unreadable one is a trivet error."""
    from trivet.core.errors import BadRecipe

    try:
        return Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadRecipe(
            "recipe-file", wanted="a readable recipe in UTF-8", found=f"{path}: {error}", do="check the path"
        ) from error
