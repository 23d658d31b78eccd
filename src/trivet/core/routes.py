"""A route: a line of passes that makes a servable candidate."""

from .value import value


@value
class Route:
    """A line of passes.

    steps: texts of passes, first to last.  is_starter: run once with these parameters before any search.
    The search varies the ranges of the passes that are named in `vary`.
    """

    name: str
    steps: tuple[str, ...]
    is_starter: bool = True
    vary: tuple[str, ...] = ()
