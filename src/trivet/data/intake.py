"""Intake: the source is read, the data doctor examines it, and the rows are split, before anything is fitted."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np

from trivet.core.errors import BadData
from trivet.core.recipe import Recipe
from trivet.core.registry import domain_for
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Task
from trivet.core.value import value

from .doctor import Finding, columns_to_drop, examine_columns, examine_rows
from .schema import Schema, infer, to_rows
from .sources import Raw, read
from .splits import split

_MOST_COLUMNS = 1500  # about 16 JSON tokens each in a file; a reader refuses more than 40,000 (docs/format.md)


@value
class Intake:
    """What a build starts from.  findings: what the doctor saw.  dropped: (reason, rows) that could not be used."""

    origin: str
    task: Task
    dataset: Dataset
    vault: Rows
    findings: tuple[Finding, ...]
    n_rows: int
    dropped: tuple[tuple[str, int], ...]
    left_out: tuple[str, ...]

    @property
    def alerts(self) -> tuple[str, ...]:
        return tuple(f"{f.code}({f.column})" for f in self.findings if f.severity == "block")

    @property
    def notices(self) -> tuple[str, ...]:
        return ()

    def describe(self) -> dict[str, Any]:
        """Origin, counts and digests, as JSON for the file."""
        parts = {name: getattr(self.dataset, name) for name in ("fit", "tune", "choose")}
        return {
            "source": self.origin,
            "rows": self.n_rows,
            "dropped": sum(count for _, count in self.dropped),
            "left_out": list(self.left_out),
            "splits": {
                name: {"rows": len(rows), "digest": rows.digest}
                for name, rows in {**parts, "vault": self.vault}.items()
            },
        }


def read_source(recipe: Recipe, source: Any = None) -> tuple[Raw, Schema]:
    """The raw columns and the schema that the recipe and the data give together."""
    spec = recipe.data
    raw = read(source if source is not None else spec.source, header=spec.header, encoding=spec.encoding)
    schema = infer(
        raw,
        target=spec.target,
        types=dict(spec.types or {}),
        weight=spec.weight,
        group=spec.group,
        time=spec.time,
        drop=spec.drop,
        goal=None if spec.goal == "auto" else spec.goal,
    )
    return raw, schema


def take_in(recipe: Recipe, source: Any = None) -> Intake:
    """Reads, examines and splits; raises BadData when a finding blocks and the recipe is strict."""
    raw, schema = read_source(recipe, source)
    rows, dropped = to_rows(raw, schema)
    task = task_of(schema)
    # Columns first: an id column would hide that two rows are copies, and copies must not straddle a border.
    of_columns = examine_columns(rows, task, seed=recipe.seed)
    left_out = columns_to_drop(of_columns)
    task = without_columns(task, left_out)
    rows = only(rows, task)
    dataset, vault = split(rows, task, seed=recipe.seed)
    findings = examine_rows(rows, task, dataset=dataset, vault=vault, seed=recipe.seed, of_columns=of_columns)
    if recipe.strict:
        refuse_findings(findings)
    return Intake(
        origin=raw.origin,
        task=task,
        dataset=dataset,
        vault=vault,
        findings=findings,
        n_rows=len(rows),
        dropped=tuple(dropped),
        left_out=tuple(sorted({*left_out, *(name for name, _ in schema.dropped)})),
    )


def without_columns(task: Task, left_out: Collection[str]) -> Task:
    """The task without the columns that the doctor leaves out, in the domain that recognises the rest."""
    kept = tuple(field for field in task.inputs if field.name not in left_out)
    if not kept:
        raise BadData(
            "no-inputs",
            wanted="at least one usable input column",
            found="only " + ", ".join(sorted(left_out)[:10]),
            do="see the doctor's findings in docs/doctor.md, or add columns",
        )
    if len(kept) > _MOST_COLUMNS:
        raise BadData(
            "too-many-columns",
            wanted=f"at most {_MOST_COLUMNS} input columns, all of which a file describes by name",
            found=f"{len(kept)} columns",
            do="leave columns out with --drop, or choose some by SQL: SELECT ... FROM 'file.csv'",
        )
    return replace(task, inputs=kept, modality=domain_for(kept))


def task_of(schema: Schema) -> Task:
    return Task(
        modality="",
        goal=schema.goal,
        inputs=schema.fields,
        answer=schema.answer,
        classes=schema.classes,
        roles={role: name for role in ("weight", "group", "time") if (name := getattr(schema, role)) is not None},
    )


def only(rows: Rows, task: Task) -> Rows:
    """The rows with the task's input columns alone."""
    names = [field.name for field in task.inputs]
    return Rows(
        fields=task.inputs,
        columns={name: rows.columns[name] for name in names},
        words={name: rows.words[name] for name in names if name in rows.words},
        answer=rows.answer,
        ids=np.asarray(rows.ids),
        weight=rows.weight,
        group=rows.group,
        time=rows.time,
    )


def refuse_findings(findings: tuple[Finding, ...]) -> None:
    """With --strict, anything worse than a note ends the build."""
    bad = [finding for finding in findings if finding.severity != "note"]
    if bad:
        raise BadData(
            "doctor-findings",
            wanted="data without findings (the build is strict)",
            found="; ".join(f"{finding.code}: {finding.evidence}" for finding in bad[:5]),
            do=f"{bad[0].fix}; or build without --strict",
        )


def look(recipe: Recipe, source: Any = None) -> tuple[Task, int]:
    """The task and the number of rows, from reading alone: for a dry run."""
    raw, schema = read_source(recipe, source)
    task = task_of(schema)
    return replace(task, modality=domain_for(task.inputs)), raw.n_rows
