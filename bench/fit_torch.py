"""Fit a network with torch, epoch by epoch, and keep how far it came: a pass that can be killed and goes on.

Helps: quality.  Costs: the time to fit.  Needs: torch.  Source: Kingma and Ba 2015 (Adam); it serves tests and benches.
"""

from typing import Any, ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work, kinds
from trivet.core.context import Checkpoint, Context
from trivet.core.extras import need
from trivet.core.passes import Pass
from trivet.core.value import value
from trivet.kit.linear.expand import expanded_numbers, make_expand
from trivet.kit.numbers import code_columns, expect_numbers, numbers_of, with_body
from trivet.runtime.part import Part

BATCH = 64


@value
class FitTorch(Pass):
    """width: of the hidden layer.  epochs: over all rows.  every: epochs between two savings."""

    needs: ClassVar[tuple[str, ...]] = ("torch",)
    helps: ClassVar[tuple[str, ...]] = ("quality",)

    width: int = 32
    epochs: int = 40
    every: int = 5

    def check(self, sketch: Sketch) -> Sketch:
        return expect_numbers(sketch.expect(link="sigmoid", for_=self), for_=self).with_kind(
            body=kinds("chain", "expand", "net")
        )

    def run(self, work: Work, ctx: Context) -> Work:
        torch: Any = need("torch", for_=self)
        rows, parts = work.data.fit, work.candidate.parts
        x = numbers_of(rows, parts, for_=self.name)
        expand = make_expand(x, code_columns(parts["reader"]))
        inputs = torch.tensor(expanded_numbers(expand, x), dtype=torch.float32)
        labels = torch.tensor(rows.truth, dtype=torch.int64)
        training = Training(torch, inputs.shape[1], self.width, ctx.seed)
        checkpoint = ctx.checkpoint("epoch")
        for epoch in range(training.resumed(checkpoint), self.epochs):
            ctx.say.done(epoch / self.epochs, "epochs")
            training.one_epoch(inputs, labels)
            if (epoch + 1) % self.every == 0:
                training.save(checkpoint, epoch + 1)
        body = Part(kind="chain", children=(expand, training.part()))
        return with_body(work, body)


class Training:
    """A network, its optimiser and its shuffler: all state that an epoch changes."""

    def __init__(self, torch: Any, inputs: int, width: int, seed: int) -> None:
        self.torch = torch
        self.shuffler = torch.Generator().manual_seed(seed)
        sizes = [(inputs, width), (width, 2)]
        self.w = [torch.randn(size, generator=self.shuffler) / size[0] ** 0.5 for size in sizes]
        self.b = [torch.zeros(size[1]) for size in sizes]
        self.adam = torch.optim.Adam([one.requires_grad_() for one in (*self.w, *self.b)], lr=3e-3)

    def one_epoch(self, inputs: Any, labels: Any) -> None:
        order = self.torch.randperm(len(inputs), generator=self.shuffler)
        for which in order.split(BATCH):
            self.adam.zero_grad()
            hidden = self.torch.relu(inputs[which] @ self.w[0] + self.b[0])
            loss = self.torch.nn.functional.cross_entropy(hidden @ self.w[1] + self.b[1], labels[which])
            loss.backward()
            self.adam.step()

    def save(self, checkpoint: Checkpoint, epoch: int) -> None:
        """Keeps everything that the next epoch depends on."""
        arrays = {"shuffler": self.shuffler.get_state().numpy()}
        for at, one in enumerate((*self.w, *self.b)):
            arrays[f"weights/{at}"] = one.detach().numpy()
            arrays |= {f"adam/{at}/{name}": found.numpy() for name, found in self.adam.state[one].items()}
        checkpoint.save(arrays, {"epoch": epoch})

    def resumed(self, checkpoint: Checkpoint) -> int:
        """The epoch to go on with: 0, or where a killed fit had saved, as it was then."""
        arrays = checkpoint.load()
        if arrays is None:
            return 0
        self.shuffler.set_state(self.torch.from_numpy(arrays["shuffler"]))
        for at, one in enumerate((*self.w, *self.b)):
            with self.torch.no_grad():
                one.copy_(self.torch.from_numpy(arrays[f"weights/{at}"]))
            names = [name for name in arrays if name.startswith(f"adam/{at}/")]
            self.adam.state[one] = {name.rpartition("/")[2]: self.torch.from_numpy(arrays[name]) for name in names}
        return int(checkpoint.facts["epoch"])

    def part(self) -> Part:
        """The network as a part that a file may hold; its one score is the difference of the two."""
        w, b = [one.detach().numpy() for one in self.w], [one.detach().numpy() for one in self.b]
        w, b = [w[0], w[1][:, 1:] - w[1][:, :1]], [b[0], b[1][1:] - b[1][:1]]
        arrays = {f"w{at}": np.asarray(one, np.float32) for at, one in enumerate(w)}
        arrays |= {f"b{at}": np.asarray(one, np.float32) for at, one in enumerate(b)}
        return Part(kind="net", config={"activation": "relu"}, arrays=arrays)
