"""A first finalist that fails on the vault costs the second one confidence, and no more."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from trivet.core.levels import Look
from trivet.core.limits import Verdict
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import parse_limit
from trivet.engine import file_trial
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified, Infeasible
from trivet.runtime.probes import PROBES
from trivet.storage.disk import Storage
from trivet.storage.store import Store

pytestmark = pytest.mark.slow


def made_table(n: int = 400) -> dict[str, list]:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=n), rng.normal(size=n)
    return {"a": a.tolist(), "b": b.tolist(), "y": np.where(a + b > 0, "yes", "no").tolist()}


def compiled(folder: Path) -> Certified | Infeasible:
    limits = (parse_limit("accuracy >= 0.8"), parse_limit("size <= 1 MB"))
    recipe = Recipe(data=DataSpec(source="", target="y"), limits=limits, seconds=300.0, stop_when_proven=True)
    return compile_recipe(recipe, made_table(), store=folder)


@pytest.fixture(scope="module")
def honest(tmp_path_factory) -> tuple[Certified | Infeasible, Path]:
    """A build in which nothing fails, and its store."""
    folder = tmp_path_factory.mktemp("honest") / "store"
    return compiled(folder), folder


@pytest.fixture
def failing(honest, tmp_path, monkeypatch):
    """Builds the same again from the finished steps; the first finalists answer the vault's rows in another order."""
    ask, seen = file_trial.answers_of, []

    def build(how_many: int) -> tuple[Certified | Infeasible, Path]:
        def asked(data, task, rows, *rest, **named):
            seen.append(data)
            order = np.arange(len(rows))
            return ask(data, task, rows.take(order[::-1] if len(seen) <= how_many else order), *rest, **named)

        monkeypatch.setattr(file_trial, "answers_of", asked)
        monkeypatch.setattr(PROBES["latency"], "processes", 1)  # costs are not what this is about
        shutil.copytree(honest[1], tmp_path / "store")
        return compiled(tmp_path / "store"), tmp_path / "store"

    return build


def test_the_second_finalist_ships_at_a_stricter_level_when_the_first_fails_on_the_vault(honest, failing):
    (first, _), (second, folder) = honest, failing(1)
    assert isinstance(first, Certified) and isinstance(second, Certified)
    assert first.is_proven and second.is_proven
    assert second.body_digest != first.body_digest
    assert f"{first.route} came before it and could not be proven" in second.why
    sure = [one.reading.sure for file in (first, second) for one in file.judged if one.limit.gauge == "accuracy"]
    looks = [Look(), Look(finalist=1)]
    assert [first.look, second.look] == looks and sure == [look.two_sided(0.95) for look in looks]
    with Store.opened(folder, Storage()) as store:
        openings = [opening["by"] for opening in store.events("vault-opened")]
    assert openings == [
        f"judge, finalist 1: {first.route}",
        f"judge, finalist 1: {first.route}",
        f"judge, finalist 2: {second.route}",
    ]


def test_when_all_finalists_fail_the_answer_is_no(failing):
    outcome, _ = failing(3)
    assert isinstance(outcome, Infeasible)
    assert "on unseen rows, at 97.2 %: the most promising of" in outcome.why
    assert "allow" not in outcome.next_step  # answers in the wrong order are worth no more than a constant
    (accuracy,) = [one for one in outcome.closest if one.gauge == "accuracy"]
    assert outcome.limit.gauge == "accuracy" and outcome.limit.judge(accuracy) is Verdict.BROKEN
