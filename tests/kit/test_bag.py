import numpy as np
import pytest

from trivet.core.candidate import kinds, kinds_of
from trivet.core.registry import parse_step
from trivet.kit.bag import bag_kinds, bagged
from trivet.kit.lesson import Lesson
from trivet.kit.target import shares_of
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores
from trivet.testing.samples import QUESTIONS, tiny_work

READY = ("prepare-table",)


def bodies_of(step, question):
    """(three bodies taught on different rows, numbers, the link)."""
    work = tiny_work(question, READY)
    lesson = Lesson.of(work, seed=0, for_="test", reads_tune=False)
    third = np.arange(len(lesson.x)) % 3
    learner = parse_step(step)
    return [learner.learn(lesson.without(third == one)) for one in range(3)], lesson.x, work.candidate.task.link


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_bag_of_trees_is_one_body_of_trees_with_the_mean_score(question):
    bodies, x, link = bodies_of("fit-trees(trees=12)", question)
    bag = bagged(bodies, link)
    assert kinds_of(bag) == bag_kinds(kinds("trees"), 3) == kinds("trees")
    mean = np.mean([body_scores(body, Batch(numbers=x)) for body in bodies], axis=0)
    assert body_scores(bag, Batch(numbers=x)) == pytest.approx(mean, abs=1e-4 * float(max(1, np.abs(mean).max())))


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_bag_of_anything_else_answers_with_the_mean_answer(question):
    bodies, x, link = bodies_of("fit-linear", question)
    bag = bagged(bodies, link)
    assert kinds_of(bag) == bag_kinds(kinds_of(bodies[0]), 3)

    def answers(scores):
        return scores if link == "identity" else shares_of(scores, link)

    mean = np.mean([answers(body_scores(body, Batch(numbers=x))) for body in bodies], axis=0)
    assert answers(body_scores(bag, Batch(numbers=x))) == pytest.approx(
        mean, abs=1e-4 * float(max(1, np.abs(mean).max()))
    )
