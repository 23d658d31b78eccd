"""`trivet why` and `trivet export`: a file explained and exported from the command line and from Python."""

import onnxruntime
import pytest

import trivet as package


def test_why_shows_terms_that_add_up_to_the_score(trivet, workplace):
    ended = trivet("why", str(workplace.file), str(workplace.table), "--most", "1")
    assert ended.code == 0, ended.err
    first, line, *_ = ended.out.splitlines()
    assert first.startswith("log-odds of 'yes', by linear; base and all terms add up")
    assert "row 1" in line and "base" in line and "1 others" in line
    assert "and 380 more rows" in ended.out


def test_why_as_json_has_every_row_and_python_says_the_same(trivet, workplace):
    told = trivet("why", str(workplace.file), str(workplace.table), "--json").json
    assert (told["explainer"], told["terms"], told["outputs"]) == ("linear", ["a", "b"], ["yes"])
    assert len(told["rows"]) == 400
    for row in told["rows"]:
        assert told["base"][0] + sum(one[0] for one in row["contributions"]) == pytest.approx(
            row["scores"][0], abs=1e-5
        )
    model = package.load(workplace.file)
    alone = model.explain({"a": 1.0, "b": None})
    assert alone.terms == ("a", "b") and alone.as_json()["unit"] == "log-odds of 'yes'"


def test_an_unknown_explainer_is_answered_with_the_nearest(trivet, workplace):
    ended = trivet("why", str(workplace.file), str(workplace.table), "--by", "linar")
    assert ended.code == 2 and "error[unknown-explainer]" in ended.err and "'linear'" in ended.err


def test_export_writes_a_graph_and_overwrites_nothing(trivet, workplace, tmp_path):
    out = tmp_path / "ab.onnx"
    ended = trivet("export", str(workplace.file), "--to", "onnx", "--out", str(out))
    assert ended.code == 0 and "written" in ended.out, ended.err
    session = onnxruntime.InferenceSession(out.read_bytes(), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape == ["rows", 2]
    again = trivet("export", str(workplace.file), "--to", "onnx", "--out", str(out))
    assert again.code == 2 and "file-exists" in again.err
    assert package.load(workplace.file).export("onnx", tmp_path / "py.onnx").read_bytes() == out.read_bytes()


def test_an_unknown_form_is_answered_with_the_nearest(trivet, workplace):
    ended = trivet("export", str(workplace.file), "--to", "onx")
    assert ended.code == 2 and "error[unknown-exporter]" in ended.err and "'onnx'" in ended.err
