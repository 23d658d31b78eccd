"""Parts that were altered are refused as BadFile, with the place and the value; never another error, never a crash."""

import numpy as np
import pytest

from trivet.runtime.errors import BadFile, TrivetError
from trivet.runtime.kinds import KINDS, Flow, load_body
from trivet.runtime.kinds.bodies.preorder import shape_of
from trivet.runtime.part import Part
from trivet.runtime.program import Program
from trivet.testing.parts import MAKERS, WIDTH, random_part, random_program_parts, random_rows


def changed(part: Part, **arrays) -> Part:
    return Part(kind=part.kind, config=part.config, arrays={**part.arrays, **arrays}, children=part.children)


def refusal(part: Part) -> TrivetError:
    with pytest.raises(BadFile) as caught:
        load_body(part, Flow(5, 1))
    return caught.value


@pytest.fixture
def trees():
    return random_part("trees", np.random.default_rng(3))


def test_every_kind_of_the_format_has_a_maker():
    assert set(MAKERS) == KINDS


def test_an_unknown_kind_is_refused_by_name():
    error = refusal(Part(kind="pickle"))
    assert error.code == "part-kind" and "pickle" in error.found


def test_an_unknown_config_key_is_refused():
    part = random_part("expand", np.random.default_rng(0))
    extra = Part(kind="expand", config={"clip": 1.0, "run": "rm"}, arrays=part.arrays)
    assert refusal(extra).code == "part-config"


@pytest.mark.parametrize("clip", [0, -1, "4", None, True, 1e31])
def test_config_values_outside_their_bounds_are_refused(clip):
    part = random_part("expand", np.random.default_rng(0))
    assert refusal(Part(kind="expand", config={"clip": clip}, arrays=part.arrays)).code == "part-config"


def test_a_column_that_does_not_exist_is_refused_with_its_number(trees):
    feature = trees.arrays["feature"].copy()
    feature[np.flatnonzero(feature >= 0)[0]] = 5
    error = refusal(changed(trees, feature=feature))
    assert error.code == "part-index" and error.found == "5" and "feature" in error.where


def test_an_infinite_leaf_is_refused(trees):
    leaf = np.full(len(trees.arrays["leaf"]), np.inf, np.float32)
    assert refusal(changed(trees, leaf=leaf)).code == "part-array"


def test_bits_behind_the_last_node_are_refused(trees):
    packed = trees.arrays["missing_left"].copy()
    assert (trees.arrays["feature"] >= 0).sum() % 8
    packed[-1] |= 128
    assert refusal(changed(trees, missing_left=packed)).code == "part-array"


def test_trees_that_are_not_whole_are_refused(trees):
    error = refusal(changed(trees, output=np.append(trees.arrays["output"], 0).astype(np.uint8)))
    assert error.code == "part-index"


@pytest.mark.parametrize("depth, is_fine", [(64, True), (65, False)])
def test_trees_deeper_than_64_are_refused(depth, is_fine):
    is_leaf = np.array([False] * depth + [True] * (depth + 1))
    assert (shape_of(is_leaf, 1, deepest=64) is not None) == is_fine


def test_weights_of_numbers_that_may_be_missing_are_refused():
    error = refusal(random_part("affine", np.random.default_rng(0)))
    assert error.code == "part-slot" and "expand" in error.wanted


def test_scores_that_could_overflow_are_refused():
    part = random_part("chain", np.random.default_rng(1))
    expand = part.children[0]
    width = sum(len(expand.arrays[name]) for name in ("number", "missing", "hot"))
    huge = {"weights": np.full((width, 1), 3e38, np.float32), "bias": np.zeros(1, np.float32)}
    assert refusal(Part(kind="chain", children=(expand, Part(kind="affine", arrays=huge)))).code == "part-limit"


