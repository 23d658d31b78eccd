"""Watch a file on labelled rows as they come: an alarm when a limit is shown to be missed, however often one looks."""

from pathlib import Path
from typing import Any

from trivet.core.errors import BadUse
from trivet.core.limits import limits_of
from trivet.runtime.file.caps import SMALL, Caps, CapsName
from trivet.runtime.specialist import Specialist
from trivet.storage.disk import Storage

from .standing import Account, account
from .state import alphas_begun, state_path
from .terms import terms_of
from .update import Source, update
from .verdicts import verdicts_in

ALPHA = 0.01


def watch(
    file: str | Path,
    data: Any,
    *,
    alpha: float | None = None,
    id: str | None = None,
    all_new: bool = False,
    most_weight: float | None = None,
    header: bool = True,
    encoding: str = "utf-8",
    caps: Caps | CapsName = SMALL,
    model: Specialist | None = None,
) -> Account:
    """Multiplies labelled rows into the evidence that a limit of the file is missed, kept in FILE.watch.

    data: anything `compile` reads, with the answers; rows in the order in which they came.  alpha: the chance, for each
    limit, that there is ever an alarm although it holds: 0.01 unless said.  What the first call says of alpha, id and
    most_weight stays so; later calls may leave it out.  id: the column that names rows, so
    that none counts twice; without it, a source that begins with an earlier one, whole, goes on behind it.
    all_new: rows that equal an earlier one are other rows.  most_weight: the most that one row (or group) may weigh;
    needed where the build weighed.  model: the file, loaded already.
    Raises BadUse where no limit is a mean of per-row losses, BadData for rows that cannot be used or were in the build.
    """
    model, storage, path = model or Specialist.load(file, caps=caps), Storage(), state_path(file, "watch")
    level = alpha if alpha is not None else next(iter(alphas_begun(path, storage).values()), ALPHA)
    if not 0 < level < 1:
        raise BadUse("alpha-range", wanted="an alpha between 0 and 1", found=repr(alpha), do="say --alpha 0.01")
    terms = terms_of(model, limits_of(model.manifest), "above", lambda _: level)
    source = Source(data=data, header=header, encoding=encoding, id_column=id, most_weight=most_weight, all_new=all_new)
    updated = update(model, terms, source, path, "watch", storage)
    return account("watch", updated, verdicts_in(model.contents))
