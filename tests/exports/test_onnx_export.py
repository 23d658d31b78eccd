"""An exported ONNX file is valid, says what its numbers mean, and gives the answers of the .trivet file."""

import json

import numpy as np
import onnxruntime
import pytest

from trivet.core.errors import BadUse
from trivet.exports.onnx import Onnx
from trivet.runtime.executors import as_float32
from trivet.runtime.frames import batch_of
from trivet.testing.sample_specialists import sample_rows, sample_specialists

FILES = sample_specialists()
EXPORTED = sorted(name for name in FILES if not Onnx().refuses(FILES[name]))


def test_every_model_of_numbers_has_the_form():
    assert {"trees", "additive", "vote", "interval"} <= set(EXPORTED)


def test_a_model_of_texts_is_refused_by_name():
    with pytest.raises(BadUse, match="cannot-export") as caught:
        Onnx().export(FILES["ngrams"])
    assert "ngrams reads the text of 'remark' in Python" in caught.value.found


@pytest.mark.parametrize("name", EXPORTED)
def test_the_checker_of_onnx_accepts_it(name):
    onnx = pytest.importorskip("onnx")
    onnx.checker.check_model(onnx.load_from_string(Onnx().export(FILES[name])), full_check=True)


@pytest.mark.parametrize("name", EXPORTED)
def test_it_gives_the_answers_of_the_file(name):
    file, rows = FILES[name], sample_rows()
    session = onnxruntime.InferenceSession(Onnx().export(file), providers=["CPUExecutionProvider"])
    numbers = as_float32(batch_of(file.program, rows)).numbers
    outputs = [one.name for one in session.get_outputs()]
    found = dict(zip(outputs, session.run(outputs, {"numbers": numbers})))
    answers = file.answers(rows)
    assert set(answers) <= set(outputs)
    for port, array in answers.items():
        assert np.array_equal(found[port], array, equal_nan=array.dtype.kind == "f")  # the same graph, the same runtime


def test_the_metadata_say_how_a_row_becomes_numbers():
    file = FILES["trees"]
    session = onnxruntime.InferenceSession(Onnx().export(file), providers=["CPUExecutionProvider"])
    about = session.get_modelmeta().custom_metadata_map
    assert about["trivet.digest"] == file.digest
    assert json.loads(about["trivet.numbers"]) == ["age", "smokes", "ward", "seen", "seen", "seen"]
    words = json.loads(about["trivet.words"])["ward"]
    assert words == {"east": 0.0, "nörth": 1.0, "west": 2.0, "": None}
    row = {"age": 40.0, "smokes": True, "ward": "west", "seen": None, "remark": ""}
    numbers = batch_of(file.program, row).numbers[0]
    assert numbers[2] == words["west"] and json.loads(about["trivet.classes"]) == ["ill", "well"]
