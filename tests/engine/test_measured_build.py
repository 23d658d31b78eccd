"""A whole build with parameters in its limits: what is measured, named, judged, verified and reported."""

import numpy as np
import pytest

import trivet
from trivet.core.errors import NotApplicable
from trivet.runtime.probes import PROBES
from trivet.ship.report import render
from trivet.ship.verify import verify

pytestmark = pytest.mark.slow  # whole builds

STEPS = ["prepare-table", "fit-linear", "fit-temperature"]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for probe in PROBES.values():
        monkeypatch.setattr(probe, "processes", 1)


def columns(rows, seed):
    rng = np.random.default_rng(seed)
    x, ward = rng.normal(size=rows), rng.integers(0, 2, rows)
    truth = x + rng.normal(size=rows) * np.where(ward == 1, 1.0, 0.3) > 0
    clinic = rng.integers(0, 3, rows)
    return {
        "x": x.round(4).tolist(),
        "ward": np.array(["east", "west"])[ward].tolist(),
        "clinic": [f"clinic {at}" for at in clinic],
        "y": np.where(truth, "yes", "no").tolist(),
    }


LIMITS = {"accuracy(among=ward)": ">= 0.6", "coverage(among=site)": ">= 0.6", "f1(positive=no)": ">= 0.5"}


@pytest.fixture(scope="module")
def built():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PROBES["latency"], "processes", 1)
        found = trivet.compile(
            columns(1500, 0), target="y", limits=LIMITS, steps=STEPS, roles={"site": "clinic"}, measure="brier"
        )
    assert not isinstance(found, trivet.Infeasible), found
    return found


def test_what_is_limited_asked_for_and_standard_is_measured_and_nothing_else(built):
    standard = ["auroc", "accuracy", "balanced-accuracy", "coverage", "set-size", "size", "p50-latency"]
    assert sorted(one["gauge"] for one in built.readings) == sorted([*LIMITS, *standard, "brier"])


def test_verdicts_carry_the_whole_name_and_the_guard_came_by_itself(built):
    assert [verdict["gauge"] for verdict in built.verdicts] == list(LIMITS)
    assert [verdict["verdict"] for verdict in built.verdicts] == ["HOLDS"] * 3
    assert "conformal-set" in str(built.contents.parts["guard"].kind)


def test_the_worse_ward_is_named_and_its_constant_stands_beside_it(built):
    (reading,) = [one for one in built.readings if one["gauge"] == "accuracy(among=ward)"]
    (plain,) = [one for one in built.readings if one["gauge"] == "accuracy"]
    assert "'west'" in reading["notes"][0] and reading["value"] < plain["value"]
    assert reading["baseline"] <= 0.6


def test_fresh_rows_verify_every_group(built):
    found = verify(built.data, built.contents, source=columns(900, 1))
    assert found.outcome == "SOUND" and list(found.how) == list(LIMITS)
    assert [one.reading.gauge for one in found.judged] == list(LIMITS)


def test_the_report_shows_the_whole_names(built):
    page = render(built.manifest, built.evidence, digest=built.digest, size_bytes=built.size_bytes)
    assert "accuracy(among=ward)" in page and "worst of 3 groups" in page


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ({"limits": ["coverage(among=x) >= 0.5"]}, "'x' is a column of the type number"),
        ({"limits": ["f1(positive=maybe) >= 0.5"]}, "no class 'maybe'"),
        ({"measure": ["mae"]}, "it reads values"),
    ],
)
def test_what_this_table_cannot_be_measured_by_is_refused_before_the_search(asked, why):
    with pytest.raises(NotApplicable, match=why):
        trivet.compile(columns(300, 0), target="y", steps=STEPS, **asked)
