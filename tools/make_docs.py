"""Writes the reference, docs/reference/, one page for each thing that `trivet explain` knows.

It is made at a release and not committed: its sources are docstrings, parsers and the texts in src/trivet/cli.
`--check` only makes the pages, and complains of any that is empty or not called after its name.
"""

import sys
from pathlib import Path

from trivet.cli.catalogue import KINDS, TEXTS, homes, names_in, page_in, page_of
from trivet.cli.main import command_names, parser

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"


def pages() -> dict[str, str]:
    """{"folder/name": text} of every page."""
    found = {f"{folder}/{name}": page_in(folder, name) for folder in TEXTS for name in names_in(folder)}
    for kind, folder in KINDS.items():
        found |= {f"{folder}/{name}": page_of(kind, name) for name in homes(kind)}
    helps = parser().command_helps()
    found |= {f"commands/{name}": f"# trivet {name}\n\n```\n{helps[name]}```\n" for name in command_names()}
    return found


def complaints(found: dict[str, str]) -> list[str]:
    """What is wrong with pages, a line each."""
    wrong = []
    for name, text in found.items():
        title, _, body = text.partition("\n")
        called = title.removeprefix("# trivet ").removeprefix("# ").lower().replace(" ", "-")
        if called != name.rpartition("/")[2]:
            wrong.append(f"{name}: begins with {title!r}")
        if not body.strip() or not text.endswith("\n"):
            wrong.append(f"{name}: says nothing, or its last line does not end")
    return wrong


def index(names: list[str]) -> str:
    """The page that leads to all others."""
    lines = ["# Reference", "", "Made from the source by `make docs`; `trivet explain NAME` shows the same."]
    for folder in sorted({name.partition("/")[0] for name in names}):
        own = sorted(name for name in names if name.startswith(f"{folder}/"))
        lines += ["", f"## {folder}", "", " · ".join(f"[{name.partition('/')[2]}]({name}.md)" for name in own)]
    return "\n".join(lines) + "\n"


def main() -> int:
    found = pages()
    wrong = complaints(found)
    if wrong or "--check" in sys.argv:
        print("\n".join(wrong) or f"{len(found)} pages can be made")
        return 1 if wrong else 0
    wanted = {REFERENCE / f"{name}.md": text for name, text in {**found, "README": index(list(found))}.items()}
    for path in set(REFERENCE.rglob("*.md")) - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(wanted)} pages written to {REFERENCE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
