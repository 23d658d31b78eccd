"""Every operator keeps what it promises before it runs: the shape, the dtype and the bounds of its result."""

import warnings

import numpy as np
import pytest

from trivet.runtime.ops import OPERATORS
from trivet.runtime.ops.lengths import places
from trivet.runtime.ops.tensor import BadNode, Tensor, constant

AXES = {"rows": 1, "length": 9}
SIZES = {"rows": 5, "length": 7}
ROWS4 = ("rows", 4)
SERIES = ("rows", 6, 4)
PICTURE = ("rows", 2, 6, 5)
RNG = np.random.default_rng(0)


def value(*shape, low=-3.0, high=2.0, dtype="float32"):
    return Tensor(dtype, shape, low, high)


def flags(*shape):
    return value(*shape, low=0.0, high=1.0, dtype="bool")


def array(*shape):
    return constant(RNG.normal(size=shape).astype(np.float32))


WINDOW = {"step": [2, 1], "padding": [1, 0], "spread": [1, 2]}
GRU = [array(4, 9), array(3, 9), array(9), array(9)]
CASES = [
    *[(name, [value(*ROWS4)], {}) for name in ("abs", "neg", "relu", "sigmoid", "tanh", "erf", "gelu", "softplus")],
    *[(name, [value(*ROWS4, low=-9e29, high=9e29)], {}) for name in ("sigmoid", "tanh", "erf", "gelu", "softplus")],
    *[(name, [value(*ROWS4, low=1e-6, high=1e6)], {}) for name in ("log", "sqrt", "rsqrt")],
    ("exp", [value(*ROWS4, low=-200.0, high=69.0)], {}), ("sqrt", [value(*ROWS4, low=0.0, high=1e-20)], {}),
    ("sin", [value(*ROWS4)], {}), ("cos", [value(*ROWS4)], {}),
    ("gelu", [value(*ROWS4, low=-1e25, high=1e25)], {"form": "tanh"}),
    ("clip", [value(*ROWS4)], {"low": -0.3}), ("clip", [value(*ROWS4, dtype="int64")], {"low": 0.0, "high": 1.0}),
    ("clip", [value(*ROWS4, low=5.0, high=9.0)], {"high": 1.0}),
    ("pow", [value(*ROWS4)], {"exponent": 3.0}), ("pow", [value(*ROWS4)], {"exponent": 2.0}),
    ("pow", [value(*ROWS4, low=0.1)], {"exponent": -1.5}),
    ("not", [flags(*ROWS4)], {}), ("cast", [flags(*ROWS4)], {"to": "float32"}),
    ("cast", [value(*ROWS4)], {"to": "int64"}), ("cast", [value(*ROWS4, dtype="int64")], {"to": "bool"}),
    *[(name, [value(*ROWS4), value(4, low=1.0, high=5.0)], {}) for name in ("add", "sub", "mul", "div")],
    *[(name, [value(*ROWS4), value("rows", 1)], {}) for name in ("minimum", "maximum", "equal", "less", "less_equal")],
    ("add", [value(*ROWS4, dtype="int64"), value(*ROWS4, dtype="int64")], {}),
    ("and", [flags(*ROWS4), flags(4)], {}), ("or", [flags(*ROWS4), flags("rows", 1)], {}),
    ("where", [flags(*ROWS4), value(*ROWS4), value(low=7.0, high=8.0)], {}),
    ("linear", [value(*ROWS4), array(4, 3), array(3)], {}), ("linear", [value(*SERIES, low=1.0), array(4, 3)], {}),
    ("matmul", [value(*SERIES), value("rows", 4, 2, low=0.0)], {}),
    ("matmul", [value("rows", 2, "length"), value("rows", "length", 3)], {}),
    ("conv", [value(*PICTURE, low=1.0), array(6, 1, 3, 2), array(6)], {**WINDOW, "groups": 2}),
    ("conv", [value("rows", 3, 8), array(2, 3, 3)], {"step": [1], "padding": [0], "spread": [2]}),
    ("max_pool", [value(*PICTURE)], {"window": [3, 2], "step": [2, 2], "padding": [1, 1]}),
    ("mean_pool", [value(*PICTURE, low=1.0)], {"window": [3, 2], "step": [2, 2], "padding": [1, 1]}),
    ("mean_pool", [value("rows", 2, 6, low=1.0)],
     {"window": [2], "step": [2], "padding": [1], "count_padding": True}),
    ("softmax", [value(*SERIES)], {"axis": 2}), ("softmax", [value(*SERIES, low=-1e29, high=1e29)], {"axis": 1}),
    ("softmax", [value(*SERIES, low=-90.0, high=90.0)], {"axis": 1, "log": True}),
    ("layer_norm", [value(*SERIES)], {"epsilon": 1e-5}), ("layer_norm", [value(*SERIES)], {"epsilon": 1e-5, "over": 2}),
    ("layer_norm", [value(*SERIES, low=-1e14, high=1e14)], {"epsilon": 1e-12}),
    *[(name, [value("rows", "length", 4)], {"over": [1]}) for name in ("sum", "mean", "largest", "smallest")],
    *[(name, [value(*SERIES, low=0.0)], {"over": [1, 2], "keep": True}) for name in ("sum", "mean")],
    ("running_sum", [value("rows", "length")], {"axis": 1}),
    ("reshape", [value(3, "rows", 8)], {"to": ["3*rows", 2, 4]}), ("transpose", [value(*SERIES)], {"order": [2, 0, 1]}),
    ("expand", [value("rows", 1, 4)], {"to": ["rows", "length", 4]}), ("expand", [array(1, 4)], {"to": ["rows", 4]}),
    ("concat", [value(*ROWS4), value("rows", 2, low=4.0, high=5.0)], {"axis": 1}),
    ("slice", [value(*SERIES)], {"axis": 1, "start": 1, "stop": 6, "step": 2}),
    ("pick", [value("rows", "length", 4)], {"axis": 1, "at": -1}),
    ("pad", [value(*SERIES)], {"before": [1, 0], "after": [0, 2], "value": 9.0}),
    ("gather", [array(5, 3), value("rows", "length", low=0.0, high=4.0, dtype="int64")], {}),
    ("gather", [value(*SERIES), constant(np.array([3, 0]))], {"axis": 2}),
    ("gru", [value(*SERIES), *GRU], {}),
    ("gru", [value("rows", "length", 4), *GRU, value("rows", 3)], {"reverse": True}),
    ("scan", [value(*SERIES, low=0.0, high=0.9), value(*SERIES)], {}),
    ("scan", [value(4, low=-1.2, high=1.0), value("rows", "length", 4, low=0.0)], {}),
]  # fmt: skip


