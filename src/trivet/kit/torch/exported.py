"""A module of torch as a flat list of operators, exported by torch.export with the number of rows left open."""

import warnings
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from trivet.core.extras import need
from trivet.runtime.ops.lengths import ROWS, Shape, product

from .scan import operator as scan_operator
from .values import Unlowerable

WHO = "lowered"
# Left as they are: the kind has an operator for them, or a shorter way to say them.
KEPT = (
    "avg_pool1d.default", "avg_pool2d.default", "conv1d.default", "conv1d.padding", "conv2d.default", "conv2d.padding",
    "elu.default", "gelu.default", "glu.default", "gru.input", "group_norm.default", "hardsigmoid.default",
    "hardswish.default", "hardtanh.default", "layer_norm.default", "leaky_relu.default", "linear.default",
    "masked_fill.Scalar", "matmul.default", "scaled_dot_product_attention.default", "silu.default", "softplus.default",
    "split.Tensor", "split_with_sizes.default", "stack.default", "unbind.int", "var.correction",
)  # fmt: skip


def exported(module: Any, example: Sequence[Any], varying: Sequence[Mapping[int, str]], axes: Mapping[str, int]) -> Any:
    """The exported program of a module in evaluation, with axis 0 of every input open as "rows".

    varying: for each input, {axis: name} of further open axes; axes: the largest length of each name.
    """
    torch = need("torch", for_=WHO)
    dims = {ROWS: torch.export.Dim(ROWS), **{name: torch.export.Dim(name, max=most) for name, most in axes.items()}}
    shapes = tuple({0: dims[ROWS], **{axis: dims[name] for axis, name in more.items()}} for more in varying)
    with in_evaluation(module), torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of torch about itself
        scan_operator()
        program = torch.export.export(module, tuple(example), dynamic_shapes=dynamic(module, shapes), strict=False)
        return program.run_decompositions(decompositions(torch))


def dynamic(module: Any, shapes: tuple[Any, ...]) -> Any:
    """Open axes in the form that torch.export asks for; a module may take its inputs as *inputs."""
    import inspect

    kinds = [one.kind for one in inspect.signature(module.forward).parameters.values()]
    return (shapes,) if kinds[:1] == [inspect.Parameter.VAR_POSITIONAL] else shapes


def decompositions(torch: Any) -> Any:
    """Torch's own table of decompositions to core ATen, without the operators that are kept."""
    table = torch.export.default_decompositions()
    for name in KEPT:
        packet, overload = name.split(".")
        table.pop(getattr(getattr(torch.ops.aten, packet), overload), None)
    table.pop(scan_operator(), None)
    return table


@contextmanager
def in_evaluation(module: Any) -> Any:
    """Puts a module and all below it in evaluation, and back as they were."""
    before = {one: one.training for one in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for one, was_training in before.items():
            one.training = was_training


def name_of(node: Any) -> str:
    """The operator of a node as users know it, e.g. "aten.relu.default"."""
    return str(node.target).replace("::", ".")


def place_of(node: Any) -> str:
    """The path of the module in which a node stands; "the module itself" for its own forward."""
    stack = [path for path, _ in (node.meta.get("nn_module_stack") or {}).values()]
    # torch writes L['self'].a.b or a.b, as it was called.
    path = stack[-1].replace("L['self']", "").lstrip(".") if stack else ""
    return path or "the module itself"


def shape_in(value: Any, names: Mapping[str, str]) -> Shape:
    """The shape of a fake tensor; names: of torch's symbols."""
    return tuple(length_in(length, names) for length in value.shape)


def length_in(length: Any, names: Mapping[str, str]) -> Any:
    """A whole number, or a product of names; refuses sums and quotients of lengths that vary."""
    if isinstance(length, int):
        return int(length)
    number, rest = length.node.expr.as_coeff_Mul()
    powers = rest.as_powers_dict()
    is_product = all(symbol.is_Symbol and str(symbol) in names and power == 1 for symbol, power in powers.items())
    if not is_product or not number.is_Integer:
        raise Unlowerable(f"an axis of length {length}, which is no product")
    return product([*sorted(names[str(symbol)] for symbol in powers), int(number)])
