"""What a section of a report is: it makes JSON of what a file says, and HTML of that JSON."""

import html
import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, ClassVar

from .text_form import kebab
from .value import value

Json = Mapping[str, Any]

_FORMULA = tuple("=+-@\t\r＝＋－＠")
_AMOUNT = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?( ?[%A-Za-zµ/]+)?")


@value
class FileFacts:
    """What a section is made from: what the file says, its digest and its size.

    While the file is being packed, it has no digest ("") and no size (0) yet.
    beside: what lies beside it and belongs to it, as JSON by name: the accounts of watching and proving.
    """

    manifest: Json
    evidence: Json
    digest: str = ""
    size_bytes: int = 0
    beside: Json = field(default_factory=dict)


class Section:
    """Base of every section: `documents/lineage.py` holds `Lineage`, called `lineage`.

    title: its heading.  order: where it stands; trivet's own have 10, 20, ... 60 and, folded, 110, 120, ... 150.
    is_folded: whether a reader has to open it.
    at_build: whether `make` runs when the file is packed, so that the file carries what it made; else it runs when
    the report is made.
    """

    title: ClassVar[str] = ""
    order: ClassVar[int] = 100
    is_folded: ClassVar[bool] = False
    at_build: ClassVar[bool] = False

    @classmethod
    def section_name(cls) -> str:
        """The name in the registry and on the page."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in the registry and on the page."""
        return self.section_name()

    def make(self, file: FileFacts) -> dict[str, Any] | None:
        """What there is to show, as JSON values; None for nothing.  The same file gives the same."""
        raise NotImplementedError

    def show(self, made: Json) -> str:
        """The HTML of it, without its heading.  Whatever came from data goes through `escaped`."""
        raise NotImplementedError


def escaped(text: Any) -> str:
    """Text as HTML that shows it and does nothing, neither in a page nor in a spreadsheet that it is pasted into.

    >>> escaped("<b>"), escaped("=1+1")
    ('&lt;b&gt;', '&#x27;=1+1')
    """
    return html.escape(str(no_formula(text)))


def no_formula(text: Any) -> Any:
    """Text that a spreadsheet would run gets an apostrophe in front; numbers stay numbers."""
    if type(text) is not str or not text.lstrip().startswith(_FORMULA) or _AMOUNT.fullmatch(text):
        return text
    return "'" + text
