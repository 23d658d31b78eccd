import numpy as np
import pytest

from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.kit.numbers import numbers_of
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores
from trivet.testing.samples import context, tiny_work


def test_finds_the_slopes_of_a_line(tmp_path):
    work = parse_step("fit-linear(strength=0.001)").run(tiny_work("regression", ("prepare-table",)), context(tmp_path))
    rows = work.data.choose
    x = numbers_of(rows, work.candidate.parts, for_="test")
    scores = body_scores(work.candidate.parts["body"], Batch(numbers=x))[:, 0]
    assert np.corrcoef(scores, rows.truth)[0, 1] > 0.8


def test_a_strong_penalty_shrinks_all_weights(tmp_path):
    start = tiny_work("binary", ("prepare-table",))
    weak, strong = (
        parse_step(f"fit-linear(strength={s})").run(start, context(tmp_path)).candidate.parts["body"].children[1]
        for s in (1, 1000)
    )
    assert np.abs(strong.arrays["weights"]).sum() < 0.1 * np.abs(weak.arrays["weights"]).sum()


def test_refuses_a_candidate_that_cannot_read():
    with pytest.raises(Refused, match="no reader yet"):
        parse_step("fit-linear").check(tiny_work("binary").sketch)
