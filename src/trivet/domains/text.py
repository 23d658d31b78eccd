"""Texts: one column of free text, or a folder of .txt files in one sub-folder per class; one answer per text."""

from collections.abc import Sequence

import numpy as np

from trivet.core.domains import Domain, Route
from trivet.core.task import Field, Task

SAMPLE_ROWS = 240
_LEARNED = ("fit-ngrams", "round-weights")
_LINES = {
    "letters": ("fit-ngrams",),
    "words": ("fit-ngrams(analyser=word, low=1, high=2)",),
    "long-letters": ("fit-ngrams(low=3, high=5, buckets=65536)",),
    "few-letters": ("fit-ngrams(buckets=8192, high=3)",),
}


class Text(Domain):
    """Takes tasks whose only inputs are texts."""

    def recognises(self, inputs: Sequence[Field]) -> int:
        return 2 * int(bool(inputs) and all(field.type == "text" for field in inputs))

    def routes(self, task: Task, rows: int) -> tuple[Route, ...]:
        """Letters first: they forgive spelling; every line is rounded to 8 bits, which texts do not notice."""
        end = ("fit-temperature",) if task.goal == "classify" else ()
        return tuple(
            Route(name=name, steps=("prepare-table", *steps, "round-weights", *end), vary=_LEARNED)
            for name, steps in _LINES.items()
        )

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
