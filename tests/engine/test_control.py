"""What is set on the vault: the judge, who measures again, finds it kept; whatever depends on it is tested with it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from trivet.core.gauges import plain_trial
from trivet.core.levels import Look
from trivet.core.limits import Verdict
from trivet.core.recipe import DataSpec, Recipe, parse_recipe
from trivet.core.registry import find_gauge, parse_limit, parse_step
from trivet.engine.compile import compile_recipe
from trivet.engine.control import can_be_controlled, controlled
from trivet.kit.conformal.control import most_misses
from trivet.runtime.file.container import decode
from trivet.runtime.program import Program
from trivet.ship.claims import claims_of, contradictions
from trivet.testing.samples import context, tiny_work

ALPHA = 0.025
LINE = ("prepare-table", "fit-linear", "fit-temperature")
SETS = "guard-sets(per_class=false)"


def made(question, *steps, **changed):
    """(candidate, tune rows, trial of the vault): the rows that compare stand for a vault."""
    line = LINE if question != "regression" else LINE[:2]
    work = tiny_work(question, line)
    for step in steps:
        work = parse_step(step).run(work, context(Path("/nonexistent")))
    vault = replace(work.data.fit, **changed) if changed else work.data.fit
    return work.candidate, work.data.tune, trial_of(work.candidate, vault)


def trial_of(candidate, rows):
    program = Program(candidate.parts)
    return plain_trial(candidate.task, rows, program.answers(program.read(rows.raw())))


def verdicts(candidate, rows, limits, alpha=ALPHA):
    trial = trial_of(candidate, rows)
    return [limit.judge(find_gauge(limit.gauge).measure(trial, sure=1 - 2 * alpha)) for limit in limits]


def limits_of(*texts):
    return [parse_limit(text) for text in texts]


@pytest.mark.parametrize("question", ["binary", "multiclass"])
def test_sets_miss_no_more_rows_than_the_exact_test_allows_and_hold(question):
    candidate, tune, vault = made(question, SETS)
    limits = limits_of("coverage >= 0.9")
    done = controlled(candidate, tune, vault, limits, lambda _: ALPHA)
    sets = trial_of(done.candidate, vault.rows).plain["sets"]
    missed = int((~sets[np.arange(len(sets)), vault.truth]).sum())
    assert missed <= most_misses(len(sets), 0.9, ALPHA)
    assert verdicts(done.candidate, vault.rows, limits) == [Verdict.HOLDS]
    assert done.candidate.parts["guard"].config["control"] == [["coverage >= 0.9", ALPHA]]


def test_sets_are_smaller_than_those_that_tune_rows_set_with_a_margin():
    candidate, tune, vault = made("multiclass", SETS)
    done = controlled(candidate, tune, vault, limits_of("coverage >= 0.9"), lambda _: ALPHA)
    before, after = (trial_of(one, vault.rows).plain["sets"].sum() for one in (candidate, done.candidate))
    assert after <= before


@pytest.mark.parametrize("body", ["fit-linear", "fit-trees(coverage=0.9, trees=30)"])
def test_intervals_hold_too(body):
    work = tiny_work("regression", ("prepare-table", body, "guard-interval(coverage=0.9)"))
    limits, vault = limits_of("coverage >= 0.9"), trial_of(work.candidate, work.data.fit)
    done = controlled(work.candidate, work.data.tune, vault, limits, lambda _: ALPHA)
    assert verdicts(done.candidate, work.data.fit, limits) == [Verdict.HOLDS]
    trial = trial_of(done.candidate, work.data.fit)
    outside = ((trial.truth < trial.plain["low"]) | (trial.truth > trial.plain["high"])).sum()
    most = most_misses(len(trial.truth), 0.9, ALPHA)
    assert most - 2 <= outside <= most  # two rows may stand on the ends


def test_with_too_few_rows_the_setting_of_the_tune_rows_stays():
    candidate, tune, vault = made("binary", SETS)
    few = vault.take(np.arange(20))
    done = controlled(candidate, tune, few, limits_of("coverage >= 0.9"), lambda _: ALPHA)
    assert done.candidate == candidate and not done.notes
    assert verdicts(candidate, few.rows, limits_of("coverage >= 0.9")) != [Verdict.HOLDS]


def test_a_smaller_error_gives_larger_sets():
    candidate, tune, vault = made("binary", SETS)
    limits = limits_of("coverage >= 0.95")
    floors = [
        controlled(candidate, tune, vault, limits, lambda _: alpha).candidate.parts["guard"].arrays["floor"][0]  # noqa: B023
        for alpha in (0.1, 0.02, 1e-4)
    ]
    assert floors[0] >= floors[1] >= floors[2] and floors[0] > floors[2]


@pytest.mark.parametrize(
    "texts",
    [
        ("worst-class-coverage >= 0.8",),
        ("coverage >= 0.85", "coverage <= 0.999"),
        ("coverage >= 0.85", "set-size <= 2.5"),
        ("coverage >= 0.9", "worst-class-coverage >= 0.7"),
    ],
)
def test_limits_on_the_same_sets_are_proven_together(texts):
    candidate, tune, vault = made("multiclass", "guard-sets")
    limits = limits_of(*texts)
    done = controlled(candidate, tune, vault, limits, lambda _: ALPHA)
    assert set(done.notes) == {limit.gauge for limit in limits}
    assert set(verdicts(done.candidate, vault.rows, limits)) == {Verdict.HOLDS}


def test_weighted_rows_are_walked_floor_by_floor():
    rng = np.random.default_rng(0)
    candidate, tune, vault = made("binary", SETS)
    rows = replace(vault.rows, roles={**vault.rows.roles, "weight": rng.uniform(0.5, 2, len(vault.rows))})
    vault, limits = trial_of(candidate, rows), limits_of("coverage >= 0.9")
    done = controlled(candidate, tune, vault, limits, lambda _: ALPHA)
    assert done.notes and verdicts(done.candidate, rows, limits) == [Verdict.HOLDS]


def test_unsure_answers_are_withheld_until_the_rest_is_right():
    candidate, tune, vault = made("multiclass", "withhold-unsure(accuracy=0.75)")
    limits = limits_of("accuracy-when-answered >= 0.75")
    done = controlled(candidate, tune, vault, limits, lambda _: ALPHA)
    assert verdicts(done.candidate, vault.rows, limits) == [Verdict.HOLDS]
    answered = trial_of(done.candidate, vault.rows).plain["answered"]
    assert 0.3 < answered.mean() < 1


@pytest.mark.parametrize(
    "texts",
    [
        ("false-negatives(positive=ill) <= 0.1",),
        ("false-alarms(positive=ill) <= 0.1",),
        ("false-negatives(positive=ill) <= 0.3", "false-alarms(positive=ill) <= 0.6"),
        ("false-negatives(positive=ill) <= 0.2", "accuracy-when-answered >= 0.8", "answered-share >= 0.2"),
    ],
)
def test_the_rule_of_the_answer_is_proven_for_all_its_limits(texts):
    limits = limits_of(*texts)
    steps = [parse_step(name).for_limits(limits) for name in ("set-threshold", "withhold-unsure")]
    candidate, tune, vault = made("binary", *map(str, steps))
    done = controlled(candidate, tune, vault, limits, lambda _: ALPHA)
    assert set(done.notes) == {limit.gauge for limit in limits}
    assert set(verdicts(done.candidate, vault.rows, limits)) == {Verdict.HOLDS}


def test_two_dials_share_the_error():
    candidate, tune, vault = made("multiclass", SETS, "withhold-unsure(accuracy=0.75)")
    limits = limits_of("coverage >= 0.9", "accuracy-when-answered >= 0.75")
    done = controlled(candidate, tune, vault, limits, lambda _: ALPHA)
    assert [done.candidate.parts[slot].config["control"][0][1] for slot in ("guard", "abstain")] == [ALPHA / 2] * 2
    assert set(verdicts(done.candidate, vault.rows, limits, ALPHA / 2)) == {Verdict.HOLDS}


def test_each_limit_is_tested_at_its_own_error():
    candidate, tune, vault = made("binary", SETS)
    limits = [parse_limit("coverage >= 0.9", sure=0.999), parse_limit("coverage >= 0.8")]
    done = controlled(candidate, tune, vault, limits, lambda limit: (1 - limit.sure) / 2)
    strict = controlled(candidate, tune, vault, limits[:1], lambda limit: (1 - limit.sure) / 2)
    assert np.array_equal(
        done.candidate.parts["guard"].arrays["floor"], strict.candidate.parts["guard"].arrays["floor"]
    )


def test_a_limit_that_nothing_serves_changes_nothing():
    candidate, tune, vault = made("binary", SETS)
    for texts in (["auroc >= 0.7"], ["set-size <= 1.5"], ["size <= 1 MB"]):
        assert not can_be_controlled(candidate, limits_of(*texts))
        done = controlled(candidate, tune, vault, limits_of(*texts), lambda _: ALPHA)
        assert done.candidate == candidate and not done.notes


@pytest.mark.slow
def test_a_file_that_is_made_again_from_its_lock_says_at_which_look_it_was_judged(tmp_path):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 400))
    columns = {"a": a.tolist(), "b": b.tolist(), "y": np.where(a + b > rng.normal(size=400), "yes", "no").tolist()}
    wanted = Recipe(
        data=DataSpec(source="", target="y"), limits=limits_of("coverage >= 0.85"), steps=(*LINE, SETS), seed=1
    )
    here = {"store": tmp_path / "store", "state": tmp_path / "here"}
    compile_recipe(wanted, columns, **here)
    second = compile_recipe(replace(wanted, seed=0), columns, **here)
    recipe = parse_recipe(decode(second.data).manifest["recipe"].replace('source = ""', 'source = "x"'))
    assert recipe.lock.control == second.look == Look(build=2)
    again = compile_recipe(replace(recipe, data=wanted.data), columns, **{**here, "state": tmp_path / "elsewhere"})
    assert again.body_digest == second.body_digest
    assert decode(again.data).evidence["look"]["build"] == 2
    assert contradictions(claims_of(decode(again.data))) == []
