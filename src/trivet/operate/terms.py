"""What is bet on: the limits of a file that bound a mean of per-row losses, and why the others cannot be bet on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.errors import BadUse, TrivetError
from trivet.core.gauges import Gauge, Trial, plain_trial
from trivet.core.limits import Limit
from trivet.core.registry import find_gauge
from trivet.core.rows import Rows
from trivet.core.task import Task
from trivet.core.value import value
from trivet.data.fresh_rows import made_up_rows
from trivet.kit.stats.betting import Side, Wager
from trivet.runtime.part import Array
from trivet.runtime.specialist import Specialist
from trivet.storage.objects import task_from_json


@value
class Bet:
    """One limit that is bet on.  alpha: the chance that is allowed of ever being wrong about it."""

    limit: Limit
    gauge: Gauge
    wager: Wager
    alpha: float

    def losses(self, trial: Trial) -> Array:
        """(rows, strands) in [0, 1], NaN where a row does not count."""
        found = self.gauge.losses(trial)
        if found is None:
            raise AssertionError(f"{self.gauge} had losses before the first row and has none now")
        return found.reshape(len(found), -1)

    def value_of(self, mean_loss: float, task: Task) -> float:
        """The gauge's value that a mean loss stands for."""
        none, all_of_it = self.gauge.loss_bound(0.0, task), self.gauge.loss_bound(1.0, task)
        return (mean_loss - none) / (all_of_it - none)


@value
class Terms:
    """bets: limit as text -> bet.  untold: limit as text -> why it cannot be bet on."""

    task: Task
    bets: Mapping[str, Bet]
    untold: Mapping[str, str]

    @property
    def alphas(self) -> dict[str, float]:
        """limit as text -> alpha."""
        return {name: bet.alpha for name, bet in self.bets.items()}


def terms_of(model: Specialist, limits: Sequence[Limit], side: Side, alpha_of: Callable[[Limit], float]) -> Terms:
    """The bets on these limits; refuses when there is none.

    Which gauges have losses is asked of the file's own test rows: answers there mean nothing, shapes do.
    """
    task = task_of(model.manifest)
    trial = trial_of(model, task, made_up_rows(model.manifest, task))
    sketch = Candidate(task=task, parts=model.contents.parts).sketch
    bets: dict[str, Bet] = {}
    untold: dict[str, str] = {}
    for limit in limits:
        try:
            gauge = find_gauge(limit.gauge)
            gauge.applies(sketch)
            found = None if limit.must != gauge.better else gauge.losses(trial)
        except TrivetError as error:
            untold[str(limit)] = f"it cannot be measured here: wanted {error.wanted}, found {error.found}"
            continue
        if found is None:
            untold[str(limit)] = why_not(gauge, limit)
            continue
        bound = float(np.clip(gauge.loss_bound(limit.bound, task), 0.0, 1.0))
        wager = Wager(bound=bound, side=side, strands=1 if found.ndim == 1 else found.shape[1])
        bets[str(limit)] = Bet(limit=limit, gauge=gauge, wager=wager, alpha=alpha_of(limit))
    if not bets:
        raise nothing_to_bet(untold)
    return Terms(task=task, bets=bets, untold=untold)


def why_not(gauge: Gauge, limit: Limit) -> str:
    """Why rows, taken one by one, are no evidence about this limit."""
    if gauge.family == "cost":
        return "a cost does not depend on labelled rows; `trivet verify` measures it again"
    if limit.must != gauge.better:
        return f"it bounds {gauge.name} on its bad side"
    if getattr(gauge, "among", ""):
        return "it is about the worst of groups that are not known beforehand; `trivet verify --data` measures it"
    return "it is no mean of losses that single rows have within known ends; `trivet verify --data` measures it"


def nothing_to_bet(untold: Mapping[str, str]) -> BadUse:
    told = "; ".join(f"{limit}: {why}" for limit, why in untold.items())
    return BadUse(
        "nothing-to-bet",
        wanted="a limit on a mean of per-row losses, such as accuracy, coverage or brier",
        found=told or "no such limit in this file",
        do="measure with `trivet verify FILE --data ROWS`, or build with a limit that rows can be counted for",
    )


def task_of(manifest: Mapping[str, Any]) -> Task:
    """The question that the file answers."""
    return task_from_json(manifest["task"])


def trial_of(model: Specialist, task: Task, rows: Rows) -> Trial:
    """What the file says of the rows, in this process.  Without their weights: those are staked, see `arrivals`."""
    bare = replace(rows, roles={name: role for name, role in rows.roles.items() if name != "weight"})
    return plain_trial(task, bare, model.answers(rows.raw()))
