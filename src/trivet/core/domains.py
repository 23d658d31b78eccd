"""What a domain is: it knows which tables are its own, and lines of passes that pay there and that no pass offers."""

from collections.abc import Sequence
from typing import ClassVar

from .routes import Route
from .task import Field, Task


class Domain:
    """Base of every domain: `domains/table.py` holds `Table`, in a task's modality `table`.

    reads_text: whether its routes learn from columns of free text; where not, such columns are left out, loudly.
    """

    reads_text: ClassVar[bool] = True

    def recognises(self, inputs: Sequence[Field]) -> int:
        """How well these inputs fit: 0 = not at all; the domain with the highest number takes the task."""
        raise NotImplementedError

    def routes(self, task: Task, rows: int) -> tuple[Route, ...]:
        """Curated lines, whole from reader to scale, beside what passes offer; `rows` is the number to fit on."""
        return ()

    def sample(self) -> tuple[list[dict[str, object]], str]:
        """(rows as dicts, name of the target): a tiny sample, made by this function, that the starters can learn."""
        raise NotImplementedError
