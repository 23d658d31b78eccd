"""The script that checks a certificate without trivet: it agrees with `trivet verify`, and refuses what was edited."""

import contextlib
import copy
import io
import re
import runpy
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import trivet
from trivet.engine.outcome import outcome_of
from trivet.kit.stats.intervals import clopper_pearson
from trivet.runtime.file.caps import LARGE
from trivet.runtime.file.container import decode, encode
from trivet.runtime.probes import PROBES
from trivet.ship.verify import damaged_file, verify

SCRIPT = Path(__file__).parent.parent / "examples" / "check_certificate.py"
LINE = ("prepare-table", "fit-linear")
CLASSES = (*LINE, "fit-temperature")
DAMAGED = 2


@dataclass(frozen=True)
class Checked:
    """How the script ended on a file."""

    code: int
    out: str


def checked(data: bytes, folder: Path) -> Checked:
    """The script on these bytes, in this process: scipy is loaded once."""
    (folder / "some.trivet").write_bytes(data)
    printed = io.StringIO()
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(printed):
        patched.setattr(sys, "argv", [str(SCRIPT), str(folder / "some.trivet")])
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(SCRIPT), run_name="__main__")
    assert int(ended.value.code) in (0, 1, DAMAGED)
    return Checked(code=int(ended.value.code), out=printed.getvalue())


def problems(data: bytes) -> tuple[str, ...]:
    """What `trivet verify` holds against the file; empty for one that is whole."""
    try:
        contents = decode(data, caps=LARGE)
    except trivet.TrivetError as error:
        return damaged_file(error).problems
    return verify(data, contents).problems


