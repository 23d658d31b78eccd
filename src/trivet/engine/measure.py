"""Measures a candidate by gauges: what each asks besides, and its reading of the answers."""

from collections.abc import Iterable, Mapping, Sequence

from trivet.core.candidate import Candidate, Sketch
from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import PLAIN, Gauge, Samples, Trial
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge, find_goal
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.runtime.batch import Answers
from trivet.runtime.program import Program

Question = tuple[str, str]
"""(text of the gauge that asks, how it calls the question)."""

PLAIN_QUESTION: Question = ("", PLAIN)

_ALWAYS = ("size", "p50-latency")  # what every file says of its costs


def standard_gauges(sketch: Sketch) -> tuple[str, ...]:
    """What is measured of a finished candidate, limited or not: quality as its goal has it, what its guard promises,
    size and the usual latency."""
    goal, task = find_goal(sketch.task.goal), sketch.task
    guarded = ("coverage", goal.documents(task)["width"]) if sketch.kind("guard") is not None else ()
    return tuple(name for name in (goal.main_gauge(task), *goal.gauges(task), *guarded, *_ALWAYS) if name)


def gauges_for(sketch: Sketch, wanted: Iterable[str]) -> tuple[Gauge, ...]:
    """The gauges with these texts that can measure the candidate, each once, in the order given."""
    return tuple(gauge for gauge in map(find_gauge, dict.fromkeys(wanted)) if can_measure(gauge, sketch))


def can_measure(gauge: Gauge, sketch: Sketch) -> bool:
    """Whether the gauge can measure candidates of this sketch."""
    try:
        gauge.applies(sketch)
    except NotApplicable:
        return False
    return True


def probes_for(gauges: Iterable[Gauge]) -> tuple[str, ...]:
    """The probes that the gauges need, each once."""
    return tuple(dict.fromkeys(probe for gauge in gauges for probe in gauge.needs_probes))


def questions(gauges: Iterable[Gauge], task: Task, rows: Rows) -> dict[Question, Rows]:
    """What the gauges ask besides the rows as they are."""
    return {(str(gauge), name): asked for gauge in gauges for name, asked in gauge.questions(task, rows).items()}


def trial_for(
    gauge: Gauge, task: Task, rows: Rows, answers: Mapping[Question, Answers], costs: Mapping[str, Samples]
) -> Trial:
    """What the gauge is given: the answers on the rows as they are and to its own questions, by their names."""
    own = {name: said for (asker, name), said in answers.items() if asker == str(gauge)}
    return Trial(task=task, rows=rows, answers={PLAIN: answers[PLAIN_QUESTION], **own}, costs=costs)


def readings_of(
    gauges: Sequence[Gauge],
    task: Task,
    rows: Rows,
    answers: Mapping[Question, Answers],
    *,
    sure: float,
    costs: Mapping[str, Samples] | None = None,
    wanted: Iterable[str] = (),
) -> tuple[Reading, ...]:
    """The reading of each gauge, in their order.

    Raises what hinders a wanted gauge (by its text); others that these rows or costs cannot tell are left out.
    """
    must, readings = set(wanted), []
    for gauge in gauges:
        try:
            readings.append(gauge.measure(trial_for(gauge, task, rows, answers, costs or {}), sure=sure))
        except (BadData, NotApplicable):
            if str(gauge) in must:
                raise
    return tuple(readings)


class Here:
    """A candidate that runs in this process, for the search: it is asked about the rows once for all gauges."""

    def __init__(self, candidate: Candidate, rows: Rows) -> None:
        self.task, self.rows, self.program = candidate.task, rows, Program(candidate.parts)
        self.plain = self.answers_to(rows)

    def answers_to(self, rows: Rows) -> Answers:
        """What it says of any rows."""
        return self.program.answers(self.program.read(rows.raw()))

    def reading(self, gauge: Gauge, *, sure: float) -> Reading:
        """The gauge's reading, which no cost can enter; raises what hinders it."""
        asked = {name: self.answers_to(some) for name, some in gauge.questions(self.task, self.rows).items()}
        trial = Trial(task=self.task, rows=self.rows, answers={PLAIN: self.plain, **asked})
        return gauge.measure(trial, sure=sure)
