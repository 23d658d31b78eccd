"""What every decoder is: it turns an array into the answer of a row that `predict` gives."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from ...batch import Batch
from ...part import Array
from ...ports import Port
from ..inspector import Inspector

if TYPE_CHECKING:
    from ...onnx_graph import OnnxGraph


class Decoder:
    """Base of every decoder.  answer: the port whose rows are the answers."""

    READS: ClassVar[tuple[str, ...]]
    GIVES: ClassVar[tuple[str, ...]]
    answer: str
    gives: Mapping[str, Port]

    def __init__(self, look: Inspector, width: int) -> None:
        raise NotImplementedError

    @property
    def reads(self) -> tuple[str, ...]:
        """The ports that it reads, by their own names."""
        return self.READS

    def run(self, arrays: Mapping[str, Array], batch: Batch) -> dict[str, Array]:
        """The answers as an array."""
        raise NotImplementedError

    def lower(self, graph: "OnnxGraph", names: Mapping[str, str]) -> dict[str, str]:
        """Adds nodes that compute the same."""
        raise NotImplementedError

    def decode(self, answers: Array) -> list[Any]:
        """One Python value per row."""
        found: list[Any] = answers.tolist()
        return found
