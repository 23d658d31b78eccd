"""Which source a module is made of: its own file, and those that it imports, seen without running any of them.

Modules of trivet and of the module's own package are followed; of any other library the version speaks.  A loose file
on the path, which has no version, is followed too.
"""

import ast
import hashlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec, PathFinder
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from importlib.util import find_spec
from pathlib import Path

from trivet.core.extras import home_of
from trivet.core.value import value

ROOT = "trivet"  # its own __init__ only names the version and where things are: no module is changed by it
_BY_NAME = ("need", "import_module")  # calls whose first argument names a module


@value
class Source:
    """One file.  imports: the modules that it may load, as far as its text says."""

    digest: str
    imports: tuple[str, ...]


class Sources:
    """What modules are made of, as it stood when it was first asked for: a build keeps one."""

    def __init__(self) -> None:
        self._files: dict[str, Path | None] = {}
        self._sources: dict[str, Source | None] = {}
        self._versions: dict[str, str | None] = {}

    def made_of(self, *modules: str) -> dict[str, str | None]:
        """{module: digest of its file} of the modules and all they import, {library: version} of everything else."""
        own = {ROOT, *(module.partition(".")[0] for module in modules)}
        found: dict[str, str | None] = {}
        waiting = list(modules)
        while waiting:
            module = waiting.pop()
            top = module.partition(".")[0]
            if module in found or top in sys.stdlib_module_names:
                continue
            if top in own or self.is_loose(top):
                source = self.source_of(module)
                if source is not None:
                    found[module] = source.digest
                    waiting += [*packages_above(module), *source.imports]
            else:
                found[top] = self.version_of(top)
        return found

    def source_of(self, module: str) -> Source | None:
        """The file of a module of one's own; None for a name that is no module, and for trivet's empty front door."""
        if module not in self._sources:
            path = None if module == ROOT else self.file_of(module)
            self._sources[module] = None if path is None else self.read(module, path)
        return self._sources[module]

    def read(self, module: str, path: Path) -> Source:
        data = path.read_bytes()
        home = module if path.stem == "__init__" else module.rpartition(".")[0]
        imports = imports_in(data, home) if path.suffix == ".py" else ()
        return Source(digest=hashlib.sha256(data).hexdigest(), imports=tuple(sorted(set(imports))))

    def file_of(self, module: str) -> Path | None:
        """Where a module lives; nothing is imported to find out."""
        if module not in self._files:
            self._files[module] = next((path for path in places(module) if path.is_file()), None)
        return self._files[module]

    def is_loose(self, top: str) -> bool:
        """Whether a module that nobody has installed lies somewhere on the path."""
        return self.version_of(top) is None and self.file_of(top) is not None

    def version_of(self, top: str) -> str | None:
        """The version of the library that holds a module; None where none is installed."""
        if top not in self._versions:
            names = self.distributions_of(top) if spec_of(top) is not None else ()
            self._versions[top] = next((one for one in map(installed, names) if one is not None), None)
        return self._versions[top]

    def distributions_of(self, top: str) -> Iterator[str]:
        """The distributions that may hold a module; the slow look at all that is installed comes last."""
        yield home_of(top)[0]
        yield from self._distributions.get(top, ())

    @cached_property
    def _distributions(self) -> Mapping[str, list[str]]:
        return packages_distributions()


def installed(distribution: str) -> str | None:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return None


def packages_above(module: str) -> Iterator[str]:
    """ "a.b.c" -> "a.b", "a": importing a module runs them first."""
    while "." in module:
        module = module.rpartition(".")[0]
        yield module


def places(module: str) -> Iterator[Path]:
    """Every path at which the file of a module may be, the likeliest first."""
    top, _, rest = module.partition(".")
    spec = spec_of(top)
    if spec is None:
        return
    if not rest and spec.origin is not None:
        yield Path(spec.origin)
    for folder in spec.submodule_search_locations or ():
        path = Path(folder, *rest.split(".")) if rest else Path(folder)
        yield path / "__init__.py"
        for suffix in (".py", *EXTENSION_SUFFIXES) if rest else ():
            yield path.with_name(path.name + suffix)


def spec_of(top: str) -> ModuleSpec | None:
    """Where a worker that starts now finds a module, whatever this process has loaded; None where it finds none."""
    try:
        return PathFinder.find_spec(top) or find_spec(top)
    except ValueError:  # a module that was made by hand, such as __main__
        return None


def imports_in(text: bytes, home: str) -> Iterable[str]:
    """The modules, or names in modules, that a file imports anywhere; those for type checkers alone do not count.

    home: the package that relative imports start from.
    """
    try:
        waiting: list[ast.AST] = [ast.parse(text)]
    except SyntaxError:
        return
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        waiting += ast.iter_child_nodes(node)
        yield from imported_by(node, home)


def imported_by(node: ast.AST, home: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (name.name for name in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = ".".join(home.split(".")[: len(home.split(".")) + 1 - node.level]) if node.level else ""
        base = ".".join(part for part in (package, node.module) if part)
        yield base
        yield from (f"{base}.{name.name}" for name in node.names)  # a module, or a name in one
    elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if called in _BY_NAME and isinstance(node.args[0].value, str):
            yield node.args[0].value
