"""Fit-ngrams learns weights for exactly the features that the runtime will count."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from trivet.core.candidate import Candidate, Work
from trivet.core.errors import Refused
from trivet.core.registry import find_domain, parse_step
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Field
from trivet.kit.target import Target
from trivet.kit.text.ngrams import gram_weights
from trivet.passes.fit.fit_ngrams import FitNgrams
from trivet.runtime.batch import Batch
from trivet.runtime.kinds import Flow
from trivet.runtime.program import Program, body_scores
from trivet.testing.samples import context, tiny_task, tiny_work
from trivet.testing.tasks import made_task

NOTE = (Field(name="note", type="text"),)


def note_work(classes: tuple[str, ...]) -> Work:
    """The text sample as a piece of work with a reader; a third class mixes both vocabularies."""
    sample, _ = find_domain("text").sample()
    words = tuple(str(row["note"]) for row in sample)
    answer = np.arange(len(words), dtype=np.int32) % 2
    if len(classes) == 3:
        words = tuple(f"{word} urgent" if at % 3 == 0 else word for at, word in enumerate(words))
        answer = np.where(np.arange(len(words)) % 3 == 0, 2, answer).astype(np.int32)
    codes = np.arange(len(words), dtype=np.int32)
    rows = Rows(fields=NOTE, columns={"note": codes}, words={"note": words}, truth=answer, ids=codes.astype(np.int64))
    answer_field = Field(name="desk", type="category")
    task = made_task("classify", classes, answer=answer_field, inputs=NOTE, modality="text")
    data = Dataset(splits=dict.fromkeys(("fit", "tune", "choose"), rows))
    work = Work(candidate=Candidate(task=task, parts={}), data=data)
    return parse_step("prepare-table").run(work, context(Path("/nonexistent")))


@pytest.mark.parametrize("classes", [("network", "printer"), ("a", "b", "c")])
@pytest.mark.parametrize("analyser", ["char", "word"])
def test_classes_with_words_of_their_own_are_told_apart(classes, analyser):
    work = note_work(classes)
    done = FitNgrams(analyser=analyser, low=1, high=2, buckets=4096).run(work, context(Path("/nonexistent")))
    program = Program(done.candidate.parts)
    rows = work.data.fit
    assert (program.answers(program.read(rows.raw()))["chosen"] == rows.truth).mean() > 0.95


def test_scores_equal_scikit_learn_on_the_same_counts():
    work = note_work(("network", "printer"))
    pass_ = FitNgrams(buckets=512)
    done = pass_.run(work, context(Path("/nonexistent")))
    texts = tuple(work.data.fit.raw()["note"])
    batch = Batch(numbers=np.zeros((len(texts), 0), np.float32), texts=(texts,))
    x = pass_.grams.features(batch)
    twin = LogisticRegression(C=1 / pass_.strength, max_iter=300).fit(x, work.data.fit.truth)
    scores = body_scores(done.candidate.parts["body"], batch)[:, 0]
    assert np.abs(scores - twin.decision_function(x)).max() < 1e-4  # float32 sums of some hundred weights
    assert Flow(0, 1).texts == 1


def test_a_class_without_rows_is_never_answered():
    work = note_work(("a", "b", "c"))
    some = work.data.fit.take(np.flatnonzero(work.data.fit.truth != 2))
    done = FitNgrams(buckets=512).run(work.with_splits(fit=some, tune=some, choose=some), context(Path("/x")))
    program = Program(done.candidate.parts)
    assert 2 not in program.answers(program.read(work.data.fit.raw()))["chosen"]


def test_one_class_alone_is_answered_always():
    weights, bias = fitted_on_one_class(n_scores=1)
    assert not weights.any()
    assert bias[0] < 0
    assert fitted_on_one_class(n_scores=3)[1].argmax() == 0


def fitted_on_one_class(n_scores: int):
    from scipy.sparse import csr_matrix

    link = "sigmoid" if n_scores == 1 else "softmax"
    target = Target(link=link, n_scores=n_scores, hard=np.zeros(4, np.int32), soft=None, weight=None)
    return gram_weights(csr_matrix(np.ones((4, 8))), target, strength=1.0)


def test_a_table_without_texts_is_refused():
    with pytest.raises(Refused, match="text columns"):
        FitNgrams(column=1).check(tiny_work("binary", ("prepare-table",)).sketch)
    with pytest.raises(Refused):
        FitNgrams().check(tiny_work("binary").sketch)
    assert tiny_task("binary").inputs[-1].type == "text"
