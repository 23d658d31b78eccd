"""`--accept`: findings that a strict build lets stand, by flag and by recipe."""

import json

import pytest

from trivet.core.recipe import parse_recipe

pytestmark = pytest.mark.slow  # whole builds


def accept_of(trivet, *words):
    plan = trivet("compile", *words, "--dry-run", "--json")
    assert plan.code == 0, plan.out
    return parse_recipe(plan.json["recipe"]).accept


def test_05_13_accept_is_repeated_or_separated_by_commas(workplace, trivet):
    words = ["--accept", "rare-class, missing-values(a)", "--accept", "rare-class", "--accept", "id-column"]
    accepted = accept_of(trivet, str(workplace.table), "--target", "y", *words)
    assert accepted == ("rare-class", "missing-values(a)", "id-column")


def test_05_13_flags_add_to_what_the_recipe_accepts(workplace, trivet, tmp_path):
    recipe = tmp_path / "r.toml"
    source = json.dumps(str(workplace.table))
    recipe.write_text(f'[data]\nsource = {source}\ntarget = "y"\n[build]\naccept = ["rare-class"]\n', encoding="utf-8")
    assert accept_of(trivet, str(recipe), "--accept", "id-column") == ("rare-class", "id-column")


def test_05_13_an_unknown_code_ends_with_2_and_the_nearest(workplace, trivet):
    ended = trivet("compile", str(workplace.table), "--target", "y", "--accept", "rare-clas", "--dry-run")
    assert ended.code == 2
    assert "error[unknown-finding]" in ended.err and "'rare-class'" in ended.err


def test_05_13_a_strict_build_ends_with_2_and_says_what_to_paste(workplace, trivet, tmp_path):
    table = tmp_path / "id.csv"
    head, *rows = workplace.table.read_text(encoding="utf-8").splitlines()
    numbered = [f"id,{head}", *(f"{at},{row}" for at, row in enumerate(rows))]
    table.write_text("\n".join(numbered), encoding="utf-8")
    words = [str(table), "--target", "y", "--strict", "--out", str(tmp_path / "id.trivet"), "--quiet"]
    ended = trivet("compile", *words)
    assert ended.code == 2
    assert 'accept = ["id-column(id)"]' in ended.err and "--accept 'id-column(id)'" in ended.err
    assert not (tmp_path / "id.trivet").exists()
