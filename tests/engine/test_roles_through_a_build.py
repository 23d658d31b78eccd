"""Weight, group and time through a whole build: they change what is learned and certified, and verifying agrees."""

from itertools import combinations, pairwise

import numpy as np
import pytest

import trivet
from trivet.core.folds import unit_of
from trivet.core.recipe import DataSpec, Recipe
from trivet.data.fresh_rows import fresh_rows
from trivet.data.intake import first_look, take_in
from trivet.runtime.probes import PROBES
from trivet.storage.objects import task_from_json

pytestmark = pytest.mark.slow  # whole builds

LINEAR = ["prepare-table", "fit-linear"]
TREES = ["prepare-table", "fit-trees(trees=150, leaves=31, min_rows=2)"]


@pytest.fixture(scope="module", autouse=True)
def quick():
    """Few timed calls: these tests look at answers, not at costs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PROBES["latency"], "processes", 1)
        yield


def accuracy_in(model: trivet.Specialist) -> float:
    """What the file says that it reaches on its vault."""
    (reading,) = [one for one in model.manifest["readings"] if one["gauge"] == "accuracy"]
    return float(reading["value"])


def splits_of(data: dict[str, list], **roles: str) -> dict[str, object]:
    """The rows of each split that a build of this table would make."""
    taken = take_in(Recipe(data=DataSpec(source="", target="y", roles=roles)), data)
    dataset = taken.dataset
    return {"fit": dataset.fit, "tune": dataset.tune, "choose": dataset.choose, "vault": taken.vault}


# --- weight: 30 % of the rows say y = (a > 0) and weigh 20, the others say the opposite and weigh 1


def two_minds(seed: int, n: int = 800) -> dict[str, list]:
    rng = np.random.default_rng(seed)
    a, is_heavy = rng.normal(size=n), rng.random(n) < 0.3
    return {
        "a": a.tolist(),
        "y": np.where((a > 0) == is_heavy, "yes", "no").tolist(),
        "exposure": np.where(is_heavy, 20.0, 1.0).tolist(),
    }


@pytest.fixture(scope="module")
def weighted() -> trivet.Specialist:
    return trivet.compile(two_minds(0), target="y", limits="accuracy >= 0.8", steps=LINEAR, weight="exposure")


def test_weights_turn_the_answers_round(weighted):
    data = two_minds(0)
    plain = trivet.compile({k: data[k] for k in ("a", "y")}, target="y", limits="accuracy >= 0.55", steps=LINEAR)
    rows = [{"a": -2.0}, {"a": 2.0}]
    assert plain.predict(rows) == ["yes", "no"]
    assert weighted.predict(rows) == ["no", "yes"]


def test_verify_measures_the_weighted_share(weighted):
    fresh = two_minds(1)
    right = np.array(weighted.predict({"a": fresh["a"]})) == np.array(fresh["y"])
    weight = np.array(fresh["exposure"])
    found = weighted.verify(fresh)
    assert found.judged[0].reading.value == pytest.approx(right @ weight / weight.sum(), abs=1e-12)
    assert found.outcome == "SOUND" and right.mean() < 0.4  # unweighted, it would be far from the limit


def test_the_certified_number_is_weighted_too(weighted):
    vault = splits_of(two_minds(0), weight="exposure")["vault"]
    right = np.array(weighted.predict({"a": vault.columns["a"].tolist()})) == np.array(["no", "yes"])[vault.truth]
    assert accuracy_in(weighted) == pytest.approx(right @ vault.weight / vault.weight.sum(), abs=1e-12)


# --- group: the answer is drawn once for each patient, and a scan tells patients apart


def patients(seed: int, n_groups: int = 120, each: int = 8) -> dict[str, list]:
    """Within a patient all answers agree; across patients the scan says nothing of the answer."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(n_groups), each)
    scan = rng.permutation(n_groups)[patient] + rng.normal(scale=0.05, size=len(patient))
    answer = rng.permutation(np.arange(n_groups) % 2)[patient]
    return {
        "scan": scan.tolist(),
        "y": np.where(answer == 1, "ill", "well").tolist(),
        "patient": [f"p{number}" for number in patient.tolist()],
    }


