"""Prints the size of the house: lines per folder, the longest files and functions; `--check` fails past the bars."""

import ast
import statistics
import sys
from collections import Counter
from pathlib import Path

SOURCE = Path(__file__).parent.parent / "src" / "trivet"
MOST_FILE, MOST_FUNCTION, MOST_MEDIAN = 350, 40, 10


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
