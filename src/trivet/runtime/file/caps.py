"""What a file may claim at most, so that reading one never uses more than twice its size + 8 MB."""

from dataclasses import dataclass

from ..errors import BadFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """Upper bounds that a file must keep.  The caller may raise them; nothing in a file can.

    file: bytes of the whole file, and of any one array.
    json: bytes of the text of both JSON sections in memory (one, two or four bytes per character).
    tokens: brackets, commas and colons of both JSON sections; they decide what parsing costs.
    nesting: brackets inside brackets.  name: bytes of the name of a kind, slot or array.
    arrays: arrays in all.  axes: axes of one array.
    """

    file: int = 64_000_000
    json: int = 1_000_000
    tokens: int = 40_000
    nesting: int = 16
    name: int = 256
    arrays: int = 10_000
    axes: int = 8


STORE_CAPS = Caps(file=16_000_000_000, json=256_000_000, tokens=16_000_000, arrays=1_000_000)
"""For what trivet itself keeps in its store while it builds: rows and candidates, not files from strangers."""


def keep_cap(amount: int, cap: int, what: str, where: str) -> None:
    """Refuses an amount above its cap, naming both."""
    if amount > cap:
        raise BadFile(
            "file-cap",
            wanted=f"at most {cap:,} {what}",
            found=f"{amount:,}",
            do="do not open files from strangers that are this large; if you trust it, pass larger `caps`",
            where=where,
        )
