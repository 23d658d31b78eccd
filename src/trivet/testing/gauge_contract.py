"""What every gauge must keep, checked on made answers of which the truth is known."""

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, replace

import numpy as np

from trivet.core.errors import NotApplicable, TrivetError
from trivet.core.gauges import PLAIN, Gauge, Trial
from trivet.core.reading import Reading
from trivet.core.text_form import doc_fields, instance_from, split_call
from trivet.core.value import digest_of
from trivet.engine.measure import can_measure
from trivet.runtime.batch import Answers
from trivet.runtime.probes import PROBES

from .trials import CLASSES, made_costs, made_rows, made_task_of, made_trial, sketch_of

LABELS = ("Better", "Interval", "Source")
GUARDED = ("sets", "answered", "answer", "low", "high")


def check_gauge(gauge: Gauge) -> None:
    """Raises AssertionError with a sentence for each law that the gauge breaks; silent when it keeps them all.

    The gauge is tried as it is given and with the parameters of its `examples`, on the rows of `testing/trials.py`.
    """
    breaches = [*names(gauge), *documents(gauge), *declarations(gauge)]
    for one in (gauge, *read_examples(gauge)):
        questions = [question for question in CLASSES if can_measure(one, sketch_of(question))]
        own = [*parameters(one)]
        if not questions:
            own.append("applies to no kind of question")
        for question in questions:
            for law in LAWS:
                own += [f"{question}: {breach}" for breach in law(one, question)]
        breaches += [f"{one}: {breach}" for breach in own] if one is not gauge else own
    if breaches:
        raise AssertionError("\n".join(f"{gauge.name}: {breach}" for breach in breaches))


def read_examples(gauge: Gauge) -> list[Gauge]:
    """The gauges that its examples mean."""
    return [instance_from(type(gauge), split_call(text)[1], text=text) for text in gauge.examples]


def names(gauge: Gauge) -> Iterator[str]:
    """File, class and limit call it the same; the folder is its family."""
    family, file = f".{type(gauge).__module__}".split(".")[-2:]
    if file.replace("_", "-") != gauge.name:
        yield f"lives in {file}.py, which would be gauge {file.replace('_', '-')}"
    if type(gauge).__module__.startswith("trivet.") and family != gauge.family:
        yield f"lives in {family}/ and says that its family is {gauge.family}"


def documents(gauge: Gauge) -> Iterator[str]:
    """The module's docstring says which way is better, how the interval is made, and the source."""
    found = doc_fields(sys.modules[type(gauge).__module__].__doc__ or "", (*LABELS, "Parameters"))
    missing = [label for label in LABELS if not found.get(label)]
    told = found.get("Parameters", "")
    missing += [f"what {field.name} is" for field in fields(gauge) if not re.search(rf"\b{field.name}\b", told)]
    if missing:
        yield f"its docstring does not say {', '.join(missing)}"
    word = {">=": "higher", "<=": "lower"}[gauge.better]
    if not found.get("Better", word).startswith(word):
        yield f"its docstring says Better: {found['Better']} but `better` is {gauge.better!r}"


def declarations(gauge: Gauge) -> Iterator[str]:
    """Its range is not empty, its probes exist, and its parameters are shown with examples."""
    unknown = set(gauge.needs_probes) - {*PROBES, "size"}
    if unknown:
        yield f"needs probes that do not exist: {', '.join(sorted(unknown))}"
    if fields(gauge) and not gauge.examples:
        yield "has parameters and no example"
    if not gauge.least < gauge.most:
        yield f"least {gauge.least} is not below most {gauge.most}"


def parameters(gauge: Gauge) -> Iterator[str]:
    """Its text reads back as the same gauge, and tells it from every other."""
    try:
        again = instance_from(type(gauge), split_call(str(gauge))[1], text=str(gauge))
    except TrivetError as error:
        yield f"its own text cannot be read: {error}"
        return
    if again != gauge or str(again) != str(gauge):
        yield f"reads back as {again}"


