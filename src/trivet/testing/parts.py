"""Random valid parts of every runtime kind, to try executors, file formats and exports on."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from trivet.core.words import packed_words
from trivet.runtime.batch import Batch
from trivet.runtime.part import Array, Part

from .graphs import graph, loop

Rng = np.random.Generator

FIELDS = (("age", "number"), ("member", "boolean"), ("town", "category"), ("since", "date"), ("colour", "category"))
SPELLINGS = {"age": "thousands=',', unit='y'", "since": "format='%d.%m.%Y'"}  # numbers and ISO dates fit as well
WIDTH = 7  # numbers that a reader of FIELDS makes
WORDS = {"town": ("Bonn", "Köln", "Ulm"), "colour": ("blue", "red")}


def random_part(kind: str, rng: Rng, *, d: int = 5, k: int = 1) -> Part:
    """A valid part of the kind for d numbers in and k scores out.

    `affine`, `net`, `graph` and `loop` need finite numbers: put them behind `expand`, as `chain` does here.
    `ngrams` reads text column 0.  `isotonic` is for k = 1; `abstain`, `conformal-set` and `labels` are for max(2, k)
    classes.
    """
    return MAKERS[kind](rng, d, k)


def random_batch(rng: Rng, rows: int, *, d: int = 5, texts: int = 0, missing: float = 0.2) -> Batch:
    """Numbers of different sizes, some missing, some whole; texts of a few words."""
    numbers = rng.normal(scale=2, size=(rows, d)).astype(np.float32)
    numbers[:, ::2] = np.round(numbers[:, ::2])
    numbers[rng.random((rows, d)) < missing] = np.nan
    return Batch(numbers=numbers, texts=tuple(random_texts(rng, rows) for _ in range(texts)))


def random_texts(rng: Rng, rows: int) -> tuple[str, ...]:
    """Texts of 0 to 9 words."""
    words = ["an", "Owl", "sees", "the", "Mäuse", "night", "and", "é", "runs.", "\t", "it's"]
    return tuple(" ".join(rng.choice(words, rng.integers(0, 10))) for _ in range(rows))


def random_program_parts(
    rng: Rng, goal: str, *, k: int = 1, body: str = "trees", guarded: bool = True
) -> dict[str, Part]:
    """The parts of a whole program over FIELDS: goal "classify" (k = 1: two classes) or "regress" (k = 1 or 3)."""
    parts = {"reader": random_part("columns", rng), "body": random_part(body, rng, d=WIDTH, k=k)}
    if goal == "classify":
        parts |= {"scale": random_part("temperature", rng, k=k), "decoder": random_part("labels", rng, k=k)}
    else:
        parts["decoder"] = random_part("value", rng, k=k)
    if guarded:
        parts["guard"] = random_part("conformal-set" if goal == "classify" else "interval", rng, k=k)
        if goal == "classify":
            parts["abstain"] = random_part("abstain", rng, k=k)
    return parts


def random_rows(rng: Rng, rows: int) -> list[dict[str, object]]:
    """Raw rows for a reader of FIELDS, with missing and unknown values."""
    return [
        {
            "age": [float(rng.normal(40, 20)), 37, "52.5", None][rng.integers(4)],
            "member": [True, False, "yes", None][rng.integers(4)],
            "town": ["Bonn", "Köln", "Paris", None][rng.integers(4)],
            "since": ["2024-05-31", "1999-12-01T06:30:00", None][rng.integers(3)],
            "colour": ["blue", "red", float("nan")][rng.integers(3)],
        }
        for _ in range(rows)
    ]


def floats(rng: Rng, *shape: int, scale: float = 1.0) -> Array:
    return rng.normal(scale=scale, size=shape).astype(np.float32)


def weights(rng: Rng, name: str, *shape: int) -> dict[str, Array]:
    """Weights in one of the three forms that a file may hold."""
    form = rng.choice(["float32", "float16", "int8"])
    if form != "int8":
        return {name: floats(rng, *shape).astype(form)}
    scale = rng.uniform(0.001, 0.02, shape[-1]).astype(np.float32)
    return {name: rng.integers(-128, 128, shape).astype(np.int8), f"{name}_scale": scale}


def columns(rng: Rng, d: int, k: int) -> Part:
    children = (codes(rng),)
    spelled = {"spellings": SPELLINGS} if rng.random() < 0.5 else {}
    return Part(kind="columns", config={"fields": [list(field) for field in FIELDS], **spelled}, children=children)


def codes(rng: Rng) -> Part:
    words = [word for name in ("town", "colour") for word in WORDS[name]]
    arrays = {
        **blob_of(words),
        "counts": np.array([len(WORDS["town"]), len(WORDS["colour"])], np.uint32),
        "code": floats(rng, len(words)),
        "unknown": np.array([np.nan, -1], np.float32),
    }
    return Part(kind="codes", arrays=arrays)


def blob_of(words: list[str]) -> dict[str, Array]:
    """Words as `blob` and `ends`."""
    return packed_words([word.encode() for word in words])


def expand(rng: Rng, d: int, k: int) -> Part:
    number, missing, hot = (rng.integers(0, d, rng.integers(1, 6)).astype(np.uint16) for _ in range(3))
    arrays = {
        "number": number, "shift": floats(rng, len(number)), "scale": floats(rng, len(number)),
        "missing": missing, "hot": hot, "hot_code": rng.integers(-2, 3, len(hot)).astype(np.float32),
    }  # fmt: skip
    return Part(kind="expand", config={"clip": 4.0}, arrays=arrays)


def affine(rng: Rng, d: int, k: int) -> Part:
    return Part(kind="affine", arrays={"bias": floats(rng, k), **weights(rng, "weights", d, k)})


def net(rng: Rng, d: int, k: int) -> Part:
    sizes = [d, *rng.integers(1, 9, rng.integers(0, 3)).tolist(), k]
    arrays: dict[str, Array] = {}
    for layer, (before, after) in enumerate(pairwise(sizes)):
        arrays |= {f"b{layer}": floats(rng, after), **weights(rng, f"w{layer}", before, after)}
    return Part(kind="net", config={"activation": "relu"}, arrays=arrays)


def chain(rng: Rng, d: int, k: int) -> Part:
    first = expand(rng, d, k)
    width = sum(len(first.arrays[name]) for name in ("number", "missing", "hot"))
    last = affine(rng, width, k) if rng.random() < 0.5 else net(rng, width, k)
    return Part(kind="chain", children=(first, last))


def behind_expand(rng: Rng, kind: str, *, d: int = 5, k: int = 1) -> Part:
    """A part of a kind that needs finite numbers, behind the part that makes them."""
    first = expand(rng, d, k)
    width = sum(len(first.arrays[name]) for name in ("number", "missing", "hot"))
    return Part(kind="chain", children=(first, MAKERS[kind](rng, width, k)))


def trees(rng: Rng, d: int, k: int) -> Part:
    """A few trees of different depths, some of them a single leaf."""
    features: list[int] = []
    for _ in range(n_trees := int(rng.integers(1, 12))):
        grow(rng, features, d, 0)
    feature = np.array(features, np.int16)
    n_internal, n_leaves = int((feature >= 0).sum()), int((feature < 0).sum())
    threshold = np.round(rng.normal(scale=2, size=n_internal), rng.integers(0, 4))
    leaf = {"leaf": floats(rng, n_leaves).astype(rng.choice(["float32", "float16"]))}
    if rng.random() < 0.3:
        scale = rng.uniform(0.001, 0.02, k).astype(np.float32)
        leaf = {"leaf": rng.integers(-128, 128, n_leaves).astype(np.int8), "leaf_scale": scale}
    arrays = {
        "feature": feature, "threshold": threshold.astype(rng.choice(["float32", "float16"])),
        "missing_left": np.packbits(rng.random(n_internal) < 0.5, bitorder="little"),
        "output": rng.integers(0, k, n_trees).astype(np.uint8), "base": floats(rng, k), **leaf,
    }  # fmt: skip
    return Part(kind="trees", arrays=arrays)


def grow(rng: Rng, features: list[int], d: int, depth: int) -> None:
    """Appends a random tree in preorder."""
    if depth > 6 or rng.random() < 0.15 + 0.1 * depth:
        features.append(-1)
        return
    features.append(int(rng.integers(0, d)))
    grow(rng, features, d, depth + 1)
    grow(rng, features, d, depth + 1)


def additive(rng: Rng, d: int, k: int) -> Part:
    n_terms = int(rng.integers(1, 5))
    feature = np.stack([rng.integers(0, d, n_terms), rng.integers(-1, d, n_terms)], axis=1).astype(np.int16)
    counts = np.where(feature < 0, 0, rng.integers(0, 9, (n_terms, 2))).astype(np.uint16)
    cuts = [np.sort(rng.choice(np.arange(-12, 13), n, replace=False)) / 4 for n in counts.ravel()]
    bins = np.where(feature < 0, 1, counts.astype(np.int64) + 2).prod(axis=1)
    arrays: dict[str, Array] = {
        "feature": feature, "cuts": np.concatenate(cuts).astype(np.float32), "cut_counts": counts,
        "scores": floats(rng, int(bins.sum()), k).astype(rng.choice(["float32", "float16"])), "base": floats(rng, k),
    }  # fmt: skip
    return Part(kind="additive", arrays=arrays)


def vote(rng: Rng, d: int, k: int) -> Part:
    children = (trees(rng, d, k), chain(rng, d, k), additive(rng, d, k))
    link = ["identity", "sigmoid" if k == 1 else "softmax"][rng.integers(2)]
    share = rng.dirichlet([2, 2, 2]).astype(np.float32)
    return Part(kind="vote", config={"link": link}, arrays={"weights": share}, children=children)


def ngrams(rng: Rng, d: int, k: int) -> Part:
    low = int(rng.integers(1, 4))
    config = {"column": 0, "analyser": str(rng.choice(["word", "char"])), "low": low, "high": low + 1, "buckets": 64}
    return Part(kind="ngrams", config=config, arrays={"bias": floats(rng, k), **weights(rng, "weights", 64, k)})


def temperature(rng: Rng, d: int, k: int) -> Part:
    arrays = {"temperature": rng.uniform(0.5, 3, 1).astype(np.float32), "bias": floats(rng, k, scale=0.3)}
    if arrays["temperature"][0] > 1.5:
        arrays["floor"] = np.array([0.01 / k], np.float32)
    return Part(kind="temperature", arrays=arrays)


def isotonic(rng: Rng, d: int, k: int) -> Part:
    n = int(rng.integers(1, 9))
    x = np.unique(floats(rng, n, scale=2))
    return Part(kind="isotonic", arrays={"x": x, "y": np.sort(rng.uniform(0.01, 0.99, len(x)).astype(np.float32))})


def conformal_set(rng: Rng, d: int, k: int) -> Part:
    floor = rng.uniform(0, 0.9, max(2, k)).astype(np.float32)
    return Part(kind="conformal-set", config={"coverage": 0.9, **set_on_the_vault(rng)}, arrays={"floor": floor})


def abstain(rng: Rng, d: int, k: int) -> Part:
    floor = rng.uniform(0, 0.9, max(2, k)).astype(np.float32)
    return Part(kind="abstain", config=set_on_the_vault(rng), arrays={"floor": floor})


def set_on_the_vault(rng: Rng) -> dict[str, object]:
    """What a part says of limits that it was set for, or nothing."""
    return {"control": [["coverage >= 0.9", float(rng.uniform(0.001, 0.1))]]} if rng.random() < 0.5 else {}


def interval(rng: Rng, d: int, k: int) -> Part:
    return Part(kind="interval", config={"coverage": 0.9}, arrays={"pad": rng.uniform(0, 2, 2).astype(np.float32)})


def pick(rng: Rng, d: int, k: int) -> Part:
    return Part(kind="pick", arrays={"column": rng.integers(0, d, k).astype(np.uint16)})


def beside(rng: Rng, d: int, k: int) -> Part:
    """k - 1 numbers of trees and one of curves, or trees alone for k = 1."""
    children = (trees(rng, d, max(1, k - 1)), *([additive(rng, d, 1)] if k > 1 else []))
    return Part(kind="beside", children=children)


def cascade(rng: Rng, d: int, k: int) -> Part:
    return Part(kind="cascade", config={"lead": 0.5}, children=(trees(rng, d, k), additive(rng, d, k)))


def labels(rng: Rng, d: int, k: int) -> Part:
    n = max(2, k)
    arrays = {**blob_of([f"class {c}" for c in range(n)]), "weights": rng.uniform(0.5, 2, n).astype(np.float32)}
    return Part(kind="labels", config={"type": "category"}, arrays=arrays)


MAKERS: dict[str, Callable[[Rng, int, int], Part]] = {
    "abstain": abstain,
    "additive": additive,
    "affine": affine,
    "chain": chain,
    "codes": lambda rng, d, k: codes(rng),
    "columns": columns,
    "conformal-set": conformal_set,
    "expand": expand,
    "graph": graph,
    "interval": interval,
    "isotonic": isotonic,
    "labels": labels,
    "value": lambda rng, d, k: Part(kind="value"),
    "pick": pick,
    "beside": beside,
    "cascade": cascade,
    "loop": loop,
    "net": net,
    "ngrams": ngrams,
    "temperature": temperature,
    "trees": trees,
    "vote": vote,
}
