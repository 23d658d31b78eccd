"""The doctor finds planted defects, and leaves clean tables alone."""

import dataclasses
import json

import numpy as np
import pytest
from made_tables import random_table, table
from sklearn import datasets

from trivet.core.folds import folds_of
from trivet.core.rows import Dataset
from trivet.core.scores import area_under_roc
from trivet.data.doctor import Finding, columns_to_drop, examine, examine_columns, examine_rows
from trivet.data.doctor.checks.label_errors import label_issues
from trivet.data.doctor.checks.leaking_columns import number_score, rank_correlation
from trivet.data.doctor.out_of_fold import logistic_matrix, logistic_probabilities
from trivet.data.split.splits import split


def examined(rows, task, seed=0):
    data, vault = split(rows, task, seed=seed)
    return examine(rows, task, dataset=data, vault=vault, seed=seed)


def with_column(values, name="planted", n_rows=1000, **more):
    """The random table with one more column."""
    rows, task = random_table(n_rows, **more)
    extra, _ = table({name: values(rows) if callable(values) else values}, rows.truth)
    rows = dataclasses.replace(
        rows,
        fields=rows.fields + extra.fields,
        columns={**rows.columns, **extra.columns},
        words={**rows.words, **extra.words},
    )
    return rows, dataclasses.replace(task, inputs=rows.fields)


def codes_of(rows, task, column="planted"):
    """{code: finding} about one column."""
    return {f.code: f for f in examine_columns(rows, task, seed=0) if f.column == column}


def by_code(findings):
    return {f.code: f for f in findings}


def toy(loader):
    bunch = loader()
    names = [str(name) for name in getattr(bunch, "feature_names", range(bunch.data.shape[1]))]
    goal = "regress" if loader is datasets.load_diabetes else "classify"
    return table(dict(zip(names, bunch.data.T)), bunch.target, goal=goal)


rng = np.random.default_rng(0)
START = rng.bit_generator.state


@pytest.fixture(autouse=True)
def every_test_draws_the_same_numbers():
    rng.bit_generator.state = START


DEFECTS = {
    "target-copy": [
        lambda rows: rows.truth,
        lambda rows: 1 - rows.truth,
        lambda rows: np.where(rows.truth == 1, "refused", "approved"),
        lambda rows: np.where(rows.truth == 1, 3, 1 + (rows.ids % 2)),  # `action` of the loanapp table
        lambda rows: np.where(rows.truth == 1, np.nan, 1.0),  # filled in for one class only
    ],
    "leaking-column": [
        lambda rows: rows.truth + 0.1 * rng.normal(size=len(rows)),
        lambda rows: np.where(rows.truth == 1, rng.normal(size=len(rows)), 5 * rng.choice([-1, 1], len(rows))),
        lambda rows: np.char.add(np.where(rows.truth == 1, "x", "y"), (rows.ids % 12).astype(str)),
    ],
    "id-column": [
        lambda rows: rows.ids + 1,
        lambda rows: rows.ids[::-1] * 7,
        lambda rows: rng.permutation(len(rows)) + 5000,
        lambda rows: np.char.add("customer-", rng.permutation(len(rows)).astype(str)),
    ],
    "constant-column": [lambda rows: np.full(len(rows), 4.2), lambda rows: np.full(len(rows), "yes")],
    "empty-column": [lambda rows: np.full(len(rows), np.nan)],
    "nearly-constant-column": [lambda rows: (rows.ids < 3) * 1.0],
    "missing-values": [lambda rows: np.where(rows.ids % 3, np.nan, rng.normal(size=len(rows)))],
    "sentinel-value": [
        lambda rows: np.where(rows.ids % 50, rng.uniform(0, 100, len(rows)), -999),
        lambda rows: np.where(rows.ids % 50, rng.uniform(0, 100, len(rows)), 9999),
        lambda rows: np.where(rows.ids % 50, rng.integers(0, 30, len(rows)), -1),
    ],
    "suspicious-zero": [lambda rows: np.where(rows.ids % 50, rng.uniform(60, 180, len(rows)), 0)],
    "sentinel-word": [lambda rows: np.where(rows.ids % 9, rng.choice(["a", "b"], len(rows)), "Unknown")],
    "mixed-units": [
        lambda rows: rng.normal(170, 9, len(rows)) / np.where(rows.ids % 12, 1, 100),  # cm, some in m
        lambda rows: rng.normal(170, 9, len(rows)) / np.where(rows.ids % 12, 1, 2.54),
        lambda rows: np.exp(rng.normal(10, 0.5, len(rows))) * np.where(rows.ids % 3, 1, 1000),
    ],
    "possible-id": [lambda rows: rng.integers(10**6, 10**8, len(rows))],
}


