"""The schema of a table: what each column means, what is asked, what is left out."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from trivet.core.errors import BadData, TrivetError, raise_all
from trivet.core.rows import Rows
from trivet.core.task import Field, Task
from trivet.core.value import value
from trivet.data.sources.raw import Raw, empty, unknown_column
from trivet.data.split.row_keys import column_bits
from trivet.runtime.kinds.readers.spellings import type_text
from trivet.runtime.part import Array

from .answers import answer_field, answer_values, classes_of, codes_among, goal_of
from .cells import BadCells
from .encode import cell_error, finite, in_order, measured, spoken
from .guess import Guess, guess, surprise
from .roles import check_roles, checked_types, roles_of

Dropped = tuple[str, int]
"""(reason, rows): how many rows could not be used, and why."""

Goal = Literal["classify", "regress"]


@value
class Schema:
    """What the columns of a table mean.

    fields: the inputs, in the order of the source.  answer: the target.  classes: as in Task.
    weight, group, time: names of the columns with these roles, or None; they are no inputs.
    role_fields: the weight and time columns with their types and spellings; where one is absent, its cells decide.
    dropped: (column, why) of columns that are left out.  notes: guesses and cells that may surprise.
    """

    fields: tuple[Field, ...]
    answer: Field
    goal: Goal
    classes: tuple[str, ...] = ()
    weight: str | None = None
    group: str | None = None
    time: str | None = None
    role_fields: tuple[Field, ...] = ()
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

    target, weight, group, time: a name, a position (-1 is the last column) or "last".
    types: name -> type, e.g. "category" or "number(decimal=',')".
    drop: columns to leave out.  goal: classify or regress; None lets the answer's cells decide.
    Refuses unknown names and types (all at once), cells that contradict their column's type (all columns at once),
    and answers that nothing can be learned from.
    """
    roles = roles_of(raw, {"target": target, "weight": weight, "group": group, "time": time})
    given = checked_types(raw, types or {}, drop)
    check_roles(roles, drop)
    answer = answer_field(raw.column(roles["target"]), roles["target"], given.get(roles["target"]))
    inputs = [name for name in raw.names if name not in roles.values() and name not in set(drop)]
    seen = {name: guess(raw.column(name)) for name in (*inputs, *roles.values()) if name not in given}
    fields, without_cells = input_fields(inputs, given, seen)
    role_fields = tuple(
        role_field(role, roles[role], given.get(roles[role]) or seen[roles[role]])
        for role in ("weight", "time")
        if role in roles
    )
    notes = notes_on(raw, (*fields, answer, *role_fields), seen)
    if not fields:
        raise no_inputs(raw, without_cells)
    settled = goal_of(raw.column(answer.name), answer, goal)
    return Schema(
        fields=fields,
        answer=answer,
        goal=settled,
        classes=classes_of(raw.column(answer.name), answer) if settled == "classify" else (),
        weight=roles.get("weight"),
        group=roles.get("group"),
        time=roles.get("time"),
        role_fields=role_fields,
        dropped=(*((name, "left out by the user") for name in dict.fromkeys(drop)), *without_cells),
        notes=(*raw.notes, *notes),
    )


def spelled_types(schema: Schema) -> dict[str, str]:
    """Column -> type text, as for [types] of a recipe, of all columns whose cells are spelled, inputs or not."""
    fields = (*schema.fields, schema.answer, *schema.role_fields)
    return {field.name: type_text(field.type, field.spelling) for field in fields if field.spelling}


def spelled_roles(task: Task) -> tuple[Field, ...]:
    """The weight and time columns of a task that are spelled, as `Schema.role_fields` has them."""
    return tuple(
        Field(name=name, type="date" if text.startswith("format") else "number", spelling=text)
        for name, text in task.role_spellings.items()
    )


