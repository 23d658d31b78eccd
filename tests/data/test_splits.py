"""Splits obey their laws: nothing is lost, nothing leaks, and the parts resemble the whole."""

import dataclasses

import numpy as np
import pytest
from made_tables import random_table, table

from trivet.core.errors import BadData
from trivet.core.row_keys import row_keys
from trivet.core.shares import usual_shares
from trivet.data.split.splits import LEFT_OUT, parts_by_hash, split, subsample
from trivet.data.split.vault import Vault


def parts(rows, task, seed=0, **more):
    data, vault = split(rows, task, seed=seed, **more)
    return data.fit, data.tune, data.choose, vault


def together(pieces, key):
    """Whether no value of `key(part)` occurs in two parts."""
    seen = [set(key(part).tolist()) for part in pieces]
    return sum(map(len, seen)) == len(set.union(*seen))


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("n_rows", [40, 41, 333, 1000])
def test_every_row_is_in_exactly_one_part(seed, n_rows):
    rows, task = random_table(n_rows, seed=seed)
    ids = np.concatenate([part.ids for part in parts(rows, task, seed)])
    assert sorted(ids) == list(range(n_rows))


def is_near_its_share(n_vault, n_rows, share):
    """Within four standard deviations of what independent units give."""
    return abs(n_vault - n_rows * share) <= 4 * np.sqrt(n_rows * share * (1 - share))


def without_vault(shares):
    """The shares of fit, tune and choose among the rows that are not in the vault."""
    return np.array(shares[:3]) / sum(shares[:3])


@pytest.mark.parametrize("classes", [(0.7, 0.3), (0.9, 0.06, 0.04), (0.1,) * 10])
def test_every_class_is_spread_over_the_rows_that_teach_by_the_shares_within_two_rows(classes):
    rows, task = random_table(1000, classes=classes)
    *taught, vault = parts(rows, task)
    count = sum(np.bincount(part.truth, minlength=len(classes)) for part in taught)
    for part, share in zip(taught, without_vault(usual_shares(1000))):
        here = np.bincount(part.truth, minlength=len(count))
        assert np.abs(here - share * count).max() <= 2
        assert abs(len(part) - share * count.sum()) <= 2  # rounding errors of the classes do not add up
    assert is_near_its_share(len(vault), 1000, usual_shares(1000)[3])


def test_hundred_classes_of_four_rows_leave_no_part_thin_and_none_without_a_teacher():
    rows, task = table({"x": np.arange(400) * 0.37}, np.repeat(np.arange(100), 4))
    *taught, vault = parts(rows, task)
    assert len(np.unique(taught[0].truth)) == 100
    assert len(np.unique(vault.truth)) == 100
    rest = sum(map(len, taught))
    for part, share in zip(taught, without_vault(usual_shares(400))):
        assert abs(len(part) - rest * share) < 0.05 * 400


def test_the_only_row_of_a_class_teaches_whatever_its_hash():
    rng = np.random.default_rng(0)
    for only in range(20):
        answer = np.arange(400) % 3
        answer[answer == 2] = 1
        answer[only] = 2
        fit, *_, vault = parts(*table({"x": rng.normal(size=400)}, answer))
        assert 2 in fit.truth and 2 not in vault.truth


def test_deciles_of_a_number_are_spread_over_the_rows_that_teach():
    rng = np.random.default_rng(0)
    rows, task = table({"x": rng.normal(size=2000)}, np.exp(rng.normal(size=2000)), goal="regress")
    *taught, _ = parts(rows, task)
    truth = np.concatenate([part.truth for part in taught])
    edges = np.quantile(truth, np.arange(1, 10) / 10)
    for part, share in zip(taught, without_vault(usual_shares(2000))):
        counts = np.bincount(np.searchsorted(edges, part.truth), minlength=10)
        assert np.abs(counts - len(truth) / 10 * share).max() <= 3


@pytest.mark.parametrize("seed", range(5))
def test_groups_stay_whole_and_classes_stay_near_their_share(seed):
    rng = np.random.default_rng(seed)
    rows, task = random_table(2000, seed=seed, group=rng.integers(0, 200, 2000))
    pieces = parts(rows, task, seed)
    assert together(pieces, lambda part: part.group)
    assert is_near_its_share(len(np.unique(pieces[3].group)), 200, usual_shares(2000)[3])
    rest = sum(map(len, pieces[:3]))
    for part, share in zip(pieces[:3], without_vault(usual_shares(2000))):
        assert abs(len(part) / rest - share) < 0.015
        assert abs(part.truth.mean() - rows.truth.mean()) < 0.05


