"""How much of given rows was in the build is told with an interval, and never of rows that merely repeat by nature."""

import numpy as np
import pytest

from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.data.split.row_sketch import row_sketch
from trivet.engine.overlap import group_overlap, overlap


def rows_of(values, group=None):
    values = np.asarray(values, float)
    return Rows(
        fields=(Field(name="a", type="number"),), columns={"a": values}, words={},
        truth=np.zeros(len(values), np.int32), ids=np.arange(len(values)),
        roles={} if group is None else {"group": group},
    )  # fmt: skip


def numbers(n_rows, seed):
    return rows_of(np.random.default_rng(seed).normal(size=n_rows))


def test_05_4_rows_of_the_build_are_known_with_an_interval():
    build = numbers(10_000, 0)
    found = overlap(row_sketch(build), build)
    assert found.is_seen and found.sampled == 256
    assert str(found) == "about 100 % (98.6 to 100)"


def test_05_4_fresh_rows_are_fresh():
    found = overlap(row_sketch(numbers(10_000, 0)), numbers(10_000, 1))
    assert found.can_tell and not found.is_seen and found.share == 0 and found.high < 0.02


def test_05_4_nineteen_rows_of_ten_thousand_cannot_be_told():
    build = numbers(10_000, 0)
    found = overlap(row_sketch(build), build.take(np.arange(19)))
    assert not found.can_tell and not found.is_seen
    enough = overlap(row_sketch(build), build.take(np.arange(found.needed)))
    assert enough.is_seen


def test_05_4_nineteen_rows_of_two_hundred_are_all_looked_up():
    build = numbers(200, 0)
    found = overlap(row_sketch(build), build.take(np.arange(19)))
    assert found.is_exact and found.is_seen and str(found) == "100 %"
    assert not overlap(row_sketch(build), numbers(19, 1)).is_seen


@pytest.mark.parametrize("kinds", [3, 30, 300, 3000])
def test_05_4_rows_that_repeat_by_nature_are_not_taken_for_rows_of_the_build(kinds):
    rng, wrong = np.random.default_rng(kinds), 0
    share = 1 / np.arange(1, kinds + 1)  # few common rows and many rare ones, as in tables of categories
    for _ in range(100):
        build, fresh = (rng.choice(kinds, n, p=share / share.sum()) for n in (1000, 300))
        wrong += overlap(row_sketch(rows_of(build)), rows_of(fresh)).is_seen
    assert wrong <= 5  # each end of a 95 % interval errs at most 2.5 times in a hundred


def test_05_4_half_known_rows_are_told_as_half():
    build = numbers(2_000, 0)
    mixed = rows_of(np.concatenate([build.columns["a"][:1000], numbers(1000, 1).columns["a"]]))
    found = overlap(row_sketch(build), mixed)
    assert found.low < 0.5 < found.high and found.is_seen


def test_05_2_the_share_of_rows_in_known_groups_is_exact_for_few_groups():
    build = rows_of(np.arange(100), group=np.repeat(np.arange(10), 10))
    fresh = rows_of(np.arange(40), group=np.repeat([8, 9, 10, 11], [5, 5, 10, 20]))
    found = group_overlap(row_sketch(build), fresh)
    assert found.is_exact and found.share == 0.25
