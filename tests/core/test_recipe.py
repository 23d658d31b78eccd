"""A recipe is one value, however it is written."""

import pytest
from hypothesis import given, settings
from made_recipes import recipes

from trivet.core.errors import ManyErrors, TrivetError
from trivet.core.recipe import AUTO, DataSpec, Recipe, parse_recipe, parse_time
from trivet.core.toml_text import time_text

WHOLE = """
[data]
source = "claims.csv"
target = "fraud"
drop = ["id"]

[types]
zip = "category"

[limits]
auroc = ">= 0.92"
size = "<= 200 kB"
coverage = [">= 0.88", "<= 0.95"]

[build]
time = "5m"
seed = 3
steps = ["prepare-table", "fit-trees(leaves=31)"]
"""


def errors_of(text):
    with pytest.raises(TrivetError) as caught:
        parse_recipe(text, where="r.toml")
    return getattr(caught.value, "errors", (caught.value,))


@given(recipes)
@settings(max_examples=150, deadline=None)
def test_the_text_of_a_recipe_gives_the_same_recipe(recipe):
    assert parse_recipe(str(recipe)) == recipe


def test_a_whole_recipe_is_read():
    recipe = parse_recipe(WHOLE)
    assert recipe.data == DataSpec(source="claims.csv", target="fraud", drop=("id",), types={"zip": "category"})
    assert [str(limit) for limit in recipe.limits] == [
        "auroc >= 0.92", "size <= 200 kB", "coverage >= 0.88", "coverage <= 0.95",
    ]  # fmt: skip
    assert (recipe.seconds, recipe.seed, recipe.steps[1]) == (300.0, 3, "fit-trees(leaves=31)")


def test_what_is_left_out_has_a_default():
    recipe = parse_recipe('[data]\nsource = "a.csv"\ntarget = "y"\n')
    assert recipe == Recipe(data=DataSpec(source="a.csv", target="y"))
    assert (recipe.steps, recipe.seconds, recipe.seed) == (AUTO, 300.0, 0)


def test_all_mistakes_come_at_once_each_with_its_line():
    text = """[data]
source = "claims.csv"
traget = "fraud"
goal = "clasify"

[limits]
aurco = ">= 0.9"
size = "<= 200"
accuracy = 0.9

[types]
zip = "string"

[build]
time = "5 parsecs"
seed = "seven"
steps = ["fit-tres"]

[bild]
"""
    found = {(error.code, error.where.partition(",")[2].split(":")[0].strip()) for error in errors_of(text)}
    assert found == {
        ("recipe-field", "line 3"),  # an unknown field
        ("recipe-field", "line 1"),  # and so no target in [data]
        ("recipe-field", "line 4"),
        ("unknown-gauge", "line 7"),
        ("limit-unit", "line 8"),
        ("limit-form", "line 9"),
        ("recipe-field", "line 12"),
        ("limit-unit", "line 15"),
        ("recipe-field", "line 16"),
        ("unknown-pass", "line 17"),
        ("recipe-field", "line 19"),
    }


def test_several_mistakes_are_one_error_with_all_the_lines():
    with pytest.raises(ManyErrors) as caught:
        parse_recipe("[data]\nsource = 1\ntarget = 2\n", where="r.toml")
    assert "r.toml, line 2:   source = 1" in str(caught.value)
    assert "r.toml, line 3:   target = 2" in str(caught.value)


def test_an_unknown_field_is_answered_with_the_nearest():
    (first, _) = errors_of('[data]\nsource = "a"\ntraget = "y"\n')
    assert "did you mean 'target'" in first.wanted


@pytest.mark.parametrize("text", ["[data", 'x = "', "= 3"])
def test_broken_toml_is_ours_to_report(text):
    (error,) = errors_of(text)
    assert error.code == "recipe-toml" and error.where == "r.toml"


@pytest.mark.parametrize("text", ["data = 3", "limits = [1]", "types = 1", "build = 2"])
def test_a_section_must_be_a_table(text):
    assert "recipe-field" in {error.code for error in errors_of(text)}


def test_a_negative_seed_is_refused():
    (error,) = errors_of('[data]\nsource = "a"\ntarget = "y"\n[build]\nseed = -1\n')
    assert error.code == "recipe-field" and error.where == "r.toml, line 5:   seed = -1"


def test_true_is_not_a_number():
    (error,) = errors_of('[data]\nsource = "a"\ntarget = "y"\n[build]\nseed = true\n')
    assert error.code == "recipe-field" and "whole number" in error.wanted


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("90 s", 90), ("90", 90), (7, 7), (0.5, 0.5), ("2h", 7200), ("1.5 min", 90), ("500 ms", 0.5)],
)
def test_times_are_read_in_the_units_people_write(text, seconds):
    assert parse_time(text) == seconds


@pytest.mark.parametrize("text", ["0", "-5", "1e9", 0, -1, "soon", "5 kB", ""])
def test_times_that_are_none_are_refused_with_an_example(text):
    with pytest.raises(TrivetError) as caught:
        parse_time(text)
    assert "5m" in str(caught.value)


@pytest.mark.parametrize(("seconds", "text"), [(300, "5m"), (7200, "2h"), (90, "90 s"), (0.25, "0.25 s")])
def test_times_are_written_as_people_do(seconds, text):
    assert time_text(seconds) == text
