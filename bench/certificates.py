"""How often the 95 % intervals of every quality and trust gauge miss, on ordinary and hostile laws.

    python bench/certificates.py                   # 1,000 draws a cell; hours on one core
    python bench/certificates.py --draws 200 --shapes groups --rows 300

Nominal is 2.5 % on each side.  The bar is 3.5 %, or the gauge says `approximate` in that cell: a miss counts only where
the gauge did not say so, for then a limit could have been said to hold.  The truth of a law is what the gauge reads on
6,000,000 rows of it (the mean of a hundred draws of 60,000); for `calibration-gap` on 3,000,000 rows in fixed bins.
Truths stand in tests/gauges/truths.json, which the short form of this bench reads too; `--truths` makes them anew.

Seeded, one process.  Each finished cell is one line in bench/out/certificates.jsonl; a second run goes on where the
first one stopped.
"""

import argparse
import json
import sys
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.errors import BadData
from trivet.core.registry import find_gauge
from trivet.gauges.trust.calibration_gap import BINS
from trivet.testing.shapes import CLASS_GAUGES, CLASS_SHAPES, VALUE_GAUGES, VALUE_SHAPES, Shape

ROWS = (100, 300, 1000)
BAR = 0.035
_CHUNKS, _CHUNK = 100, 60_000
_GAP_CHUNKS = 50
OUT = Path(__file__).parent / "out" / "certificates.jsonl"
TRUTHS = Path(__file__).parent.parent / "tests" / "gauges" / "truths.json"
Json = dict[str, Any]


def truth_of(gauge: str, shape: Shape) -> float:
    """What the gauge reads on very many rows."""
    rng = np.random.default_rng(99)
    if gauge == "calibration-gap":
        return gap_of(shape, rng)
    values = [find_gauge(gauge).measure(shape(rng, _CHUNK), sure=0.5).value for _ in range(_CHUNKS)]
    return float(np.mean(values))


def all_truths() -> Json:
    """{kind: {shape: {gauge: truth}}}, to six digits; half an hour."""
    pairs = ((CLASS_SHAPES, CLASS_GAUGES), (VALUE_SHAPES, VALUE_GAUGES))
    return {
        kind_of(shapes): {
            name: {gauge: float(f"{truth_of(gauge, shape):.6g}") for gauge in gauges} for name, shape in shapes.items()
        }
        for shapes, gauges in pairs
    }


def gap_of(shape: Shape, rng: np.random.Generator) -> float:
    """The gap between the means of 15 bins of equal mass, on so many rows that noise adds less than 0.001."""
    total, edges = np.zeros((2, BINS)), None
    for _ in range(_GAP_CHUNKS):
        trial = shape(rng, _CHUNK)
        given, weight = trial.plain["probabilities"], trial.rows.weights()
        two = given.shape[1] == 2
        stated = given[:, 1] if two else given.max(axis=1)
        happened = trial.truth == (1 if two else given.argmax(axis=1))
        edges = np.quantile(stated, np.linspace(0, 1, BINS + 1))[1:-1] if edges is None else edges
        which = np.searchsorted(edges, stated)
        total[0] += np.bincount(which, weight * (stated - happened), minlength=BINS)
        total[1] += np.bincount(which, weight, minlength=BINS)
    return float(np.abs(total[0]).sum() / total[1].sum())


def cell(shape: Shape, name: str, rows: int, draws: int, truths: Mapping[str, float]) -> list[Json]:
    """One line for each gauge: shares of draws that miss, and in which it says `approximate` or cannot be read."""
    rng = np.random.default_rng([zlib.crc32(name.encode()), rows])
    count = {
        gauge: dict.fromkeys(("good", "bad", "good_silent", "bad_silent", "approximate", "unread"), 0)
        for gauge in truths
    }
    for _ in range(draws):
        trial = shape(rng, rows)
        for gauge, truth in truths.items():
            kept = find_gauge(gauge)
            try:
                read = kept.measure(trial)
            except BadData:
                count[gauge]["unread"] += 1
                continue
            above, below = read.low > truth, read.high < truth
            good, bad = (above, below) if kept.better == ">=" else (below, above)
            for key, is_so in (("good", good), ("bad", bad)):
                count[gauge][key] += is_so
                count[gauge][key + "_silent"] += is_so and not read.approximate
            count[gauge]["approximate"] += read.approximate
    return [
        {"shape": name, "rows": rows, "gauge": gauge, "draws": draws, "truth": truths[gauge]}
        | {key: number / draws for key, number in counts.items()}
        for gauge, counts in count.items()
    ]  # fmt: skip


