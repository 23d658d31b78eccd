"""A specialist whose build weighed, grouped and timed its rows, compiled once; and verifying without long timings."""

import pytest
from made_loans import STEPS, loans

import trivet
from trivet.runtime.probes import PROBES


@pytest.fixture(scope="session")
def with_roles():
    """Trained on loans(600, 0) with weight, group and time."""
    return trivet.compile(
        loans(600, 0), target="y", limits=["accuracy >= 0.6", "size <= 50 kB"], steps=STEPS,
        weight="exposure", group="customer", time_column="day",
    )  # fmt: skip


@pytest.fixture(scope="session")
def plain():
    """Trained on the columns a, b and y of loans(600, 0), y as 1 and 0."""
    columns = loans(600, 0)
    data = {"a": columns["a"], "b": columns["b"], "y": [int(word == "yes") for word in columns["y"]]}
    return trivet.compile(data, target="y", limits=["accuracy >= 0.7", "auroc >= 0.7"], steps=STEPS)


@pytest.fixture
def quick(monkeypatch):
    """One process for each cost: for tests that look at answers, not at costs."""
    for probe in PROBES.values():
        monkeypatch.setattr(probe, "processes", 1)
