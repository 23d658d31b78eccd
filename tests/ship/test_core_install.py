"""A file predicts where only numpy and onnxruntime are installed, and gives the workshop's answers."""

import json
import subprocess
import sys
from importlib.metadata import requires
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer

import trivet

# What may be imported besides the standard library: the core install and what onnxruntime itself pulls in.
_GUARD = """
import json, sys
ALLOWED = {"trivet", "numpy", "onnxruntime", "flatbuffers", "google", "packaging"} | set(sys.stdlib_module_names)
class Guard:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in ALLOWED and not name.startswith("__editable__"):
            raise ModuleNotFoundError(f"{name} is not installed here", name=name)
sys.meta_path.insert(0, Guard())
import trivet
model = trivet.load(sys.argv[1])
rows = json.loads(sys.stdin.read())
print(json.dumps({"one": model.predict_proba(rows[0]).tolist(), "all": model.predict_proba(rows).tolist(),
                  "answers": model.predict(rows[:3])}))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> tuple[Path, list[dict[str, float]]]:
    table = load_breast_cancer()
    names = [name.replace(" ", "_") for name in table.feature_names]
    rows = [dict(zip(names, row)) for row in table.data.tolist()]
    out = tmp_path_factory.mktemp("core") / "cancer.trivet"
    labelled = [{**row, "answer": table.target_names[y]} for row, y in zip(rows, table.target)]
    steps = ["prepare-table", "fit-trees(trees=40)", "fit-temperature"]
    trivet.compile(labelled, target="answer", limits=["auroc >= 0.9"], steps=steps, out=out)
    return out, rows


@pytest.mark.slow
def test_raw_dicts_are_answered_with_the_core_install_alone_as_in_the_workshop(built):
    path, rows = built
    ended = subprocess.run(
        [sys.executable, "-c", _GUARD, str(path)], input=json.dumps(rows), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    there = json.loads(ended.stdout)
    here = trivet.load(path)
    assert np.abs(np.array(there["all"]) - here.predict_proba(rows)).max() < 1e-5
    assert np.abs(np.array(there["one"]) - here.predict_proba(rows[:1])).max() < 1e-5
    assert there["answers"] == here.predict(rows[:3])


def test_the_core_install_asks_for_two_distributions():
    core = [line for line in requires("trivet") or [] if "extra ==" not in line]
    assert sorted(line.partition(">")[0] for line in core) == ["numpy", "onnxruntime"]


def test_a_file_with_altered_answers_is_found_out(built, tmp_path):
    path, _ = built
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    altered = tmp_path / "altered.trivet"
    altered.write_bytes(bytes(data))
    with pytest.raises(trivet.TrivetError):
        trivet.load(altered)


def test_verify_measures_costs_alone_and_everything_with_rows(built):
    path, rows = built
    table = load_breast_cancer()
    model = trivet.load(path)
    alone = model.verify()
    assert alone.is_sound
    assert alone.how["auroc"] == "as certified"
    labelled = [{**row, "answer": table.target_names[y]} for row, y in zip(rows, table.target)]
    fresh = model.verify(labelled)
    assert fresh.outcome == "UNPROVEN" and fresh.is_seen  # these are the rows of the build
    assert fresh.how["auroc"] == "measured now"
    assert fresh.n_rows == len(rows)


def test_verify_says_broken_when_fresh_rows_do_not_keep_the_limit(built):
    path, rows = built
    table = load_breast_cancer()
    wrong = [{**row, "answer": table.target_names[1 - y]} for row, y in zip(rows, table.target)]
    assert not trivet.load(path).verify(wrong).is_sound
