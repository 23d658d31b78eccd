"""A program answers with what its parts give, and says what it lacks."""

import numpy as np
import pytest

from trivet.runtime.part import Part
from trivet.runtime.program import MOST_ROWS_AT_ONCE, Program, body_scores
from trivet.testing.parts import random_batch, random_part, random_program_parts, random_rows


def test_without_later_slots_it_gives_what_it_can():
    rng = np.random.default_rng(0)
    parts = random_program_parts(rng, "classify", k=3)
    reader_only = Program({"reader": parts["reader"]})
    batch = reader_only.read_rows(random_rows(rng, 3))
    with pytest.raises(ValueError, match="no body"):
        reader_only.answers(batch)
    bodied = Program({slot: parts[slot] for slot in ("reader", "body")})
    assert bodied.scores(batch).shape == (3, 3)
    with pytest.raises(ValueError, match="probabilities"):
        bodied.run(batch, "probabilities")


def test_without_a_scale_probabilities_are_plain():
    rng = np.random.default_rng(0)
    parts = random_program_parts(rng, "classify", guarded=False)
    del parts["scale"]
    program = Program(parts)
    batch = program.read_rows(random_rows(rng, 20))
    plain = 1 / (1 + np.exp(-program.scores(batch).astype(np.float64)))
    np.testing.assert_allclose(program.answers(batch)["probabilities"], np.hstack([1 - plain, plain]), atol=1e-6)


def test_many_rows_are_worked_on_in_chunks_with_the_same_result():
    rng = np.random.default_rng(0)
    part, batch = random_part("trees", rng), random_batch(rng, MOST_ROWS_AT_ONCE + 10)
    scores = body_scores(part, batch)
    np.testing.assert_array_equal(scores[-10:], body_scores(part, type(batch)(numbers=batch.numbers[-10:])))


def test_the_set_always_holds_the_most_probable_class():
    rng = np.random.default_rng(0)
    parts = random_program_parts(rng, "classify", k=3)
    parts["guard"] = Part(kind="conformal-set", config={"coverage": 0.9}, arrays={"floor": np.full(3, 2, np.float32)})
    for executor in ("numpy", "onnx"):
        program = Program(parts, executor=executor)
        answers = program.answers(program.read_rows(random_rows(rng, 20)))
        assert (answers["sets"].sum(axis=1) == 1).all()
        assert (answers["sets"].argmax(axis=1) == answers["probabilities"].argmax(axis=1)).all()


def test_intervals_hold_the_value():
    rng = np.random.default_rng(2)
    for executor in ("numpy", "onnx"):
        program = Program(random_program_parts(rng, "regress", k=3), executor=executor)
        answers = program.answers(program.read_rows(random_rows(rng, 20)))
        assert (answers["low"] <= answers["values"]).all() and (answers["values"] <= answers["high"]).all()


def test_an_unknown_executor_is_refused():
    with pytest.raises(ValueError, match="torch"):
        body_scores(random_part("trees", np.random.default_rng(0)), random_batch(np.random.default_rng(0), 1), "torch")


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_texts_alone_make_a_model(executor):
    rng = np.random.default_rng(0)
    reader = Part(kind="columns", config={"fields": [["note", "text"]]})
    program = Program({"reader": reader, "body": random_part("ngrams", rng, k=3)}, executor=executor)
    scores = program.scores(program.read({"note": ["An owl sees", None, "An owl sees"]}))
    assert (scores[0] == scores[2]).all() and (scores[0] != scores[1]).any()
    np.testing.assert_array_equal(scores[1], program.scores(program.read({"note": [""]}))[0])
