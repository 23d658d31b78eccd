"""A specialist made by hand that answers "yes" where a + b > 0, in a file with chosen limits, verdicts and roles."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.core.words import packed_words
from trivet.data.split.row_sketch import row_sketch
from trivet.runtime.file.container import encode
from trivet.runtime.part import Part
from trivet.storage.objects import task_to_json
from trivet.testing.tasks import made_task

INPUTS = (Field(name="a", type="number"), Field(name="b", type="number"))
LIMITS = ("accuracy >= 0.9", "auroc >= 0.9", "worst-class-coverage >= 0.9", "brier <= 0.1", "size <= 50 kB")


def limit(text: str, sure: float = 0.95) -> dict[str, Any]:
    gauge, must, bound = text.split(" ", 2)
    number = 50_000.0 if gauge == "size" else float(bound)
    return {"gauge": gauge, "must": must, "bound": number, "unit": "B" if gauge == "size" else "", "sure": sure}


def made_file(
    path: Path,
    *,
    limits: Sequence[str] = LIMITS,
    verdict: str = "UNPROVEN",
    roles: Mapping[str, str] | None = None,
    build: int | None = 1,
    known: Rows | None = None,
) -> Path:
    """Writes the file.  known: rows that its sketch says were in the build."""
    task = made_task("classify", ("no", "yes"), inputs=INPUTS, modality="table", roles=roles)
    spread = {
        "number": np.arange(2, dtype=np.uint16),
        "shift": np.zeros(2, np.float32),
        "scale": np.ones(2, np.float32),
    }
    none = {"missing": np.zeros(0, np.uint16), "hot": np.zeros(0, np.uint16), "hot_code": np.zeros(0, np.float32)}
    expand = Part(kind="expand", config={"clip": 100.0}, arrays={**spread, **none})
    affine = Part(kind="affine", arrays={"weights": np.full((2, 1), 4, np.float32), "bias": np.zeros(1, np.float32)})
    parts = {
        "reader": Part(kind="columns", config={"fields": [["a", "number"], ["b", "number"]]}),
        "body": Part(kind="chain", children=(expand, affine)),
        "guard": Part(kind="conformal-set", config={"coverage": 0.9}, arrays={"floor": np.full(2, 0.4, np.float32)}),
        "decoder": Part(kind="labels", config={"type": "category"}, arrays={
            **packed_words([b"no", b"yes"]), "weights": np.ones(2, np.float32)}),
    }  # fmt: skip
    manifest = {
        "task": task_to_json(task), "limits": [limit(text) for text in limits], "readings": [], "recipe": "",
        "selftest": {"rows": [{"a": 1.0, "b": 0.5}, {"a": -1.0, "b": 0.2}], "answers": {}}, "data": {"splits": {}},
    }  # fmt: skip
    evidence: dict[str, Any] = {
        "verdicts": [{"limit": text, "verdict": verdict if "size" not in text else "HOLDS"} for text in limits],
        **({} if build is None else {"look": {"build": build}}),
        **({} if known is None else {"sketch": row_sketch(known)}),
    }
    path.write_bytes(encode(manifest, parts, evidence))
    return path


def stream(rows: int, wrong: float = 0.0, seed: int = 0, **more: Any) -> dict[str, list[Any]]:
    """Rows that the specialist answers right, but for a share."""
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=rows) * 3, rng.normal(size=rows) * 3
    is_yes = (a + b > 0) ^ (rng.random(rows) < wrong)
    return {"a": a.tolist(), "b": b.tolist(), "y": np.where(is_yes, "yes", "no").tolist(), **more}


def part_of(table: dict[str, list[Any]], first: int, end: int) -> dict[str, list[Any]]:
    return {name: cells[first:end] for name, cells in table.items()}
