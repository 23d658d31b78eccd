"""A specialist in the workshop: the runtime's own, and its claims can be verified."""

from pathlib import Path
from typing import Any

from trivet.runtime.specialist import Specialist as RuntimeSpecialist

from .verify import Verification, verify


class Specialist(RuntimeSpecialist):
    """A loaded `.trivet` file: predicts with numpy and onnxruntime alone, and can be verified."""

    def verify(self, data: Any = None, *, header: bool = True, encoding: str = "utf-8") -> Verification:
        """Every limit measured again: costs on this machine, and everything on `data` when labelled rows are given."""
        return verify(self.data, self.contents, source=data, header=header, encoding=encoding)


def load(path: str | Path) -> Specialist:
    """The specialist in a file; raises BadFile for anything but a whole, unaltered file of a known format."""
    return Specialist.load(path)
