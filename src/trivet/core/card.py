"""A small card in HTML: what a notebook shows of a result.

Text keeps the colour of the page around it, and grounds are see-through, so that a card reads on white and on black.
A colour is never the only difference: every verdict is also a word.  Everything is escaped; there are no scripts.
"""

from html import escape
from typing import Literal

from .value import value

Tone = Literal["good", "open", "bad", "plain"]

# Mid tones: as borders and thin grounds they show on white and on black alike.
RGB: dict[Tone, str] = {"good": "46,160,67", "open": "210,140,0", "bad": "218,54,51", "plain": "128,128,128"}
SYMBOLS: dict[Tone, str] = {"good": "✓", "open": "?", "bad": "✗", "plain": "·"}
TONES: dict[str, Tone] = {
    "HOLDS": "good", "CERTIFIED": "good", "SOUND": "good", "UNPROVEN": "open",
    "BROKEN": "bad", "INFEASIBLE": "bad", "MISSED": "bad", "DAMAGED": "bad",
}  # fmt: skip

_LINE = "rgba(128,128,128,.35)"
_CARD = (
    "font:14px/1.45 system-ui,-apple-system,'Segoe UI',sans-serif;color:inherit;text-align:left;max-width:760px;"
    "box-sizing:border-box;margin:4px 0;padding:12px;overflow-wrap:break-word;"
    f"border:1px solid {_LINE};border-radius:6px;border-left:5px solid "
)
# Notebooks style tables themselves (stripes, columns of one width, right-aligned cells): all of it is said again here.
_CELL = (
    f"text-align:left;vertical-align:top;padding:5px 7px 5px 0;white-space:normal;border:0;border-top:1px solid {_LINE}"
)
_HEAD = "text-align:left;padding:3px 7px 3px 0;border:0;font-weight:600;font-size:11px;opacity:.8;white-space:normal"
_CODE = "background:rgba(128,128,128,.16);color:inherit;padding:1px 5px;border-radius:4px;white-space:pre-wrap"


@value
class Cell:
    """One cell of a card's table.  small: a second, smaller line."""

    text: str
    small: str = ""
    tone: Tone | None = None


@value
class Line:
    """One line of a card's table.  note: what there is to say of it, under the whole line."""

    cells: tuple[Cell, ...]
    note: str = ""


@value
class Card:
    """What a card shows, from top to bottom; empty parts are left out.

    badge, title: the outcome in a word and in a sentence.  alerts: (what, evidence) that must not be missed.
    warnings: the same, less loud.  columns, lines: a table.  said: (label, sentence).  folded: (summary, lines) that
    open on a click.  steps: code that comes next.
    """

    tone: Tone
    badge: str
    title: str
    about: str = ""
    alerts: tuple[tuple[str, str], ...] = ()
    warnings: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    said: tuple[tuple[str, str], ...] = ()
    folded: tuple[tuple[str, tuple[str, ...]], ...] = ()
    steps: tuple[str, ...] = ()

    def html(self) -> str:
        """The card as one element that needs nothing else."""
        head = f"{badge(self.badge, self.tone)} <strong>{escape(self.title)}</strong>"
        inner = [
            f'<div style="font-size:16px;margin:0 0 2px">{head}</div>',
            f'<div style="opacity:.85">{escape(self.about)}</div>' if self.about else "",
            *(warning(what, why, "bad", "ALERT") for what, why in self.alerts),
            *(warning(what, why, "open", "warning") for what, why in self.warnings),
            table(self.columns, self.lines) if self.lines else "",
            *(f'<div style="margin-top:6px"><strong>{escape(k)}:</strong> {escape(v)}</div>' for k, v in self.said),
            *(fold_out(summary, lines) for summary, lines in self.folded if lines),
            next_steps(self.steps) if self.steps else "",
        ]
        edge = RGB["bad" if self.alerts else self.tone]
        return f'<div class="trivet-card" style="{_CARD}rgb({edge})">{"".join(inner)}</div>'


def badge(word: str, tone: Tone) -> str:
    """A verdict: symbol and word in a frame of its colour."""
    style = f"border:1px solid rgba({RGB[tone]},.9);background:rgba({RGB[tone]},.16);border-radius:4px;padding:0 6px"
    return f'<span style="{style};font-weight:700;white-space:nowrap">{SYMBOLS[tone]} {escape(word)}</span>'


def warning(what: str, why: str, tone: Tone, word: str) -> str:
    """A finding in a box of its colour, which names itself."""
    style = f"border-left:4px solid rgb({RGB[tone]});background:rgba({RGB[tone]},.14);margin-top:8px;padding:5px 10px"
    evidence = f": {escape(why)}" if why else ""
    return f'<div style="{style}"><strong>{word} {escape(what)}</strong>{evidence}</div>'


def table(columns: tuple[str, ...], lines: tuple[Line, ...]) -> str:
    plain = 'style="background:transparent;border:0"'
    head = "".join(f'<th style="{_HEAD}">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr {plain}>{one}</tr>" for line in lines for one in rows_of(line))
    style = (
        "border-collapse:collapse;table-layout:auto;width:100%;margin:10px 0 4px;font-size:14px;color:inherit;border:0"
    )
    inner = f'<table style="{style}"><thead><tr {plain}>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div style="overflow-x:auto">{inner}</div>'


def rows_of(line: Line) -> list[str]:
    """The cells, and the note in a row of its own across all of them."""
    cells = "".join(map(cell, line.cells))
    style = "text-align:left;border:0;padding:0 0 5px;font-size:12px;white-space:normal"
    note = f'<td colspan="{len(line.cells)}" style="{style}">↳ {escape(line.note)}</td>'
    return [cells, note] if line.note else [cells]


def cell(one: Cell) -> str:
    # Smaller than the headline's: "UNPROVEN" must leave room for three more columns on a phone.
    small_badge = f'<span style="font-size:12px">{badge(one.text, one.tone)}</span>' if one.tone else ""
    text = small_badge or escape(one.text)
    small = f'<div style="font-size:12px;opacity:.8">{escape(one.small)}</div>' if one.small else ""
    return f'<td style="{_CELL}">{text}{small}</td>'


def fold_out(summary: str, lines: tuple[str, ...]) -> str:
    inner = "".join(f"<div>{escape(line)}</div>" for line in lines)
    head = f'<summary style="cursor:pointer">{escape(summary)}</summary>'
    return f'<details style="margin-top:6px">{head}<div style="padding-left:16px;opacity:.9">{inner}</div></details>'


def next_steps(steps: tuple[str, ...]) -> str:
    said = " · ".join(f'<code style="{_CODE}">{escape(code)}</code>' for code in steps)
    return f'<div style="margin-top:8px;line-height:1.9"><strong>next:</strong> {said}</div>'
