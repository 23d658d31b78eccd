"""The data: where it came from, how it was split, which columns are read."""

from collections.abc import Mapping
from typing import Any

from trivet.core.sections import FileFacts

from .findings import dropped_rows, left_out_columns
from .fragments.fragment import Fragment, dropped_of
from .fragments.words import in_words

Json = Mapping[str, Any]


class Data(Fragment):
    """Facts about the source, the parts of the split, and the input columns."""

    title, order, is_folded = "The data", 120, True

    def make(self, file: FileFacts) -> dict[str, Any]:
        data = file.manifest.get("data", {})
        return {
            "data": data_rows(data),
            "splits": split_rows(data.get("splits", {})),
            "inputs": [(str(name), str(kind)) for name, kind in file.manifest.get("task", {}).get("inputs", ())],
            "dropped": dropped_of(file.manifest),
        }


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
        "unlabelled": "no answers; only passes that say so read these",
    }
    order = [*(name for name in uses if name in splits), *(name for name in sorted(splits) if name not in uses)]
    return [(n, uses.get(n, ""), in_words(splits[n].get("rows", "")), str(splits[n].get("digest", ""))) for n in order]
