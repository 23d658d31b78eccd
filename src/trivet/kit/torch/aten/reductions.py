"""One number for many: sums, means, extremes, variance, softmax."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any

from ..values import Unlowerable, Value, known
from .arithmetic import Handler, operand
from .shapes import axis_of, length_of

if TYPE_CHECKING:
    from ..lower import Lowering


def axes_of(x: Value, dims: Any) -> tuple[int, ...]:
    """Axes in ascending order; all where none is named."""
    if dims is None or dims == []:
        return tuple(range(len(x.shape)))
    dims = dims if isinstance(dims, Sequence) else [dims]
    return tuple(sorted({axis_of(x, dim) for dim in dims}))


def reduction(operator: str) -> Handler:
    """One operator along some axes."""

    def handler(low: "Lowering", node: Any, x: Value, dims: Any = None, keep: bool = False, **_: Any) -> Value:
        x = low.builder.whole(operand(low, x, "float32"))
        found = low.builder.add(operator, x, over=axes_of(x, dims), keep=bool(keep))
        return low.builder.as_dtype(found, low.dtype(node))

    return handler


def extreme(operator: str) -> Handler:
    """max.dim and min.dim: (numbers, places); a graph has no places."""

    def handler(low: "Lowering", node: Any, x: Value, dim: int, keep: bool = False) -> tuple[Value, None]:
        return low.builder.add(operator, low.builder.whole(x), over=axes_of(x, dim), keep=bool(keep)), None

    return handler


def variance(
    low: "Lowering", node: Any, x: Value, dims: Any = None, *, correction: float | None = 1, keepdim: bool = False
) -> Value:
    builder, axes = low.builder, axes_of(x, dims)
    count = prod(length_of(x, axis) for axis in axes)
    freedom = count - (1 if correction is None else correction)
    if freedom <= 0:
        raise Unlowerable(f"a variance of {count} numbers with correction {correction}")
    apart = builder.add("sub", x, builder.add("mean", builder.whole(x), over=axes, keep=True))
    squares = builder.add("sum", builder.add("mul", apart, apart), over=axes, keep=bool(keepdim))
    return builder.add("mul", squares, known(1 / freedom))


def vector_norm(
    low: "Lowering", node: Any, x: Value, order: float = 2, dims: Any = None, keep: bool = False, **_: Any
) -> Value:
    builder, axes = low.builder, axes_of(x, dims)
    if order == 1:
        return builder.add("sum", builder.add("abs", x), over=axes, keep=bool(keep))
    if order != 2:
        raise Unlowerable(f"a norm of order {order}")
    return builder.add("sqrt", builder.add("sum", builder.add("mul", x, x), over=axes, keep=bool(keep)))


def running_sum(low: "Lowering", node: Any, x: Value, dim: int, **_: Any) -> Value:
    x = low.builder.whole(operand(low, x, "float32"))
    return low.builder.as_dtype(low.builder.add("running_sum", x, axis=axis_of(x, dim)), low.dtype(node))


def softmax(low: "Lowering", node: Any, x: Value, dim: int, *_: Any, **__: Any) -> Value:
    return low.builder.add("softmax", low.builder.whole(x), axis=axis_of(x, dim))


def log_softmax(low: "Lowering", node: Any, x: Value, dim: int, *_: Any, **__: Any) -> Value:
    return low.builder.add("softmax", low.builder.whole(x), axis=axis_of(x, dim), log=True)


REDUCTIONS: Mapping[str, Handler] = {
    "mean.dim": reduction("mean"),
    "mean.default": reduction("mean"),
    "sum.dim_IntList": reduction("sum"),
    "sum.default": reduction("sum"),
    "amax.default": reduction("largest"),
    "amin.default": reduction("smallest"),
    "max.dim": extreme("largest"),
    "min.dim": extreme("smallest"),
    "var.correction": variance,
    "linalg_vector_norm.default": vector_norm,
    "cumsum.default": running_sum,
    "_softmax.default": softmax,
    "softmax.int": softmax,
    "_log_softmax.default": log_softmax,
    "log_softmax.int": log_softmax,
}
