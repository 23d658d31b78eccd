"""From interpret's terms to the runtime kind `additive`."""

import numpy as np

from trivet.runtime.part import Array, Part


def lower_terms(part: Part) -> Part:
    """The part of kind `additive` that answers as the explainable boosting machine does on float32 inputs."""
    terms = part.config["terms"]
    cuts = [[part.arrays[f"cuts{i}_{axis}"] for axis in range(len(term))] for i, term in enumerate(terms)]
    base = part.arrays["intercept"]
    tables = [table_of(part.arrays[f"scores{i}"], cuts[i]) for i in range(len(terms))]
    every = [ceil_float32(axis) for term in cuts for axis in term]
    arrays = {
        "feature": np.array([(*term, -1)[:2] for term in terms], np.int16).reshape(-1, 2),
        "cuts": np.concatenate([np.empty(0, np.float32), *every]),
        "cut_counts": np.array([(*map(len, term), 0)[:2] for term in cuts], np.uint16).reshape(-1, 2),
        "scores": np.concatenate([np.empty((0, len(base))), *tables]).astype(np.float32),
        "base": base.astype(np.float32),
    }
    return Part(kind="additive", arrays=arrays)


def table_of(scores: Array, cuts: list[Array]) -> Array:
    """(bins, n_scores): the scores of one term, without interpret's last bin per axis for unseen words."""
    known = scores[tuple(slice(len(axis) + 2) for axis in cuts)]
    return known.reshape(-1, scores.shape[-1])


def ceil_float32(cuts: Array) -> Array:
    """The smallest float32 >= each cut: cut <= x is then the same for every float32 x."""
    near = cuts.astype(np.float32)
    return np.where(near < cuts, np.nextafter(near, np.float32(np.inf)), near)
