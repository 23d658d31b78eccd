"""Verifying measures what was certified, on rows of the roles that the build used, and ends in one of four outcomes."""

import numpy as np
import pytest
from made_loans import START, STEPS, first, loans

from trivet.core.errors import BadData
from trivet.core.task import Field
from trivet.data.fresh_rows import fresh_rows
from trivet.runtime.file.container import decode, encode, with_evidence
from trivet.ship.specialist import Specialist
from trivet.testing.tasks import made_task

pytestmark = pytest.mark.usefixtures("quick")


def changed(model, evidence=None, **manifest):
    """The same model in a file that says something else; its outcome follows from the verdicts unless it is given."""
    given = evidence or {}
    verdicts = {one["verdict"] for one in given.get("verdicts", model.verdicts)}
    outcome = next((word for word in ("BROKEN", "UNPROVEN") if word in verdicts), "CERTIFIED")
    evidence = {**model.evidence, "outcome": outcome, **given}
    return Specialist.from_bytes(encode({**model.manifest, **manifest}, model.contents.parts, evidence))


def limited(model, verdict, bound, **evidence):
    """The same model, limited in its accuracy alone, with this verdict on it."""
    return changed(model, {"verdicts": [verdict], **evidence}, limits=[limit_on("accuracy", bound)])


def zero_one(columns):
    return {"a": columns["a"], "b": columns["b"], "y": [int(word == "yes") for word in columns["y"]]}


# --- 2: the quantity that was certified


@pytest.mark.slow
def test_05_2_the_weighted_quantity_is_measured_when_the_build_weighed(with_roles):
    fresh = loans(600, 1)
    right = np.array(with_roles.predict({"a": fresh["a"], "b": fresh["b"]})) == np.array(fresh["y"])
    weight = np.array(fresh["exposure"])
    found = with_roles.verify(fresh)
    reading = found.judged[0].reading
    assert "readings are weighted by 'exposure', as in the build" in found.notes
    assert reading.value == pytest.approx(right @ weight / weight.sum(), abs=1e-12)
    assert abs(reading.value - right.mean()) > 0.05


@pytest.mark.parametrize(("column", "role"), [("exposure", "weight"), ("customer", "group"), ("day", "time")])
def test_05_2_a_table_without_a_role_of_the_build_is_refused_by_name_and_role(with_roles, column, role):
    fresh = loans(600, 1)
    del fresh[column]
    with pytest.raises(BadData) as caught:
        with_roles.verify(fresh)
    assert caught.value.code == "missing-column" and caught.value.found == f"no '{column}' (the {role})"


def test_05_2_all_missing_columns_are_told_at_once(plain):
    with pytest.raises(BadData) as caught:
        plain.verify({"b": [1.0]})
    assert caught.value.found == "no 'a' (an input), 'y' (the answer)"


@pytest.mark.parametrize(("group", "share"), [("g", "100 %"), ("new", "0 %")])
def test_05_2_groups_are_counted_and_known_ones_told(with_roles, group, share):
    found = with_roles.verify(loans(600, 1, group=group))
    assert f"rows of 60 groups; {share} of the rows belong to groups of the build" in found.notes


def test_05_2_rows_before_the_certified_period_are_told(with_roles):
    data = {
        **with_roles.manifest["data"],
        "times": {"fit": [START, START + 40.0], "vault": [START + 50.0, START + 59.0]},
    }
    model = changed(with_roles, data=data)
    early = "500 of 600 rows lie before the certified period, which begins at 2024-01-28"
    assert early in model.verify(loans(600, 1)).notes
    late = model.verify(loans(600, 1, start=START + 50)).notes
    assert "no row lies before the certified period, which begins at 2024-01-28" in late


def test_05_2_files_that_do_not_tell_their_times_are_verified_all_the_same(with_roles):
    data = {name: part for name, part in with_roles.manifest["data"].items() if name != "times"}
    assert not any("period" in note for note in changed(with_roles, data=data).verify(loans(600, 1)).notes)


