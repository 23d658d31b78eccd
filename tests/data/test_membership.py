"""Who is in the vault, by hand: the share of hashes, a unit of each class on either side, rows that repeat."""

from dataclasses import replace

import numpy as np
import pytest

from trivet.core.row_keys import row_keys, spread_bits
from trivet.core.shares import usual_shares
from trivet.data.split.membership import certifies, repeated, unit_hashes, with_each_class
from trivet.data.split.splits import between_moments, is_unanswered, split
from trivet.testing.trials import made_rows, made_task_of

ROWS = replace(made_rows("binary", "good", 4000, seed=2), roles={})


def test_hashes_are_those_of_twins_or_of_groups_and_evenly_spread():
    hashes = unit_hashes(ROWS)
    assert hashes.tolist() == spread_bits(row_keys(ROWS) ^ np.uint64(0x7472697665740007)).tolist()
    grouped = replace(ROWS, roles={"group": np.arange(4000) // 4})
    by_group = unit_hashes(grouped)
    assert len(np.unique(by_group)) == 1000 and by_group[0] == by_group[3] != by_group[4]
    assert by_group[4] == spread_bits(np.array([1], np.uint64) ^ np.uint64(0x7472697665740007))[0]


@pytest.mark.parametrize("share", [0.05, 0.3, 0.9])
def test_units_whose_hash_lies_below_the_share_are_in_the_vault(share):
    inside = certifies(ROWS, share)
    assert inside.tolist() == (unit_hashes(ROWS) / 2.0**64 < share).tolist()
    assert abs(inside.mean() - share) < 4 * np.sqrt(share * (1 - share) / 4000)


def test_a_share_of_all_takes_all_but_what_each_class_needs_elsewhere():
    numbers = replace(ROWS, truth=ROWS.truth.astype(float))
    assert certifies(numbers, 1.0).all() and not certifies(numbers, 0.0).any()
    inside = certifies(ROWS, 1.0)
    assert [(~inside)[ROWS.truth == at].sum() for at in (0, 1)] == [1, 1]
    inside = certifies(ROWS, 0.0)
    assert [inside[ROWS.truth == at].sum() for at in (0, 1)] == [1, 1]
    assert unit_hashes(ROWS)[inside].tolist() == [
        int(unit_hashes(ROWS)[ROWS.truth == at].min()) for at in ROWS.truth[inside]
    ]  # the unit that is nearest to being inside by itself


@pytest.mark.parametrize(
    ("inside", "classes", "after"),
    [
        ([1, 0, 1, 0], [0, 0, 1, 1], [1, 0, 1, 0]),  # each class has both sides: nothing moves
        ([0, 1, 0, 1], [0, 0, 1, 1], [0, 1, 0, 1]),
        ([1, 1, 1, 0], [0, 0, 1, 1], [1, 0, 1, 0]),  # all of a class are inside: its last unit moves out
        ([0, 0, 1, 0], [0, 0, 1, 1], [1, 0, 1, 0]),  # none is: its first moves in
        ([1, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]),  # the only unit of a class teaches
        ([0, 0, 0, 0], [0, 1, 1, 1], [0, 1, 0, 0]),
        ([1, 1, 1, 1], [0, 1, 1, 1], [0, 1, 1, 0]),
        ([0, 0, 0, 1], [1, 1, 1, 0], [1, 0, 0, 0]),
    ],
)
def test_each_class_has_a_unit_on_either_side_if_it_has_two(inside, classes, after):
    held = np.array(inside, bool)
    with_each_class(held, np.arange(len(held)), np.array(classes))
    assert held.tolist() == [bool(one) for one in after]


def test_the_rarest_class_moves_first_and_units_of_two_classes_count_for_both():
    # Units: 0 has rows of the classes 0 and 1; 1 has a row of class 1; 2 and 3 of class 0.
    unit_of_row, classes = np.array([0, 0, 1, 2, 3]), np.array([0, 1, 1, 0, 0])
    held = np.zeros(4, bool)
    with_each_class(held, unit_of_row, classes)
    assert held.tolist() == [True, False, False, False]  # moved for class 1, and enough for class 0
    held = np.ones(4, bool)
    with_each_class(held, unit_of_row, classes)
    assert held.tolist() == [True, False, True, False]


def test_rows_that_repeat_a_vault_row_are_found_by_their_inputs():
    rest, vault = ROWS.take(np.arange(10)), ROWS.take(np.array([3, 7, 50]))
    assert np.flatnonzero(repeated(rest, vault)).tolist() == [3, 7]


@pytest.mark.parametrize(("rows", "shares"), [
    (599, (0.44, 0.12, 0.16, 0.28)), (600, (0.42, 0.10, 0.18, 0.30)), (9_999, (0.42, 0.10, 0.18, 0.30)),
    (10_000, (0.56, 0.10, 0.14, 0.20)),
])  # fmt: skip
def test_the_usual_shares(rows, shares):
    assert usual_shares(rows) == shares and sum(shares) == pytest.approx(1)


@pytest.mark.parametrize(
    ("cut", "moved"),
    [(0, 0), (10, 10), (11, 10), (12, 10), (13, 14), (14, 14), (50, 50), (100, 100), (199, 199), (200, 200)],
)
def test_a_cut_goes_to_the_nearer_end_of_a_run_of_one_moment(cut, moved):
    moments = np.arange(100.0)
    moments[11:14] = 10.0  # four of 200 units at one moment, from 10 to 13
    assert between_moments(np.r_[moments, np.arange(100.0, 200.0)], cut) == moved


def test_a_long_run_is_cut_through():
    moments = np.arange(200.0)
    moments[11:14] = 10.0
    assert between_moments(moments, 12) == 12 - 2  # four units are 2 % of 200
    moments[11:15] = 10.0
    assert between_moments(moments, 12) == 12


def test_answers_that_are_unknown():
    assert is_unanswered(np.array([0, -1, 2])).tolist() == [False, True, False]
    assert is_unanswered(np.array([0.0, np.nan, -1.0])).tolist() == [False, True, False]
    assert is_unanswered(np.array([[1.0, 2.0], [np.nan, 1.0]])).tolist() == [False, True]


@pytest.mark.parametrize(
    "shares", [(0.5, 0.25, 0.25), (0.5, 0.5, 0.0, 0.0), (0.6, 0.6, -0.1, -0.1), (0.25, 0.25, 0.25, 0.2), (1, 1, 1, 1)]
)
def test_shares_are_four_positive_numbers_that_sum_to_1(shares):
    with pytest.raises(ValueError, match="four positive numbers"):
        split(ROWS, made_task_of("binary"), seed=0, shares=shares)


def test_shares_that_sum_to_1_are_taken():
    data, vault = split(ROWS, made_task_of("binary"), seed=0, shares=(0.25, 0.25, 0.25, 0.25 + 1e-9))
    assert abs(len(vault) - 1000) < 120 and abs(len(data.fit) - len(data.tune)) < 5
