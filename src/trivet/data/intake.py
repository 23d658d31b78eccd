"""Intake: the source is read, the data doctor examines it, and the rows are split, before anything is fitted."""

from collections.abc import Iterable, Mapping
from dataclasses import field, replace
from functools import cached_property
from typing import Any

from trivet.core.errors import BadData
from trivet.core.recipe import AUTO, Recipe
from trivet.core.registry import domain_for, find_domain, left_out, parse_step
from trivet.core.rows import Dataset, Rows
from trivet.core.task import Task
from trivet.core.value import value
from trivet.runtime.part import Array

from .acceptance import Acceptance, acceptances, idle, marked, refuse_absent, refuse_findings
from .aside import aside_of
from .doctor import Finding, examine_columns, examine_domain, examine_rows, few_warnings, why_dropped
from .notices import LeftOut, few_of_each, notices_of, some
from .schema.table_schema import Dropped, Schema, infer, task_of, to_rows, unlabelled_rows
from .sources.reading import Raw, read
from .split.splits import split

WALKED = ("check", "domain", "gauge", "goal", "pass", "section")  # kinds of which a build looks at everything there is
TWIN = "the inputs of a vault row of another group"
_MOST_COLUMNS = 1500  # about 16 JSON tokens each in a file; a reader refuses more than 40,000 (docs/format.md)


@value
class FirstLook:
    """What reading and the checks of columns show, before any split.

    task: without the columns that no model sees.  rows: those that can be used, with the task's columns.
    findings: about columns, gravest first.  dropped: (reason, rows) that could not be used.
    left_out: (column, why) that are no inputs.  accepted: what the recipe lets stand.
    unlabelled: rows without an answer, or None.  aside: name -> (rows,) cells of columns that no model sees.
    """

    origin: str
    schema: Schema
    task: Task
    rows: Rows
    findings: tuple[Finding, ...]
    dropped: tuple[Dropped, ...]
    left_out: tuple[LeftOut, ...]
    accepted: tuple[Acceptance, ...] = ()
    unlabelled: Rows | None = None
    aside: Mapping[str, Array] = field(default_factory=dict)

    @cached_property
    def notices(self) -> tuple[str, ...]:
        """What the user should know that is no finding."""
        return notices_of((*self.schema.notes, *left_out(*WALKED)), self.dropped, self.left_out, ())


@value
class Intake:
    """What a build starts from.

    findings: what the doctor saw, gravest first.  notices: plain sentences about all else that the user should know.
    dropped: (reason, rows) that could not be used.  left_out: (column, why) that are no inputs.
    """

    origin: str
    task: Task
    dataset: Dataset
    vault: Rows
    findings: tuple[Finding, ...]
    n_rows: int
    dropped: tuple[Dropped, ...]
    left_out: tuple[LeftOut, ...]
    notices: tuple[str, ...] = ()

    @property
    def alerts(self) -> tuple[str, ...]:
        """The findings that block and are not accepted, such as "target-copy(salary)"."""
        return tuple(one.label for one in self.findings if one.severity == "block" and not one.accepted)

    @property
    def capped(self) -> tuple[str, ...]:
        """The findings because of which no limit on quality or trust may hold, such as "near-copies"."""
        return tuple(one.label for one in self.findings if one.caps and not one.accepted)

    def describe(self) -> dict[str, Any]:
        """Origin, counts, digests and notices, as JSON for the file."""
        return {
            "source": self.origin,
            "rows": self.n_rows,
            "dropped": [list(one) for one in self.dropped],
            "left_out": few_of_each(self.left_out),
            "notices": list(self.notices),
            "splits": {
                name: {"rows": len(rows), "digest": rows.digest}
                for name, rows in {**self.dataset.splits, "vault": self.vault}.items()
            },
            **times_of({"fit": self.dataset.fit, "vault": self.vault}),
        }


def times_of(parts: Mapping[str, Rows]) -> dict[str, dict[str, list[float]]]:
    """{"times": {part: [first, last]}} where the rows have times, else nothing."""
    spans = {
        name: [float(rows.time.min()), float(rows.time.max())]
        for name, rows in parts.items()
        if rows.time is not None and len(rows)
    }
    return {"times": spans} if spans else {}


def read_source(recipe: Recipe, source: Any = None) -> tuple[Raw, Schema]:
    """The raw columns and the schema that the recipe and the data give together."""
    spec = recipe.data
    raw = read(source if source is not None else spec.source, header=spec.header, encoding=spec.encoding)
    schema = infer(
        raw,
        target=spec.target,
        types=dict(spec.types or {}),
        drop=spec.drop,
        goal=None if spec.goal == "auto" else spec.goal,
        **spec.roles,
    )
    return raw, schema


