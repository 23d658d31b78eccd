"""The Python call: what it takes, what it refuses before anything is fitted, and a cell that runs again."""

from dataclasses import replace

import numpy as np
import pytest
from notebook_rows import FAST, cancer

import trivet
from trivet.core.errors import ManyErrors, StorageError, TrivetError
from trivet.core.limits import Limit
from trivet.core.lock import Lock
from trivet.core.recipe import parse_recipe
from trivet.core.registry import parse_limit
from trivet.core.value import digest_of
from trivet.engine.progress import Progress
from trivet.ship import api
from trivet.ship.arguments import recipe_of_call
from trivet.ship.rerun import difference, publish_finished
from trivet.storage.disk import Storage

DEFAULTS = {
    "target": "y", "limits": (), "time": "5m", "seed": 0, "steps": "auto", "types": None, "weight": None, "group": None,
    "roles": None,
    "time_column": None, "drop": (), "goal": "auto", "header": True, "strict": False, "accept": (), "sketch": True,
    "out": None, "force": False, "store": None, "threads": 1, "progress": None, "best_effort": False,
    "memory": None, "retry_failed": False, "aim": None, "stop_when_proven": False, "measure": (), "state": None,
}  # fmt: skip
LISTS = ("limits", "steps", "drop", "accept", "measure")


def asked(**given):
    return recipe_of_call("", {**DEFAULTS, **given})


def refused(**given) -> TrivetError:
    with pytest.raises(TrivetError) as caught:
        asked(**given)
    return caught.value


@pytest.mark.parametrize(
    "limits",
    ["auroc >= 0.7", ["auroc >= 0.7"], {"auroc": ">= 0.7"}, {"auroc": [">= 0.7"]}, parse_limit("auroc >= 0.7")],
    ids=["text", "list", "mapping", "mapping of lists", "limit"],
)
def test_05_14_a_text_is_one_limit_and_a_mapping_is_several(limits):
    assert asked(limits=limits).limits == (Limit(gauge="auroc", must=">=", bound=0.7),)


def test_05_14_a_gauge_may_be_limited_from_both_sides():
    assert list(map(str, asked(limits={"auroc": [">= 0.7", "<= 0.9"]}).limits)) == ["auroc >= 0.7", "auroc <= 0.9"]


def test_05_14_every_wrong_argument_is_told_at_once_with_its_name_and_value():
    error = refused(
        limits=["auroc >= 0.7", 7, "auorc >= 0.3"],
        time=None,
        seed=True,
        drop=3,
        progress="yes",
        threads=0,
        goal="guess",
    )
    assert isinstance(error, ManyErrors)
    text = str(error)
    assert len(error.errors) == 8
    for name, value in {"limits": "7", "time": "None", "seed": "True", "drop": "3", "progress": "'yes'"}.items():
        assert f"trivet.compile({name}=...)" in text and f"found {value}" in text
    assert "did you mean 'auroc'" in text and "'guess'" in text


@pytest.mark.parametrize("name", [name for name in DEFAULTS if name not in LISTS])
def test_05_14_no_argument_takes_an_object_that_means_nothing(name):
    error = refused(**{name: object()})
    assert error.code == "recipe-field" and f"trivet.compile({name}=...)" in error.where


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize("wrong", [object(), [1.5], b"bytes", {"auroc": 0.7}], ids=lambda wrong: type(wrong).__name__)
def test_05_14_lists_of_texts_hold_texts(name, wrong):
    assert f"trivet.compile({name}=...)" in refused(**{name: wrong}).where


def test_a_text_is_one_column_or_one_finding_and_numbers_of_numpy_are_numbers():
    recipe = asked(
        drop="id", accept="id-column", seed=np.int64(7), time=np.float32(30), steps="fit-linear", sketch=False
    )
    assert (recipe.data.drop, recipe.accept, recipe.seed, recipe.seconds) == (("id",), ("id-column",), 7, 30.0)
    assert recipe.steps == ("fit-linear",) and not recipe.sketch
    assert asked(drop={"b", "a"}).data.drop == ("a", "b")  # a set has no order; a recipe needs one


def test_the_aim_is_a_gauge_however_it_is_spelled_and_an_unknown_one_is_told_with_its_argument():
    recipe = asked(aim="P50_latency", stop_when_proven=True)
    assert (recipe.aim, recipe.stop_when_proven) == ("p50-latency", True)
    assert digest_of(parse_recipe(str(recipe))) == digest_of(recipe)
    error = refused(aim="auorc")
    assert error.code == "unknown-gauge" and "trivet.compile(aim=...)" in error.where


def test_the_call_and_the_recipe_in_the_file_are_one_recipe():
    recipe = asked(limits={"size": "<= 60 kB"}, accept=["missing-values(age)"], types={"zip": "category"})
    assert digest_of(parse_recipe(str(recipe))) == digest_of(recipe)


