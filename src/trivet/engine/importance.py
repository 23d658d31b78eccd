"""Permutation importance: how much worse a gauge gets when one column is shuffled.

Source: Breiman 2001 (random forests, section 10); Fisher, Rudin and Dominici 2019 for any model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from trivet.core.candidate import Candidate
from trivet.core.gauges import PLAIN, Gauge, Trial
from trivet.core.rows import Rows
from trivet.runtime.program import Program

_REPEATS, _MOST_ROWS = 3, 2000


def permutation_importance(
    candidate: Candidate, rows: Rows, gauge: Gauge, *, seed: int
) -> list[tuple[str, float, float, float]]:
    """(column, mean loss, least, most) over three shuffles of each column, most important first.

    The loss is in the gauge's unit and positive when shuffling hurts.  At most 2,000 rows are used.
    """
    rng = np.random.default_rng(seed)
    rows = rows.take(np.arange(min(len(rows), _MOST_ROWS)))
    program, raw = Program(candidate.parts), rows.raw()
    sign = 1.0 if gauge.better == ">=" else -1.0

    def value_of(some: Rows, cells: Mapping[str, Sequence[Any]]) -> float:
        said = {PLAIN: program.answers(program.read(cells))}
        for name, asked in gauge.questions(candidate.task, some).items():
            said[name] = program.answers(program.read(asked.raw()))
        return gauge.measure(Trial(task=candidate.task, rows=some, answers=said)).value

    whole = value_of(rows, raw)
    found = []
    for name, column in raw.items():
        losses = []
        for _ in range(_REPEATS):
            order = rng.permutation(len(column))
            mixed = replace(rows, columns={**rows.columns, name: rows.columns[name][order]})
            losses.append(sign * (whole - value_of(mixed, {**raw, name: [column[at] for at in order]})))
        mean, least, most = (round(float(x), 6) for x in (np.mean(losses), min(losses), max(losses)))
        found.append((name, mean, least, most))
    return sorted(found, key=lambda one: (-one[1], one[0]))
