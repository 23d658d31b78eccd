"""Rows needed: laws, hand-worked numbers, and that the chance that is told is the chance that comes true."""

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom

from trivet.core.limits import Limit
from trivet.core.reading import Machine, Reading
from trivet.core.shares import usual_shares
from trivet.kit.stats.intervals import clopper_pearson
from trivet.kit.stats.quantiles import normal_quantile
from trivet.kit.stats.rows_needed import (
    rows_needed,
    rows_needed_text,
    rows_to_add,
    table_of,
    table_with,
    tries_needed,
)

AUROC = Limit(gauge="auroc", must=">=", bound=0.9)


def read(value, low, high, n=1000, **more):
    return Reading(gauge="auroc", value=value, low=low, high=high, n=n, **more)


@given(st.floats(0.01, 0.09), st.floats(0.1, 10), st.integers(10, 10_000))
def test_the_rows_that_are_asked_for_leave_room_for_luck(room, relative, n):
    reading = read(0.9 + room, 0.9 + room - relative * room, 1.0, n=n)
    needed, z = rows_needed(AUROC, reading), normal_quantile(0.975)
    width = relative * room * math.sqrt(n / needed)  # on so many rows
    assert width * (z + 0.8416) / z <= room * (1 + 1e-4)


def test_by_hand():
    # width twice the room: 4 times the rows for a chance of one half, (2.80 / 1.96)^2 times more for 80 %
    assert rows_needed(AUROC, read(0.92, 0.88, 0.95)) == pytest.approx(1000 * 4 * (2.8016 / 1.95996) ** 2, abs=2)


@pytest.mark.parametrize("value", [0.89, 0.9, math.nan])
def test_no_number_of_rows_proves_what_is_broken(value):
    assert rows_needed(AUROC, read(value, 0.8, 1.0)) is None


@pytest.mark.parametrize(
    "more", [{"approximate": True}, {"where": Machine(cpu="a", cores=1, system="b", python="3")}, {"unit": "B"}]
)
def test_rows_prove_neither_a_cost_nor_what_is_approximate(more):
    assert rows_needed(AUROC, read(0.92, 0.88, 0.95, **more)) is None
    assert rows_to_add(AUROC, read(0.92, 0.88, 0.95, **more)) is None


def test_a_side_without_an_end_tells_no_number():
    assert rows_needed(AUROC, read(0.92, -math.inf, math.inf)) is None


@pytest.mark.parametrize(("share", "bound"), [(0.95, 0.9), (0.99, 0.97), (0.8, 0.75)])
def test_a_share_is_proven_four_times_in_five(share, bound):
    tries = tries_needed(share, bound, True, 0.95)
    hits = np.random.default_rng(0).binomial(tries, share, 4000)
    proven = {k: clopper_pearson(k, tries, 0.95)[0] >= bound for k in set(hits.tolist())}
    assert 0.78 <= np.mean([proven[k] for k in hits.tolist()]) <= 0.88  # whole hits: the chance rises in a saw


@pytest.mark.parametrize(("room", "within"), [(0.01, 0.02), (0.003, 0.01), (0.0028, 0.01)])
def test_from_many_rows_on_the_normal_law_takes_over_without_a_step(room, within):
    tries = tries_needed(0.9 + room, 0.9, True, 0.95)
    assert tries == pytest.approx(0.09 * ((1.96 + 0.8416 * math.sqrt(1 - room / 0.09)) / room) ** 2, rel=2 * within)


def test_a_bound_that_a_share_misses_by_a_hair_is_told_at_once():
    began = time.process_time()
    for hair in (1e-3, 1e-4, 1e-6, 1e-9):
        rows = tries_needed(0.9 + hair, 0.9, True, 0.94)
        assert rows is None if hair < 1e-4 else rows > 1e5
    assert time.process_time() - began < 1  # it took half a minute, nine times in each file


def test_a_share_that_must_be_small_is_the_mirror_image():
    assert tries_needed(0.05, 0.1, False, 0.95) == tries_needed(0.95, 0.9, True, 0.95)


def test_rows_of_one_unit_need_as_many_units():
    alone = read(0.95, 0.89, 0.98, n=100, trials=100.0)
    assert rows_needed(AUROC, read(0.95, 0.89, 0.98, n=2000, trials=100.0)) == 20 * rows_needed(AUROC, alone)


def test_table_rows_are_those_of_which_the_vault_is_a_part():
    reading = read(0.92, 0.88, 0.95)
    needed, table = rows_needed(AUROC, reading), 3300
    more = rows_to_add(AUROC, reading, table)
    assert needed <= (table + more) * usual_shares(table + more)[-1] < needed + 1
    assert table_with(100, at_least=0) == 358 and table_with(100, at_least=500) == 500
    assert table_with(2999, at_least=0) == 9997 and table_with(3001, at_least=0) == 15_005