def to_rows(raw: Raw, schema: Schema) -> tuple[Rows, tuple[Dropped, ...]]:
    """(rows, dropped): the rows that can be used, and how many were left out for which reason; together all rows.

    Reads any table that has the schema's columns, also one that the schema was not made from.
    Refuses absent columns, and cells that are not of their column's type, in all columns at once.
    """
    check_columns(raw, schema)
    values = measured_columns(raw, schema)
    answer, reasons = answers_of(raw, schema)
    weight, group, time = weights_of(raw, schema, values), groups_of(raw, schema), values.get(schema.time or "")
    parts = (("weight", weight), ("group", group), ("time", time))
    reasons += [(f"no {part}", np.isnan(values)) for part, values in parts if values is not None]
    keep, dropped = kept_rows(raw.n_rows, reasons)
    if not keep.any():
        raise empty(raw.origin, "no row that can be used: " + ", ".join(f"{n} with {why}" for why, n in dropped))
    columns, words = encoded_fields(raw, schema.fields, values, keep)
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
    names: Sequence[str], given: Mapping[str, Field], seen: Mapping[str, Guess]
) -> tuple[tuple[Field, ...], list[tuple[str, str]]]:
    """(fields, empty columns with the reason)."""
    fields: list[Field] = []
    without_cells: list[tuple[str, str]] = []
    for name in names:
        if name in given:
            fields.append(given[name])
        elif (found := seen[name]).type is not None:
            fields.append(Field(name=name, type=found.type, spelling=found.spelling))
        else:
            without_cells.append((name, "every cell is missing"))
    return tuple(fields), without_cells


def role_field(role: str, name: str, said: Field | Guess) -> Field:
    """The field of a weight or time column: a number, or for a time a date, as the user or else the cells say."""
    if said.type == "number" or (said.type == "date" and role == "time"):
        return Field(name=name, type=said.type, spelling=said.spelling)
    return Field(name=name, type="number")


def notes_on(raw: Raw, fields: Sequence[Field], seen: Mapping[str, Guess]) -> list[str]:
    """What may surprise about the columns; refuses all cells that contradict their column's type at once."""
    notes: list[str] = []
    errors: list[TrivetError] = []
    here = dict(zip(raw.names, raw.columns))
    for field in fields:
        column = here[field.name]
        note = surprise(field.name, column, seen[field.name]) if field.name in seen else None
        notes += [note] if note else []
        if field.type in ("category", "text"):
            continue
        try:
            infinite = int(np.isinf(measured(column, field)).sum())
            notes += [f"{field.name}: {infinite} infinite cells count as missing"] if infinite else []
        except BadCells as bad:
            errors.append(cell_error(column, field, bad, raw.origin))
    raise_all(errors)
    return notes


def measured_columns(raw: Raw, schema: Schema) -> dict[str, Array]:
    """Column -> (rows,) float64 of all inputs, the weight and the time that are measured; infinite ones are missing.

    Refuses cells that are not of their column's type: those of all columns at once, the answer's included.
    """
    asked = {field.name: field for field in schema.role_fields}
    roles = [(role, getattr(schema, role)) for role in ("weight", "time")]
    of_roles = [
        asked.get(name) or role_field(role, name, guess(raw.column(name))) for role, name in roles if name is not None
    ]
    values: dict[str, Array] = {}
    errors: list[TrivetError] = []
    for field in (*schema.fields, schema.answer, *of_roles):
        if field.type in ("category", "text"):
            continue
        column = raw.column(field.name)
        try:
            values[field.name] = finite(measured(column, field))
        except BadCells as bad:
            errors.append(cell_error(column, field, bad, raw.origin))
    raise_all(errors)
    return values


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


def weights_of(raw: Raw, schema: Schema, values: Mapping[str, Array]) -> Array | None:
    """(rows,) weights, NaN = missing; refuses negative ones, and weights that are all 0."""
    if schema.weight is None:
        return None
    weights = values[schema.weight]
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
    raw: Raw, fields: Sequence[Field], values: Mapping[str, Array], keep: Array
) -> tuple[dict[str, Array], dict[str, tuple[str, ...]]]:
    """(columns, words) of the rows that stay, as in Rows; values: the measured columns, all rows."""
    columns: dict[str, Array] = {}
    words: dict[str, tuple[str, ...]] = {}
    here = dict(zip(raw.names, raw.columns))
    for field in fields:
        if field.name in values:
            columns[field.name] = values[field.name][keep]
        else:
            text = spoken(here[field.name], field.type)
            columns[field.name], words[field.name] = in_order(text.words, text.codes[keep])
    return columns, words


def no_inputs(raw: Raw, without_cells: Sequence[tuple[str, str]]) -> BadData:
    """The error about a table that has nothing to learn from."""
    return BadData(
        "no-inputs",
        wanted="at least one input column with values",
        found=f"{len(without_cells)} columns without a value" if without_cells else "no column but the target",
        do="add columns, or drop fewer",
        where=raw.origin,
    )
