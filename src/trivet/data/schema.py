"""The schema of a table: what each column means, what is asked, what is left out."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from trivet.core.errors import BadData, TrivetError, raise_all
from trivet.core.rows import Rows
from trivet.core.task import Field, FieldType
from trivet.core.value import value
from trivet.runtime.part import Array

from .answers import answer_field, answer_values, classes_of, codes_among, goal_of
from .cells import BadCell
from .columns import RawColumn
from .encode import finite, in_order, measured, spoken
from .guess import guessed_type, surprise
from .raw import Raw, empty, unknown_column
from .roles import check_roles, checked_types, roles_of
from .row_keys import column_bits

Dropped = tuple[str, int]
"""(reason, rows): how many rows could not be used, and why."""

Goal = Literal["classify", "regress"]


@value
class Schema:
    """What the columns of a table mean.

    fields: the inputs, in the order of the source.  answer: the target.  classes: as in Task.
    weight, group, time: names of the columns with these roles, or None; they are no inputs.
    dropped: (column, why) of columns that are left out.  notes: guesses and cells that may surprise.
    """

    fields: tuple[Field, ...]
    answer: Field
    goal: Goal
    classes: tuple[str, ...] = ()
    weight: str | None = None
    group: str | None = None
    time: str | None = None
    dropped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def infer(
    raw: Raw,
    *,
    target: str | int,
    types: Mapping[str, str] | None = None,
    weight: str | int | None = None,
    group: str | int | None = None,
    time: str | int | None = None,
    drop: Sequence[str] = (),
    goal: Goal | None = None,
) -> Schema:
    """The schema that names, cells and the user's own words give; the user's words win.

    target, weight, group, time: a name, a position (-1 is the last column) or "last".  types: name -> type.
    drop: columns to leave out.  goal: classify or regress; None lets the answer's cells decide.
    Refuses unknown names and types (all at once), and answers that nothing can be learned from.
    """
    roles = roles_of(raw, {"target": target, "weight": weight, "group": group, "time": time})
    given = checked_types(raw, types or {}, drop)
    check_roles(roles, drop)
    answer = answer_field(raw.column(roles["target"]), roles["target"], given.get(roles["target"]))
    settled = goal_of(raw.column(answer.name), answer, goal)
    inputs = [name for name in raw.names if name not in roles.values() and name not in set(drop)]
    fields, without_cells, notes = input_fields(raw, inputs, given)
    if not fields:
        raise no_inputs(raw, without_cells)
    return Schema(
        fields=fields,
        answer=answer,
        goal=settled,
        classes=classes_of(raw.column(answer.name), answer) if settled == "classify" else (),
        weight=roles.get("weight"),
        group=roles.get("group"),
        time=roles.get("time"),
        dropped=(*((name, "left out by the user") for name in dict.fromkeys(drop)), *without_cells),
        notes=(*raw.notes, *notes),
    )


def to_rows(raw: Raw, schema: Schema) -> tuple[Rows, tuple[Dropped, ...]]:
    """(rows, dropped): the rows that can be used, and how many were left out for which reason; together all rows.

    Reads any table that has the schema's columns, also one that the schema was not made from.
    Refuses absent columns and cells that are not of their column's type.
    """
    check_columns(raw, schema)
    answer, reasons = answers_of(raw, schema)
    weight, group, time = weights_of(raw, schema), groups_of(raw, schema), times_of(raw, schema)
    parts = (("weight", weight), ("group", group), ("time", time))
    reasons += [(f"no {part}", np.isnan(values)) for part, values in parts if values is not None]
    keep, dropped = kept_rows(raw.n_rows, reasons)
    if not keep.any():
        raise empty(raw.origin, "no row that can be used: " + ", ".join(f"{n} with {why}" for why, n in dropped))
    columns, words = encoded_fields(raw, schema.fields, keep)
    rows = Rows(
        fields=schema.fields,
        columns=columns,
        words=words,
        answer=answer[keep],
        ids=np.flatnonzero(keep),
        weight=None if weight is None else weight[keep],
        group=None if group is None else group_ids(raw, schema)[keep],
        time=None if time is None else time[keep],
    )
    return rows, dropped


def input_fields(
    raw: Raw, names: Sequence[str], given: Mapping[str, FieldType]
) -> tuple[tuple[Field, ...], list[tuple[str, str]], list[str]]:
    """(fields, empty columns with the reason, notes); refuses all cells that contradict a given type at once."""
    fields: list[Field] = []
    without_cells: list[tuple[str, str]] = []
    notes: list[str] = []
    errors: list[TrivetError] = []
    here = dict(zip(raw.names, raw.columns))
    for name in names:
        type = given.get(name) or guessed_type(here[name])
        if type is None:
            without_cells.append((name, "every cell is missing"))
            continue
        fields.append(Field(name=name, type=type))
        try:
            notes += notes_on(name, here[name], type, is_given=name in given)
        except BadCell as bad:
            errors.append(bad_cell(name, type, bad.cell, raw.origin))
    raise_all(errors)
    return tuple(fields), without_cells, notes


def notes_on(name: str, column: RawColumn, type: FieldType, *, is_given: bool) -> list[str]:
    """What may surprise about the column; raises BadCell when a cell is not of the type."""
    if type in ("category", "text"):
        note = None if is_given else surprise(name, column, type)
        return [note] if note else []
    infinite = int(np.isinf(measured(column, type)).sum())
    return [f"{name}: {infinite} infinite cells count as missing"] if infinite else []


def check_columns(raw: Raw, schema: Schema) -> None:
    """Refuses a table that lacks columns of the schema, all at once."""
    asked = (schema.weight, schema.group, schema.time)
    wanted = [*(field.name for field in schema.fields), schema.answer.name, *(name for name in asked if name)]
    raise_all([unknown_column(name, raw) for name in wanted if name not in raw.names])


def answers_of(raw: Raw, schema: Schema) -> tuple[Array, list[tuple[str, Array]]]:
    """((rows,) answers as in Rows, [(reason, (rows,) mask of rows without a usable answer)])."""
    column = raw.column(schema.answer.name)
    if schema.goal == "regress":
        values = answer_values(column, schema.answer)
        return values, [("no answer", np.isnan(values))]
    codes = codes_among(schema.classes, column, schema.answer)
    return codes, [("no answer", codes == -1), ("an answer that is none of the classes", codes == -2)]


def weights_of(raw: Raw, schema: Schema) -> Array | None:
    """(rows,) weights, NaN = missing; refuses negative ones, and weights that are all 0."""
    if schema.weight is None:
        return None
    weights = measured_role(raw, schema.weight, "number")
    if (weights < 0).any() or not (weights > 0).any():
        raise BadData(
            "bad-weight",
            wanted=f"weights of 0 or more, not all 0, in column {schema.weight!r}",
            found=f"{np.nanmin(weights):g}" if (weights < 0).any() else "no weight above 0",
            do="mend the weights, or name another column",
            where=raw.origin,
        )
    return weights


def groups_of(raw: Raw, schema: Schema) -> Array | None:
    """(rows,) float64 number of the row's group, in the order of the groups' names, NaN = missing."""
    if schema.group is None:
        return None
    names = spoken(raw.column(schema.group), "category")
    codes, _ = in_order(names.words, names.codes)
    return np.where(codes < 0, np.nan, codes)


def group_ids(raw: Raw, schema: Schema) -> Array:
    """(rows,) int64: the hash of the name of the row's group, so that a group has one id in every table."""
    names = spoken(raw.column(str(schema.group)), "category")
    return column_bits(names.codes, names.words).view(np.int64)


