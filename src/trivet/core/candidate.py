"""A candidate is a value: named parts.  A pass maps one piece of work to another."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from trivet.runtime.part import Part

from .errors import Refused
from .rows import Dataset, Rows
from .task import Task
from .value import digest_of, value


@value
class Claim:
    """A stated bound about rows, e.g. a privacy budget that was spent on them."""

    what: str
    value: float
    about: str
    by: str


@value
class Kinds:
    """The kinds in a part, as a tree."""

    kind: str
    children: tuple["Kinds", ...] = ()

    def walk(self) -> Iterator["Kinds"]:
        """This one, then those below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def __contains__(self, kind: str) -> bool:
        return any(one.kind == kind for one in self.walk())

    def __str__(self) -> str:
        return self.kind + (f"[{', '.join(map(str, self.children))}]" if self.children else "")


def kinds(kind: str, *children: "str | Kinds") -> Kinds:
    """The tree of a kind with children, each a tree or the name of a kind.

    >>> str(kinds("chain", "expand", "affine"))
    'chain[expand, affine]'
    """
    return Kinds(kind=kind, children=tuple(kinds(one) if isinstance(one, str) else one for one in children))


@value
class Sketch:
    """A candidate without arrays: the task, the kinds in each filled slot, and what lies beside the fit rows."""

    task: Task
    kinds: Mapping[str, Kinds]
    beside: frozenset[str] = frozenset()

    def kind(self, slot: str) -> Kinds | None:
        """What stands in the slot, or None."""
        return self.kinds.get(slot)

    def find(self, kind: str) -> tuple[str, ...]:
        """The slots in which the kind occurs."""
        return tuple(slot for slot, tree in self.kinds.items() if kind in tree)

    def with_kind(self, **found: str | Kinds) -> "Sketch":
        """The sketch with some slots filled anew."""
        trees = {slot: kinds(one) if isinstance(one, str) else one for slot, one in found.items()}
        return replace(self, kinds={**self.kinds, **trees})

    def without(self, *slots: str) -> "Sketch":
        """The sketch with some slots empty."""
        return replace(self, kinds={slot: kind for slot, kind in self.kinds.items() if slot not in slots})

    def with_beside(self, *names: str) -> "Sketch":
        """The sketch after a pass that leaves these arrays beside the fit rows."""
        return replace(self, beside=self.beside | set(names))

    def expect(self, *, for_: Any, link: str | tuple[str, ...] = (), has: str | tuple[str, ...] = ()) -> "Sketch":
        """This sketch; refuses a task whose scores mean something else, or an empty slot, with a reason."""
        who = getattr(for_, "name", str(for_))
        links = (link,) if isinstance(link, str) else link
        if links and self.task.link not in links:
            meant = f"a task to {self.task.goal}, whose scores have the link {self.task.link}"
            raise Refused(who, f"{meant}; this pass is for {' and '.join(links)}")
        for slot in (has,) if isinstance(has, str) else has:
            if slot not in self.kinds:
                raise Refused(
                    who, f"no {slot} yet", do=f"put a pass that makes a {slot} before {who}; see `trivet passes`"
                )
        return self


@value
class Candidate:
    """A model as a value: a part for each filled slot (reader, features, body, scale, guard, decoder)."""

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
        fit = self.data.splits.get("fit")
        return self.candidate.sketch.with_beside(*(() if fit is None else fit.beside))

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


def kinds_of(part: Part) -> Kinds:
    """The kinds in a part."""
    return Kinds(kind=part.kind, children=tuple(map(kinds_of, part.children)))
