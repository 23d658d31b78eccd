"""The kinds `graph` and `loop`: both executors agree, rows stay apart, and what could harm is refused at load."""

import re
from pathlib import Path

import numpy as np
import pytest

from trivet.runtime.batch import Batch
from trivet.runtime.errors import BadFile
from trivet.runtime.executors import session_of
from trivet.runtime.file.container import decode, encode
from trivet.runtime.kinds import Flow, load_body
from trivet.runtime.kinds.inspector import Inspector
from trivet.runtime.kinds.network import Network
from trivet.runtime.onnx_graph import OnnxGraph
from trivet.runtime.ops import OPERATORS
from trivet.runtime.ops.tensor import Tensor
from trivet.runtime.part import Part
from trivet.runtime.program import body_scores
from trivet.testing.graphs import FORMS, graph, loop
from trivet.testing.parts import behind_expand, random_batch

FINITE = Flow(6, 0, 4.0)


def floats(*shape, seed=0, scale=1.0):
    return np.random.default_rng(seed).normal(scale=scale, size=shape).astype(np.float32)


def part_of(nodes, *, d=6, out=None, arrays=None, axes=None, inputs=None, outputs=None):
    """A graph from the numbers (rows, d) to the last node."""
    inputs = inputs or {"numbers": ["float32", ["rows", d]]}
    outputs = outputs or {"scores": len(nodes) - 1 if out is None else out}
    config = {"axes": axes or {}, "inputs": inputs, "nodes": nodes, "outputs": outputs}
    return Part(kind="graph", config=config, arrays=arrays or {})


def in_reach(part, *, d=6, clip=4.0):
    """The part behind one that clips all numbers, so that both executors can run it."""
    arrays = {
        "number": np.arange(d, dtype=np.uint16), "shift": np.zeros(d, np.float32), "scale": np.ones(d, np.float32),
        "missing": np.zeros(0, np.uint16), "hot": np.zeros(0, np.uint16), "hot_code": np.zeros(0, np.float32),
    }  # fmt: skip
    return Part(kind="chain", children=(Part(kind="expand", config={"clip": clip}, arrays=arrays), part))


def close(one, other, share):
    """Whether two arrays agree to a share of the largest number in them."""
    np.testing.assert_allclose(one, other, rtol=share, atol=share * max(1.0, np.abs(other).max(initial=0)))


def test_the_samples_use_every_operator():
    used = {node[0] for form in FORMS for node in graph(np.random.default_rng(0), 6, 2, form).config["nodes"]}
    assert used == set(OPERATORS)


def test_the_table_of_the_format_names_every_operator():
    text = (Path(__file__).parents[2] / "docs" / "format.md").read_text("utf-8")
    table = text[text.index("| Operator | Gives") : text.index("### loop")].splitlines()[2:]
    told = re.findall(r"`([a-z_]+)`", " ".join(line.split("|")[1] for line in table if line.startswith("|")))
    assert sorted(told) == sorted(OPERATORS)


@pytest.mark.reference
@pytest.mark.parametrize("form", [*FORMS, "loop"])
def test_onnx_checker_accepts_the_nodes(form):
    onnx = pytest.importorskip("onnx")
    rng, made = np.random.default_rng(0), OnnxGraph(6)
    body = load_body(loop(rng, 6, 3) if form == "loop" else graph(rng, 6, 3, form), FINITE)
    made.output("scores", body.lower(made, "numbers"), "float32", ["rows", 3])
    onnx.checker.check_model(onnx.load_from_string(made.model()), full_check=True)


