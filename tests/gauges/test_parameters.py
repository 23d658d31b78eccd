"""Gauges with parameters: in limits, recipes and readings by their whole name."""

import numpy as np
import pytest
from made_trials import classes, two_normals
from steadiness import Steadiness

from trivet.core.errors import BadLimit, BadUse, NotApplicable
from trivet.core.limits import Limit
from trivet.core.recipe import DataSpec, Recipe, parse_recipe
from trivet.core.registry import find_gauge, homes, nearest_limit, parse_limit
from trivet.engine.wishes import check_wishes
from trivet.testing.gauge_contract import check_gauge
from trivet.testing.trials import sketch_of

TEXTS = [
    ("accuracy", "accuracy"),
    ("coverage( among = sex )", "coverage(among=sex)"),
    ('coverage(among="sex")', "coverage(among=sex)"),
    ("f1(positive=>50K)", 'f1(positive=">50K")'),
    ('f1(positive="a \\"b\\", (c) >= 1")', 'f1(positive="a \\"b\\", (c) >= 1")'),
]


@pytest.mark.parametrize(("text", "canonical"), TEXTS)
def test_the_text_of_a_gauge_is_canonical_and_reads_back(text, canonical):
    gauge = find_gauge(text)
    assert str(gauge) == canonical and find_gauge(str(gauge)) == gauge


@pytest.mark.parametrize("name", homes("gauge"))
def test_parameters_at_their_default_are_left_out(name):
    assert str(find_gauge(name)) == name


@pytest.mark.parametrize(("text", "canonical"), TEXTS)
def test_a_limit_carries_the_whole_text(text, canonical):
    limit = parse_limit(f"{text} >= 0.9")
    assert limit.gauge == canonical and limit.base == canonical.partition("(")[0]
    assert parse_limit(str(limit)) == limit


@pytest.mark.parametrize(("text", "canonical"), TEXTS)
def test_a_recipe_gives_the_same_limit_back(text, canonical):
    limits = (parse_limit(f"{text} >= 0.9"), parse_limit(f"{text} <= 0.99"), parse_limit("size <= 1 MB"))
    recipe = Recipe(data=DataSpec(source="a.csv", target="y"), limits=limits, measure=("brier", canonical))
    again = parse_recipe(str(recipe))
    assert again.limits == limits and again.measure == ("brier", canonical)


def test_case_and_spaces_of_parameters_belong_to_the_data():
    assert parse_limit("Coverage(among=Sex) >= 90%").gauge == "coverage(among=Sex)"
    assert parse_limit('f1(positive="very bad")>=.5').gauge == 'f1(positive="very bad")'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("coverage(by=sex) >= 0.9", "among"),
        ("coverage(among=sex, among=age) >= 0.9", "each once"),
        ("coverage(sex) >= 0.9", "parameters such as"),
        ("size(among=sex) <= 1 MB", "none"),
    ],
)
def test_parameters_that_a_gauge_does_not_have_are_refused_with_those_it_has(text, says):
    with pytest.raises(BadLimit) as caught:
        parse_limit(text)
    assert caught.value.code == "limit-parameter" and "trivet explain" in caught.value.do
    assert says in caught.value.do + caught.value.wanted


def test_an_unknown_gauge_with_parameters_is_answered_with_the_nearest():
    with pytest.raises(BadUse, match="unknown-gauge") as caught:
        parse_limit("coverrage(among=sex) >= 0.9")
    assert "'coverage'" in caught.value.do


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("coverage(among=sex) > 0.9", "coverage(among=sex) >= 0.9"),
        ("0.9 <= coverage(among=sex)", "coverage(among=sex) >= 0.9"),
        ("coverage(by=sex) > 0.9", "coverage >= 0.9"),
    ],
)
def test_the_nearest_limit_keeps_parameters_that_exist(text, nearest):
    assert nearest_limit(text) == nearest


def test_mistakes_in_a_recipe_are_told_with_their_line():
    text = '[data]\nsource = "a.csv"\ntarget = "y"\n\n[limits]\n"coverage(by=sex)" = ">= 0.9"\n'
    with pytest.raises(BadLimit) as caught:
        parse_recipe(text)
    assert "line 6" in caught.value.where


def limits(*texts: str) -> list[Limit]:
    return [parse_limit(text) for text in texts]


def test_one_gauge_may_be_limited_for_several_parameters_and_contradicts_itself_only_with_equal_ones():
    errors = []
    check_wishes(limits("coverage >= 0.9", "coverage(among=sex) <= 0.8"), errors)
    assert errors == []
    check_wishes(limits("coverage(among=sex) >= 0.9", "coverage(among=sex) <= 0.8"), errors)
    assert [error.code for error in errors] == ["limit-contradiction"]
    assert "coverage(among=sex) >= 0.9" in errors[0].found


def test_a_limit_that_every_file_keeps_is_refused_with_parameters_too():
    errors = []
    check_wishes(limits("accuracy(among=sex) >= 0"), errors)
    assert [error.code for error in errors] == ["limit-vacuous"]


def test_readings_carry_the_whole_name():
    assert find_gauge("auroc(positive=b)").measure(classes([0, 1, 1], [0.2, 0.4, 0.9])).gauge == "auroc(positive=b)"


def test_of_two_classes_either_is_ranked_alike_and_precision_is_not():
    trial = two_normals(np.random.default_rng(0), 400, apart=1.0, positives=0.2)
    one, other = (find_gauge(f"auroc(positive={name})").measure(trial) for name in "ab")
    assert one.value == pytest.approx(other.value, abs=1e-12) and one.low == pytest.approx(other.low, abs=1e-9)
    plain = find_gauge("average-precision").measure(trial)
    assert find_gauge("average-precision(positive=b)").measure(trial).value == plain.value
    assert find_gauge("average-precision(positive=a)").measure(trial).value > plain.value + 0.2


def test_f1_of_either_class_by_hand():
    # class a: 2 right, 1 missed, 1 false; class b: 1 right, 1 missed, 1 false
    trial = classes([0, 0, 0, 1, 1], [0.1, 0.1, 0.9, 0.1, 0.9])
    assert find_gauge("f1(positive=a)").measure(trial).value == pytest.approx(2 / 3)
    assert find_gauge("f1(positive=b)").measure(trial).value == find_gauge("f1").measure(trial).value == 0.5


@pytest.mark.parametrize("name", ["auroc", "average-precision", "f1"])
def test_a_class_that_the_task_does_not_have_is_refused_with_the_nearest(name):
    with pytest.raises(NotApplicable) as caught:
        find_gauge(f"{name}(positive=yess)").applies(sketch_of("binary"))
    assert "'yes'" in caught.value.do and "'yess'" in caught.value.reason


def test_a_made_gauge_with_a_number_and_questions_keeps_the_contract():
    check_gauge(Steadiness())
