"""Fit a small convolutional network to recordings, and to the numbers beside them.

Helps: quality on recordings whose shape counts, wherever in them it stands.  Costs: size, and the time to fit.
Needs: torch, and a reader with a sequence.  Source: LeCun et al. 1998; Ioffe and Szegedy 2015, arXiv 1502.03167.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from trivet.core.candidate import Sketch, Work, kinds
from trivet.core.context import Context
from trivet.core.errors import Refused
from trivet.core.extras import need
from trivet.core.passes import Pass, Range, Size
from trivet.core.routes import Route
from trivet.core.task import Task
from trivet.core.value import value
from trivet.kit.linear.expand import expanded_numbers, make_expand
from trivet.kit.numbers import code_columns, numbers_of, with_body
from trivet.kit.torch.lower import Port, lowered
from trivet.runtime.kinds.readers.columns import width_of
from trivet.runtime.part import Array, Part

_SAVED_EVERY = 40  # steps


@value
class FitConv(Pass):
    """width: of the convolution.  steps: of Adam on all rows.  rate: of Adam."""

    needs: ClassVar[tuple[str, ...]] = ("torch",)
    helps: ClassVar[tuple[str, ...]] = ("quality",)
    costs: ClassVar[tuple[str, ...]] = ("size", "latency")

    width: int = 8
    steps: int = 200
    rate: float = 0.02

    def check(self, sketch: Sketch) -> Sketch:
        sketch.expect(link="log", has=("reader", "decoder"), for_=self)
        if not sequences(sketch.task):
            raise Refused(self.name, "no column of recordings", do="use a route for tables")
        return sketch.without("guard").with_kind(body=kinds("chain", "expand", "graph"), scale="graph")

    def run(self, work: Work, ctx: Context) -> Work:
        rows, parts = work.data.fit.at_least(20, for_=self.name), work.candidate.parts
        x = numbers_of(rows, parts, for_=self.name)
        expand = make_expand(x, code_columns(parts["reader"]))
        net = self.trained(expanded_numbers(expand, x), rows.truth, span_of(parts["reader"], expand), ctx)
        torch = need("torch", for_=self)
        body = Part(kind="chain", children=(expand, lowered(net, (torch.zeros(2, width_out(expand)),))))
        return with_body(work, body).with_(scale=rate_part(torch))

    def trained(self, x: Array, counts: Array, span: tuple[int, int], ctx: Context) -> Any:
        """The network with the least Poisson loss; goes on where it was stopped, and ends with the same weights."""
        torch = need("torch", for_=self)
        torch.set_num_threads(ctx.threads)
        saved, kept = ctx.checkpoint("net"), None
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(ctx.seed)
            net = network(torch, x.shape[1], span, self.width)
            adam = torch.optim.Adam(net.parameters(), lr=self.rate)
            kept = saved.load()
            if kept is not None:
                restore(torch, net, adam, kept)
            inputs, truth = torch.tensor(x, dtype=torch.float32), torch.tensor(counts, dtype=torch.float32)
            for step in range(saved.facts.get("steps", 0), self.steps):
                adam.zero_grad()
                torch.nn.functional.poisson_nll_loss(net(inputs)[:, 0], truth).backward()
                adam.step()
                if (step + 1) % _SAVED_EVERY == 0:
                    saved.save(state_of(net, adam), {"steps": step + 1})
                    ctx.say.done((step + 1) / self.steps, "steps of the network")
        return net.eval()

    def ranges(self) -> Mapping[str, Range]:
        return {"width": Range(among=(4, 8, 16)), "rate": Range(low=5e-3, high=5e-2, log=True)}

    def units(self, size: Size) -> float:
        return 2.0 + self.steps * (1e-3 + 1e-7 * size.rows * self.width)

    @classmethod
    def offers(cls, task: Task, size: Size) -> tuple[Route, ...]:
        if task.link != "log" or not sequences(task):
            return ()
        return (Route(name="conv", steps=("fit-conv",), vary=("fit-conv",)),)


def sequences(task: Task) -> list[str]:
    """The columns of recordings."""
    return [field.name for field in task.inputs if field.type == "sequence"]


def span_of(reader: Part, expand: Part) -> tuple[int, int]:
    """From where to where the first recording stands among the numbers that `expand` gives."""
    spelled, start = reader.config.get("spellings", {}), 0
    for name, type_ in reader.config["fields"]:
        width = width_of(type_, spelled.get(name, ""))
        if type_ == "numbers":
            inside = np.flatnonzero((expand.arrays["number"] >= start) & (expand.arrays["number"] < start + width))
            return int(inside[0]), int(inside[-1]) + 1
        start += width
    raise ValueError("no recording")


def width_out(expand: Part) -> int:
    """How many numbers `expand` gives."""
    return sum(len(expand.arrays[name]) for name in ("number", "missing", "hot"))


def network(torch: Any, d: int, span: tuple[int, int], width: int) -> Any:
    """(rows, d) -> (rows, 1): a convolution over the span, its highest answers, and all numbers beside them."""
    nn = torch.nn

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv1d(1, width, 5, padding=2)
            self.norm = nn.BatchNorm1d(width)
            self.out = nn.Linear(width + d, 1)

        def forward(self, x: Any) -> Any:
            heard = torch.relu(self.norm(self.conv(x[:, span[0] : span[1]].unsqueeze(1))))
            return self.out(torch.cat([heard.amax(dim=2), x], dim=1))

    return Net()


def rate_part(torch: Any) -> Part:
    """From the score, which is a logarithm, to the rate; at most e**10."""

    class Rate(torch.nn.Module):
        def forward(self, scores: Any) -> Any:
            return torch.exp(torch.clamp(scores, -10.0, 10.0))

    port = Port(name="scores", low=-1e6, high=1e6)
    return lowered(Rate(), (torch.zeros(2, 1),), ports=(port,), answers=("rate",))


def state_of(net: Any, adam: Any) -> dict[str, Array]:
    """Weights and the state of the optimiser as arrays."""
    arrays = {f"net.{name}": tensor.numpy() for name, tensor in net.state_dict().items()}
    for at, state in adam.state_dict()["state"].items():
        arrays |= {f"adam.{at}.{name}": np.asarray(tensor) for name, tensor in state.items()}
    return arrays


def restore(torch: Any, net: Any, adam: Any, kept: Mapping[str, Array]) -> None:
    """Puts back what `state_of` took."""
    weights = {name.removeprefix("net."): torch.tensor(a) for name, a in kept.items() if name.startswith("net.")}
    net.load_state_dict(weights)
    state: dict[int, dict[str, Any]] = {}
    for name, array in kept.items():
        if name.startswith("adam."):
            _, at, what = name.split(".")
            state.setdefault(int(at), {})[what] = torch.tensor(array)
    adam.load_state_dict({**adam.state_dict(), "state": state})