def test_05_2_rows_that_cannot_be_used_are_counted_and_told(with_roles):
    fresh = loans(600, 1)
    fresh["y"][:5] = [None] * 5
    fresh["exposure"][5:12] = [None] * 7
    found = with_roles.verify(fresh)
    assert found.dropped == (("no answer", 5), ("no weight", 7)) and found.n_rows == 588
    assert "12 rows left out: no answer (5), no weight (7)" in found.notes
    assert found.as_json()["dropped"] == [["no answer", 5], ["no weight", 7]]


def test_05_2_a_file_without_roles_is_verified_as_before(with_roles):
    task = {name: part for name, part in with_roles.manifest["task"].items() if name not in ("roles", "spellings")}
    fresh = loans(600, 1)
    found = changed(with_roles, task=task).verify({name: fresh[name] for name in ("a", "b", "y")})
    assert found.judged[0].reading.value > 0.85  # unweighted: the file does not say that rows weigh


# --- 3: labels that the file does not know


def test_05_3_unknown_labels_end_the_verification_by_name_and_number(plain):
    fresh = zero_one(loans(600, 1))
    fresh["y"] = ["fraud?" if at < 20 else "x" if at < 30 else str(y) for at, y in enumerate(fresh["y"])]
    with pytest.raises(BadData) as caught:
        plain.verify(fresh)
    assert caught.value.code == "unknown-labels"
    assert caught.value.found == "30 of 600 rows have other answers: 'fraud?' (20), 'x' (10)"


@pytest.mark.parametrize("spell", [float, str, lambda y: f"{y}.0", bool])
def test_05_3_answers_are_matched_by_value(plain, spell):
    fresh = zero_one(loans(600, 1))
    expected = plain.verify(fresh).judged[0].reading
    assert plain.verify({**fresh, "y": list(map(spell, fresh["y"]))}).judged[0].reading == expected


@pytest.mark.parametrize("answers", [["TRUE", "FALSE"], ["true", "false"], [True, False], [1, 0], ["1", "0"]])
def test_05_3_truth_values_are_matched_by_meaning(answers):
    inputs, answer = (Field(name="a", type="number"),), Field(name="y", type="boolean")
    task = made_task("classify", ("false", "true"), inputs=inputs, answer=answer)
    given = fresh_rows({"a": [1, 2], "y": answers}, {}, task, header=True, encoding="utf-8")
    assert given.rows.truth.tolist() == [1, 0] and given.dropped == ()


# --- 4: three different things


def test_05_4_limits_that_hold_on_fresh_rows_are_sound(plain):
    found = plain.verify(zero_one(loans(2000, 1)))
    assert found.outcome == "SOUND" and found.is_sound and not found.is_seen
    assert str(found).startswith("SOUND: 2 limits hold on these 2,000 rows")
    assert found.overlap.share == 0
    assert repr(found) == str(found)


def test_05_4_the_constant_answer_stands_beside_the_reading_on_the_same_rows(plain):
    fresh = zero_one(loans(600, 1))
    accuracy = plain.verify(fresh).judged[0].reading
    assert accuracy.baseline == pytest.approx(max(np.mean(fresh["y"]), 1 - np.mean(fresh["y"])), abs=1e-5)
    assert f"constant {accuracy.baseline:.4f}" in str(plain.verify(fresh))


def test_05_4_without_rows_a_whole_file_is_sound(plain):
    found = plain.verify()
    assert (found.outcome, found.n_rows, found.overlap) == ("SOUND", 0, None)
    assert str(found).startswith("SOUND: the file is whole, and its verdicts follow from its readings")


def test_05_4_rows_of_the_build_measure_memory(plain):
    found = plain.verify(zero_one(loans(600, 0)))
    assert found.outcome == "UNPROVEN" and found.is_seen
    headline = str(found).splitlines()[0]
    assert headline == (
        "NOT FRESH: about 100 % (98.6 to 100) of these rows were in the build; what follows measures memory, not skill"
    )
    assert found.as_json()["overlap"]["seen"] is True


