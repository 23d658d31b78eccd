"""What a learner is: a pass that makes a body from numbers, and says itself where else it is of use.

A learner is at once a member of votes, a student of teachers and a route of its own, as far as it says that it pays.
"""

from collections.abc import Mapping
from typing import ClassVar, Literal

from trivet.core.candidate import Kinds, Sketch, Work
from trivet.core.context import Context
from trivet.core.errors import Refused, nearest_names
from trivet.core.passes import Pass, Size
from trivet.core.registry import find, homes, usable
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.runtime.part import Part

from .lesson import Lesson
from .numbers import expect_numbers, with_body

Place = Literal["route", "member", "student"]
"""Where a learner may pay: as a route by itself, in a vote, taught by a teacher."""


class Learner(Pass):
    """Base of the passes that learn a body from numbers.

    pays_as: where routes that nobody wrote down should try it.  cost: time of a fit against fit-trees, in a vote.
    links: of the tasks that it can learn.  Learners that stop early on the tune rows say so in `reads`.
    """

    pays_as: ClassVar[tuple[Place, ...]] = ()
    cost: ClassVar[float] = 1.0
    links: ClassVar[tuple[str, ...]] = ("identity", "sigmoid", "softmax")

    @classmethod
    def short_name(cls) -> str:
        """Its name among learners: `fit-trees` is `trees`."""
        return cls.pass_name().removeprefix("fit-")

    def kinds(self, task: Task) -> Kinds:
        """The kinds of the body that it makes."""
        raise NotImplementedError

    def learn(self, lesson: Lesson) -> Part:
        """The body, of runtime kinds, with one score per score of the target."""
        raise NotImplementedError

    @classmethod
    def as_member(cls) -> "Learner":
        """With the parameters of a member of a vote."""
        return cls()

    @classmethod
    def variants(cls) -> Mapping[str, "Learner"]:
        """Members with other parameters, by what stands before its name: {"wide": ...} is `wide-trees` in a vote."""
        return {}

    @classmethod
    def as_student(cls, size: float) -> "Learner":
        """With the parameters of a small student; size: of the body, 1 is the usual one.  Not all can be sized."""
        return cls.as_member()

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """The learner by itself."""
        if "route" not in cls.pays_as or task.link not in cls.links:
            return ()
        return (Route(name=cls.short_name(), steps=(cls.pass_name(),), vary=(cls.pass_name(),)),)

    def check(self, sketch: Sketch) -> Sketch:
        ready = expect_numbers(sketch.expect(link=self.links, for_=self), for_=self)
        return ready.with_kind(body=self.kinds(sketch.task))

    def run(self, work: Work, ctx: Context) -> Work:
        return with_body(
            work, self.learn(Lesson.of(work, seed=ctx.seed, for_=self.name, reads_tune="tune" in self.reads))
        )


def learners() -> Mapping[str, type[Learner]]:
    """Every registered learner by its short name, third parties' too; the quickest in a vote first."""
    own = [kind for kind in usable("pass").values() if issubclass(kind, Learner)]
    return {kind.short_name(): kind for kind in sorted(own, key=lambda kind: (kind.cost, kind.short_name()))}


def learner_named(name: str, *, for_: Pass) -> type[Learner]:
    """The learner of this short name, e.g. "trees" for the pass fit-trees; refuses a name that is none."""
    for full in (f"fit-{name}", name):
        if full in homes("pass") and issubclass(kind := find("pass", full), Learner) and kind.short_name() == name:
            return kind
    raise Refused(for_.name, f"the learner {name!r}", do=nearest_names(name, learners()))


def paying(place: Place, task: Task) -> tuple[str, ...]:
    """The short names of the learners that say that they pay there, for tasks like this one; the quickest first."""
    return tuple(name for name, kind in learners().items() if place in kind.pays_as and task.link in kind.links)


def member_named(name: str, *, for_: Pass) -> Learner:
    """The member of a vote of this name: a learner's short name, or a variant of one; refuses a name that is none."""
    known = learners()
    variant, _, own = name.partition("-")
    if name not in known and own in known and variant in known[own].variants():
        return known[own].variants()[variant]
    return learner_named(name, for_=for_).as_member()
