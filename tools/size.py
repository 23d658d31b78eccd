"""Prints the size of the house: lines per folder, the longest files and functions, and functions that are repeated.

`--check` fails past the bars: 350 lines per file, 40 per function, 10 for the median function.
"""

import ast
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "trivet"
MOST_FILE, MOST_FUNCTION, MOST_MEDIAN = 350, 40, 10
LEAST_REPEAT = 60  # letters of work from which two functions that do the same count as a repeat


def functions_of(path: Path) -> list[tuple[int, str]]:
    """(lines, name) of every function in a file; its signature and docstring, which are for readers, do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    where = path.relative_to(SOURCE)
    return [
        (node.end_lineno - work_begins(node), f"{where}:{node.name}")
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.end_lineno is not None
    ]


def work_begins(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The line before the first statement that is no docstring."""
    first = node.body[0]
    is_docstring = ast.get_docstring(node, clean=False) is not None
    return (first.end_lineno or first.lineno) if is_docstring else first.lineno - 1


class Renamed(ast.NodeTransformer):
    """A function's tree with its own names numbered in the order in which they come; what it calls keeps its name."""

    def __init__(self, own: list[str]) -> None:
        self.numbers = {name: f"n{at}" for at, name in enumerate(dict.fromkeys(own))}

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=self.numbers.get(node.id, node.id), ctx=node.ctx)


def shape_of(node: ast.FunctionDef) -> str | None:
    """What a function does, whatever it calls its values; None for one that is too short to be called a repeat."""
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    work = ast.Module(body=body, type_ignores=[])
    if len(ast.unparse(work)) < LEAST_REPEAT:
        return None
    arguments = [one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)]
    stored = [one.id for one in ast.walk(work) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]
    return ast.dump(Renamed([*arguments, *stored]).visit(work))


def repeats(files: list[Path]) -> list[list[str]]:
    """The names of functions that do the same in the same words, a list each."""
    homes: dict[str, list[str]] = defaultdict(list)
    for path in files:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            shape = shape_of(node) if isinstance(node, ast.FunctionDef) else None
            if shape is not None:
                homes[shape].append(f"{path.relative_to(SOURCE)}:{node.name}")
    return [names for names in homes.values() if len(names) > 1]


def main() -> int:
    files = sorted(SOURCE.rglob("*.py"))
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    folders = Counter[str]()
    for path, count in lines.items():
        folders[path.relative_to(SOURCE).parts[0]] += count
    functions = sorted((one for path in files for one in functions_of(path)), reverse=True)
    median = statistics.median(count for count, _ in functions)
    print("lines per folder")
    for folder, count in folders.most_common():
        print(f"  {count:6d}  {folder}")
    print("longest files")
    for path in sorted(files, key=lambda path: -lines[path])[:10]:
        print(f"  {lines[path]:6d}  {path.relative_to(SOURCE)}")
    print("longest functions")
    for count, name in functions[:10]:
        print(f"  {count:6d}  {name}")
    print("functions that do the same")
    for names in repeats(files) or [["none"]]:
        print(f"          {', '.join(names)}")
    print(f"median function {median:g} lines; {sum(lines.values())} lines in all")
    broken = [
        text
        for text, is_broken in (
            (f"longest file: {max(lines.values())} > {MOST_FILE}", max(lines.values()) > MOST_FILE),
            (f"longest function: {functions[0]} > {MOST_FUNCTION}", functions[0][0] > MOST_FUNCTION),
            (f"median function: {median} > {MOST_MEDIAN}", median > MOST_MEDIAN),
        )
        if is_broken
    ]
    print("\n".join(broken) if broken else "all bars are kept")
    return 1 if broken and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
