"""Random valid parts of the kinds `graph` and `loop`, which together use every operator of a graph."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from trivet.runtime.part import Array, Part

Rng = np.random.Generator
FORMS = ("curves", "series", "windows")


class Nodes:
    """Nodes and arrays, one by one.  Calling it adds a node and gives its number."""

    def __init__(self, rng: Rng) -> None:
        self.rng = rng
        self.nodes: list[list[Any]] = []
        self.arrays: dict[str, Array] = {}

    def __call__(self, operator: str, *operands: Any, **attributes: Any) -> int:
        self.nodes.append([operator, *operands, *([attributes] if attributes else [])])
        return len(self.nodes) - 1

    def floats(self, *shape: int, scale: float = 0.5) -> str:
        """The name of a new array of floats."""
        return self.array(self.rng.normal(scale=scale, size=shape).astype(np.float32))

    def array(self, array: Array) -> str:
        """The name of a new array."""
        name = f"a{len(self.arrays)}"
        self.arrays[name] = array
        return name

    def weights(self, before: int, after: int) -> str:
        """The name of new weights in one of the three forms that a file may hold."""
        form = self.rng.choice(["float32", "float16", "int8"])
        if form != "int8":
            return self.array(self.rng.normal(scale=0.5, size=(before, after)).astype(form))
        name = self.array(self.rng.integers(-128, 128, (before, after)).astype(np.int8))
        self.arrays[f"{name}_scale"] = self.rng.uniform(0.001, 0.01, after).astype(np.float32)
        return name

    def part(self, outputs: Mapping[str, int], inputs: Mapping[str, Sequence[Any]]) -> Part:
        """The graph: inputs {name: shape behind the rows}."""
        shapes = {name: ["float32", ["rows", *shape]] for name, shape in inputs.items()}
        config = {"axes": {}, "inputs": shapes, "nodes": self.nodes, "outputs": dict(outputs)}
        return Part(kind="graph", config=config, arrays=self.arrays)


def graph(rng: Rng, d: int, k: int, form: str = "") -> Part:
    """A graph of d finite numbers in and k scores out: form "curves", "series", "windows", or one of them by chance."""
    add = Nodes(rng)
    last = {"curves": curves, "series": series, "windows": windows}[form or str(rng.choice(FORMS))](add, d, k)
    return add.part({"scores": last}, {"numbers": [d]})


def curves(add: Nodes, d: int, k: int) -> int:
    """Functions of single numbers, choices and sums."""
    x = add("linear", "numbers", add.weights(d, 4), add.floats(4))
    near = add("clip", x, low=-2.0, high=2.5)
    ways = [
        add(name, near) for name in ("relu", "sigmoid", "tanh", "erf", "gelu", "softplus", "sin", "cos", "abs", "neg")
    ]
    above = add("add", add("exp", near), [0.5])
    ways += [add("log", above), add("sqrt", above), add("rsqrt", above), add("div", x, above)]
    ways += [add("pow", near, exponent=2.0), add("pow", above, exponent=-0.5), add("gelu", near, form="tanh")]
    is_low = add(
        "or", add("less", x, [0.25]), add("and", add("less_equal", x, [0.5]), add("not", add("equal", x, [0.0])))
    )
    ways += [add("cast", is_low, to="float32"), add("where", is_low, x, add("sub", [1.0], x))]
    ways += [add("minimum", x, near), add("maximum", x, add("mul", near, add.floats(4)))]
    wide = add("concat", *ways, axis=1)
    n = 4 * len(ways)
    tall = add("reshape", wide, to=["rows", n // 4, 4])
    sums = add("running_sum", tall, axis=1)
    parts = [add(name, sums, over=[1]) for name in ("sum", "mean", "largest", "smallest")]
    parts += [add("pick", sums, axis=1, at=-1), add("slice", wide, axis=1, start=1, stop=n, step=3)]
    parts += [add("reshape", add("expand", add("mean", wide, over=[1], keep=True), to=["rows", 3]), to=["rows", 3])]
    all_parts = add("concat", *parts, axis=1)
    return add("linear", all_parts, add.floats(20 + (n + 1) // 3 + 3, k, scale=0.05))


def series(add: Nodes, d: int, k: int) -> int:
    """The numbers as a series: places looked up, attention, a recurrent unit both ways, a scan."""
    h = 3
    x = add("linear", add("reshape", "numbers", to=["rows", d, 1]), add.weights(1, h), add.floats(h))
    whole = add("clip", add("cast", "numbers", to="int64"), low=0.0, high=4.0)
    x = add("add", x, add("gather", add.floats(5, h), whole))
    x = add("layer_norm", x, epsilon=1e-5)
    scores = add("matmul", x, add("transpose", x, order=[0, 2, 1]))
    allowed = add("cast", add.array(np.tri(d, dtype=np.uint8)), to="bool")
    shares = add("softmax", add("where", allowed, scores, [-1e9]), axis=2)
    x = add("add", x, add("matmul", shares, x))
    gru = [add.floats(h, 3 * h), add.floats(h, 3 * h), add.floats(3 * h), add.floats(3 * h)]
    there = add("gru", x, *gru)
    back = add("gru", x, *gru, add("pick", there, axis=1, at=-1), reverse=True)
    states = add("scan", add("sigmoid", add.floats(2 * h)), add("concat", there, back, axis=2))
    last = add("pick", states, axis=1, at=d - 1)
    out = add("linear", last, add.weights(2 * h, k), add.floats(k))
    return add("softmax", out, axis=1, log=True)


def windows(add: Nodes, d: int, k: int) -> int:
    """The numbers as a picture of two rows: convolutions, pooling."""
    channels = 4
    x = add("reshape", add("pad", "numbers", before=[0], after=[3]), to=["rows", 1, 1, d + 3])
    x = add("concat", x, add("mul", x, [-1.0]), axis=2)
    square = {"step": [1, 1], "padding": [1, 1], "spread": [1, 1]}
    x = add("conv", x, add.floats(channels, 1, 3, 3), add.floats(channels), **square)
    x = add("max_pool", add("relu", x), window=[2, 2], step=[1, 1], padding=[0, 0])
    x = add("conv", x, add.floats(channels, 2, 1, 2), step=[1, 1], padding=[0, 1], spread=[1, 2], groups=2)
    x = add("mean_pool", x, window=[1, 2], step=[1, 1], padding=[0, 1])
    x = add("mean_pool", x, window=[1, 3], step=[1, 1], padding=[0, 1], count_padding=True)
    return add("linear", add("mean", x, over=[2, 3]), add.weights(channels, k), add.floats(k))


def loop(rng: Rng, d: int, k: int) -> Part:
    """A state of k numbers that is turned and bent a few times."""
    add = Nodes(rng)
    turned = add("linear", "state", add.weights(k, k), add.floats(k))
    add("tanh", add("add", turned, add("linear", "numbers", add.floats(d, k, scale=0.2))))
    child = add.part({"state": len(add.nodes) - 1}, {"numbers": [d], "state": [k]})
    config = {"bound": 1.5, "gives": "last", "shape": [k], "start": "zeros", "steps": int(rng.integers(1, 6))}
    return Part(kind="loop", config=config, children=(child,))
