"""Sets what can be set of a finalist on the rows that certify it, so that its limits are kept by construction.

Each dial of the finalist (floors of sets, pads of intervals, the rule of the answer) is tested for all limits that
depend on it at once, from the safest setting to the most useful, each test at the limit's own error.  Several dials
share that error.  Whoever measures the limits again on the same rows, with the setting that was taken, finds them
kept: it is the same test.  So the judge needs no word of this, and a limit that cannot be proven stays UNPROVEN.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from trivet.core.candidate import Candidate
from trivet.core.errors import BadData, NotApplicable
from trivet.core.gauges import Gauge, Trial, plain_trial
from trivet.core.limits import Limit
from trivet.core.reading import Reading
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.core.value import value
from trivet.kit.conformal.control import Alpha, holds, last_proven, margin, useful_order
from trivet.kit.conformal.decision import Decision
from trivet.kit.conformal.dial import Dial, Setting
from trivet.kit.conformal.interval_pad import IntervalPad
from trivet.kit.conformal.set_floors import SetFloors
from trivet.kit.scores import answers_on
from trivet.runtime.batch import Answers
from trivet.runtime.kinds.control import KEY
from trivet.runtime.part import Part

DIALS: tuple[type[Dial], ...] = (SetFloors, IntervalPad, Decision)


@value
class Controlled:
    """A finalist as it ships.  notes: what the reading of each limit that was proven so has to say, by gauge."""

    candidate: Candidate
    notes: Mapping[str, str] = field(default_factory=dict)


def can_be_controlled(candidate: Candidate, limits: Sequence[Limit]) -> bool:
    """Whether some limit asks for a setting that the candidate has."""
    return any(kind.fits(candidate) and serves(kind, limits) for kind in DIALS)


def controlled(candidate: Candidate, tune: Rows, vault: Trial, limits: Sequence[Limit], alpha: Alpha) -> Controlled:
    """The candidate with every dial set as far as the vault proves.

    tune: rows that fix in which order settings are tested.  vault: what the packed candidate said of the vault.
    alpha: the chance with which each limit may wrongly be said to hold.  A pure function.
    """
    found = [(kind, depending(kind, vault, limits)) for kind in DIALS if kind.fits(candidate)]
    wanted = [(kind(candidate, own), own) for kind, own in found if serves(kind, own)]
    seen = answers_on(candidate, tune)

    def each(limit: Limit) -> float:
        return alpha(limit) / len(wanted)

    parts: dict[str, Part] = {}
    notes: dict[str, str] = {}
    for dial, own in wanted:
        setting, is_proven = set_on(dial, seen, vault, own, each)
        if setting is None:
            continue
        made = dial.parts(setting)
        parts |= {slot: noted(part, own, each) for slot, part in made.items()} if is_proven else made
        notes |= {limit.gauge: how_set(each(limit)) for limit in own} if is_proven else {}
    return Controlled(candidate=candidate.with_(**parts), notes=notes)


def serves(kind: type[Dial], limits: Sequence[Limit]) -> bool:
    return any((limit.base, limit.must) in kind.serves for limit in limits)


def depending(kind: type[Dial], trial: Trial, limits: Sequence[Limit]) -> tuple[Limit, ...]:
    """The limits whose gauges read what the dial gives; those that ask the file more are measured, not controlled."""
    gone = Answers({name: said for name, said in trial.plain.items() if name not in kind.gives})
    without = plain_trial(trial.task, trial.rows, gone)
    return tuple(
        limit
        for limit in limits
        if reads(find_gauge(limit.gauge), trial) and not reads(find_gauge(limit.gauge), without)
    )


def reads(gauge: Gauge, trial: Trial) -> bool:
    """Whether the gauge finds what it reads in a trial that measured no costs and asked nothing more."""
    try:
        gauge.measure(trial)
    except NotApplicable:
        return False
    except BadData:
        return True
    return True


def set_on(dial: Dial, seen: Trial, vault: Trial, limits: Sequence[Limit], alpha: Alpha) -> tuple[Setting | None, bool]:
    """(how to set the dial, whether that was proven); None leaves it as the tune rows set it."""
    if dial.is_one_floor and are_plain(limits) and counts_alike(vault):
        # All floors between two rows say the same of every row: this walks all floors there are.
        found = [dial.proven(vault, limit.bound, alpha(limit)) for limit in limits]
        if any(one is None for one in found):
            return None, False
        safest = min(found, key=lambda one: dial.use(dial.turned(vault, one)))
        return safest, holds(dial.turned(vault, safest), limits, alpha)
    return walked(dial, seen, vault, limits, alpha)


def are_plain(limits: Sequence[Limit]) -> bool:
    """Whether the limits ask for coverage of all rows, and for nothing else."""
    return all(limit.gauge == "coverage" and limit.must == ">=" for limit in limits)


def counts_alike(trial: Trial) -> bool:
    """Whether every row is independent evidence of the same weight."""
    units = trial.units
    return trial.weight is None and (units is None or int(units.max(initial=-1)) + 1 == len(units))


def walked(dial: Dial, seen: Trial, vault: Trial, limits: Sequence[Limit], alpha: Alpha) -> tuple[Setting | None, bool]:
    """The last setting that is proven, in an order that the tune rows fix."""
    rungs = dial.rungs(seen)
    turned = [dial.turned(seen, rung) for rung in rungs]
    margins = [margin(trial, limits, alpha) for trial in turned]
    order = useful_order(margins, [dial.use(trial) for trial in turned])
    last = last_proven(order, lambda at: holds(dial.turned(vault, rungs[at]), limits, alpha))
    if last is not None:
        return rungs[last], True
    # Nothing is proven.  What the tune rows set is kept, unless it would seem to hold: it was not the first in turn.
    is_second_look = bool(order) and holds(vault, limits, alpha)
    return (rungs[order[0]] if is_second_look else None), False


def noted(part: Part, limits: Sequence[Limit], alpha: Alpha) -> Part:
    """The part, which says that it was set on the vault, for which limits, and with which error each."""
    control = [[str(limit), float(f"{alpha(limit):.6g}")] for limit in limits]
    covered = [limit.bound for limit in limits if (limit.base, limit.must) in SetFloors.serves]
    promise = {"coverage": max(covered)} if "coverage" in part.config and covered else {}
    return Part(kind=part.kind, config={**part.config, **promise, KEY: control}, arrays=part.arrays)


def how_set(alpha: float) -> str:
    """What the reading of a limit says that a setting was proven to keep."""
    return f"set on these rows by exact tests in a fixed order, error {100 * alpha:.3g} % (arXiv 2110.01052)"


def told_how(readings: Sequence[Reading], proven: Mapping[str, str]) -> tuple[Reading, ...]:
    """The readings; those of limits that settings were proven to keep say so."""
    return tuple(
        replace(one, notes=(*one.notes, proven[one.gauge])) if one.gauge in proven else one for one in readings
    )
