"""A bag: bodies that were taught on other rows each, averaged.

Source: Breiman 1996, "Bagging predictors"; Parmanto et al. 1996, "Reducing variance of committee prediction with
resampling techniques" (a body for each fold).
"""

from collections.abc import Sequence

import numpy as np

from trivet.core.candidate import Kinds, kinds
from trivet.runtime.part import Part

from .trees.forest import forest_of, joined, part_of


def bag_kinds(of: Kinds, bodies: int) -> Kinds:
    """The kinds of the mean of so many bodies of these kinds."""
    return of if of.kind == "trees" or bodies == 1 else kinds("vote", *[of] * bodies)


def bagged(bodies: Sequence[Part], link: str) -> Part:
    """The mean of the bodies: of the scores of trees, which are trees again, else of the answers, as a vote has it."""
    if all(body.kind == "trees" for body in bodies):
        return part_of(joined([forest_of(body) for body in bodies], share=1 / len(bodies)))
    arrays = {"weights": np.full(len(bodies), 1 / len(bodies), np.float32)}
    return Part(kind="vote", config={"link": link}, arrays=arrays, children=tuple(bodies))
