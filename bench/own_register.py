"""A register of openings for one run of a bench: its builds are no looks at anybody's vaults."""

import os
import tempfile
from pathlib import Path


def own_register(within: Path | None = None) -> None:
    """From here on builds, also those in processes of their own, count their openings in a new folder."""
    os.environ["TRIVET_STATE"] = tempfile.mkdtemp(prefix="trivet-bench-", dir=within)