@pytest.mark.parametrize("kind", ["graph", "loop"])
@pytest.mark.parametrize("seed", range(12))
def test_executors_agree_and_rows_stay_apart(kind, seed):
    rng = np.random.default_rng(seed)
    part, batch = behind_expand(rng, kind, d=6, k=[1, 3, 4][seed % 3]), random_batch(rng, 20, d=6)
    plain, onnx = body_scores(part, batch, "numpy"), body_scores(part, batch, "onnx")
    assert plain.dtype == onnx.dtype == np.float32
    close(onnx, plain, 1e-5)
    for executor, together in (("numpy", plain), ("onnx", onnx)):
        alone = [body_scores(part, batch.rows(row, row + 1), executor) for row in range(5)]
        close(np.concatenate(alone), together[:5], 1e-6)


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
@pytest.mark.parametrize("form", FORMS)
def test_no_rows_give_no_scores(form, executor):
    # Among them a recurrent unit, with which ONNX Runtime 1.32 would end the process.
    part = in_reach(graph(np.random.default_rng(0), 6, 3, form))
    assert body_scores(part, Batch(numbers=np.zeros((0, 6), np.float32)), executor).shape == (0, 3)


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_a_graph_worked_by_hand(executor):
    nodes = [["relu", "numbers"], ["mul", 0, [2.0]], ["linear", 1, "w", "b"]]
    part = part_of(nodes, d=2, arrays={"w": np.array([[1], [-1]], np.float32), "b": np.array([0.5], np.float32)})
    x = np.array([[1, 3], [-2, 0], [9, -9]], np.float32)  # 9 is clipped to 4
    assert body_scores(in_reach(part, d=2), Batch(numbers=x), executor).ravel().tolist() == [-3.5, 0.5, 8.5]


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_int8_weights_are_multiplied_by_their_scale_and_whole_numbers_look_up(executor):
    nodes = [["cast", "numbers", {"to": "int64"}], ["clip", 0, {"high": 2.0, "low": 0.0}], ["gather", "t", 1]]
    nodes += [["reshape", 2, {"to": ["rows", 2]}]]
    arrays = {"t": np.array([[10, 100], [20, 50], [30, 127]], np.int8), "t_scale": np.array([0.5, 0.01], np.float32)}
    found = body_scores(
        in_reach(part_of(nodes, d=1, arrays=arrays), d=1),
        Batch(numbers=np.array([[0], [2], [-3]], np.float32)),
        executor,
    )
    np.testing.assert_allclose(found, [[5, 1], [15, 1.27], [5, 1]], rtol=1e-6)


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
def test_layer_norm_of_numbers_far_from_zero_is_right(executor):
    # As mean square - squared mean, the variance would be lost in float32.
    part = part_of([["add", "numbers", [3000.0]], ["layer_norm", 0, {"epsilon": 1e-5}]])
    x = np.clip(floats(20, 6), -4, 4)
    exact = (x - x.mean(1, keepdims=True)) / x.std(1, keepdims=True)
    # float32 has steps of 2.4e-4 at 3000
    np.testing.assert_allclose(body_scores(in_reach(part), Batch(numbers=x), executor), exact, atol=5e-3)


BENT = ("sigmoid", "tanh", "erf", "gelu", "softplus", "relu", "abs", "neg")


@pytest.mark.parametrize("operator", [*BENT, "softmax", "log_softmax"])
def test_executors_agree_on_numbers_of_every_size(operator):
    last = {
        "softmax": ["softmax", "numbers", {"axis": 1}],
        "log_softmax": ["softmax", "numbers", {"axis": 1, "log": True}],
    }
    part = in_reach(part_of([last.get(operator, [operator, "numbers"])]), clip=4e29)
    sizes = np.array([0, 1e-40, 1e-20, 1e-3, 1, 20, 88, 100, 1e4, 1e15, 4e29], np.float32)
    x = np.stack([np.random.default_rng(seed).choice([*sizes, *-sizes], 6) for seed in range(60)]).astype(np.float32)
    plain, onnx = (body_scores(part, Batch(numbers=x), executor) for executor in ("numpy", "onnx"))
    assert np.isfinite(plain).all()
    np.testing.assert_allclose(onnx, plain, rtol=2e-5, atol=1e-6)


def test_what_is_saved_is_what_is_loaded_and_answers_the_same():
    part = in_reach(graph(np.random.default_rng(4), 6, 3, "series"))
    loaded = decode(encode({}, {"body": part}, {})).parts["body"]
    assert loaded == part
    batch = Batch(numbers=floats(9, 6))
    assert np.array_equal(body_scores(loaded, batch), body_scores(part, batch))


def refusal(part, flow=FINITE):
    with pytest.raises(BadFile) as caught:
        load_body(part, flow)
    return caught.value


