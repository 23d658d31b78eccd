"""`trivet init`: a commented recipe, from looking at the data."""

import argparse
from typing import TYPE_CHECKING, Any

from trivet.cli.build_options import add_data_options, data_of, wanted_target
from trivet.cli.result import Result

if TYPE_CHECKING:
    from trivet.data.schema import Schema

SUMMARY = "Look at the data and print a commented recipe."
EXAMPLE = "trivet init claims.csv --target fraud > claims.toml"

_LIMITS = {
    "binary": ["auroc >= 0.80", "size <= 200 kB", "p99-latency <= 1 ms", "coverage >= 0.9"],
    "classes": ["accuracy >= 0.70", "size <= 200 kB", "p99-latency <= 1 ms", "coverage >= 0.9"],
    "regress": ["r2 >= 0.5", "size <= 200 kB", "p99-latency <= 1 ms", "coverage >= 0.9"],
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="data: path, glob or SQL")
    add_data_options(parser)


def run(arguments: argparse.Namespace) -> Result:
    from trivet.core.recipe import DataSpec, Recipe, text_of_recipe
    from trivet.core.registry import parse_limit
    from trivet.data.intake import read_source

    spec = data_of(arguments, DataSpec(source=arguments.source, target=wanted_target(arguments)))
    raw, schema = read_source(Recipe(data=spec))
    goal = "regress" if schema.goal == "regress" else "binary" if len(schema.classes) == 2 else "classes"
    recipe = Recipe(data=spec, limits=tuple(parse_limit(text) for text in _LIMITS[goal]))
    text = commented(text_of_recipe(recipe), schema, raw.n_rows, arguments.source)
    return Result(text=text, data={"recipe": text, "rows": raw.n_rows, "columns": columns_of(schema)})


def columns_of(schema: "Schema") -> list[dict[str, Any]]:
    return [{"name": field.name, "type": field.type} for field in schema.fields]


def commented(recipe: str, schema: "Schema", n_rows: int, source: str) -> str:
    """The recipe with what was seen, and what can be changed, in comments."""
    answer = f"one of {len(schema.classes)} classes" if schema.classes else "a number"
    seen = [
        f"# trivet recipe for {source!r}: {n_rows} rows; {schema.answer.name!r} is {answer}.".replace("\n", " "),
        "# Build it with:  trivet compile THIS_FILE.toml",
        "#",
        '# Columns as they were read (change one in a [types] section, e.g.  zip = "category"):',
        *(f"#   {field.name.encode('unicode_escape').decode()}: {field.type}" for field in schema.fields[:60]),
        *([f"#   ... and {len(schema.fields) - 60} more"] if len(schema.fields) > 60 else []),
        *(f"#   left out {name!r}: {why}" for name, why in schema.dropped),
        "",
    ]
    notes = {
        "[limits]": '# A limit is  gauge = "op value"; `trivet gauges` lists the gauges.  These are only a start.',
        "[build]": "# time is turned into work units once; steps may be a list of passes, see `trivet passes`.",
    }
    lines = [f"{notes[line]}\n{line}" if line in notes else line for line in recipe.rstrip().splitlines()]
    return "\n".join([*seen, *lines])