@pytest.mark.parametrize(("code", "plant"), [(code, plant) for code, plants in DEFECTS.items() for plant in plants])
def test_finds_the_planted_defect_and_names_the_column(code, plant):
    found = codes_of(*with_column(plant))
    assert code in found, found
    assert not ({"target-copy", "leaking-column", "id-column"} - {code}) & set(found)


def test_the_other_columns_of_the_planted_tables_have_no_finding():
    rows, task = random_table(1000)
    assert examine_columns(rows, task, seed=0) == ()


@pytest.mark.parametrize(
    "values",
    [
        lambda rows: rng.normal(size=len(rows)),  # unique, but measured
        lambda rows: rng.integers(18, 90, len(rows)),
        lambda rows: rng.poisson(0.5, len(rows)),  # zeros that are zeros
        lambda rows: np.round(np.exp(rng.normal(10, 1, len(rows))), 2),
        lambda rows: rng.choice(["n/e", "s/w"], len(rows)),
        lambda rows: np.where(
            rng.random(len(rows)) < 0.4, rng.normal(2, 0.25, len(rows)), rng.normal(4.4, 0.4, len(rows))
        ),
        lambda rows: rng.choice([-1, 0, 1], len(rows)),
    ],
)
def test_says_nothing_about_an_ordinary_column(values):
    assert codes_of(*with_column(values)) == {}


@pytest.mark.parametrize(
    "recoded",
    [lambda y: 1.8 * y + 32, np.log, lambda y: -y, lambda y: np.round(np.log(y), 3)],
    ids=["affine", "log", "negative", "rounded log"],
)
def test_a_number_target_in_other_units_is_a_copy(recoded):
    answer = np.exp(rng.normal(3, 0.5, 800))
    rows, task = table({"planted": recoded(answer), "other": rng.normal(size=800)}, answer, goal="regress")
    assert codes_of(rows, task)["target-copy"].severity == "block"


def test_a_number_target_with_noise_is_a_leak():
    answer = np.exp(rng.normal(3, 0.5, 800))
    rows, task = table({"planted": answer + 0.3 * rng.normal(size=800)}, answer, goal="regress")
    assert "leaking-column" in codes_of(rows, task)


@pytest.mark.parametrize(
    "loader",
    [datasets.load_iris, datasets.load_wine, datasets.load_breast_cancer, datasets.load_diabetes],
)
def test_clean_public_tables_are_not_blocked(loader):
    findings = examined(*toy(loader))
    assert not [f for f in findings if f.severity == "block"]
    assert not [f for f in findings if f.code in ("id-column", "split-overlap", "leaking-column")]


def test_free_text_is_no_id_but_single_unique_words_are():
    sentence = [f"the guest number {n} liked room {n % 7}" for n in range(300)]
    token = [f"u{n:x}@mail" for n in range(300)]
    rows, task = table({"said": sentence, "mail": token}, np.arange(300) % 2, texts=("said", "mail"))
    assert columns_to_drop(examine_columns(rows, task, seed=0)) == ("mail",)


def test_duplicates_and_conflicts_are_counted_and_named():
    rows, task = random_table(600)
    rows = rows.take(np.concatenate([np.arange(600), [5, 5, 8, 9]]))
    answer = rows.truth.copy()
    answer[602] = 1 - answer[8]
    rows = dataclasses.replace(rows, truth=answer, ids=np.arange(604))
    found = by_code(examined(rows, task))
    assert set(found["duplicate-rows"].rows) == {5, 600, 601, 9, 603}
    assert "3 rows" in found["duplicate-rows"].evidence
    assert set(found["conflicting-answers"].rows) == {8, 602}


def test_an_id_column_hides_duplicates_neither_from_the_doctor_nor_from_the_split():
    rows, task = with_column(lambda rows: rows.ids)
    for name, column in rows.columns.items():
        if name != "planted":
            column[500:540] = column[:40]
    torn = by_code(examined(rows, task))
    assert {"split-overlap", "conflicting-answers"} <= set(torn)

    of_columns = examine_columns(rows, task, seed=0)
    rows = dataclasses.replace(rows, fields=tuple(f for f in rows.fields if f.name not in columns_to_drop(of_columns)))
    data, vault = split(rows, task, seed=0)
    whole = examine_rows(rows, task, dataset=data, vault=vault, seed=0, of_columns=of_columns)
    assert "split-overlap" not in by_code(whole) and "id-column" in by_code(whole)


