import numpy as np
import pytest

from trivet.kit.glass_box.additive import additive_part
from trivet.kit.glass_box.terms import boosting_machine
from trivet.runtime.batch import Batch
from trivet.runtime.program import body_scores


@pytest.mark.reference
@pytest.mark.filterwarnings("ignore:Missing values")  # interpret cannot draw them
@pytest.mark.parametrize("name", ["binary", "multiclass", "regression"])
def test_terms_answer_as_interpret_does(name, x, unseen, targets):
    target = targets[name]
    own = {"interactions": 0 if name == "multiclass" else 3, "max_rounds": 50, "outer_bags": 1, "n_jobs": 1}
    model = boosting_machine(x, target, {**own, "feature_types": ["continuous"] * 6})
    wanted = model.predict(unseen) if name == "regression" else model.decision_function(unseen)
    found = body_scores(additive_part(model), Batch(numbers=unseen))
    assert found == pytest.approx(np.reshape(wanted, found.shape), rel=1e-5, abs=1e-5)  # float32 sums
