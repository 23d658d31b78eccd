"""What an exporter is: it writes what a file computes in a form that other programs read."""

from typing import ClassVar

from trivet.runtime.specialist import Specialist

from .errors import BadUse
from .text_form import kebab


class Exporter:
    """Base of every exporter: `exports/onnx.py` holds `Onnx`, called `onnx`.

    suffix: of the files that it makes, with the dot.
    """

    suffix: ClassVar[str] = ""

    @classmethod
    def exporter_name(cls) -> str:
        """The name in the registry."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return self.exporter_name()

    def refuses(self, specialist: Specialist) -> str:
        """Why this file has no such form; "" where it has one.  Cheap."""
        raise NotImplementedError

    def content(self, specialist: Specialist) -> bytes:
        """The bytes of the exported file; the same file gives the same bytes.  May rely on `refuses` saying ""."""
        raise NotImplementedError

    def export(self, specialist: Specialist) -> bytes:
        """The bytes; raises BadUse where the file has no such form."""
        if why := self.refuses(specialist):
            raise BadUse(
                "cannot-export",
                wanted=f"a file that has the form {self.name}",
                found=why,
                do="use the .trivet file itself, which answers with numpy and onnxruntime alone",
            )
        return self.content(specialist)
