"""Loaded specialists that together hold every runtime kind, and rows for them."""

from typing import Any

from trivet.runtime.specialist import Specialist

from .sample_files import sample_files


def sample_specialists() -> dict[str, Specialist]:
    """The samples by name; those without a decoder, which answer nothing, are left out."""
    return {name: Specialist.from_bytes(data) for name, data in sample_files().items()}


def sample_rows() -> list[dict[str, Any]]:
    """Rows for any of them: usual, extreme and missing values, known and unknown words."""
    words = ("east", "nörth", "west", "nowhere", None)
    return [
        {
            "age": (None, 18.0, 64.5, -3.0, 1e9)[at % 5],
            "smokes": (True, False, None)[at % 3],
            "ward": words[at // 2 % 5],
            "seen": ("2024-05-31", None)[at % 2],
            "remark": ("in pain", "", "no change")[at % 3],
        }
        for at in range(30)
    ]
