"""Made rows on which every learner can be tried: six numbers, one in ten missing, and answers that bend."""

import numpy as np
import pytest
from made_rows import bent, numbers

from trivet.kit.target import Target


@pytest.fixture(scope="session")
def x():
    """(1200, 6) numbers to fit on; only the last column is never missing."""
    return numbers(1200, 0)


@pytest.fixture(scope="session")
def unseen():
    """(2000, 6) other numbers, some of them missing also where none was missing before."""
    fresh = numbers(2000, 1)
    fresh[::17, 5] = np.nan
    return fresh


@pytest.fixture(scope="session")
def targets(x):
    """Goals by name: labels, values, and a teacher's scores."""
    s = bent(x)
    four = np.stack([-s, s, s**2 - 1, 0 * s], axis=1).astype(np.float32)
    return {
        "binary": Target(link="sigmoid", n_scores=1, hard=(s > 0).astype(np.int32)),
        "multiclass": Target(link="softmax", n_scores=4, hard=np.digitize(s, [-1, 0, 1]).astype(np.int32)),
        "regression": Target(link="identity", n_scores=1, hard=s * 100 + 500),
        "binary-soft": Target(link="sigmoid", n_scores=1, soft=(3 * s)[:, None].astype(np.float32)),
        "multiclass-soft": Target(link="softmax", n_scores=4, soft=four),
        "regression-soft": Target(link="identity", n_scores=1, soft=s[:, None].astype(np.float32)),
    }


@pytest.fixture(
    params=["binary", "multiclass", "regression", "binary-soft", "multiclass-soft", "regression-soft"], scope="session"
)
def target(request, targets):
    """Each target in turn."""
    return targets[request.param]