def test_a_lock_makes_no_other_recipe_and_a_difference_is_named():
    recipe = asked(limits="auroc >= 0.7")
    assert difference(replace(recipe, lock=Lock(units=3.5, ships=2)), recipe) == ""
    assert difference(recipe, asked(limits="auroc >= 0.8")) == 'there auroc = ">= 0.7", here auroc = ">= 0.8"'


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A file that a cell has written."""
    out = tmp_path_factory.mktemp("cell") / "tumour.trivet"
    model = built(out)
    return out, model


def built(out=None, rows=None, **more):
    settings = {"limits": "auroc >= 0.7", "steps": FAST, "time": "60s", **more}
    return trivet.compile(cancer() if rows is None else rows, target="diagnosis", out=out, **settings)


def nothing_may_be_fitted(monkeypatch):
    def fails(*_, **__):
        raise AssertionError("a store was opened: something would have been fitted")

    monkeypatch.setattr("trivet.engine.compile.Store.opened", fails)


@pytest.mark.slow
def test_05_14_a_cell_that_runs_again_replaces_its_file(made):
    out, model = made
    before = out.read_bytes()
    again = built(out)
    assert again.body_digest == model.body_digest
    assert out.read_bytes() == again.data and before == model.data


@pytest.mark.parametrize(
    ("change", "told"),
    [({"limits": "auroc >= 0.75"}, "auroc"), ({"seed": 1}, "seed = 0"), ({"rows": 560}, "other rows")],
    ids=["limit", "seed", "rows"],
)
def test_05_14_another_recipe_or_other_rows_are_refused_before_anything_is_fitted(made, change, told, monkeypatch):
    out, _ = made
    before = out.read_bytes()
    nothing_may_be_fitted(monkeypatch)
    if "rows" in change:
        change = {"rows": cancer(change["rows"])}
    with pytest.raises(TrivetError) as caught:
        built(out, **change)
    assert caught.value.code == "file-exists" and told in caught.value.found and "force=True" in caught.value.do
    assert out.read_bytes() == before


@pytest.mark.slow
def test_05_14_force_replaces_whatever_is_there(tmp_path):
    out = tmp_path / "notes.trivet"
    out.write_text("my notes", encoding="utf-8")
    model = built(out, force=True)
    assert out.read_bytes() == model.data


@pytest.mark.parametrize("there", ["text", "folder", "no folder"])
def test_05_14_what_cannot_be_written_is_refused_before_anything_is_read(tmp_path, there, monkeypatch):
    out = tmp_path / "x.trivet" if there != "no folder" else tmp_path / "missing" / "x.trivet"
    if there == "text":
        out.write_text("my notes", encoding="utf-8")
    if there == "folder":
        out.mkdir()
    monkeypatch.setattr(api, "compile_recipe", lambda *_, **__: pytest.fail("the build began"))
    with pytest.raises(TrivetError) as caught:
        built(out)
    assert caught.value.code == ("storage-failed" if there == "no folder" else "file-exists")


def test_05_14_a_finished_build_that_cannot_be_written_is_kept_elsewhere_and_told_where(made, tmp_path, monkeypatch):
    _, model = made
    full = StorageError("storage-failed", wanted="to write", found="no space left", do="free some space")
    real = Storage.publish

    def publish(self, path, data, **more):
        if "rescued" not in str(path):
            raise full
        real(self, path, data, **more)

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(Storage, "publish", publish)
    with pytest.raises(StorageError) as caught:
        publish_finished(Storage(), tmp_path / "out.trivet", model.data, overwrite=False)
    (kept,) = tmp_path.glob("trivet-rescued-*/finished.trivet")
    assert str(kept) in caught.value.do and trivet.load(kept).digest == model.digest


class Watch(Progress):
    """Remembers how the build ended."""

    ended = ""

    def close(self):
        self.ended += "closed"

    def stop(self, why):
        self.ended += f"stopped: {why}"


@pytest.mark.parametrize(("error", "why"), [(KeyboardInterrupt(), "interrupted"), (ValueError("x"), "ValueError")])
def test_05_14_progress_is_told_when_a_build_is_interrupted(monkeypatch, error, why):
    def breaks(*_, **__):
        raise error

    monkeypatch.setattr(api, "compile_recipe", breaks)
    watch = Watch()
    with pytest.raises(type(error)):
        built(progress=watch)
    assert watch.ended == f"stopped: {why}"


def test_05_14_progress_is_closed_once_by_an_answer_that_needs_no_build():
    watch = Watch()
    found = built(limits="size <= 10 B", progress=watch)
    assert isinstance(found, trivet.Infeasible) and watch.ended == "closed"
