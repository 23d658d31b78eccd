"""What a packaged file costs: its size, and what probes measure of it in clean processes that have only the runtime.

Costs need no truth, so they are measured on rows that compare: before the vault is opened, and at no charge to it.
"""

import json
from collections.abc import Mapping, Sequence
from math import inf
from pathlib import Path

import numpy as np

from trivet.core.gauges import Gauge, Samples
from trivet.core.rows import Rows
from trivet.runtime.file.sections import Bytes
from trivet.runtime.part import canonical_json
from trivet.runtime.probes import PROBES
from trivet.storage.disk import Storage

from .clean_process import run_probe
from .machine import this_machine
from .measure import probes_for


def costs_of(
    data: Bytes, rows: Rows, gauges: Sequence[Gauge], folder: Path, storage: Storage, *, until: float = inf
) -> Mapping[str, Samples]:
    """{probe: what it measured of the file}, for the probes that these gauges need, and the "size" of the file.

    folder: an empty one, left as it was.  until: moment of `time.monotonic` by which processes that are watched from
    outside have to be over; else none is.
    """
    machine, costs = this_machine(), {"size": Samples(numbers=np.array([float(len(data))]), unit="B")}
    probes = {name: PROBES[name]() for name in probes_for(gauges) if name in PROBES}
    if not probes:
        return costs
    file, sent, got = folder / "finalist.trivet", folder / "rows.jsonl", folder / "costs.jsonl"
    storage.publish(file, data, private=True)
    storage.publish(sent, lines_of(rows), private=True)
    asked = [word for name, probe in probes.items() for word in ("--probe", f"{name}={probe.times}")]
    run_probe([str(file), str(sent), str(got), *asked])
    found = json.loads(storage.read(got))["costs"]

    def start() -> None:
        run_probe([str(file), str(sent), str(got), "--first"])

    for name, probe in probes.items():
        numbers = np.asarray([*found[name], *probe.watch(start, until)], np.float64)
        costs[name] = Samples(numbers=numbers, unit=probe.unit, where=machine)
    for path in (file, sent, got):
        storage.remove(path)
    return costs


def lines_of(rows: Rows) -> bytes:
    """The raw rows as the clean process reads them, one JSON object in each line."""
    return b"".join(canonical_json(row) + b"\n" for row in rows.dicts())
