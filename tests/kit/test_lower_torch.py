"""Modules of torch become parts of kind `graph`: numpy, ONNX Runtime and torch agree; the rest is refused by name."""

from itertools import pairwise

import numpy as np
import pytest

from trivet.core.errors import MissingExtra, NotLowerable
from trivet.kit.linear.expand import make_expand
from trivet.kit.torch.lower import Port, check_lowerable, lowered
from trivet.kit.torch.scan import diagonal_scan
from trivet.runtime.batch import Batch
from trivet.runtime.file.container import decode, encode
from trivet.runtime.kinds.inspector import Inspector
from trivet.runtime.kinds.network import Network
from trivet.runtime.ops.tensor import Tensor
from trivet.runtime.part import Part
from trivet.runtime.program import body_scores

torch = pytest.importorskip("torch")
nn, F = torch.nn, torch.nn.functional
ROWS = 1000  # of Must show 3
SHARE = 1e-4  # of the largest answer, as asked for; what is measured is below 1e-6


class Of(nn.Module):
    """A module that is one function of itself and x."""

    def __init__(self, function, **inner):
        super().__init__()
        self.function = function
        for name, module in inner.items():
            setattr(self, name, module)

    def forward(self, x):
        return self.function(self, x)


class Scan(nn.Module):
    def __init__(self):
        super().__init__()
        self.rate, self.into, self.out = nn.Parameter(torch.randn(8)), nn.Linear(4, 8), nn.Linear(8, 3)

    def forward(self, x):
        states = diagonal_scan(torch.sigmoid(self.rate), self.into(x.unflatten(1, (6, 4))))
        return self.out(states[:, -1])


def conv_net():
    return nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)), nn.Conv2d(1, 4, 3, padding="same"), nn.BatchNorm2d(4), nn.ReLU(), nn.Dropout(),
        nn.MaxPool2d(2), nn.Conv2d(4, 8, 3, stride=1, groups=2), nn.BatchNorm2d(8), nn.GELU(), nn.AdaptiveAvgPool2d(1),
        nn.Flatten(), nn.Linear(8, 3),
    )  # fmt: skip


def encoder():
    layer = nn.TransformerEncoderLayer(16, 4, 32, batch_first=True)
    stack = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    return nn.Sequential(nn.Unflatten(1, (6, 16)), stack, nn.Flatten(), nn.Linear(96, 3))


def gru():
    return Of(
        lambda self, x: self.out(self.gru(x.unflatten(1, (6, 4)))[0][:, -1]), gru=nn.GRU(4, 8, batch_first=True),
        out=nn.Linear(8, 3),
    )  # fmt: skip


MODULES = {
    "mlp": (lambda: nn.Sequential(nn.Linear(24, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, 3)), 24),
    "conv": (conv_net, 64),
    "encoder": (encoder, 96),
    "gru": (gru, 24),
    "scan": (Scan, 24),
}


def settle(module):
    """Running means and variances as after some training."""
    for one in module.modules():
        if isinstance(one, nn.BatchNorm1d | nn.BatchNorm2d):
            one.running_mean.normal_()
            one.running_var.uniform_(0.5, 2)
    return module


@pytest.fixture(scope="module", params=MODULES)
def pair(request):
    """(name, module, part, inputs per row); the module is left in training, as a trainer would hand it over."""
    torch.manual_seed(0)
    make, d = MODULES[request.param]
    module = settle(make()).train()
    return request.param, module, lowered(module, (torch.randn(2, d),)), d


def within_reach(part, d):
    """The part behind one that clips its numbers, so that both executors run it."""
    x = np.random.default_rng(0).normal(size=(99, d)).astype(np.float32)
    expand = make_expand(x, ())
    n = len(expand.arrays["number"])
    plain = {"shift": np.zeros(n, np.float32), "scale": np.ones(n, np.float32)}
    assert np.array_equal(expand.arrays["number"], np.arange(d)) and not len(expand.arrays["missing"])
    return Part(
        kind="chain", children=(Part(kind="expand", config=expand.config, arrays={**expand.arrays, **plain}), part)
    )


