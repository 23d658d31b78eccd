"""Keys of steps and readings: everything that decides a result, and nothing else.

A changed plug-in never reuses what its older self made; an edit in a module that a step does not import voids nothing.
"""

import threading
from collections.abc import Mapping
from typing import Any

from trivet.core.passes import Pass
from trivet.core.registry import find_gauge, parse_step
from trivet.core.value import digest_of

from .machine import this_machine
from .sources import Sources

_FORMAT = "2"  # raise it when a key's meaning changes, or what a worker does around a pass
_LIBRARIES = ("numpy", "onnxruntime")  # what trivet itself calculates with
_MEASURES = "trivet.runtime.program"  # what turns parts and rows into the answers that gauges read
# Threads of a build ask at the same time, and ast.parse may fail in two of them at once (CPython issue 106905).
_ONE_READER = threading.Lock()
_EXPLAINS = "trivet.engine.importance"


class Keys:
    """The keys of one build.  The sources of passes and gauges are read once, when a key first asks for them."""

    def __init__(self) -> None:
        self.sources = Sources()
        self._code: dict[tuple[str, ...], str] = {}

    def step(self, text: str, work: Mapping[str, str], seed: int) -> str:
        """The key of a pass on a piece of work.  work: digests of the candidate and of every split."""
        thing = parse_step(text)
        seen = {name: work[name] for name in ("candidate", *thing.reads) if name in work}
        every = with_used(thing)
        modules = sorted({type(one).__module__ for one in every})
        code = self.code(*modules, libraries=tuple(sorted({need for one in every for need in one.needs})))
        versions = sorted(f"{one} {one.version}" for one in every)
        return self.key("step", text, versions, code, seen, seed)

    def reading(self, gauge: str, candidate: str, rows: str, *, sure: float) -> str:
        """The key of what a gauge says of a candidate on some rows, all given by their digests."""
        thing = find_gauge(gauge)
        where = vars(this_machine()) if thing.family == "cost" else None
        return self.key(
            "reading", gauge, thing.version, self.code(type(thing).__module__, _MEASURES), candidate, rows, sure, where
        )

    def importance(self, gauge: str, candidate: str, rows: str, *, seed: int) -> str:
        """The key of how much each column matters to a candidate, seen by a gauge."""
        thing = find_gauge(gauge)
        code = self.code(type(thing).__module__, _EXPLAINS)
        return self.key("importance", gauge, thing.version, code, candidate, rows, seed)

    def key(self, *things: Any) -> str:
        return digest_of([_FORMAT, *things])

    def code(self, *modules: str, libraries: tuple[str, ...] = ()) -> str:
        """One digest of the modules, all that they import, and the versions of the libraries."""
        asked = (*modules, *libraries)
        with _ONE_READER:
            if asked not in self._code:
                tops = {name.partition(".")[0] for name in (*libraries, *_LIBRARIES)}
                versions = {name: self.sources.version_of(name) for name in tops}
                self._code[asked] = digest_of([self.sources.made_of(*modules), versions])
            return self._code[asked]


def with_used(thing: Pass) -> list[Pass]:
    """The pass and all passes whose code runs inside it, at any depth."""
    return [thing, *(one for used in thing.uses() for one in with_used(used))]
