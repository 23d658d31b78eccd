"""Routes come from passes, are whole at both ends, and stand in an order that is easy to say."""

from dataclasses import replace

import pytest

from trivet.core.errors import BadUse, Refused
from trivet.core.passes import Size
from trivet.core.registry import parse_step
from trivet.core.routes import Route
from trivet.core.task import Field, Task
from trivet.engine import routes as collecting
from trivet.engine.routes import routes_for, sketch_of, whole_routes
from trivet.passes.fit.fit_linear import FitLinear
from trivet.passes.fit.fit_trees import FitTrees
from trivet.passes.prepare.prepare_table import PrepareTable
from trivet.testing.samples import QUESTIONS, tiny_task

SIZE = Size(rows=1000, columns=6, scores=1)


def numbers_only(question: str) -> Task:
    task = tiny_task(question)
    return replace(task, inputs=tuple(field for field in task.inputs if field.type != "text"))


def texts(n: int) -> Task:
    fields = tuple(Field(name=f"note{at}", type="text") for at in range(n))
    return replace(tiny_task("binary"), inputs=fields, modality="text")


TASKS = {
    **{question: numbers_only(question) for question in QUESTIONS},
    **{f"{question}-with-a-text": tiny_task(question) for question in QUESTIONS},
    "one-text": texts(1),
    "two-texts": texts(2),
}
ROUTES = [(name, route) for name, task in TASKS.items() for route in routes_for(task, SIZE)[0]]


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=[f"{name}-{route.name}" for name, route in ROUTES])
def test_every_route_is_whole_and_varies_what_has_ranges(name, route):
    sketch = sketch_of(route, TASKS[name])
    assert {"reader", "body", "decoder"} <= set(sketch.kinds)
    assert ("scale" in sketch.kinds) == (TASKS[name].link != "identity")
    assert set(route.vary) <= {parse_step(step).name for step in route.steps}
    assert all(parse_step(step).ranges() for step in route.steps if parse_step(step).name in route.vary)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_names_are_different_and_starters_come_first(task):
    found, _ = routes_for(task, SIZE)
    flags = [route.is_starter for route in found]
    assert len({route.name for route in found}) == len(found)
    assert flags[0] and flags == sorted(flags, reverse=True)


def test_quick_learners_come_before_the_vote_and_what_is_made_of_it():
    found, _ = routes_for(TASKS["regression"], Size(rows=12_500, columns=14, scores=1))
    assert [route.name for route in found if route.is_starter] == [
        "linear", "trees", "net", "glass-box", "extra-trees", "vote", "bags", "taught-trees", "pruned-trees",
        "quantile-trees",
    ]  # fmt: skip
    assert [route.name for route in routes_for(TASKS["one-text"], SIZE)[0]] == [
        "letters", "words", "long-letters", "few-letters",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name", ["binary-with-a-text", "multiclass-with-a-text", "regression-with-a-text", "two-texts"]
)
def test_starters_read_every_text_and_a_search_tries_without(name):
    task = TASKS[name]
    wanted = {field.name for field in task.inputs if field.type == "text"}
    for route in routes_for(task, SIZE)[0]:
        read = {text for step in route.steps for text in parse_step(step).texts_read(task)}
        assert read == (set() if route.name.endswith("-without-texts") else wanted), route.name
        assert not (route.is_starter and route.name.endswith("-without-texts"))


def test_one_route_name_offered_twice_names_both(monkeypatch):
    twin = Route(name="trees", steps=("fit-linear",))
    monkeypatch.setattr(FitLinear, "offers", classmethod(lambda cls, task, size: (twin,)))
    with pytest.raises(BadUse, match="name-clash") as caught:
        routes_for(TASKS["binary"], SIZE)
    assert "pass fit-linear" in caught.value.found and "pass fit-trees" in caught.value.found


def test_a_line_that_is_whole_already_gets_no_second_beginning_or_end():
    task = TASKS["binary"]
    own = Route(name="own", steps=("prepare-table(rare=30)", "fit-linear", "fit-temperature(bias=true)"))
    before = collecting.beginnings(task, [PrepareTable])
    after = [Route(name="temperature", steps=("fit-temperature",))]
    assert whole_routes(own, task, before, after) == (own,)


def test_a_route_that_cannot_be_says_why():
    before = collecting.beginnings(TASKS["binary"], [PrepareTable, FitTrees])
    with pytest.raises(Refused, match="guard-sets"):
        whole_routes(Route(name="odd", steps=("fit-trees(coverage=0.9)",)), TASKS["binary"], before, [])
