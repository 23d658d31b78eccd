"""The worst of several groups: known answers, what cannot tell, and what is no group."""

import numpy as np
import pytest
from made_trials import class_task

from trivet.core.errors import NotApplicable
from trivet.core.gauges import plain_trial
from trivet.core.limits import Verdict
from trivet.core.registry import find_gauge, parse_limit
from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.kit.stats.intervals import clopper_pearson
from trivet.runtime.batch import Answers
from trivet.testing.tasks import made_task
from trivet.testing.trials import sketch_of

INPUTS = (Field(name="ward", type="category"), Field(name="smokes", type="boolean"), Field(name="age", type="number"))


def trial_of(right, *, ward=None, smokes=None, site=None, weight=None, truth=None):
    """Rows of class "b" (or of `truth`), answered rightly where `right` says so, in these groups."""
    right = np.asarray(right, bool)
    truth = np.ones(len(right), int) if truth is None else np.asarray(truth)
    columns = {"age": np.arange(len(right)) + 0.5}  # so that no two rows are twins
    columns |= {} if ward is None else {"ward": np.asarray(ward, np.int32)}
    columns |= {} if smokes is None else {"smokes": np.asarray(smokes, float)}
    roles = {} if site is None else {"site": np.asarray(site, np.int64)}
    roles |= {} if weight is None else {"weight": np.asarray(weight, float)}
    rows = Rows(
        fields=tuple(field for field in INPUTS if field.name in columns), columns=columns,
        words={"ward": ("east", "west")}, truth=truth, ids=np.arange(len(right)), roles=roles,
    )  # fmt: skip
    task = made_task("classify", ("a", "b"), inputs=INPUTS, roles={"site": "clinic"})
    said = np.where(right, truth, 1 - truth)
    return plain_trial(task, rows, Answers(probabilities=np.eye(2)[said], chosen=said))


def test_the_worst_group_is_read_and_named_at_the_level_for_all():
    right = [1] * 95 + [0] * 5 + [1] * 40 + [0] * 10
    reading = find_gauge("accuracy(among=ward)").measure(trial_of(right, ward=[0] * 100 + [1] * 50))
    assert (reading.value, reading.n, reading.gauge) == (0.8, 150, "accuracy(among=ward)")
    assert reading.low == clopper_pearson(40, 50, 0.95)[0]
    assert reading.high == clopper_pearson(40, 50, 0.975)[1]
    assert reading.notes == ("worst is group 'west' (50 rows)",)
    assert reading.how == "Clopper-Pearson, worst of 2 groups"


def test_a_smaller_group_that_is_better_may_still_be_the_worst_for_all_we_know():
    right = [1] * 900 + [0] * 100 + [1] * 28 + [0] * 2  # 0.90 of 1,000 rows, 0.93 of 30
    reading = find_gauge("accuracy(among=ward)").measure(trial_of(right, ward=[0] * 1000 + [1] * 30))
    assert reading.value == 0.9
    assert reading.low == clopper_pearson(28, 30, 0.95)[0] < clopper_pearson(900, 1000, 0.95)[0]


@pytest.mark.parametrize("among", ["site", "clinic"])
def test_a_role_is_found_by_its_name_and_by_its_column(among):
    right = [1] * 60 + [0] * 40
    reading = find_gauge(f"accuracy(among={among})").measure(trial_of(right, site=[7] * 50 + [-3] * 50))
    assert reading.value == 0.2 and reading.notes == ("worst is group 1 of 2 (50 rows)",)


def test_truth_values_and_missing_cells_are_groups():
    smokes = [1.0] * 40 + [0.0] * 40 + [np.nan] * 40
    right = [1] * 40 + [1] * 40 + [0] * 40
    reading = find_gauge("accuracy(among=smokes)").measure(trial_of(right, smokes=smokes))
    assert reading.value == 0 and reading.notes == ("worst is group missing (40 rows)",)
    ward = trial_of(right, ward=[0] * 40 + [1] * 40 + [-1] * 40)
    assert find_gauge("accuracy(among=ward)").measure(ward).notes == ("worst is group missing (40 rows)",)


def test_small_groups_are_left_out_with_a_note():
    right = [1] * 50 + [0] * 29
    reading = find_gauge("accuracy(among=ward)").measure(trial_of(right, ward=[0] * 50 + [1] * 29))
    assert (reading.value, reading.n) == (1, 50)
    assert reading.notes[-1] == "1 group is left out, smaller than 30 rows: 29 rows in all"


def test_rows_of_weight_zero_are_in_no_group():
    ward, weight = [0] * 50 + [1] * 50, [1.0] * 50 + [1.0] * 20 + [0.0] * 30
    reading = find_gauge("accuracy(among=ward)").measure(trial_of([1] * 50 + [0] * 50, ward=ward, weight=weight))
    assert reading.value == 1 and "20 rows in all" in reading.notes[-1]


def test_a_group_that_cannot_tell_may_be_the_worst():
    truth = [0, 1] * 30 + [1] * 40
    reading = find_gauge("balanced-accuracy(among=ward)").measure(
        trial_of([1] * 100, ward=[0] * 60 + [1] * 40, truth=truth)
    )
    assert (reading.value, reading.low) == (1, 0)
    assert "group 'west' cannot tell" in reading.notes


