"""Near copies that nobody marked are seen and named; ordinary tables are left alone."""

import dataclasses
import importlib

import numpy as np
import pytest
from made_tables import table
from sklearn import datasets

from trivet.core.recipe import DataSpec, Recipe
from trivet.core.row_keys import row_keys
from trivet.data.doctor import Finding
from trivet.data.doctor.checks.near_copies import NearCopies, clumps
from trivet.data.doctor.crowding import crowding, gap_p_values, judged
from trivet.data.doctor.exam import Exam
from trivet.data.doctor.mates import is_shared, likeness, likenesses, nearer, pairs
from trivet.data.doctor.ranks import jittered_ranks, rank_correlation, ranks
from trivet.data.intake import take_in
from trivet.data.split.splits import split


def copies(seed=0, n_rows=800, each=20, within=0.05, width=6, **more):
    """Columns, answer and patient of rows that are near copies of each other, in any order."""
    rng = np.random.default_rng(seed)
    patient = np.repeat(np.arange(n_rows // each), each)[rng.permutation(n_rows)]
    n = n_rows // each
    numbers = rng.normal(size=(n, width))[patient] + within * rng.normal(size=(n_rows, width))
    columns = {f"x{at}": column for at, column in enumerate(numbers.T)}
    columns["ward"] = rng.choice(["a", "b", "c"], n)[patient]
    answer = (numbers[:, 0] + rng.normal(size=n)[patient] + rng.normal(size=n_rows) > 0).astype(int)
    return columns, answer, rng.permutation(3 * n)[:n][patient], more


def independent(seed=0, n_rows=800, width=6):
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(n_rows, width)) @ rng.normal(size=(width, width))
    numbers[:, 0], numbers[:, 1] = np.exp(numbers[:, 0]), np.round(numbers[:, 1] * 5)
    columns = {f"x{at}": column for at, column in enumerate(numbers.T)}
    columns["ward"] = rng.choice(["a", "b", "c"], n_rows)
    return columns, (numbers[:, 2] > 0).astype(int)


def found(rows, task, **aside):
    """{label: finding} of the check, with the split that a build would make."""
    dataset, vault = split(rows, task, seed=0)
    parts = (dataset.fit, dataset.tune, dataset.choose, vault)
    return {one.label: one for one in NearCopies().check(Exam(rows=rows, task=task, seed=0, parts=parts, aside=aside))}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("each", "within", "width"), [(20, 0.05, 6), (20, 0.2, 6), (5, 0.1, 6), (2, 0.05, 6), (20, 0.05, 3), (20, 0.3, 12)]
)
def test_copies_are_caught_and_cap(seed, each, within, width):
    columns, answer, _, _ = copies(seed, each=each, within=within, width=width)
    finding = found(*table(columns, answer))["near-copies"]
    assert finding.severity == "warn" and finding.caps and finding.n_rows > 0


@pytest.mark.parametrize("seed", range(20))
def test_independent_rows_have_no_finding(seed):
    assert found(*table(*independent(seed))) == {}


def test_the_group_is_named_whether_a_model_sees_it_or_not():
    columns, answer, patient, _ = copies()
    seen = found(*table({**columns, "patient id": patient}, answer))
    assert "`--group 'patient id'` would keep them together" in seen["near-copies"].fix
    assert seen["missing-group(patient id)"].caps
    hidden = found(*table(columns, answer), pid=patient.astype(float))
    assert "`--group pid`" in hidden["near-copies"].fix and hidden["missing-group(pid)"].caps


@pytest.mark.parametrize("seed", range(5))
def test_groups_as_wide_as_their_members_are_seen_by_their_column_alone(seed):
    columns, answer, patient, _ = copies(seed, within=1.0)  # an intraclass correlation of .5
    assert set(found(*table({**columns, "pid": patient}, answer))) == {"missing-group(pid)"}
    assert found(*table(columns, answer)) == {}  # the limit of what distances can tell


def test_answers_alone_tell_a_group_that_no_model_sees_but_not_an_input():
    rng = np.random.default_rng(3)
    columns, _ = independent(3, 2000)
    patient = rng.permutation(np.repeat(np.arange(200), 10))
    answer = (rng.normal(size=200)[patient] + rng.normal(size=2000) > 0).astype(int)
    assert found(*table(columns, answer), pid=patient.astype(float))["missing-group(pid)"].caps
    assert found(*table({**columns, "brand": np.char.add("b", patient.astype(str))}, answer)) == {}


def test_an_age_a_count_and_a_shuffled_number_are_no_groups():
    columns, answer = independent(1, 2000)
    rng = np.random.default_rng(1)
    columns["age"] = np.round(45 + 12 * rng.normal(size=2000) + 3 * columns["x2"])
    columns["visits"] = rng.poisson(30, 2000)
    columns["lot"] = rng.integers(0, 300, 2000)
    assert found(*table(columns, answer)) == {}


