"""The schema of a table: what each column means, what is asked, what is left out."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trivet.core.errors import BadData, TrivetError, raise_all
from trivet.core.fieldtypes import holds_words
from trivet.core.goals import NO_ANSWER, Reasons
from trivet.core.registry import find_goal
from trivet.core.roles import ROLES
from trivet.core.row_keys import column_bits
from trivet.core.rows import Rows
from trivet.core.task import Field, Task
from trivet.core.value import value
from trivet.data.sources.raw import Raw, empty, unknown_column
from trivet.runtime.kinds.readers.spellings import type_text
from trivet.runtime.part import Array

from .answers import answer_field, seen_in, settled_goal
from .cells import BadCells
from .encode import cell_error, column_numbers, column_words, finite, in_order
from .guess import Guess, guess, surprise
from .roles import check_roles, checked_types, roles_of

Dropped = tuple[str, int]
"""(reason, rows): how many rows could not be used, and why."""


@value
class Schema:
    """What the columns of a table mean.

    fields: the inputs, in the order of the source.  answer: the target.  goal: its name.  about: what the goal settled
    about the task, see `Goal.about`.  roles: role -> name of its column, e.g. "weight"; they are no inputs.
    role_fields: the weight and time columns with their types and spellings; where one is absent, its cells decide.
    dropped: (column, why) of columns that are left out.  notes: guesses and cells that may surprise.
    """

    fields: tuple[Field, ...]
    answer: Field
    goal: str
    about: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    roles: Mapping[str, str] = dataclasses.field(default_factory=dict)
    role_fields: tuple[Field, ...] = ()
    dropped: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def classes(self) -> tuple[str, ...]:
        """As in Task."""
        return tuple(self.about.get("details", {}).get("classes", ()))


def infer(
    raw: Raw,
    *,
    target: str | int,
    types: Mapping[str, str] | None = None,
    drop: Sequence[str] = (),
    goal: str | None = None,
    **roles: str | int | None,
) -> Schema:
    """The schema that names, cells and the user's own words give; the user's words win.

    target, and in roles weight, group, time ...: a name, a position (-1 is the last column) or "last".
    types: name -> type, e.g. "category" or "number(decimal=',')".
    drop: columns to leave out.  goal: its name, e.g. classify; None lets the answer's cells decide.
    Refuses unknown names and types (all at once), cells that contradict their column's type (all columns at once),
    and answers that nothing can be learned from.
    """
    named = roles_of(raw, {"target": target, **roles})
    given = checked_types(raw, types or {}, drop)
    check_roles(named, drop)
    answer = answer_field(raw.column(named["target"]), named["target"], given.get(named["target"]))
    inputs = [name for name in raw.names if name not in named.values() and name not in set(drop)]
    seen = {name: guess(raw.column(name)) for name in (*inputs, *named.values()) if name not in given}
    fields, without_cells = input_fields(inputs, given, seen)
    role_fields = tuple(
        role_field(role, named[role], given.get(named[role]) or seen[named[role]])
        for role in named
        if role != "target" and ROLES[role].holds == "numbers"
    )
    notes = notes_on(raw, (*fields, answer, *role_fields), seen)
    if not fields:
        raise no_inputs(raw, without_cells)
    seen_answer = seen_in(raw.column(answer.name), answer)
    settled = settled_goal(seen_answer, goal)
    return Schema(
        fields=fields,
        answer=answer,
        goal=settled.name,
        about=settled.about(seen_answer),
        roles={role: name for role, name in named.items() if role != "target"},
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
    truth, reasons = truth_in(raw, schema)
    roles = roles_in(raw, schema, values)
    reasons += [(f"no {role}", is_missing) for role, (_, is_missing) in roles.items()]
    keep, dropped = kept_rows(raw.n_rows, reasons)
    if not keep.any():
        raise empty(raw.origin, "no row that can be used: " + ", ".join(f"{n} with {why}" for why, n in dropped))
    return rows_where(keep, raw, schema, values, truth), dropped


def unlabelled_rows(raw: Raw, schema: Schema) -> Rows | None:
    """The rows that have everything but an answer; None when there are none.  For passes that learn without answers."""
    check_columns(raw, schema)
    values = measured_columns(raw, schema)
    truth, reasons = truth_in(raw, schema)
    unanswered = np.zeros(raw.n_rows, bool)
    for why, mask in reasons:
        unanswered |= mask & (why == NO_ANSWER)
    for _, is_missing in roles_in(raw, schema, values).values():
        unanswered &= ~is_missing
    return rows_where(unanswered, raw, schema, values, truth) if unanswered.any() else None


def rows_where(which: Array, raw: Raw, schema: Schema, values: Mapping[str, Array], truth: Array) -> Rows:
    """The rows of a mask (rows,); values: the measured columns and truth: the answers of all rows."""
    columns, words = encoded_fields(raw, schema.fields, values, which)
    return Rows(
        fields=schema.fields,
        columns=columns,
        words=words,
        truth=truth[which],
        ids=np.flatnonzero(which),
        roles={role: array[which] for role, (array, _) in roles_in(raw, schema, values).items()},
    )


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
    """The field of a column that is measured for its role: of the type that the user or the cells say, if it may."""
    if said.type in ROLES[role].types:
        return Field(name=name, type=said.type, spelling=said.spelling)
    return Field(name=name, type=ROLES[role].types[0])


def notes_on(raw: Raw, fields: Sequence[Field], seen: Mapping[str, Guess]) -> list[str]:
    """What may surprise about the columns; refuses all cells that contradict their column's type at once."""
    notes: list[str] = []
    errors: list[TrivetError] = []
    here = dict(zip(raw.names, raw.columns))
    for field in fields:
        column = here[field.name]
        note = surprise(field.name, column, seen[field.name]) if field.name in seen else None
        notes += [note] if note else []
        if holds_words(field):
            continue
        try:
            infinite = int(np.isinf(column_numbers(column, field)).sum())
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
    of_roles = [
        asked.get(name) or role_field(role, name, guess(raw.column(name)))
        for role, name in schema.roles.items()
        if ROLES[role].holds == "numbers"
    ]
    values: dict[str, Array] = {}
    errors: list[TrivetError] = []
    for field in (*schema.fields, schema.answer, *of_roles):
        if holds_words(field):
            continue
        column = raw.column(field.name)
        try:
            values[field.name] = finite(column_numbers(column, field))
        except BadCells as bad:
            errors.append(cell_error(column, field, bad, raw.origin))
    raise_all(errors)
    return values


