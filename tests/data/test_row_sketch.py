"""A sketch of rows says which share of others was among them: exact on average, the same for every source and order."""

import numpy as np
import pytest
from made_tables import table

from trivet.core.task import Field
from trivet.data.schema.table_schema import Schema, to_rows
from trivet.data.sources.reading import read
from trivet.data.split.row_sketch import kept_hashes, row_hashes, row_sketch, sample_of


def numbers(n_rows, seed):
    rng = np.random.default_rng(seed)
    return table({"a": rng.normal(size=n_rows), "b": rng.normal(size=n_rows)}, rng.integers(0, 2, n_rows))[0]


@pytest.mark.parametrize("n_rows", [500, 5_000, 50_000])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_05_4_the_share_of_known_rows_is_exact_on_average(n_rows, share):
    found = []
    for seed in range(12):
        build, others = numbers(n_rows, seed), numbers(n_rows, 1000 + seed)
        sketch, half = row_sketch(build), n_rows // 2
        hashes = [row_hashes(build)[: round(share * half)], row_hashes(others)[round(share * half) : half]]
        seen = sample_of(sketch, np.concatenate(hashes))
        found.append(seen.known / seen.rows)
    # About 128 sampled rows a time, 12 times: 4 standard errors of their mean are 4 * sqrt(share * (1 - share) / 1536).
    assert abs(np.mean(found) - share) <= 4 * np.sqrt(share * (1 - share) / 1536) + 1e-12


def test_05_4_order_and_parts_do_not_matter():
    rows = numbers(3_000, 0)
    turned = rows.take(np.random.default_rng(1).permutation(3_000))
    parts = [turned.take(np.arange(start, start + 1_000)) for start in (0, 1_000, 2_000)]
    assert row_sketch(rows) == row_sketch(turned) == row_sketch(*parts)


def test_05_4_a_sketch_is_small_and_of_the_smallest_hashes():
    rows = numbers(3_000, 0)
    sketch = row_sketch(rows)
    assert (sketch["k"], sketch["rows"], sketch["distinct"], sketch["natural"]) == (256, 3_000, 3_000, 0.0)
    assert len(sketch["hashes"]) == 2048
    assert kept_hashes(sketch).tolist() == np.sort(row_hashes(rows))[:256].tolist()


def test_05_4_csv_parquet_and_pandas_give_the_same_hashes(tmp_path):
    pandas, _ = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    rng = np.random.default_rng(0)
    frame = pandas.DataFrame(
        {
            "amount": rng.normal(size=300),
            "count": rng.integers(0, 9, 300),
            "day": pandas.Timestamp("2024-02-29 12:34:56") + pandas.to_timedelta(rng.integers(0, 99, 300), unit="h"),
            "is_new": rng.random(300) < 0.5,
            "town": rng.choice(["Köln", "Aix, Sud", ""], 300),
            "y": rng.choice(["no", "yes"], 300),
        }
    )
    frame.loc[3, "amount"] = np.nan
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "t.parquet")
    types = {"amount": "number", "count": "number", "day": "date", "is_new": "boolean", "town": "category"}
    schema = Schema(
        fields=tuple(Field(name=name, type=kind) for name, kind in types.items()),
        answer=Field(name="y", type="category"), goal="classify",
        about={"link": "sigmoid", "n_scores": 1, "details": {"classes": ["no", "yes"]}}, roles={"group": "town"},
    )  # fmt: skip
    frame["town"] = frame["town"].replace("", None)
    sources = (frame, str(tmp_path / "t.csv"), str(tmp_path / "t.parquet"))
    made = [row_sketch(to_rows(read(source), schema)[0]) for source in sources]
    assert made[0] == made[1] == made[2] and made[0]["groups"]["distinct"] == 2


@pytest.mark.parametrize("k", [1, 8, 256])
def test_05_4_all_rows_are_looked_up_when_the_build_had_few(k):
    rows = numbers(200, 0)
    assert sample_of(row_sketch(rows, k=k), row_hashes(rows)).is_all == (k >= 200)


def test_05_4_copies_count_as_one_and_tell_what_repeats_by_nature():
    rows, _ = table({"a": [1, 1, 1, 2, 2, 3, 4, 5]}, [0, 1] * 4)
    sketch = row_sketch(rows)
    assert (sketch["rows"], sketch["distinct"], sketch["natural"]) == (8, 5, 1 - 3 / 8)  # 3, 4 and 5 occur once
    seen = sample_of(sketch, row_hashes(rows.take(np.array([0, 0, 0, 0, 3]))))
    assert (seen.rows, seen.known) == (5, 5) and seen.effective == pytest.approx(25 / 17)


def test_05_4_groups_are_sketched_beside_rows():
    rows, _ = table({"a": np.arange(40)}, [0, 1] * 20, group=np.repeat([7, 8, 9, 10], 10))
    assert row_sketch(rows)["groups"]["distinct"] == 4
    assert "groups" not in row_sketch(numbers(40, 0))


@pytest.mark.parametrize("hashes", ["", "AAAA", "?", 7, None])
def test_05_4_what_is_no_sketch_is_refused(hashes):
    with pytest.raises((ValueError, TypeError)):
        kept_hashes({"hashes": hashes})