def test_a_split_that_tears_equal_rows_or_groups_apart_is_blocked():
    rows, task = random_table(400, group=np.arange(400) // 4)
    rows = rows.take(np.tile(np.arange(200), 2))
    ends = {"fit": (0, 200), "tune": (200, 260), "choose": (0, 0)}
    torn = Dataset(splits={name: rows.take(np.arange(*between)) for name, between in ends.items()})
    found = by_code(examine(rows, task, dataset=torn, vault=rows.take(np.arange(260, 400)), seed=0))
    assert found["split-overlap"].severity == found["torn-group"].severity == "block"


def test_old_vault_rows_are_reported_under_a_split_by_time():
    rows, task = random_table(400, time=np.arange(400))
    data, vault = split(dataclasses.replace(rows, roles={}), task, seed=0)
    timed = Dataset(splits={name: rows.take(part.ids) for name, part in data.splits.items()})
    found = by_code(examine(rows, task, dataset=timed, vault=rows.take(vault.ids), seed=0))
    assert found["time-overlap"].severity == "warn"


def test_near_copies_across_the_border_are_found():
    numbers = rng.normal(size=(800, 6))
    numbers[400:] = numbers[:400] + 1e-6 * rng.normal(size=(400, 6))
    found = by_code(examined(*table(dict(zip("abcdef", numbers.T)), np.tile(np.arange(400) % 2, 2))))
    assert found["near-copies"].n_rows > 50


def test_independent_rows_are_no_near_copies():
    numbers = rng.normal(size=(3000, 4))
    assert "near-copies" not in by_code(examined(*table(dict(zip("abcd", numbers.T)), np.arange(3000) % 2)))


def test_rare_classes_and_imbalance_and_small_vaults_are_told():
    found = by_code(examined(*random_table(300, classes=(0.96, 0.04))))
    assert {"rare-class", "imbalanced-classes", "small-vault"} <= set(found)


def test_one_answer_everywhere_is_blocked():
    rows, task = table({"x": rng.normal(size=100)}, np.full(100, 3.0), goal="regress")
    assert by_code(examined(rows, task))["constant-answer"].severity == "block"


@pytest.fixture(scope="module")
def flipped_digits():
    """Digits with 120 of 1,797 labels flipped: rows, task, the flipped ids."""
    bunch = datasets.load_digits()
    chance = np.random.default_rng(7)
    flipped = chance.choice(1797, 120, replace=False)
    labels = bunch.target.copy()
    labels[flipped] = (labels[flipped] + chance.integers(1, 10, 120)) % 10
    return *table({f"p{n}": column for n, column in enumerate(bunch.data.T)}, labels), flipped


@pytest.fixture(scope="module")
def shared_probabilities(flipped_digits):
    rows, _, _ = flipped_digits
    folds = folds_of(rows, 5, 0)
    return logistic_probabilities(logistic_matrix(rows), rows.truth, folds)


def test_flipped_digits_are_found(flipped_digits, shared_probabilities):
    rows, _, flipped = flipped_digits
    flagged, _ = label_issues(rows.truth, shared_probabilities)
    right = len(np.intersect1d(flagged, flipped))
    assert right / 120 >= 0.75
    assert right / len(flagged) >= 0.65


@pytest.mark.slow
def test_leaving_out_the_flagged_rows_recovers_half_of_what_noise_cost():
    from sklearn.linear_model import LogisticRegression

    bunch = datasets.load_digits()
    chance = np.random.default_rng(3)
    order = chance.permutation(1797)
    learn, held = order[:1200], order[1200:]
    labels = bunch.target[learn].copy()
    wrong = chance.choice(1200, 180, replace=False)
    labels[wrong] = (labels[wrong] + chance.integers(1, 10, 180)) % 10
    rows, _ = table({f"p{n}": column for n, column in enumerate(bunch.data[learn].T)}, labels)
    folds = folds_of(rows, 5, 0)
    flagged, _ = label_issues(labels, logistic_probabilities(logistic_matrix(rows), labels, folds))

    def accuracy(which, given):
        model = LogisticRegression(max_iter=300, tol=1e-3).fit(bunch.data[learn][which] / 16, given[which])
        return model.score(bunch.data[held] / 16, bunch.target[held])

    every = np.arange(1200)
    clean, noisy = accuracy(every, bunch.target[learn]), accuracy(every, labels)
    assert accuracy(np.setdiff1d(every, flagged), labels) - noisy >= 0.5 * (clean - noisy) > 0


@pytest.mark.reference
def test_flags_and_scores_equal_those_of_cleanlab(flipped_digits, shared_probabilities):
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    labels = flipped_digits[0].truth
    flagged, quality = label_issues(labels, shared_probabilities)
    theirs = find_label_issues(labels, shared_probabilities, return_indices_ranked_by="self_confidence", n_jobs=1)
    assert set(flagged) == set(theirs)
    assert (quality == get_label_quality_scores(labels, shared_probabilities)).all()
    assert (np.diff(quality[flagged]) >= 0).all()


def wronged(rows):
    """The answers with 15 surely wrong ones, far from the border between the classes, and where these are."""
    side = rows.columns["first"] + 0.5 * rows.columns["second"] - 0.6
    bad = np.random.default_rng(1).choice(np.flatnonzero(np.abs(side) > 1.2), 15, replace=False)
    answer = rows.truth.copy()
    answer[bad] = 1 - answer[bad]
    return answer, bad


def test_label_errors_are_reported_worst_first_and_without_changing_labels():
    rows, task = random_table(1500)
    answer, bad = wronged(rows)
    rows = dataclasses.replace(rows, truth=answer)
    before = rows.digest
    found = by_code(examined(rows, task))["label-errors"]
    assert len(set(found.rows) & set(bad.tolist())) >= 13
    assert rows.digest == before and f"first: row {found.rows[0]}, labelled" in found.evidence


def test_a_leaking_column_does_not_hide_label_errors():
    answer, bad = wronged(random_table(1500)[0])
    copied, task = with_column(lambda rows: answer, n_rows=1500)
    found = by_code(examined(dataclasses.replace(copied, truth=answer), task))
    assert len(set(found["label-errors"].rows) & set(bad.tolist())) >= 13
    assert found["target-copy"].column == "planted"


def test_unlikely_numbers_are_reported():
    x = rng.uniform(0, 10, 1000)
    answer = 3 * x + rng.normal(size=1000)
    answer[[11, 500]] = 300
    found = by_code(examined(*table({"x": x, "z": rng.normal(size=1000)}, answer, goal="regress")))
    assert set(found["unlikely-answers"].rows) >= {11, 500} and found["unlikely-answers"].n_rows <= 5


def test_big_tables_are_sampled_and_say_so():
    rows, task = with_column(lambda rows: rows.truth + 0.1 * rng.normal(size=len(rows)), n_rows=12_000)
    assert "10,000 of 12,000 rows" in codes_of(rows, task)["leaking-column"].evidence


def test_the_same_seed_gives_the_same_findings():
    rows, task = random_table(400, classes=(0.3, 0.3, 0.4))
    assert examined(rows, task) == examined(rows, task)


def test_columns_to_drop_are_those_no_model_should_see():
    rows, task = with_column(lambda rows: rows.truth)
    rows2, task2 = with_column(lambda rows: rows.ids)
    assert columns_to_drop(examine_columns(rows, task, seed=0)) == ("planted",)
    assert columns_to_drop(examine_columns(rows2, task2, seed=0)) == ("planted",)
    assert columns_to_drop(examine_columns(*with_column(DEFECTS["leaking-column"][0]), seed=0)) == ()


def test_many_notes_of_a_kind_become_one():
    columns = {f"c{n}": (np.arange(500) == n) * 1.0 for n in range(30)}
    rows, task = table({**columns, "x": rng.normal(size=500)}, np.arange(500) % 2)
    notes = [f for f in examine_columns(rows, task, seed=0) if f.code == "nearly-constant-column"]
    assert len(notes) == 1 and notes[0].evidence.startswith("30 columns (c0, c1")


def test_a_finding_survives_json():
    for finding in examined(*with_column(lambda rows: rows.truth)):
        assert Finding.from_json(json.loads(json.dumps(finding.as_json()))) == finding
        assert len(finding.rows) <= 20 and finding.n_rows >= len(finding.rows)


def test_columns_of_every_kind_with_gaps_are_examined():
    rows, task = random_table(300)
    for name, column in rows.columns.items():
        column[::7] = -1 if name == "colour" else np.nan
    text, _ = table({"said": [f"it was very {n % 5} good {n}" for n in range(300)]}, rows.truth, texts=("said",))
    rows = dataclasses.replace(
        rows,
        fields=rows.fields + text.fields,
        columns={**rows.columns, **text.columns},
        words={**rows.words, **text.words},
    )
    assert not [f for f in examined(rows, dataclasses.replace(task, inputs=rows.fields)) if f.severity == "block"]


def test_auroc_and_correlation_equal_those_of_the_reference_libraries():
    from scipy.stats import spearmanr
    from sklearn.metrics import roc_auc_score

    score, positive = rng.integers(0, 20, 500), rng.integers(0, 2, 500).astype(bool)
    assert area_under_roc(score, positive) == pytest.approx(roc_auc_score(positive, score), abs=1e-12)
    assert rank_correlation(score, positive) == pytest.approx(spearmanr(score, positive).statistic, abs=1e-12)


def test_r2_of_levels_that_say_nothing_is_not_above_zero():
    fold, levels = np.arange(900) % 3, rng.integers(0, 5, 900)
    assert number_score(levels, rng.normal(size=900), fold) <= 0.01
