"""One table, many sources: all give the same rows."""

import datetime as dt
import json
import time

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest

from trivet.core.errors import BadData, BadUse
from trivet.data.schema.table_schema import infer, to_rows
from trivet.data.sources.reading import read

N = 60
COLUMNS = {
    "age": [20 + i % 40 for i in range(N)],
    "income": [None if i % 7 == 0 else 1000.5 + i for i in range(N)],
    "job": [None if i % 11 == 0 else ("clerk", "cook, chief", 'say "hi"', "Ärztin")[i % 4] for i in range(N)],
    "member": [i % 3 == 0 for i in range(N)],
    "since": [dt.date(2020, 1, 1) + dt.timedelta(days=i) for i in range(N)],
    "answer": ["low" if i % 5 else "high" for i in range(N)],
}


def csv_text(delimiter=","):
    quote = lambda cell: "" if cell is None else '"' + str(cell).replace('"', '""') + '"'  # noqa: E731
    lines = [delimiter.join(COLUMNS), *(delimiter.join(map(quote, row)) for row in zip(*COLUMNS.values()))]
    return "\n".join(lines) + "\n"


def json_rows():
    rows = [dict(zip(COLUMNS, row)) for row in zip(*COLUMNS.values())]
    return [{**row, "since": row["since"].isoformat()} for row in rows]


def as_csv(folder):
    (folder / "t.csv").write_text(csv_text())
    return folder / "t.csv"


def as_semicolons(folder):
    (folder / "t.txt").write_text(csv_text(";"))
    return str(folder / "t.txt")


def as_tabs(folder):
    (folder / "t.tsv").write_text(csv_text("\t"))
    return folder / "t.tsv"


def as_parquet(folder):
    pa.parquet.write_table(pa.table(COLUMNS), folder / "t.parquet")
    return folder / "t.parquet"


def as_parquet_of_pandas(folder):
    pd.DataFrame(COLUMNS).iloc[::-1].iloc[::-1].to_parquet(folder / "t.parquet", index=True)
    return folder / "t.parquet"


def as_arrow(folder):
    with pa.ipc.new_stream(folder / "t.arrow", pa.table(COLUMNS).schema) as stream:
        stream.write_table(pa.table(COLUMNS), max_chunksize=7)
    return folder / "t.arrow"


def as_feather(folder):
    pa.feather.write_feather(pa.table(COLUMNS), folder / "t.feather")
    return folder / "t.feather"


def as_json_lines(folder):
    (folder / "t.jsonl").write_text("\n".join(map(json.dumps, json_rows())))
    return folder / "t.jsonl"


def as_json(folder):
    (folder / "t.json").write_text(json.dumps(json_rows(), ensure_ascii=False))
    return folder / "t.json"


def as_sql_on_csv(folder):
    return f"SELECT * FROM '{as_csv(folder)}'"


def as_sql_on_parquet(folder):
    return f"-- all of it\nwith t as (select * from '{as_parquet(folder)}') select * from t"


def as_pattern(folder):
    lines = csv_text().splitlines(keepends=True)
    (folder / "part-1.csv").write_text("".join(lines[:20]))
    (folder / "part-2.csv").write_text(lines[0] + "".join(lines[20:]))
    return str(folder / "part-*.csv")


SOURCES = [
    as_semicolons, as_tabs, as_parquet, as_parquet_of_pandas, as_arrow, as_feather, as_json_lines, as_json,
    as_sql_on_csv, as_sql_on_parquet, as_pattern,
    lambda folder: pd.DataFrame(COLUMNS),
    lambda folder: pd.DataFrame(COLUMNS).astype({"since": "datetime64[ns]", "job": "category", "age": "Int16"}),
    lambda folder: pd.DataFrame(COLUMNS).set_index(np.arange(N) * 3),
    lambda folder: pl.DataFrame(COLUMNS),
    lambda folder: pa.table(COLUMNS),
    lambda folder: COLUMNS,
    lambda folder: [dict(zip(COLUMNS, row)) for row in zip(*COLUMNS.values())],
    lambda folder: pd.DataFrame(COLUMNS).to_dict("records"),
    lambda folder: pd.DataFrame(COLUMNS).to_dict("series"),
]  # fmt: skip


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.__name__)
def test_every_source_gives_the_rows_of_the_csv(source, tmp_path):
    want = read(as_csv(tmp_path))
    found = read(source(tmp_path))
    schema = infer(want, target="answer")
    assert infer(found, target="answer") == schema
    assert [(f.name, f.type) for f in schema.fields] == [
        ("age", "number"), ("income", "number"), ("job", "category"), ("member", "boolean"), ("since", "date"),
    ]  # fmt: skip
    assert to_rows(found, schema)[0].digest == to_rows(want, schema)[0].digest


@pytest.mark.parametrize("source", SOURCES, ids=lambda s: s.__name__)
def test_columns_for_prediction_are_those_that_the_rows_give(source, tmp_path):
    raw = read(source(tmp_path))
    rows, _ = to_rows(raw, infer(raw, target="answer"))
    given = raw.columns_for([*rows.words, "absent"])
    assert given == {name: rows.raw()[name] for name in rows.words}


