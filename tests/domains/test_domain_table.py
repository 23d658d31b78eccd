import pytest

from trivet.core.domains import Route
from trivet.core.registry import find_domain, parse_step
from trivet.core.task import Field
from trivet.testing.samples import QUESTIONS, sketch_after, tiny_task, tiny_work

TABLE = find_domain("table")
ROUTES = [(question, route) for question in QUESTIONS for route in TABLE.routes(tiny_task(question), 1000)]


@pytest.mark.parametrize(("question", "route"), ROUTES, ids=[f"{q}-{r.name}" for q, r in ROUTES])
def test_every_route_ends_in_a_servable_candidate(question: str, route: Route):
    sketch = sketch_after(route.steps, tiny_work(question).sketch)
    assert sketch is not None
    assert not any(kind in sketch.kinds["body"] for kind in ("lightgbm", "ebm", "sklearn"))


@pytest.mark.parametrize(("question", "route"), ROUTES, ids=[f"{q}-{r.name}" for q, r in ROUTES])
def test_what_varies_is_in_the_route_and_has_ranges(question: str, route: Route):
    names = {step.partition("(")[0] for step in route.steps}
    assert set(route.vary) <= names
    assert all(parse_step(name).ranges() for name in route.vary)


def test_takes_tables_and_leaves_pure_texts_alone():
    note, age = Field(name="note", type="text"), Field(name="age", type="number")
    assert TABLE.recognises([note, age]) == 1 and TABLE.recognises([note]) == 0


def test_the_sample_is_the_same_every_time_and_has_every_difficulty():
    rows, target = TABLE.sample()
    assert (rows, target) == TABLE.sample() and len(rows) == 200
    assert {row[target] for row in rows} == {"yes", "no"} and any(row["income"] is None for row in rows)
