"""A key changes with everything that decides a result, and with nothing else."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from made_plugin import installed, pass_text, write_plugin

import trivet
from trivet.engine.keys import Keys
from trivet.engine.sources import Sources, imports_in

PACKAGE = "editable_steps"
WORK = {"candidate": "c", "fit": "f", "tune": "t", "choose": "h"}
FILES = {
    "tidy_up": pass_text(
        "TidyUp",
        "ctx.say.note(word())",
        reads='("fit",)',
        top=f"from {PACKAGE}.words import word\nimport loose_words\n",
    ),
    "words": "from . import letters\n\n\ndef word():\n    return letters.SOME\n",
    "letters": "SOME = 'abc'\n",
    "bystander": "OTHER = 1\n",
}


@pytest.fixture
def plugin(tmp_path):
    write_plugin(tmp_path, PACKAGE, FILES, {"passes": f"tidy-up = {PACKAGE}.tidy_up"})
    (tmp_path / "loose_words.py").write_text("LOOSE = 1\n", encoding="utf-8")
    with installed(tmp_path, PACKAGE):
        yield tmp_path


def key() -> str:
    return Keys().step("tidy-up", WORK, 1)


@pytest.mark.parametrize("name", [f"{PACKAGE}/tidy_up", f"{PACKAGE}/words", f"{PACKAGE}/letters", "loose_words"])
def test_an_edit_of_a_plug_in_or_of_what_it_imports_changes_the_key(name, plugin):
    before = key()
    path = plugin / f"{name}.py"
    path.write_text(path.read_text(encoding="utf-8") + "# edited\n", encoding="utf-8")
    assert key() != before


def test_an_edit_beside_a_plug_in_changes_no_key(plugin):
    before = key()
    (plugin / PACKAGE / "bystander.py").write_text("OTHER = 2\n", encoding="utf-8")
    assert key() == before


def test_only_the_rows_that_a_pass_reads_are_in_its_key(plugin):
    keys = Keys()
    before = keys.step("tidy-up", WORK, 1)
    assert keys.step("tidy-up", {**WORK, "tune": "other", "choose": "other"}, 1) == before
    assert keys.step("tidy-up", {**WORK, "fit": "other"}, 1) != before
    assert keys.step("tidy-up", {**WORK, "candidate": "other"}, 1) != before
    assert keys.step("tidy-up", WORK, 2) != before


def test_the_versions_of_the_libraries_are_in_the_key(plugin, monkeypatch):
    before, real = key(), Sources.version_of
    monkeypatch.setattr(Sources, "version_of", lambda self, top: "0.0.1" if top == "numpy" else real(self, top))
    assert key() != before


@pytest.mark.parametrize(("edited", "changes"), [
    ("kit/linear/lines.py", True),
    ("passes/fit/fit_linear.py", True),
    ("runtime/program.py", True),
    ("passes/fit/fit_trees.py", False),
    ("cli/main.py", False),
    ("engine/search.py", False),
    ("gauges/quality/auroc.py", False),
])  # fmt: skip
def test_an_edit_of_trivet_voids_what_depends_on_it_and_nothing_else(edited, changes, copied_trivet, untouched):
    path = copied_trivet / "trivet" / edited
    kept = path.read_text(encoding="utf-8")
    path.write_text(kept + "# edited\n", encoding="utf-8")
    after = key_in(copied_trivet, "fit-linear")
    path.write_text(kept, encoding="utf-8")
    assert (after != untouched) is changes


@pytest.mark.parametrize(("step", "changes"), [
    ("fit-vote(members=trees+net)", True),
    ("fit-vote", True),
    ("distil(into=net)", True),
    ("fit-vote(members=trees+linear)", False),
    ("distil(into=tree)", False),
])  # fmt: skip
def test_an_edit_of_a_learner_voids_the_votes_and_students_that_use_it(step, changes, copied_trivet):
    path = copied_trivet / "trivet" / "kit" / "nets" / "small_net.py"
    kept, before = path.read_text(encoding="utf-8"), key_in(copied_trivet, step)
    path.write_text(kept + "# edited\n", encoding="utf-8")
    after = key_in(copied_trivet, step)
    path.write_text(kept, encoding="utf-8")
    assert (after != before) is changes


@pytest.fixture(scope="module")
def copied_trivet(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("copied")
    shutil.copytree(Path(trivet.__file__).parent, folder / "trivet", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def untouched(copied_trivet) -> str:
    return key_in(copied_trivet, "fit-linear")


def key_in(folder: Path, step: str) -> str:
    """The key of a step, as a process that finds its trivet in this folder makes it."""
    code = f"import sys; sys.path.insert(0, {str(folder)!r})\n"
    code += f"from trivet.engine.keys import Keys; print(Keys().step({step!r}, {WORK!r}, 1))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_gauge_has_a_key_of_its_own_and_its_level_is_in_it():
    keys = Keys()
    auroc = keys.reading("auroc", "c", "r", sure=0.95)
    others = [
        keys.reading("accuracy", "c", "r", sure=0.95),
        keys.reading("auroc", "d", "r", sure=0.95),
        keys.reading("auroc", "c", "s", sure=0.95),
        keys.reading("auroc", "c", "r", sure=0.9),
    ]
    assert len({auroc, *others}) == 5


def test_every_way_to_import_is_seen_but_what_only_type_checkers_read():
    text = b"""
import a.b
from . import c
from ..d import e
from f import g
if TYPE_CHECKING:
    import h
else:
    import i
def later():
    need("j.k", for_=1)
    from l import m
"""
    found = set(imports_in(text, "top.sub"))
    assert {"a.b", "top.sub.c", "top.d", "f", "f.g", "i", "j.k", "l"} <= found
    assert "h" not in found
