"""Texts: one column of free text, or a folder of .txt files in one sub-folder per class; one answer per text."""

from collections.abc import Sequence

import numpy as np

from trivet.core.domains import Domain
from trivet.core.task import Field

SAMPLE_ROWS = 240


class Text(Domain):
    """Takes tasks whose only inputs are texts."""

    def recognises(self, inputs: Sequence[Field]) -> int:
        return 2 * int(bool(inputs) and all(field.type == "text" for field in inputs))

    def sample(self) -> tuple[list[dict[str, object]], str]:
        """Made-up notes to a help desk, about the printer or about the network."""
        rng = np.random.default_rng(11)
        things = {"printer": ("paper", "ink", "tray", "page"), "network": ("cable", "wifi", "router", "login")}
        openings = ("hello the", "since monday my", "please look at the", "again the")
        endings = ("is stuck and nothing helps", "does not work", "stopped today", "is gone once more")
        rows: list[dict[str, object]] = []
        for at in range(SAMPLE_ROWS):
            desk = ("printer", "network")[at % 2]
            words = [rng.choice(openings), rng.choice(things[desk]), rng.choice(endings), f"in room {at}"]
            rows.append({"note": " ".join(map(str, words)), "desk": desk})
        return rows, "desk"
