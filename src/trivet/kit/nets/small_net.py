"""Small networks by scikit-learn, stopped where the tune rows say."""

import warnings
from collections.abc import Collection
from math import ceil, inf
from typing import Any

import numpy as np

from trivet.core.extras import need
from trivet.core.value import value
from trivet.kit.linear.expand import expanded_numbers, make_expand
from trivet.kit.target import Target, labelled_rows, mean_loss
from trivet.runtime.part import Array, Part

BATCH = 256  # rows per step
PATIENCE = 20  # epochs without gain on the tune rows before training stops


def train_net(
    x: Array,
    target: Target,
    *,
    codes: Collection[int] = (),
    width: int = 32,
    layers: int = 1,
    steps: int = 2000,
    rate: float = 3e-3,
    decay: float = 0.1,
    seed: int = 0,
    tune: tuple[Array, Target] | None = None,
) -> Part:
    """A part chain[expand, net] trained on x (rows, d) float32, NaN = missing.

    codes: columns of x that hold categories.  steps: of Adam, on 256 rows each.  decay: L2 penalty.
    tune: rows on which the best epoch is chosen, and training stops early; without them the last epoch is kept.
    Source: Kingma and Ba 2015, arXiv 1412.6980; Gorishniy et al. 2021, arXiv 2106.11959, for the small MLP on tables.
    """
    expand = make_expand(x, codes)
    train = labels_for(expanded_numbers(expand, x), target)
    model = network(target, (width,) * layers, rate, decay, seed)
    watched = (expanded_numbers(expand, tune[0]), tune[1]) if tune is not None and len(tune[1]) else None
    epochs = ceil(steps * min(BATCH, len(train.labels)) / len(train.labels))
    best, least, since = None, inf, 0
    for _ in range(epochs):
        one_epoch(model, train)
        now = Layers(w=tuple(model.coefs_), b=tuple(model.intercepts_)).stretched(train.centre, train.spread)
        loss = -inf if watched is None else mean_loss(now.scores(watched[0]), watched[1])
        since = 0 if loss < least else since + 1
        if best is None or loss <= least:
            best, least = now.copied(), loss
        if since >= PATIENCE and watched is not None:
            break
    if best is None:
        raise ValueError(f"steps must be at least 1, not {steps}")
    return Part(kind="chain", children=(expand, net_part(best)))


@value
class Layers:
    """The weights of a network: w (inputs, outputs) and b (outputs,) float64 per layer."""

    w: tuple[Array, ...]
    b: tuple[Array, ...]

    def scores(self, x: Array) -> Array:
        """(rows, n_scores) float64 of inputs x (rows, m); relu between the layers."""
        for w, b in zip(self.w[:-1], self.b[:-1]):
            x = np.maximum(x @ w + b, 0)
        scores: Array = x @ self.w[-1] + self.b[-1]
        return scores

    def stretched(self, centre: float, spread: float) -> "Layers":
        """The network whose answers are centre + spread * answers."""
        return Layers(w=(*self.w[:-1], self.w[-1] * spread), b=(*self.b[:-1], self.b[-1] * spread + centre))

    def copied(self) -> "Layers":
        """The weights as they are now; training goes on in place."""
        return Layers(w=tuple(w.copy() for w in self.w), b=tuple(b.copy() for b in self.b))


@value
class Labels:
    """Inputs (n, m), labels (n,) and weights (n,) to train on; a regression's labels are (value - centre) / spread."""

    inputs: Array
    labels: Array
    weights: Array
    classes: Array | None
    centre: float = 0.0
    spread: float = 1.0


def labels_for(wide: Array, target: Target) -> Labels:
    if target.link != "identity":
        rows, labels, weights = labelled_rows(target)
        return Labels(inputs=wide[rows], labels=labels, weights=weights, classes=np.arange(target.n_classes))
    values = target.values()
    centre, spread = float(values.mean()), float(values.std()) or 1.0
    labels = (values - centre) / spread
    return Labels(inputs=wide, labels=labels, weights=target.weights(), classes=None, centre=centre, spread=spread)


def network(target: Target, hidden: tuple[int, ...], rate: float, decay: float, seed: int) -> Any:
    nets = need("sklearn.neural_network", for_="fit-net")
    cls = nets.MLPRegressor if target.link == "identity" else nets.MLPClassifier
    # A RandomState, not its seed: partial_fit would start each epoch from the seed and shuffle all of them alike.
    random = np.random.RandomState(seed)
    return cls(hidden_layer_sizes=hidden, learning_rate_init=rate, alpha=decay, batch_size=BATCH, random_state=random)


def one_epoch(model: Any, train: Labels) -> None:
    named = {} if train.classes is None else {"classes": train.classes}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # says that the batch was clipped to the rows there are
        model.partial_fit(train.inputs, train.labels, sample_weight=train.weights, **named)


def net_part(layers: Layers) -> Part:
    """The part of kind `net`, in float32."""
    arrays = {f"w{i}": w for i, w in enumerate(layers.w)} | {f"b{i}": b for i, b in enumerate(layers.b)}
    return Part(
        kind="net", config={"activation": "relu"}, arrays={name: a.astype(np.float32) for name, a in arrays.items()}
    )
