"""A threshold and a table of costs are one rule: the class of least expected cost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.runtime.decide import by_cost, by_threshold, threshold_for

costs = st.floats(0.01, 100)


@given(costs, costs, st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_05_15_the_threshold_is_the_rule_of_least_expected_cost(fp, fn, shares):
    p = np.array(shares)
    probabilities = np.stack([1 - p, p], axis=1)
    threshold = threshold_for(fp, fn)
    clear = np.abs(p - threshold) > 1e-9  # at the threshold both answers cost the same, and rounding decides
    by_table = by_cost(probabilities, np.array([[0, fp], [fn, 0]]))
    assert (by_threshold(probabilities, 1, threshold) == by_table)[clear].all()


def test_a_probability_at_the_threshold_is_positive_and_either_class_may_be_it():
    probabilities = np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]])
    assert by_threshold(probabilities, 1, 0.5).tolist() == [0, 1, 1]
    assert by_threshold(probabilities, 0, 0.5).tolist() == [0, 0, 1]
    assert by_threshold(probabilities, 1, 0.0).tolist() == [1, 1, 1]


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_equal_costs_give_the_most_probable_class(classes):
    probabilities = np.random.default_rng(0).dirichlet(np.ones(classes), 200)
    chosen = by_cost(probabilities, 1 - np.eye(classes))
    assert (chosen == probabilities.argmax(axis=1)).all()


def test_the_cheapest_answer_equals_the_sum_written_out():
    rng = np.random.default_rng(1)
    probabilities, table = rng.dirichlet(np.ones(4), 50), rng.uniform(0, 9, (4, 4))
    for row, chosen in zip(probabilities, by_cost(probabilities, table), strict=True):
        expected = [sum(row[truth] * table[truth][answer] for truth in range(4)) for answer in range(4)]
        assert expected[chosen] == min(expected)
