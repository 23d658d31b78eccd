"""Texts beside numbers: each text's own score is one number more, made without the row itself."""

from dataclasses import replace

import numpy as np
import pytest

from trivet.core.candidate import Candidate, Work
from trivet.core.errors import BadData, Refused
from trivet.core.registry import parse_step
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Field
from trivet.kit.numbers import LEARNED, numbers_of
from trivet.kit.scores import scores_of
from trivet.kit.target import Target, mean_loss
from trivet.runtime.program import Program
from trivet.testing.samples import QUESTIONS, context, tiny_rows, tiny_work
from trivet.testing.tasks import made_task

READY = ("prepare-table",)
SMALL = "score-texts(buckets=256, folds=3)"
CALM, WORRIED = ("all is well", "nothing to report", "fine today"), ("great pain", "it hurts much", "worse than ever")
FIELDS = (Field(name="age", type="number"), Field(name="ward", type="category"), Field(name="note", type="text"))


def mixed_rows(n: int, seed: int) -> Rows:
    """Age, ward and note each tell a third of the truth; each note has a number of its own in it."""
    rng = np.random.default_rng(seed)
    age, ward, mood = rng.normal(size=n), rng.integers(0, 3, n), rng.integers(0, 2, n)
    pick = rng.integers(0, 3, n)
    notes = [f"{(CALM, WORRIED)[m][p]} in room {r}" for m, p, r in zip(mood, pick, rng.integers(0, 400, n))]
    words = tuple(dict.fromkeys(notes))
    place = {word: at for at, word in enumerate(words)}
    strain = 1.5 * age + np.array([-1.5, 0.0, 1.5])[ward] + np.where(mood == 1, 1.5, -1.5) + rng.normal(0, 0.5, n)
    return Rows(
        fields=FIELDS,
        columns={
            "age": age,
            "ward": ward.astype(np.int32),
            "note": np.array([place[note] for note in notes], np.int32),
        },
        words={"ward": ("a", "b", "c"), "note": words},
        truth=(strain > 0).astype(np.int32),
        ids=np.arange(n),
    )


def mixed_work(n: int = 600) -> Work:
    task = made_task("classify", ("ill", "well"), inputs=FIELDS, modality="table")
    data = Dataset(splits={"fit": mixed_rows(n, 1), "tune": mixed_rows(300, 2), "choose": mixed_rows(2000, 3)})
    return Work(candidate=Candidate(task=task, parts={}), data=data)


def made(work: Work, *steps: str, tmp_path) -> Work:
    for step in steps:
        work = parse_step(step).run(work, context(tmp_path))
    return work


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_numbers_stay_and_each_text_adds_one_per_score(question, tmp_path):
    before = tiny_work(question, READY)
    work = made(before, SMALL, tmp_path=tmp_path)
    rows, k = work.data.choose, work.candidate.task.n_scores
    old, new = (numbers_of(rows, one.candidate.parts, for_="test") for one in (before, work))
    np.testing.assert_array_equal(new[:, : old.shape[1]], old)
    assert new.shape[1] == old.shape[1] + k
    assert str(work.sketch.kind("features")) == "beside[pick, ngrams]" and LEARNED in work.sketch.beside


def test_scores_of_fit_rows_come_from_weights_that_did_not_see_them(tmp_path):
    """Notes with a word of their own each and random answers: who saw the row knows its answer, and no one may."""
    work = mixed_work()
    fit = work.data.fit
    coin = np.random.default_rng(0).integers(0, 2, len(fit)).astype(np.int32)
    own = tuple(f"only{at}" for at in range(len(fit)))
    alone = replace(
        fit, truth=coin, columns={**fit.columns, "note": np.arange(len(fit), dtype=np.int32)},
        words={**fit.words, "note": own},
    )  # fmt: skip
    work = work.with_splits(fit=alone)
    done = made(work, "prepare-table", "score-texts(strength=0.01)", tmp_path=tmp_path)
    program = Program({slot: done.candidate.parts[slot] for slot in ("reader", "features")}, executor="numpy")
    learned_by_heart = program.features(program.read(alone.raw()))[:, -1]
    left = numbers_of(done.data.fit, done.candidate.parts, for_="test")[:, -1]
    assert np.mean((learned_by_heart > 0) == coin) > 0.95
    assert abs(np.mean((left > 0) == coin) - 0.5) < 0.08  # 4 standard deviations of 600 coins