def answers(module, x):
    module.eval()
    with torch.no_grad():
        return module(torch.from_numpy(x)).numpy()


def inputs(d, rows=ROWS):
    return np.clip(np.random.default_rng(1).normal(scale=2, size=(rows, d)), -4, 4).astype(np.float32)


def assert_same(part, module, d, rows=ROWS, share=SHARE):
    x = inputs(d, rows)
    wanted = answers(module, x)
    for executor in ("numpy", "onnx"):
        found = body_scores(within_reach(part, d), Batch(numbers=x), executor)
        np.testing.assert_allclose(found, wanted, rtol=share, atol=share * np.abs(wanted).max())


def test_numpy_onnx_and_torch_agree_on_1000_rows(pair):
    _, module, part, d = pair
    assert_same(part, module, d)


def test_one_row_answers_the_same_alone_as_among_many(pair):
    _, _, part, d = pair
    x, part = inputs(d, 30), within_reach(part, d)
    for executor in ("numpy", "onnx"):
        together = body_scores(part, Batch(numbers=x), executor)
        alone = np.concatenate([body_scores(part, Batch(numbers=row[None]), executor) for row in x])
        np.testing.assert_allclose(alone, together, rtol=1e-6, atol=1e-6 * np.abs(together).max())


def test_what_is_saved_is_what_is_loaded(pair):
    _, _, part, d = pair
    part = within_reach(part, d)
    loaded = decode(encode({}, {"body": part}, {})).parts["body"]
    x = Batch(numbers=inputs(d, 20))
    assert loaded == part and np.array_equal(body_scores(loaded, x), body_scores(part, x))


def test_the_module_is_left_as_it_was():
    module = nn.Sequential(nn.Linear(12, 4), nn.BatchNorm1d(4), nn.Dropout()).train()
    before = {key: one.clone() for key, one in module.state_dict().items()}
    check_lowerable(module, (torch.randn(2, 12),))
    assert all(one.training for one in module.modules())
    assert all(torch.equal(one, before[key]) for key, one in module.state_dict().items())


def test_batch_norm_and_dropout_leave_no_node(pair):
    name, _, part, _ = pair
    found = [node[0] for node in part.config["nodes"]]
    expected = {
        "mlp": ["linear", "relu", "linear"],
        "conv": ["reshape", "conv", "relu", "max_pool", "conv", "gelu", "mean", "reshape", "linear"],
        "gru": ["reshape", "gru", "pick", "linear"],
        "scan": ["reshape", "linear", "scan", "pick", "linear"],
    }
    assert found == expected.get(name, found)


def refusal(module, d=12, **more):
    with pytest.raises(NotLowerable) as caught:
        check_lowerable(module, (torch.randn(2, d),), **more)
    assert caught.value.code == "not-lowerable"
    return caught.value.found


def test_operators_without_counterpart_are_refused_by_name_and_place_all_at_once():
    inner = Of(lambda self, x: torch.sort(x, dim=1)[0])
    found = refusal(nn.Sequential(nn.Linear(12, 6), inner, Of(lambda self, x: torch.digamma(x))))
    assert found == "aten.sort.default in 1; aten.digamma.default in 2"


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (
            lambda: Of(lambda self, x: x - x.mean(0)),
            "aten.mean.dim in the module itself: mean wants an axis within",
        ),
        (lambda: Of(lambda self, x: torch.log(x)), "aten.log.default in the module itself: log wants the logarithm"),
        (lambda: Of(lambda self, x: torch.exp(x.square())), "exponents up to 69"),
        (lambda: Of(lambda self, x: x.T.contiguous().flatten().unflatten(0, (-1, 12))), "mix rows"),
        (lambda: nn.Sequential(nn.Unflatten(1, (3, 4)), nn.ConvTranspose1d(3, 2, 2), nn.Flatten()), "a transposed"),
        (lambda: Of(lambda self, x: x if x.sum() > 0 else -x), "torch.export stops"),
        (lambda: Of(lambda self, x: (x, x * 2)), "2 outputs"),
    ],
)
def test_what_a_graph_cannot_say_is_refused_with_the_reason(module, said):
    assert said in refusal(module())


