import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.kit.scores import scores_of, stated_probabilities
from trivet.testing.samples import context, tiny_work

READY = ("prepare-table", "fit-linear")


def test_answers_equal_scikit_learn(tmp_path):
    work = tiny_work("binary", READY)
    rows = work.data.tune
    scores = scores_of(work.candidate, rows)[:, 0]
    theirs = IsotonicRegression(out_of_bounds="clip").fit(scores, rows.truth).predict(scores)
    scaled = parse_step("fit-isotonic").run(work, context(tmp_path)).candidate
    least = 1 / (2 * len(rows))
    expected = np.clip(theirs, least, 1 - least)
    np.testing.assert_allclose(stated_probabilities(scaled, rows)[:, 1], expected, atol=1e-5)


def test_never_says_never(tmp_path):
    work = tiny_work("binary", READY)
    scaled = parse_step("fit-isotonic").run(work, context(tmp_path)).candidate
    y = scaled.parts["scale"].arrays["y"]
    assert y.min() >= 1 / 480 and y.max() <= np.float32(1 - 1 / 480)
    assert len(y) <= 64


@pytest.mark.parametrize("question", ["multiclass", "regression"])
def test_refuses_what_is_not_two_classes(question):
    with pytest.raises(Refused):
        parse_step("fit-isotonic").check(tiny_work(question, READY).sketch)
