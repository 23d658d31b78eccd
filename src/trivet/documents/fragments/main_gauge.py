"""The gauge that a report compares by."""

from collections.abc import Mapping
from typing import Any

from trivet.core.limits import Limit

Json = Mapping[str, Any]


def limits_of(manifest: Json) -> tuple[Limit, ...]:
    """What the file was asked to keep."""
    return tuple(Limit(**limit) for limit in manifest.get("limits", ()))


def main_gauge_of(manifest: Json) -> str:
    """The main gauge of the build that wrote the file."""
    return str(manifest.get("search", {}).get("main", "quality"))
