"""Days since 1970-01-01 as people write them."""

from datetime import datetime, timedelta

_EPOCH = datetime(1970, 1, 1)


def iso_date(days: float) -> str:
    """Days since 1970-01-01 as ISO 8601, to the microsecond; a whole day has no time part.

    What was read from such a text comes back as that text: until the year 2149 float64 tells all microseconds apart.

    >>> iso_date(19874.0), iso_date(19874.5), iso_date(-0.25)
    ('2024-05-31', '2024-05-31T12:00:00', '1969-12-31T18:00:00')
    """
    return (_EPOCH + timedelta(days=days)).isoformat().removesuffix("T00:00:00")
