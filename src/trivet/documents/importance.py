"""What the model looks at: how much worse it gets when a column is shuffled."""

from dataclasses import asdict
from typing import Any

from trivet.core.sections import FileFacts

from .fragments.fragment import Fragment, dropped_of
from .fragments.main_gauge import main_gauge_of
from .plots.columns import importance_plot


class Importance(Fragment):
    """One bar for each column, the most important first."""

    title, order = "What it looks at", 60

    def make(self, file: FileFacts) -> dict[str, Any]:
        plot = importance_plot(file.manifest.get("importance", ()), main_gauge_of(file.manifest))
        return {"importance": None if plot is None else asdict(plot), "dropped": dropped_of(file.manifest)}
