"""Where the doctor saw copies across the border, no limit on quality or trust holds, and the file says why."""

import numpy as np
import pytest

from trivet.core.reading import Reading
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import parse_limit
from trivet.engine.capping import capped
from trivet.engine.compile import compile_recipe
from trivet.runtime.file.container import decode
from trivet.runtime.probes import PROBES
from trivet.ship.verify import verify

pytestmark = pytest.mark.slow  # whole builds

LINE = ("prepare-table", "fit-trees(trees=20, leaves=8)")


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Few timed calls: these tests look at verdicts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PROBES["latency"], "times", 20)
        yield


def copied(n_patients=40, each=20):
    """Rows of patients, nearly equal, whose answer is the patient's own."""
    rng = np.random.default_rng(0)
    who = rng.permutation(np.repeat(np.arange(n_patients), each))
    numbers = rng.normal(size=(n_patients, 5))[who] + 0.02 * rng.normal(size=(len(who), 5))
    ill = rng.random(n_patients)[who] > 0.5
    columns = {f"x{at}": column.tolist() for at, column in enumerate(numbers.T)}
    return {**columns, "patient": [f"p{one}" for one in who], "y": np.where(ill, "ill", "well").tolist()}


def built(folder, *accept, drop=("patient",), **roles):
    recipe = Recipe(
        data=DataSpec(source="", target="y", drop=drop, roles=roles),
        limits=(parse_limit("auroc >= 0.8"), parse_limit("size <= 300 kB")),
        steps=LINE,
        seconds=300.0,
        accept=accept,
    )
    return compile_recipe(recipe, copied(), store=folder, best_effort=True)


def said(file):
    return {one.limit.gauge: str(one.verdict) for one in file.judged}


def test_copies_keep_quality_from_holding_and_costs_not(tmp_path):
    file = built(tmp_path)
    assert said(file) == {"auroc": "UNPROVEN", "size": "HOLDS"}
    auroc, size = file.judged
    assert auroc.reading.low > 0.95  # the interval alone would have said HOLDS
    assert "near-copies" in auroc.note and "no independent evidence" in auroc.note and auroc.rows_needed is None
    assert size.note == ""
    manifest = decode(file.data).manifest
    assert any("near-copies" in note for one in manifest["readings"] for note in one["notes"])
    found = verify(file.data, decode(file.data))
    assert not found.problems and {str(one.verdict) for one in found.judged} == {"UNPROVEN", "HOLDS"}
    assert [one["caps"] for one in manifest["doctor"] if one["code"] == "near-copies"] == [True]


def test_accepting_lifts_the_cap_and_the_file_says_so(tmp_path):
    file = built(tmp_path, "near-copies", "missing-group")
    assert said(file) == {"auroc": "HOLDS", "size": "HOLDS"}
    manifest = decode(file.data).manifest
    assert any("near-copies is accepted" in note for note in manifest["data"]["notices"])


def test_naming_the_group_tells_what_the_file_is_worth(tmp_path):
    ended = built(tmp_path, drop=(), group="patient")
    file = getattr(ended, "file", None) or ended
    assert said(file)["auroc"] != "HOLDS"
    (auroc,) = [one for one in file.readings if one.gauge == "auroc"]
    assert auroc.value < 0.8 and not any("near-copies" in note for note in auroc.notes)


def test_only_quality_and_trust_are_capped_and_nothing_without_a_finding():
    readings = [Reading(gauge=name, value=0.9, low=0.8, high=0.95) for name in ("auroc", "coverage", "size")]
    assert capped(readings, ()) == tuple(readings)
    assert [one.approximate for one in capped(readings, ("near-copies",))] == [True, True, False]
    assert "missing-group(p), near-copies" in capped(readings, ("missing-group(p)", "near-copies"))[0].notes[0]
