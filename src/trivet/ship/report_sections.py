"""The later parts of a report, as text: classes, lineage, data, environment."""

from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.units import show_duration

from .plots import shortened
from .report_findings import dropped_rows, left_out_columns

Json = Mapping[str, Any]

_SHADES = 5  # besides none: shares of a line up to 20, 40 ... 100 %
_HEAD_LETTERS = 16
_FEW = 6  # classes up to which both tables stand side by side


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
    lines = [(name, shaded(counts, row)) for row, (name, counts) in enumerate(zip(names, confusion["counts"]))]
    return {
        "heads": [shortened(name, _HEAD_LETTERS) for name in names],
        "lines": lines,
        "others": others,
        "many": len(names) > _FEW,
        "rows": [class_row(row) for row in per_class],
        "constant": (str(baseline["class"]), f"{baseline['accuracy']:.1%}") if "class" in baseline else None,
    }


def shaded(counts: Sequence[float], row: int) -> list[tuple[str, int, bool]]:
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


def lineage_rows(lineage: Sequence[Json]) -> list[dict[str, Any]]:
    """Each step with what it changed: the reading after it, and the difference to the reading before."""
    rows: list[dict[str, Any]] = []
    before: dict[str, float] = {}
    for step in lineage:
        after = step.get("readings", {})
        changes = [change(gauge, before.get(gauge), number) for gauge, number in after.items()]
        rows.append({"step": step.get("step", ""), "changes": changes, "notes": list(step.get("notes", ()))})
        before = {**before, **after}
    return rows


def change(gauge: str, before: float | None, after: float) -> str:
    if before is None:
        return f"{gauge} {after:.4g}"
    moved = after - before
    return f"{gauge} {after:.4g} (unchanged)" if not moved else f"{gauge} {after:.4g} ({moved:+.2g})"


def data_rows(data: Json) -> list[tuple[str, str]]:
    rows = {
        "source": data.get("source"),
        "rows used": data.get("rows"),
        "rows dropped": (dropped_rows(data["dropped"]) or "none") if "dropped" in data else None,
        "columns left out": (left_out_columns(data["left_out"]) or "none") if "left_out" in data else None,
        **{f"times of the {part} rows": " to ".join(map(str, ends)) for part, ends in data.get("times", {}).items()},
    }
    return [(name, in_words(fact)) for name, fact in rows.items() if fact is not None]


def split_rows(splits: Json) -> list[tuple[str, str, str, str]]:
    """(name, use, rows, digest) in the order in which a build uses them."""
    uses = {
        "fit": "passes learn on these",
        "tune": "passes calibrate and stop early on these",
        "choose": "the search compares candidates on these",
        "vault": "the verdicts: no step of the search saw these",
    }
    order = [*(name for name in uses if name in splits), *(name for name in sorted(splits) if name not in uses)]
    return [(n, uses.get(n, ""), in_words(splits[n].get("rows", "")), str(splits[n].get("digest", ""))) for n in order]


def environment_rows(build: Json, search: Json, evidence: Json) -> list[tuple[str, str]]:
    machine = evidence.get("machine") or {}
    seconds = evidence.get("seconds")
    rows = {
        "made": evidence.get("made"),
        "build time": None if seconds is None else show_duration(seconds),
        "machine of the cost readings": ", ".join(f"{name} {machine[name]}" for name in sorted(machine)) or None,
        "seed": build.get("seed"),
        "work units": search.get("units"),
        "candidates tried": search.get("trials"),
    }
    return [(name, "not recorded" if fact is None else in_words(fact)) for name, fact in rows.items()]


def in_words(fact: Any) -> str:
    """A number with separators, a list with commas, "none" for an empty one."""
    if isinstance(fact, bool) or not isinstance(fact, (int, float, list, tuple)):
        return str(fact)
    if isinstance(fact, (list, tuple)):
        return ", ".join(map(str, fact)) or "none"
    return f"{fact:,}"
