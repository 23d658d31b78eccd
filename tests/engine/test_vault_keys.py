"""A vault is known again by what other sets of columns leave of it, and unrelated tables are strangers."""

import numpy as np
import pytest

from trivet.core.recipe import DataSpec, Recipe
from trivet.data.intake import take_in
from trivet.engine.vault_keys import pair_keys, vault_keys
from trivet.storage.disk import Storage
from trivet.storage.register import Register

SIZE = 900


def table(seed: int = 0) -> dict[str, list]:
    """Four measures, an age in years, a word, and a number for each row."""
    rng = np.random.default_rng(seed)
    measures = rng.normal(size=(4, SIZE)).round(2)
    late = measures[0] + rng.normal(size=SIZE) > 0
    return {
        "number": list(range(1, SIZE + 1)),
        **{f"measure {at}": one.tolist() for at, one in enumerate(measures)},
        "age": rng.integers(18, 90, SIZE).tolist(),
        "ward": rng.choice(["north", "south"], SIZE).tolist(),
        "late": np.where(late, "yes", "no").tolist(),
    }


def keys(rows: dict[str, list], **spec):
    return vault_keys(take_in(Recipe(data=DataSpec(source="", target="late", **spec)), rows).vault, "late", None)


def numbers(folder, *tables) -> list[int]:
    """The number of a build on each of these vaults, one after the other."""
    register = Register(folder, Storage())
    return [register.enter(one, f"build {at}", "c", finalist=0).look.build for at, one in enumerate(tables)]


@pytest.mark.parametrize("drop", [("ward",), ("age", "number"), ("measure 0", "measure 3", "ward"), ("measure 1",)])
def test_leaving_columns_out_is_no_fresh_vault(drop, tmp_path):
    whole, rest = keys(table()), keys(table(), drop=drop)
    assert len(np.intersect1d(whole.rows, rest.rows)) == 0  # another vault, by what its rows hold
    assert numbers(tmp_path, whole, rest) == [1, 2]


def test_neither_is_a_new_or_a_rounded_column(tmp_path):
    made = table()
    more = {"made": (np.array(made["measure 0"]) ** 2).tolist(), **made}
    rounded = {**made, "measure 2": np.array(made["measure 2"]).round(1).tolist()}
    assert numbers(tmp_path, keys(made), keys(more), keys(rounded)) == [1, 2, 3]


def test_tables_of_the_same_form_are_strangers(tmp_path):
    """Equal names, ranges, wards and row numbers, of other people."""
    assert numbers(tmp_path, keys(table(0)), keys(table(1)), keys(table(2))) == [1, 1, 1]


def test_a_column_that_only_numbers_the_rows_gives_no_key():
    rows = take_in(Recipe(data=DataSpec(source="", target="late")), {
        name: table()[name] for name in ("number", "age", "ward", "late")
    }).vault  # fmt: skip
    assert len(pair_keys(rows)) == 0
