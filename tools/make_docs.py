"""Writes the generated pages of docs/: one for each thing that `trivet explain` knows; `--check` only compares."""

import sys
from pathlib import Path

from trivet.cli.catalogue import KINDS, TEXTS, homes, names_in, page_in, page_of
from trivet.cli.main import command_names, parser

DOCS = Path(__file__).parent.parent / "docs"


def pages() -> dict[Path, str]:
    """{path: text} of every generated page."""
    found = {DOCS / folder / f"{name}.md": page_in(folder, name) for folder in TEXTS for name in names_in(folder)}
    for kind, folder in KINDS.items():
        found |= {DOCS / folder / f"{name}.md": page_of(kind, name) for name in homes(kind)}
    helps = parser().command_helps()
    found |= {
        DOCS / "commands" / f"{name}.md": f"# trivet {name}\n\n```\n{helps[name]}```\n" for name in command_names()
    }
    return found


def main() -> int:
    wanted = pages()
    there = {path for folder in ("commands", *KINDS.values(), *TEXTS) for path in (DOCS / folder).glob("*.md")}
    if "--check" in sys.argv:
        stale = [p for p, text in wanted.items() if not p.exists() or p.read_text(encoding="utf-8") != text]
        stale += sorted(there - set(wanted))
        print(
            "\n".join(f"stale: {path.relative_to(DOCS.parent)}" for path in stale) or f"{len(wanted)} pages are fresh"
        )
        return 1 if stale else 0
    for path in there - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(wanted)} pages written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
