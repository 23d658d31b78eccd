"""Exact explainers: base and contributions add up to the score, and each term is what the model's part says."""

import numpy as np
import pytest

from trivet.core.errors import BadUse
from trivet.explainers.additive import Additive
from trivet.explainers.linear import Linear
from trivet.ship.specialist import Specialist, explainer_for
from trivet.testing.sample_specialists import sample_rows, sample_specialists

FILES = sample_specialists()


@pytest.mark.parametrize("name", ["interval", "spelled", "additive"])
def test_base_and_contributions_are_the_score(name):
    file = FILES[name]
    found = explainer_for(file).explain(file, sample_rows())
    total = found.base + found.contributions.sum(axis=1)
    assert np.allclose(total, found.scores, rtol=1e-5, atol=1e-5)  # float32 sums of a dozen terms


def test_a_linear_contribution_is_weight_times_standardised_number():
    file = FILES["spelled"]  # age: (x - 50) * 0.05, clipped at 10; one mark for a missing age
    expand, affine = (part for part in file.contents.parts["body"].children)
    known = {"age": 70.0, "smokes": None, "ward": None, "seen": None, "remark": ""}
    found = Linear().explain(file, [known, {**known, "age": None}])
    at = found.terms.index("age")
    assert found.contributions[0, at, 0] == pytest.approx(1.0 * float(affine.arrays["weights"][0, 0]), rel=1e-6)
    assert found.contributions[1, at, 0] == pytest.approx(float(affine.arrays["weights"][3, 0]), rel=1e-6)
    assert found.contributions[0, found.terms.index("smokes"), 0] == 0  # the model does not look at it
    assert expand.kind == "expand"


def test_terms_of_a_glass_box_are_its_curves_and_tables():
    found = Additive().explain(FILES["additive"], sample_rows())
    assert found.terms == ("age", "seen", "age x smokes")
    body = FILES["additive"].contents.parts["body"]
    row = {"age": 40.0, "smokes": True, "ward": None, "seen": None, "remark": ""}
    alone = Additive().explain(FILES["additive"], row)
    # the curve of age: missing, < 30, 30 to 50, ...
    assert alone.contributions[0, 0, 0] == pytest.approx(float(body.arrays["scores"][2, 0]))


def test_each_explainer_leaves_the_others_models_alone():
    suited = {name: (Linear().explains(file), Additive().explains(file)) for name, file in FILES.items()}
    assert suited["interval"] == (100, 0) and suited["additive"] == (0, 100)
    assert suited["trees"] == suited["ngrams"] == (0, 0)


def test_a_model_that_none_explains_is_refused_with_its_kind():
    with pytest.raises(BadUse, match="cannot-explain") as caught:
        Specialist.from_bytes(FILES["trees"].data).explain(sample_rows())
    assert "body is trees" in caught.value.found and "additive, linear" in caught.value.wanted


def test_the_strongest_terms_come_first():
    found = Linear().explain(FILES["interval"], sample_rows())
    sizes = [np.abs(moved).max() for _, moved in found.strongest(7, 4)]
    assert sizes == sorted(sizes, reverse=True) and len(sizes) == 4