def take_in(recipe: Recipe, source: Any = None) -> Intake:
    """Reads, examines and splits; raises BadData when the recipe is strict and a finding is not accepted."""
    seen = first_look(recipe, source)
    dataset, vault = split(seen.rows, seen.task, seed=recipe.seed)
    twins = len(seen.rows) - len(vault) - sum(map(len, dataset.splits.values()))
    dropped = (*seen.dropped, *([(TWIN, twins)] if twins else []))
    if seen.unlabelled is not None:
        dataset = dataset.with_({"unlabelled": seen.unlabelled})
    findings = examine_rows(
        seen.rows,
        seen.task,
        dataset=dataset,
        vault=vault,
        seed=recipe.seed,
        of_columns=seen.findings,
        aside=seen.aside,
    )
    findings = marked(findings, seen.accepted)
    if recipe.strict:
        refuse_findings(findings, seen.accepted)
    return Intake(
        origin=seen.origin,
        task=seen.task,
        dataset=dataset,
        vault=vault,
        findings=few_warnings(findings),
        n_rows=len(seen.rows),
        dropped=dropped,
        left_out=seen.left_out,
        notices=notices_of(
            (*seen.schema.notes, *left_out(*WALKED), *uncapped(findings)),
            dropped,
            seen.left_out,
            idle(seen.accepted, findings),
        ),
    )


def uncapped(findings: Iterable[Finding]) -> list[str]:
    """What is said of findings that would keep every limit from holding, were they not accepted."""
    return [
        f"{one.label} is accepted: limits may hold although the vault may be no independent evidence"
        for one in findings
        if one.caps and one.accepted
    ]


def first_look(recipe: Recipe, source: Any = None) -> FirstLook:
    """Reads the source and examines its columns; refuses unknown names in `accept` before and after reading."""
    accepted = acceptances(recipe.accept)
    raw, schema = read_source(recipe, source)
    refuse_absent(accepted, raw)
    rows, dropped = to_rows(raw, schema)
    unlabelled = unlabelled_rows(raw, schema)
    # Columns first: an id column would hide that two rows are copies, and copies must not straddle a border.
    task, findings = task_and_findings(rows, task_of(schema), recipe)
    gone = (*schema.dropped, *why_dropped(findings))
    return FirstLook(
        origin=raw.origin,
        schema=schema,
        task=task,
        rows=only(rows, task),
        unlabelled=None if unlabelled is None else only(unlabelled, task),
        findings=marked(findings, accepted),
        dropped=dropped,
        left_out=gone,
        accepted=accepted,
        aside=aside_of(raw, [name for name, _ in gone], rows.ids),
    )


def task_and_findings(rows: Rows, task: Task, recipe: Recipe) -> tuple[Task, tuple[Finding, ...]]:
    """(the task without the columns that no model sees, what is wrong with the columns)."""
    findings = examine_columns(rows, task, seed=recipe.seed)
    kept = without_columns(task, dict(why_dropped(findings)))
    read = texts_read(recipe, kept)
    findings = examine_domain(rows, kept, texts_read=read, of_columns=findings, seed=recipe.seed)
    return without_columns(task, dict(why_dropped(findings))), findings


def texts_read(recipe: Recipe, task: Task) -> frozenset[str]:
    """The text columns that the recipe's steps learn from; of a search, all, if the domain reads text."""
    if recipe.steps != AUTO:
        return frozenset(name for step in recipe.steps for name in parse_step(step).texts_read(task))
    return frozenset(field.name for field in task.inputs if find_domain(task.modality).reads_text)


def without_columns(task: Task, left_out: Mapping[str, str]) -> Task:
    """The task without the columns that the doctor leaves out (name -> why), in the domain that recognises the rest."""
    kept = tuple(field for field in task.inputs if field.name not in left_out)
    if not kept:
        raise BadData(
            "no-inputs",
            wanted="at least one usable input column",
            found="only " + some([f"{name} ({why})" for name, why in sorted(left_out.items())]),
            do="add columns that describe a row, or give one a type of your own if it is not what it seems",
        )
    if len(kept) > _MOST_COLUMNS:
        raise BadData(
            "too-many-columns",
            wanted=f"at most {_MOST_COLUMNS} input columns, all of which a file describes by name",
            found=f"{len(kept)} columns",
            do="leave columns out with --drop, or choose some by SQL: SELECT ... FROM 'file.csv'",
        )
    return replace(task, inputs=kept, modality=domain_for(kept))


def only(rows: Rows, task: Task) -> Rows:
    """The rows with the task's input columns alone."""
    names = [field.name for field in task.inputs]
    return replace(
        rows,
        fields=task.inputs,
        columns={name: rows.columns[name] for name in names},
        words={name: rows.words[name] for name in names if name in rows.words},
    )
