"""The house is built as docs/architecture.md says: floors, no circles, a picture and names that are true."""

import re
import runpy
from graphlib import CycleError, TopologicalSorter
from importlib import import_module
from pathlib import Path

import grimp
import pytest

from trivet.core.registry import FOLDERS

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "trivet"
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DECISION = (ROOT / "docs" / "decisions" / "0010-ports-and-goals.md").read_text(encoding="utf-8")
# `core/goals.py` `Goal`, or several names behind one file.
NAMED = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`((?:,? `[A-Za-z_]+`)*)", TEXT + DECISION)


def circle_in(imports: dict[str, set[str]]) -> list[str]:
    """Modules that import each other in a circle; [] when there is none."""
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_modules_import_each_other_in_a_circle():
    """At whatever moment they import; types that only mypy reads may point back."""
    graph = grimp.build_graph("trivet", exclude_type_checking_imports=True, cache_dir=None)
    imports = {module: set(graph.find_modules_directly_imported_by(module)) for module in graph.modules}
    assert len(imports) > 300
    assert circle_in(imports) == []


def test_a_circle_is_found():
    assert circle_in({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert set(circle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}})) == {"a", "b", "c"}


@pytest.fixture
def draw_house(monkeypatch):
    """The script that draws the picture, as if called with --check."""
    names = runpy.run_path(str(ROOT / "tools" / "draw_house.py"))
    monkeypatch.setattr("sys.argv", ["draw_house.py", "--check"])
    return names


def test_the_picture_shows_the_floors_packages_and_arrows_that_there_are(draw_house, capsys):
    assert draw_house["main"]() == 0, capsys.readouterr().out


def test_a_picture_of_another_house_is_told_from_this_one(draw_house, tmp_path, monkeypatch, capsys):
    picture = draw_house["PICTURE"].read_text(encoding="utf-8")
    other = tmp_path / "house.svg"
    other.write_text(picture.replace("engine imports kit", "kit imports engine"), encoding="utf-8")
    monkeypatch.setitem(draw_house["main"].__globals__, "PICTURE", other)
    assert draw_house["main"]() == 1
    assert {"not drawn: engine imports kit", "gone: kit imports engine"} <= set(capsys.readouterr().out.splitlines())


def test_an_arrow_that_a_longer_way_implies_is_left_out(draw_house):
    arrows = {"roof": frozenset({"wall", "ground"}), "wall": frozenset({"ground"}), "ground": frozenset()}
    assert draw_house["without_detours"](arrows) == {**arrows, "roof": frozenset({"wall"})}


@pytest.mark.parametrize(("file", "names"), sorted(set(NAMED)))
def test_the_page_names_files_and_classes_that_exist(file, names):
    if file.startswith(("tests/", "tools/")):
        assert (ROOT / file).exists()
        return
    assert (SOURCE / file).exists()
    module = import_module("trivet." + file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    assert [name for name in re.findall(r"[A-Za-z_]+", names) if not hasattr(module, name)] == []


@pytest.mark.parametrize("kind", FOLDERS)
def test_the_page_says_where_to_put_each_thing_that_can_be_registered(kind):
    folder = FOLDERS[kind]
    module, _, name = folder.base.partition(":")
    base = f"`{module.removeprefix('trivet.').replace('.', '/')}.py` `{name}`"
    place = folder.package.removeprefix("trivet.").replace(".", "/") + "/"
    rows = [row for row in TEXT.splitlines() if base in row and f"`{folder.group}`" in row]
    assert rows and all(f"| `{place}" in row for row in rows)