def test_05_4_rows_of_the_build_miss_no_limit_by_memory(plain):
    turned = zero_one(loans(600, 0))
    turned["y"] = [1 - y for y in turned["y"]]
    assert plain.verify(turned).outcome == "UNPROVEN"


def test_05_4_nineteen_fresh_rows_are_too_few_and_told_how_many_are_enough(plain):
    model = limited(plain, verdict_on(plain, "accuracy", 0.8), 0.8)
    found = model.verify(first(zero_one(loans(600, 1)), 19))
    (limit,) = found.as_json()["limits"]
    assert (found.outcome, limit["verdict"]) == ("UNPROVEN", "UNPROVEN")
    assert limit["rows_needed"] > 19
    assert str(found).startswith("UNPROVEN: these 19 rows are too few to say: accuracy >= 0.8; about ")
    assert limit["note"].startswith("the value ") and "rows would settle it" in limit["note"]


def test_05_4_a_limit_that_the_whole_interval_breaks_is_missed(plain):
    turned = zero_one(loans(600, 1))
    turned["y"] = [1 - y for y in turned["y"]]
    found = plain.verify(turned)
    assert found.outcome == "MISSED"
    assert str(found).startswith("MISSED: 2 of 2 limits are broken on these 600 rows")


def test_05_4_rows_that_cannot_tell_a_limit_leave_it_unproven(plain):
    fresh = zero_one(loans(600, 1))
    ones = {name: [cell for cell, y in zip(cells, fresh["y"]) if y] for name, cells in fresh.items()}
    found = plain.verify(ones)
    assert found.outcome in ("UNPROVEN", "MISSED")
    auroc = next(one for one in found.as_json()["limits"] if one["gauge"] == "auroc")
    assert auroc["verdict"] == "UNPROVEN" and "these rows cannot tell it" in auroc["note"]


def test_05_4_a_file_without_a_sketch_says_that_nobody_can_tell(plain):
    evidence = {name: part for name, part in plain.evidence.items() if name != "sketch"}
    found = Specialist.from_bytes(with_evidence(plain.data, evidence)).verify(zero_one(loans(600, 0)))
    assert found.outcome == "SOUND" and found.overlap is None
    assert any("nobody can tell whether these are fresh" in note for note in found.notes)


def limit_on(gauge, bound):
    return {"gauge": gauge, "must": ">=", "bound": bound, "unit": "", "sure": 0.95}


def verdict_on(model, gauge, bound):
    reading = next(one["reading"] for one in model.verdicts if one["gauge"] == gauge)
    verdict = "HOLDS" if reading["low"] >= bound else "BROKEN" if reading["high"] < bound else "UNPROVEN"
    return {"limit": f"{gauge} >= {bound:g}", "verdict": verdict, "gauge": gauge, "reading": reading}


def test_05_4_verdicts_that_do_not_follow_are_damage(plain):
    verdict = {**verdict_on(plain, "accuracy", 0.999), "verdict": "HOLDS"}
    found = limited(plain, verdict, 0.999).verify()
    assert found.outcome == "DAMAGED"
    assert found.problems == ("the file says HOLDS for accuracy >= 0.999, its own reading gives BROKEN",)


@pytest.mark.parametrize("rows", [None, 600])
def test_05_4_other_self_test_answers_are_damage(plain, rows):
    test = plain.manifest["selftest"]
    numbers = (1 - np.array(test["answers"]["probabilities"])).tolist()
    model = changed(plain, selftest={**test, "answers": {**test["answers"], "probabilities": numbers}})
    found = model.verify(None if rows is None else zero_one(loans(rows, 1)))
    assert found.outcome == "DAMAGED" and "self-test answers differ" in found.problems[0]


@pytest.mark.parametrize("sketch", [7, {"k": 256}, {"k": 0, "distinct": 9, "natural": 0, "hashes": "AAAA"}])
def test_05_4_a_sketch_that_cannot_be_read_is_damage(plain, sketch):
    found = changed(plain, evidence={"sketch": sketch}).verify(zero_one(loans(600, 1)))
    assert found.outcome == "DAMAGED" and "sketch" in found.problems[0]


