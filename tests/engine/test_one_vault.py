"""A table has one vault, however it is written down, ordered or grown, and its register forgets nothing."""

import json
import shutil

import numpy as np
import pytest

from trivet.core.recipe import DataSpec, Recipe
from trivet.core.registry import parse_limit
from trivet.data.intake import first_look
from trivet.data.split.splits import split
from trivet.engine.compile import compile_recipe
from trivet.engine.openings import vault_facts
from trivet.storage.disk import Storage
from trivet.storage.register import Register, state_folder

pd = pytest.importorskip("pandas")
pytest.importorskip("pyarrow")

N = 900


def made(n: int = N) -> dict[str, list]:
    """Numbers, whole numbers with gaps, words, days and yes or no, as people have them."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    word = rng.choice(["north", "south", "west, upper"], n).tolist()
    days = (np.datetime64("2024-01-01") + rng.integers(0, 700, n)).astype(str).tolist()
    visits = [None if one < 0.1 else int(40 * one) for one in rng.random(n)]
    keeps = rng.random(n) < 0.3
    y = np.where(x + 0.5 * keeps + rng.normal(size=n) > 0, "stays", "leaves").tolist()
    return {"x": x.tolist(), "visits": visits, "ward": word, "day": days, "keeps": keeps.tolist(), "y": y}


def frame_of(columns: dict[str, list]):
    frame = pd.DataFrame(columns)
    return frame.astype({"visits": "Int64"})


def written(kind: str, columns: dict[str, list], folder) -> str:
    """The table in a file of this kind; its path."""
    path, frame = folder / f"table.{kind}", frame_of(columns)
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        frame.to_parquet(path)
    else:
        rows = (dict(zip(columns, cells)) for cells in zip(*columns.values()))
        path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def certifying(source, **more) -> set[float]:
    """The x of the vault's rows, by which each row is known."""
    recipe = Recipe(data=DataSpec(source=source if isinstance(source, str) else "", target="y"), **more)
    seen = first_look(recipe, None if isinstance(source, str) else source)
    return set(split(seen.rows, seen.task, seed=recipe.seed)[1].columns["x"].tolist())


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_whatever_the_format_the_same_rows_certify(kind, tmp_path):
    there = certifying(made())
    assert 0.2 * N < len(there) < 0.4 * N
    assert certifying(written(kind, made(), tmp_path), seed=7) == there


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_in_another_order_with_later_rows_and_in_another_format_old_rows_keep_their_side(kind, tmp_path):
    columns = made()
    order = np.random.default_rng(1).permutation(N)
    old = {name: cells[:700] for name, cells in columns.items()}
    grown = {name: [cells[at] for at in order] for name, cells in columns.items()}
    before, after = certifying(old), certifying(written(kind, grown, tmp_path), seed=3)
    assert before == after & set(old["x"])


def test_the_register_knows_a_vault_whatever_its_format(tmp_path):
    register = Register(state_folder(), Storage())
    facts = [
        vault_facts(Recipe(data=DataSpec(source=written(kind, made(), tmp_path), target="y")), register)
        for kind in ("csv", "jsonl", "parquet")
    ]
    assert len({(one.vault, one.digest) for one in facts}) == 1


@pytest.mark.slow
def test_a_deleted_build_folder_changes_nothing(tmp_path):
    def built(seed: int = 0):
        steps = ("prepare-table", "fit-linear", "fit-temperature")
        recipe = Recipe(
            data=DataSpec(source="", target="y"), limits=(parse_limit("auroc >= 0.6"),), steps=steps, seed=seed
        )
        ended = compile_recipe(recipe, made(), store=tmp_path / "store", best_effort=True)
        shutil.rmtree(tmp_path / "store")
        return ended

    first, again, other, last = built(), built(), built(seed=1), built()
    assert first.body_digest == again.body_digest == last.body_digest
    assert [one.look.build for one in (first, again, other, last)] == [1, 1, 2, 1]
    assert [one.judged[0].reading for one in (again, last)] == [first.judged[0].reading] * 2
    assert other.judged[0].reading.sure > first.judged[0].reading.sure