def test_equal_rows_stay_together_whatever_their_answer():
    rng = np.random.default_rng(0)
    rows, task = table({"a": rng.integers(0, 30, 1000), "b": rng.integers(0, 10, 1000)}, rng.integers(0, 2, 1000))
    assert together(parts(rows, task), row_keys)


def test_groups_that_share_equal_rows_stay_together_where_they_teach():
    rng = np.random.default_rng(0)
    group, x = np.arange(400) // 2, rng.normal(size=400)
    x[1], x[3], x[5] = x[2], x[4], x[6]  # ties groups 0, 1, 2 and 3 into one chain
    rows, task = table({"x": x}, rng.integers(0, 2, 400), group=group)
    homes = [part for part in parts(rows, task)[:3] if set(range(8)) & set(part.ids.tolist())]
    assert len(homes) <= 1


def test_a_row_that_repeats_a_vault_row_of_another_group_is_left_out():
    rng = np.random.default_rng(0)
    group, x = np.arange(2000) // 2, rng.normal(size=2000)
    x[1:60:2] = x[100:160:2]
    rows, task = table({"x": x}, rng.integers(0, 2, 2000), group=group)
    *taught, vault = parts(rows, task)
    keys = [row_keys(part) for part in (*taught, vault)]
    assert not set(np.concatenate(keys[:3]).tolist()) & set(keys[3].tolist())
    assert 0 < 2000 - sum(map(len, keys)) < 60


