"""What a value is: frozen, keyword-only, hashed by content."""

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import Any, TypeVar, dataclass_transform

import numpy as np

from trivet.runtime.part import Part, canonical_json

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(cls: type[T]) -> type[T]:
    """Class decorator: a frozen, keyword-only dataclass."""
    return dataclasses.dataclass(frozen=True, kw_only=True)(cls)


def digest_of(thing: Any) -> str:
    """SHA-256 of a value's content: floats by their hex form, arrays by dtype, shape and bytes, mappings sorted."""
    return hashlib.sha256(canonical_json(plain(thing))).hexdigest()


def plain(thing: Any) -> Any:
    """The content of a value as JSON; two values are equal exactly when these are."""
    if thing is None or isinstance(thing, (str, bool, int)):
        return thing
    if isinstance(thing, float):
        return {"float": thing.hex()}
    if isinstance(thing, np.ndarray):
        little = np.ascontiguousarray(thing)
        return {"array": [little.dtype.str, list(little.shape), hashlib.sha256(little.tobytes()).hexdigest()]}
    if isinstance(thing, Part):
        return {"part": thing.digest}
    if isinstance(thing, Mapping):
        return {"map": sorted([str(key), plain(item)] for key, item in thing.items())}
    if isinstance(thing, (list, tuple)):
        return [plain(item) for item in thing]
    if isinstance(thing, np.generic):
        return plain(thing.item())
    if dataclasses.is_dataclass(thing):
        fields = [[f.name, plain(getattr(thing, f.name))] for f in dataclasses.fields(thing) if f.compare]
        return {"value": [type(thing).__name__, fields]}
    raise TypeError(f"no digest for {type(thing).__name__}: {thing!r}")
