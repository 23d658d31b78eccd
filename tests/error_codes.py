"""The error codes in the source, found by reading it: what every raise says, directly or through a helper."""

import ast
from collections.abc import Iterator
from pathlib import Path

from trivet.core.registry import FOLDERS

SOURCE = Path(__file__).parent.parent / "src" / "trivet"
TREES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SOURCE.rglob("*.py"))}
# The doctor's findings have codes too, but they are results, not errors: docs/doctor.md lists them.
NODES = [node for path, tree in TREES.items() if "doctor" not in path.parts for node in ast.walk(tree)]
# Their first argument says who refused; the code is their own.
SPEAK_FOR_SOMEONE = {"Refused", "NotApplicable", "ManyErrors"}


def family() -> set[str]:
    """The names of TrivetError and of every class below it."""
    found = {"TrivetError"}
    classes = [node for node in NODES if isinstance(node, ast.ClassDef)]
    while True:
        more = {one.name for one in classes if {name_of(base) for base in one.bases} & found}
        if more <= found:
            return found - SPEAK_FOR_SOMEONE
        found |= more


def name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def helpers() -> dict[str, int]:
    """{function: position of its parameter `code`} of the functions that hand a code on."""
    found = {}
    for node in NODES:
        if isinstance(node, ast.FunctionDef) and node.name != "__init__":
            names = [one.arg for one in node.args.args if one.arg != "self"]
            if "code" in names:
                found[node.name] = names.index("code")
    return found


def codes() -> set[str]:
    """Every code that the source can raise."""
    places = {**dict.fromkeys(family(), 0), **helpers(), "__init__": 0}
    calls = [node for node in NODES if isinstance(node, ast.Call) and name_of(node.func) in places]
    return {code for call in calls for code in codes_in(call, places[name_of(call.func)])}


def codes_in(call: ast.Call, place: int) -> Iterator[str]:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "code"]
    given = named or call.args[place : place + 1]
    for node in given:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        if isinstance(node, ast.JoinedStr):  # f"unknown-{kind}"
            assert ast.unparse(node) == "f'unknown-{kind}'", ast.unparse(node)
            yield from (f"unknown-{kind}" for kind in FOLDERS)
        if isinstance(node, ast.IfExp):
            yield from (one.value for one in (node.body, node.orelse) if isinstance(one, ast.Constant))


def texts() -> set[str]:
    """Every string in the source."""
    return {node.value for node in NODES if isinstance(node, ast.Constant) and isinstance(node.value, str)}
