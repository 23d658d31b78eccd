"""What moves numbers: shapes, pieces, places."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from trivet.runtime.ops.lengths import Length

from ..values import Known, Unlowerable, Value, known
from .arithmetic import Handler

if TYPE_CHECKING:
    from ..lower import Lowering


def axis_of(x: Value, dim: int) -> int:
    """The axis from 0, of one that may count from the end."""
    return dim % len(x.shape) if x.shape else 0


def length_of(x: Value, axis: int) -> int:
    """The length of an axis; refuses one that varies."""
    length = x.shape[axis]
    if not isinstance(length, int):
        raise Unlowerable(f"a cut along an axis of varying length, {length}")
    return length


def reshaped(low: "Lowering", node: Any, x: Value, *_: Any, **__: Any) -> Value:
    """Every operator that only writes another shape: torch says which."""
    return low.builder.reshaped(x, low.shape(node))


def permuted(low: "Lowering", node: Any, x: Value, order: Sequence[int]) -> Value:
    return low.builder.transposed(x, order)


def swapped(low: "Lowering", node: Any, x: Value, one: int = 0, other: int = 1) -> Value:
    order = list(range(len(x.shape)))
    if len(order) < 2:
        return x
    one, other = axis_of(x, one), axis_of(x, other)
    order[one], order[other] = other, one
    return low.builder.transposed(x, order)


def expanded(low: "Lowering", node: Any, x: Value, *_: Any, **__: Any) -> Value:
    shape = low.shape(node)
    before = (1,) * (len(shape) - len(x.shape)) + tuple(x.shape)
    # Where an axis stays, the value itself knows the order of its factors.
    return low.builder.repeated(x, tuple(new if old == 1 else old for old, new in zip(before, shape)))


def repeat(low: "Lowering", node: Any, x: Value, times: Sequence[int]) -> Value:
    builder, lead = low.builder, len(times) - len(x.shape)
    if any(not isinstance(one, int) for one in times):
        raise Unlowerable("a value repeated as often as there are rows")
    shape: list[Length] = [*[1] * lead, *x.shape]
    apart = [item for length in shape for item in (1, length)]
    tall = [item for length, one in zip(shape, times) for item in (one, length)]
    return builder.reshaped(builder.repeated(builder.reshaped(x, apart), tuple(tall)), low.shape(node))


def joined(low: "Lowering", node: Any, values: Sequence[Value], dim: int = 0) -> Value:
    dtype, axis = low.dtype(node), axis_of(values[0], dim)
    pieces = [low.builder.as_dtype(low.builder.whole(one), dtype) for one in values if one.shape != (0,)]
    while len(pieces) > 1:
        # An operator takes up to 64 values; more are joined in two rounds.
        groups = [pieces[at : at + 64] for at in range(0, len(pieces), 64)]
        pieces = [low.builder.add("concat", *group, axis=axis) if len(group) > 1 else group[0] for group in groups]
    return pieces[0]


def stacked(low: "Lowering", node: Any, values: Sequence[Value], dim: int = 0) -> Value:
    axis = dim % (len(values[0].shape) + 1)
    thin = [low.builder.reshaped(one, (*one.shape[:axis], 1, *one.shape[axis:])) for one in values]
    return joined(low, node, thin, axis)


def cut(low: "Lowering", x: Value, axis: int, start: int, stop: int, step: int = 1) -> Value:
    """The places start, start + step, ... below stop."""
    length = length_of(x, axis)
    if (start, stop, step) == (0, length, 1):
        return x
    if isinstance(x, Known) and x.is_whole:
        return known(x.array[(slice(None),) * axis + (slice(start, stop, step),)])
    return low.builder.add("slice", low.builder.whole(x), axis=axis, start=start, stop=stop, step=step)


def sliced(
    low: "Lowering", node: Any, x: Value, dim: int = 0, start: Any = None, end: Any = None, step: int = 1
) -> Value:
    axis = axis_of(x, dim)
    if (start or 0) == 0 and step == 1 and (end is None or end >= 2**31):
        return x
    length = length_of(x, axis)
    first, last, step = slice(start, end, step).indices(length)
    return cut(low, x, axis, first, last, step)


def selected(low: "Lowering", node: Any, x: Value, dim: int, index: int) -> Value:
    axis = axis_of(x, dim)
    if isinstance(x, Known) and x.is_whole:
        return known(x.array[(slice(None),) * axis + (index,)])
    at = index + length_of(x, axis) if index < -1 else index
    if at == -1 and isinstance(x.shape[axis], int):
        at = length_of(x, axis) - 1
    return low.builder.add("pick", low.builder.whole(x), axis=axis, at=at)


def split_evenly(low: "Lowering", node: Any, x: Value, size: int, dim: int = 0) -> tuple[Value, ...]:
    axis = axis_of(x, dim)
    length = length_of(x, axis)
    return tuple(cut(low, x, axis, at, min(at + size, length)) for at in range(0, length, size))


def split_as_told(low: "Lowering", node: Any, x: Value, sizes: Sequence[int], dim: int = 0) -> tuple[Value, ...]:
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    return tuple(cut(low, x, axis_of(x, dim), start, start + size) for start, size in zip(starts, sizes))


def unbound(low: "Lowering", node: Any, x: Value, dim: int = 0) -> tuple[Value, ...]:
    return tuple(selected(low, node, x, dim, at) for at in range(length_of(x, axis_of(x, dim))))


def padded(low: "Lowering", node: Any, x: Value, pads: Sequence[int], fill: float = 0.0) -> Value:
    n = len(pads) // 2
    before, after = (tuple(pads[2 * at + side] for at in reversed(range(n))) for side in (0, 1))
    for axis in range(n):  # a negative padding cuts
        place = len(x.shape) - n + axis
        length = x.shape[place]
        if isinstance(length, int):
            x = cut(low, x, place, max(0, -before[axis]), length - max(0, -after[axis]))
    before, after = (tuple(max(0, pad) for pad in side) for side in (before, after))
    if not any(before + after):
        return x
    return low.builder.add("pad", low.builder.whole(x), before=before, after=after, value=float(fill))


def looked_up(low: "Lowering", x: Value, indices: Value, axis: int) -> Value:
    """The places that indices name, made sure to lie on the axis; those below 0 count from its end."""
    builder, length = low.builder, length_of(x, axis)
    indices = builder.as_dtype(indices, "int64")
    if isinstance(indices, Known):
        return builder.add("gather", builder.whole(x), known(indices.array % length), axis=axis)
    if not (indices.facts.low >= 0 and indices.facts.high < length):
        indices = builder.add("clip", indices, low=0.0, high=float(length - 1))
    return builder.add("gather", builder.whole(x), indices, axis=axis)


def embedding(low: "Lowering", node: Any, table: Value, indices: Value, *_: Any, **__: Any) -> Value:
    return looked_up(low, table, indices, 0)


def index_select(low: "Lowering", node: Any, x: Value, dim: int, indices: Value) -> Value:
    return looked_up(low, x, indices, axis_of(x, dim))


def indexed(low: "Lowering", node: Any, x: Value, indices: Sequence[Value | None]) -> Value:
    axes = [axis for axis, one in enumerate(indices) if one is not None]
    if len(axes) != 1 or indices[axes[0]].dtype == "bool":  # type: ignore[union-attr]
        raise Unlowerable("several indices at once, or a mask")
    return looked_up(low, x, indices[axes[0]], axes[0])  # type: ignore[arg-type]


def flipped(low: "Lowering", node: Any, x: Value, dims: Sequence[int]) -> Value:
    for dim in dims:
        axis = axis_of(x, dim)
        x = looked_up(low, x, known(list(range(length_of(x, axis)))[::-1]), axis)
    return x


def counted(low: "Lowering", node: Any, start: int, end: Any, step: int = 1, **_: Any) -> Value:
    """0, 1, 2, ... along an axis of varying length, as running sums of ones."""
    if (start, step) != (0, 1) or end is not None:  # lengths that vary are read off the shape, not off arguments
        raise Unlowerable("a count that does not run from 0 by 1 along an axis")
    ones = low.builder.add("expand", known(1.0), to=low.shape(node))
    places = low.builder.add("sub", low.builder.add("running_sum", ones, axis=0), known(1.0))
    return low.builder.as_dtype(places, low.dtype(node))


RESHAPES = (
    "view.default", "reshape.default", "_unsafe_view.default", "unsqueeze.default", "squeeze.default", "squeeze.dim",
    "squeeze.dims", "flatten.using_ints", "unflatten.int",
)  # fmt: skip
SHAPES: Mapping[str, Handler] = {
    **dict.fromkeys(RESHAPES, reshaped),
    "permute.default": permuted,
    "transpose.int": swapped,
    "t.default": swapped,
    "expand.default": expanded,
    "repeat.default": repeat,
    "cat.default": joined,
    "stack.default": stacked,
    "slice.Tensor": sliced,
    "select.int": selected,
    "split.Tensor": split_evenly,
    "split_with_sizes.default": split_as_told,
    "unbind.int": unbound,
    "constant_pad_nd.default": padded,
    "embedding.default": embedding,
    "index_select.default": index_select,
    "index.Tensor": indexed,
    "_unsafe_index.Tensor": indexed,
    "flip.default": flipped,
    "arange.start_step": counted,
}
