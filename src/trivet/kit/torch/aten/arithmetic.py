"""Number by number: arithmetic, activations, comparisons, choices."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..values import Known, Unlowerable, Value, known

if TYPE_CHECKING:
    from ..lower import Lowering

Handler = Callable[..., Any]


def operand(low: "Lowering", found: Any, dtype: str) -> Value:
    """A tensor or a number of Python as a value of this dtype."""
    return low.builder.as_dtype(found, dtype) if hasattr(found, "dtype") else known(found, dtype)


def common_dtype(*found: Any) -> str:
    """The dtype in which numbers meet: float32 as soon as one of them is."""
    dtypes = [one.dtype if hasattr(one, "dtype") else type(one).__name__ for one in found]
    return "float32" if {"float32", "float"} & set(dtypes) else "int64"


def unary(operator: str) -> Handler:
    """One operator of one float."""

    def handler(low: "Lowering", node: Any, x: Value) -> Value:
        return low.builder.add(operator, operand(low, x, "float32"))

    return handler


def pair(operator: str, *, turned: bool = False) -> Handler:
    """One operator of two numbers; turned: the second comes first.  alpha: a factor of the second."""

    def handler(low: "Lowering", node: Any, a: Any, b: Any, *alpha: Any, **more: Any) -> Value:
        dtype = low.dtype(node)
        factor = more.pop("alpha", alpha[0] if alpha else 1)
        if more:
            raise Unlowerable(f"the arguments {', '.join(more)}")
        first, second = operand(low, a, dtype), operand(low, b, dtype)
        if factor != 1:
            second = low.builder.add("mul", second, known(factor, dtype))
        if turned:
            first, second = second, first
        return low.builder.add(operator, first, second)

    return handler


def comparison(operator: str, *, turned: bool = False, negated: bool = False) -> Handler:
    """One comparison of two numbers."""

    def handler(low: "Lowering", node: Any, a: Any, b: Any) -> Value:
        dtype = common_dtype(a, b)
        first, second = operand(low, a, dtype), operand(low, b, dtype)
        found = low.builder.add(operator, *((second, first) if turned else (first, second)))
        return low.builder.add("not", found) if negated else found

    return handler


def logical(operator: str) -> Handler:
    """One operator of booleans."""

    def handler(low: "Lowering", node: Any, *found: Value) -> Value:
        if low.dtype(node) != "bool":
            raise Unlowerable("bits of whole numbers")
        return low.builder.add(operator, *(operand(low, one, "bool") for one in found))

    return handler


def divided(low: "Lowering", node: Any, a: Any, b: Any, *, rounding_mode: Any = None) -> Value:
    if rounding_mode is not None:
        raise Unlowerable(f"the rounding {rounding_mode}")
    if isinstance(b, int | float) and b != 0:
        return low.builder.add("mul", operand(low, a, "float32"), known(1 / b))
    return low.builder.add("div", operand(low, a, "float32"), operand(low, b, "float32"))


def reciprocal(low: "Lowering", node: Any, x: Value) -> Value:
    return low.builder.add("div", known(1.0), operand(low, x, "float32"))


def power(low: "Lowering", node: Any, x: Value, exponent: float) -> Value:
    return low.builder.add("pow", operand(low, x, "float32"), exponent=float(exponent))


def square(low: "Lowering", node: Any, x: Value) -> Value:
    return low.builder.add("mul", x, x)


def gelu(low: "Lowering", node: Any, x: Value, *, approximate: str = "none") -> Value:
    return low.builder.add("gelu", x, form="tanh" if approximate == "tanh" else "erf")


def silu(low: "Lowering", node: Any, x: Value) -> Value:
    return low.builder.add("mul", x, low.builder.add("sigmoid", x))


def mish(low: "Lowering", node: Any, x: Value) -> Value:
    return low.builder.add("mul", x, low.builder.add("tanh", low.builder.add("softplus", x)))


def softplus(low: "Lowering", node: Any, x: Value, beta: float = 1, threshold: float = 20) -> Value:
    scaled = x if beta == 1 else low.builder.add("mul", x, known(float(beta)))
    found = low.builder.add("softplus", scaled)
    return found if beta == 1 else low.builder.add("mul", found, known(1 / beta))


def leaky_relu(low: "Lowering", node: Any, x: Value, slope: float = 0.01) -> Value:
    scaled = low.builder.add("mul", x, known(float(slope)))
    return low.builder.add("maximum" if slope <= 1 else "minimum", x, scaled)


def elu(
    low: "Lowering", node: Any, x: Value, alpha: float = 1.0, scale: float = 1.0, input_scale: float = 1.0
) -> Value:
    add = low.builder.add
    below = add("sub", add("exp", add("mul", add("minimum", x, known(0.0)), known(float(input_scale)))), known(1.0))
    found = add("add", add("relu", x), add("mul", below, known(float(alpha))))
    return found if scale == 1 else add("mul", found, known(float(scale)))


def expm1(low: "Lowering", node: Any, x: Value) -> Value:
    return low.builder.add("sub", low.builder.add("exp", x), known(1.0))


def log1p(low: "Lowering", node: Any, x: Value) -> Value:
    return low.builder.add("log", low.builder.add("add", x, known(1.0)))


def clamp(low: "Lowering", node: Any, x: Value, least: Any = None, most: Any = None, **more: Any) -> Value:
    least, most = more.get("min", least), more.get("max", most)
    bounds = {"low": least, "high": most}
    x = operand(low, x, low.dtype(node))
    return low.builder.add("clip", x, **{name: float(bound) for name, bound in bounds.items() if bound is not None})


def clamp_between(low: "Lowering", node: Any, x: Value, least: Any = None, most: Any = None) -> Value:
    for operator, bound in (("maximum", least), ("minimum", most)):
        x = x if bound is None else low.builder.add(operator, x, operand(low, bound, low.dtype(node)))
    return x


def hardtanh(low: "Lowering", node: Any, x: Value, least: float = -1.0, most: float = 1.0) -> Value:
    return clamp(low, node, x, least, most)


def hardsigmoid(low: "Lowering", node: Any, x: Value) -> Value:
    scaled = low.builder.add("add", low.builder.add("mul", x, known(1 / 6)), known(0.5))
    return low.builder.add("clip", scaled, low=0.0, high=1.0)


def hardswish(low: "Lowering", node: Any, x: Value) -> Value:
    return low.builder.add("mul", x, hardsigmoid(low, node, x))


def where(low: "Lowering", node: Any, flags: Value, a: Any, b: Any) -> Value:
    dtype = low.dtype(node)
    return low.builder.add("where", flags, operand(low, a, dtype), operand(low, b, dtype))


def masked_fill(low: "Lowering", node: Any, x: Value, mask: Value, fill: Any) -> Value:
    return where(low, node, mask, fill, x)


def cast(low: "Lowering", node: Any, x: Value, *_: Any, **__: Any) -> Value:
    return low.builder.as_dtype(x, low.dtype(node))


def same(low: "Lowering", node: Any, x: Value, *_: Any, **__: Any) -> Value:
    """What changes no number: clone, dropout in evaluation."""
    return x


def filled(low: "Lowering", node: Any, first: Any, fill: Any, **_: Any) -> Value:
    return Known(known(fill, low.dtype(node)).array, low.shape(node))


def zeros(low: "Lowering", node: Any, *_: Any, **__: Any) -> Value:
    return filled(low, node, None, 0)


def ones(low: "Lowering", node: Any, *_: Any, **__: Any) -> Value:
    return filled(low, node, None, 1)


SAME = ("alias", "clone", "contiguous", "detach", "lift_fresh_copy", "dropout", "native_dropout")
ARITHMETIC: Mapping[str, Handler] = {
    **{
        f"{name}.default": unary(name)
        for name in ("abs", "neg", "exp", "log", "sqrt", "rsqrt", "relu", "sigmoid", "tanh", "erf", "sin", "cos")
    },
    **{f"{name}.default": same for name in SAME},
    **{f"{name}.{form}": pair(name) for name in ("add", "sub", "mul") for form in ("Tensor", "Scalar")},
    **{f"{name}.{form}": comparison("equal") for name in ("eq",) for form in ("Tensor", "Scalar")},
    **{f"ne.{form}": comparison("equal", negated=True) for form in ("Tensor", "Scalar")},
    **{f"lt.{form}": comparison("less") for form in ("Tensor", "Scalar")},
    **{f"le.{form}": comparison("less_equal") for form in ("Tensor", "Scalar")},
    **{f"gt.{form}": comparison("less", turned=True) for form in ("Tensor", "Scalar")},
    **{f"ge.{form}": comparison("less_equal", turned=True) for form in ("Tensor", "Scalar")},
    **{f"{name}.{form}": divided for name in ("div",) for form in ("Tensor", "Scalar", "Tensor_mode")},
    **{f"{name}.default": logical("not") for name in ("logical_not", "bitwise_not")},
    **{f"{name}": logical("and") for name in ("logical_and.default", "bitwise_and.Tensor")},
    **{f"{name}": logical("or") for name in ("logical_or.default", "bitwise_or.Tensor")},
    "rsub.Scalar": pair("sub", turned=True),
    "maximum.default": pair("maximum"),
    "minimum.default": pair("minimum"),
    "pow.Tensor_Scalar": power,
    "square.default": square,
    "reciprocal.default": reciprocal,
    "gelu.default": gelu,
    "silu.default": silu,
    "mish.default": mish,
    "softplus.default": softplus,
    "leaky_relu.default": leaky_relu,
    "elu.default": elu,
    "expm1.default": expm1,
    "log1p.default": log1p,
    "clamp.default": clamp,
    "clamp.Tensor": clamp_between,
    "hardtanh.default": hardtanh,
    "hardsigmoid.default": hardsigmoid,
    "hardswish.default": hardswish,
    "where.self": where,
    "where.ScalarSelf": where,
    "where.ScalarOther": where,
    "masked_fill.Scalar": masked_fill,
    "_to_copy.default": cast,
    "full.default": filled,
    "full_like.default": filled,
    "zeros.default": zeros,
    "zeros_like.default": zeros,
    "new_zeros.default": zeros,
    "ones.default": ones,
    "ones_like.default": ones,
    "scalar_tensor.default": lambda low, node, fill, **_: filled(low, node, None, fill),
}
