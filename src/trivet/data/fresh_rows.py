"""Labelled rows for a file, read with the roles that its build gave to columns: weight, group and time."""

from collections.abc import Mapping
from typing import Any

from trivet.core.errors import BadData
from trivet.core.fieldtypes import find_fieldtype
from trivet.core.iso_dates import iso_date
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.value import value
from trivet.data.schema.guess import guess
from trivet.data.schema.table_schema import Dropped, Schema, spelled_roles, to_rows
from trivet.data.sources.raw import Raw
from trivet.data.sources.reading import read
from trivet.data.unknown_labels import refuse_unknown_labels

_MADE_UP_ROWS = 64


@value
class FreshRows:
    """Rows that can be used.  dropped: (reason, rows) that cannot.  notes: what to know about them, in sentences.

    raw: the whole table as it was read, extra columns too; `rows.ids` are positions in it.
    """

    rows: Rows
    raw: Raw
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()


def fresh_rows(source: Any, manifest: Mapping[str, Any], task: Task, *, header: bool, encoding: str) -> FreshRows:
    """The rows of anything that `compile` reads; extra columns are ignored.

    Refuses tables without a column that the build used, in whichever role, and answers that are none of the classes.
    """
    raw = read(source, header=header, encoding=encoding)
    refuse_absent(raw, task)
    refuse_unknown_labels(raw, task)
    rows, dropped = to_rows(raw, schema_of(task, task.roles))
    weighed = [f"readings are weighted by {task.roles['weight']!r}, as in the build"] if "weight" in task.roles else []
    notes = (*weighed, *time_notes(rows, raw, manifest, task))
    return FreshRows(rows=rows, raw=raw, dropped=tuple(dropped), notes=notes)


def refuse_absent(raw: Raw, task: Task) -> None:
    """Refuses a table that lacks columns, all by name and part."""
    parts = [*((field.name, "an input") for field in task.inputs), (task.answer.name, "the answer")]
    parts += [(name, f"the {role}") for role, name in task.roles.items()]
    absent = [f"{name!r} ({part})" for name, part in parts if name not in raw.names]
    if not absent:
        return
    more = f" and {len(absent) - 10} more" if len(absent) > 10 else ""
    measured = "; what was certified is measured by the weight, group and time of each row" if task.roles else ""
    raise BadData(
        "missing-column",
        wanted="the columns that the file was built on, each under its name",
        found="no " + ", ".join(absent[:10]) + more,
        do=f"give rows with the same columns; unknown input values may be empty{measured}",
        where=raw.origin,
    )


def schema_of(task: Task, roles: Mapping[str, str]) -> Schema:
    """The schema that reads rows exactly as the build did."""
    return Schema(
        fields=task.inputs,
        answer=task.answer,
        goal=task.goal,
        about={"link": task.link, "n_scores": task.n_scores, "details": task.details},
        roles=roles,
        role_fields=spelled_roles(task) if roles else (),
    )


def made_up_rows(manifest: Mapping[str, Any], task: Task) -> Rows:
    """The self-test rows of the file, repeated, with answers that mean nothing: enough to time predictions."""
    tests = manifest["selftest"]["rows"]
    repeated = [tests[at % len(tests)] for at in range(max(_MADE_UP_ROWS, len(tests)))]
    columns = {field.name: [as_written(row[field.name]) for row in repeated] for field in task.inputs}
    answer = [task.classes[0] if task.classes else 0.0] * len(repeated)
    rows, _ = to_rows(read({**columns, task.answer.name: answer}), schema_of(task, {}))
    return rows


def as_written(cell: Any) -> Any:
    """A cell as tables hold it: a sequence of numbers as a text with blanks between them."""
    return " ".join(map(str, cell)) if isinstance(cell, list) else cell


def time_notes(rows: Rows, raw: Raw, manifest: Mapping[str, Any], task: Task) -> tuple[str, ...]:
    """How many rows lie before the period that the file was certified on, when it says which that was."""
    period = manifest.get("data", {}).get("times", {}).get("vault")
    if rows.time is None or not period:
        return ()
    first = find_fieldtype("date").parse(period[0], "") if isinstance(period[0], str) else float(period[0])
    early = int((rows.time < first).sum())
    is_date = is_a_date(raw, task)
    shown = iso_date(first) if is_date else f"{first:g}"
    if not early:
        return (f"no row lies before the certified period, which begins at {shown}",)
    return (f"{early:,} of {len(rows):,} rows lie before the certified period, which begins at {shown}",)


def is_a_date(raw: Raw, task: Task) -> bool:
    """Whether the time column holds dates, in the build's spelling or in a plain one."""
    name = task.roles["time"]
    spelled = [field.type for field in spelled_roles(task) if field.name == name]
    return "date" in spelled or (not spelled and guess(raw.column(name)).type == "date")
