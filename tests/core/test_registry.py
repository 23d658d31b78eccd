"""The folder is the registry."""

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from trivet.core import registry
from trivet.core.errors import BadUse

KINDS = tuple(registry.FOLDERS)


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [
        ("pass", "fit-tres", "fit-trees"),
        ("gauge", "acuracy", "accuracy"),
        ("domain", "tabel", "table"),
        ("goal", "clasify", "classify"),
        ("check", "id-colums", "id-columns"),
        ("section", "verdict", "verdicts"),
        ("exporter", "onx", "onnx"),
        ("explainer", "linar", "linear"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(kind, name, near):
    with pytest.raises(BadUse) as caught:
        registry.find(kind, name)
    assert caught.value.code == f"unknown-{kind}"
    assert repr(near) in caught.value.do and repr(name) in caught.value.found


@pytest.mark.parametrize("kind", KINDS)
def test_every_home_holds_the_class_it_is_named_after(kind):
    assert registry.homes(kind)
    for name in registry.homes(kind):
        assert registry.kebab(registry.find(kind, name).__name__) == name
        assert issubclass(registry.find(kind, name), registry.base_of(kind))
    assert list(registry.usable(kind)) == list(registry.homes(kind)) and registry.left_out(kind) == ()


class Distribution:
    """A distribution of which only the name is asked."""

    def __init__(self, name: str) -> None:
        self.name = name


def point_of(name: str, value: str, group: str, distribution: str = "trivet-mine") -> EntryPoint:
    return EntryPoint(name=name, value=value, group=group)._for(Distribution(distribution))


@pytest.fixture
def other_distribution(monkeypatch):
    """Makes installed distributions that register the given entry points."""

    def forget() -> None:
        for cached in (registry.places, registry.find, registry.why_unusable):
            cached.cache_clear()

    def install(*points: EntryPoint) -> None:
        monkeypatch.setattr(registry, "outside", lambda group: [p for p in points if p.group == group])
        forget()

    yield install
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize("kind", KINDS)
def test_another_distribution_can_register_a_thing_of_any_kind(kind, other_distribution):
    other_distribution(point_of("mine", "mine.things", registry.FOLDERS[kind].group))
    home = registry.places(kind)["mine"]
    assert (home.module, home.distribution) == ("mine.things", "trivet-mine")


def test_a_name_clash_names_both_homes_and_whose_they_are(other_distribution):
    other_distribution(point_of("fit-trees", "mine.trees", "trivet.passes"))
    with pytest.raises(BadUse, match="name-clash") as caught:
        registry.homes("pass")
    assert "mine.trees of trivet-mine" in caught.value.found and "trivet.passes.fit.fit_trees" in caught.value.found


def test_a_clash_between_two_other_distributions_names_both(other_distribution):
    other_distribution(
        point_of("csv", "one.csv", "trivet.exports", "trivet-one"),
        point_of("csv", "two.csv", "trivet.exports", "trivet-two"),
    )
    with pytest.raises(BadUse, match="one home for each exporter") as caught:
        registry.homes("exporter")
    assert "one.csv of trivet-one and in two.csv of trivet-two" in caught.value.found


def test_a_file_without_its_class_is_an_error(other_distribution):
    other_distribution(point_of("fit-mine", "trivet.passes.fit.fit_trees", "trivet.passes"))
    with pytest.raises(BadUse, match="name-clash") as caught:
        registry.find("pass", "fit-mine")
    assert "fit_trees" in caught.value.wanted and "'fit-mine'" in caught.value.found


def test_what_cannot_be_imported_is_told_with_its_distribution_and_breaks_nothing_else(other_distribution):
    other_distribution(point_of("tally", "no_such_module.tally", "trivet.goals"))
    with pytest.raises(BadUse, match="broken-plugin") as caught:
        registry.find("goal", "tally")
    assert "no_such_module.tally of trivet-mine" in caught.value.wanted and "No module" in caught.value.found
    assert list(registry.usable("goal")) == ["classify", "regress"]
    (told,) = registry.left_out()
    assert told.startswith("the goal tally of trivet-mine is left out: ModuleNotFoundError")
    assert "0.5" in registry.find("goal", "regress")().starting_limit(None, {})


def test_listing_names_imports_none_of_them():
    code = (
        "import sys; from trivet.core import registry; from trivet.core.registry import homes\n"
        "names = {k: list(homes(k)) for k in registry.FOLDERS}\n"
        "assert len(names['pass']) > 10 and len(names['gauge']) > 10\n"
        "assert 'trivet.passes.fit.fit_trees' not in sys.modules\n"
        "assert 'trivet.gauges.quality.auroc' not in sys.modules\n"
        "assert 'trivet.exports.onnx' not in sys.modules and 'trivet.core.passes' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
