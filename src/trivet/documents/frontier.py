"""What could be had: size against the main gauge, for every candidate that was kept."""

from dataclasses import asdict
from typing import Any

from trivet.core.limits import limits_of
from trivet.core.sections import FileFacts

from .fragments.fragment import Fragment, dropped_of
from .fragments.main_gauge import main_gauge_of
from .plots.candidates import frontier_plot


class Frontier(Fragment):
    """The candidates of the build, the one that shipped at its real size."""

    title, order = "What could be had", 50

    def make(self, file: FileFacts) -> dict[str, Any]:
        main = main_gauge_of(file.manifest)
        baselines = {reading["gauge"]: reading.get("baseline") for reading in file.manifest.get("readings", ())}
        plot = frontier_plot(
            file.manifest.get("frontier", ()),
            limits_of(file.manifest),
            main,
            size_bytes=file.size_bytes,
            baseline=baselines.get(main),
        )
        return {"frontier": None if plot is None else asdict(plot), "dropped": dropped_of(file.manifest)}
