"""Every file that a released version wrote loads for ever and answers as it did."""

import json
from pathlib import Path

import numpy as np
import pytest

from trivet.runtime.file.container import read
from trivet.runtime.program import Program
from trivet.runtime.specialist import Specialist

GOLDEN = Path(__file__).parent.parent / "golden"
FILES = sorted(GOLDEN.glob("*/*.trivet"))


def expected(path: Path) -> dict:
    return json.loads((path.parent / "answers.json").read_text(encoding="utf-8"))[path.stem]


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_golden_file_loads_and_answers_as_it_did(path, executor):
    want = expected(path)
    program = Program(read(path).parts, executor=executor)
    answers = program.answers(program.read_rows(want["rows"]))
    assert sorted(answers) == sorted(want["answers"])
    for name, array in answers.items():
        # float32 sums may differ in their last bits between processors and library versions.
        assert np.allclose(array, want["answers"][name], rtol=1e-5, atol=1e-6), name


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_golden_file_keeps_its_digests(path):
    contents, want = read(path), expected(path)
    assert contents.digest == want["digest"]
    assert contents.body_digest == want["body_digest"]


def test_there_is_a_golden_file_for_every_kind_and_a_whole_specialist():
    assert {path.stem for path in FILES} >= {"trees", "additive", "vote", "ngrams", "interval", "loans"}
    model = Specialist.load(GOLDEN / "format-1" / "loans.trivet")
    assert model.check_self() > 0
    assert all(verdict["verdict"] == "HOLDS" for verdict in model.verdicts)
