import pytest

from trivet.core.registry import parse_step
from trivet.testing.samples import context, tiny_work


@pytest.mark.parametrize("layers", [1, 3])
def test_has_the_layers_that_were_asked_for(layers, tmp_path):
    text = f"fit-net(width=5, layers={layers}, steps=5)"
    work = parse_step(text).run(tiny_work("multiclass", ("prepare-table",)), context(tmp_path))
    arrays = work.candidate.parts["body"].children[1].arrays
    shapes = [arrays[f"w{i}"].shape for i in range(layers + 1)]
    assert [outputs for _, outputs in shapes] == [5] * layers + [3]


def test_another_seed_gives_another_net(tmp_path):
    step, work = parse_step("fit-net(width=4, steps=5)"), tiny_work("binary", ("prepare-table",))
    one, other = (step.run(work, context(tmp_path, seed)).candidate.digest for seed in (1, 2))
    assert one != other
