"""What a file may claim at most, so that reading one never uses more than a bound that is known before."""

from dataclasses import dataclass
from typing import Literal

from ..errors import BadFile

CapsName = Literal["small", "large"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Upper bounds that a file must keep.  The caller chooses them; nothing in a file can.

    file: bytes of the whole file, and of any one array.
    json: bytes of the text of both JSON sections in memory (one, two or four bytes per character).
    tokens: brackets, commas and colons of both JSON sections; they decide what parsing costs.
    nesting: brackets inside brackets.  name: bytes of the name of a kind, slot, port or array.
    arrays: arrays in all.  axes: axes of one array.
    """

    file: int = 64_000_000
    json: int = 1_000_000
    tokens: int = 40_000
    nesting: int = 16
    name: int = 256
    arrays: int = 10_000
    axes: int = 8


SMALL = Caps()
"""For files from anywhere: reading one takes at most twice its size + 8 MB."""

LARGE = Caps(file=4_000_000_000, json=4_000_000, tokens=160_000, arrays=40_000)
"""For files that are known to be large: what is not the bytes of the file itself takes at most 32 MB."""

STORE_CAPS = Caps(file=16_000_000_000, json=256_000_000, tokens=16_000_000, arrays=1_000_000)
"""For what trivet itself keeps in its store while it builds: rows and candidates, not files from strangers."""

PROFILES: dict[str, Caps] = {"small": SMALL, "large": LARGE}


def caps_of(chosen: Caps | CapsName) -> Caps:
    """The caps themselves, or the profile of this name."""
    if isinstance(chosen, Caps):
        return chosen
    if chosen not in PROFILES:
        raise ValueError(f"caps are {', '.join(map(repr, PROFILES))} or a Caps, not {chosen!r}")
    return PROFILES[chosen]


def keep_cap(amount: int, cap: int, what: str, where: str) -> None:
    """Refuses an amount above its cap, naming both."""
    if amount > cap:
        raise BadFile(
            "file-cap",
            wanted=f"at most {cap:,} {what}",
            found=f"{amount:,}",
            do='leave files from strangers alone that are this large; for one that you trust: --large, caps="large"',
            where=where,
        )
