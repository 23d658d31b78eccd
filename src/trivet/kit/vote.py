"""A weighted vote of several models.

Source: Caruana et al. 2004, "Ensemble selection from libraries of models", section 2 (greedy, with replacement).
"""

from collections.abc import Sequence

import numpy as np

from trivet.runtime.part import Array

from .target import Target, shares_of

TEACHER = "teacher"  # beside the fit rows: (rows, scores) float32, what a vote says of rows that it did not see
LEAST_SHARE = 1e-6  # as in the runtime kind `vote`


def greedy_weights(members: Sequence[Array], target: Target, rounds: int = 25) -> Array:
    """(members,) weights that sum to 1: how often each member was taken, up to the round with the least loss.

    members: the scores (rows, n_scores) of each, on rows that it was not fitted on.  Each round takes the member that
    lowers the loss of the mean most.  The first takes the best one, so the vote is never worse on these rows.
    """
    linked = np.stack([answers_of(scores, target.link) for scores in members])
    total, taken = np.zeros_like(linked[0]), np.zeros(len(linked))
    best, least = taken, np.inf
    for count in range(1, rounds + 1):
        losses = [mean_answer_loss((total + one) / count, target) for one in linked]
        pick = int(np.argmin(losses))
        total += linked[pick]
        taken = taken + np.eye(len(linked))[pick]
        if losses[pick] < least:
            best, least = taken, losses[pick]
    weights: Array = best / best.sum()
    return weights


def answers_of(scores: Array, link: str) -> Array:
    """(rows, classes) probabilities, or (rows, 1) values, of scores (rows, n_scores)."""
    return np.asarray(scores, np.float64) if link == "identity" else shares_of(scores, link)


def scores_for(answers: Array, link: str) -> Array:
    """The scores (rows, n_scores) float32 whose answers these are; the inverse of `answers_of`."""
    if link == "identity":
        return answers.astype(np.float32)
    share = np.clip(answers, LEAST_SHARE, 1 - LEAST_SHARE)
    scores = np.log(share[:, 1:]) - np.log(1 - share[:, 1:]) if link == "sigmoid" else np.log(share)
    return scores.astype(np.float32)


def mean_answer_loss(answers: Array, target: Target) -> float:
    """The weighted mean log loss, or squared error, of answers towards the labels of the target."""
    labels = np.asarray(target.hard)
    if target.link == "identity":
        each = np.square(answers[:, 0] - labels)
    else:
        each = -np.log(np.maximum(answers[np.arange(len(labels)), labels], LEAST_SHARE))
    return float(np.average(each, weights=target.weight))


def vote_scores(members: Sequence[Array], weights: Array, link: str) -> Array:
    """(rows, n_scores) float32 scores of the vote."""
    answers = sum(weight * answers_of(scores, link) for weight, scores in zip(weights, members))
    return scores_for(np.asarray(answers), link)


def with_floor(weights: Array, least: float) -> Array:
    """Weights of at least `least` (before they are made to sum to 1 again)."""
    raised = np.maximum(weights, least)
    shares: Array = raised / raised.sum()
    return shares
