"""The learners of tables under one call, for passes that fit several of them."""

from collections.abc import Callable, Mapping

from trivet.core.candidate import Kinds, Work, kinds
from trivet.core.value import value
from trivet.runtime.part import Array, Part

from .glass_box import fit_terms
from .goal import Goal
from .linear.lines import fit_line
from .net import train_net
from .numbers import code_columns, numbers_of
from .trees.boosting import grow_trees


@value
class Lesson:
    """What a learner is given: x (rows, d) float32 and the goal on them; codes: columns of categories.

    tune: rows on which learners that can stop early do so, or None.
    """

    x: Array
    goal: Goal
    codes: tuple[int, ...] = ()
    seed: int = 0
    tune: tuple[Array, Goal] | None = None

    @classmethod
    def of(cls, work: Work, *, seed: int, for_: str) -> "Lesson":
        """The fit rows with their labels, and the tune rows."""
        task, parts, data = work.candidate.task, work.candidate.parts, work.data
        tune = None
        if len(data.tune):
            tune = (numbers_of(data.tune, parts, for_=for_), Goal.of(data.tune, task))
        x, goal = numbers_of(data.fit, parts, for_=for_), Goal.of(data.fit, task)
        return cls(x=x, goal=goal, codes=code_columns(parts["reader"]), seed=seed, tune=tune)

    def with_goal(self, goal: Goal, x: Array | None = None) -> "Lesson":
        """The same with another goal, and other rows where some are given."""
        return Lesson(x=self.x if x is None else x, goal=goal, codes=self.codes, seed=self.seed, tune=self.tune)

    def take(self, which: Array) -> "Lesson":
        """The same on some of the rows."""
        return self.with_goal(self.goal.take(which), self.x[which])


def learn_trees(lesson: Lesson) -> Part:
    return grow_trees(lesson.x, lesson.goal, seed=lesson.seed, tune=lesson.tune)


def learn_line(lesson: Lesson) -> Part:
    return fit_line(lesson.x, lesson.goal, codes=lesson.codes)


def learn_net(lesson: Lesson) -> Part:
    return train_net(
        lesson.x, lesson.goal, codes=lesson.codes, steps=2000, decay=1e-2, seed=lesson.seed, tune=lesson.tune
    )


def learn_terms(lesson: Lesson) -> Part:
    return fit_terms(lesson.x, lesson.goal, rounds=1000, seed=lesson.seed)


LEARNERS: Mapping[str, tuple[Kinds, Callable[[Lesson], Part]]] = {
    "trees": (kinds("lightgbm"), learn_trees),
    "linear": (kinds("chain", "expand", "sklearn-linear"), learn_line),
    "net": (kinds("chain", "expand", "sklearn-net"), learn_net),
    "glass-box": (kinds("ebm"), learn_terms),
}
"""Name -> (the kinds of the body, how it is fitted, with the parameters of the fit passes)."""