def test_without_a_group_that_is_large_enough_nothing_is_proven():
    reading = find_gauge("accuracy(among=ward)").measure(trial_of([1] * 40, ward=[0] * 20 + [1] * 20))
    assert (reading.value, reading.low, reading.high, reading.n) == (1, 0, 1, 40)
    assert reading.notes == ("no group of 30 rows can be read, the largest has 20: this is the value of all rows",)
    assert parse_limit("accuracy(among=ward) >= 0.5").judge(reading) is Verdict.UNPROVEN


def test_rows_without_the_column_are_refused():
    with pytest.raises(NotApplicable, match="these rows have no 'site'"):
        find_gauge("accuracy(among=site)").measure(trial_of([1] * 40))


@pytest.mark.parametrize(("among", "why"), [("age", "type number"), ("nothing", "no column or role")])
def test_what_names_no_groups_is_refused_before_work(among, why):
    sketch = sketch_of("binary")
    sketch = type(sketch)(task=made_task("classify", ("no", "yes"), inputs=(*INPUTS, *sketch.task.inputs)), kinds={})
    with pytest.raises(NotApplicable, match=why) as caught:
        find_gauge(f'accuracy(among="{among}")').applies(sketch)
    assert "--role site=" in caught.value.do


def test_a_time_or_weight_column_names_no_groups():
    task = made_task("classify", ("no", "yes"), roles={"weight": "w"})
    with pytest.raises(NotApplicable, match="no column or role 'w'"):
        find_gauge("accuracy(among=w)").applies(type(sketch_of("binary"))(task=task, kinds={}))


def test_units_are_twins_and_groups_and_unknown_without_either():
    trial = trial_of([1, 1, 1, 1], ward=[0, 0, 1, 0], smokes=[0, 0, 0, 1])
    trial = plain_trial(
        trial.task, Rows(**{**vars_of(trial.rows), "columns": {**trial.rows.columns, "age": np.array([1.0, 1, 1, 1])}}),
        trial.plain,
    )  # fmt: skip
    units = trial.units
    assert units[0] == units[1] and len(set(units.tolist())) == 3
    assert plain_trial(class_task(2), Rows(fields=(), columns={}, words={}, truth=np.zeros(2), ids=np.arange(2)),
                       Answers()).units is None  # fmt: skip


def vars_of(rows):
    return {name: getattr(rows, name) for name in ("fields", "columns", "words", "truth", "ids", "roles")}


def test_the_interval_among_groups_covers_the_worst_of_them_in_simulation():
    """3 groups; the worst is known.  400 draws: 5 % miss in all at most, as promised, plus 2.3 % for the noise."""
    rng = np.random.default_rng(11)
    gauge, truth = find_gauge("accuracy(among=site)"), {(0.9, 0.9, 0.9): 0.9, (0.95, 0.9, 0.85): 0.85}
    for shares, worst in truth.items():
        missed = []
        for _ in range(400):
            site = rng.integers(0, 3, 240)
            read = gauge.measure(trial_of(rng.random(240) < np.array(shares)[site], site=site))
            missed.append((read.low > worst, read.high < worst))
        too_well, too_badly = np.mean(missed, axis=0)
        assert too_well <= 0.025 + 0.016  # two standard errors of 400 draws
        assert too_well + too_badly <= 0.05 + 0.022


def test_the_largest_of_groups_that_are_all_too_small_is_named():
    reading = find_gauge("accuracy(among=ward)").measure(trial_of([1] * 30, ward=[0] * 10 + [1] * 20))
    assert reading.notes[0].startswith("no group of 30 rows can be read, the largest has 20:")
    nobody = find_gauge("accuracy(among=ward)").measure(trial_of([1] * 30, ward=[0] * 10 + [1] * 20, weight=[1.0] * 30))
    assert nobody.notes == reading.notes


def test_groups_of_a_role_are_numbered_and_counted_among_all():
    right, site = [1] * 40 + [0] * 10 + [1] * 50 + [1] * 20, [7] * 50 + [3] * 50 + [5] * 20
    reading = find_gauge("accuracy(among=site)").measure(trial_of(right, site=site), sure=0.9)
    assert reading.notes == (
        "worst is group 3 of 3 (50 rows)", "1 group is left out, smaller than 30 rows: 20 rows in all",
    )  # fmt: skip
    # The bad end is the worst of the groups' own; the good end is that of a level raised for the two that count.
    assert (reading.value, reading.n, reading.sure) == (0.8, 100, 0.9)
    assert reading.low == pytest.approx(clopper_pearson(40, 50, 0.9)[0])
    assert reading.high == pytest.approx(clopper_pearson(40, 50, 0.95)[1])
    assert "worst of 2 groups" in reading.how


def test_of_what_is_better_low_the_worst_is_the_highest():
    right, site = [1] * 40 + [0] * 10 + [1] * 50, [7] * 50 + [3] * 50
    reading = find_gauge("log-loss(among=site)").measure(trial_of(right, site=site), sure=0.9)
    alone = [
        find_gauge("log-loss").measure(trial_of(some), sure=sure)
        for some in (right[:50], right[50:])
        for sure in (0.9, 0.95)
    ]
    assert reading.value == pytest.approx(alone[0].value)
    assert reading.high == pytest.approx(max(alone[0].high, alone[2].high))
    assert reading.low == pytest.approx(max(alone[1].low, alone[3].low))
    assert not reading.approximate
