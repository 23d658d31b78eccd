"""The text form of a step: parsed by grammar, never evaluated, and the same both ways."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trivet.core.errors import BadRecipe, BadUse
from trivet.core.registry import find, homes, parse_step
from trivet.core.text_form import doc_fields, instance_from, kebab, split_call, text_of
from trivet.core.value import value


@value
class Sample:
    count: int = 3
    rate: float = 0.5
    is_on: bool = False
    name: str = "plain"


samples = st.builds(
    Sample, count=st.integers(), rate=st.floats(allow_nan=False, allow_infinity=False), is_on=st.booleans(),
    name=st.text(max_size=20),
)  # fmt: skip


@given(samples)
def test_every_step_reads_back_from_its_text(sample):
    name, arguments = split_call(text_of("sample", sample))
    assert name == "sample"
    assert instance_from(Sample, arguments, text="") == sample


def test_parameters_at_their_default_are_left_out():
    assert text_of("sample", Sample()) == "sample"
    assert text_of("sample", Sample(rate=0.1)) == "sample(rate=0.1)"


@pytest.mark.parametrize("name", homes("pass"))
def test_every_registered_pass_reads_back_from_its_text(name):
    made = find("pass", name)()
    assert parse_step(str(made)) == made
    for field, reach in made.ranges().items():
        for choice in reach.among or ((int(reach.low), int(reach.high)) if reach.whole else (reach.low, reach.high)):
            varied = dataclasses.replace(made, **{field: choice})
            assert parse_step(str(varied)) == varied


@pytest.mark.parametrize(
    "text",
    [
        "", "Fit", "fit trees", "fit-trees(", "fit-trees)", "fit-trees(leaves)", "fit-trees(leaves=)",
        "fit-trees(leaves=3, leaves=4)", "fit-trees(leaves=3) x", "fit-trees(leaves=many)", "fit-trees(leaves=3.5)",
        "fit-trees(leafs=3)", '__import__("os")',
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_text_itself(text):
    with pytest.raises(BadRecipe, match="bad-step") as caught:
        parse_step(text)
    assert caught.value.found == repr(text)


def test_code_in_a_step_is_text():
    with pytest.raises(BadUse, match="unknown-pass"):
        parse_step("eval(x=\"__import__('os').getcwd()\")")


def test_class_names_become_recipe_names():
    assert [kebab(name) for name in ("FitTrees", "F1", "R2", "P99Latency")] == ["fit-trees", "f1", "r2", "p99-latency"]


def test_labelled_sentences_of_a_docstring_are_found():
    doc = "One line.\n\nHelps: AUROC.  Costs: size, and\nlatency.  Source: Ke et al. 2017."
    assert doc_fields(doc, ("Helps", "Costs", "Needs", "Source")) == {
        "Helps": "AUROC.",
        "Costs": "size, and latency.",
        "Source": "Ke et al. 2017.",
    }
