"""The house rules that a machine can check: names tie, functions are short, files are small."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from trivet.core.registry import FOLDERS, find, homes
from trivet.core.text_form import kebab

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "trivet"
KINDS = tuple(FOLDERS)
NAMES = [(kind, name) for kind in KINDS for name in homes(kind)]


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_file_class_and_recipe_name_tie(kind, name):
    thing, home = find(kind, name), homes(kind)[name]
    assert thing.__module__ == home
    assert home.rpartition(".")[2] == name.replace("-", "_")
    assert kebab(thing.__name__) == name


@pytest.mark.parametrize("name", homes("pass"))
def test_a_pass_says_what_it_helps_costs_and_needs_and_where_it_comes_from(name):
    doc = sys.modules[find("pass", name).__module__].__doc__ or ""
    assert [label for label in ("Helps", "Costs", "Needs", "Source") if f"{label}: " not in doc] == []


@pytest.mark.parametrize("name", homes("gauge"))
def test_a_gauge_says_which_way_is_better_how_its_interval_is_made_and_where_it_comes_from(name):
    doc = sys.modules[find("gauge", name).__module__].__doc__ or ""
    assert [label for label in ("Better", "Interval", "Source") if f"{label}: " not in doc] == []


@pytest.mark.parametrize(("kind", "name"), NAMES)
def test_everything_registered_begins_with_one_sentence(kind, name):
    doc = sys.modules[find(kind, name).__module__].__doc__ or ""
    assert re.match(r"[A-Z].*?[.:]", doc.replace("\n", " "))


@pytest.mark.parametrize("name", homes("pass"))
def test_every_pass_has_a_test_of_its_name(name):
    assert (ROOT / "tests" / "passes" / f"test_{name.replace('-', '_')}.py").exists()


def test_every_module_says_what_it_is_for():
    silent = [path for path in SOURCE.rglob("*.py") if path.name != "__init__.py"]
    silent = [path for path in silent if not re.match(r'r?"""\S', path.read_text(encoding="utf-8"))]
    assert [str(path.relative_to(SOURCE)) for path in silent] == []


def test_no_module_is_a_drawer_for_leftovers():
    drawers = {"utils", "util", "common", "helpers", "misc"}
    assert [path for path in SOURCE.rglob("*.py") if path.stem in drawers] == []


def test_functions_and_files_stay_below_the_bars():
    ended = subprocess.run([sys.executable, ROOT / "tools" / "size.py", "--check"], capture_output=True, text=True)
    _, _, broken = ended.stdout.partition(" lines in all\n")
    assert not re.search(r"^(longest|median)", broken, re.MULTILINE), broken


def test_the_size_check_can_fail(monkeypatch, capsys):
    size = runpy.run_path(str(ROOT / "tools" / "size.py"))
    monkeypatch.setitem(size["main"].__globals__, "MOST_FUNCTION", 3)
    monkeypatch.setattr(sys, "argv", ["size.py", "--check"])
    assert size["main"]() == 1 and "longest function" in capsys.readouterr().out


def test_make_size_names_functions_that_do_the_same(tmp_path, monkeypatch):
    size = runpy.run_path(str(ROOT / "tools" / "size.py"))
    monkeypatch.setitem(size["repeats"].__globals__, "SOURCE", tmp_path)
    work = "    total = {0} + 1\n    for _ in range(10):\n        total = {1}(total, {0})\n    return total\n"
    texts = {"one": ("a", "max"), "two": ("other", "max"), "three": ("a", "min")}
    for name, (argument, called) in texts.items():
        text = f'def {name}({argument}):\n    """Its own words."""\n{work.format(argument, called)}'
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    assert size["repeats"](sorted(tmp_path.glob("*.py"))) == [["one.py:one", "two.py:two"]]


def test_make_has_a_rule_for_every_name_that_it_lists():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (names,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert [name for name in names.split() if not re.search(rf"^{name}:", text, re.MULTILINE)] == []


def test_nothing_that_was_built_lies_at_the_root():
    committed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert [name for name in committed if name.endswith((".whl", ".gz", ".egg", ".pyc"))] == []
