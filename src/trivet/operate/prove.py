"""Prove later: rows that came after the build let an UNPROVEN limit be earned, without another look into the vault.

The mirrored bets say that the mean loss is below the bound.  A limit is earned when, if it did not hold, the evidence
would ever have come so far with a chance of alpha_j at most, where j is the number of the build on its vault and
alpha_j = (1 - sure) 6 / (pi^2 j^2), as the vault itself gave it.  So over all builds on one vault together, the chance
that any of their files ever earns a limit wrongly is at most 1 - sure, apart from what the vault has spent.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

from trivet.core.errors import BadUse
from trivet.core.levels import share_of_build
from trivet.core.limits import Limit, limits_of
from trivet.runtime.file.caps import SMALL, Caps, CapsName, caps_of
from trivet.runtime.file.container import with_evidence
from trivet.runtime.specialist import Specialist
from trivet.storage.disk import Storage

from .standing import Account, account
from .state import state_path
from .terms import terms_of
from .update import Source, update
from .verdicts import build_in, verdicts_in

EARNED = "proven_later"
"""What the evidence of a file calls the account of what it earned since; never part of its body or its verdicts."""


def prove(
    file: str | Path,
    data: Any,
    *,
    out: str | Path | None = None,
    force: bool = False,
    id: str | None = None,
    all_new: bool = False,
    most_weight: float | None = None,
    header: bool = True,
    encoding: str = "utf-8",
    caps: Caps | CapsName = SMALL,
    model: Specialist | None = None,
) -> Account:
    """Multiplies labelled rows into the evidence that the UNPROVEN limits of the file hold, kept in FILE.prove.

    out: where to write the file once more with the account in its evidence; its body and verdicts stay as they are.
    The others are as in `watch`.  Raises BadUse where no UNPROVEN limit can be earned row by row.
    """
    model, storage = model or Specialist.load(file, caps=caps), Storage()
    if out is not None and not force:
        refuse_taken(Path(out))
    verdicts, build = verdicts_in(model.contents), build_in(model.contents)
    unproven = [limit for limit in limits_of(model.manifest) if verdicts.get(str(limit)) == "UNPROVEN"]
    if not unproven:
        raise nothing_unproven(verdicts)

    def alpha_of(limit: Limit) -> float:
        return (1 - limit.sure) * share_of_build(build or 1)

    terms = terms_of(model, unproven, "below", alpha_of)
    source = Source(data=data, header=header, encoding=encoding, id_column=id, most_weight=most_weight, all_new=all_new)
    updated = update(model, terms, source, state_path(file, "prove"), "prove", storage)
    unknown = () if build else ("the file does not say which build on its vault it was; taken as the first",)
    found = account("prove", replace(updated, notes=(*updated.notes, *unknown)), verdicts)
    if out is not None:
        storage.publish(out, with_account(model, found, caps_of(caps)), private=False, overwrite=force)
    return found


def with_account(model: Specialist, found: Account, caps: Caps) -> bytes:
    """The file with the account in its evidence, without the courses, which would double a small file."""
    told = found.as_json()
    told["limits"] = [{**line, "curve": []} for line in told["limits"]]
    data = with_evidence(model.data, {**model.evidence, EARNED: told}, caps=caps)
    for limit in limits_of(model.manifest):
        if limit.gauge == "size" and limit.room(len(data)) < 0 <= limit.room(model.size_bytes):
            raise BadUse(
                "file-too-large", wanted=f"a file that keeps its own limit {limit}", found=f"{len(data):,} bytes",
                do="leave --out away: what was earned stands in the state beside the file",
            )  # fmt: skip
    return data


def refuse_taken(out: Path) -> None:
    """Before any row is staked: a path where something is already."""
    if out.exists():
        raise BadUse(
            "file-exists", wanted=f"to write {str(out)!r}", found="something of that name",
            do="choose another name, or say --force to replace it",
        )  # fmt: skip


def nothing_unproven(verdicts: dict[str, str]) -> BadUse:
    told = ", ".join(f"{limit} {verdict}" for limit, verdict in verdicts.items())
    return BadUse(
        "nothing-to-bet",
        wanted="a file with an UNPROVEN limit",
        found=told or "a file without limits",
        do="watch it instead: `trivet watch FILE --data ROWS`; a BROKEN limit takes a new build",
    )
