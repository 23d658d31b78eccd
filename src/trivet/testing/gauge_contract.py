"""What every gauge must keep, checked on made answers of which the truth is known."""

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from trivet.core.candidate import Sketch
from trivet.core.errors import NotApplicable, TrivetError
from trivet.core.gauges import Costs, Gauge, Trial
from trivet.core.reading import Machine, Reading
from trivet.core.task import Field
from trivet.core.text_form import doc_fields
from trivet.runtime.batch import Answers
from trivet.runtime.part import Array

from .tasks import made_task

LABELS = ("Better", "Interval", "Source")
CLASSES: Mapping[str, tuple[str, ...]] = {"binary": ("no", "yes"), "multiclass": ("a", "b", "c"), "regression": ()}
TRUST = {"perfect": 60.0, "good": 2.0, "random": 0.0}
"""How far the answers of a made model lean towards the truth."""


def check_gauge(gauge: Gauge) -> None:
    """Raises AssertionError with a sentence for each law that the gauge breaks; silent when it keeps them all."""
    questions = [question for question in CLASSES if accepts(gauge, sketch_of(question))]
    breaches = [*names(gauge), *documents(gauge), *declared(gauge)]
    if not questions:
        breaches.append("applies to no kind of question")
    for question in questions:
        for law in LAWS:
            breaches += [f"{question}: {breach}" for breach in law(gauge, question)]
    if breaches:
        raise AssertionError("\n".join(f"{gauge.name}: {breach}" for breach in breaches))


def made_trial(question: str, model: str = "good", rows: int = 400, *, seed: int = 0, weighted: bool = False) -> Trial:
    """A trial of a made model: "perfect", "good", "random" or "constant"."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.5, 2.0, rows) if weighted else None
    make = made_values if question == "regression" else made_classes
    truth, answers = make(question, model, rows, rng)
    return Trial(task=sketch_of(question).task, answers=answers, truth=truth, weight=weight, costs=made_costs(rows))


def made_classes(question: str, model: str, rows: int, rng: np.random.Generator) -> tuple[Array, Answers]:
    n = len(CLASSES[question])
    truth = rng.permutation(np.arange(rows) % n)
    scores = np.zeros((rows, n)) if model == "constant" else rng.normal(size=(rows, n))
    scores[np.arange(rows), truth] += TRUST.get(model, 0.0)
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    probabilities = odds / odds.sum(axis=1, keepdims=True)
    sets = probabilities >= min(0.3, 0.9 / n)
    return truth, Answers(
        probabilities=probabilities.astype(np.float32), chosen=probabilities.argmax(axis=1), sets=sets
    )


def made_values(question: str, model: str, rows: int, rng: np.random.Generator) -> tuple[Array, Answers]:
    truth = rng.normal(size=rows)
    noise = {"perfect": 0.0, "good": 0.5}.get(model, 1.0) * rng.normal(size=rows)
    values = {"constant": np.zeros(rows), "random": noise}.get(model, truth + noise)
    half = rng.uniform(0.5, 1.5, rows)
    return truth, Answers(values=values, low=values - half, high=values + half)


def made_costs(calls: int) -> Costs:
    """Costs of so many timed calls and five repeats at most; nothing was measured in 0 calls."""
    rng = np.random.default_rng(0)
    repeats = min(calls, 5)
    return Costs(
        bytes_on_disk=12_345,
        rows_per_second=rng.uniform(9e4, 1e5, repeats),
        cold_start_ms=rng.uniform(150, 200, repeats),
        peak_memory=80e6 if calls else 0.0,
        latency_ms=rng.lognormal(-2, 0.3, calls),
        machine=Machine(cpu="made", cores=2, system="none", python="3"),
    )


def sketch_of(question: str, *, guard: bool = True) -> Sketch:
    """A sketch with every slot filled, or without the guard."""
    classes = CLASSES[question]
    answer = Field(name="outcome", type="category" if classes else "number")
    goal = "classify" if classes else "regress"
    task = made_task(goal, classes, answer=answer)
    filled = Sketch(task=task, kinds={}).with_kind(reader="columns", body="affine")
    return filled.with_kind(guard="made") if guard else filled


def accepts(gauge: Gauge, sketch: Sketch) -> bool:
    try:
        gauge.applies(sketch)
    except NotApplicable:
        return False
    return True


def names(gauge: Gauge) -> Iterator[str]:
    """File, class and limit call it the same; the folder is its family."""
    family, file = f".{type(gauge).__module__}".split(".")[-2:]
    if file.replace("_", "-") != gauge.name:
        yield f"lives in {file}.py, which would be gauge {file.replace('_', '-')}"
    if type(gauge).__module__.startswith("trivet.") and family != gauge.family:
        yield f"lives in {family}/ and says that its family is {gauge.family}"


def documents(gauge: Gauge) -> Iterator[str]:
    """The module's docstring says which way is better, how the interval is made, and the source."""
    found = doc_fields(sys.modules[type(gauge).__module__].__doc__ or "", LABELS)
    missing = [label for label in LABELS if not found.get(label)]
    if missing:
        yield f"its docstring does not say {', '.join(missing)}"
    word = {">=": "higher", "<=": "lower"}[gauge.better]
    if not found.get("Better", word).startswith(word):
        yield f"its docstring says Better: {found['Better']} but `better` is {gauge.better!r}"


def declared(gauge: Gauge) -> Iterator[str]:
    """Its range is not empty."""
    if not gauge.least < gauge.most:
        yield f"least {gauge.least} is not below most {gauge.most}"


