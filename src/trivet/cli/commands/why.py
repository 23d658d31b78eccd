"""`trivet why`: how much each column moved the score of a row."""

import argparse
from typing import TYPE_CHECKING

from trivet.cli.result import Result, table

if TYPE_CHECKING:
    from trivet.core.explainers import Explanation

SUMMARY = "Say why a file answers rows as it does: what each column adds to the score."
EXAMPLE = "trivet why claims.trivet new.csv --most 4"

_MOST_ROWS = 20  # on the screen; --json has them all


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a .trivet file")
    parser.add_argument("source", help="rows to explain: path, glob, SQL, or - for standard input")
    parser.add_argument("--by", metavar="EXPLAINER", help="default: the one that suits the model best")
    parser.add_argument("--most", type=int, default=5, metavar="N", help="terms to show of a row (default 5)")
    parser.add_argument("--no-header", action="store_true", help="the first line holds data; columns are c1, c2, ...")
    parser.add_argument("--encoding", default="utf-8", help="text encoding of the source")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.ship.specialist import load

    from .predict import refuse_absent, table_of

    specialist = load(arguments.file)
    raw = table_of(arguments)
    names = [name for name, _ in specialist.task["inputs"]]
    refuse_absent(names, raw.names, raw.origin)
    found = specialist.explain(raw.columns_for(names), by=arguments.by)
    return Result(text=text_of(found, max(1, arguments.most)), data=found.as_json())


def text_of(found: "Explanation", most: int) -> str:
    """A line for each row: the score that is highest, and what moved it most."""
    rows = [line_of(found, row, most) for row in range(min(len(found), _MOST_ROWS))]
    more = [f"  and {len(found) - _MOST_ROWS} more rows; --json has them all"] if len(found) > _MOST_ROWS else []
    exact = "; base and all terms add up to the score" if found.is_exact else ""
    return "\n".join([f"{found.unit}, by {found.explainer}{exact}", table(rows), *more])


def line_of(found: "Explanation", row: int, most: int) -> list[str]:
    """One row, with as many cells as any other."""
    at = int(found.scores[row].argmax())
    strongest = found.strongest(row, most)
    terms = [f"{name} {moved[at]:+.3g}" for name, moved in strongest]
    hidden = len(found.terms) - len(terms)
    rest = found.contributions[row, :, at].sum() - sum(moved[at] for _, moved in strongest)
    score = f"{found.scores[row, at]:.3g} = base {found.base[at]:.3g}"
    return [f"row {row + 1}", found.outputs[at], score, *terms, f"{hidden} others {rest:+.3g}" if hidden else ""]
