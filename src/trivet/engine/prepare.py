"""What a build knows before its first expensive step, or the honest no that needs none."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.folds import unit_of
from trivet.core.limits import Limit
from trivet.core.recipe import Recipe
from trivet.core.registry import find_gauge, find_goal
from trivet.core.rows import Rows
from trivet.core.units import show_amount
from trivet.core.value import value
from trivet.data.intake import Intake, take_in
from trivet.kit.constant import baselines, constant_in_words

from .dossier import Writer
from .machine_speed import machine_speed
from .outcome import Infeasible, Told
from .pack import bare_bytes
from .plan import Plan, check_limits_alone, make_plan
from .wishes import Floor, floor_for, floor_of, impossible


@value
class Prepared:
    """Everything that is known before the first expensive step.

    floor: a limit that no candidate can keep, or None.  constant: see `kit.constant`.  baselines: what the constant
    answer reaches in each limited quality gauge, on the rows that compare candidates.
    """

    intake: Intake
    plan: Plan
    floor: Floor | None
    constant: dict[str, Any]
    baselines: dict[str, float]
    told: Told

    @property
    def refusal(self) -> Infeasible | None:
        """The honest no that needs no search; None when there has to be one."""
        return None if self.floor is None else replace(impossible(self.floor), told=self.told)


def prepare(recipe: Recipe, source: Any = None, *, threads: int) -> Prepared | Infeasible:
    """Reads, examines, splits and plans; or the honest no that needs none of it.

    Raises TrivetError for whatever a build would refuse.
    """
    check_limits_alone(recipe.limits)
    floor = floor_of(recipe.limits)
    if floor is not None:
        return impossible(floor)
    intake = take_in(recipe, source)
    plan = make_plan(recipe, intake.task, rows=intake.n_rows, threads=threads, speed=machine_speed())
    constant = find_goal(intake.task.goal).constant(intake.task, intake.dataset.fit)
    rows = intake.dataset.choose
    found = baselines(intake.task, constant, rows, [limit.gauge for limit in recipe.limits])
    notices = (
        *kept_by_the_constant(recipe.limits, found, constant_in_words(intake.task, constant)),
        *beyond_proof(recipe.limits, intake.vault),
    )
    blank = Writer(intake=intake, plan=plan, constant=constant, notices=()).blank()
    return Prepared(
        intake=intake,
        plan=plan,
        floor=floor_for(recipe.limits, intake.task, bare_bytes(Candidate(task=intake.task, parts={}), blank)),
        constant=constant,
        baselines=found,
        told=Told(findings=intake.findings, alerts=intake.alerts, notices=(*intake.notices, *notices)),
    )


def beyond_proof(limits: Sequence[Limit], vault: Rows) -> tuple[str, ...]:
    """A notice for each limit that can be kept, but not proven on so few rows that certify."""
    units = len(np.unique(unit_of(vault)))
    return tuple(
        f"the limit {limit} can be kept but not proven: {units:,} independent rows certify, and without an upper bound "
        f"of an error a mean of them takes {least:,}; limit p90-error or median-error, or give more rows"
        for limit in limits
        if units < (least := find_gauge(limit.gauge).least_units)
    )


def kept_by_the_constant(limits: Sequence[Limit], found: dict[str, float], words: str) -> tuple[str, ...]:
    """A notice for each limit that asks nothing of a model."""
    return tuple(
        f"the limit {limit} asks nothing of a model: {words} reaches {show_amount(found[limit.gauge], limit.unit)}"
        for limit in limits
        if limit.gauge in found and limit.room(found[limit.gauge]) >= 0
    )
