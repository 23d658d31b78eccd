"""Progress on the screen: one line that rewrites itself on a terminal, one line a minute in a log."""

import sys
import time
from typing import TextIO

from trivet.core.units import show_duration
from trivet.engine.progress import Progress


class TerminalProgress(Progress):
    """One line that rewrites itself on a terminal; one line a minute in a log file."""

    def __init__(self, out: TextIO | None = None) -> None:
        super().__init__()
        self.out = out or sys.stderr
        self.is_terminal = self.out.isatty()
        self.last_line = 0.0
        self.name = ""
        self.share = ""

    def stage(self, name: str) -> None:
        super().stage(name)
        self.name, self.share = name, ""
        self.write(f"{name} ...", urgent=True)

    def done(self, share: float, detail: str = "") -> None:
        passed = time.monotonic() - self.began
        left = f", about {show_duration(passed * (1 - share) / share)} left" if 0.05 < share < 1 else ""
        self.share = f"{share:4.0%}"
        self.write(f"{self.name}: {self.share}{left}{'; ' + detail if detail else ''}")

    def inside(self, step: str, share: float, what: str) -> None:
        self.write(f"{self.name}: {self.share or '...'}; {step.partition('(')[0]}: {share:4.0%} {what}".rstrip())

    def note(self, text: str) -> None:
        self.warn("note", text)

    def warn(self, severity: str, text: str) -> None:
        self.clear()
        print(f"  {severity}: {text}", file=self.out, flush=True)

    def close(self) -> None:
        super().close()
        self.clear()

    def stop(self, why: str) -> None:
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
