"""Progress in a notebook: one display that is updated in place, and ends as one line.  It needs no widgets.

IPython is never imported here: where a notebook runs, it is there already.
"""

import sys
import time
from collections.abc import Callable, Mapping
from html import escape
from typing import Protocol, cast

from trivet.core.units import show_duration
from trivet.engine.progress import Progress

from .terminal import TerminalProgress

_APART = 0.3  # seconds between two updates: more often tires the browser, and the notebook file that records them
_SURE = 0.05  # share of the work after which the time left can be told from the time spent


class Display(Protocol):
    """What IPython's display gives back: a place in the notebook that can be written again."""

    def update(self, bundle: Mapping[str, str], *, raw: bool) -> None: ...


Show = Callable[[Mapping[str, str]], Display]


class NotebookProgress(Progress):
    """Stage, share, bar, time left, best so far and notes, in one place of a notebook.

    show, clock: for tests; by default IPython's display and the clock of the system.
    """

    def __init__(self, show: Show | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.show = show or shown_by_ipython
        self.clock = clock
        self.start = clock()
        self.place: Display | None = None
        self.last_update = float("-inf")
        self.name, self.share, self.detail = "", 0.0, ""
        self.notes: list[str] = []

    def stage(self, name: str) -> None:
        super().stage(name)
        self.name = name
        self.update(urgent=True)

    def done(self, share: float, detail: str = "") -> None:
        self.share, self.detail = min(max(share, 0.0), 1.0), detail
        self.update()

    def inside(self, step: str, share: float, what: str) -> None:
        self.detail = f"{step.partition('(')[0]}: {share:.0%} {what}".rstrip()
        self.update()

    def note(self, text: str) -> None:
        self.warn("note", text)

    def warn(self, severity: str, text: str) -> None:
        self.notes.append(f"{severity}: {text}")
        self.update(urgent=True)

    def close(self) -> None:
        super().close()
        self.end("done")

    def stop(self, why: str) -> None:
        self.end(f"stopped, {why}")

    def update(self, *, urgent: bool = False) -> None:
        """Writes the display again, at most a few times a second."""
        now = self.clock()
        if urgent or now - self.last_update >= _APART:
            self.last_update = now
            line = " · ".join(part for part in (self.name, *self.how_far(now), self.detail) if part)
            self.put(line, running_html(line, self.share, self.notes))

    def how_far(self, now: float) -> tuple[str, ...]:
        """The share done and the time left, as far as they can be told."""
        if not self.share:
            return ()
        left = (now - self.start) * (1 - self.share) / self.share
        return (f"{self.share:.0%}", f"about {show_duration(left)} left" if _SURE < self.share < 1 else "")

    def end(self, how: str) -> None:
        """One line in place of the bar; notes stay, folded where a result follows that tells them again."""
        line = f"{how} after {show_duration(self.clock() - self.start)}"
        self.put(line, ended_html(line, self.notes, opened=how != "done"))

    def put(self, line: str, html: str) -> None:
        noted = "".join(f"\n  {note}" for note in self.notes)
        bundle = {"text/plain": f"trivet: {line}{noted}", "text/html": html}
        if self.place is None:
            self.place = self.show(bundle)
        else:
            self.place.update(bundle, raw=True)


def running_html(line: str, share: float, notes: list[str]) -> str:
    """The line, a bar that is as full as the share, and the notes so far."""
    bar = (
        '<div style="height:6px;margin:5px 0;border-radius:3px;background:rgba(128,128,128,.3)">'
        f'<div style="height:6px;width:{share:.1%};border-radius:3px;background:rgb(56,128,200)"></div></div>'
    )
    said = "".join(f"<div>{escape(note)}</div>" for note in notes)
    return in_frame(f"<strong>trivet</strong> {escape(line)}{bar}{said}")


def ended_html(line: str, notes: list[str], *, opened: bool) -> str:
    head = f"<strong>trivet</strong> {escape(line)}"
    if not notes:
        return in_frame(head)
    word = f"{len(notes)} note{'' if len(notes) == 1 else 's'}"
    inner = "".join(f"<div>{escape(note)}</div>" for note in notes)
    summary = f'<summary style="cursor:pointer">{head} ({word})</summary>'
    return in_frame(f"<details{' open' if opened else ''}>{summary}{inner}</details>")


def in_frame(inner: str) -> str:
    style = "font:13px/1.45 system-ui,-apple-system,'Segoe UI',sans-serif;color:inherit;max-width:760px"
    return f'<div class="trivet-progress" style="{style};overflow-wrap:anywhere">{inner}</div>'


def shown_by_ipython(bundle: Mapping[str, str]) -> Display:
    """A new display in the cell that runs."""
    from IPython.display import display  # there: its kernel runs us

    return cast(Display, display(dict(bundle), raw=True, display_id=True))


def kernel_runs() -> bool:
    """Whether this is a cell of a notebook: IPython is loaded, and its shell has a kernel behind it."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return getattr(shell, "kernel", None) is not None  # the shell of a terminal has no such attribute


def progress_for(asked: Progress | bool | None) -> Progress:
    """The progress that a call asks for: None = a bar in a notebook and silence elsewhere; True, False or one's own."""
    if isinstance(asked, Progress):
        return asked
    if asked is None:
        return NotebookProgress() if kernel_runs() else Progress()
    return TerminalProgress() if asked else Progress()