@pytest.mark.parametrize("within", [0.05, 0.2])
def test_a_named_group_lies_on_one_side_however_crowded_it_is(within):
    columns, answer, patient, _ = copies(within=within)
    rows, task = table(columns, answer, group=patient)
    assert found(rows, task) == {}
    for some, share in ((rows, 0.0), (table(columns, answer)[0], 0.5)):
        dataset, vault = split(some, task, seed=0)
        said = crowding(vault, dataset.fit.and_(dataset.tune).and_(dataset.choose))
        assert said.jump > 1.3 and said.across == pytest.approx(share, abs=0.06)


def test_rows_that_agree_but_for_rounding_cap_above_five_percent():
    rng = np.random.default_rng(0)
    numbers = rng.normal(size=(2000, 5))
    few, many = numbers.copy(), numbers.copy()
    few[:60] = few[60:120] + 1e-7
    many[:300] = many[300:600] + 1e-7
    for some, caps in ((few, False), (many, True)):
        finding = found(*table(dict(zip("abcde", some.T)), rng.integers(0, 2, 2000)))["near-copies"]
        assert finding.caps == caps
        assert caps or "thousandth" in finding.evidence


def test_neither_the_order_of_rows_nor_the_seed_decides():
    columns, answer, _, _ = copies()
    rows, task = table(columns, answer)
    dataset, vault = split(rows, task, seed=0)
    rest = dataset.fit.and_(dataset.tune).and_(dataset.choose)
    order = np.random.default_rng(0).permutation(len(rest))
    one, other = crowding(vault, rest), crowding(vault, rest.take(order))
    assert (one.jump, one.mates, one.share) == (other.jump, other.mates, other.share)


def test_independent_spacings_are_exponentials_of_one_mean():
    rng = np.random.default_rng(0)
    gaps = rng.exponential(size=(20_000, 30))
    alone = gap_p_values(gaps)
    assert (alone < 0.01).mean() == pytest.approx(0.01, abs=0.002)  # the first term of Fisher's sum is nearly all there
    for width in (2, 5):
        points = rng.random((4000, width))
        at = 0.5 + 0.1 * (rng.random((300, width)) - 0.5)
        distances = np.sort(np.sqrt(np.square(at[:, None] - points).sum(axis=2)), axis=1)[:, :40]
        said = judged(distances, np.arange(300))
        assert said.jump < 1.4 and said.share < 0.05


def test_a_gap_worked_out_by_hand():
    # Distances 1, 2, 20, 22: spacings 1 log 2, 2 log 10, 3 log 1.1 = 0.693, 4.605, 0.286, of mean 1.861.
    said = judged(np.array([[1.0, 2.0, 20.0, 22.0]] * 3), np.arange(3))
    assert said.mates == 2
    assert said.jump == pytest.approx(4.605 / 0.693, rel=1e-3)  # the usual one is the median of the three
    assert said.alone[0] == pytest.approx(3 * (1 - 4.605 / 5.584) ** 2, rel=1e-2)
    assert "about 2 such rows are near each" in clumps(said)


def test_mates_and_strangers_worked_out_by_hand():
    row, mate, stranger = pairs(np.array([1, 1, 2, 2, 9]), np.random.default_rng(0))
    assert sorted(row) == [0, 1, 2, 3]
    assert {(r, m) for r, m in zip(row, mate)} == {(0, 1), (1, 0), (2, 3), (3, 2)}
    assert all(s in {0: (2, 3), 1: (2, 3), 2: (0, 1, 4), 3: (0, 1, 4)}[r] for r, s in zip(row, stranger))
    x = np.array([0.0, 0.1, 5.0, 5.2, 9.0])
    assert nearer([x], row, mate, stranger, np.array([1, 1, 2, 2, 9])[row])[0] == 1.0
    assert nearer([np.zeros(5)], row, mate, stranger, row) == (0.5, 0.0)
    assert is_shared(np.array([1.0, np.nan]), np.array([1.0, np.nan])) and not is_shared(x, x[::-1])


def test_what_is_a_fact_about_the_group_is_no_evidence_for_it():
    rng = np.random.default_rng(0)
    city = rng.integers(0, 40, 2000)
    place = rng.normal(size=(40, 3))
    columns = {**{f"p{at}": place[city, at] for at in range(3)}, "x": rng.normal(size=2000)}
    rows, _ = table(columns, rng.integers(0, 2, 2000))
    said = likeness(rows, "city", city.astype(float), is_input=True)
    assert abs(said.inputs - 0.5) < 0.06 and not said.is_group


