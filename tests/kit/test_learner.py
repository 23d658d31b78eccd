"""A learner describes itself once, and is at once a route, a member of votes and a student; third parties' too."""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from trivet.core.errors import Refused
from trivet.core.passes import Size
from trivet.core.registry import parse_step
from trivet.kit.learner import learner_named, learners, paying
from trivet.kit.lesson import Lesson
from trivet.testing.samples import QUESTIONS, tiny_task, tiny_work

VOTE = parse_step("fit-vote")

STUMPS = '''
"""Fit stumps.  Helps: size.  Costs: quality.  Needs: LightGBM.  Source: made for a test."""
from typing import ClassVar
from trivet.core.candidate import kinds
from trivet.core.value import value
from trivet.kit.learner import Learner
from trivet.kit.trees.boosting import grow_trees

@value
class FitStumps(Learner):
    needs: ClassVar[tuple[str, ...]] = ("lightgbm",)
    pays_as: ClassVar[tuple[str, ...]] = ("route", "member", "student")
    cost: ClassVar[float] = 0.1
    links: ClassVar[tuple[str, ...]] = ("sigmoid", "identity")
    def kinds(self, task):
        return kinds("trees")
    def learn(self, lesson):
        return grow_trees(lesson.x, lesson.target, trees=10, leaves=2, seed=lesson.seed)
'''
TRIED = """
import json
from pathlib import Path
from trivet.core.passes import Size
from trivet.core.registry import parse_step
from trivet.engine.routes import routes_for
from trivet.testing.samples import context, tiny_task, tiny_work
routes = {q: [r.name for r in routes_for(tiny_task(q), Size(rows=200, columns=6, scores=1))[0]]
          for q in ("binary", "multiclass")}
vote, work = parse_step("fit-vote(members=stumps+linear, folds=2)"), tiny_work("binary", ("prepare-table",))
voted = vote.run(work, context(Path(".")))
taught = parse_step("distil(into=stumps)").run(voted, context(Path(".")))
print(json.dumps({
    "routes": routes,
    "members": {q: list(parse_step("fit-vote").voters(tiny_task(q))) for q in ("binary", "multiclass")},
    "vote": str(voted.sketch.kind("body")),
    "student": len(taught.candidate.parts["body"].arrays["output"]),
    "uses": sorted(str(one) for one in parse_step("fit-vote").uses()),
}))
"""


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", learners())
def test_what_a_learner_makes_is_what_it_says(name, question):
    """As a member, and as a small and as a large student."""
    kind, work = learners()[name], tiny_work(question, ("prepare-table",))
    lesson = Lesson.of(work, seed=0, for_="test")
    made = kind.as_student(0.25).learn(lesson)
    task = work.candidate.task
    assert str(kind().kinds(task)) == str(work.with_(body=made).sketch.kind("body"))
    assert kind.as_student(1.0).kinds(task) == kind.as_member().kinds(task)


def test_a_larger_student_is_larger_where_it_can_be_sized():
    lesson = Lesson.of(tiny_work("binary", ("prepare-table",)), seed=0, for_="test")

    def numbers_in(part):
        return sum(a.size for a in part.arrays.values()) + sum(map(numbers_in, part.children))

    for name in ("trees", "tree", "net"):
        small, large = (numbers_in(learners()[name].as_student(size).learn(lesson)) for size in (0.25, 2.0))
        assert small < large, name


def test_the_vote_and_the_students_are_those_that_say_that_they_pay():
    task = tiny_task("binary")
    assert paying("member", task) == ("linear", "trees", "glass-box", "net")
    assert paying("student", task) == ("linear", "tree", "trees", "net")
    names = [route.name for route in parse_step("distil").offers(task, Size(rows=9, columns=9, scores=1))]
    assert names == ["taught-trees", "taught-linear", "taught-tree", "taught-net"]


def test_a_name_of_no_learner_is_answered_with_the_nearest():
    with pytest.raises(Refused, match="glass-box"):
        learner_named("glas-box", for_=VOTE)
    with pytest.raises(Refused, match="'vote'"):
        learner_named("vote", for_=VOTE)


def test_a_vote_and_a_student_miss_what_their_learners_miss(monkeypatch):
    monkeypatch.setattr("trivet.core.extras.find_spec", lambda module: None if module == "interpret" else object())
    assert ["interpret" in error.wanted for error in VOTE.missing()] == [True]
    assert parse_step("fit-vote(members=trees+linear)").missing() == []
    assert len(parse_step("distil(into=glass-box)").missing()) == 1


def test_a_learner_of_another_distribution_joins_by_saying_so(tmp_path):
    (tmp_path / "stumps.py").write_text(STUMPS, encoding="utf-8")
    about = tmp_path / "stumps-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: stumps\nVersion: 1\n", encoding="utf-8")
    (about / "entry_points.txt").write_text("[trivet.passes]\nfit-stumps = stumps:FitStumps\n", encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{textwrap.dedent(TRIED)}"],
        capture_output=True, text=True, check=False, cwd=Path.cwd(),
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert {"stumps", "taught-stumps"} <= set(told["routes"]["binary"])
    assert not {"stumps", "taught-stumps"} & set(told["routes"]["multiclass"])
    assert told["members"]["binary"] == ["stumps", "linear", "trees", "glass-box", "net"]
    assert told["members"]["multiclass"] == ["linear", "trees", "glass-box", "net"]
    assert told["vote"] == "vote[trees, chain[expand, affine]]" and told["student"] == 10
    assert "fit-stumps" in told["uses"]