def test_an_example_of_one_row_is_refused():
    with pytest.raises(NotLowerable, match="2 rows or more"):
        check_lowerable(nn.Linear(3, 1), (torch.randn(1, 3),))


def test_without_torch_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("trivet.core.extras.is_missing", lambda module: module == "torch")
    with pytest.raises(MissingExtra) as caught:
        check_lowerable(nn.Linear(3, 1), (torch.randn(2, 3),))
    assert "trivet[deep]" in caught.value.do


def beside(*functions, **inner):
    """All functions of x side by side, so that one export tests them all."""
    return Of(lambda self, x: torch.cat([one(self, x).flatten(1) for one in functions], 1), **inner)


def tall(x):
    return x.unflatten(1, (3, 4))


CURVES = [
    F.relu, F.gelu, F.silu, F.softplus, F.elu, F.selu, F.leaky_relu, F.hardtanh, F.relu6, F.hardswish, F.hardsigmoid,
    F.mish, F.logsigmoid, F.softsign, F.glu, torch.tanh, torch.sigmoid, torch.sin, torch.cos, torch.abs, torch.neg,
    torch.erf, torch.exp, torch.square, torch.expm1, lambda x: F.gelu(x, approximate="tanh"),
    lambda x: torch.log1p(x.abs()),
    lambda x: torch.sqrt(x * x + 1e-3), lambda x: torch.rsqrt(x**2 + 1), lambda x: 1 / (x.abs() + 1),
    lambda x: 2 - x / 3,
    lambda x: x.clamp(min=0.5), lambda x: x.abs() ** 0.5, lambda x: torch.where(x > 0, x, x * 2),
    lambda x: x.masked_fill(x < 0, 0.3), lambda x: ((x >= 1) & ~(x == 2) | (x <= -1)).float(),
    lambda x: torch.maximum(x, -x) + torch.minimum(x, x * 2), lambda x: (x != 0).float() + torch.log(x.abs() + 1),
]  # fmt: skip
PIECES = [
    lambda x: tall(x).softmax(-1), lambda x: x.log_softmax(-1), lambda x: tall(x).var(1) + tall(x).std(1),
    lambda x: x.cumsum(1),
    lambda x: tall(x).max(1)[0] + tall(x).amin(1), lambda x: torch.cat([one * 2 for one in x.chunk(3, 1)][::-1], 1),
    lambda x: torch.stack(x.unbind(1)[:5], 1), lambda x: F.pad(x, (1, 2), value=0.5), lambda x: x.flip(1),
    lambda x: x.roll(1, 1), lambda x: x[:, [0, 3, 5]], lambda x: x[:, 1:9:2], lambda x: x.repeat(1, 2),
    lambda x: torch.cat([x, torch.zeros(x.shape[0], 2)], 1), lambda x: F.normalize(x, dim=1),
    lambda x: torch.bmm(tall(x), tall(x).transpose(1, 2)), lambda x: x[:, :3, None] * x[:, None, 3:7],
    lambda x: F.avg_pool1d(tall(x), 2, padding=1),
    lambda x: F.avg_pool1d(tall(x), 2, padding=1, count_include_pad=False),
    lambda x: F.max_pool1d(tall(x), 2), lambda x: F.adaptive_avg_pool1d(tall(x), 2),
    lambda x: F.interpolate(tall(x), scale_factor=2), lambda x: F.cosine_similarity(x[:, :6], x[:, 6:], dim=1)[:, None],
    lambda x: F.scaled_dot_product_attention(tall(x), tall(x), tall(x), is_causal=True),
    lambda x: F.scaled_dot_product_attention(tall(x), tall(x), tall(x), attn_mask=(x[:, None, :3] > 0)),
    lambda x: torch.einsum("bij,bkj->bik", tall(x), tall(x)),
    lambda x: x.mean(1, keepdim=True) - x.sum(1, keepdim=True),
]  # fmt: skip


