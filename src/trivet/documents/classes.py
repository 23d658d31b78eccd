"""Right and wrong, class by class."""

from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.sections import FileFacts

from .fragments.fragment import Fragment
from .fragments.words import in_words
from .plots.pictures import short_name

Json = Mapping[str, Any]

_SHADES = 5  # besides none: shares of a line up to 20, 40 ... 100 %
_HEAD_LETTERS = 16
_FEW = 6  # classes up to which both tables stand side by side


class Classes(Fragment):
    """The confusion table, and precision, recall and F1 of every class."""

    title, order = "Right and wrong, class by class", 30

    def make(self, file: FileFacts) -> dict[str, Any] | None:
        classes = class_tables(file.manifest.get("tables", {}))
        return None if classes is None else {"classes": classes}


def class_tables(tables: Json) -> dict[str, Any] | None:
    """Confusion and per-class numbers as text; None where the file holds none.

    many: whether the tables need the whole width.  heads: names across.
    lines: (name, cells), each cell (count, shade 0..5, whether it counts right answers).
    """
    confusion, per_class = tables.get("confusion", {}), tables.get("per_class", ())
    if not confusion or not per_class:
        return None
    names = [str(name) for name in confusion["classes"]]
    others, baseline = confusion.get("others", 0), tables.get("baseline", {})
    names += [f"{others} others"] * bool(others)
    lines = [(name, shaded_cells(counts, row)) for row, (name, counts) in enumerate(zip(names, confusion["counts"]))]
    return {
        "heads": [short_name(name, _HEAD_LETTERS) for name in names],
        "lines": lines,
        "others": others,
        "many": len(names) > _FEW,
        "rows": [class_row(row) for row in per_class],
        "constant": (str(baseline["class"]), f"{baseline['accuracy']:.1%}") if "class" in baseline else None,
    }


def shaded_cells(counts: Sequence[float], row: int) -> list[tuple[str, int, bool]]:
    """The cells of one line: the darker, the larger their share of it."""
    whole = sum(counts) or 1
    shades = [0 if not count else 1 + min(int(_SHADES * count / whole), _SHADES - 1) for count in counts]
    return [(in_words(count), shade, at == row) for at, (count, shade) in enumerate(zip(counts, shades))]


def class_row(row: Json) -> tuple[str, str, str, str, str, str]:
    """(class, rows, recall, its interval, precision, F1)."""
    low, high = row.get("recall_low"), row.get("recall_high")
    interval = "" if low is None or high is None else f"{low:.3f} to {high:.3f}"
    recall, precision, f1 = (share(row.get(name)) for name in ("recall", "precision", "f1"))
    return str(row["class"]), in_words(row.get("rows", "")), recall, interval, precision, f1


def share(number: float | None) -> str:
    return "–" if number is None else f"{number:.3f}"