def times_of(raw: Raw, schema: Schema) -> Array | None:
    """(rows,) times, days since 1970-01-01 or plain numbers, NaN = missing."""
    if schema.time is None:
        return None
    is_date = guessed_type(raw.column(schema.time)) == "date"
    return measured_role(raw, schema.time, "date" if is_date else "number")


def measured_role(raw: Raw, name: str, type: FieldType) -> Array:
    try:
        return finite(measured(raw.column(name), type))
    except BadCell as bad:
        raise bad_cell(name, type, bad.cell, raw.origin) from bad


def kept_rows(n_rows: int, reasons: Sequence[tuple[str, Array]]) -> tuple[Array, tuple[Dropped, ...]]:
    """((rows,) mask of rows that stay, (reason, rows) of those that do not, each row counted once)."""
    keep = np.ones(n_rows, bool)
    dropped = []
    for why, gone in reasons:
        if (keep & gone).any():
            dropped.append((why, int((keep & gone).sum())))
            keep &= ~gone
    return keep, tuple(dropped)


def encoded_fields(
    raw: Raw, fields: Sequence[Field], keep: Array
) -> tuple[dict[str, Array], dict[str, tuple[str, ...]]]:
    """(columns, words) of the rows that stay, as in Rows; refuses cells of the wrong type, one per column."""
    columns: dict[str, Array] = {}
    words: dict[str, tuple[str, ...]] = {}
    errors: list[TrivetError] = []
    here = dict(zip(raw.names, raw.columns))
    for name, type in ((field.name, field.type) for field in fields):
        try:
            if type in ("category", "text"):
                text = spoken(here[name], type)
                columns[name], words[name] = in_order(text.words, text.codes[keep])
            else:
                columns[name] = finite(measured(here[name], type)[keep])
        except BadCell as bad:
            errors.append(bad_cell(name, type, bad.cell, raw.origin))
    raise_all(errors)
    return columns, words


def bad_cell(name: str, type: FieldType, cell: str, origin: str) -> BadData:
    """The error about a cell that is not of its column's type."""
    return BadData(
        "cell-type",
        wanted=f"a {type} in every cell of column {name!r}",
        found=repr(cell[:80]),
        do=f"mend the cell, or give {name!r} the type category or text",
        where=origin,
    )


def no_inputs(raw: Raw, without_cells: Sequence[tuple[str, str]]) -> BadData:
    """The error about a table that has nothing to learn from."""
    return BadData(
        "no-inputs",
        wanted="at least one input column with values",
        found=f"{len(without_cells)} columns without a value" if without_cells else "no column but the target",
        do="add columns, or drop fewer",
        where=raw.origin,
    )
