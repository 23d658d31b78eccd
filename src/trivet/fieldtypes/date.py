"""Date: a day or a time, in ISO 8601 or a format of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from trivet.core.fieldtypes import FieldType
from trivet.core.iso_dates import iso_date
from trivet.runtime.kinds.readers.raw_values import ISO_DAY
from trivet.runtime.kinds.readers.spellings import spelling_of
from trivet.runtime.part import Array

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Date(FieldType):
    """Days since 1970-01-01; a time zone is turned to UTC, none is taken for UTC."""

    wanted = "a date such as 2024-05-31"

    def parse(self, cell: str, spelling: str) -> float:
        if spelling:
            return spelling_of(self.name, spelling).measure(cell)
        if ISO_DAY.fullmatch(cell) is None:
            raise ValueError(cell)
        when = datetime.fromisoformat(cell)
        return ((when if when.tzinfo else when.replace(tzinfo=UTC)) - _EPOCH) / timedelta(days=1)

    def raw(self, column: Array, words: Sequence[str]) -> list[Any]:
        return [None if day != day else iso_date(day) for day in column.tolist()]