@pytest.mark.slow
def test_05_4_a_file_whose_recipe_wants_no_sketch_has_none():
    from trivet.core.recipe import DataSpec, Recipe
    from trivet.ship.api import run

    recipe = Recipe(data=DataSpec(source="", target="y"), steps=tuple(STEPS), sketch=False)
    outcome = run(recipe, first(zero_one(loans(600, 0)), 200))
    assert "sketch" not in decode(outcome.data).evidence


@pytest.mark.parametrize("rows", [None, 600])
def test_05_4_a_best_effort_file_breaks_limits_as_it_says_itself(plain, rows):
    model = limited(plain, verdict_on(plain, "accuracy", 0.999), 0.999, outcome="BROKEN")
    found = model.verify(None if rows is None else zero_one(loans(rows, 1)))
    assert found.outcome == "MISSED" and not found.problems
    assert "the file itself says that it breaks accuracy >= 0.999" in found.notes


def test_05_4_a_certified_file_that_says_broken_contradicts_itself(plain):
    found = limited(plain, verdict_on(plain, "accuracy", 0.999), 0.999, outcome="CERTIFIED").verify()
    assert found.problems == ("the file says CERTIFIED, its verdicts give BROKEN",)


@pytest.mark.parametrize(("reading", "problem"), [
    ({"sure": 0.9}, "was judged at 95 %, its look asks for 97.2 %"),
    ({"value": 0.5}, "is not the one that the file states"),
    ({"low": 0.999, "high": 1.0}, "is not the one that the file states"),
    ({"n": 7}, "is not the one that the file states"),
])  # fmt: skip
def test_a_reading_that_the_file_was_not_judged_by_is_damage(plain, reading, problem):
    first, *rest = plain.verdicts
    found = changed(plain, {"verdicts": [{**first, "reading": {**first["reading"], **reading}}, *rest]}).verify()
    assert found.outcome == "DAMAGED" and any(problem in one for one in found.problems), found.problems


@pytest.mark.parametrize("look", [{"build": 2}, {"finalist": 2}, {"build": 0}, {"finalist": 9}])
def test_a_file_that_was_judged_less_surely_than_its_look_asks_for_is_damage(plain, look):
    found = changed(plain, {"look": {**plain.evidence["look"], **look}}).verify()
    assert found.outcome == "DAMAGED"


def test_a_limit_without_a_verdict_is_damage(plain):
    assert (
        "the file has no verdict on auroc >= 0.7" in changed(plain, {"verdicts": plain.verdicts[:1]}).verify().problems
    )


@pytest.mark.parametrize("rows", [None, 600])
def test_verifying_judges_at_the_level_of_the_file(plain, rows):
    found = plain.verify(None if rows is None else zero_one(loans(rows, 1)))
    assert [one.confidence for one in found.judged] == [one["confidence"] for one in plain.verdicts]


def test_05_4_findings_in_the_data_are_told_again(plain):
    assert (
        "the file itself warns of its data: target-copy(b)" in changed(plain, alerts=["target-copy(b)"]).verify().notes
    )


def test_05_4_a_file_made_by_hand_is_no_compiled_file(plain):
    found = Specialist.from_bytes(encode({}, plain.contents.parts, {})).verify()
    assert found.outcome == "DAMAGED" and "KeyError" in found.problems[0]


def test_05_4_the_keys_of_the_json_are_stable(plain):
    told = plain.verify(zero_one(loans(600, 1))).as_json()
    assert set(told) == {"outcome", "sound", "rows", "overlap", "dropped", "notes", "limits", "problems"}
    assert set(told["overlap"]) == {"share", "low", "high", "sampled", "natural", "exact", "can_tell", "seen"}
    assert set(told["limits"][0]) == {
        "limit", "gauge", "verdict", "rows_needed", "build", "confidence", "reading", "how", "note",
    }  # fmt: skip