def test_inputs_that_repeat_by_nature_are_kept_although_they_stand_in_two_groups():
    rng = np.random.default_rng(0)
    columns = {"a": rng.integers(0, 50, 2000), "b": rng.integers(0, 20, 2000)}
    rows, task = table(columns, rng.integers(0, 2, 2000), group=np.arange(2000) // 20)
    assert not (parts_by_hash(rows, task, np.array(usual_shares(2000)), 0) == LEFT_OUT).any()


def test_later_rows_go_to_later_parts():
    rng = np.random.default_rng(0)
    rows, task = random_table(1000, time=rng.permutation(1000))
    fit, tune, choose, vault = parts(rows, task)
    assert fit.time.max() < tune.time.min()
    assert tune.time.max() < choose.time.min()
    assert choose.time.max() < vault.time.min()
    assert [len(p) for p in (fit, tune, choose, vault)] == [420, 100, 180, 300]


def test_rows_of_one_moment_are_not_torn_apart():
    rng = np.random.default_rng(0)
    rows, task = random_table(3000, time=rng.integers(0, 365, 3000))
    pieces = parts(rows, task)
    assert together(pieces, lambda part: part.time)
    assert all(abs(len(part) / 3000 - share) < 0.01 for part, share in zip(pieces, usual_shares(3000)))


def test_with_groups_and_time_fit_holds_nothing_after_its_cut():
    rng = np.random.default_rng(0)
    visits = rng.integers(0, 300, 1500)
    rows, task = random_table(1500, group=visits, time=visits + rng.uniform(0, 50, 1500))
    pieces = parts(rows, task)
    assert together(pieces, lambda part: part.group)
    ends = [max(part.time.max() for part in pieces[: n + 1]) for n in range(4)]
    last_of_group = {g: rows.time[rows.group == g].max() for g in np.unique(rows.group)}
    for end, part in zip(ends[:-1], pieces[1:]):
        assert min(last_of_group[g] for g in part.group) >= end


@pytest.mark.parametrize("with_groups", [False, True])
def test_the_order_of_the_source_plays_no_part(with_groups):
    rng = np.random.default_rng(1)
    rows, task = random_table(500, group=rng.integers(0, 60, 500) if with_groups else None)
    order = rng.permutation(500)
    shuffled = rows.take(order)
    for here, there in zip(parts(rows, task), parts(shuffled, task)):
        assert sorted(row_keys(here)) == sorted(row_keys(there))


def test_a_seed_changes_who_teaches_and_never_who_certifies():
    rows, task = random_table(500)
    one, same, other = (split(rows, task, seed=seed) for seed in (3, 3, 4))
    assert one[0].fit.digest == same[0].fit.digest and one[1].digest == same[1].digest
    assert one[0].fit.digest != other[0].fit.digest
    assert one[1].digest == other[1].digest


@pytest.mark.parametrize("with_groups", [False, True])
def test_rows_that_are_appended_leave_every_old_row_on_its_side(with_groups):
    rng = np.random.default_rng(2)
    rows, task = random_table(3000, group=rng.integers(0, 300, 3000) if with_groups else None)
    old = rows.take(np.arange(2000))
    before, after = split(old, task, seed=0)[1], split(rows, task, seed=1)[1]
    assert set(before.ids) == {at for at in after.ids if at < 2000}


def test_only_the_share_of_the_vault_grows_or_shrinks_at_the_borders_of_size():
    rows, task = random_table(9_999)
    large = rows.and_(dataclasses.replace(rows.take(np.arange(1)), ids=np.array([9_999])))
    assert set(split(large, task, seed=0)[1].ids) < set(split(rows, task, seed=0)[1].ids)


def test_shares_of_the_vault_are_those_of_the_plan():
    assert [usual_shares(n)[3] for n in (599, 600, 9_999, 10_000)] == [0.28, 0.30, 0.30, 0.20]
    assert all(sum(usual_shares(n)) == pytest.approx(1) for n in (100, 1000, 20_000))


def test_keys_do_not_depend_on_how_words_are_numbered():
    rows, _ = table({"word": ["b", "a", "c", "a"]}, [0, 1, 0, 1])
    code = np.array([2, 1, 0])
    renamed = dataclasses.replace(
        rows, columns={"word": code[rows.columns["word"]].astype(np.int32)}, words={"word": ("c", "b", "a")}
    )
    assert (row_keys(rows) == row_keys(renamed)).all()


def test_keys_know_one_zero_and_one_missing_number():
    other_nan = np.array([0x7FF8000000000001], np.uint64).view(float)[0]
    rows, _ = table({"x": [0.0, -0.0, np.nan, other_nan, 1.0]}, [0, 1, 0, 1, 0])
    keys = row_keys(rows)
    assert keys[0] == keys[1] and keys[2] == keys[3] and len(set(keys.tolist())) == 3


def test_subsample_keeps_order_classes_and_count():
    rows, _ = random_table(5000, classes=(0.9, 0.0996, 0.0004))
    some = subsample(rows, 300, seed=0)
    assert len(some) == pytest.approx(300, abs=1) and (np.diff(some.ids) > 0).all()
    assert len(np.unique(some.truth)) == 3
    assert some.digest == subsample(rows, 300, seed=0).digest
    assert subsample(rows, 9999, seed=0) is rows


def refusal(rows, task):
    with pytest.raises(BadData) as caught:
        split(rows, task, seed=0)
    return caught.value


def test_refuses_39_rows():
    assert refusal(*random_table(39)).code == "too-few-rows"


def test_refuses_a_class_that_only_comes_late_and_names_it():
    rows, task = table({"x": np.arange(100) * 1.5}, ["old"] * 95 + ["new"] * 5, time=np.arange(100))
    error = refusal(rows, task)
    assert error.code == "too-few-rows" and "'new' (5 rows)" in error.found


def test_refuses_three_groups():
    error = refusal(*random_table(300, group=np.arange(300) % 3))
    assert error.code == "too-few-groups" and "3 groups" in error.found


def test_refuses_a_table_with_three_different_rows():
    assert refusal(*table({"x": np.arange(300) % 3}, np.arange(300) % 2)).code == "too-few-groups"


def test_refuses_as_many_classes_as_rows():
    assert refusal(*table({"x": np.arange(100)}, np.arange(100))).code == "answer-classes"


def test_refuses_missing_times_and_answers_and_counts_them():
    late = np.arange(100.0)
    late[[7, 9]] = np.nan
    error = refusal(*random_table(100, time=late))
    assert error.code == "time-missing" and error.found.startswith("2 rows without, the first at row 7")
    assert refusal(*table({"x": np.arange(100)}, late, goal="regress")).code == "answer-missing"


def test_wrong_shares_are_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="sum to 1"):
        split(*random_table(100), seed=0, shares=(0.5, 0.5, 0.5, 0.5))


def test_the_vault_tells_who_opened_it():
    rows, _ = random_table(50)
    log = []
    vault = Vault(rows, log=log.append)
    assert len(vault) == 50 and vault.digest == rows.digest and not log
    assert vault.open("judge, finalist 1") is rows
    assert vault.open("judge, finalist 2") is rows
    assert [(o.by, o.number) for o in log] == [("judge, finalist 1", 1), ("judge, finalist 2", 2)]
    assert vault.openings == 2 and log[0].digest == rows.digest


def test_a_vault_that_cannot_log_stays_shut():
    def broken(opening):
        raise OSError("disk full")

    vault = Vault(random_table(50)[0], log=broken)
    with pytest.raises(OSError, match="disk full"):
        vault.open("judge")
    assert vault.openings == 0
