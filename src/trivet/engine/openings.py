"""The openings of a build's vault: which build it is, and the register that counts it.

A build is named by everything that decides what it shows the vault: the recipe, the content of all rows (in any order),
and the version of trivet.  Where the rows came from, how far a search went (the lock) and what only adds words to the
file play no part.
"""

from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

import numpy as np

from trivet import __version__
from trivet.core.levels import Look
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.row_keys import column_bits, row_keys, spread_bits
from trivet.core.rows import Rows
from trivet.core.value import digest_of, value
from trivet.data.intake import Intake, first_look
from trivet.data.split.splits import split
from trivet.storage.register import Known, Place, Register, VaultKeys

from .vault_keys import vault_keys

SURE = 0.95  # of a limit that says nothing else


def build_id(recipe: Recipe, intake: Intake) -> str:
    """64 hexadecimal digits, the same for the same build on any machine."""
    data = replace(recipe.data, source="", header=True, encoding=DataSpec.__dataclass_fields__["encoding"].default)
    bare = replace(recipe, data=data, strict=False, accept=(), measure=(), sketch=True, lock=None)
    parts = [*intake.dataset.splits.values(), intake.vault]
    names = [field.name for field in intake.task.inputs]
    return digest_of(["build", bare, names, *sorted(content_of(part) for part in parts), __version__])


def content_of(rows: Rows) -> str:
    """A digest of inputs, answers and roles that does not depend on the order of the rows."""
    keys = row_keys(rows)
    for array in (rows.truth, *(rows.roles[name] for name in sorted(rows.roles))):
        keys = spread_bits(keys * np.uint64(31) + column_bits(array, None))
    return blake2b(np.sort(keys).tobytes(), digest_size=16).hexdigest()


@value
class VaultFacts:
    """What is known of a table's vault without opening it.

    rows: in the table, of those that can be used.  vault: rows in the vault.  digest: of their content, in any order.
    known: what the register has of it.
    """

    rows: int
    vault: int
    digest: str
    known: Known

    def as_json(self) -> dict[str, Any]:
        """JSON values with stable keys; `next_confidence` is that of the next build's first finalist."""
        return {
            "rows": self.rows,
            "vault_rows": self.vault,
            "share": self.vault / self.rows,
            "digest": self.digest,
            "vault": self.known.vault,
            "builds": self.known.builds,
            "openings": [
                {**{name: one[name] for name in ("version", "at", "candidate")}, "id": one["build"],
                 "build": one["number"], "finalist": one["finalist"] + 1}
                for one in self.known.openings
            ],
            "next_build": self.known.builds + 1,
            "next_confidence": Look(build=self.known.builds + 1).confidence(SURE),
        }  # fmt: skip


def vault_facts(recipe: Recipe, register: Register, source: Any = None) -> VaultFacts:
    """Of the vault that a build of the recipe would have; nothing is opened, and nothing written."""
    seen = first_look(recipe, source)
    _, vault = split(seen.rows, seen.task, seed=recipe.seed)
    keys = vault_keys(vault, recipe.data.target, recipe.data.roles.get("group"))
    return VaultFacts(rows=len(seen.rows), vault=len(vault), digest=content_of(vault), known=register.known(keys))


@dataclass
class Openings:
    """The openings of one build, which are entered in the register before the vault is opened.

    expected: the number that the build will probably have on this vault.
    """

    register: Register
    keys: VaultKeys
    build: str
    expected: int = 1
    places: list[Place] = field(default_factory=list)

    @classmethod
    def of(cls, register: Register, recipe: Recipe, intake: Intake) -> "Openings":
        """Those of a build that begins; refuses where nothing could be entered."""
        register.make_ready()
        keys = vault_keys(intake.vault, recipe.data.target, recipe.data.roles.get("group"))
        build = build_id(recipe, intake)
        return cls(register=register, keys=keys, build=build, expected=register.known(keys).expected(build))

    @property
    def next(self) -> Look:
        """The look that the next opening will probably be."""
        number = self.places[-1].look.build if self.places else self.expected
        return Look(build=number, finalist=min(len(self.places), 2))

    def enter(self, candidate: str) -> Place:
        """Enters an opening for the candidate with this digest; on the disk when this returns."""
        number = self.places[-1].look.build if self.places else None
        place = self.register.enter(
            self.keys, self.build, candidate, finalist=len(self.places), number=number, version=__version__
        )
        self.places.append(place)
        return place
