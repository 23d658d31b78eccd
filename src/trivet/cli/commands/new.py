"""`trivet new`: the two files of a plug-in, its source and its test, and the line that registers it."""

import argparse

from trivet.cli.result import Result

SUMMARY = "Write the source and the test of a plug-in, ready to be changed, into the current folder."
EXAMPLE = "trivet new pass fit-mine"

KINDS = ("check", "explainer", "exporter", "gauge", "goal", "pass", "section")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("kind", choices=KINDS, metavar="KIND", help=f"what to write: {', '.join(KINDS)}")
    parser.add_argument("name", help="its name, as in a recipe: small letters and hyphens")
    parser.add_argument("--package", help="package that holds it (default: the one in pyproject.toml, or the folder)")
    parser.add_argument("--folder", default=".", help="folder of the distribution (default: the current one)")


def run(arguments: argparse.Namespace) -> Result:
    from pathlib import Path

    from trivet.cli.plugin_files import plugin_files, with_entry_point
    from trivet.storage.disk import Storage

    folder = Path(arguments.folder)
    project = folder / "pyproject.toml"
    before = project.read_text(encoding="utf-8") if project.exists() else ""
    made = plugin_files(arguments.kind, arguments.name, package=arguments.package, folder=folder, project=before)
    after = with_entry_point(before, made)
    storage = Storage()
    for path, text in made.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        storage.publish(folder / path, text.encode("utf-8"), private=False, overwrite=False)
    storage.publish(project, after.encode("utf-8"), private=False, overwrite=True)
    lines = [*(f"  written: {path}" for path in made.files), f"  registered in pyproject.toml: {made.line}"]
    lines.append("  next: pip install --no-deps -e . && pytest tests")
    return Result(text="\n".join(lines), data={"files": list(made.files), "group": made.group, "line": made.line})
