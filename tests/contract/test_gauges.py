"""Every registered gauge keeps the contract, on every kind of question that it applies to."""

import pytest

from trivet.core.gauges import Gauge
from trivet.core.registry import find_gauge, homes
from trivet.testing.gauge_contract import check_gauge


@pytest.mark.parametrize("name", homes("gauge"))
def test_gauge_keeps_the_contract(name: str):
    check_gauge(find_gauge(name))


class Liar(Gauge):
    """Says that it measures anything; its values lie outside their intervals and grow with every call."""

    calls = 0

    def applies(self, sketch):
        return None

    def measure(self, trial, *, sure=0.95):
        type(self).calls += 1
        honest = find_gauge("size").measure(trial, sure=sure)
        return type(honest)(**{**vars(honest), "value": honest.value + self.calls})


def test_a_gauge_that_lies_is_found_out():
    with pytest.raises(AssertionError) as caught:
        check_gauge(Liar())
    for breach in (
        "lives in test_gauges.py",
        "its docstring does not say Better",
        "wants least <= low <= value",
        "a perfect model reads",
        "measured twice, it reads differently",
    ):
        assert breach in str(caught.value)
