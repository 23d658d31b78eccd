"""Bets: a hand-worked product, Ville's bound by simulation, and paths that are the same however they are cut."""

import math

import numpy as np
import pytest

from trivet.kit.stats.betting import BETS, Wager, first_reach, in_hand_after, log_mean, share_at


def ones(losses):
    return np.ones_like(losses)


def test_evidence_is_the_mean_over_the_bets_of_the_products():
    losses, bound = np.array([[1.0], [0.0], [0.25], [1.0]]), 0.1
    wager = Wager(bound=bound, side="above", kept_back=0.0)
    _, evidence = wager.path(wager.start(), losses, ones(losses))
    by_hand = [np.mean([np.prod(1 + bet * (losses[:n, 0] - bound)) for bet in BETS]) for n in range(1, 5)]
    np.testing.assert_allclose(np.exp(evidence[:, 0]), by_hand, rtol=1e-12)


def test_what_is_kept_back_is_staked_row_by_row():
    losses, bound = np.array([[0.0], [1.0], [1.0]]), 0.1
    _, evidence = Wager(bound=bound, side="above").path(Wager(bound=bound, side="above").start(), losses, ones(losses))
    each = [
        [np.mean([np.prod(1 + bet * (losses[first:n, 0] - bound)) for bet in BETS]) for first in range(n)]
        for n in (1, 2, 3)
    ]
    staked = share_at(np.arange(1, 4))
    for n, (row, products) in enumerate(zip(evidence[:, 0], each), 1):
        held = 0.9 * products[0] + 0.1 * (sum(s * p for s, p in zip(staked, products)) + in_hand_after(np.array(n)))
        assert math.exp(row) == pytest.approx(held, rel=1e-12)


def test_all_that_is_ever_staked_is_what_was_kept_back():
    unit = np.arange(1, 100_001)
    assert share_at(unit).sum() + in_hand_after(unit[-1]) == pytest.approx(1, abs=1e-12)
    assert (share_at(unit) > 0).all()


def test_bets_that_could_lose_everything_are_not_made():
    assert Wager(bound=0.1, side="above").bets.tolist() == list(BETS)
    assert Wager(bound=0.1, side="below").bets.tolist() == [0.25, 0.5, 1.0]
    assert Wager(bound=0.5, side="above").bets.tolist() == [0.25, 0.5, 1.0]
    assert Wager(bound=1.0, side="above").bets.tolist() == [0.25, 0.5]


@pytest.mark.parametrize("side", ["above", "below"])
def test_the_mirrored_bets_are_those_on_the_mirrored_losses(side):
    losses = np.random.default_rng(0).random((200, 1))
    other = {"above": "below", "below": "above"}[side]
    one, two = Wager(bound=0.3, side=side, kept_back=0.0), Wager(bound=0.7, side=other, kept_back=0.0)
    np.testing.assert_allclose(
        one.path(one.start(), losses, ones(losses))[1], two.path(two.start(), 1 - losses, ones(losses))[1], atol=1e-9
    )


@pytest.mark.parametrize("side", ["above", "below"])
@pytest.mark.parametrize("strands", [1, 3])
def test_a_path_is_the_same_to_the_last_bit_however_it_is_cut(side, strands):
    rng = np.random.default_rng(4)
    losses = np.where(rng.random((700, strands)) < 0.1, np.nan, rng.random((700, strands)))
    stakes, wager = rng.random((700, strands)), Wager(bound=0.4, side=side, strands=strands)
    whole, at_once = wager.path(wager.start(), losses, stakes)
    capital, pieces, at = wager.start(), [], 0
    for size in (1, 0, 2, 7, 90, 300, 300):
        capital, evidence = wager.path(capital, losses[at : at + size], stakes[at : at + size])
        pieces.append(evidence)
        at += size
    assert np.array_equal(np.concatenate(pieces), at_once)
    for name in ("logs", "anew", "top"):
        assert np.array_equal(getattr(capital, name), getattr(whole, name)), name
    assert capital.units == whole.units == 700
    assert wager.now(capital) == pytest.approx(float(at_once[-1].min()), abs=1e-12)


