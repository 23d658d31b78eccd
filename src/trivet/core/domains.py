"""What a domain is: it knows which tables are its own and which routes are known to pay there."""

from collections.abc import Sequence
from typing import ClassVar

from .task import Field, Task
from .value import value


@value
class Route:
    """A line of passes that makes a servable candidate.

    steps: texts of passes, first to last.  is_starter: run once with these parameters before any search.
    The search varies the ranges of the passes that are named in `vary`.
    """

    name: str
    steps: tuple[str, ...]
    is_starter: bool = True
    vary: tuple[str, ...] = ()


class Domain:
    """Base of every domain: `domains/table.py` holds `Table`, in a task's modality `table`.

    reads_text: whether its routes learn from columns of free text; where not, such columns are left out, loudly.
    """

    reads_text: ClassVar[bool] = True

    def recognises(self, inputs: Sequence[Field]) -> int:
        """How well these inputs fit: 0 = not at all; the domain with the highest number takes the task."""
        raise NotImplementedError

    def routes(self, task: Task, rows: int) -> tuple[Route, ...]:
        """Routes in the order in which they are tried; `rows` is the number of rows to fit on."""
        raise NotImplementedError

    def sample(self) -> tuple[list[dict[str, object]], str]:
        """(rows as dicts, name of the target): a tiny sample, made by this function, that the starters can learn."""
        raise NotImplementedError