def test_every_operator_has_a_case():
    assert {name for name, _, _ in CASES} == set(OPERATORS)


def numbers_of(facts: Tensor, rng) -> np.ndarray:
    """Numbers between the bounds of a value, the bounds themselves among them."""
    if facts.array is not None:
        return facts.array
    shape = [places(length, SIZES) for length in facts.shape]
    if facts.dtype != "float32":
        return rng.integers(int(facts.low), int(facts.high) + 1, shape).astype(facts.dtype)
    spread = rng.choice(["uniform", "ends", "near 0"])
    if spread == "uniform":
        found = rng.uniform(facts.low, facts.high, shape)
    else:
        ends = [facts.low, facts.high, min(max(0.0, facts.low), facts.high)]
        found = rng.choice(ends[: 2 if spread == "ends" else 3], shape)
    return found.astype(np.float32)


@pytest.mark.parametrize(("name", "operands", "given"), CASES, ids=[f"{at}-{case[0]}" for at, case in enumerate(CASES)])
def test_results_keep_shape_dtype_and_bounds(name, operands, given):
    operator = OPERATORS[name](operands, given, AXES)
    facts, rng = operator.result, np.random.default_rng(1)
    for _ in range(30):
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "underflow")
            found = operator.run([numbers_of(operand, rng) for operand in operands], SIZES)
        assert found.dtype.name == facts.dtype
        assert found.shape == tuple(places(length, SIZES) for length in facts.shape)
        assert np.isfinite(found).all()
        assert facts.low <= found.min() and found.max() <= facts.high
    assert operator.operations > 0


