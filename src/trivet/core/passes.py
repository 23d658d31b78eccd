"""What a pass is: a value that maps one piece of work to another."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .candidate import Sketch, Work
from .context import Context
from .extras import is_missing, missing_extra
from .limits import Limit
from .routes import Route
from .task import Task
from .text_form import kebab, text_of
from .value import value


@value
class Range:
    """What a search may try for one parameter: numbers from low to high, or one of `among`."""

    low: float = 0
    high: float = 0
    log: bool = False
    whole: bool = False
    among: tuple[Any, ...] = ()


@value
class Size:
    """What a forecast knows of the data: rows to fit on, input columns, width of the scores."""

    rows: int
    columns: int
    scores: int


class Pass:
    """Base of every pass: a frozen dataclass whose fields are its parameters.

    One file holds one pass, and the names tie: `passes/fit/fit_trees.py` holds `FitTrees`, in a recipe `fit-trees`.
    The module's docstring says Helps, Costs, Needs and Source.
    """

    version: ClassVar[str] = "1"
    reads: ClassVar[tuple[str, ...]] = ("fit",)  # the splits that `run` may see; it is handed no other
    needs: ClassVar[tuple[str, ...]] = ()  # modules that `run` imports
    helps: ClassVar[tuple[str, ...]] = ()  # gauges or families ("quality", "size", "latency", "trust") it can improve
    costs: ClassVar[tuple[str, ...]] = ()  # the same, for what it makes worse; not sought for such a limit
    serves: ClassVar[tuple[str, ...]] = ()  # gauges for whose limits a plan adds this pass where a route lacks it
    controls: ClassVar[tuple[str, ...]] = ()  # gauges whose limits `>=` are kept by construction: see engine/control

    @classmethod
    def pass_name(cls) -> str:
        """The name in a recipe."""
        return kebab(cls.__name__)

    @property
    def name(self) -> str:
        """The name in a recipe."""
        return self.pass_name()

    def __str__(self) -> str:
        return text_of(self.name, self)

    def check(self, sketch: Sketch) -> Sketch:
        """What will come out, exactly; raises Refused with a reason.  Cheap and pure."""
        raise NotImplementedError

    def run(self, work: Work, ctx: Context) -> Work:
        """The new piece of work.  May rely on everything that `check` checked.  See `result_of` for who calls it."""
        raise NotImplementedError

    def result_of(self, work: Work, ctx: Context) -> Work:
        """What the engine makes of the pass: `run` is handed the splits in `reads`, all others stay as they are."""
        done = self.run(work.with_data(work.data.only(self.reads)), ctx)
        return done.with_data(work.data.with_(done.data.splits))

    def ranges(self) -> Mapping[str, Range]:
        """What a search may vary."""
        return {}

    def units(self, size: Size) -> float:
        """Work units of `run`: about seconds on one core of a 2020 server.  Pure, so that budgets repeat exactly."""
        return 0.01 + 2e-7 * size.rows

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        """Routes that this pass knows to pay, from a learner to a body: the one to try first comes first.

        What goes before (`begins`) and after (`finishes`) is added where routes are collected; routes that cannot be
        for this task are left out there, too.
        """
        return ()

    @classmethod
    def begins(cls, task: Task) -> Route | None:
        """A line that goes before every route that lacks what it makes: a reader, or features."""
        return None

    @classmethod
    def finishes(cls, task: Task) -> Route | None:
        """A line that goes behind every route that lacks what it makes: a scale."""
        return None

    def uses(self) -> tuple["Pass", ...]:
        """Other passes whose code runs inside this one: what they need and what they are is part of it."""
        return ()

    def texts_read(self, task: Task) -> tuple[str, ...]:
        """The columns of free text that it learns from."""
        return ()

    @classmethod
    def for_limits(cls, limits: Sequence[Limit]) -> "Pass":
        """The pass with parameters that suit the limits on the gauges it serves."""
        return cls()

    def missing(self) -> list[Any]:
        """One MissingExtra for each library that is not installed."""
        own = [missing_extra(module, for_=self) for module in self.needs if is_missing(module)]
        return own + [error for other in self.uses() for error in other.missing()]