def verdict(line: Json) -> str:
    """How a cell is printed: misses on the side that would let a broken limit hold, and on the other."""
    shown = f"{100 * line['good_silent']:.1f} / {100 * line['bad_silent']:.1f}"
    if line["approximate"] >= 0.5:
        return f"~ ({100 * line['good']:.1f} / {100 * line['bad']:.1f})"
    return f"**{shown}**" if is_over(line) else shown


def is_over(line: Json) -> bool:
    """Whether a limit could have been said to hold, or to break, too often."""
    return max(line["good_silent"], line["bad_silent"]) > BAR


def markdown(lines: Sequence[Json]) -> str:
    """A table for each kind of task: a row for each gauge and size, a column for each shape."""
    tables = []
    for gauges, shapes in ((CLASS_GAUGES, CLASS_SHAPES), (VALUE_GAUGES, VALUE_SHAPES)):
        found = {
            (one["gauge"], one["rows"], one["shape"]): one for one in lines if one["shape_kind"] == kind_of(shapes)
        }
        table = ["| gauge | rows | " + " | ".join(shapes) + " |", "|---|---|" + "---|" * len(shapes)]
        for gauge in gauges:
            for rows in ROWS:
                cells = [found.get((gauge, rows, shape)) for shape in shapes]
                if any(cells):
                    told = ["" if one is None else verdict(one) for one in cells]
                    table.append(f"| {gauge} | {rows:,} | " + " | ".join(told) + " |")
        tables.append("\n".join(table))
    over = [one for one in lines if is_over(one)]
    said = f"{len(lines)} cells, {len(over)} over {BAR:.1%}" + "".join(
        f"\n- {one['gauge']}, {one['shape']}, {one['rows']} rows: {verdict(one)}" for one in over
    )
    return "\n\n".join([*tables, said])


def kind_of(shapes: Mapping[str, Shape]) -> str:
    return "classes" if shapes is CLASS_SHAPES else "numbers"


def main() -> int:
    """Runs what is missing, prints the table; 1 when a cell is over the bar."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--draws", type=int, default=1000)
    ask.add_argument("--rows", type=int, nargs="*", default=list(ROWS))
    ask.add_argument("--shapes", nargs="*", help="some of them; all by default")
    ask.add_argument("--out", type=Path, default=OUT)
    ask.add_argument("--print", action="store_true", help="only the table of what is done")
    ask.add_argument("--truths", action="store_true", help="only make the truths anew")
    told = ask.parse_args()
    if told.truths:
        TRUTHS.write_text(json.dumps(all_truths(), indent=1) + "\n", encoding="utf-8")
        return 0
    told.out.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(TRUTHS.read_text(encoding="utf-8"))
    done = [json.loads(line) for line in told.out.read_text().splitlines()] if told.out.exists() else []
    lines = {
        (one["shape_kind"], one["shape"], one["rows"], one["gauge"]): one for one in done if one["draws"] >= told.draws
    }
    for shapes, gauges in ((CLASS_SHAPES, CLASS_GAUGES), (VALUE_SHAPES, VALUE_GAUGES)):
        for name, shape in () if told.print else shapes.items():
            if told.shapes and name not in told.shapes:
                continue
            truths: dict[str, float] = known[kind_of(shapes)][name]
            for rows in told.rows:
                missing = [gauge for gauge in gauges if (kind_of(shapes), name, rows, gauge) not in lines]
                fresh = (
                    cell(shape, name, rows, told.draws, {gauge: truths[gauge] for gauge in missing}) if missing else []
                )
                with told.out.open("a") as out:
                    for line in fresh:
                        line["shape_kind"] = kind_of(shapes)
                        lines[(kind_of(shapes), name, rows, line["gauge"])] = line
                        out.write(json.dumps(line) + "\n")
                print(
                    f"{name}, {rows} rows: {', '.join(one['gauge'] + ' ' + verdict(one) for one in fresh)}",
                    file=sys.stderr,
                    flush=True,
                )
    print(markdown(list(lines.values())))
    return int(any(is_over(one) for one in lines.values()))


if __name__ == "__main__":
    sys.exit(main())