REFUSED = [
    ("relu", [flags(*ROWS4)], {}, "part-config"),
    ("relu", [value(*ROWS4), value(*ROWS4)], {}, "part-config"),
    ("relu", [value(*ROWS4)], {"slope": 1.0}, "part-config"),
    ("exp", [value(*ROWS4, high=70.0)], {}, "part-limit"),
    ("log", [value(*ROWS4, low=0.0)], {}, "part-limit"),
    ("sqrt", [value(*ROWS4, low=-1e-9)], {}, "part-limit"),
    ("rsqrt", [value(*ROWS4, low=0.0)], {}, "part-limit"),
    ("div", [value(*ROWS4), value(*ROWS4)], {}, "part-limit"),
    ("div", [value(*ROWS4), value(4, low=1e-38, high=1.0)], {}, "part-limit"),
    ("pow", [value(*ROWS4)], {"exponent": 0.5}, "part-limit"),
    ("pow", [value(*ROWS4)], {"exponent": -1.0}, "part-limit"),
    ("pow", [value(*ROWS4)], {"exponent": 2}, "part-config"),
    ("clip", [value(*ROWS4)], {}, "part-config"),
    ("mul", [value(*ROWS4, high=1e20), value(*ROWS4, high=1e20)], {}, "part-limit"),
    ("mul", [value(*ROWS4), value("rows", 3)], {}, "part-config"),
    ("matmul", [value(*ROWS4, high=1e16), value(4, 4, high=1e16)], {}, "part-limit"),
    ("linear", [value(*ROWS4), value(4, 2)], {}, "part-config"),
    ("linear", [value(*ROWS4), array(3, 2)], {}, "part-config"),
    ("layer_norm", [value(*ROWS4, high=1e15)], {"epsilon": 1e-5}, "part-limit"),
    ("layer_norm", [value(*ROWS4)], {"epsilon": 1e-5, "over": 1}, "part-config"),
    ("layer_norm", [value(*ROWS4)], {"epsilon": 0.0}, "part-config"),
    ("conv", [value(*PICTURE), array(6, 1, 3, 2)], {**WINDOW, "step": [0, 1]}, "part-config"),
    ("max_pool", [value(*PICTURE)], {"window": [2, 2], "step": [1, 1], "padding": [2, 2]}, "part-config"),
    ("gather", [array(5, 3), value("rows", low=0.0, high=5.0, dtype="int64")], {}, "part-index"),
    ("gather", [array(5, 3), value("rows")], {}, "part-config"),
    ("scan", [value(4, high=1e9), value("rows", "length", 4)], {}, "part-limit"),
    ("reshape", [value(*ROWS4)], {"to": ["rows", 5]}, "part-config"),
    ("reshape", [value(*ROWS4)], {"to": ["rows*1", 4]}, "part-config"),
    ("reshape", [value(*ROWS4)], {"to": ["lines", 4]}, "part-config"),
    ("expand", [value("rows", 1)], {"to": ["rows", 10**8]}, "part-limit"),
    ("slice", [value(*ROWS4)], {"axis": 1, "start": 2, "stop": 2}, "part-config"),
    ("pick", [value(*ROWS4)], {"axis": 1, "at": 4}, "part-config"),
    ("pick", [value("rows", "length")], {"axis": 1, "at": 1}, "part-config"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "operands", "given", "code"), REFUSED, ids=[f"{at}-{case[0]}" for at, case in enumerate(REFUSED)]
)
def test_what_could_fail_later_is_refused_now(name, operands, given, code):
    with pytest.raises(BadNode) as caught:
        OPERATORS[name](operands, given, AXES)
    assert caught.value.code == code


MIXERS = [
    ("mean", [value(*ROWS4)], {"over": [0]}),
    ("softmax", [value(*ROWS4)], {"axis": 0}),
    ("running_sum", [value("2*rows", 4)], {"axis": 0}),
    ("reshape", [value(*ROWS4)], {"to": [4, "rows"]}),
    ("reshape", [value("rows", 6)], {"to": ["6*rows"]}),
    ("layer_norm", [value(*ROWS4)], {"over": 2, "epsilon": 1e-5}),
    ("matmul", [value(4, "rows"), value("rows", 4)], {}),
    ("matmul", [value("rows", 4), value(4, "rows")], {}),
    ("add", [value("rows", 1), value("rows")], {}),
    ("pick", [value(*ROWS4)], {"axis": 0, "at": 0}),
    ("slice", [value(*ROWS4)], {"axis": 0, "stop": 1}),
    ("gather", [value(*ROWS4), constant(np.array([0]))], {}),
    ("concat", [value(*ROWS4), value(*ROWS4)], {"axis": 0}),
    ("scan", [value(low=0.0, high=0.5), value(4, "rows")], {}),
    ("gru", [value(3, "rows", 4), *GRU], {}),
    ("conv", [value("rows", 6), array(2, 1, 3)], {"step": [1], "padding": [0], "spread": [1]}),
    ("conv", [value(2, 1, "rows"), array(2, 1, 3)], {"step": [1], "padding": [0], "spread": [1]}),
    ("pad", [value("rows")], {"before": [1], "after": [0]}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "operands", "given"), MIXERS, ids=[f"{at}-{case[0]}" for at, case in enumerate(MIXERS)]
)
def test_rows_that_would_meet_are_refused(name, operands, given):
    with pytest.raises(BadNode):
        OPERATORS[name](operands, given, AXES)


def test_a_square_is_known_not_to_be_below_zero():
    x = value(*ROWS4)
    assert OPERATORS["mul"]([x, x], {}, AXES).result.low == 0.0
    assert OPERATORS["mul"]([x, value(*ROWS4)], {}, AXES).result.low < 0


def test_erf_equals_the_standard_library():
    from math import erf

    x = np.linspace(-6, 6, 4001).astype(np.float32)
    operator = OPERATORS["erf"]([value("rows", low=-6.0, high=6.0)], {}, AXES)
    # 1.5e-7 is the error of the formula; the rest is what float32 loses where 1 is taken off
    np.testing.assert_allclose(operator.run([x], {"rows": len(x)}), [erf(one) for one in x], atol=5e-7, rtol=0)
