"""Each limit is judged at the level of its own `sure` and of the look; answers come back as they were written."""

import numpy as np
import pytest

from trivet.core.levels import Look
from trivet.core.limits import Limit, Verdict
from trivet.core.reading import Reading
from trivet.engine import judge
from trivet.engine.judge import answers_from_json, judged_at
from trivet.storage.disk import Storage


@pytest.mark.parametrize("look", [Look(), Look(build=3, finalist=1)])
def test_every_limit_has_its_own_level(look):
    limits = [Limit(gauge="accuracy", must=">=", bound=0.8), Limit(gauge="auroc", must=">=", bound=0.8, sure=0.8)]
    asked = []

    def read(gauge, sure):
        asked.append((str(gauge), sure))
        return Reading(gauge=str(gauge), value=0.9, low=sure - 0.15, high=1.0, n=10)

    judged = judged_at(look, limits, read)
    share = 6 / np.pi**2 * (0.9 if look.finalist == 0 else 0.05) / look.build**2
    levels = [1 - 2 * (1 - sure) * share for sure in (0.95, 0.8)]
    assert asked == [("accuracy", pytest.approx(levels[0])), ("auroc", pytest.approx(levels[1]))]
    assert [one.limit for one in judged] == limits
    assert [one.reading.sure for one in judged] == pytest.approx(levels)
    assert [one.verdict for one in judged] == [
        Verdict.HOLDS if level - 0.15 >= 0.8 else Verdict.UNPROVEN for level in levels
    ]
    assert [one.build for one in judged] == [look.build] * 2


def test_answers_have_their_names_and_types():
    written = {"chosen": ["int64", [1, 0]], "probabilities": ["float32", [[0.5, 0.5], [0.25, 0.75]]]}
    found = answers_from_json(written)
    assert found["chosen"].dtype == np.int64 and found["chosen"].tolist() == [1, 0]
    assert found["probabilities"].dtype == np.float32 and found["probabilities"].shape == (2, 2)


def test_a_try_hands_on_what_it_was_asked(monkeypatch, tmp_path):
    asked = {}
    monkeypatch.setattr(judge, "answers_of", lambda *words: asked.setdefault("answers", words) and {"a": 1})
    monkeypatch.setattr(judge, "costs_of", lambda *words, **more: asked.update(costs=words, more=more) or {"size": 2})
    storage = Storage()
    seen = judge.try_file(b"d", "task", "rows", ["g"], tmp_path, storage, until=5.0, limited=["x"])
    assert (seen.answers, seen.costs) == ({"a": 1}, {"size": 2})
    assert asked["answers"] == (b"d", "task", "rows", ["g"], tmp_path, storage)
    assert asked["costs"] == (b"d", "rows", ["g"], tmp_path, storage)
    assert asked["more"] == {"until": 5.0, "limited": ["x"]}
    judge.try_file(b"d", "task", "rows", ["g"], tmp_path, storage)
    assert asked["more"] == {"until": float("inf"), "limited": None}
