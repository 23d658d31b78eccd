"""The gauge that a report compares by."""

from collections.abc import Mapping
from typing import Any

Json = Mapping[str, Any]


def main_gauge_of(manifest: Json) -> str:
    """The main gauge of the build that wrote the file; where that is not among its readings, the first that is."""
    frontier, exact = manifest.get("frontier", ()), manifest.get("readings", ())
    measured = [*frontier[0].get("readings", {})] if frontier else [reading["gauge"] for reading in exact]
    main = manifest.get("search", {}).get("main")
    return main if main in measured else next(iter(measured), "quality")
