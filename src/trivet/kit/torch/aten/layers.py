"""Products of matrices, convolution, pooling, normalisation, attention."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from trivet.runtime.part import Array

from ..values import FAR, Known, Unlowerable, Value, known
from .arithmetic import Handler
from .shapes import axis_of, cut, length_of, padded

if TYPE_CHECKING:
    from ..lower import Lowering

BATCH_NORM = "aten._native_batch_norm_legit_no_training.default"


def numbers(found: Any, what: str) -> Array:
    """The numbers of a value that must not depend on an input."""
    if not isinstance(found, Known) or not found.is_whole:
        raise Unlowerable(f"{what} that depend on an input")
    return found.array


def linear(low: "Lowering", node: Any, x: Value, weights: Value, bias: Value | None = None) -> Value:
    return product_with(low, node, x, known(numbers(weights, "weights").T), bias)


def product_with(low: "Lowering", node: Any, x: Value, weights: Known, bias: Value | None) -> Value:
    """x @ weights (m, k) + bias, with a batch norm behind it folded in."""
    array, shift = weights.array, None if bias is None else numbers(bias, "biases")
    if folded := batch_norm_behind(low, node):
        factor, offset = folded
        array, shift = array * factor, offset + factor * (0 if shift is None else shift)
    more = [] if shift is None else [known(shift)]
    if len(x.shape) == 1:
        raise Unlowerable("a product with a single row of numbers")
    return low.builder.add("linear", low.builder.whole(x), known(np.ascontiguousarray(array)), *more)


def addmm(low: "Lowering", node: Any, bias: Value, a: Value, b: Value, *, beta: float = 1, alpha: float = 1) -> Value:
    if (beta, alpha) != (1, 1):
        raise Unlowerable("factors beta and alpha")
    if isinstance(b, Known) and isinstance(bias, Known) and len(bias.shape) == 1:
        return product_with(low, node, a, b, bias)
    return low.builder.add("add", low.builder.add("matmul", low.builder.whole(a), low.builder.whole(b)), bias)


def matmul(low: "Lowering", node: Any, a: Value, b: Value) -> Value:
    builder = low.builder
    if isinstance(b, Known) and b.is_whole and len(b.shape) == 2 and len(a.shape) >= 2:
        return product_with(low, node, a, b, None)
    if min(len(a.shape), len(b.shape)) >= 2:
        return builder.add("matmul", builder.whole(a), builder.whole(b))
    # One row or one column of numbers: an axis is put in and taken out again.
    wide = builder.reshaped(a, (1, *a.shape)) if len(a.shape) == 1 else builder.whole(a)
    tall = builder.reshaped(b, (*b.shape, 1)) if len(b.shape) == 1 else builder.whole(b)
    return builder.reshaped(builder.add("matmul", wide, tall), low.shape(node))


def batch_norm_behind(low: "Lowering", node: Any) -> tuple[Array, Array] | None:
    """(factor, offset) per channel of a batch norm that alone uses this node; it is then done."""
    users = list(node.users)
    if len(users) != 1 or str(users[0].target) != BATCH_NORM or users[0].args[0] is not node:
        return None
    weights, bias, mean, variance, _, epsilon = (low.value(one) for one in users[0].args[1:])
    low.folded.add(users[0])
    return factor_and_offset(weights, bias, mean, variance, epsilon)


def factor_and_offset(weights: Any, bias: Any, mean: Any, variance: Any, epsilon: float) -> tuple[Array, Array]:
    """What a batch norm in evaluation multiplies by and adds, per channel, in float64."""
    root = np.sqrt(numbers(variance, "variances").astype(np.float64) + epsilon)
    factor = (1.0 if weights is None else numbers(weights, "weights").astype(np.float64)) / root
    offset = (0.0 if bias is None else numbers(bias, "biases").astype(np.float64)) - factor * numbers(mean, "means")
    return factor, offset


def batch_norm(
    low: "Lowering",
    node: Any,
    x: Value,
    weights: Any,
    bias: Any,
    mean: Any,
    variance: Any,
    momentum: float,
    epsilon: float,
) -> tuple[Value, None, None]:
    if node in low.folded:
        return x, None, None
    ones = (1,) * (len(x.shape) - 2)
    factor, offset = (one.reshape(-1, *ones) for one in factor_and_offset(weights, bias, mean, variance, epsilon))
    return low.builder.add("add", low.builder.add("mul", x, known(factor)), known(offset)), None, None


def convolution(
    low: "Lowering", node: Any, x: Value, weights: Value, bias: Value | None = None, step: Any = 1, padding: Any = 0,
    spread: Any = 1, groups: int = 1,
) -> Value:  # fmt: skip
    """conv1d, conv2d, with padding as numbers or as "same" or "valid"."""
    array, shift = numbers(weights, "weights"), None if bias is None else numbers(bias, "biases")
    n = array.ndim - 2
    step, spread = each(step, n), each(spread, n)
    if isinstance(padding, str):
        total = [(width - 1) * gap if padding == "same" else 0 for width, gap in zip(array.shape[2:], spread)]
        if any(one % 2 for one in total):
            x = padded(low, node, x, [pad for one in reversed(total) for pad in (one // 2, one - one // 2)])
            total = [0] * n
        padding = [one // 2 for one in total]
    if folded := batch_norm_behind(low, node):
        factor, offset = folded
        array = array * factor.reshape(-1, *[1] * (array.ndim - 1))
        shift = offset + factor * (0 if shift is None else shift)
    more = [] if shift is None else [known(shift)]
    return low.builder.add(
        "conv", low.builder.whole(x), known(np.ascontiguousarray(array)), *more,
        step=step, padding=each(padding, n), spread=spread, groups=groups,
    )  # fmt: skip


def any_convolution(
    low: "Lowering", node: Any, x: Value, weights: Value, bias: Any, step: Any, padding: Any, spread: Any, turned: bool,
    output_padding: Any, groups: int,
) -> Value:  # fmt: skip
    if turned:
        raise Unlowerable("a transposed convolution")
    return convolution(low, node, x, weights, bias, step, padding, spread, groups)


def each(found: Any, n: int) -> tuple[int, ...]:
    """One number per axis."""
    found = [found] if isinstance(found, int) else list(found)
    return tuple(found * n if len(found) == 1 else found)


def max_pool(
    low: "Lowering",
    node: Any,
    x: Value,
    window: Any,
    step: Any = (),
    padding: Any = 0,
    spread: Any = 1,
    ceil: bool = False,
) -> tuple[Value, None]:
    n = 2
    window = each(window, n)
    if ceil or set(each(spread, n)) != {1}:
        raise Unlowerable("pooling with ceil_mode or dilation")
    step = each(step, n) if step else window
    return low.builder.add("max_pool", low.builder.whole(x), window=window, step=step, padding=each(padding, n)), None


def max_pool_alone(low: "Lowering", node: Any, x: Value, *args: Any) -> Value:
    return max_pool(low, node, x, *args)[0]


def mean_pool(n: int) -> Handler:
    """avg_pool over one or two axes."""

    def handler(
        low: "Lowering", node: Any, x: Value, window: Any, step: Any = (), padding: Any = 0, ceil: bool = False,
        count_padding: bool = True, divisor: Any = None,
    ) -> Value:  # fmt: skip
        if ceil or divisor is not None:
            raise Unlowerable("pooling with ceil_mode or divisor_override")
        window, padding = each(window, n), each(padding, n)
        more = {"count_padding": True} if count_padding and any(padding) else {}
        step = each(step, n) if step else window
        return low.builder.add("mean_pool", low.builder.whole(x), window=window, step=step, padding=padding, **more)

    return handler


def adaptive_mean_pool(low: "Lowering", node: Any, x: Value, out: Sequence[int]) -> Value:
    out = list(out)
    lengths = [length_of(x, len(x.shape) - len(out) + at) for at in range(len(out))]
    if any(length % places for length, places in zip(lengths, out)):
        raise Unlowerable(f"adaptive pooling from {lengths} to {out}, which does not divide")
    window = tuple(length // places for length, places in zip(lengths, out))
    return low.builder.add("mean_pool", low.builder.whole(x), window=window, step=window, padding=(0,) * len(out))


def layer_norm(
    low: "Lowering", node: Any, x: Value, shape: Sequence[int], weights: Any = None, bias: Any = None,
    epsilon: float = 1e-5, *_: Any,
) -> Value:  # fmt: skip
    found = low.builder.add("layer_norm", low.builder.whole(x), over=len(shape), epsilon=float(epsilon))
    return scaled(low, found, weights, bias)


def native_layer_norm(low: "Lowering", node: Any, *args: Any) -> tuple[Value, None, None]:
    return layer_norm(low, node, *args), None, None


def scaled(low: "Lowering", x: Value, weights: Any, bias: Any) -> Value:
    """x * weights + bias, where there are any."""
    if weights is not None and not (isinstance(weights, Known) and (weights.array == 1).all()):
        x = low.builder.add("mul", x, weights)
    if bias is not None and not (isinstance(bias, Known) and (bias.array == 0).all()):
        x = low.builder.add("add", x, bias)
    return x


def group_norm(
    low: "Lowering",
    node: Any,
    x: Value,
    groups: int,
    weights: Any = None,
    bias: Any = None,
    epsilon: float = 1e-5,
    *_: Any,
) -> Value:
    channels = length_of(x, 1)
    ones = (1,) * (len(x.shape) - 2)
    apart = low.builder.reshaped(x, (x.shape[0], groups, channels // groups, *x.shape[2:]))
    found = low.builder.add("layer_norm", apart, over=len(apart.shape) - 2, epsilon=float(epsilon))
    more = [None if one is None else known(numbers(one, "weights").reshape(-1, *ones)) for one in (weights, bias)]
    return scaled(low, low.builder.reshaped(found, x.shape), *more)


def attention(
    low: "Lowering", node: Any, query: Value, key: Value, values: Value, mask: Value | None = None,
    dropout: float = 0.0, is_causal: bool = False, *, scale: float | None = None, enable_gqa: bool = False,
) -> Value:  # fmt: skip
    """softmax(query @ key^T * scale + mask) @ values.  Source: Vaswani et al. 2017, arXiv 1706.03762, equation 1."""
    builder, rank = low.builder, len(query.shape)
    if enable_gqa:
        raise Unlowerable("attention with shared heads (enable_gqa)")
    factor = length_of(query, rank - 1) ** -0.5 if scale is None else scale
    turned = builder.transposed(key, [*range(rank - 2), rank - 1, rank - 2])
    scores: Value = builder.add("matmul", builder.add("mul", query, known(float(factor))), builder.whole(turned))
    if is_causal:
        length = length_of(scores, rank - 1)
        mask = known(np.tri(length_of(scores, rank - 2), length, dtype=bool))
    is_choice = mask is not None and mask.dtype == "bool"
    if mask is not None:
        scores = builder.add("where", mask, scores, known(-FAR)) if is_choice else builder.add("add", scores, mask)
    shares: Value = builder.add("softmax", scores, axis=rank - 1)
    if mask is not None and is_choice and not is_causal:
        shares = builder.add("where", mask, shares, known(0.0))  # as torch: where nothing may be seen, nothing is
    return builder.add("matmul", shares, builder.whole(values))


def gated(low: "Lowering", node: Any, x: Value, dim: int = -1) -> Value:
    axis = axis_of(x, dim)
    half = length_of(x, axis) // 2
    gate = low.builder.add("sigmoid", cut(low, x, axis, half, 2 * half))
    return low.builder.add("mul", cut(low, x, axis, 0, half), gate)


LAYERS: Mapping[str, Handler] = {
    "linear.default": linear,
    "addmm.default": addmm,
    "mm.default": matmul,
    "bmm.default": matmul,
    "matmul.default": matmul,
    "_native_batch_norm_legit_no_training.default": batch_norm,
    "conv1d.default": convolution,
    "conv1d.padding": convolution,
    "conv2d.default": convolution,
    "conv2d.padding": convolution,
    "convolution.default": any_convolution,
    "max_pool2d_with_indices.default": max_pool,
    "max_pool2d.default": max_pool_alone,
    "avg_pool1d.default": mean_pool(1),
    "avg_pool2d.default": mean_pool(2),
    "adaptive_avg_pool1d.default": adaptive_mean_pool,
    "adaptive_avg_pool2d.default": adaptive_mean_pool,
    "_adaptive_avg_pool2d.default": adaptive_mean_pool,
    "layer_norm.default": layer_norm,
    "native_layer_norm.default": native_layer_norm,
    "group_norm.default": group_norm,
    "scaled_dot_product_attention.default": attention,
    "glu.default": gated,
}
