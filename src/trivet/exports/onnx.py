"""ONNX: the model as one graph, from the reader's numbers to the answers, that any ONNX runtime computes.

Needs: nothing; the bytes are written here.  Source: onnx.proto of ONNX 1.12 (IR version 8), opset 17 and ai.onnx.ml 3.
"""

import json
from typing import Any

from trivet.core.exporters import Exporter
from trivet.runtime import onnx_bytes
from trivet.runtime.executors import graph_of
from trivet.runtime.onnx_graph import OnnxGraph
from trivet.runtime.specialist import Specialist

_METADATA = 14  # ModelProto.metadata_props
_KEY, _VALUE = 1, 2  # StringStringEntryProto


class Onnx(Exporter):
    """One input `numbers` (rows, columns) float32, NaN = missing; one output for each array that the file gives.

    The metadata say which number stands for which column and word, what is answered, and the digest of the file.
    """

    suffix = ".onnx"

    def refuses(self, specialist: Specialist) -> str:
        """A graph has numbers alone: what turns texts into numbers works in Python, before it."""
        hosts = sorted({type(host).__name__.lower() for host in graph_for(specialist).hosts})
        texts = ", ".join(map(repr, specialist.program.reader.text_names))
        return f"{', '.join(hosts)} reads the text of {texts} in Python, before the graph" if hosts else ""

    def content(self, specialist: Specialist) -> bytes:
        # Fields of a protobuf message may come in any order: what is appended belongs to the model.
        entries = [metadata(name, text) for name, text in about(specialist).items()]
        return graph_for(specialist).model() + b"".join(entries)


def graph_for(specialist: Specialist) -> OnnxGraph:
    """The same graph that the runtime hands to ONNX Runtime."""
    program = specialist.program
    return graph_of(program.stages, program.reader.flow.width)


def about(specialist: Specialist) -> dict[str, str]:
    """What somebody needs to feed the graph and to read its answers."""
    reader = specialist.program.reader
    task: dict[str, Any] = specialist.task
    facts = {
        "trivet.digest": specialist.digest,
        "trivet.numbers": list(reader.number_names),
        "trivet.types": dict(reader.fields),
        "trivet.words": words_of(specialist),
        "trivet.answer": list(task.get("answer", [])),
        "trivet.classes": list(specialist.class_texts),
    }
    return {
        name: fact if isinstance(fact, str) else json.dumps(fact, ensure_ascii=False) for name, fact in facts.items()
    }


def words_of(specialist: Specialist) -> dict[str, dict[str, float | None]]:
    """{category column: {word: its number}}; "" is the number of words that are not listed, None = missing."""
    found = {}
    for name, book in specialist.program.reader.books.items():
        unknown = None if book.unknown != book.unknown else float(book.unknown)
        found[name] = {**{word: float(code) for word, code in book.words.items()}, "": unknown}
    return found


def metadata(name: str, text: str) -> bytes:
    """One entry of ModelProto.metadata_props."""
    return onnx_bytes.data(_METADATA, onnx_bytes.text(_KEY, name) + onnx_bytes.text(_VALUE, text))
