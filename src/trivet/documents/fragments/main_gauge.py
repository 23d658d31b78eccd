"""The gauge that a report compares by."""

from collections.abc import Mapping, Sequence
from typing import Any

from trivet.core.errors import TrivetError
from trivet.core.limits import Limit
from trivet.core.registry import find_gauge

Json = Mapping[str, Any]


def limits_of(manifest: Json) -> tuple[Limit, ...]:
    """What the file was asked to keep."""
    return tuple(Limit(**limit) for limit in manifest.get("limits", ()))


def main_gauge_of(manifest: Json) -> str:
    """The main gauge of the build that wrote the file."""
    return main_gauge(limits_of(manifest), manifest.get("frontier", ()), list(manifest.get("readings", ())))


def main_gauge(limits: Sequence[Limit], frontier: Sequence[Json], exact: Sequence[Json]) -> str:
    """The gauge that candidates are compared by: the first limited one of quality that they were measured with."""
    measured = [*frontier[0].get("readings", {})] if frontier else [reading["gauge"] for reading in exact]
    limited = [limit.gauge for limit in limits if limit.gauge in measured]
    quality = [gauge for gauge in (*limited, *measured) if is_quality(gauge)]
    return next(iter([*quality, *limited, *measured]), "quality")


def is_quality(gauge: str) -> bool:
    """What the registry says; a gauge that is not installed here counts as none."""
    try:
        return find_gauge(gauge).family == "quality"
    except TrivetError:
        return False
