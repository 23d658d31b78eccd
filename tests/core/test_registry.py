"""The folder is the registry."""

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from trivet.core import registry
from trivet.core.errors import BadUse

KINDS = ("pass", "gauge", "domain")


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [("pass", "fit-tres", "fit-trees"), ("gauge", "acuracy", "accuracy"), ("domain", "tabel", "table")],
)
def test_an_unknown_name_is_answered_with_the_nearest(kind, name, near):
    with pytest.raises(BadUse) as caught:
        registry.find(kind, name)
    assert caught.value.code == f"unknown-{kind}"
    assert repr(near) in caught.value.do and repr(name) in caught.value.found


@pytest.mark.parametrize("kind", KINDS)
def test_every_home_holds_the_class_it_is_named_after(kind):
    for name in registry.homes(kind):
        assert registry.kebab(registry.find(kind, name).__name__) == name


@pytest.fixture
def other_distribution(monkeypatch):
    """Makes an installed distribution that registers the given entry points."""

    def install(*points: EntryPoint) -> None:
        monkeypatch.setattr(registry, "outside", lambda group: [p for p in points if p.group == group])
        registry.homes.cache_clear()
        registry.find.cache_clear()

    yield install
    monkeypatch.undo()
    registry.homes.cache_clear()
    registry.find.cache_clear()


def test_another_distribution_can_register_a_pass(other_distribution):
    other_distribution(EntryPoint(name="fit-mine", value="mine.trees", group="trivet.passes"))
    assert registry.homes("pass")["fit-mine"] == "mine.trees"


def test_a_name_clash_names_both_homes(other_distribution):
    other_distribution(EntryPoint(name="fit-trees", value="mine.trees", group="trivet.passes"))
    with pytest.raises(BadUse, match="name-clash") as caught:
        registry.homes("pass")
    assert "mine.trees" in caught.value.found and "trivet.passes.fit.fit_trees" in caught.value.found


def test_a_file_without_its_class_is_an_error(other_distribution):
    other_distribution(EntryPoint(name="fit-mine", value="trivet.passes.fit.fit_trees", group="trivet.passes"))
    with pytest.raises(BadUse, match="name-clash") as caught:
        registry.find("pass", "fit-mine")
    assert "fit_trees" in caught.value.wanted and "'fit-mine'" in caught.value.found


def test_listing_names_imports_none_of_them():
    code = (
        "import sys; from trivet.core.registry import homes\n"
        "names = {k: list(homes(k)) for k in ('pass', 'gauge', 'domain')}\n"
        "assert len(names['pass']) > 10 and len(names['gauge']) > 10\n"
        "assert 'trivet.passes.fit.fit_trees' not in sys.modules\n"
        "assert 'trivet.gauges.quality.auroc' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
