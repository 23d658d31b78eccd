"""Looks at one part with distrust: every name, type, shape and bound is checked before anything is used."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..errors import BadFile
from ..part import Array, Part

if TYPE_CHECKING:
    from .body import Body, Flow

FLOATS = ("float32",)
SHORT_FLOATS = ("float32", "float16")
WEIGHTS = ("float32", "float16", "int8")

MOST_NESTING = 8
MOST_CHILDREN = 4096
MOST_OPERATIONS = 10**8
MOST_WIDTH = 65_535
AT_ONCE = 1 << 20  # numbers of an array that are looked at together


class Inspector:
    """A part and the place where it stands, asked for its fields one by one.

    where: e.g. "body/children[1]", for messages.  make_body: turns an inspected child into a runnable body.
    Everything refused is a BadFile that names the place and the value.
    """

    def __init__(
        self, part: Part, where: str, *, make_body: "Callable[[Inspector, Flow], Body] | None" = None, nesting: int = 0
    ) -> None:
        self.part, self.where, self._make_body, self._nesting = part, where, make_body, nesting

    def only(
        self,
        *,
        config: Sequence[str] = (),
        arrays: Sequence[str] = (),
        weights: Sequence[str] = (),
        children: tuple[int, int] = (0, 0),
        version: int = 1,
    ) -> None:
        """Refuses any other config key, array name or number of children; int8 weights bring their `_scale`.

        version: the latest of the kind.  A child has no wiring: what it reads and gives is up to its parent.
        """
        if not 1 <= self.part.version <= version:
            self._refuse_version(version)
        if self._nesting:
            self.refuse_wiring()
        self._same_names("part-config", "config keys", config, self.part.config)
        scaled = [f"{name}_scale" for name in weights if self._is_int8(name)]
        self._same_names("part-array", "arrays", [*arrays, *weights, *scaled], self.part.arrays)
        least, most = children
        if not least <= len(self.part.children) <= most:
            wanted = f"{least}" if least == most else f"{least} to {most}"
            self.refuse("part-kind", f"{wanted} children of {self.part.kind}", f"{len(self.part.children)}")

    def refuse_wiring(self) -> None:
        """Refuses other names for ports, in a part that nobody wires."""
        for what, ports in (("reads", self.part.reads), ("gives", self.part.gives)):
            if ports:
                self.refuse("part-slot", f"no other names for what {self.part.kind} {what}", repr(dict(ports)), what)

    def number(self, key: str, *, above: float, most: float) -> float:
        """The config number above one bound and not above the other."""
        found = self.part.config[key]
        if not is_number(found) or not above < found <= most:
            self.refuse("part-config", f"a number above {above:g} and at most {most:g}", repr(found), key)
        return float(found)

    def whole(self, key: str, *, least: int, most: int) -> int:
        """The config whole number between two bounds."""
        found = self.part.config[key]
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            self.refuse("part-config", f"a whole number from {least} to {most}", repr(found), key)
        return int(found)

    def choice(self, key: str, among: Sequence[str]) -> str:
        """The config text that is one of the given."""
        found = self.part.config[key]
        if not isinstance(found, str) or found not in among:
            self.refuse("part-config", "one of " + ", ".join(among), repr(found), key)
        return str(found)

    def array(self, name: str, dtypes: Sequence[str], *shape: int | None, may_be_nan: bool = False) -> Array:
        """The array, of one of the dtypes and of this shape (None = any length), without NaN or infinity."""
        found = self.part.arrays[name]
        fits = found.ndim == len(shape) and all(w is None or w == n for w, n in zip(shape, found.shape))
        if found.dtype.name not in dtypes or not fits:
            asked = "x".join("any" if length is None else str(length) for length in shape)
            what = f"{found.dtype.name} of shape {found.shape}"
            self.refuse("part-array", f"{' or '.join(dtypes)} of shape ({asked})", what, name)
        wrong = first_not_finite(found, may_be_nan) if found.dtype.kind == "f" else None
        if wrong is not None:
            self.refuse("part-array", "finite numbers", repr(wrong), name)
        return found

    def weights(self, name: str, *shape: int | None) -> Array:
        """Weights (..., outputs) as float32; int8 ones are multiplied by their scale per output column."""
        raw = self.array(name, WEIGHTS, *shape)
        if not self._is_int8(name):
            return raw.astype(np.float32, copy=False)
        scale = self.array(f"{name}_scale", FLOATS, raw.shape[-1])
        return self.scaled(name, raw, scale)

    def scaled(self, name: str, raw: Array, scale: Array) -> Array:
        """int8 numbers times their scale, as float32; refuses a scale that takes them beyond."""
        with np.errstate(over="ignore"):
            found = raw.astype(np.float32) * scale
        if not np.isfinite(found).all():
            self.refuse("part-array", "a scale that keeps numbers finite", f"{float(np.abs(scale).max()):g}", name)
        return found

    def indices(self, name: str, below: int, dtype: str = "uint16") -> Array:
        """A vector of column numbers, all below the bound."""
        return self.within(name, self.array(name, (dtype,), None), below).astype(np.intp)

    def within(self, name: str, found: Array, below: int, *, least: int = 0) -> Array:
        """The array itself; refuses a number outside least..below-1."""
        if found.size and not (least <= int(found.min()) and int(found.max()) < below):
            wrong = found[(found < least) | (found >= below)].ravel()[0]
            self.refuse("part-index", f"numbers from {least} to {below - 1}", str(int(wrong)), name)
        return found

    def child(self, position: int, flow: "Flow") -> "Body":
        """The child at this position, inspected and made runnable."""
        if self._make_body is None or self._nesting >= MOST_NESTING:
            self.refuse("part-limit", f"parts nested at most {MOST_NESTING} deep", "deeper nesting")
        inner = self.inside(position)
        return self._make_body(inner, flow)

    def inside(self, position: int) -> "Inspector":
        """The inspector of the child at this position."""
        where = f"{self.where}/children[{position}]"
        return Inspector(self.part.children[position], where, make_body=self._make_body, nesting=self._nesting + 1)

    def refuse(self, code: str, wanted: str, found: str, field: str = "") -> NoReturn:
        """Raises BadFile for this place."""
        place = f"part {self.where} ({self.part.kind})" + (f", {field}" if field else "")
        do = "use a file that trivet wrote; this one was altered or made by hand"
        raise BadFile(code, wanted=wanted, found=found, where=place, do=do)

    def _refuse_version(self, latest: int) -> NoReturn:
        raise BadFile(
            "part-version",
            wanted=f"version {latest} of the kind {self.part.kind}" + (", or an earlier one" if latest > 1 else ""),
            found=f"version {self.part.version}",
            do="update trivet: pip install --upgrade trivet",
            where=f"part {self.where} ({self.part.kind})",
        )

    def _is_int8(self, name: str) -> bool:
        return name in self.part.arrays and self.part.arrays[name].dtype == np.int8

    def _same_names(self, code: str, what: str, wanted: Sequence[str], found: object) -> None:
        names = sorted(str(name) for name in found)  # type: ignore[attr-defined]
        if names != sorted(wanted):
            self.refuse(code, f"the {what} {sorted(wanted)}", f"{names}")


def first_not_finite(found: Array, may_be_nan: bool) -> float | None:
    """The first infinite number, or NaN unless it may be there; looked for piece by piece, as arrays may be large."""
    numbers = found.reshape(-1)
    for start in range(0, numbers.size, AT_ONCE):
        piece = numbers[start : start + AT_ONCE]
        wrong = np.isinf(piece) if may_be_nan else ~np.isfinite(piece)
        if wrong.any():
            return float(piece[wrong.argmax()])
    return None


def is_number(thing: Any) -> bool:
    """Whether a JSON value is a number (true and false are not)."""
    return isinstance(thing, int | float) and not isinstance(thing, bool)
