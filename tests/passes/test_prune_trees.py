import numpy as np
import pytest

from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.kit.scores import scores_of
from trivet.testing.samples import QUESTIONS, context, tiny_work

READY = ("prepare-table", "fit-trees(trees=30, leaves=8, min_rows=5)")


def run(text, work, tmp_path):
    return parse_step(text).run(work, context(tmp_path))


def n_leaves(work):
    return int((work.candidate.parts["body"].arrays["feature"] < 0).sum())


@pytest.mark.parametrize("question", QUESTIONS)
def test_keeping_everything_changes_nothing(question, tmp_path):
    work = tiny_work(question, READY)
    assert run("prune-trees(keep=1.0)", work, tmp_path).candidate.parts["body"] == work.candidate.parts["body"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_half_of_the_leaves_say_nearly_the_same(question, tmp_path):
    work = tiny_work(question, READY)
    half = run("prune-trees(keep=0.5)", work, tmp_path)
    before, after = (scores_of(w.candidate, work.data.choose) for w in (work, half))
    assert n_leaves(half) <= 0.5 * n_leaves(work)
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] > 0.95


def test_size_falls_with_the_share_that_is_kept(tmp_path):
    work = tiny_work("multiclass", READY)
    sizes = [
        sum(a.nbytes for a in run(f"prune-trees(keep={k})", work, tmp_path).candidate.parts["body"].arrays.values())
        for k in (1.0, 0.7, 0.4, 0.1)
    ]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] < 0.2 * sizes[0]


def test_trees_inside_a_vote_are_pruned_too(tmp_path):
    line = ("prepare-table", "fit-vote(members=trees+linear, folds=2)")
    work = tiny_work("binary", line)
    body = run("prune-trees(keep=0.3)", work, tmp_path).candidate.parts["body"]
    before = work.candidate.parts["body"]
    assert body.children[1] == before.children[1]
    assert len(body.children[0].arrays["feature"]) < 0.35 * len(before.children[0].arrays["feature"])


def test_refuses_other_bodies_and_shares():
    with pytest.raises(Refused):
        parse_step("prune-trees").check(tiny_work("binary", ("prepare-table", "fit-linear")).sketch)
    with pytest.raises(Refused, match="keep"):
        parse_step("prune-trees(keep=0.0)").check(tiny_work("binary", READY).sketch)