def form(gauge: Gauge, question: str) -> Iterator[str]:
    """The value is inside its interval, the interval inside what the gauge can be; name, unit and count are told."""
    for model in ("perfect", "good", "random", "constant"):
        for weighted in (False, True):
            read = gauge.measure(made_trial(question, model, weighted=weighted, of=gauge), sure=0.9)
            if not gauge.least <= read.low <= read.value <= read.high <= gauge.most:
                found = f"{read.low}, {read.value}, {read.high}"
                yield f"{model}: wants least <= low <= value <= high <= most, reads {found}"
            if (read.gauge, read.unit, read.sure) != (str(gauge), gauge.unit, 0.9) or read.n < 1 or not read.how:
                yield f"{model}: its reading does not tell name, unit, level, count and how: {read}"


def anchors(gauge: Gauge, question: str) -> Iterator[str]:
    """Of two models, the one that knows the truth does not read worse."""
    best, worst = (gauge.measure(made_trial(question, model, of=gauge)).value for model in ("perfect", "random"))
    if (best < worst) if gauge.better == ">=" else (best > worst):
        yield f"a perfect model reads {best}, a random one {worst}, though better is {gauge.better!r}"
    if gauge.family == "quality" and best == worst:
        yield f"a perfect and a random model both read {best}"


def repeatable(gauge: Gauge, question: str) -> Iterator[str]:
    """The same trial gives the same reading, in whatever order its rows come; it is left as it was."""
    for weighted in (False, True):
        trial = made_trial(question, rows=151, weighted=weighted, of=gauge)
        first = gauge.measure(trial)
        if gauge.measure(trial) != first:
            yield "measured twice, it reads differently"
        order = np.random.default_rng(1).permutation(len(trial.truth))
        if gauge.measure(trial.take(order)) != first:
            yield "another order of the rows changes the reading"
        again = made_trial(question, rows=151, weighted=weighted, of=gauge)
        if not np.array_equal(trial.truth, again.truth) or gauge.measure(again) != first:
            yield "it changes the trial that it measures"


def narrows(gauge: Gauge, question: str) -> Iterator[str]:
    """More rows never make the interval wider, and a higher level never narrower."""
    few, many = (width(gauge.measure(made_trial(question, rows=rows, of=gauge))) for rows in (400, 4000))
    if many > few or (few > 0 and gauge.family != "cost" and many > 0.7 * few):
        yield f"its interval is {few:g} wide on 400 rows and {many:g} on 4000"
    sure, surer = (width(gauge.measure(made_trial(question, of=gauge), sure=level)) for level in (0.9, 0.99))
    if surer < sure:
        yield f"its interval is {sure:g} wide at 0.9 and {surer:g} at 0.99"


def losses_agree(gauge: Gauge, question: str) -> Iterator[str]:
    """Where it has losses of rows, they lie in [0, 1], and what their mean says is the value."""
    trial = made_trial(question, rows=200)
    losses = gauge.losses(trial)
    if losses is None:
        return
    if losses.shape[0] != 200 or np.nanmin(losses) < 0 or np.nanmax(losses) > 1:
        yield f"its losses are not one for each row, in [0, 1]: {losses.shape}"
    mean = float(np.nanmean(losses.reshape(200, -1), axis=0).max())
    value = gauge.measure(trial).value
    if abs(gauge.loss_bound(value, trial.task) - mean) > 1e-9:
        yield f"its losses say {mean}, its value {value} means {gauge.loss_bound(value, trial.task)}"


def width(reading: Reading) -> float:
    return float(reading.high - reading.low) if np.isfinite(reading.value) else 0.0