WRONG = {
    "a later node": ([["relu", 1], ["relu", 0]], {}, "part-config"),
    "the node itself": ([["relu", 0]], {}, "part-config"),
    "an unknown operator": ([["os.system", "numbers"]], {}, "part-kind"),
    "an unknown operand": ([["relu", "nothing"]], {}, "part-config"),
    "an operand that is no number": ([["add", "numbers", ["2"]]], {}, "part-config"),
    "an unknown attribute": ([["relu", "numbers", {"run": "rm"}]], {}, "part-config"),
    "an attribute at its default": ([["gelu", "numbers", {"form": "erf"}]], {}, "part-config"),
    "an empty object": ([["relu", "numbers", {}]], {}, "part-config"),
    "an idle node": ([["relu", "numbers"], ["abs", "numbers"]], {}, "part-config"),
    "an idle array": ([["relu", "numbers"]], {"w": floats(2)}, "part-config"),
    "an array of no numbers": ([["mul", "numbers", "w"]], {"w": floats(0)}, "part-config"),
    "a scale of nothing": ([["mul", "numbers", "w"]], {"w": floats(6), "w_scale": floats(6)}, "part-config"),
    "an endless number": ([["add", "numbers", [1e300]]], {}, "part-limit"),
    "too large a product": ([["mul", "numbers", [1e30]]], {}, "part-limit"),
    "a logarithm of 0": ([["relu", "numbers"], ["log", 0]], {}, "part-limit"),
    "rows that meet": ([["mean", "numbers", {"keep": True, "over": [0]}]], {}, "part-config"),
    "rows on the second axis": ([["transpose", "numbers", {"order": [1, 0]}]], {}, "part-config"),
    "scores of three axes": ([["reshape", "numbers", {"to": ["rows", 2, 3]}]], {}, "part-slot"),
    "scores of booleans": ([["less", "numbers", [0.0]]], {}, "part-slot"),
    "too many operations": ([["reshape", "numbers", {"to": ["rows", 1, 6]}], ["expand", 0, {"to": ["rows", 3000, 6]}],
                             ["linear", 1, "w"], ["mean", 2, {"over": [1]}]], {"w": floats(6, 3000)}, "part-limit"),
    "too many numbers": ([["reshape", "numbers", {"to": ["rows", 6, 1]}], ["expand", 0, {"to": ["rows", 6, 3000000]}],
                          ["mean", 1, {"over": [2]}]], {}, "part-limit"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_graph_is_refused_for(what):
    nodes, arrays, code = WRONG[what]
    assert refusal(part_of(nodes, arrays=arrays, out=1 if what == "an idle node" else None)).code == code


def test_the_refusal_says_which_node():
    error = refusal(part_of([["relu", "numbers"], ["sqrt", 0], ["rsqrt", 1]]))
    assert "nodes[2] (rsqrt)" in error.where and error.code == "part-limit"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("inputs", {}), ("inputs", {"numbers": "float32"}), ("inputs", {"numbers": ["float32", ["rows", 7]]}),
        ("inputs", {"numbers": ["float64", ["rows", 6]]}), ("inputs", {"numbers": ["float32", [["rows"], 6]]}),
        ("inputs", {"texts": ["float32", ["rows", 6]]}), ("outputs", {"scores": True}), ("outputs", {"scores": 1}),
        ("outputs", {"scores": 0, "more": 0}), ("outputs", {"other": 0}), ("outputs", []), ("nodes", []), ("nodes", {}),
        ("axes", {"rows": 3}), ("axes", {"length": 0}), ("axes", {"a*b": 3}), ("axes", []),
    ],
)  # fmt: skip
def test_a_config_that_does_not_fit_is_refused(key, value):
    part = part_of([["relu", "numbers"]])
    changed = Part(kind="graph", config={**part.config, key: value})
    assert refusal(changed).code in ("part-config", "part-slot", "part-limit")


def test_numbers_that_may_be_missing_are_refused():
    assert refusal(part_of([["relu", "numbers"]]), Flow(6)).code == "part-slot"


def test_a_network_takes_several_inputs_and_gives_several_outputs_of_varying_length():
    """What no body needs yet: token codes of any length up to 8, and a mask, to states and their mean."""
    nodes = [
        ["gather", "table", "tokens"], ["layer_norm", 0, {"epsilon": 1e-5}], ["scan", [0.5], 1],
        ["cast", "mask", {"to": "float32"}], ["reshape", 3, {"to": ["rows", "length", 1]}], ["mul", 2, 4],
        ["mean", 5, {"over": [1]}],
    ]  # fmt: skip
    arriving = {
        "tokens": Tensor("int64", ("rows", "length"), 0.0, 9.0), "mask": Tensor("bool", ("rows", "length"), 0.0, 1.0),
        "unused": Tensor("float32", ("rows",), 0.0, 1.0),
    }  # fmt: skip
    inputs = {"tokens": ["int64", ["rows", "length"]], "mask": ["bool", ["rows", "length"]]}
    part = part_of(
        nodes, arrays={"table": floats(10, 4)}, axes={"length": 8}, inputs=inputs, outputs={"states": 5, "mean": 6}
    )
    network = Network(Inspector(part, "encoder"), arriving)
    assert {name: facts.shape for name, facts in network.outputs.items()} == {
        "states": ("rows", "length", 4), "mean": ("rows", 4),
    }  # fmt: skip
    rng = np.random.default_rng(0)
    for rows, length in ((3, 8), (2, 1)):
        given = {"tokens": rng.integers(0, 10, (rows, length)), "mask": rng.random((rows, length)) < 0.5}
        found = network.run(given)
        assert found["states"].shape == (rows, length, 4)
        np.testing.assert_allclose(found["mean"], found["states"].mean(axis=1), rtol=1e-6, atol=1e-7)
        assert (found["states"][~given["mask"]] == 0).all()
    with pytest.raises(ValueError, match="wants"):
        network.run({"tokens": np.zeros((1, 9), np.int64), "mask": np.ones((1, 9), bool)})


