"""Facts as people read them."""

from typing import Any


def in_words(fact: Any) -> str:
    """A number with separators, a list with commas, "none" for an empty one."""
    if isinstance(fact, bool) or not isinstance(fact, (int, float, list, tuple)):
        return str(fact)
    if isinstance(fact, (list, tuple)):
        return ", ".join(map(str, fact)) or "none"
    return f"{fact:,}"
