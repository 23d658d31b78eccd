"""Small valid specialists made by hand, which together hold every runtime kind: seeds for tests of the file format."""

from typing import Any

import numpy as np

from trivet.core.words import packed_words
from trivet.runtime.file.container import encode
from trivet.runtime.part import Array, Part

from .graphs import graph, loop

FIELDS = [["age", "number"], ["smokes", "boolean"], ["ward", "category"], ["seen", "date"], ["remark", "text"]]
SPELLINGS = {"age": "decimal=',', thousands='.', unit='kg'", "seen": "format='%d.%b.%Y %H:%M'"}
WIDTH = 6  # columns of numbers that the reader makes of FIELDS
EVIDENCE = {"machine": {"cores": 2, "system": "Linux"}, "readings": [{"gauge": "p99-latency", "value": 0.21}]}


def sample_files() -> dict[str, bytes]:
    """A file of a few kB for each sample, by name."""
    return {name: encode(manifest_of(name), parts, EVIDENCE) for name, parts in sample_parts().items()}


def manifest_of(name: str) -> dict[str, Any]:
    """What a manifest says, in short."""
    return {"name": name, "limits": ["auroc >= 0.9"], "lineage": ["prepare-table", name], "seed": 7, "share": 0.25}


def sample_parts() -> dict[str, dict[str, Part]]:
    """The parts of each sample, by name."""
    guard = Part(kind="conformal-set", config={"coverage": 0.9}, arrays={"floor": floats(0.2, 0.3)})
    three = Part(kind="conformal-set", config={"coverage": 0.9}, arrays={"floor": floats(0.2, 0.3, 0.1)})
    value = Part(kind="value")
    pair = {"reader": reader(), "guard": guard, "decoder": labels("ill", "well")}
    triple = {"reader": reader(), "guard": three, "decoder": labels("high", "low", "mid"), "scale": temperature(3)}
    return {
        "trees": {**pair, "body": trees(), "scale": isotonic()},
        "additive": {**pair, "body": additive(), "scale": temperature(1)},
        "vote": {**triple, "body": vote()},
        "ngrams": {**triple, "body": ngrams(3)},
        "interval": {"reader": reader(), "body": linear(3), "guard": interval(), "decoder": value},
        "spelled": {"reader": reader(spellings=SPELLINGS), "body": linear(1), "decoder": value},
        "curves": {**pair, "body": network("curves", 1)},
        "series": {**triple, "body": network("series", 3)},
        "windows": {"reader": reader(), "body": network("windows", 3), "guard": interval(), "decoder": value},
        "loop": {"reader": reader(), "body": loop_body(), "decoder": value},
    }


def floats(*numbers: float) -> Array:
    return np.array(numbers, np.float32)


def words(*texts: str) -> dict[str, Array]:
    """The arrays `blob` and `ends` that hold some words."""
    return packed_words([text.encode() for text in texts])


def made_weights(*shape: int, seed: int = 0) -> Array:
    """Made weights in (-1, 1)."""
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype(np.float32)


def reader(**more: Any) -> Part:
    """The reader of FIELDS; more: further entries of its config."""
    counts: dict[str, Array] = {
        "counts": np.array([3], np.uint32),
        "code": floats(0, 1, 2),
        "unknown": floats(np.nan),
    }
    codes = Part(kind="codes", arrays={**words("east", "nörth", "west"), **counts})
    return Part(kind="columns", config={"fields": FIELDS, **more}, children=(codes,))


def trees() -> Part:
    """Twelve trees of three leaves: root, left leaf, right node with two leaves."""
    n = 12
    feature = np.array([[at % WIDTH, -1, (at + 1) % WIDTH, -1, -1] for at in range(n)], np.int16)
    arrays: dict[str, Array] = {
        "feature": feature.ravel(),
        "threshold": (made_weights(2 * n) * 50).astype(np.float16),
        "missing_left": np.packbits(made_weights(2 * n, seed=1) > 0, bitorder="little"),
        "leaf": (made_weights(3 * n, seed=2) * 127).astype(np.int8),
        "leaf_scale": floats(0.01),
        "output": np.zeros(n, np.uint8),
        "base": floats(-0.5),
    }
    return Part(kind="trees", arrays=arrays)


def additive() -> Part:
    """Two curves (3 and 1 cuts) and one table (2 x 1 cuts)."""
    arrays: dict[str, Array] = {
        "feature": np.array([[0, -1], [3, -1], [0, 1]], np.int16),
        "cuts": floats(30, 50, 70, 19000, 40, 60, 0.5),
        "cut_counts": np.array([[3, 0], [1, 0], [2, 1]], np.uint16),
        "scores": made_weights(5 + 3 + 4 * 3, 1).astype(np.float16),
        "base": floats(0.1),
    }
    return Part(kind="additive", arrays=arrays)


def expand() -> Part:
    """Six columns become three numbers, one mark for missing and two marks for words."""
    arrays: dict[str, Array] = {
        "number": np.array([0, 3, 4], np.uint16),
        "shift": floats(50, 19000, 6),
        "scale": floats(0.05, 0.001, 0.3),
        "missing": np.array([0], np.uint16),
        "hot": np.array([2, 2], np.uint16),
        "hot_code": floats(0, 1),
    }
    return Part(kind="expand", config={"clip": 10.0}, arrays=arrays)


def linear(k: int) -> Part:
    affine = Part(kind="affine", arrays={"weights": made_weights(6, k), "bias": made_weights(k)})
    return Part(kind="chain", children=(expand(), affine))


def net(k: int) -> Part:
    arrays: dict[str, Array] = {
        "w0": (made_weights(6, 4) * 100).astype(np.int8),
        "w0_scale": made_weights(4) ** 2,
        "b0": made_weights(4),
        "w1": made_weights(4, k).astype(np.float16),
        "b1": made_weights(k),
    }
    return Part(kind="chain", children=(expand(), Part(kind="net", config={"activation": "relu"}, arrays=arrays)))


def network(form: str, k: int) -> Part:
    return Part(kind="chain", children=(expand(), graph(np.random.default_rng(1), 6, k, form)))


def loop_body() -> Part:
    return Part(kind="chain", children=(expand(), loop(np.random.default_rng(2), 6, 3)))


def vote() -> Part:
    weights = {"weights": floats(0.75, 0.25)}
    return Part(kind="vote", config={"link": "softmax"}, arrays=weights, children=(linear(3), net(3)))


def ngrams(k: int) -> Part:
    config = {"column": 0, "analyser": "char", "low": 2, "high": 3, "buckets": 64}
    arrays = {"weights": made_weights(64, k).astype(np.float16), "bias": made_weights(k)}
    return Part(kind="ngrams", config=config, arrays=arrays)


def temperature(k: int) -> Part:
    return Part(kind="temperature", arrays={"temperature": floats(1.5), "bias": made_weights(k, seed=3)})


def isotonic() -> Part:
    return Part(kind="isotonic", arrays={"x": floats(-2, 0, 1.5), "y": floats(0.1, 0.5, 0.9)})


def interval() -> Part:
    return Part(kind="interval", config={"coverage": 0.9}, arrays={"pad": floats(0.5, 0.7)})


def labels(*classes: str) -> Part:
    arrays = {**words(*classes), "weights": np.ones(len(classes), np.float32)}
    return Part(kind="labels", config={"type": "category"}, arrays=arrays)
