"""trivet: state limits on quality, cost and trust; get one portable file that keeps them, with proof.

Everything is loaded on first use, so that `import trivet` costs next to nothing.
"""

from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "compile": "trivet.ship.api",
    "load": "trivet.ship.specialist",
    "watch": "trivet.operate.watch",
    "prove": "trivet.operate.prove",
    "Specialist": "trivet.ship.specialist",
    "Infeasible": "trivet.engine.outcome",
    "TrivetError": "trivet.runtime.errors",
    "Verification": "trivet.ship.verify",
}

__all__ = [
    "Infeasible", "Specialist", "TrivetError", "Verification", "__version__", "compile", "load", "prove", "watch",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'trivet' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