def test_no_group_is_torn():
    splits = splits_of(patients(0), group="patient")
    assert sum(len(rows) for rows in splits.values()) == 960
    for one, other in combinations(splits.values(), 2):
        assert not set(one.group.tolist()) & set(other.group.tolist())


@pytest.mark.slow
def test_a_group_column_keeps_memory_from_passing_for_skill():
    data = patients(0)
    torn = trivet.compile({k: data[k] for k in ("scan", "y")}, target="y", limits="accuracy >= 0.5", steps=TREES)
    whole = trivet.compile(data, target="y", limits="accuracy >= 0.3", steps=TREES, group="patient")
    assert accuracy_in(torn) > 0.9  # it knows every patient of its vault
    assert accuracy_in(whole) < 0.7  # and this is what it is worth for another

    found = whole.verify(patients(1))
    right = np.array(whole.predict({"scan": patients(1)["scan"]})) == np.array(patients(1)["y"])
    assert found.judged[0].reading.value == pytest.approx(right.mean(), abs=1e-12)
    assert right.mean() < 0.7
    assert any(note.startswith("rows of 120 groups") for note in found.notes)


# --- time: what is true of the first three quarters is turned round in the last


def turning(seed: int, n: int = 800) -> dict[str, list]:
    rng = np.random.default_rng(seed)
    a, at = rng.normal(size=n), np.arange(n)
    days = np.datetime64("2024-01-01") + (at // 4).astype("timedelta64[D]")
    order = rng.permutation(n)  # a table need not be in the order of time
    is_yes = (a > 0) == (at < 0.75 * n)
    return {
        "a": a[order].tolist(),
        "y": np.where(is_yes, "yes", "no")[order].tolist(),
        "day": days[order].astype(str).tolist(),
    }


def test_with_a_time_column_no_split_holds_a_row_from_after_the_next():
    moments = [(rows.time.min(), rows.time.max()) for rows in splits_of(turning(0), time="day").values()]
    assert all(before[1] <= after[0] for before, after in pairwise(moments))


@pytest.mark.slow
def test_with_a_time_column_the_latest_rows_certify():
    data = turning(0)
    mixed = trivet.compile({k: data[k] for k in ("a", "y")}, target="y", limits="accuracy >= 0.3", steps=LINEAR)
    timed = trivet.compile(data, target="y", limits="accuracy >= 0.3", steps=LINEAR, time_column="day")
    assert accuracy_in(mixed) > 0.6  # three rows in four are as they were
    assert isinstance(timed, trivet.Infeasible)  # every row of the vault has turned
    (reading,) = [one for one in timed.closest if one.gauge == "accuracy"]
    assert reading.value < 0.2


@pytest.mark.slow
def test_verify_tells_rows_from_before_the_certified_period():
    data, fresh = turning(0), turning(7)
    early = {name: [cell for cell, day in zip(data[name], data["day"]) if day < "2024-05-20"] for name in data}
    timed = trivet.compile(early, target="y", limits="accuracy >= 0.8", steps=LINEAR, time_column="day")
    found = timed.verify(fresh)
    right = np.array(timed.predict({"a": fresh["a"]})) == np.array(fresh["y"])
    assert found.judged[0].reading.value == pytest.approx(right.mean(), abs=1e-12)
    assert any("before the certified period" in note for note in found.notes)


# --- all of them: the rows that verify measures are the rows that the build saw


def test_verify_reads_weight_group_and_time_as_the_build_did():
    rng = np.random.default_rng(0)
    data = {
        **turning(0),
        "exposure": rng.exponential(size=800).round(3).tolist(),
        "patient": [f"p{one}" for one in rng.integers(0, 300, 800)],
    }
    roles = {"weight": "exposure", "group": "patient", "time": "day"}
    model = trivet.compile(
        data, target="y", limits="accuracy >= 0.01", steps=LINEAR,
        weight="exposure", group="patient", time_column="day",
    )  # fmt: skip
    built = first_look(Recipe(data=DataSpec(source="", target="y", roles=roles)), data).rows
    task = task_from_json(model.manifest["task"])
    again = fresh_rows(data, model.manifest, task, header=True, encoding="utf-8").rows
    assert task.roles == roles and set(again.roles) == set(roles)
    for role in roles:
        assert (again.roles[role] == built.roles[role]).all()
    assert (unit_of(again) == unit_of(built)).all()