@pytest.mark.parametrize("kind", ["affine", "graph"])
def test_a_scale_that_takes_int8_weights_beyond_float32_is_refused(kind):
    arrays = {"weights": np.full((5, 1), 127, np.int8), "weights_scale": np.array([3e38], np.float32)}
    config = {
        "axes": {}, "inputs": {"numbers": ["float32", ["rows", 5]]}, "outputs": {"scores": 0},
        "nodes": [["linear", "numbers", "weights"]],
    }  # fmt: skip
    part = Part(kind="graph", config=config, arrays=arrays)
    if kind == "affine":
        part = Part(kind="affine", arrays={**arrays, "bias": np.zeros(1, np.float32)})
    with pytest.raises(BadFile) as caught:
        load_body(part, Flow(5, 0, 4.0))
    assert caught.value.code == "part-array"


def test_endless_nesting_is_refused(trees):
    part = trees
    for _ in range(9):
        part = Part(kind="chain", children=(part,))
    assert refusal(part).code == "part-limit"


def test_votes_of_bodies_with_different_widths_are_refused():
    rng = np.random.default_rng(0)
    children = (random_part("trees", rng, k=1), random_part("trees", rng, k=3))
    share = {"weights": np.array([0.5, 0.5], np.float32)}
    vote = Part(kind="vote", config={"link": "identity"}, arrays=share, children=children)
    assert refusal(vote).code == "part-slot"


def test_slots_that_do_not_fit_each_other_are_refused():
    rng = np.random.default_rng(0)
    parts = random_program_parts(rng, "classify", k=3)
    for slot, wrong in [("decoder", 4), ("scale", 4), ("guard", 4)]:
        kind = parts[slot].kind
        with pytest.raises(BadFile):
            Program({**parts, slot: random_part(kind, rng, k=wrong)})
    with pytest.raises(BadFile):
        Program({**parts, "features": random_part("trees", rng, d=WIDTH, k=3)})  # a second giver of scores
    with pytest.raises(BadFile):
        Program({**parts, "body": random_part("pick", rng, d=WIDTH, k=3)})  # scores that may be missing
    with pytest.raises(BadFile):
        Program({**parts, "extra": parts["body"]})
    with pytest.raises(BadFile):
        Program({"body": parts["body"]})


@pytest.mark.parametrize("kind", sorted(KINDS - {"codes"}))
def test_a_part_altered_anywhere_is_refused_or_runs(kind):
    rng = np.random.default_rng(7)
    for _ in range(60):
        k = 1 if kind == "isotonic" else int(rng.choice([1, 3]))
        body = kind if kind in ("additive", "chain", "trees", "vote") else "trees"
        goal = "regress" if kind in ("interval", "value") else "classify"
        parts = random_program_parts(rng, goal, k=k, body=body)
        slot = SLOTS.get(kind, "body")
        parts[slot] = altered(random_part(kind, rng, d=WIDTH, k=k), rng)
        try:
            program = Program(parts, executor="numpy")
        except BadFile:
            continue
        answers = program.answers(program.read_rows(random_rows(rng, 5)))
        assert all(np.isfinite(array).all() for array in answers.values())


SLOTS = {
    "columns": "reader", "labels": "decoder", "value": "decoder", "interval": "guard", "conformal-set": "guard",
    "temperature": "scale", "isotonic": "scale", "abstain": "abstain",
}  # fmt: skip


def altered(part: Part, rng) -> Part:
    """The part with one array of it, or of one of its children, changed at random."""
    if part.children and rng.random() < 0.6:
        at = int(rng.integers(len(part.children)))
        children = tuple(altered(child, rng) if i == at else child for i, child in enumerate(part.children))
        return Part(kind=part.kind, config=part.config, arrays=part.arrays, children=children)
    if not part.arrays:
        return part
    name = str(rng.choice(sorted(part.arrays)))
    array = part.arrays[name].copy()
    how = rng.integers(6)
    if how == 0:
        array = array[:-1]
    elif how == 1:
        with np.errstate(all="ignore"):
            array = array.astype(rng.choice(["float32", "int8", "uint16", "uint32", "float16"]))
    elif how == 2:
        array = array[None]
    elif array.size:
        extreme = [0, -1, 1, 127, 255, 32767, np.nan, np.inf, 3e38]
        with np.errstate(all="ignore"):
            array.reshape(-1)[rng.integers(array.size)] = np.array(extreme[rng.integers(len(extreme))]).astype(
                array.dtype
            )
    return Part(kind=part.kind, config=part.config, arrays={**part.arrays, name: array}, children=part.children)
