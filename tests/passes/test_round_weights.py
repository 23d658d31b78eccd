import numpy as np
import pytest

from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.kit.scores import scores_of
from trivet.passes.shrink.round_weights import with_rounded_weights
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores
from trivet.testing.parts import random_batch, random_part
from trivet.testing.samples import QUESTIONS, context, tiny_work

LINES = {
    "affine": ("prepare-table", "fit-linear"),
    "net": ("prepare-table", "fit-net(width=16, steps=50)"),
    "additive": ("prepare-table", "fit-glass-box(rounds=50, bags=1, interactions=2)"),
}


def all_bytes(part):
    return sum(array.nbytes for array in part.arrays.values()) + sum(all_bytes(child) for child in part.children)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize(("bits", "share"), [(16, 2e-3), (8, 0.03)])
def test_answers_hardly_move_and_size_falls(kind, question, bits, share, tmp_path):
    work = tiny_work(question, LINES[kind])
    after = parse_step(f"round-weights(bits={bits})").run(work, context(tmp_path))
    before, now = (scores_of(w.candidate, work.data.choose) for w in (work, after))
    assert np.abs(before - now).max() < share * np.abs(before).max()
    assert all_bytes(after.candidate.parts["body"]) < all_bytes(work.candidate.parts["body"])


def test_eight_bits_of_a_sum_are_off_by_half_a_step_per_input():
    rng = np.random.default_rng(0)
    body = random_part("chain", rng, k=3)
    while body.children[1].kind != "affine" or body.children[1].arrays["weights"].dtype == np.int8:
        body = random_part("chain", rng, k=3)
    batch = random_batch(rng, 200)
    inputs = body_scores(body.children[0], batch)
    short = with_rounded_weights(body, 8)
    most = np.abs(inputs).sum(axis=1, keepdims=True) * short.children[1].arrays["weights_scale"] / 2
    assert (np.abs(body_scores(body, batch) - body_scores(short, batch)) <= most * 1.01 + 1e-4).all()


@pytest.mark.parametrize("bits", [8, 16])
def test_word_counts_are_rounded_and_the_runtime_reads_them(bits):
    rng = np.random.default_rng(1)
    body = random_part("ngrams", rng, k=3)
    batch = Batch(numbers=np.zeros((3, 0), np.float32), texts=(("an owl", "the mouse runs", ""),))
    short = with_rounded_weights(body, bits)
    assert short.arrays["weights"].dtype in (np.int8, np.float16)
    np.testing.assert_allclose(body_scores(short, batch), body_scores(body, batch), atol=0.1)


@pytest.mark.parametrize("seed", range(5))
def test_rounding_twice_is_rounding_once(seed):
    body = random_part("net", np.random.default_rng(seed))
    assert with_rounded_weights(with_rounded_weights(body, 8), 8) == with_rounded_weights(body, 8)


def test_refuses_bodies_without_weights():
    with pytest.raises(Refused, match="no body yet"):
        parse_step("round-weights").check(tiny_work("binary", ("prepare-table",)).sketch)
    with pytest.raises(Refused, match="trees, without affine"):
        parse_step("round-weights").check(tiny_work("binary", ("prepare-table", "fit-trees(trees=2)")).sketch)
    with pytest.raises(Refused, match="8 or 16"):
        parse_step("round-weights(bits=4)").check(tiny_work("binary", LINES["affine"]).sketch)
