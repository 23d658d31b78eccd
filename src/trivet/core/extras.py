"""Heavy libraries are invited late and by name."""

import warnings
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from .errors import MissingExtra

# module -> (distribution shown to the user, extra that installs it)
_HOMES = {
    "sklearn": ("scikit-learn", "tables"),
    "scipy": ("scipy", "tables"),
    "lightgbm": ("lightgbm", "tables"),
    "pyarrow": ("pyarrow", "tables"),
    "duckdb": ("duckdb", "tables"),
    "optuna": ("optuna", "tables"),
    "interpret": ("interpret-core", "tables"),
    "cleanlab": ("cleanlab", "tables"),
    "torch": ("torch", "deep"),
    "matplotlib": ("matplotlib", "report"),
    "jinja2": ("jinja2", "report"),
}


def need(module: str, *, for_: Any) -> ModuleType:
    """The module, imported now; raises MissingExtra with the pip line when it is not installed.

    module: e.g. "sklearn.linear_model".  for_: who needs it, a pass, gauge or plain name.
    """
    if is_missing(module):
        raise missing_extra(module, for_=for_)
    with warnings.catch_warnings():
        # In a notebook without widgets, tqdm (of optuna) complains on import about a bar that nobody asked for.
        warnings.filterwarnings("ignore", message="IProgress not found")
        return import_module(module)


def is_missing(module: str) -> bool:
    """Whether the library that holds the module is not installed (nothing is imported)."""
    return find_spec(module.partition(".")[0]) is None


def missing_extra(module: str, *, for_: Any) -> MissingExtra:
    """The error that names the library, who needs it, and the pip line."""
    distribution, extra = home_of(module)
    who = for_ if isinstance(for_, str) else getattr(for_, "name", type(for_).__name__)
    return MissingExtra(
        "missing-extra",
        wanted=f"{distribution}, which {who} needs",
        found="it is not installed",
        do=f'pip install "trivet[{extra}]"',
    )


def home_of(module: str) -> tuple[str, str]:
    """(distribution as the user knows it, extra that installs it) of a module, e.g. "sklearn.linear_model"."""
    top = module.partition(".")[0]
    return _HOMES.get(top, (top, "all"))
