"""The diagonal linear scan as one operator of torch, so that a lowered module holds one node and not one per step."""

from functools import cache
from typing import Any

from trivet.core.extras import need

NAME = "trivet.diagonal_scan.default"


def diagonal_scan(a: Any, b: Any) -> Any:
    """h_t = a_t * h_(t-1) + b_t along axis 1 of b (rows, time, ...), from h = 0; a is repeated to the shape of b.

    a, b: torch tensors, a with sizes from 0 to below 1 if the scan is long.  Returns all h, shaped as b; gradients flow
    to both.  Use it in a module that is to be lowered: `lowered` knows it by name.
    Source: Gupta et al. 2022, arXiv 2203.14343.
    """
    return operator()(a, b)


@cache
def operator() -> Any:
    """The operator, made known to torch on first use."""
    torch = need("torch", for_="diagonal_scan")
    library = torch.library.Library("trivet", "FRAGMENT")
    library.define("diagonal_scan(Tensor a, Tensor b) -> Tensor")
    library.impl("diagonal_scan", step_by_step, "CompositeImplicitAutograd")
    found = torch.ops.trivet.diagonal_scan.default
    found._trivet_library = library  # torch forgets an operator when its library goes
    return found


def step_by_step(a: Any, b: Any) -> Any:
    torch = need("torch", for_="diagonal_scan")
    factors, state, states = a.expand(b.shape), torch.zeros_like(b[:, 0]), []
    for time in range(b.shape[1]):
        state = factors[:, time] * state + b[:, time]
        states.append(state)
    return torch.stack(states, 1)
