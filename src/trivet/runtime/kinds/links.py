"""How scores become shares."""

import numpy as np

from ..part import Array

ONE = np.float32(1)


def sigmoid(scores: Array) -> Array:
    """1 / (1 + exp(-scores)), float32, without overflow."""
    small = np.exp(-np.abs(scores))
    return np.where(scores >= 0, ONE, small) / (ONE + small)


def softmax(scores: Array) -> Array:
    """(rows, classes) shares that sum to 1, float32, without overflow."""
    # Subtract the row maximum first: exp(89) overflows float32, and softmax does not notice the shift.
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Array = powers / powers.sum(axis=1, keepdims=True)
    return shares
