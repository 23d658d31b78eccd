"""Builds one ONNX graph in memory from checked parts; a file never carries a graph."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from . import onnx_bytes
from .batch import Batch
from .part import Array

NUMBERS = "numbers"
FLOAT32 = onnx_bytes.DTYPES["float32"]


class Host(Protocol):
    """A piece that computes inputs of the graph in Python; see `kinds.body.Host`."""

    @property
    def feeds(self) -> tuple[tuple[str, str], ...]: ...

    def features(self, batch: Batch) -> tuple[Array, ...]: ...


class OnnxGraph:
    """Nodes, constants, inputs and outputs, added one by one.

    hosts: the pieces that work in Python before the graph and feed it.
    """

    def __init__(self, width: int | str) -> None:
        self.hosts: list[Host] = []
        self._nodes: list[bytes] = []
        self._tensors: list[bytes] = []
        self._inputs = [onnx_bytes.value_info(NUMBERS, "float32", ["rows", width])]
        self._outputs: list[bytes] = []
        self._n_names = 0

    def node(self, op: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Adds a node with one result; returns the result's name."""
        result = self._name(op.lower())
        self._nodes.append(onnx_bytes.node(op, inputs, [result], domain, attributes))
        return result

    def nodes(self, op: str, *inputs: str, results: int, **attributes: Any) -> list[str]:
        """Adds a node with several results; returns their names."""
        names = [self._name(op.lower()) for _ in range(results)]
        self._nodes.append(onnx_bytes.node(op, inputs, names, "", attributes))
        return names

    def constant(self, array: Array | np.generic) -> str:
        """Adds a constant; returns its name."""
        name = self._name("constant")
        self._tensors.append(onnx_bytes.tensor(name, np.asarray(array)))
        return name

    def host_inputs(self, host: Host) -> tuple[str, ...]:
        """Adds the inputs that the piece fills from a batch before the graph runs."""
        names = host_names(host, len(self.hosts))
        self.hosts.append(host)
        for name, (_, dtype) in zip(names, host.feeds):
            self._inputs.append(onnx_bytes.value_info(name, dtype, [f"entries_{len(self.hosts)}"]))
        return names

    def output(self, name: str, result: str, dtype: str, shape: Sequence[int | str]) -> None:
        """Hands a result out under a name."""
        self._nodes.append(onnx_bytes.node("Identity", [result], [name], "", {}))
        self._outputs.append(onnx_bytes.value_info(name, dtype, shape))

    def model(self) -> bytes:
        """The whole model."""
        return onnx_bytes.model(
            nodes=self._nodes, tensors=self._tensors, inputs=self._inputs, outputs=self._outputs
        )  # fmt: skip

    def columns(self, numbers: str, which: Array) -> str:
        """Some columns of a (rows, width) result."""
        return self.node("Gather", numbers, self.constant(which.astype(np.int64)), axis=1)

    def as_floats(self, flags: str) -> str:
        """Booleans as 0 and 1."""
        return self.node("Cast", flags, to=FLOAT32)

    def total(self, terms: Sequence[str]) -> str:
        """The sum of equally shaped results, first to last."""
        total = terms[0]
        for term in terms[1:]:
            total = self.node("Add", total, term)
        return total

    def same_for_all_rows(self, row: Array, numbers: str) -> str:
        """(rows, width) with the same values in every row; `numbers` says how many rows."""
        n_rows = self.node("Gather", self.node("Shape", numbers), self.constant(np.array([0])), axis=0)
        shape = self.node("Concat", n_rows, self.constant(np.array([len(row)])), axis=0)
        return self.node("Expand", self.constant(row[None, :]), shape)

    def _name(self, stem: str) -> str:
        self._n_names += 1
        return f"{stem}_{self._n_names}"


def host_names(host: Host, position: int) -> tuple[str, ...]:
    """The names of the inputs of one piece."""
    return tuple(f"{stem}_{position}" for stem, _ in host.feeds)
