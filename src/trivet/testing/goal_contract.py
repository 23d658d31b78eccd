"""What every goal must keep, on made answers."""

from collections.abc import Iterator, Mapping

import numpy as np

from trivet.core.errors import TrivetError
from trivet.core.goals import Goal, Seen
from trivet.core.registry import homes
from trivet.core.rows import Rows
from trivet.core.task import Field, Task
from trivet.runtime.batch import Answers
from trivet.runtime.kinds import KINDS

from .documented import file_breaches


def check_goal(goal: Goal) -> list[str]:
    """The laws that the goal breaks, as sentences; empty when it keeps them all."""
    breaches = list(file_breaches(goal, goal.name))
    taken = {what: seen for what, seen in made_answers().items() if accepts(goal, seen)}
    if not taken:
        breaches.append("it refuses numbers as well as words")
    for what, seen in taken.items():
        breaches += [f"{what}: {breach}" for breach in behaves(goal, seen)]
    return [f"{goal.name}: {breach}" for breach in breaches]


def made_answers() -> Mapping[str, Seen]:
    """Columns of answers: two words, three words, 60 numbers, 60 whole ones; every tenth is missing."""
    found = {}
    for what, n in (("two words", 2), ("three words", 3)):
        codes = np.where(np.arange(60) % 10 == 9, -1, np.arange(60) % n).astype(np.int32)
        found[what] = seen_as(Field(name="y", type="category"), tuple("abc"[:n]), codes)
    for what, start in (("numbers", 0.5), ("whole numbers", 0.0)):
        values = np.where(np.arange(60) % 10 == 9, np.nan, np.arange(60) % 7 + start)
        texts = tuple(f"{number:g}" for number in np.unique(values[~np.isnan(values)]))
        codes = np.where(np.isnan(values), -1, np.nan_to_num(values - start)).astype(np.int32)
        found[what] = seen_as(Field(name="y", type="number"), texts, codes, values)
    return found


def seen_as(field: Field, texts: tuple[str, ...], codes: np.ndarray, values: np.ndarray | None = None) -> Seen:
    def among(classes):
        known = {text: at for at, text in enumerate(classes)}
        return np.array([*(known.get(text, -2) for text in texts), -1], np.int32)[codes]

    return Seen(field=field, texts=texts, codes=codes, values=values, among=among)


def accepts(goal: Goal, seen: Seen) -> bool:
    try:
        goal.refuse(seen)
    except TrivetError:
        return False
    return True


def behaves(goal: Goal, seen: Seen) -> Iterator[str]:
    """What it says about the task fits together: ports, decoder, gauges, the constant answer, the words."""
    task = Task(modality="table", goal=goal.name, inputs=(), answer=seen.field, **goal.about(seen))
    truth, why = goal.truth(task, seen)
    usable = np.flatnonzero(~np.any([mask for _, mask in why], axis=0)) if why else np.arange(len(truth))
    rows = Rows(fields=(), columns={}, words={}, truth=truth[usable], ids=usable)
    if len(goal.strata(rows.truth)) != len(rows):
        yield "strata do not give one number per row"
    if strange := {goal.main_gauge(task), *goal.gauges(task)} - set(homes("gauge")):
        yield f"it names gauges that nobody registers: {', '.join(sorted(strange))}"
    if goal.decoder(task).kind not in KINDS:
        yield f"its decoder {goal.decoder(task).kind!r} is no runtime kind"
    if not {"verb", "guarded", "width"} <= set(goal.documents(task)) or not goal.sentence(task):
        yield "its words about itself lack verb, guarded or width, or it has no sentence"
    constant = goal.constant(task, rows)
    for answers in goal.constant_answers(task, constant, len(rows)):
        yield from fits(goal, task, answers)


def fits(goal: Goal, task: Task, answers: Answers) -> Iterator[str]:
    """The constant answer has the ports that every model of the task has, and can be printed."""
    ports = goal.answers(task)
    if set(answers) != set(ports):
        yield f"the constant answer has {', '.join(sorted(answers))}; answers() says {', '.join(sorted(ports))}"
        return
    for name, port in ports.items():
        if answers[name].shape[1:] != port.shape:
            yield f"{name} has the shape {answers[name].shape[1:]} behind the rows, not {port.shape}"
    if {len(column) for column in goal.columns(task, answers).values()} != {answers.n_rows}:
        yield "the columns to print have other lengths than the answers"
