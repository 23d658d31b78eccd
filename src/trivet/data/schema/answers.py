"""The answer of a table: its type, whether it is to be classified or regressed, and its classes."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from trivet.core.errors import BadData
from trivet.core.task import Field
from trivet.data.sources.columns import RawColumn, TextColumn, truth_text
from trivet.runtime.part import Array

from .cells import BadCells, boolean, number, number_text, values_of
from .encode import cell_error, finite, in_order, measured, spoken
from .guess import guess

MOST_CODED = 20  # more distinct whole numbers than this are an amount, not labels
CODED_SHARE = 0.05  # and so are those that hardly repeat
MOST_CLASSES = 1000  # more is a search, not a classification


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


def goal_of(column: RawColumn, answer: Field, wish: str | None) -> Literal["classify", "regress"]:
    """What to do with the answer; refuses a wish that the type cannot grant, and answers that are all the same."""
    if answer.type == "date" or (wish == "regress" and answer.type != "number"):
        raise bad_answer(answer, wish or "classify or regress")
    codes, texts = class_codes(column, answer)
    answered = int((codes >= 0).sum())
    if len(texts) < 2:
        raise BadData(
            "answer-constant",
            wanted=f"at least two different answers in column {answer.name!r}",
            found=f"{answered} answers, all {texts[0]!r}" if texts else "none",
            do="name another target, or give rows with other answers",
        )
    goal = wish or ("regress" if answer.type == "number" and is_amount(texts, answered) else "classify")
    if goal == "classify" and (len(texts) > MOST_CLASSES or 2 * len(texts) > answered):
        raise too_many_classes(answer, len(texts), answered)
    return "classify" if goal == "classify" else "regress"


def is_amount(texts: tuple[str, ...], answered: int) -> bool:
    """Whether the numbers measure something, rather than stand for classes."""
    is_whole = all(text.lstrip("-").isdecimal() for text in texts)
    few = len(texts) == 2 or (len(texts) <= MOST_CODED and len(texts) <= CODED_SHARE * answered)
    return not (is_whole and few)


def classes_of(column: RawColumn, answer: Field) -> tuple[str, ...]:
    """The classes that occur: numbers by value, false before true, words in ascending order."""
    return class_codes(column, answer)[1]


def class_codes(column: RawColumn, answer: Field) -> tuple[Array, tuple[str, ...]]:
    """((rows,) int32 index of the class, -1 = no answer; the texts of the classes).

    Truth values keep the spelling of a text table; those that a source typed are "true" and "false".
    """
    if answer.type == "category":
        words = spoken(column, "category")
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


def codes_among(classes: Sequence[str], column: RawColumn, answer: Field) -> Array:
    """(rows,) int32 index of the answer among these classes; -1 = no answer, -2 = one that is none of them.

    Numbers are compared by value and truth values by meaning, so that a table may spell them in its own way.
    """
    codes, texts = class_codes(column, answer)
    index = {meaning_of(text, answer): at for at, text in enumerate(classes)}
    found = [index.get(meaning_of(text, answer), -2) for text in texts]
    return np.array([*found, -1], np.int32)[codes]  # code -1 picks the last entry


def meaning_of(text: str, answer: Field) -> str | float:
    """What the text of a class says: a number, 0.0 or 1.0, or the word itself."""
    if answer.type == "boolean":
        return boolean(text)
    return number(text) if answer.type == "number" else text


def answer_values(column: RawColumn, answer: Field) -> Array:
    """(rows,) float64 answers as numbers, NaN = no answer."""
    try:
        return finite(measured(column, answer))
    except BadCells as bad:
        raise cell_error(column, answer, bad) from bad


def bad_answer(answer: Field, wish: str) -> BadData:
    return BadData(
        "answer-type",
        wanted=f"an answer that one can {wish}",
        found=f"column {answer.name!r} of the type {answer.type}",
        do="regress needs numbers, classify needs words or few numbers; a date can be turned into days first",
    )


def too_many_classes(answer: Field, classes: int, answered: int) -> BadData:
    return BadData(
        "answer-classes",
        wanted=f"at most {MOST_CLASSES} classes that occur twice or more on average in column {answer.name!r}",
        found=f"{classes} classes in {answered} rows",
        do="name another target, merge rare classes, or regress if they are amounts (goal regress)",
    )