def table(rows: int, seed: int, kind: str) -> dict[str, list]:
    """A table whose answer "y" is one of two classes, one of three, or a number; "who" has four rows each."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=rows), rng.normal(size=rows)
    score = a + b + rng.normal(scale=0.4, size=rows)
    answers = {
        "two": np.where(score > 0, "yes", "no"),
        "three": np.digitize(score, [-1, 1]).astype(str),
        "number": score,
    }
    return {"a": a.tolist(), "b": b.tolist(), "who": (np.arange(rows) // 4).tolist(), "y": answers[kind].tolist()}


def made(out: Path, rows: int, seed: int, kind: str, *limits: str, steps: tuple[str, ...] = (), **roles: str) -> bytes:
    """A file of one plain model, also where it breaks a limit."""
    columns = table(rows, seed, kind)
    if not roles:
        del columns["who"]
    line = (*(LINE if kind == "number" else CLASSES), *steps)
    trivet.compile(
        columns, target="y", limits=limits, steps=line, seed=seed, best_effort=True, sketch=False, out=out, **roles
    )
    return out.read_bytes()


@pytest.fixture(scope="module")
def quick():
    """One process for each cost: no limit here is about a time."""
    with pytest.MonkeyPatch.context() as patched:
        for probe in PROBES.values():
            patched.setattr(probe, "processes", 1)
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory, quick) -> dict[str, bytes]:
    """Three files: limits that hold, that nothing settles and that are broken; the last is a second build."""
    out = tmp_path_factory.mktemp("files")
    sets = "guard-sets(coverage=0.9)"
    return {
        "classes": made(out / "a", 400, 0, "two", "accuracy >= 0.8", "coverage >= 0.8", "size <= 50 kB", steps=(sets,)),
        "numbers": made(out / "b", 400, 1, "number", "p90-error <= 1.5", "size <= 1 kB"),
        "second": made(out / "c", 400, 0, "two", "accuracy >= 0.85", "auroc >= 0.99"),
    }


def test_the_script_is_short_and_knows_nothing_of_trivet():
    text = SCRIPT.read_text(encoding="utf-8")
    imported = re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)
    assert set(imported) == {"json", "struct", "sys", "hashlib", "numpy", "scipy"}
    assert len(text.splitlines()) <= 60


def test_it_runs_where_trivet_cannot_be_imported(files, tmp_path):
    (tmp_path / "a.trivet").write_bytes(files["classes"])
    code = f"import sys, runpy; sys.modules['trivet'] = None; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    words = [sys.executable, "-c", code, str(tmp_path / "a.trivet")]
    ended = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "") and ended.stdout == checked(files["classes"], tmp_path).out


@pytest.mark.parametrize("name", ["classes", "numbers", "second"])
def test_it_agrees_with_verify_on_what_a_build_wrote(files, name, tmp_path):
    found = checked(files[name], tmp_path)
    assert (found.code, problems(files[name])) == (0, ()), found.out
    verdicts = {said["limit"]: said["verdict"] for said in decode(files[name]).evidence["verdicts"]}
    counted = [limit for limit in verdicts if limit.startswith(("accuracy", "coverage", "size"))]
    assert found.out.count("recomputed") == len(counted) > 0
    for limit, verdict in verdicts.items():
        assert f"{limit}: {verdict}; " in found.out and f": {verdict} [" in found.out


def test_the_three_verdicts_and_a_second_build_are_among_them(files):
    evidence = [decode(data).evidence for data in files.values()]
    assert {said["verdict"] for one in evidence for said in one["verdicts"]} == {"HOLDS", "UNPROVEN", "BROKEN"}
    assert [one["look"]["build"] for one in evidence] == [1, 1, 2]


@pytest.mark.parametrize("name", ["classes", "numbers"])
def test_an_edited_file_is_refused_by_both(files, name, tmp_path):
    """Any byte, whatever it belongs to: digests and padding are among them."""
    data = files[name]
    evidence_at = data.rindex(b'"verdict":"HOLDS"')
    for at in (9, 30, 200, len(data) // 2, evidence_at + 12, len(data) - 100, len(data) - 40, len(data) - 1):
        altered = bytearray(data)
        altered[at] ^= 1
        assert checked(bytes(altered), tmp_path).code == DAMAGED, at
        assert problems(bytes(altered)), at
    for cut in (data[:100], data[:-8], data + b"\0" * 8):
        assert checked(cut, tmp_path).code == DAMAGED and problems(cut)


def said_holds(evidence):
    evidence["verdicts"][1] |= {"verdict": "HOLDS"}
    evidence["outcome"] = "CERTIFIED"


def narrower(evidence):
    evidence["verdicts"][0]["reading"]["low"] += 0.02
    evidence["verdicts"][0]["reading"]["high"] -= 0.01


def narrower_so_that_it_holds(evidence):
    evidence["verdicts"][0]["reading"]["low"] = 0.851
    said_holds(evidence)
    evidence["verdicts"][0]["verdict"] = "HOLDS"


def more_right(evidence):
    """Everything that depends on the count is changed with it, as somebody would who knows the formulas."""
    reading = evidence["verdicts"][0]["reading"]
    hits, of = round(reading["value"] * reading["n"]) + 2, reading["n"]
    low, high = clopper_pearson(hits, of, reading["sure"])
    reading |= {"value": hits / of, "low": low, "high": high}


def first_build(evidence):
    evidence["look"]["build"] = 1


def less_sure(evidence):
    reading = evidence["verdicts"][0]["reading"]
    low, high = clopper_pearson(round(reading["value"] * reading["n"]), reading["n"], 0.5)
    reading |= {"sure": 0.5, "low": low, "high": high}


def counts_taken_out(evidence):
    evidence["verdicts"][0]["reading"] |= {"trials": 0.0, "low": 0.86}
    evidence["verdicts"][0]["verdict"] = "HOLDS"


def other_method(evidence):
    evidence["verdicts"][0]["reading"] |= {"how": "DeLong", "low": 0.86}
    evidence["verdicts"][0]["verdict"] = "HOLDS"


EDITS = [
    counts_taken_out,
    other_method,
    said_holds,
    narrower,
    narrower_so_that_it_holds,
    more_right,
    first_build,
    less_sure,
]


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.__name__)
def test_edited_evidence_is_refused_by_both_even_with_all_digests_repaired(files, edit, tmp_path):
    forged = repaired(files["second"], edit)
    assert checked(forged, tmp_path).code == 1
    assert problems(forged)


def test_another_size_than_the_file_has_is_refused_by_both(files, tmp_path):
    def smaller(evidence):
        for reading in (evidence["readings"][0], evidence["verdicts"][2]["reading"]):
            reading |= {"value": 100.0, "low": 100.0, "high": 100.0}

    forged = repaired(files["classes"], smaller)
    assert checked(forged, tmp_path).code == 1 and problems(forged)


def repaired(data: bytes, edit) -> bytes:
    """The file with its evidence edited and every digest made anew."""
    contents = decode(data)
    evidence = copy.deepcopy(contents.evidence)
    edit(evidence)
    assert evidence != contents.evidence
    return encode(contents.manifest, contents.parts, evidence)


KINDS = {
    "two": ("accuracy >= {:.3g}", "auroc >= {:.3g}", "size <= 30 kB"),
    "three": ("accuracy >= {:.3g}", "coverage >= {:.3g}", "log-loss <= 0.9"),
    "number": ("coverage >= {:.3g}", "r2 >= {:.3g}", "median-error <= 0.4"),
}


@pytest.mark.slow
def test_it_agrees_with_verify_on_twenty_files_and_refuses_each_of_them_edited(tmp_path, quick):
    rng, seen = np.random.default_rng(7), set()
    for number in range(20):
        kind = list(KINDS)[number % 3]
        limits = [limit.format(rng.uniform(0.7, 0.95)) for limit in KINDS[kind]]
        guard = {"two": (), "three": ("guard-sets",), "number": ("guard-interval",)}[kind]
        roles = {"group": "who"} if number % 5 == 4 else {}
        data = made(tmp_path / f"{number}", 300 + 60 * number, number % 7, kind, *limits, steps=guard, **roles)
        found = checked(data, tmp_path)
        assert (found.code, problems(data)) == (0, ()), found.out
        seen |= {said["verdict"] for said in decode(data).evidence["verdicts"]}
        altered = data.replace(b'"verdict":"UNPROVEN"', b'"verdict":"HOLDS   "').replace(b'"outcome":"', b'"outcomf":"')
        assert checked(altered, tmp_path).code == DAMAGED and problems(altered)
        forged = repaired(data, turned)
        assert checked(forged, tmp_path).code == 1 and problems(forged), number
    assert seen == {"HOLDS", "UNPROVEN", "BROKEN"}


def turned(evidence):
    """Each verdict is another one."""
    other = {"HOLDS": "UNPROVEN", "UNPROVEN": "HOLDS", "BROKEN": "HOLDS"}
    for said in evidence["verdicts"]:
        said["verdict"] = other[said["verdict"]]
    evidence["outcome"] = outcome_of(said["verdict"] for said in evidence["verdicts"])
