"""A loaded file answers rows in every form, and knows itself."""

import json
import subprocess
import sys

import numpy as np
import pytest

from trivet.runtime.errors import BadFile, BadRow
from trivet.runtime.file.container import encode
from trivet.runtime.part import Part
from trivet.runtime.probes import ColdStart
from trivet.runtime.specialist import Specialist
from trivet.testing.parts import blob_of, random_program_parts, random_rows


@pytest.fixture(scope="module")
def rows():
    return [{**row, "age": None if row["age"] is None else float(row["age"])} for row in clean_rows()]


@pytest.fixture(scope="module")
def specialist():
    return Specialist.from_bytes(classifier())


def clean_rows():
    """Rows whose columns have one type each, as frames want them."""
    rows = random_rows(np.random.default_rng(1), 30)
    return [
        {**row, "member": {"yes": True}.get(row["member"], row["member"]), "colour": one_type(row["colour"])}
        for row in rows
    ]


def one_type(value):
    return value if isinstance(value, str) else None


def classifier(manifest=None, **parts) -> bytes:
    made = random_program_parts(np.random.default_rng(0), "classify", k=3)
    return encode(manifest or {"task": {"goal": "classify"}}, {**made, **parts}, {"readings": [{"gauge": "size"}]})


def columns_of(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


def test_rows_come_as_dict_dicts_or_columns(specialist, rows):
    together = specialist.predict(rows)
    assert together == [specialist.predict(row)[0] for row in rows]
    assert together == specialist.predict(columns_of(rows)) == specialist.predict(iter(rows))
    assert set(together) - {None} <= set(specialist.classes)


@pytest.mark.parametrize("library, make", [("pandas", "DataFrame"), ("polars", "DataFrame"), ("pyarrow", "table")])
def test_rows_come_as_frames(specialist, rows, library, make):
    frame = getattr(pytest.importorskip(library), make)(columns_of(rows))
    np.testing.assert_array_equal(specialist.predict_proba(frame), specialist.predict_proba(rows))


@pytest.mark.parametrize("rows", ["text", 3, [1, 2], [["a", "b"]]])
def test_other_forms_are_refused(specialist, rows):
    with pytest.raises(BadRow) as caught:
        specialist.predict(rows)
    assert caught.value.code == "rows-form"


def test_no_rows_have_no_answers(specialist):
    assert specialist.predict([]) == [] and specialist.predict_proba([]).shape == (0, 3)


@pytest.mark.parametrize(
    "type_, texts, values",
    [("number", ["-1", "2.5", "3.0"], (-1, 2.5, 3)), ("category", ["a", "b", "c"], ("a", "b", "c"))],
)
def test_answers_have_the_type_of_the_target(type_, texts, values):
    arrays = {**blob_of(texts), "weights": np.ones(3, np.float32)}
    loaded = Specialist.from_bytes(classifier(decoder=Part(kind="labels", config={"type": type_}, arrays=arrays)))
    assert loaded.classes == values and [type(v) for v in loaded.classes] == [type(v) for v in values]


def test_regression_answers_numbers_and_has_no_probabilities(rows):
    parts = random_program_parts(np.random.default_rng(0), "regress", k=3)
    loaded = Specialist.from_bytes(encode({}, parts, {}))
    assert all(isinstance(value, float) for value in loaded.predict(rows)) and loaded.classes == ()
    with pytest.raises(ValueError, match="probabilities"):
        loaded.predict_proba(rows)


def test_it_loads_from_a_path_and_knows_its_size(tmp_path, specialist):
    path = tmp_path / "model.trivet"
    path.write_bytes(specialist.data)
    loaded = Specialist.load(path)
    assert loaded.digest == specialist.digest and loaded.size_bytes == path.stat().st_size
    assert loaded.readings == [{"gauge": "size"}] and loaded.task == {"goal": "classify"}


def test_a_file_without_class_names_is_refused():
    parts = random_program_parts(np.random.default_rng(0), "classify")
    del parts["decoder"]
    with pytest.raises(BadFile) as caught:
        Specialist.from_bytes(encode({}, parts, {}))
    assert caught.value.code == "part-slot"


def test_it_checks_its_own_test(specialist, rows):
    numbers = specialist.predict_proba(rows[:3]).astype(float).tolist()
    test = {"rows": rows[:3], "answers": {"probabilities": numbers}}
    assert Specialist.from_bytes(classifier({"selftest": test})).check_self() == 3
    assert specialist.check_self() == 0
    test["answers"]["probabilities"][1][0] += 0.01
    with pytest.raises(BadFile) as caught:
        Specialist.from_bytes(classifier({"selftest": test})).check_self()
    assert caught.value.code == "selftest-failed"


@pytest.fixture
def probe(tmp_path, specialist, rows):
    """Runs the probe over a file and rows; gives what it wrote."""
    file, sent, out = (tmp_path / name for name in ("a.trivet", "rows.jsonl", "out.jsonl"))
    file.write_bytes(specialist.data)
    sent.write_text("".join(json.dumps(row) + "\n" for row in rows))

    def run(*options):
        command = [sys.executable, "-I", "-m", "trivet.runtime.probes.clean", *map(str, (file, sent, out)), *options]
        subprocess.run(command, check=True, capture_output=True)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.trivet", "out.jsonl", "rows.jsonl"]
        return json.loads(out.read_text())

    return run


def test_the_probe_answers_as_the_specialist_does_and_measures(probe, specialist, rows):
    options = [word for name in ("latency=30", "throughput=2", "memory") for word in ("--probe", name)]
    found, expected = probe(*options), specialist.answers(rows)
    assert arrays_of(found["answers"]) == {name: array.tolist() for name, array in expected.items()}
    costs = found["costs"]
    assert len(costs["latency"]["numbers"]) == 30 and len(costs["throughput"]["numbers"]) == 2
    assert costs["memory"]["numbers"][0] > 1e6
    assert all(name == "trivet" or name.startswith("trivet.runtime") for name in found["modules"])


def arrays_of(found):
    """{name: nested lists} of answers as the clean process writes them; every float32 comes back exactly."""
    return {name: np.asarray(array, dtype).tolist() for name, (dtype, array) in found.items()}


def test_only_what_is_asked_for_is_measured(probe):
    assert probe()["costs"] == {} and list(probe("--probe", "memory")["costs"]) == ["memory"]


def test_more_questions_are_answered_in_their_order(probe, specialist, rows, tmp_path):
    asked = [rows[2:5], rows[:1]]
    files = [tmp_path.parent / f"{tmp_path.name}-{at}.jsonl" for at in range(2)]
    for file, some in zip(files, asked):
        file.write_text("".join(json.dumps(row) + "\n" for row in some))
    found = probe(*(word for file in files for word in ("--ask", str(file))))
    for answers, some in zip(found["asked"], asked):
        assert arrays_of(answers)["chosen"] == specialist.answers(some)["chosen"].tolist()


def test_a_process_that_is_watched_answers_the_first_row(probe, specialist, rows):
    assert arrays_of(probe("--first")["answers"])["chosen"] == specialist.answers(rows[:1])["chosen"].tolist()


def test_a_cold_start_is_one_process_watched_from_outside():
    started = []
    taken = ColdStart().watch(lambda: started.append(1))
    assert len(taken.numbers) == len(taken.cpu) == len(taken.forced) == len(started) == 1


def test_the_probe_refuses_what_the_runtime_does_not_have():
    code = "import sys; from trivet.runtime.probes.clean import Guard; sys.meta_path.insert(0, Guard()); import {}"
    for module, status in [("trivet.core.rows", 1), ("pandas", 1), ("onnxruntime", 0), ("decimal", 0)]:
        ended = subprocess.run([sys.executable, "-I", "-c", code.format(module)], capture_output=True, check=False)
        assert ended.returncode == status, ended.stderr


def test_the_runtime_is_light_and_alone():
    code = "import sys, trivet.runtime; print(*sorted(sys.modules))"
    ended = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    names = [name for name in ended.stdout.split() if name.startswith(("trivet", "onnx"))]
    assert all(name == "trivet" or name.startswith("trivet.runtime") for name in names)
