"""Progress: where a build is, how long is left, and the best so far.  Silent when nobody watches."""

import sys
import time
from typing import TextIO

from trivet.core.units import show_duration


class Progress:
    """The silent one: library calls say nothing.  It remembers stages, so that their times can be reported."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, float]] = []
        self.began = time.monotonic()

    def stage(self, name: str) -> None:
        """A new stage begins."""
        self.stages.append((name, time.monotonic()))

    def done(self, share: float, detail: str = "") -> None:
        """How much of the build is done (0 to 1), with the best so far in words."""

    def note(self, text: str) -> None:
        """A surprise that the user should see."""

    def close(self) -> None:
        """The build has ended."""
        self.stages.append(("end", time.monotonic()))

    def seconds_by_stage(self) -> dict[str, float]:
        """How long each stage took."""
        pairs = zip(self.stages, self.stages[1:])
        return {name: round(end - start, 3) for (name, start), (_, end) in pairs}


class TerminalProgress(Progress):
    """One line that rewrites itself on a terminal; one line a minute in a log file."""

    def __init__(self, out: TextIO | None = None) -> None:
        super().__init__()
        self.out = out or sys.stderr
        self.is_terminal = self.out.isatty()
        self.last_line = 0.0
        self.name = ""

    def stage(self, name: str) -> None:
        super().stage(name)
        self.name = name
        self.write(f"{name} ...", urgent=True)

    def done(self, share: float, detail: str = "") -> None:
        passed = time.monotonic() - self.began
        left = f", about {show_duration(passed * (1 - share) / share)} left" if 0.05 < share < 1 else ""
        self.write(f"{self.name}: {share:4.0%}{left}{'; ' + detail if detail else ''}")

    def note(self, text: str) -> None:
        self.clear()
        print(f"  note: {text}", file=self.out, flush=True)

    def close(self) -> None:
        super().close()
        self.clear()

    def write(self, line: str, *, urgent: bool = False) -> None:
        now = time.monotonic()
        if self.is_terminal:
            self.out.write(f"\r\x1b[K  {line[:110]}")
            self.out.flush()
        elif urgent or now - self.last_line >= 60:
            print(f"  {line}", file=self.out, flush=True)
            self.last_line = now

    def clear(self) -> None:
        if self.is_terminal:
            self.out.write("\r\x1b[K")
            self.out.flush()
