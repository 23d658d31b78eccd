"""The errors of the workshop, all of the runtime's one family."""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from trivet.runtime.errors import BadFile, BadRow, TrivetError

__all__ = [
    "BadData", "BadFile", "BadLimit", "BadRecipe", "BadRow", "BadUse", "ManyErrors", "MissingExtra", "NotApplicable",
    "NotLowerable", "Refused", "StorageError", "TrivetError", "nearest_names",
]  # fmt: skip


class BadUse(TrivetError):
    """A command or call with arguments that do not fit."""


class BadRecipe(TrivetError):
    """A recipe with a field that is unknown, missing or of the wrong type."""


class BadLimit(BadRecipe):
    """A limit that cannot be understood."""


class BadData(TrivetError):
    """A source that cannot be read, or rows that no model can be built from."""


class StorageError(TrivetError):
    """The disk said no: names the operation and the reason."""


class MissingExtra(TrivetError):
    """A library that a step needs is not installed."""

    exit_code = 4


class Refused(TrivetError):
    """A pass says, before any work, that it cannot run here."""

    def __init__(self, who: str, reason: str, do: str = "change the steps, or see `trivet passes`") -> None:
        super().__init__("refused", wanted=f"a candidate that pass {who} can work on", found=reason, do=do)
        self.who, self.reason = who, reason


class NotLowerable(TrivetError):
    """A module of torch that has no counterpart among the runtime kinds."""


class NotApplicable(TrivetError):
    """A gauge says that it cannot measure this task or candidate."""

    def __init__(self, who: str, reason: str, do: str = "limit another gauge; `trivet gauges` lists them") -> None:
        super().__init__("not-applicable", wanted=f"a task that gauge {who} can measure", found=reason, do=do)
        self.who, self.reason = who, reason


class ManyErrors(TrivetError):
    """Several mistakes at once, so that all can be mended in one go."""

    def __init__(self, errors: Sequence[TrivetError]) -> None:
        first = errors[0]
        super().__init__(first.code, wanted=first.wanted, found=first.found, do=first.do, where=first.where)
        self.errors = tuple(errors)
        self.exit_code = max(error.exit_code for error in errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


def raise_all(errors: Sequence[TrivetError]) -> None:
    """Raises nothing for no error, the error itself for one, all together for several."""
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise ManyErrors(errors)


def nearest_names(word: str, known: Iterable[str]) -> str:
    """A hint that names what was probably meant, e.g. "did you mean 'auroc'?"; all names when nothing is near."""
    names = sorted(known)
    near = get_close_matches(word, names, n=3, cutoff=0.5)
    if near:
        return "did you mean " + " or ".join(repr(name) for name in near) + "?"
    return "known are: " + ", ".join(names)
