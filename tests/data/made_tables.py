"""Small tables for the tests of splits and of the data doctor."""

from collections.abc import Mapping, Sequence

import numpy as np

from trivet.core.rows import Rows
from trivet.core.task import Field
from trivet.testing.tasks import made_task


def table(columns: Mapping[str, Sequence], answer: Sequence, *, goal="classify", texts=(), group=None, time=None):
    """Rows and Task of plain columns: strings are categories (or texts, if named in `texts`), all else numbers."""
    fields, arrays, words = [], {}, {}
    for name, values in columns.items():
        values = np.asarray(values)
        if values.dtype.kind in "US":
            known, codes = np.unique(values, return_inverse=True)
            fields.append(Field(name=name, type="text" if name in texts else "category"))
            arrays[name], words[name] = codes.astype(np.int32), tuple(map(str, known))
        else:
            fields.append(Field(name=name, type="number"))
            arrays[name] = values.astype(float)
    answer = np.asarray(answer)
    classes = tuple(map(str, np.unique(answer))) if goal == "classify" else ()
    codes = np.unique(answer, return_inverse=True)[1].astype(np.int32) if classes else answer.astype(float)
    rows = Rows(
        fields=tuple(fields),
        columns=arrays,
        words=words,
        truth=codes,
        ids=np.arange(len(answer)),
        roles={
            **({} if group is None else {"group": np.asarray(group, np.int64)}),
            **({} if time is None else {"time": np.asarray(time, float)}),
        },
    )
    target = Field(name="answer", type="category" if classes else "number")
    return rows, made_task(goal, classes, answer=target, inputs=rows.fields, modality="table")


def random_table(n_rows=1000, *, seed=0, classes=(0.7, 0.3), **more):
    """Two numbers and a category, with an answer that follows them loosely."""
    rng = np.random.default_rng(seed)
    first, second = rng.normal(size=(2, n_rows))
    noisy = first + 0.5 * second + 0.3 * rng.normal(size=n_rows)
    answer = np.searchsorted(np.quantile(noisy, np.cumsum(classes)[:-1]), noisy)
    columns = {"first": first, "second": second, "colour": rng.choice(["red", "green", "blue"], n_rows)}
    return table(columns, answer, **more)