def check_columns(raw: Raw, schema: Schema) -> None:
    """Refuses a table that lacks columns of the schema, all at once."""
    wanted = [*(field.name for field in schema.fields), schema.answer.name, *schema.roles.values()]
    raise_all([unknown_column(name, raw) for name in wanted if name not in raw.names])


def truth_in(raw: Raw, schema: Schema) -> tuple[Array, Reasons]:
    """((rows, ...) true answers as in Rows, [(reason, (rows,) mask of rows without a usable answer)])."""
    seen = seen_in(raw.column(schema.answer.name), schema.answer)
    return find_goal(schema.goal).truth(task_of(schema), seen)


def task_of(schema: Schema) -> Task:
    """The task before a domain has taken it."""
    return Task(
        modality="",
        goal=schema.goal,
        inputs=schema.fields,
        answer=schema.answer,
        **schema.about,
        roles=schema.roles,
        role_spellings={field.name: field.spelling for field in schema.role_fields if field.spelling},
    )


def roles_in(raw: Raw, schema: Schema, values: Mapping[str, Array]) -> dict[str, tuple[Array, Array]]:
    """Role -> ((rows,) array as in Rows, (rows,) mask of rows where it is missing)."""
    found: dict[str, tuple[Array, Array]] = {}
    for role, name in schema.roles.items():
        if ROLES[role].holds == "names":
            found[role] = names_in(raw, name)
            continue
        if role == "weight":
            check_weights(values[name], name, raw.origin)
        found[role] = values[name], np.isnan(values[name])
    return found


def check_weights(weights: Array, name: str, origin: str) -> None:
    """Refuses negative weights, and weights that are all 0."""
    if (weights < 0).any() or not (weights > 0).any():
        raise BadData(
            "bad-weight",
            wanted=f"weights of 0 or more, not all 0, in column {name!r}",
            found=f"{np.nanmin(weights):g}" if (weights < 0).any() else "no weight above 0",
            do="mend the weights, or name another column",
            where=origin,
        )


def names_in(raw: Raw, name: str) -> tuple[Array, Array]:
    """((rows,) int64 hash of each name, so that a group has one id in every table, (rows,) mask of missing ones)."""
    spelled = column_words(raw.column(name), "category")
    return column_bits(spelled.codes, spelled.words).view(np.int64), spelled.codes < 0


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
            text = column_words(here[field.name], field.type)
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
