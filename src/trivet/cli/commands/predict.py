"""`trivet predict`: answers for the rows of a file."""

import argparse
import csv
import io
import json
import math
import re
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from trivet.cli.opened_file import add_file, caps_in
from trivet.cli.result import Result

if TYPE_CHECKING:
    from trivet.cli.decision_rule import Rule
    from trivet.data.sources.raw import Raw

SUMMARY = "Answer the rows of a table: class, probabilities and set, or value and interval."
EXAMPLE = "trivet predict claims.trivet new.csv --keep id --out answers.csv"

# Spreadsheets run cells that start so; texts that do are written with an apostrophe before them, numbers are not.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_file(parser)
    parser.add_argument(
        "source", help="rows to answer: path, glob, SQL, or - for CSV or JSON lines on standard input; "
        "extra columns are ignored",
    )  # fmt: skip
    parser.add_argument(
        "--keep", action="append", default=[], metavar="COLUMNS", help="source columns to copy, as id,name"
    )
    parser.add_argument("--out", help="file to write (default, or -: standard output)")
    parser.add_argument("--format", choices=("csv", "jsonl"), help="default: jsonl where --out ends so, else csv")
    parser.add_argument("--no-header", action="store_true", help="the first line holds data; columns are c1, c2, ...")
    parser.add_argument("--encoding", default="utf-8", help="text encoding of the source")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")
    group = parser.add_argument_group("another rule than the file's own")
    group.add_argument("--threshold", metavar="P", help="two classes: answer the second from this probability on")
    group.add_argument(
        "--cost", nargs="+", action="extend", default=[], metavar="COST",
        help="what mistakes cost: fp=1 fn=5, or 'TRUTH>ANSWER=3' for more than two classes; comes last",
    )  # fmt: skip
    group.add_argument("--positive", metavar="CLASS", help="the class that --threshold, fp and fn are about")


def run(arguments: argparse.Namespace) -> Result:
    from trivet.cli.decision_rule import NOT_CERTIFIED, rule_of
    from trivet.ship.specialist import load
    from trivet.storage.disk import Storage

    specialist = load(arguments.file, caps=caps_in(arguments))
    rule = rule_of(
        specialist.class_texts, threshold=arguments.threshold, costs=arguments.cost, positive=arguments.positive
    )
    if broken := broken_limits(specialist.evidence):
        say(f"warning: {arguments.file} does not keep {', '.join(broken)}: it was built with --best-effort")
    if rule is not None:
        say(f"rule: {rule}\n{NOT_CERTIFIED}")
    raw = table_of(arguments)
    names = [name for name, _ in specialist.task["inputs"]]
    refuse_absent(names, raw.names, raw.origin)
    kept = kept_columns(raw, arguments.keep)
    answers = answer_columns(specialist, raw.columns_for(names), rule)
    refuse_clash(kept, answers)
    columns = kept | answers
    out = None if arguments.out == "-" else arguments.out
    data: dict[str, Any] = {"rows": raw.n_rows, "out": out, "rule": None if rule is None else rule.as_json()}
    text = as_json_lines(columns) if is_json_lines(arguments.format, out) else as_csv(columns)
    if out is None:
        return Result(text=text.rstrip("\n"), data={**data, "answers": columns})
    Storage().publish(out, text.encode("utf-8"), private=False, overwrite=arguments.force)
    return Result(text=f"{raw.n_rows} rows answered\n  written: {out}", data=data)


def say(text: str) -> None:
    """Narration goes to standard error: standard output holds the answers alone."""
    print(text, file=sys.stderr)


def broken_limits(evidence: dict[str, Any]) -> list[str]:
    """The limits that a best-effort file does not keep; empty for any other file."""
    if evidence.get("outcome") != "BROKEN":
        return []
    return [one["limit"] for one in evidence.get("verdicts", []) if one.get("verdict") == "BROKEN"] or ["its limits"]


def table_of(arguments: argparse.Namespace) -> "Raw":
    """The rows of the source, or of standard input."""
    from trivet.data.sources.reading import read
    from trivet.data.sources.standard_input import read_stream

    how = {"header": not arguments.no_header, "encoding": arguments.encoding}
    return read_stream(sys.stdin.buffer, **how) if arguments.source == "-" else read(arguments.source, **how)


