"""The answer of a table: its type, what it holds, and the goal that suits it."""

from collections.abc import Sequence

import numpy as np

from trivet.core.errors import BadData
from trivet.core.fieldtypes import find_fieldtype, holds_words
from trivet.core.goals import Goal, Seen
from trivet.core.registry import find_goal, usable
from trivet.core.task import Field
from trivet.data.sources.columns import RawColumn, TextColumn, truth_text
from trivet.runtime.part import Array

from .cells import BadCells, number_text, values_of
from .encode import cell_error, column_numbers, column_words, finite, in_order
from .guess import guess


def answer_field(column: RawColumn, name: str, given: Field | None) -> Field:
    """The answer's field: a text is a category; yes and no stay the words they are, only true and false are boolean."""
    seen = guess(column)
    type, spelling = (given.type, given.spelling) if given else (seen.type, seen.spelling)
    if type is None:
        raise BadData(
            "answer-missing",
            wanted=f"answers in column {name!r}",
            found="not one; every cell is missing",
            do="name another target, or give rows with answers",
        )
    if type == "text" or (type == "boolean" and not given and not says_true(column)):
        type = "category"
    return Field(name=name, type=type, spelling=spelling)


def says_true(column: RawColumn) -> bool:
    """Whether the truth values are typed by the source or spelled true and false."""
    return not isinstance(column, TextColumn) or {word.lower() for word in column.words} >= {"true", "false"}


def seen_in(column: RawColumn, answer: Field) -> Seen:
    """What stands in the column of answers, as goals look at it; cells that are not of its type are refused."""
    codes, texts = class_codes(column, answer)
    return Seen(
        field=answer,
        texts=texts,
        codes=codes,
        values=None if holds_words(answer) else answer_values(column, answer),
        among=lambda classes: codes_among(classes, codes, texts, answer),
    )


def settled_goal(seen: Seen, wish: str | None) -> Goal:
    """The goal that is wished for, else the one that suits the answers best; refuses answers it can do nothing with."""
    if len(seen.texts) < 2:
        raise BadData(
            "answer-constant",
            wanted=f"at least two different answers in column {seen.field.name!r}",
            found=f"{seen.n_answered} answers, all {seen.texts[0]!r}" if seen.texts else "none",
            do="name another target, or give rows with other answers",
        )
    names = [wish] if wish else sorted(usable("goal"))
    goal = max(map(find_goal, names), key=lambda goal: goal.suits(seen))
    if not wish and goal.suits(seen) <= 0:
        raise BadData(
            "answer-type",
            wanted="an answer that one can " + " or ".join(names),
            found=f"column {seen.field.name!r} of the type {seen.field.type}",
            do="name another target, or give the column another type; a date can be turned into days first",
        )
    goal.refuse(seen)
    return goal


def class_codes(column: RawColumn, answer: Field) -> tuple[Array, tuple[str, ...]]:
    """((rows,) int32 index of the class, -1 = no answer; the texts of the classes).

    Truth values keep the spelling of a text table; those that a source typed are "true" and "false".
    """
    if answer.type == "category":
        words = column_words(column, "category")
        return in_order(words.words, words.codes)
    values = answer_values(column, answer)
    known = ~np.isnan(values)
    distinct, found = np.unique(values[known], return_inverse=True)
    codes = np.full(len(values), -1, np.int32)
    codes[known] = found
    if answer.type == "boolean":
        return codes, tuple(truth_spelling(column, v) for v in distinct)
    return codes, tuple(number_text(float(v)) for v in distinct)


def truth_spelling(column: RawColumn, truth: float) -> str:
    """How the column mostly spells the truth value; the least word in code points when two are as frequent."""
    if not isinstance(column, TextColumn):
        return truth_text(truth)
    count = np.bincount(column.codes[column.codes >= 0], minlength=len(column.words))
    meaning, _ = values_of(column.words, Field(name="", type="boolean"))
    return min((-count[at], word) for at, word in enumerate(column.words) if meaning[at] == truth)[1]


def codes_among(classes: Sequence[str], codes: Array, texts: Sequence[str], answer: Field) -> Array:
    """(rows,) int32 index of the answer among these classes; -1 = no answer, -2 = one that is none of them.

    Numbers are compared by value and truth values by meaning, so that a table may spell them in its own way.
    """
    index = {meaning_of(text, answer): at for at, text in enumerate(classes)}
    found = [index.get(meaning_of(text, answer), -2) for text in texts]
    return np.array([*found, -1], np.int32)[codes]  # code -1 picks the last entry


def meaning_of(text: str, answer: Field) -> str | float:
    """What the text of a class says: a number, 0.0 or 1.0, or the word itself."""
    if holds_words(answer):
        return text
    meaning: float = find_fieldtype(answer.type).parse(text, "")
    return meaning


def answer_values(column: RawColumn, answer: Field) -> Array:
    """(rows,) float64 answers as numbers, NaN = no answer."""
    try:
        return finite(column_numbers(column, answer))
    except BadCells as bad:
        raise cell_error(column, answer, bad) from bad
