"""Distributions that a test makes: passes that misbehave, that can be edited, that can be killed in the middle."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from trivet.core.registry import find, places, why_unusable

PASS = '''"""{doc}

Helps: nothing.  Costs: nothing.  Needs: nothing.  Source: made by a test.
"""
{top}
from typing import ClassVar

from trivet.core.passes import Pass
from trivet.core.value import value


@value
class {name}(Pass):
    """No parameters."""

    reads: ClassVar[tuple[str, ...]] = {reads}

    def check(self, sketch):
        return sketch

    def run(self, work, ctx):
        {run}
        return work
'''

DOMAIN = '''"""Routes whose second step is what the test wants to see.

Of a test.
"""
from trivet.core.domains import Domain
from trivet.core.routes import Route

BAD = {bad}
END = ("fit-linear", "fit-temperature")


class {name}(Domain):
    """Takes every table."""

    def recognises(self, inputs):
        return 1000

    def routes(self, task, rows):
        good = Route(name="good", steps=("prepare-table", *END))
        return (good, *(Route(name=bad, steps=("prepare-table", bad, *END)) for bad in BAD))
'''


def pass_text(name: str, run: str, *, reads: str = "()", top: str = "") -> str:
    """The source of a pass that hands on its work after having done what `run` says."""
    lines = run.strip().replace("\n", "\n        ")
    return PASS.format(doc=f"{name} of a test.", name=name, run=lines, reads=reads, top=top)


def write_plugin(folder: Path, package: str, files: Mapping[str, str], points: Mapping[str, str]) -> Path:
    """Writes a package and what an installer would write beside it; `points` as in entry_points.txt, group by group."""
    home = folder / package
    home.mkdir(parents=True, exist_ok=True)
    for name, text in {"__init__": "", **files}.items():
        (home / f"{name}.py").write_text(text, encoding="utf-8")
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir(exist_ok=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n", encoding="utf-8")
    groups = (f"[trivet.{group}]\n{lines}\n" for group, lines in points.items())
    (info / "entry_points.txt").write_text("\n".join(groups), encoding="utf-8")
    return folder


@contextmanager
def installed(folder: Path, package: str) -> Iterator[None]:
    """The plug-in is there, for this process and for the workers that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        patch.setenv("PYTHONPATH", str(folder))
        forget(package)
        yield
    forget(package)


def forget(package: str) -> None:
    """As if the plug-in had never been looked for."""
    for cached in (places, find, why_unusable):
        cached.cache_clear()
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        del sys.modules[name]
