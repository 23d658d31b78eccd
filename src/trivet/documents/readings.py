"""All readings, not only the limited ones."""

from typing import Any

from trivet.core.sections import FileFacts

from .fragments.fragment import Fragment, dropped_of
from .verdicts import reading_row


class Readings(Fragment):
    """Quality and trust on unseen rows, costs on a machine."""

    title, order, is_folded = "All readings", 110, True

    def make(self, file: FileFacts) -> dict[str, Any]:
        return {
            "exact": [reading_row(reading) for reading in file.manifest.get("readings", ())],
            "costs": [reading_row(reading) for reading in file.evidence.get("readings", ())],
            "dropped": dropped_of(file.manifest),
        }
