"""Progress: where a build is, how long is left, and the best so far.  Silent when nobody watches."""

import time


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

    def inside(self, step: str, share: float, what: str) -> None:
        """How much of a step under way is done (0 to 1), and what it is at; called by whichever worker runs it."""

    def note(self, text: str) -> None:
        """A surprise that the user should see."""

    def warn(self, severity: str, text: str) -> None:
        """A finding that blocks or warns."""
        self.note(f"{severity}: {text}")

    def close(self) -> None:
        """The build has ended."""
        self.stages.append(("end", time.monotonic()))

    def stop(self, why: str) -> None:
        """The build ends here without a result: interrupted, or refused."""

    def seconds_by_stage(self) -> dict[str, float]:
        """How long each stage took."""
        pairs = zip(self.stages, self.stages[1:])
        return {name: round(end - start, 3) for (name, start), (_, end) in pairs}
