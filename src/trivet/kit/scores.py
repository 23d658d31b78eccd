"""What a candidate says about rows while it is still in the workshop."""

from trivet.core.candidate import Candidate
from trivet.core.rows import Rows
from trivet.runtime.kinds import load_scale
from trivet.runtime.part import Array
from trivet.runtime.program import body_scores, read_batch

from .lower import lowered


def scores_of(candidate: Candidate, rows: Rows) -> Array:
    """(rows, k) float32 scores of the body, which is lowered for the purpose where it has to be."""
    body = lowered(candidate.parts["body"])
    return body_scores(body, read_batch(candidate.parts["reader"], rows.raw()))


def stated_probabilities(candidate: Candidate, rows: Rows) -> Array:
    """(rows, classes) float32 of a classifier, through its scale; plain sigmoid or softmax where there is none."""
    scores = scores_of(candidate, rows)
    return load_scale(candidate.parts.get("scale"), scores.shape[1]).run(scores)
