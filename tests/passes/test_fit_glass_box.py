from trivet.core.registry import parse_step
from trivet.testing.samples import context, tiny_work


def terms(text, question, tmp_path):
    work = parse_step(text).run(tiny_work(question, ("prepare-table",)), context(tmp_path))
    return work.candidate.parts["body"].arrays["feature"]


def test_each_column_has_its_curve_and_pairs_come_on_top(tmp_path):
    found = terms("fit-glass-box(interactions=2, rounds=20, bags=1)", "binary", tmp_path)
    assert found[:7, 0].tolist() == list(range(7)) and (found[:7, 1] == -1).all() and (found[7:] >= 0).all()
    assert len(found) == 9


def test_three_classes_get_no_pairs(tmp_path):
    assert len(terms("fit-glass-box(interactions=2, rounds=20, bags=1)", "multiclass", tmp_path)) == 7
