"""`trivet vault`: what certifies a table, and how often it was looked at."""

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING

from trivet.cli.build_options import add_data_options, data_of, read_text, wanted_target
from trivet.cli.result import Result, table

if TYPE_CHECKING:
    from trivet.core.recipe import Recipe
    from trivet.engine.openings import VaultFacts

SUMMARY = """Show which rows of a table certify, how many builds looked at them, and how sure the next one has to be.

The vault is put aside before anything is fitted (20 to 30 % of the rows).  What a row holds decides, never a seed, so a
table has one vault for ever.  Only the judge opens it, for finalists; each opening is entered in a register outside the
build's folder before it happens, and each further build on the same rows has to be surer."""
EXAMPLE = "trivet vault claims.csv --target fraud"
_MOST_OPENINGS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="a recipe (.toml), or data: path, glob or SQL")
    add_data_options(parser)
    parser.add_argument("--state", metavar="DIR", help="folder that counts the openings of vaults (default: yours)")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.engine.openings import vault_facts
    from trivet.storage.disk import Storage
    from trivet.storage.register import Register, state_folder

    register = Register(state_folder(arguments.state), Storage())
    found = vault_facts(recipe_in(arguments), register)
    return Result(text=text_of(arguments.source, found), data={**found.as_json(), "state": str(register.folder)})


def recipe_in(arguments: argparse.Namespace) -> "Recipe":
    """The recipe that says how the table is read."""
    from trivet.core.recipe import DataSpec, Recipe, parse_recipe

    if arguments.source.endswith(".toml"):
        recipe = parse_recipe(read_text(arguments.source), where=arguments.source)
        return replace(recipe, data=data_of(arguments, recipe.data))
    return Recipe(data=data_of(arguments, DataSpec(source=arguments.source, target=wanted_target(arguments))))


def text_of(source: str, found: "VaultFacts") -> str:
    """Rows, openings and the next level; the openings are listed, the last ones of many."""
    from trivet.core.levels import show_confidence

    facts = found.as_json()
    opened, builds = len(facts["openings"]), facts["builds"]
    looks = f"opened {times(opened)} by {builds} build{'' if builds == 1 else 's'}" if opened else "never opened"
    lines = [[one["at"], f"build {one['build']}", f"finalist {one['finalist']}", f"trivet {one['version']}"]
             for one in facts["openings"][-_MOST_OPENINGS:]]  # fmt: skip
    return "\n".join([
        f"{source}: {found.vault:,} of {found.rows:,} rows ({facts['share']:.1%}) certify, digest {found.digest[:16]}",
        f"  {looks}" + (f", the last {_MOST_OPENINGS} of which are" if opened > _MOST_OPENINGS else ""),
        *([table(lines, indent="    ")] if lines else []),
        f"  the next build will be build {facts['next_build']} on these rows; its first finalist will be judged at "
        f"{show_confidence(facts['next_confidence'])}",
    ])  # fmt: skip


def times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