def poor_trials(gauge: Gauge, question: str) -> Iterator[str]:
    """No rows, one row, rows of one class, NaN, absent answers or costs give a reading or a house error."""
    trial = made_trial(question, rows=12, of=gauge)
    one = np.arange(12)[trial.truth == trial.truth[0]]
    gaps = np.where(np.arange(12) == 3, np.nan, trial.truth) if question == "regression" else trial.truth
    poor: dict[str, Trial] = {
        "no rows": trial.take(np.arange(0)),
        "one row": trial.take(np.arange(1)),
        "rows of one class": trial.take(one),
        "NaN": replace(trial, rows=replace(trial.rows, truth=gaps), answers=spoilt_answers(trial.answers)),
        "no answers and no costs": replace(trial, answers={PLAIN: Answers()}, costs={}),
        "no answers to what it asks": replace(trial, answers={PLAIN: trial.plain}),
        "rows without any role": replace(trial, rows=replace(trial.rows, roles={})),
        "costs of nothing": replace(trial, costs=made_costs(0)),
    }
    for what, case in poor.items():
        with np.errstate(all="raise"):
            yield from manners(gauge, case, what)


def spoilt_answers(answers: Mapping[str, Answers]) -> dict[str, Answers]:
    """The answers with NaN in their third row."""
    return {question: spoilt(said) for question, said in answers.items()}


def spoilt(answers: Answers) -> Answers:
    copies = {name: np.array(array) for name, array in answers.items()}
    for array in copies.values():
        if array.dtype.kind == "f" and len(array) > 2:
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
    trial = made_trial(question, of=gauge)
    bare = replace(trial, answers={asked: unguarded(said) for asked, said in trial.answers.items()})
    if can_measure(gauge, sketch_of(question, guard=False)) != measurable(gauge, bare):
        yield "what it says about candidates without a guard is not what it then does"


def unguarded(answers: Answers) -> Answers:
    """The answers without those of a guard."""
    return Answers({name: array for name, array in answers.items() if name not in GUARDED})


def measurable(gauge: Gauge, trial: Trial) -> bool:
    try:
        gauge.measure(trial)
    except NotApplicable:
        return False
    return True


def asks(gauge: Gauge, question: str) -> Iterator[str]:
    """It asks the same whenever it asks, rows that a file can answer, and leaves the rows as they are."""
    task, rows = made_task_of(question), made_rows(question, "good", 60)
    first, before = gauge.questions(task, rows), rows.digest
    again = gauge.questions(task, rows)
    if {name: asked.digest for name, asked in first.items()} != {name: asked.digest for name, asked in again.items()}:
        yield "asked twice, it asks differently"
    if digest_of(rows) != before:
        yield "it changes the rows that it asks about"
    for name, asked in first.items():
        if name == PLAIN or not name:
            yield f"calls a question {name!r}, which is how the rows as they are are called"
        if not {field.name for field in task.inputs} <= set(asked.columns):
            yield f"its question {name!r} lacks input columns"


def among(gauge: Gauge, question: str) -> Iterator[str]:
    """The reading among groups is that of the worst one, and its interval is the wider for it."""
    if not getattr(gauge, "among", ""):
        return
    plain = replace(gauge, among="")  # type: ignore[call-arg]
    trial = made_trial(question, rows=600, of=gauge)
    groups = [trial.rows.roles["site"] == site for site in np.unique(trial.rows.roles["site"])]
    read, each = gauge.measure(trial), [plain.measure(trial.take(rows)) for rows in groups]
    worst = (min if gauge.better == ">=" else max)(each, key=lambda one: one.value)
    if read.value != worst.value:
        yield f"reads {read.value}, the worst group {worst.value}"
    if not (read.low <= worst.low if gauge.better == ">=" else read.high >= worst.high):
        alone = f"{worst.low} to {worst.high} when it is read alone"
        yield f"is surer of its worst group, {read.low} to {read.high}, than {alone}"


LAWS: tuple[Callable[[Gauge, str], Iterator[str]], ...] = (
    form,
    anchors,
    repeatable,
    narrows,
    losses_agree,
    poor_trials,
    refuses,
    asks,
    among,
)
