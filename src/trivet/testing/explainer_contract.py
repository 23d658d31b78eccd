"""What every explainer must keep, on made files."""

import json
from collections.abc import Iterator

import numpy as np

from trivet.core.explainers import Explainer, Explanation
from trivet.runtime.specialist import Specialist

from .documented import file_breaches
from .sample_specialists import sample_rows, sample_specialists

TOLERANCE = 1e-5  # scores are sums in float32: of the largest number that goes into them


def check_explainer(explainer: Explainer) -> list[str]:
    """The laws that the explainer breaks, as sentences; empty when it keeps them all."""
    breaches = list(file_breaches(explainer, explainer.name))
    suited = {name: file for name, file in sample_specialists().items() if explainer.explains(file) > 0}
    if not suited:
        breaches.append("it explains no sample")
    for name, file in suited.items():
        breaches += [f"{name}: {breach}" for breach in behaves(explainer, file)]
    return [f"{explainer.name}: {breach}" for breach in breaches]


def behaves(explainer: Explainer, file: Specialist) -> Iterator[str]:
    """Shapes fit, nothing is infinite, the same is said again, one row as many; exact sums are the scores."""
    rows = sample_rows()
    found = explainer.explain(file, rows)
    k = len(found.outputs)
    shapes = (found.base.shape, found.contributions.shape, found.scores.shape)
    if shapes != ((k,), (len(rows), len(found.terms), k), (len(rows), k)):
        yield f"base, contributions and scores have the shapes {shapes}"
        return
    if json.dumps(found.as_json(), allow_nan=False) != json.dumps(explainer.explain(file, rows).as_json()):
        yield "it says something else the second time"
    alone = explainer.explain(file, rows[3])
    if not np.allclose(alone.contributions[0], found.contributions[3], rtol=1e-5, atol=1e-6):
        yield "one row alone is explained otherwise than among others"
    if found.is_exact:
        yield from adds_up(found)


def adds_up(found: Explanation) -> Iterator[str]:
    total = found.base + found.contributions.sum(axis=1)
    largest = np.abs(found.contributions).max(initial=1.0) + np.abs(found.base).max(initial=0.0)
    off = float(np.abs(total - found.scores).max(initial=0.0))
    if off > TOLERANCE * largest:
        yield f"base and contributions miss the score by up to {off:.3g}"