@pytest.mark.parametrize("functions", [CURVES, PIECES], ids=["curves", "pieces"])
def test_functions_of_torch_agree(functions):
    module = beside(*(lambda self, x, one=one: one(x) for one in functions))
    assert_same(lowered(module, (torch.randn(2, 12),)), module, 12, rows=200, share=1e-5)


def test_layers_of_torch_agree():
    module = beside(
        lambda self, x: self.group(tall(x)), lambda self, x: self.conv(tall(x)), lambda self, x: self.same(x[:, None]),
        lambda self, x: self.rms(x), lambda self, x: self.norm(tall(x)), lambda self, x: self.batch(x),
        lambda self, x: self.codes(x.long().clamp(0, 9)).mean(1),
        lambda self, x: tall(x) + self.places(torch.arange(3)),
        lambda self, x: self.heads(tall(x), tall(x), tall(x), need_weights=False)[0],
        lambda self, x: self.both(tall(x).transpose(0, 1))[1].transpose(0, 1),
        lambda self, x: torch.cat([self.first.expand(x.shape[0], -1, -1), tall(x)], 1),
        group=nn.GroupNorm(1, 3), conv=nn.Conv1d(3, 6, 2, padding=1, groups=3, stride=2),
        same=nn.Conv1d(1, 2, 4, padding="same", bias=False), rms=nn.RMSNorm(12), norm=nn.LayerNorm([3, 4]),
        batch=nn.BatchNorm1d(12), codes=nn.Embedding(10, 5), places=nn.Embedding(7, 4),
        heads=nn.MultiheadAttention(4, 2, batch_first=True), both=nn.GRU(4, 5, num_layers=2, bidirectional=True),
    )  # fmt: skip
    module.first = nn.Parameter(torch.randn(1, 1, 4))
    settle(module)
    assert_same(lowered(module, (torch.randn(2, 12),)), module, 12, rows=200, share=1e-5)


class Words(nn.Module):
    """Token codes (rows, length) and weights (rows, length) to one vector and one number."""

    def __init__(self):
        super().__init__()
        self.table, self.places, self.out = nn.Embedding(20, 8), nn.Embedding(30, 8), nn.Linear(8, 2)
        layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)

    def forward(self, tokens, weights):
        states = self.table(tokens) + self.places(torch.arange(tokens.shape[1]))
        states = self.encoder(states, src_key_padding_mask=weights < 0.2)
        found = (states * weights[:, :, None]).mean(1)
        return self.out(found), found.sum(1)


def test_several_ports_and_a_length_that_varies():
    module = Words().eval()
    example = (torch.randint(0, 20, (2, 5)), torch.rand(2, 5))
    ports = (
        Port(name="tokens", low=0, high=19, varying={1: "length"}),
        Port(name="weights", low=0, high=1, varying={1: "length"}),
    )
    part = lowered(module, example, ports=ports, answers=("pair", "total"), axes={"length": 30})
    arriving = {
        "tokens": Tensor("int64", ("rows", "length"), 0, 19), "weights": Tensor("float32", ("rows", "length"), 0, 1),
    }  # fmt: skip
    network = Network(Inspector(part, "encoder"), arriving)
    for rows, length in ((1, 1), (4, 30)):
        tokens, weights = torch.randint(0, 20, (rows, length)), torch.rand(rows, length)
        weights[:, 0] = 1.0  # something is always to be seen
        found = network.run({"tokens": tokens.numpy(), "weights": weights.numpy()})
        for name, wanted in zip(("pair", "total"), module(tokens, weights)):
            np.testing.assert_allclose(found[name], wanted.detach().numpy(), rtol=1e-5, atol=1e-6)


def test_the_scan_of_torch_is_the_recurrence_and_has_gradients():
    a = torch.tensor([0.5, 0.9], requires_grad=True)
    b = torch.randn(3, 7, 2, requires_grad=True)
    states = diagonal_scan(a, b)
    for (before, _), (now, into) in pairwise(zip(states.unbind(1), b.unbind(1))):
        torch.testing.assert_close(now, a * before + into)
    assert torch.autograd.gradcheck(diagonal_scan, (a.double(), b.double()))
