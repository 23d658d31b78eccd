"""`trivet export`: another form of a file, for programs that do not know trivet."""

import argparse

from trivet.cli.result import Result

SUMMARY = "Write another form of a file, such as an ONNX graph."
EXAMPLE = "trivet export claims.trivet --to onnx --out claims.onnx"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="a .trivet file")
    parser.add_argument("--to", required=True, metavar="FORM", help="onnx, or a form that a plug-in brings")
    parser.add_argument("--out", help="file to write (default: named after the file)")
    parser.add_argument("--force", action="store_true", help="replace the file if it exists")


def run(arguments: argparse.Namespace) -> Result:
    from pathlib import Path

    from trivet.core.registry import find
    from trivet.core.units import show_amount
    from trivet.ship.specialist import load
    from trivet.storage.disk import Storage

    exporter = find("exporter", arguments.to)()
    file = load(arguments.file)
    out = arguments.out or str(Path(arguments.file).with_suffix(exporter.suffix))
    content = exporter.export(file)
    Storage().publish(out, content, private=False, overwrite=arguments.force)
    data = {"out": out, "form": exporter.name, "bytes": len(content), "digest": file.digest}
    return Result(text=f"  written: {out}  ({show_amount(len(content), 'B')}, {exporter.name})", data=data)