def refuse_absent(names: Sequence[str], there: Sequence[str], source: str) -> None:
    from trivet.core.errors import BadData

    absent = [repr(name) for name in names if name not in there]
    if absent:
        raise BadData(
            "missing-column",
            wanted=f"every column that the file was built on: {first_names(absent)}",
            found=f"a table with {first_names(list(map(repr, there)))}",
            do="give every column; a cell whose value is unknown may be empty",
            where=source,
        )


def first_names(names: Sequence[str]) -> str:
    return ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")


def kept_columns(raw: "Raw", texts: Sequence[str]) -> dict[str, list[Any]]:
    """The columns that `--keep id,name` names, cell by cell; all unknown names are refused at once."""
    from trivet.core.errors import raise_all
    from trivet.data.sources.columns import cells_of
    from trivet.data.sources.raw import unknown_column

    # A name may hold a comma itself: the whole text is tried first.
    names = [name.strip() for text in texts for name in ([text] if text in raw.names else text.split(","))]
    raise_all([unknown_column(name, raw) for name in dict.fromkeys(names) if name not in raw.names])
    return {name: [as_given(cell) for cell in cells_of(raw.column(name))] for name in names}


def as_given(cell: Any) -> Any:
    """3 for 3.0, as the source had it; text for what JSON has no number for."""
    if not isinstance(cell, float):
        return cell
    if not math.isfinite(cell):
        return str(cell)
    return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell


def refuse_clash(kept: dict[str, Any], answers: dict[str, Any]) -> None:
    from trivet.core.errors import BadUse

    if both := [name for name in kept if name in answers]:
        raise BadUse(
            "keep-clash",
            wanted="kept columns that are not called like a column of the answers",
            found=", ".join(map(repr, both)),
            do=f'leave it away, or rename it by SQL: SELECT "{both[0]}" AS given, * FROM ..., then --keep given',
        )


def answer_columns(specialist: Any, columns: dict[str, list[Any]], rule: "Rule | None" = None) -> dict[str, list[Any]]:
    """The answers as columns of a table, as the goal of the task has them; a rule decides in place of the file."""
    from trivet.core.registry import find_goal
    from trivet.runtime.batch import Answers
    from trivet.storage.objects import task_from_json

    task, answers = task_from_json(specialist.task), specialist.answers(columns)
    if rule is not None:
        chosen = rule.choose(shares_as_printed(answers["probabilities"]))
        # The user decides, so no row is left without an answer.
        answers = Answers({**answers, "chosen": chosen, **({"answer": chosen} if "answer" in answers else {})})
    found = find_goal(task.goal).columns(task, answers)
    return {name: [seven_digits(cell) for cell in column] for name, column in found.items()}


def shares_as_printed(shares: Any) -> Any:
    """The shares as they are printed, from which a rule decides, so that anybody can redo it."""
    import numpy as np

    return np.array([[seven_digits(share) for share in row] for row in shares.tolist()])


def seven_digits(cell: Any) -> Any:
    """Seven significant digits: all that float32 holds."""
    return float(f"{cell:.7g}") if isinstance(cell, float) else cell


def is_json_lines(asked: str | None, out: str | None) -> bool:
    return asked == "jsonl" or (asked is None and (out or "").endswith((".jsonl", ".ndjson")))


def as_json_lines(columns: dict[str, list[Any]]) -> str:
    rows = (dict(zip(columns, row)) for row in zip(*columns.values()))
    return "".join(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n" for row in rows)


def as_csv(columns: dict[str, list[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([safe(name) for name in columns])
    writer.writerows([safe(cell) for cell in row] for row in zip(*columns.values()))
    return out.getvalue()


def safe(cell: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it; numbers stay numbers."""
    if isinstance(cell, list):
        cell = " | ".join(cell)
    runs = isinstance(cell, str) and cell.startswith(_FORMULA) and not _NUMBER.fullmatch(cell)
    return f"'{cell}" if runs else cell
