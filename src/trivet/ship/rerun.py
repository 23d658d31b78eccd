"""Running a cell again: the same recipe on the same rows may replace the file it made, and nothing else may.

What is refused is refused before anything is fitted, so that no finished build ends at a door that was shut all along.
"""

import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from trivet.core.errors import BadFile, BadUse, StorageError, TrivetError
from trivet.core.recipe import Recipe, parse_recipe
from trivet.core.value import value
from trivet.data.intake import Intake
from trivet.runtime.file.container import read
from trivet.storage.disk import Storage

_DO = "choose another name, or say force=True (on the command line --force) to replace it"


@value
class Earlier:
    """The file that is at `path` already, made by the same recipe.  digests: of the rows in each of its parts."""

    path: Path
    digests: Mapping[str, str]

    def allow(self, intake: Intake) -> None:
        """Refuses when the build is about to see other rows than the file was made from."""
        if digests_of(intake.describe()) != self.digests:
            raise name_taken(self.path, "a file that the same recipe made from other rows")


def earlier_build(path: Path, recipe: Recipe) -> Earlier | None:
    """What is at `path` already, when the same recipe made it; None when nothing is there.

    Raises `file-exists` for anything else, and for a folder that is not there or cannot be written.
    """
    refuse_closed_folder(path)
    if not path.exists():
        return None
    try:
        manifest = read(path).manifest
        before = parse_recipe(str(manifest["recipe"]))
        digests = digests_of(manifest["data"])
    except (BadFile, OSError) as error:
        raise name_taken(path, "a file that is no specialist" if path.is_file() else "a folder of that name") from error
    except (TrivetError, LookupError, TypeError, AttributeError) as error:
        raise name_taken(path, "a specialist whose recipe cannot be read here") from error
    told = difference(before, recipe)
    if told:
        raise name_taken(path, f"a specialist of another recipe ({told})")
    return Earlier(path=path, digests=digests)


def difference(before: Recipe, now: Recipe) -> str:
    """The first thing that the two recipes say differently; empty for the same.  How far a search came is no matter."""
    old, new = (str(replace(recipe, lock=None)).splitlines() for recipe in (before, now))
    gone = [line for line in old if line not in new]
    come = [line for line in new if line not in old]
    told = [f"there {gone[0]}" if gone else "", f"here {come[0]}" if come else ""]
    return ", ".join(part for part in told if part) or ("" if old == new else "the same lines in another order")


def digests_of(data: Mapping[str, Any]) -> dict[str, str]:
    """{part: digest of its rows} of what a file, or an intake, says about its data."""
    return {name: str(part["digest"]) for name, part in data["splits"].items()}


def name_taken(path: Path, found: str) -> BadUse:
    return BadUse("file-exists", wanted=f"to write {str(path)!r}", found=found, do=_DO)


def refuse_closed_folder(path: Path) -> None:
    """Refuses a folder that is not there, or where this user may not write."""
    folder = path.absolute().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise StorageError(
            "storage-failed",
            wanted=f"a folder to write {path.name!r} in",
            found=f"{str(folder)!r}, which {'may not be written' if folder.is_dir() else 'is not there'}",
            do="make the folder, or choose another",
        )


def publish_finished(storage: Storage, path: Path, data: bytes, *, overwrite: bool) -> None:
    """Writes a finished build; where that fails, it is kept in a temporary folder, and the error says where."""
    try:
        storage.publish(path, data, private=False, overwrite=overwrite)
    except StorageError as error:
        kept = Path(tempfile.mkdtemp(prefix="trivet-rescued-")) / "finished.trivet"
        try:
            storage.publish(kept, data, private=True)
        except StorageError:
            raise error from None
        do = f"the finished file is kept as {str(kept)!r}: copy it; and {error.do}"
        raise StorageError(error.code, wanted=error.wanted, found=error.found, do=do, where=error.where) from error
