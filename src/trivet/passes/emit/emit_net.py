"""Lower a small network from the workshop's `sklearn-net` to `net`, a kind that every later version can read.

Helps: size and latency, and makes the candidate servable.  Costs: nothing but the rounding to float32.
Needs: a body with the kind `sklearn-net`, alone or inside others.  Source: Gorishniy et al. 2021, arXiv 2106.11959.
"""

from typing import ClassVar

from trivet.core.candidate import Sketch, Work
from trivet.core.context import Context
from trivet.core.passes import Pass
from trivet.core.value import value
from trivet.kit.lower import expect_kind, lowered, lowered_kinds

KIND = "sklearn-net"


@value
class EmitNet(Pass):
    """Lowers every part of the kind; leaves other kinds alone."""

    reads: ClassVar[tuple[str, ...]] = ()
    helps: ClassVar[tuple[str, ...]] = ("size", "latency")

    def check(self, sketch: Sketch) -> Sketch:
        body = expect_kind(sketch, KIND, for_=self)
        return sketch.with_kind(body=lowered_kinds(body, (KIND,)))

    def run(self, work: Work, ctx: Context) -> Work:
        return work.with_(body=lowered(work.candidate.parts["body"], (KIND,)))