def test_the_digest_is_of_the_content_alone(tmp_path):
    one = read(as_csv(tmp_path))
    (tmp_path / "other.csv").write_text(csv_text().replace("\n", "\r\n"))
    assert read(tmp_path / "other.csv").digest == one.digest
    (tmp_path / "other.csv").write_text(csv_text().replace("clerk", "clark"))
    assert read(tmp_path / "other.csv").digest != one.digest


def test_a_missing_and_an_empty_text_cell_are_one():
    assert read({"a": ["x", "", None, " "]}).digest == read({"a": ["x", None, "", None]}).digest


def test_a_limit_reads_the_first_rows(tmp_path):
    for source in (as_csv(tmp_path), as_parquet(tmp_path), as_json_lines(tmp_path), as_json(tmp_path), COLUMNS):
        raw = read(source, limit_rows=3)
        assert raw.n_rows == 3
        assert raw.columns_for(["answer"]) == {"answer": ["high", "low", "low"]}


def test_a_file_without_header_calls_its_columns_by_number(tmp_path):
    (tmp_path / "t.csv").write_text("5.1, 3, a\n4.9, 2, b\n")
    raw = read(tmp_path / "t.csv", header=False)
    assert raw.names == ("c1", "c2", "c3")
    assert raw.columns_for(["c3"]) == {"c3": ["a", "b"]}


def test_a_folder_of_texts_gives_text_and_label(tmp_path):
    for label, text in (("ham", "see you at noon"), ("spam", "win\nnow"), ("ham", "later")):
        (tmp_path / label).mkdir(exist_ok=True)
        (tmp_path / label / f"{len(text)}.txt").write_text(text)
    raw = read(tmp_path)
    assert raw.columns_for(raw.names) == {
        "text": ["see you at noon", "later", "win\nnow"],
        "label": ["ham", "ham", "spam"],
    }


def test_sql_joins_and_filters_local_files(tmp_path):
    text = f"SELECT job, avg(age) AS age FROM '{as_parquet(tmp_path)}' WHERE job = 'clerk' GROUP BY job"
    raw = read(text)
    assert raw.n_rows == 1
    assert raw.names == ("job", "age")


def test_sql_cannot_reach_the_network_nor_python():
    secret = pd.DataFrame({"a": [1]})
    for text in (
        "SELECT * FROM 'https://example.org/a.csv'",
        "SELECT * FROM secret",
        "SELECT * FROM 's3://b/a.parquet'",
    ):
        with pytest.raises(BadData) as error:
            read(text)
        assert error.value.code == "source-sql"
    assert len(secret) == 1


@pytest.mark.parametrize(
    "text",
    [
        "COPY (SELECT 1) TO 'stolen.csv'",
        "SELECT 1; DROP TABLE x",
        "INSTALL httpfs",
        "SET threads = 8",
        "CREATE TABLE t AS SELECT 1",
        "ATTACH 'x.db' AS x",
        "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
    ],
)
def test_sql_that_is_no_single_select_is_refused_before_it_runs(text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadUse) as error:
        read(text)
    assert error.value.code == "sql-not-select"
    assert list(tmp_path.iterdir()) == []


def test_parts_of_a_pattern_may_order_and_type_their_columns_differently(tmp_path):
    pa.parquet.write_table(pa.table({"a": [1, 2], "b": ["x", "y"]}), tmp_path / "1.parquet")
    pa.parquet.write_table(pa.table({"b": ["z"], "a": ["3"]}), tmp_path / "2.parquet")
    raw = read(str(tmp_path / "*.parquet"))
    assert raw.columns_for(["a", "b"]) == {"a": ["1", "2", "3"], "b": ["x", "y", "z"]}


def test_a_pandas_index_is_no_column(tmp_path):
    frame = pd.DataFrame({"a": [1, 2]}, index=pd.Index(["r1", "r2"], name="row"))
    assert read(frame).names == ("a",)
    frame.to_parquet(tmp_path / "t.parquet")
    assert read(tmp_path / "t.parquet").names == ("a",)


def test_python_values_keep_what_they_say():
    day = dt.datetime(2020, 1, 1, 2, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    raw = read(
        {
            "masked": np.ma.array([1, 2], mask=[False, True]),
            "huge": [10**5000, 1],
            "mixed": [True, -5],
            "zoned": [day, None],
            "numpy": [np.float32(1.5), np.int8(2)],
            "pandas": [pd.NA, 3],
        }
    )
    assert raw.columns_for(raw.names) == {
        "masked": [1, None],
        "huge": ["1" + "0" * 5000, "1"],
        "mixed": ["true", "-5"],
        "zoned": ["2020-01-01", None],
        "numpy": [1.5, 2],
        "pandas": [None, 3],
    }


@pytest.mark.slow
def test_a_table_of_30000_rows_and_25_columns_is_read_in_a_second(tmp_path):
    numbers = np.random.default_rng(0).integers(0, 20_000, (30_000, 25))
    path = tmp_path / "t.csv"
    path.write_text(
        "\n".join([",".join(f"x{i}" for i in range(25)), *(",".join(map(str, row)) for row in numbers.tolist())])
    )
    began = time.process_time()
    raw = read(path)
    to_rows(raw, infer(raw, target="last"))
    assert time.process_time() - began < 1.0  # measured: 0.5 s
