"""A candidate is a value: named parts.  A pass maps one piece of work to another."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from trivet.runtime.part import Part

from .errors import Refused
from .rows import Dataset, Rows
from .task import Task
from .value import digest_of, value

SLOTS = ("reader", "body", "scale", "guard", "labels")
"""The slots of a candidate, in the order in which a row passes through them."""


@value
class Claim:
    """A stated bound about rows, e.g. a privacy budget that was spent on them."""

    what: str
    value: float
    about: str
    by: str


@value
class Sketch:
    """A candidate without arrays: the task and, for each filled slot, the kinds in it, e.g. "chain[expand,affine]"."""

    task: Task
    kinds: Mapping[str, str]
    has_soft: bool = False

    def kind(self, slot: str) -> str | None:
        """What stands in the slot, or None."""
        return self.kinds.get(slot)

    def with_kind(self, **kinds: str) -> "Sketch":
        """The sketch with some slots filled anew."""
        return Sketch(task=self.task, kinds={**self.kinds, **kinds}, has_soft=self.has_soft)

    def without(self, *slots: str) -> "Sketch":
        """The sketch with some slots empty."""
        kept = {slot: kind for slot, kind in self.kinds.items() if slot not in slots}
        return Sketch(task=self.task, kinds=kept, has_soft=self.has_soft)

    def with_soft(self) -> "Sketch":
        """The sketch after a pass that leaves a teacher's answers beside the fit rows."""
        return Sketch(task=self.task, kinds=self.kinds, has_soft=True)

    def expect(self, *, for_: Any, goal: str | None = None, has: str | tuple[str, ...] = ()) -> "Sketch":
        """This sketch; refuses another goal, or an empty slot, with a reason."""
        who = getattr(for_, "name", str(for_))
        if goal is not None and self.task.goal != goal:
            raise Refused(who, f"a task that asks to {self.task.goal}; this pass is for tasks that {goal}")
        for slot in (has,) if isinstance(has, str) else has:
            if slot not in self.kinds:
                raise Refused(
                    who, f"no {slot} yet", do=f"put a pass that makes a {slot} before {who}; see `trivet passes`"
                )
        return self


@value
class Candidate:
    """A model as a value: a part for each filled slot (reader, body, scale, guard, labels)."""

    task: Task
    parts: Mapping[str, Part]
    claims: tuple[Claim, ...] = ()

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return digest_of(self)

    @cached_property
    def sketch(self) -> Sketch:
        """The same without arrays."""
        return Sketch(task=self.task, kinds={slot: kinds_of(part) for slot, part in self.parts.items()})

    def with_(self, **parts: Part) -> "Candidate":
        """The candidate with some slots filled anew."""
        return Candidate(task=self.task, parts={**self.parts, **parts}, claims=self.claims)

    def without(self, *slots: str) -> "Candidate":
        """The candidate with some slots empty."""
        kept = {slot: part for slot, part in self.parts.items() if slot not in slots}
        return Candidate(task=self.task, parts=kept, claims=self.claims)


@value
class Work:
    """What passes hand on: the candidate so far and the rows."""

    candidate: Candidate
    data: Dataset

    @property
    def sketch(self) -> Sketch:
        """What `check` would be given here."""
        plain, fit = self.candidate.sketch, self.data.splits.get("fit")
        return plain if fit is None or fit.soft is None else plain.with_soft()

    def with_(self, **parts: Part) -> "Work":
        """The same rows, the candidate with some slots filled anew."""
        return Work(candidate=self.candidate.with_(**parts), data=self.data)

    def without(self, *slots: str) -> "Work":
        """The same rows, the candidate with some slots empty."""
        return Work(candidate=self.candidate.without(*slots), data=self.data)

    def with_data(self, data: Dataset) -> "Work":
        """The same candidate, other rows; `with_splits` changes some of them."""
        return Work(candidate=self.candidate, data=data)

    def with_splits(self, **splits: Rows) -> "Work":
        """The same candidate, the rows of some splits changed."""
        return self.with_data(self.data.with_(splits))


def kinds_of(part: Part) -> str:
    """The kinds in a part, children in brackets."""
    return part.kind + (f"[{','.join(kinds_of(child) for child in part.children)}]" if part.children else "")
