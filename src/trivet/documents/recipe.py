"""The recipe that the file was compiled from."""

from typing import Any

from trivet.core.sections import FileFacts

from .fragments.fragment import Fragment, dropped_of


class Recipe(Fragment):
    """Its text, with the lock."""

    title, order, is_folded = "Recipe", 140, True

    def make(self, file: FileFacts) -> dict[str, Any]:
        return {"recipe": file.manifest.get("recipe", ""), "dropped": dropped_of(file.manifest)}