def test_executors_agree_on_lengths_that_vary():
    nodes = [
        ["reshape", "numbers", {"to": ["rows", "length", 1]}], ["linear", 0, "w"],
        ["transpose", 1, {"order": [1, 0, 2]}],
        ["reshape", 2, {"to": ["length*rows", 4]}], ["tanh", 3], ["reshape", 4, {"to": ["length", "rows", 4]}],
        ["transpose", 5, {"order": [1, 0, 2]}], ["transpose", 6, {"order": [0, 2, 1]}], ["matmul", 6, 7],
        ["softmax", 8, {"axis": 2}], ["matmul", 9, 6], ["scan", [0.9], 10], ["pick", 11, {"at": -1, "axis": 1}],
        ["expand", [0.25], {"to": ["rows", "length"]}], ["mean", 13, {"keep": True, "over": [1]}], ["add", 12, 14],
    ]  # fmt: skip
    inputs = {"numbers": ["float32", ["rows", "length"]]}
    part = part_of(nodes, arrays={"w": floats(1, 4)}, axes={"length": 50}, inputs=inputs)
    network = Network(Inspector(part, "body"), {"numbers": Tensor("float32", ("rows", "length"), -4.0, 4.0)})
    onnx = OnnxGraph("length")
    onnx.output("scores", network.lower(onnx, {"numbers": "numbers"})["scores"], "float32", ["rows", 4])
    session = session_of(onnx.model())
    for rows, length in ((1, 1), (3, 2), (5, 7), (2, 50)):
        x = np.clip(floats(rows, length), -4, 4)
        close(session.run(["scores"], {"numbers": x})[0], network.run({"numbers": x})["scores"], 1e-5)


def looped(nodes, *, d=3, arrays=None, **config):
    inputs = {name: ["float32", ["rows", d]] for name in ("state", "numbers") if name in str(nodes)}
    child = part_of(nodes, arrays=arrays, inputs=inputs, outputs={"state": len(nodes) - 1})
    told = {"bound": 4.0, "gives": "last", "shape": [d], "start": "zeros", "steps": 3, **config}
    return Part(kind="loop", config=told, children=(child,))


@pytest.mark.parametrize("executor", ["numpy", "onnx"])
@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, [[1.75, 3.5, -3.5]]),
        ({"gives": "all"}, [[1, 2, -2, 1.5, 3, -3, 1.75, 3.5, -3.5]]),
        ({"start": "numbers"}, [[1.875, 3.75, -3.75]]),
        ({"steps": 1}, [[1, 2, -2]]),
    ],
)
def test_a_loop_worked_by_hand(config, expected, executor):
    """state / 2 + numbers, three times, clipped: from 0, x, 1.5 x, 1.75 x."""
    nodes = [["mul", "state", [0.5]], ["add", 0, "numbers"], ["clip", 1, {"high": 4.0, "low": -4.0}]]
    x = np.array([[1, 2, -2]], np.float32)
    assert body_scores(in_reach(looped(nodes, **config), d=3), Batch(numbers=x), executor).tolist() == expected


FLOW3 = Flow(3, 0, 4.0)
GROWING = [["add", "state", "numbers"]]
STEADY = [["tanh", "state"], ["mul", 0, "numbers"]]


@pytest.mark.parametrize(
    ("nodes", "config", "code"),
    [
        (GROWING, {}, "part-limit"),
        (STEADY, {"bound": 3.9}, "part-limit"),
        (STEADY, {"steps": 0}, "part-config"),
        (STEADY, {"steps": 5000}, "part-config"),
        (STEADY, {"shape": [0]}, "part-config"),
        (STEADY, {"shape": [4]}, "part-slot"),
        (STEADY, {"start": "ones"}, "part-config"),
        (STEADY, {"start": "numbers", "bound": 1.0}, "part-slot"),
        ([["relu", "numbers"]], {}, "part-slot"),
    ],
)
def test_a_loop_is_refused(nodes, config, code):
    assert refusal(looped(nodes, **config), FLOW3).code == code


def test_a_loop_over_anything_but_a_graph_is_refused():
    part = looped(STEADY)
    child = Part(kind="affine", arrays={"weights": floats(3, 3), "bias": floats(3)})
    assert refusal(Part(kind="loop", config=part.config, children=(child,)), FLOW3).code == "part-kind"


def test_a_loop_of_many_steps_is_cheap_to_say_and_bounded():
    body = load_body(loop(np.random.default_rng(0), 3, 3), FLOW3)
    assert body.bound == 1.5
    long = Part(kind="loop", config={**looped(STEADY).config, "steps": 1000}, children=looped(STEADY).children)
    assert load_body(long, FLOW3).operations >= 1000 * 3
