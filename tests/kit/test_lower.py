import numpy as np
import pytest

from trivet.core.candidate import kinds
from trivet.kit.glass_box import ebm_part, fitted
from trivet.kit.linear.lines import fit_line
from trivet.kit.lower import lowered, lowered_kinds
from trivet.runtime.batch import Batch
from trivet.runtime.part import Part
from trivet.runtime.program import body_scores


@pytest.mark.reference
@pytest.mark.filterwarnings("ignore:Missing values")  # interpret cannot draw them
@pytest.mark.parametrize("name", ["binary", "multiclass", "regression"])
def test_lowered_terms_answer_as_interpret_does(name, x, unseen, goals):
    goal = goals[name]
    own = {"interactions": 0 if name == "multiclass" else 3, "max_rounds": 50, "outer_bags": 1, "n_jobs": 1}
    model = fitted(x, goal, {**own, "feature_types": ["continuous"] * 6})
    wanted = model.predict(unseen) if name == "regression" else model.decision_function(unseen)
    found = body_scores(lowered(ebm_part(model)), Batch(numbers=unseen))
    assert found == pytest.approx(np.reshape(wanted, found.shape), rel=1e-5, abs=1e-5)  # float32 sums


def test_children_are_lowered_too_and_other_kinds_left_alone(x, goals):
    chain = fit_line(x, goals["binary"])
    vote = Part(kind="vote", arrays={"weights": np.ones(1, np.float32)}, children=(chain,))
    assert lowered(vote).children[0].children[0] == chain.children[0]
    assert lowered(vote).children[0].children[1].kind == "affine"
    assert lowered(vote, only=("ebm",)) == vote


def test_the_sketch_is_lowered_like_the_part():
    both = kinds("vote", "lightgbm", kinds("chain", "expand", "sklearn-net"))
    assert lowered_kinds(both) == kinds("vote", "trees", kinds("chain", "expand", "net"))
    assert lowered_kinds(kinds("vote", "lightgbm", "ebm"), only=("ebm",)) == kinds("vote", "lightgbm", "additive")
