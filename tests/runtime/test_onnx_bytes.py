"""The model bytes are what the onnx package would read and accept."""

import numpy as np
import pytest

from trivet.runtime.executors import graph_of
from trivet.runtime.kinds import Flow
from trivet.runtime.onnx_bytes import varint, varints
from trivet.runtime.program import Program
from trivet.runtime.stages import stages_of
from trivet.testing.parts import random_part, random_program_parts


def test_many_varints_are_one_after_the_other():
    numbers = [0, 1, 127, 128, 300, 2**14 - 1, 2**14, 2**21, 2**28, 2**31 - 1]
    assert varints(np.array(numbers)) == b"".join(varint(number) for number in numbers)


@pytest.mark.reference
@pytest.mark.parametrize("kind", ["additive", "chain", "expand", "ngrams", "trees", "vote"])
def test_onnx_checker_accepts_every_body(kind):
    checker, onnx = pytest.importorskip("onnx.checker"), pytest.importorskip("onnx")
    for seed in range(4):
        rng = np.random.default_rng(seed)
        stages = stages_of({"body": random_part(kind, rng, k=3)}, Flow(5, 1))
        model = onnx.load_from_string(graph_of(stages, 5).model())
        checker.check_model(model, full_check=True)


@pytest.mark.reference
@pytest.mark.parametrize("goal, k", [("classify", 1), ("classify", 3), ("regress", 1), ("regress", 3)])
def test_onnx_checker_accepts_whole_programs(goal, k):
    onnx = pytest.importorskip("onnx")
    program = Program(random_program_parts(np.random.default_rng(0), goal, k=k))
    data = graph_of(program.stages, program.reader.flow.width).model()
    model = onnx.load_from_string(data)
    onnx.checker.check_model(model, full_check=True)
    assert [output.name for output in model.graph.output] == list(program.ports)