@pytest.mark.parametrize(("side", "draw"), [
    ("above", lambda rng, shape: (rng.random(shape) < 0.1).astype(float)),
    ("above", lambda rng, shape: rng.beta(0.2, 1.8, shape)),
    ("below", lambda rng, shape: (rng.random(shape) < 0.1).astype(float)),
    ("below", lambda rng, shape: np.where(rng.random(shape) < 0.2, 0.5, 0.0)),
])  # fmt: skip
def test_evidence_is_at_most_1_on_average_while_the_mean_is_at_the_bound(side, draw):
    """A supermartingale from 1: after 20 rows as after none; 4 standard errors are allowed."""
    losses = draw(np.random.default_rng(1), (20, 20_000))
    held = []
    for stream in range(0, 20_000, 5000):
        wager = Wager(bound=0.1, side="below" if side == "below" else "above", strands=5000)
        piece = losses[:, stream : stream + 5000]
        capital, _ = wager.path(wager.start(), piece, ones(piece))
        unit = np.array([capital.units])
        held.append(np.exp(wager.evidence(capital.logs[None], capital.anew[None], unit)[0]))
    held = np.concatenate(held)
    assert held.mean() <= 1 + 4 * held.std() / math.sqrt(len(held))


def test_false_alarms_stay_below_alpha_although_every_row_is_looked_at():
    """200 streams of 1,000 rows at alpha 10 %: at most 20 alarms on average, 33 with odds of one in a thousand."""
    losses = (np.random.default_rng(2).random((1000, 200)) < 0.1).astype(float)
    alarms = 0
    for stream in losses.T:
        wager = Wager(bound=0.1, side="above")
        capital, _ = wager.path(wager.start(), stream[:, None], ones(stream[:, None]))
        alarms += capital.highest >= math.log(10)
    assert alarms <= 33


def test_a_late_change_is_seen_because_a_tenth_was_kept_back():
    rng = np.random.default_rng(3)
    losses = (rng.random((6000, 1)) < np.where(np.arange(6000) < 5000, 0.05, 0.25)[:, None]).astype(float)
    seen = {}
    for back in (0.0, 0.1):
        wager = Wager(bound=0.1, side="above", kept_back=back)
        _, evidence = wager.path(wager.start(), losses, ones(losses))
        seen[back] = first_reach(np.zeros(1), evidence, math.log(100))
    assert seen[0.0] is None and 5000 < seen[0.1] < 5500


def test_an_alarm_about_strands_needs_their_mean_and_a_proof_needs_each():
    losses = np.column_stack([np.zeros(400), np.full(400, np.nan)])
    proof = Wager(bound=0.1, side="below", strands=2)
    capital, _ = proof.path(proof.start(), losses, ones(losses))
    assert capital.top[0] > math.log(100) and capital.highest == 0  # no row of the second: nothing is proven
    losses[:, 0] = 1.0
    alarm = Wager(bound=0.1, side="above", strands=2, kept_back=0.0)
    _, evidence = alarm.path(alarm.start(), losses, ones(losses))
    single = Wager(bound=0.1, side="above", kept_back=0.0)
    _, alone = single.path(single.start(), losses[:, :1], ones(losses[:, :1]))
    assert evidence.shape == (400, 1)
    assert evidence[-1, 0] == pytest.approx(alone[-1, 0] - math.log(2), abs=1e-9)


def test_stakes_scale_what_a_unit_can_win_or_lose():
    losses = np.ones((1, 1))
    wager = Wager(bound=0.1, side="above", kept_back=0.0)
    _, half = wager.path(wager.start(), losses, np.full((1, 1), 0.5))
    assert math.exp(half[0, 0]) == pytest.approx(np.mean([1 + 0.45 * bet for bet in BETS]))


def test_what_was_reached_once_stays_reached():
    evidence = np.log(np.array([[2.0], [20.0], [3.0]]))
    assert first_reach(np.zeros(1), evidence, math.log(10)) == 1
    assert first_reach(np.zeros(1), evidence, math.log(100)) is None
    two = np.log(np.array([[20.0, 1.0], [1.0, 1.0], [1.0, 20.0]]))
    assert first_reach(np.zeros(2), two, math.log(10)) == 2  # not at the same moment


def test_large_evidence_does_not_overflow():
    assert log_mean(np.array([[2000.0, 0.0]]), axis=1)[0] == pytest.approx(2000 - math.log(2))
