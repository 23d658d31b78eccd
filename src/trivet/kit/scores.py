"""What a candidate says about rows while it is still in the workshop."""

from trivet.core.candidate import Candidate
from trivet.core.rows import Rows
from trivet.runtime.part import Array
from trivet.runtime.program import Program


def scores_of(candidate: Candidate, rows: Rows) -> Array:
    """(rows, k) float32 scores of the body."""
    program = program_of(candidate, "reader", "features", "body")
    return program.scores(program.read(rows.raw()))


def stated_probabilities(candidate: Candidate, rows: Rows) -> Array:
    """(rows, classes) float32 of a classifier, through its scale; plain sigmoid or softmax where there is none."""
    program = program_of(candidate, "reader", "features", "body", "scale", "decoder")
    return program.run(program.read(rows.raw()), "probabilities")[0]


def program_of(candidate: Candidate, *slots: str) -> Program:
    """The parts in these slots as a program of the numpy executor."""
    return Program({slot: candidate.parts[slot] for slot in slots if slot in candidate.parts}, executor="numpy")
