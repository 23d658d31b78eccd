"""What a candidate says about rows while it is still in the workshop."""

from trivet.core.candidate import Candidate
from trivet.core.rows import Rows
from trivet.runtime.part import Array
from trivet.runtime.program import Program

from .lower import lowered


def scores_of(candidate: Candidate, rows: Rows) -> Array:
    """(rows, k) float32 scores of the body, which is lowered for the purpose where it has to be."""
    program = runnable(candidate, "reader", "features", "body")
    return program.scores(program.read(rows.raw()))


def stated_probabilities(candidate: Candidate, rows: Rows) -> Array:
    """(rows, classes) float32 of a classifier, through its scale; plain sigmoid or softmax where there is none."""
    program = runnable(candidate, "reader", "features", "body", "scale", "decoder")
    return program.run(program.read(rows.raw()), "probabilities")[0]


def runnable(candidate: Candidate, *slots: str) -> Program:
    """The parts in these slots as a program of the numpy executor."""
    parts = {slot: candidate.parts[slot] for slot in slots if slot in candidate.parts}
    return Program({**parts, "body": lowered(parts["body"])}, executor="numpy")
