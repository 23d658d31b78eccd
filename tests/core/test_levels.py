"""The error of all looks at a vault together is what one limit allows, and no more."""

from math import pi

import pytest

from trivet.core.levels import SHARES, Look, confidence_of, show_confidence


@pytest.mark.parametrize("sure", [0.5, 0.9, 0.95, 0.999])
def test_all_looks_of_all_builds_together_spend_what_the_limit_allows(sure):
    spent = sum(Look(build=j, finalist=k).alpha(sure) for j in range(1, 4001) for k in range(len(SHARES)))
    assert (1 - sure) * 0.9998 < spent <= 1 - sure


def test_the_first_look_is_worked_by_hand():
    assert Look().alpha(0.95) == pytest.approx(0.05 * 0.6079271 * 0.9)
    assert Look(build=3, finalist=2).alpha(0.99) == pytest.approx(0.01 * 6 / (9 * pi**2) * 0.05)


@pytest.mark.parametrize("look", [Look(), Look(build=4), Look(build=2, finalist=1)])
def test_each_side_of_the_interval_misses_as_often_as_the_look_may(look):
    assert (1 - look.two_sided(0.95)) / 2 == pytest.approx(look.alpha(0.95))
    assert confidence_of(look.two_sided(0.95)) == pytest.approx(look.confidence(0.95)) == 1 - look.alpha(0.95)


def test_later_looks_are_surer_and_a_strict_limit_is_surer_than_a_loose_one():
    by_build = [Look(build=j).confidence(0.95) for j in range(1, 9)]
    assert by_build == sorted(by_build) and len(set(by_build)) == 8
    assert Look(finalist=1).confidence(0.95) > Look().confidence(0.95)
    assert Look().confidence(0.99) > Look().confidence(0.95) > Look().confidence(0.8)


@pytest.mark.parametrize("build", range(1, 200, 13))
def test_what_is_shown_never_overstates(build):
    confidence = Look(build=build).confidence(0.95)
    shown = float(show_confidence(confidence).removesuffix(" %")) / 100
    assert shown <= confidence + 1e-9 and confidence - shown < 0.11 * (1 - confidence)
