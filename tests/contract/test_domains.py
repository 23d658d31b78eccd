"""Every registered domain keeps the contract: its sample compiles, its routes fit together, its page can be made."""

import pytest

from trivet.cli.catalogue import page_of
from trivet.core.passes import Size
from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import domain_for, find_domain, homes, parse_limit, parse_step
from trivet.core.task import Task
from trivet.data.intake import first_look
from trivet.engine.compile import compile_recipe
from trivet.engine.outcome import Certified
from trivet.engine.routes import routes_for, sketch_of
from trivet.runtime.file.container import decode
from trivet.ship.report import render

DOMAINS = list(homes("domain"))


def sample_recipe(name: str, **more) -> tuple[Recipe, list[dict[str, object]]]:
    rows, target = find_domain(name).sample()
    return Recipe(data=DataSpec(source="", target=target), seconds=5.0, **more), rows


def sample_task(name: str) -> Task:
    recipe, rows = sample_recipe(name)
    return first_look(recipe, rows).task


@pytest.mark.parametrize("name", DOMAINS)
def test_the_domain_recognises_its_own_sample(name):
    assert domain_for(sample_task(name).inputs) == name


@pytest.mark.parametrize("name", DOMAINS)
def test_every_route_fits_together_and_varies_only_its_own_passes(name):
    task = sample_task(name)
    routes, _ = routes_for(task, Size(rows=1000, columns=len(task.inputs), scores=task.n_scores))
    assert any(route.is_starter for route in routes)
    assert len({route.name for route in routes}) == len(routes)
    for route in routes:
        assert "body" in sketch_of(route, task).kinds
        assert set(route.vary) <= {parse_step(step).name for step in route.steps}


@pytest.mark.slow
@pytest.mark.parametrize("name", DOMAINS)
def test_the_sample_compiles_to_a_certified_file_with_a_report(name, tmp_path):
    recipe, rows = sample_recipe(name, limits=(parse_limit("coverage >= 0.5"), parse_limit("size <= 1 MB")))
    outcome = compile_recipe(recipe, rows, store=tmp_path, threads=2)
    assert isinstance(outcome, Certified)
    assert outcome.is_proven
    contents = decode(outcome.data)
    page = render(contents.manifest, contents.evidence, digest=contents.digest, size_bytes=len(outcome.data))
    assert "coverage" in page


@pytest.mark.parametrize("name", DOMAINS)
def test_the_domain_has_a_page(name):
    assert page_of("domain", name).startswith(f"# {name}\n")
