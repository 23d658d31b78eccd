"""`trivet init`: a commented recipe, from looking at the data."""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from trivet.cli.build_options import add_data_options, data_of, wanted_target
from trivet.cli.result import Result

if TYPE_CHECKING:
    from trivet.data.doctor import Finding
    from trivet.data.intake import FirstLook
    from trivet.data.schema.table_schema import Schema

SUMMARY = "Look at the data and print a commented recipe."
EXAMPLE = "trivet init claims.csv --target fraud > claims.toml"

_MOST_COLUMNS = 60
_MOST_FINDINGS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", help="data: path, glob or SQL")
    add_data_options(parser)


def run(arguments: argparse.Namespace) -> Result:
    from trivet.cli.starting_limits import constant_answer, starting_limits
    from trivet.core.recipe import DataSpec, Recipe, text_of_recipe
    from trivet.core.registry import parse_limit
    from trivet.data.doctor import few_warnings
    from trivet.data.intake import first_look
    from trivet.data.schema.table_schema import spelled_types

    spec = data_of(arguments, DataSpec(source=arguments.source, target=wanted_target(arguments)))
    seen = first_look(Recipe(data=spec))
    constant = constant_answer(seen.rows, seen.task)
    limits = tuple(parse_limit(text) for text in starting_limits(seen.task, constant))
    types = {**spelled_types(seen.schema), **(spec.types or {})}
    recipe = Recipe(data=replace(spec, types=types or None), limits=limits)
    n_rows = len(seen.rows) + sum(count for _, count in seen.dropped)
    findings = few_warnings(seen.findings)
    text = "\n".join(
        [
            *opening(seen.schema, n_rows, arguments.source),
            *columns_read(seen.schema),
            *found_lines(seen, findings),
            "",
            recipe_with_comments(text_of_recipe(recipe), constant),
        ]
    )
    data = {
        "recipe": text,
        "rows": n_rows,
        "columns": columns_of(seen.schema),
        "baseline": constant,
        "notices": list(seen.notices),
        "findings": [finding.as_json() for finding in findings],
    }
    return Result(text=text, data=data)


def columns_of(schema: "Schema") -> list[dict[str, Any]]:
    from trivet.runtime.kinds.readers.spellings import type_text

    return [{"name": field.name, "type": type_text(field.type, field.spelling)} for field in schema.fields]


def opening(schema: "Schema", n_rows: int, source: str) -> list[str]:
    answer = f"one of {len(schema.classes)} classes" if schema.classes else "a number"
    return [
        f"# trivet recipe for {source!r}: {n_rows} rows; {schema.answer.name!r} is {answer}.".replace("\n", " "),
        "# Build it with:  trivet compile THIS_FILE.toml",
    ]


def columns_read(schema: "Schema") -> list[str]:
    shown = [f"{one['name']}: {one['type']}" for one in columns_of(schema)[:_MOST_COLUMNS]]
    more = len(schema.fields) - _MOST_COLUMNS
    title = 'Columns as they were read (change one in a [types] section, e.g.  zip = "category"):'
    return section(title, [*shown, *([f"... and {more} more"] if more > 0 else [])])


def found_lines(seen: "FirstLook", findings: "Sequence[Finding]") -> list[str]:
    """Notices and findings about columns; those about rows come with the build, once the rows are split."""
    shown = [line for one in findings[:_MOST_FINDINGS] for line in (f"{one.severity:<5} {one.label}: {one.evidence}",
                                                                    f"      {one.fix}")]  # fmt: skip
    more = len(findings) - _MOST_FINDINGS
    return [
        *section("What you should know:", seen.notices),
        *section(
            "What the data doctor found in the columns (of rows and labels it tells when you build):",
            [*shown, *([f"... and {more} more"] if more > 0 else [])],
        ),
    ]


def section(title: str, lines: Sequence[str]) -> list[str]:
    """A title and lines as comments; nothing without lines."""
    return ["#", f"# {title}", *(f"#   {one_line(line)}" for line in lines)] if lines else []


def one_line(text: str) -> str:
    """The text with line ends and control characters, which no comment of TOML may hold, spelled out."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def recipe_with_comments(recipe: str, constant: dict[str, Any]) -> str:
    """The recipe with what can be changed, and what a constant answer reaches, in comments."""
    from trivet.cli.starting_limits import constant_comment

    notes = {
        "[limits]": '# A limit is  gauge = "op value"; `trivet gauges` lists the gauges.  These are only a start.',
        "[build]": "# The build ends within this time; steps may be a list of passes, see `trivet passes`.\n"
        '# aim = "size"  would seek the smallest file that keeps the limits; by default it is the first quality gauge.',
    }
    lines = []
    for line in recipe.rstrip().splitlines():
        lines += [notes[line]] if line in notes else []
        beside = constant_comment(line.partition(" = ")[0], constant) if "[limits]" in lines else ""
        lines.append(f"{line}  # {one_line(beside)}" if beside else line)
    return "\n".join(lines)
