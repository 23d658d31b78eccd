import pytest

from trivet.core.errors import Refused
from trivet.core.registry import parse_step
from trivet.testing.samples import context, tiny_work

READY = ("prepare-table",)


def body_of(text, work, tmp_path):
    return parse_step(text).run(work, context(tmp_path)).candidate.parts["body"]


def test_the_tune_rows_stop_the_growth(tmp_path):
    work = tiny_work("binary", READY)
    early = body_of("fit-trees(trees=300, rate=0.3, patience=5)", work, tmp_path)
    late = body_of("fit-trees(trees=300, rate=0.3, patience=0)", work, tmp_path)
    assert len(early.arrays["output"]) < len(late.arrays["output"]) / 3


def test_the_choose_rows_are_never_looked_at(tmp_path):
    work, text = tiny_work("multiclass", READY), "fit-trees(trees=5)"
    other = work.with_splits(choose=work.data.tune)
    assert body_of(text, work, tmp_path) == body_of(text, other, tmp_path)


def test_a_new_body_takes_the_old_scale_away(tmp_path):
    line = ("prepare-table", "fit-linear", "fit-temperature")
    work = parse_step("fit-trees(trees=3)").run(tiny_work("binary", line), context(tmp_path))
    assert "scale" not in work.candidate.parts


def test_coverage_grows_three_models_for_values_only(tmp_path):
    body = body_of("fit-trees(trees=5, coverage=0.8)", tiny_work("regression", READY), tmp_path)
    assert len(body.arrays["base"]) == 3 and set(body.arrays["output"]) == {0, 1, 2}
    with pytest.raises(Refused, match="guard-sets"):
        parse_step("fit-trees(coverage=0.8)").check(tiny_work("binary", READY).sketch)
