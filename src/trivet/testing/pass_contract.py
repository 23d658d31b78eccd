"""What every pass must keep, checked by running it on a tiny piece of work."""

import os
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from trivet.core.candidate import Kinds, Sketch, Work
from trivet.core.errors import MissingExtra, TrivetError
from trivet.core.passes import Pass
from trivet.core.registry import find_goal, parse_step
from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.core.text_form import doc_fields
from trivet.core.value import digest_of

from .samples import context

LABELS = ("Helps", "Costs", "Needs", "Source")


def check_pass(pass_: Pass, work: Work, scratch: Path) -> list[str]:
    """The laws that the pass breaks, as sentences; empty when it keeps them all.

    work: a tiny piece of work that the pass accepts, e.g. from `work_for`.  scratch: an empty folder.
    """
    laws: tuple[Callable[[], Iterator[str]], ...] = (
        lambda: names(pass_),
        lambda: documents(pass_),
        lambda: text_form(pass_),
        lambda: foreign_sketches(pass_, work),
        lambda: truth_of_check(pass_, work, scratch),
        lambda: purity(pass_, work, scratch),
        lambda: reads(pass_, work, scratch),
        lambda: extras(pass_, work, scratch),
        lambda: poor_data(pass_, work, scratch),
    )
    return [f"{pass_.name}: {breach}" for law in laws for breach in law()]


def names(pass_: Pass) -> Iterator[str]:
    """File, class and recipe call it the same."""
    file = type(pass_).__module__.rpartition(".")[2].replace("_", "-")
    if file != pass_.name:
        yield f"lives in {file.replace('-', '_')}.py, which would be pass {file}"


def documents(pass_: Pass) -> Iterator[str]:
    """The module's docstring says what the pass helps, costs and needs, and its source."""
    doc = sys.modules[type(pass_).__module__].__doc__ or ""
    missing = [label for label in LABELS if not doc_fields(doc, LABELS).get(label)]
    if missing:
        yield f"its docstring does not say {', '.join(missing)}"


def text_form(pass_: Pass) -> Iterator[str]:
    """Reading the text gives the same pass, also with parameters at the ends of their ranges."""
    changed = [
        type(pass_)(**{**vars(pass_), name: end}) for name, range_ in pass_.ranges().items() for end in ends(range_)
    ]
    for one in (pass_, *changed):
        if parse_step(str(one)) != one:
            yield f"{one} reads back as {parse_step(str(one))}"


def ends(range_: Any) -> tuple[Any, ...]:
    if range_.among:
        return tuple(range_.among)
    kind = int if range_.whole else float
    return kind(range_.low), kind(range_.high)


def foreign_sketches(pass_: Pass, work: Work) -> Iterator[str]:
    """On tasks and candidates it cannot know, `check` answers or refuses with a reason."""
    task = work.candidate.task
    alone = replace(task, inputs=(Field(name="note", type="text"),))
    for sketch in (
        Sketch(task=task, kinds={}),
        Sketch(task=alone, kinds={}),
        Sketch(task=task, kinds=dict.fromkeys(find_goal(task.goal).stack(task), Kinds(kind="of-another-world"))),
    ):
        yield from house_answer(lambda: pass_.check(sketch), f"check of {sketch_text(sketch)}")  # noqa: B023


def sketch_text(sketch: Sketch) -> str:
    return f"{ {slot: str(tree) for slot, tree in sketch.kinds.items()} } beside {sorted(sketch.beside)}"


def truth_of_check(pass_: Pass, work: Work, scratch: Path) -> Iterator[str]:
    """The sketch of the result is what `check` said."""
    said, came = pass_.check(work.sketch), pass_.run(work, context(scratch)).sketch
    if said != came:
        yield f"check said {sketch_text(said)}; came {sketch_text(came)}"


def purity(pass_: Pass, work: Work, scratch: Path) -> Iterator[str]:
    """The same input and seed give the same output, and nothing else changes."""
    before, world = digest_of(work), state_of_world()
    first = digest_of(pass_.run(work, context(scratch)))
    if digest_of(work) != before:
        yield "it changes its input"
    if state_of_world() != world:
        yield "it changes global random state, the working directory or the environment"
    if digest_of(pass_.run(work, context(scratch))) != first:
        yield "the same seed gives another result"


def state_of_world() -> tuple[Any, ...]:
    name, keys, *rest = np.random.get_state()
    return random.getstate(), name, np.asarray(keys).tobytes(), rest, os.getcwd(), dict(os.environ)


def reads(pass_: Pass, work: Work, scratch: Path) -> Iterator[str]:
    """Splits that `reads` does not name may hold anything, or be absent: the result is the same."""
    unread = {name: without_sense(rows) for name, rows in work.data.splits.items() if name not in pass_.reads}
    given = {
        "as they are": work,
        "poisoned": work.with_splits(**unread),
        "absent": work_as_read(pass_, work),
    }
    says = f"reads says {', '.join(pass_.reads) or 'nothing'}"
    try:
        found = {what: digest_of(work_as_read(pass_, pass_.run(one, context(scratch)))) for what, one in given.items()}
    except TrivetError as error:
        yield f"{says}; with other rows absent or poisoned it ends in {error.code}: {error.found}"
        return
    changed = [what for what in found if found[what] != found["as they are"]]
    if changed:
        yield f"{says}, yet the result changes when other rows are {' or '.join(changed)}"


def work_as_read(pass_: Pass, work: Work) -> Work:
    """The work without the splits that the pass does not read."""
    return work.with_data(work.data.only(pass_.reads))


def without_sense(rows: Rows) -> Rows:
    """Rows of which nothing is left but the form: no values, and the answers of other rows."""
    return replace(without_values(rows), truth=np.roll(rows.truth[::-1], 7, axis=0), beside={})


def extras(pass_: Pass, work: Work, scratch: Path) -> Iterator[str]:
    """Without its libraries it says which one to install."""
    if not pass_.needs:
        return
    try:
        with mock.patch("trivet.core.extras.find_spec", return_value=None):
            pass_.run(work, context(scratch))
    except MissingExtra:
        return
    yield f"needs {', '.join(pass_.needs)}, yet runs without"


def poor_data(pass_: Pass, work: Work, scratch: Path) -> Iterator[str]:
    """No row, one row, one answer, and nothing but gaps: an answer or a house error."""
    fit = work.data.fit
    poor = {
        "no row": fit.take(np.arange(0)),
        "one row": fit.take(np.arange(1)),
        "one answer": fit.take(np.flatnonzero(fit.truth == fit.truth[0])),
        "nothing but gaps": without_values(fit),
    }
    for what, rows in poor.items():
        thin = work.with_splits(fit=rows, tune=rows, choose=rows)
        yield from house_answer(lambda: pass_.run(thin, context(scratch)), what)  # noqa: B023


def without_values(rows: Rows) -> Rows:
    columns = {name: np.full_like(c, -1 if c.dtype.kind == "i" else np.nan) for name, c in rows.columns.items()}
    return replace(rows, columns=columns)


def house_answer(act: Callable[[], Any], what: str) -> Iterator[str]:
    try:
        act()
    except TrivetError:
        return
    except Exception as error:  # noqa: BLE001  whatever else comes out is the finding
        yield f"{what}: {type(error).__name__}: {error}"
