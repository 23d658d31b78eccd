"""The files of a new plug-in, from templates, and its line in pyproject.toml."""

import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

from trivet.core.errors import BadUse
from trivet.core.registry import FOLDERS, homes

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_PACKAGE = re.compile(r"[a-z][a-z0-9_]*")
_PROJECT = """\
[build-system]
requires = ["hatchling>=1.24"]
build-backend = "hatchling.build"

[project]
name = "{distribution}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["trivet"]

[tool.hatch.build.targets.wheel]
packages = ["src/{package}"]
"""


@dataclass(frozen=True, kw_only=True)
class PluginFiles:
    """files: path in the folder -> text.  group: of the entry point.  line: the entry point itself."""

    package: str
    files: dict[str, str]
    group: str
    line: str


def plugin_files(kind: str, name: str, *, package: str | None, folder: Path, project: str) -> PluginFiles:
    """The source and the test of a new thing; refuses a name that is taken or is none.

    project: the text of pyproject.toml, "" where there is none.
    """
    if not _NAME.fullmatch(name) or name in homes(kind):
        raise BadUse(
            "new-name",
            wanted=f"a name of small letters and hyphens that no {kind} has, such as my-{kind}",
            found=f"{name!r}, which is taken by {homes(kind)[name]}" if name in homes(kind) else repr(name),
            do="choose another name",
        )
    package = package or package_in(project) or re.sub(r"\W+", "_", folder.resolve().name.lower())
    if not _PACKAGE.fullmatch(package):
        raise BadUse("new-name", wanted="a package such as my_models", found=repr(package), do="say --package NAME")
    module = name.replace("-", "_")
    words = {"name": name, "module": module, "Class": name.title().replace("-", ""), "package": package, "kind": kind}
    made = {f"src/{package}/{module}.py": text_from(f"{kind}.py.txt", words)}
    made[f"tests/test_{module}.py"] = text_from(f"test_{kind}.py.txt", words)
    if kind == "check":
        made[f"src/{package}/findings/{name}-found.md"] = text_from("finding.md.txt", words)
    if not (folder / "src" / package / "__init__.py").exists():
        made[f"src/{package}/__init__.py"] = f'"""Things that {package} adds to trivet."""\n'
    return PluginFiles(
        package=package, files=made, group=FOLDERS[kind].group, line=f'{name} = "{package}.{module}"'
    )  # fmt: skip


def package_in(project: str) -> str:
    """The package that a pyproject.toml builds, as hatchling is told; "" where it does not say."""
    tables = tomllib.loads(project)
    for part in ("tool", "hatch", "build", "targets", "wheel"):
        tables = tables.get(part, {})
    packages = tables.get("packages") or [""]
    return Path(packages[0]).name


def text_from(template: str, words: dict[str, str]) -> str:
    text = (files("trivet.cli") / "templates" / template).read_text(encoding="utf-8")
    return Template(text).substitute(words)


def with_entry_point(project: str, made: PluginFiles) -> str:
    """The pyproject.toml with the entry point; a new one where there was none."""
    text = project or _PROJECT.format(distribution=made.package.replace("_", "-"), package=made.package)
    head = f'[project.entry-points."{made.group}"]\n'
    if head in text:
        return text.replace(head, f"{head}{made.line}\n", 1)
    return f"{text.rstrip()}\n\n{head}{made.line}\n"
