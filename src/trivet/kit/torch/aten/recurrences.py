"""Gated recurrent units and the diagonal scan."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..scan import NAME
from ..values import Known, Value, known
from .arithmetic import Handler
from .layers import numbers
from .shapes import selected

if TYPE_CHECKING:
    from ..lower import Lowering


def gru(
    low: "Lowering", node: Any, x: Value, first: Value, weights: Sequence[Value], has_bias: bool, n_layers: int,
    dropout: float, training: bool, both_ways: bool, rows_first: bool,
) -> tuple[Value, Value | None]:  # fmt: skip
    """All layers and directions, one operator each; the last states only where they are used."""
    ways, per_way = (2 if both_ways else 1), (4 if has_bias else 2)
    x = x if rows_first else low.builder.transposed(x, (1, 0, 2))
    lasts: list[Value] = []
    uses_last = any(user.args[1] == 1 for user in node.users)
    for layer in range(n_layers):
        outs = []
        for way in range(ways):
            at = layer * ways + way
            out = one_gru(
                low, node, x, start_of(low, node, first, at), weights[at * per_way : (at + 1) * per_way], way == 1
            )
            outs.append(out)
            if uses_last:
                last = selected(low, node, out, 1, 0 if way else -1)
                lasts.append(low.builder.reshaped(last, (1, *last.shape)))
        x = outs[0] if ways == 1 else low.builder.add("concat", *outs, axis=2)
    found = x if rows_first else low.builder.transposed(x, (1, 0, 2))
    return found, (lasts[0] if len(lasts) == 1 else low.builder.add("concat", *lasts, axis=0)) if uses_last else None


def one_gru(
    low: "Lowering", node: Any, x: Value, start: list[Value], weights: Sequence[Value], is_reverse: bool
) -> Value:
    into, again, *biases = (numbers(one, "weights") for one in weights)
    if not biases:
        biases = [np.zeros(len(into), np.float32)] * 2
    arrays = [known(np.ascontiguousarray(one)) for one in (into.T, again.T, *biases)]
    return low.builder.add("gru", low.builder.whole(x), *arrays, *start, reverse=is_reverse)


def start_of(low: "Lowering", node: Any, first: Value, at: int) -> list[Value]:
    """The first state of a layer, as the operand that it is; none where it is zero."""
    if isinstance(first, Known) and not first.array.any():
        return []
    return [selected(low, node, low.builder.whole(first), 0, at)]


def diagonal_scan(low: "Lowering", node: Any, a: Value, b: Value) -> Value:
    return low.builder.add("scan", a, low.builder.whole(b))


RECURRENCES: Mapping[str, Handler] = {"gru.input": gru, NAME: diagonal_scan}