def test_ranks_share_ties_and_jitter_spreads_them():
    assert ranks(np.array([3.0, 1.0, 3.0])).tolist() == [2.5, 1.0, 2.5]
    assert rank_correlation(np.arange(9.0), -np.exp(np.arange(9.0))) == pytest.approx(-1)
    assert rank_correlation(np.ones(5), np.arange(5)) == 0
    spread = jittered_ranks(np.repeat([0.0, 1.0], 5000), np.random.default_rng(0))
    assert (spread[:5000] < 0.5).all() and (spread[5000:] >= 0.5).all()
    assert np.quantile(spread, [0.1, 0.9]) == pytest.approx([0.1, 0.9], abs=0.01)


def test_what_cannot_be_told_is_not_told():
    rng = np.random.default_rng(0)
    words = {name: rng.choice(["a", "b"], 400) for name in "abcdefgh"}
    rows, _ = table(words, rng.integers(0, 2, 400))
    assert crowding(rows.take(np.arange(100)), rows.take(np.arange(100, 400))) is None
    few, _ = table(*independent(0, 60))
    assert crowding(few.take(np.arange(20)), few.take(np.arange(20, 60))) is None
    assert not [one for one in likenesses(few, {}) if one.is_group]


def public_tables():
    """(name, columns, answer) of every table of numbers and words in scikit-learn and statsmodels with 100 rows."""
    for name in ("breast_cancer", "diabetes", "digits", "iris", "wine"):
        bunch = getattr(datasets, f"load_{name}")()
        yield name, {f"c{at}": column for at, column in enumerate(bunch.data.T)}, bunch.target
    for name in ("anes96", "fair", "randhie", "star98"):
        frame = importlib.import_module(f"statsmodels.datasets.{name}").load_pandas().data
        columns = {str(column): frame[column].to_numpy(float) for column in frame.columns}
        *inputs, answer = columns
        yield name, {column: columns[column] for column in inputs}, columns[answer]


@pytest.mark.parametrize(("name", "columns", "answer"), [pytest.param(*one, id=one[0]) for one in public_tables()])
def test_no_alarm_on_public_tables(name, columns, answer):
    rows, task = table(columns, answer, goal="regress")
    assert [label for label, one in found(rows, task).items() if one.caps] == []
    for seed in range(3):  # nor on parts of them
        some = np.random.default_rng(seed).permutation(len(rows))[: max(len(rows) // 2, 100)]
        part = rows.take(np.sort(some))
        assert not [one for one in found(part, task).values() if one.caps]


# --- through intake


def source(**more):
    columns, answer, patient, _ = copies()
    cells = {name: column.tolist() for name, column in columns.items()}
    return {**cells, "pid": [f"p{one}" for one in patient], **more, "y": np.where(answer, "yes", "no").tolist()}


def recipe(*accept, drop=(), **roles):
    return Recipe(data=DataSpec(source="", target="y", drop=drop, roles=roles), accept=accept)


def test_a_dropped_column_still_tells_the_group():
    intake = take_in(recipe(drop=("pid",)), source())
    assert intake.capped == ("missing-group(pid)", "near-copies")
    (finding,) = [one for one in intake.findings if one.code == "near-copies"]
    assert "`--group pid` would keep them together" in finding.fix


def test_naming_the_group_lifts_the_cap_and_so_does_accepting_which_is_told():
    assert take_in(recipe(group="pid"), source()).capped == ()
    intake = take_in(recipe("near-copies", "missing-group(pid)"), source())
    assert intake.capped == ()
    told = [note for note in intake.notices if "is accepted: limits may hold" in note]
    assert [note.split(" ")[0] for note in told] == ["missing-group(pid)", "near-copies"]
    assert take_in(recipe("near-copies"), source()).capped == ("missing-group(pid)",)


def test_a_finding_keeps_whether_it_caps():
    capping = Finding(code="near-copies", severity="warn", evidence="e", fix="f", caps=True)
    assert Finding.from_json(capping.as_json()) == capping
    old = {key: cell for key, cell in capping.as_json().items() if key not in ("caps", "accepted")}
    assert not Finding.from_json(old).caps


def test_equal_rows_on_both_sides_are_left_to_split_overlap():
    columns, answer = independent()
    rows, task = table(columns, answer)
    dataset, vault = split(rows, task, seed=0)
    torn = dataset.fit.and_(dataclasses.replace(vault, ids=vault.ids + 10_000))
    parts = (torn, dataset.tune, dataset.choose, vault)
    assert np.isin(row_keys(vault), row_keys(torn)).all()
    exam = Exam(rows=rows, task=task, seed=0, parts=parts)
    assert not [one for one in NearCopies().check(exam) if "clumps" in one.evidence]