@pytest.mark.parametrize("learner", ["fit-linear", "fit-trees", "fit-vote(members=trees+linear, folds=2)"])
def test_both_together_beat_the_numbers_and_the_texts_alone(learner, tmp_path):
    work = made(mixed_work(), "prepare-table", tmp_path=tmp_path)
    fresh = mixed_rows(2000, 9)
    target = Target.of(fresh, work.candidate.task)
    lines = {"both": (SMALL, learner), "numbers": (learner,), "texts": ("fit-ngrams(buckets=256)",)}
    loss = {
        name: mean_loss(scores_of(made(work, *steps, tmp_path=tmp_path).candidate, fresh), target)
        for name, steps in lines.items()
    }
    assert loss["both"] < 0.8 * min(loss["numbers"], loss["texts"])


@pytest.mark.parametrize(
    "more",
    [
        ("fit-trees(trees=20)", "prune-trees", "round-trees"),
        ("fit-linear", "round-weights"),
        ("fit-vote(members=trees+linear, folds=2)", "distil(into=trees, size=0.2)"),
    ],
)
def test_what_comes_behind_works_on_the_same_numbers(more, tmp_path):
    work = made(mixed_work(), "prepare-table", SMALL, "round-weights", *more, "fit-temperature", tmp_path=tmp_path)
    rows = work.data.choose
    plain, fast = (Program(work.candidate.parts, executor=executor) for executor in ("numpy", "onnx"))
    answers = [one.answers(one.read(rows.raw())) for one in (plain, fast)]
    assert np.mean(answers[0]["chosen"] == rows.truth) > 0.85
    np.testing.assert_allclose(answers[0]["probabilities"], answers[1]["probabilities"], atol=1e-5)
    assert all(child.arrays["weights"].dtype == np.int8 for child in work.candidate.parts["features"].children[1:])


def test_two_text_columns_without_numbers_are_both_read(tmp_path):
    fields = (Field(name="note", type="text"), Field(name="more", type="text"))
    rows = mixed_rows(400, 1)
    columns = {"note": rows.columns["note"], "more": rows.columns["note"][::-1].copy()}
    twice = replace(rows, fields=fields, columns=columns, words=dict.fromkeys(columns, rows.words["note"]))
    task = made_task("classify", ("ill", "well"), inputs=fields, modality="text")
    data = Dataset(splits={"fit": twice})
    work = made(Work(candidate=Candidate(task=task, parts={}), data=data), "prepare-table", SMALL, tmp_path=tmp_path)
    assert str(work.sketch.kind("features")) == "beside[ngrams, ngrams]"
    assert numbers_of(twice, work.candidate.parts, for_="test").shape == (400, 2)


def test_refuses_tables_without_texts_and_rows_that_stay_together(tmp_path):
    plain = made_task("classify", ("a", "b"), inputs=FIELDS[:2], modality="table")
    sketch = made(Work(candidate=Candidate(task=plain, parts={}), data=mixed_work().data), tmp_path=tmp_path).sketch
    with pytest.raises(Refused, match="no reader"):
        parse_step("score-texts").check(sketch)
    with pytest.raises(Refused, match="no text column"):
        parse_step("score-texts").check(parse_step("prepare-table").check(sketch))
    with pytest.raises(Refused, match="2 folds"):
        parse_step("score-texts(folds=1)").check(tiny_work("binary", READY).sketch)
    one_group = replace(tiny_rows("binary", 40, 0), roles={"group": np.zeros(40, np.int64)})
    with pytest.raises(BadData, match="stay together"):
        parse_step("score-texts").run(tiny_work("binary", READY).with_splits(fit=one_group), context(tmp_path))
