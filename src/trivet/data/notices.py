"""What a user should know about the data that is no defect of it, in plain sentences with names and counts."""

from collections.abc import Iterable, Sequence

from trivet.core.goals import NO_ANSWER

_MOST_NAMED = 10
_MOST_NOTICES = 50  # a table of 5,000 odd columns must not fill the screen, nor the file

LeftOut = tuple[str, str]
"""(column, why): a column that no model sees."""


def notices_of(
    notes: Sequence[str], dropped: Iterable[tuple[str, int]], left_out: Iterable[LeftOut], idle: Iterable[object]
) -> tuple[str, ...]:
    """Rows left out, columns left out, what reading noted, and entries of `accept` that met nothing."""
    told = [
        *(f"{count_of(n, 'row')} {set_aside(why)}" for why, n in dropped),
        *(f"{count_of(len(names), 'column')} {gone(why)}: {some(names)}" for why, names in by_reason(left_out)),
        *notes,
        *(f"accept names {entry}, but the doctor found no such thing" for entry in idle),
    ]
    if len(told) > _MOST_NOTICES:
        told = [*told[:_MOST_NOTICES], f"and {len(told) - _MOST_NOTICES} more notices like these"]
    return tuple(told)


def set_aside(why: str) -> str:
    """What became of rows, and why."""
    return f"left out: {why}{' (kept as unlabelled)' if why == NO_ANSWER else ''}"


def gone(why: str) -> str:
    """ "left out by the user", "left out, one value in every row"."""
    return why if why.startswith("left out") else f"left out, {why}"


def by_reason(left_out: Iterable[LeftOut]) -> list[tuple[str, list[str]]]:
    """[(why, names)], the reasons in the order in which they first occur."""
    found: dict[str, list[str]] = {}
    for name, why in left_out:
        found.setdefault(why, []).append(name)
    return list(found.items())


def few_of_each(left_out: Iterable[LeftOut]) -> list[list[str]]:
    """[[name, why]] with at most ten names for each reason, and the count of the others in place of a name."""
    rows = []
    for why, names in by_reason(left_out):
        rows += [[name, why] for name in names[:_MOST_NAMED]]
        rows += [[f"and {len(names) - _MOST_NAMED} more", why]] if len(names) > _MOST_NAMED else []
    return rows


def some(names: Sequence[str]) -> str:
    """At most ten names, and the count of the others."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def count_of(count: int, thing: str) -> str:
    """ "1 row", "1,200 rows"."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