@pytest.mark.parametrize(("share", "bound", "sure"), [(0.95, 0.9, 0.95), (1.0, 0.99, 0.9), (0.8, 0.5, 0.999)])
def test_so_many_tries_are_at_a_rising_edge_of_the_chance(share, bound, sure):
    def chance(tries):
        proven = [k for k in range(tries + 1) if beta.ppf((1 - sure) / 2, k, tries - k + 1) >= bound]
        return binom.sf(min(proven) - 1, tries, share) if proven else 0.0

    tries = tries_needed(share, bound, True, sure)
    assert chance(tries) >= 0.8 > chance(tries - 1)


def test_nothing_and_everything_by_hand():
    assert tries_needed(0.5, 0.0, True, 0.95) == 1 == tries_needed(0.5, 1.0, False, 0.95)
    assert tries_needed(0.9, 0.9, True, 0.95) is None  # by luck alone, however many
    assert tries_needed(1.0, 0.5, True, 0.95) == 6  # .025^(1/6) = .54, .025^(1/5) = .48


def test_a_reading_on_no_rows_and_a_width_of_nought():
    assert rows_needed(AUROC, read(0.92, 0.88, 0.95, n=0)) is None
    assert rows_needed(AUROC, read(0.92, 0.88, 0.95, n=1)) is not None
    assert rows_needed(AUROC, read(0.92, 0.92, 0.92)) == 0
    least = Limit(gauge="auroc", must="<=", bound=0.95)
    assert rows_needed(least, read(0.92, 0.88, 0.98)) == pytest.approx(1000 * 4 * (2.8016 / 1.95996) ** 2, abs=2)
    assert rows_needed(AUROC, read(0.9001, 0.88, 0.95, n=50)) == pytest.approx(
        50 * 201**2 * (2.8016 / 1.95996) ** 2, rel=1e-4
    )
    assert rows_needed(AUROC, read(0.90001, 0.88, 0.95)) is None  # more than a hundred million
    surer = read(0.92, 0.88, 0.95, sure=0.99)
    assert rows_needed(AUROC, surer) == pytest.approx(1000 * 4 * ((2.5758 + 0.8416) / 2.5758) ** 2, abs=2)


def test_shares_are_asked_for_by_the_side_of_their_limit_and_their_own_level():
    most = Limit(gauge="false-alarms", must="<=", bound=0.1)
    found = rows_needed(most, read(0.05, 0.02, 0.12, n=100, trials=50.0, sure=0.99))
    assert found == 2 * tries_needed(0.05, 0.1, False, 0.99)
    assert rows_needed(AUROC, read(0.95, 0.89, 0.98, n=100, trials=30.0)) == math.ceil(
        tries_needed(0.95, 0.9, True, 0.95) * 100 / 30
    )
    assert rows_needed(AUROC, read(0.9000001, 0.8, 0.98, n=100, trials=100.0)) is None


@pytest.mark.parametrize(
    ("table", "share"), [(40, 0.28), (599, 0.28), (600, 0.30), (9_999, 0.30), (10_000, 0.20), (10**6, 0.20)]
)
def test_the_vaults_share_of_a_table(table, share):
    assert usual_shares(table)[-1] == share


@pytest.mark.parametrize(
    ("vault", "at_least", "table"),
    [
        (1, 0, 4), (167, 0, 597), (168, 0, 600), (180, 0, 600), (181, 0, 604), (100, 599, 599), (100, 600, 600),
        (2_999, 0, 9_997), (3_000, 0, 15_000), (10, 9_999, 9_999), (10, 10_000, 10_000), (1_000, 20_000, 20_000),
        (2_000, 10_001, 10_001), (4_000, 0, 20_000),
    ],
)  # fmt: skip
def test_the_fewest_rows_of_a_table_with_such_a_vault(vault, at_least, table):
    assert table_with(vault, at_least=at_least) == table
    assert table_of(vault) == table_with(vault, at_least=0)


def test_at_least_one_row_is_to_be_added():
    narrow = read(0.95, 0.94, 0.96)  # it would be enough as it is, on a table whose vault is as large as today's
    assert rows_needed(AUROC, narrow) < 1000
    assert rows_to_add(AUROC, narrow, table=4000) == 1
    assert rows_to_add(AUROC, narrow) == table_with(1001, at_least=3334) - 3334
    assert rows_needed_text(rows_to_add(AUROC, narrow, table=4000)) == (
        "about 1 more rows in the table would prove it, with a chance of 80%"
    )
    assert rows_needed_text(None) == "" == rows_needed_text(0)
