"""`columns`: raw rows as the numbers and texts that a body works on."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from trivet.runtime.batch import Batch
from trivet.runtime.errors import BadRow
from trivet.runtime.part import Array

from ..body import Flow
from ..inspector import MOST_WIDTH, Inspector
from .codes import codebooks
from .one_row import OneRow
from .raw_values import MOST, WANTED, Read, Unreadable, boolean, category, date_parts, number, text
from .spellings import BadSpelling, NumbersSpelling, Spelling, spelling_of, type_text

TYPES = ("number", "boolean", "category", "date", "text", "numbers")
DATE_PARTS = 3
MOST_SPELLINGS = 64  # different ones; each costs a pattern to build
FEW_ROWS = 8  # fewer rows than this are read one by one, which costs less than going through columns


class Columns:
    """Reads every field by its type: a date gives three numbers, a text none, `numbers` its length, all others one."""

    def __init__(self, look: Inspector) -> None:
        look.refuse_wiring()
        is_spelled = "spellings" in look.part.config
        look.only(config=("fields", "spellings") if is_spelled else ("fields",), children=(0, 1))
        self.fields = fields_of(look)
        self._spellings = spellings_of(look, dict(self.fields)) if is_spelled else {}
        self.names = tuple(name for name, _ in self.fields)
        n_categories = sum(type_ == "category" for _, type_ in self.fields)
        if len(look.part.children) != min(1, n_categories):
            look.refuse("part-kind", "a child `codes` exactly when there are category fields", f"{n_categories} fields")
        found = codebooks(look.inside(0), n_categories) if n_categories else []
        self.books = dict(zip((name for name, type_ in self.fields if type_ == "category"), found))
        self.text_names = tuple(name for name, type_ in self.fields if type_ == "text")
        self._readers: list[tuple[str, str, Any]] = []
        for name, type_ in self.fields:
            book = self.books.get(name)
            spelled = self._spellings.get(name)
            if type_ == "numbers" and spelled is None:
                look.refuse("part-config", "a length for each field of numbers", name, "spellings")
            reader = category(book.words, book.unknown) if book else spelled.read if spelled else SIMPLE[type_]
            self._readers.append((name, type_, reader))
        self._plan: list[tuple[str, Read]] = [(n, read) for n, type_, read in self._readers if type_ != "text"]
        self._widths = [width_of(type_, self._text_of(name)) for name, type_ in self.fields]
        self._has_wide = any(type_ in WIDE for _, type_ in self.fields)
        width = sum(self._widths)
        if width > MOST_WIDTH:
            look.refuse("part-limit", f"at most {MOST_WIDTH} numbers", str(width), "fields")
        self.flow = Flow(width, len(self.text_names))
        plain = [type_ == "number" and name not in self._spellings for name, type_ in self.fields]
        self._one_row = None if self.text_names else OneRow(self._readers, plain=plain, width=width)

    @property
    def number_names(self) -> tuple[str, ...]:
        """The field of each number: a date's stands there three times, a text's not at all."""
        return tuple(name for name, type_ in self.fields for _ in range(WIDTHS[type_]))

    def read(self, columns: Mapping[str, Sequence[Any]]) -> Batch:
        """The batch of a table given as columns; columns that are not asked for are ignored."""
        self._check_names(columns)
        lists = [column_of(columns[name]) for name in self.names]
        lengths = sorted({len(column) for column in lists})
        if len(lengths) > 1:
            wanted = {name: len(column) for name, column in zip(self.names, lists)}
            raise BadRow("ragged-columns", wanted="columns of one length", found=str(wanted), do="fill the short ones")
        numbers = np.empty((lengths[0], self.flow.width), np.float32)
        texts, at = [], 0
        for (name, type_, read), width, column in zip(self._readers, self._widths, lists):
            if type_ == "text":
                texts.append(tuple(self._each(name, type_, read, column)))
                continue
            numbers[:, at : at + width] = self._numbers(name, type_, read, column, width)
            at += width
        return Batch(numbers=numbers, texts=tuple(texts))

    @property
    def reads_one(self) -> bool:
        """Whether there is a quick way for single rows."""
        return self._one_row is not None

    def read_one(self, numbers: Array, row: Mapping[str, Any]) -> bool:
        """Whether the row was read the quick way into `numbers` (1, width) float32; if not, `read_rows` tells more."""
        return self._one_row is not None and self._one_row.read_into(numbers, row)

    def read_rows(self, rows: Sequence[Mapping[str, Any]]) -> Batch:
        """The batch of rows given as dicts."""
        if len(rows) == 1:
            numbers = np.empty((1, self.flow.width), np.float32)
            if self.read_one(numbers, rows[0]):
                return Batch(numbers=numbers)
        if len(rows) < FEW_ROWS:
            try:
                return self._read_few(rows)
            except (Unreadable, KeyError, TypeError):
                pass  # something does not fit: the way by columns says what, and where
        for row in rows:
            self._check_names(row)
        return self.read({name: [row[name] for row in rows] for name in self.names})

    def _read_few(self, rows: Sequence[Mapping[str, Any]]) -> Batch:
        cells: list[Any] = [[read(row[name]) for name, read in self._plan] for row in rows]
        if self._has_wide:
            cells = [list(flat(row)) for row in cells]
        numbers = np.array(cells, np.float32).reshape(len(rows), self.flow.width)
        texts = tuple(tuple(text(row[name]) for row in rows) for name in self.text_names)
        return Batch(numbers=numbers, texts=texts)

    def _numbers(self, name: str, type_: str, read: Read, column: Sequence[Any], width: int) -> Array:
        """(rows, width) the column as numbers."""
        if type_ == "number" and (name not in self._spellings or is_numeric(column)):
            quick = quick_numbers(column)
            if quick is not None:
                return quick[:, None]
        values = self._each(name, type_, read, column.tolist() if isinstance(column, np.ndarray) else column)
        return np.array(values, np.float64).reshape(len(column), width)

    def _each(self, name: str, type_: str, read: Any, column: Sequence[Any]) -> list[Any]:
        try:
            return [read(value) for value in column]
        except (Unreadable, TypeError):
            spelled = self._spellings.get(name)
            wanted = WANTED[type_] + (f" as {type_text(type_, spelled.text)} says" if spelled else "")
            return explain_wrong(name, wanted, read, column)

    def _text_of(self, name: str) -> str:
        return self._spellings[name].text if name in self._spellings else ""

    def _check_names(self, given: Mapping[str, Any]) -> None:
        absent = [name for name in self.names if name not in given]
        if absent:
            raise BadRow(
                "missing-column",
                wanted="the columns " + ", ".join(map(repr, absent)),
                found="rows without them, with " + (", ".join(map(repr, list(given)[:20])) or "no columns"),
                do="give every column; None stands for an unknown value",
            )


SIMPLE = {"number": number, "boolean": boolean, "date": date_parts, "text": text}
WIDTHS = {"number": 1, "boolean": 1, "category": 1, "date": DATE_PARTS, "text": 0}
WIDE = ("date", "numbers")  # what gives a tuple


def width_of(type_: str, spelling: str) -> int:
    """Numbers that a field gives; spelling: as in the config, "" for none."""
    if type_ != "numbers":
        return WIDTHS[type_]
    spelled = spelling_of(type_, spelling)
    return spelled.length if isinstance(spelled, NumbersSpelling) else 0


def fields_of(look: Inspector) -> list[tuple[str, str]]:
    """The (name, type) pairs of the config, checked."""
    raw = look.part.config["fields"]
    if not isinstance(raw, list | tuple) or not 1 <= len(raw) <= MOST_WIDTH // DATE_PARTS:
        look.refuse("part-config", "a list of at least one [name, type]", repr(raw)[:80], "fields")
    for field in raw:
        is_pair = isinstance(field, list | tuple) and len(field) == 2 and all(isinstance(x, str) for x in field)
        if not is_pair or not field[0] or field[1] not in TYPES:
            look.refuse("part-config", "[name, type] with a type of " + ", ".join(TYPES), repr(field)[:80], "fields")
    fields = [(str(name), str(type_)) for name, type_ in raw]
    if len({name for name, _ in fields}) != len(fields):
        look.refuse("part-config", "names that differ", repr([name for name, _ in fields])[:200], "fields")
    return fields


def spellings_of(look: Inspector, types: Mapping[str, str]) -> dict[str, Spelling]:
    """name -> how its cells are written, of the config entry `spellings`, checked; each text is understood once."""
    raw = look.part.config["spellings"]
    is_table = isinstance(raw, Mapping) and raw and all(isinstance(text, str) for text in raw.values())
    if not is_table or not set(raw) <= set(types):
        look.refuse("part-config", "{name of a field: spelling}, not empty", repr(raw)[:80], "spellings")
    asked = {(types[name], str(text)) for name, text in raw.items()}
    if len(asked) > MOST_SPELLINGS:
        look.refuse("part-config", f"at most {MOST_SPELLINGS} different spellings", f"{len(asked)}", "spellings")
    made = {(type_, text): understood(look, type_, text) for type_, text in sorted(asked)}
    return {str(name): made[types[name], text] for name, text in raw.items()}


def understood(look: Inspector, type_: str, text: str) -> Spelling:
    """The spelling; refuses one that is not understood, says nothing, or is not in its canonical form."""
    try:
        spelling = spelling_of(type_, text)
    except BadSpelling as error:
        look.refuse("part-config", str(error), repr(text)[:80], "spellings")
    if spelling.text != text or not text:
        look.refuse("part-config", f"the canonical spelling {spelling.text!r}", repr(text)[:80], "spellings")
    return spelling


def is_numeric(column: Sequence[Any]) -> bool:
    """Whether the column holds no text that its spelling would have to read."""
    if isinstance(column, np.ndarray):
        return column.dtype.kind in "fiub"
    return not any(isinstance(value, str) for value in column)


def column_of(column: Any) -> Sequence[Any]:
    """The column as a list or numpy array; times of numpy become datetimes."""
    if isinstance(column, np.ndarray):
        return column.astype("datetime64[us]").tolist() if column.dtype.kind == "M" else column  # type: ignore[return-value]
    return column if isinstance(column, list | tuple) else list(column)


def quick_numbers(column: Sequence[Any]) -> Array | None:
    """(rows,) float64 when numpy understands every value at once and all are finite or missing; else None."""
    if isinstance(column, np.ndarray) and column.dtype.kind not in "fiub":
        return None
    try:
        values = np.asarray(column, np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if values.ndim != 1 or np.isinf(values).any():
        return None
    return np.clip(values, -MOST, MOST)


def flat(cells: Iterable[Any]) -> Iterable[float]:
    """Numbers and dates' triples as one run of numbers."""
    for cell in cells:
        if isinstance(cell, tuple):
            yield from cell
        else:
            yield cell


def explain_wrong(name: str, what: str, read: Any, column: Sequence[Any]) -> NoReturn:
    """Raises BadRow for the first value that cannot be read."""
    for row, value in enumerate(column, start=1):
        try:
            read(value)
        except (Unreadable, TypeError) as error:
            code = error.code if isinstance(error, Unreadable) else "wrong-type"
            wanted = f"{'a finite number' if code == 'not-finite' else what} in column {name!r}"
            do = "mend the value; None stands for an unknown one"
            raise BadRow(code, wanted=wanted, found=repr(value)[:80], do=do, where=f"row {row}") from None
    raise RuntimeError(f"column {name!r} could not be read, and no value is to blame")