def form(gauge: Gauge, question: str) -> Iterator[str]:
    """The value is inside its interval, the interval inside what the gauge can be; name, unit and count are told."""
    for model in ("perfect", "good", "random", "constant"):
        for weighted in (False, True):
            read = gauge.measure(made_trial(question, model, weighted=weighted), sure=0.9)
            if not gauge.least <= read.low <= read.value <= read.high <= gauge.most:
                found = f"{read.low}, {read.value}, {read.high}"
                yield f"{model}: wants least <= low <= value <= high <= most, reads {found}"
            if (read.gauge, read.unit, read.sure) != (gauge.name, gauge.unit, 0.9) or read.n < 1 or not read.how:
                yield f"{model}: its reading does not tell name, unit, level, count and how: {read}"


def anchors(gauge: Gauge, question: str) -> Iterator[str]:
    """Of two models, the one that knows the truth does not read worse."""
    best, worst = (gauge.measure(made_trial(question, model)).value for model in ("perfect", "random"))
    if (best < worst) if gauge.better == ">=" else (best > worst):
        yield f"a perfect model reads {best}, a random one {worst}, though better is {gauge.better!r}"
    if gauge.family == "quality" and best == worst:
        yield f"a perfect and a random model both read {best}"


def repeatable(gauge: Gauge, question: str) -> Iterator[str]:
    """The same trial gives the same reading, in whatever order its rows come; it is left as it was."""
    for weighted in (False, True):
        trial = made_trial(question, rows=151, weighted=weighted)
        first = gauge.measure(trial)
        if gauge.measure(trial) != first:
            yield "measured twice, it reads differently"
        order = np.random.default_rng(1).permutation(len(trial.truth))
        if gauge.measure(shuffled(trial, order)) != first:
            yield "another order of the rows changes the reading"
        again = made_trial(question, rows=151, weighted=weighted)
        if not np.array_equal(trial.truth, again.truth) or gauge.measure(again) != first:
            yield "it changes the trial that it measures"


def shuffled(trial: Trial, order: Array) -> Trial:
    weight = None if trial.weight is None else trial.weight[order]
    return replace(trial, answers=trial.answers.take(order), truth=trial.truth[order], weight=weight)


def narrows(gauge: Gauge, question: str) -> Iterator[str]:
    """More rows never make the interval wider, and a higher level never narrower."""
    few, many = (width(gauge.measure(made_trial(question, rows=rows))) for rows in (400, 4000))
    if many > few or (few > 0 and gauge.family != "cost" and many > 0.7 * few):
        yield f"its interval is {few:g} wide on 400 rows and {many:g} on 4000"
    sure, surer = (width(gauge.measure(made_trial(question), sure=level)) for level in (0.9, 0.99))
    if surer < sure:
        yield f"its interval is {sure:g} wide at 0.9 and {surer:g} at 0.99"


def width(reading: Reading) -> float:
    return float(reading.high - reading.low) if np.isfinite(reading.value) else 0.0


def poor_trials(gauge: Gauge, question: str) -> Iterator[str]:
    """No rows, one row, rows of one class, NaN, absent answers or costs give a reading or a house error."""
    trial = made_trial(question, rows=12)
    one = np.arange(12)[trial.truth == trial.truth[0]]
    spoilt = (
        replace(trial, truth=np.where(np.arange(12) == 3, np.nan, trial.truth)) if question == "regression" else trial
    )
    poor: dict[str, Trial] = {
        "no rows": shuffled(trial, np.arange(0)),
        "one row": shuffled(trial, np.arange(1)),
        "rows of one class": shuffled(trial, one),
        "NaN": replace(spoilt, answers=spoilt_answers(trial.answers)),
        "no answers and no costs": replace(trial, answers=Answers(), costs=None),
        "costs of nothing": replace(trial, costs=made_costs(0)),
    }
    for what, case in poor.items():
        with np.errstate(all="raise"):
            yield from manners(gauge, case, what)


def spoilt_answers(answers: Answers) -> Answers:
    """The answers with NaN in their third row."""
    copies = {name: np.array(array) for name, array in answers.items()}
    for array in copies.values():
        if array.dtype.kind == "f":
            array[2] = np.nan
    return Answers(copies)


def manners(gauge: Gauge, trial: Trial, what: str) -> Iterator[str]:
    try:
        read = gauge.measure(trial)
    except TrivetError as error:
        if not (error.wanted and error.found and error.do):
            yield f"{what}: its error does not say what was wanted, found and is to do"
    except Exception as error:  # noqa: BLE001 - a foreign exception is the breach that is looked for
        yield f"{what}: {type(error).__name__}: {error}"
    else:
        if not read.low <= read.value <= read.high:
            yield f"{what}: reads {read.value}, outside {read.low} to {read.high}"


def refuses(gauge: Gauge, question: str) -> Iterator[str]:
    """What is refused is refused with a reason; a guard that is read is asked for beforehand."""
    sketches = [sketch_of(other) for other in CLASSES] + [sketch_of(question, guard=False)]
    for sketch in sketches:
        try:
            gauge.applies(sketch)
        except NotApplicable as refusal:
            if not refusal.reason:
                yield "refuses without a reason"
    bare = made_trial(question)
    own = {name: array for name, array in bare.answers.items() if name not in ("sets", "low", "high")}
    bare = replace(bare, answers=Answers(own))
    if accepts(gauge, sketch_of(question, guard=False)) != measurable(gauge, bare):
        yield "what it says about candidates without a guard is not what it then does"


def measurable(gauge: Gauge, trial: Trial) -> bool:
    try:
        gauge.measure(trial)
    except NotApplicable:
        return False
    return True


LAWS: tuple[Callable[[Gauge, str], Iterator[str]], ...] = (
    form,
    anchors,
    repeatable,
    narrows,
    poor_trials,
    refuses,
)
