"""Whatever lies in a file: a table, or an error of ours that says where and what to do.  Never another's traceback."""

import json
import os
import random
import struct

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from trivet.core.errors import BadData, BadUse, TrivetError
from trivet.data.schema.table_schema import infer, to_rows
from trivet.data.sources.reading import read


def written(folder, content, name="t.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def refusal(source, **how):
    """The error that the source gives."""
    with pytest.raises(TrivetError) as error:
        read(source, **how)
    assert isinstance(error.value, (BadData, BadUse))
    return error.value


READABLE = {
    "byte order mark": (b"\xef\xbb\xbfa,b\n1,2\n", {"a": ["1"], "b": ["2"]}),
    "CR line ends": (b"a,b\r1,2\r3,4\r", {"a": ["1", "3"], "b": ["2", "4"]}),
    "CRLF line ends": (b"a,b\r\n1,2\r\n", {"a": ["1"], "b": ["2"]}),
    "no last line end": (b"a,b\n1,2", {"a": ["1"], "b": ["2"]}),
    "blank lines": (b"\n\na,b\n\n1,2\n\n", {"a": ["1"], "b": ["2"]}),
    "line end in quotes": (b'a,b\n"x\ny","p""q"\n', {"a": ["x\ny"], "b": ['p"q']}),
    "space before a quote": (b'a, b\n1, "x, y"\n', {"a": ["1"], "b": ["x, y"]}),
    "one column": (b"a\n1\n2\n", {"a": ["1", "2"]}),
    "one row": (b"a,b\n1,2\n", {"a": ["1"], "b": ["2"]}),
    "nameless column": (b",b\n1,2\n", {"c1": ["1"], "b": ["2"]}),
    "all missing": (b"a,b\n,\n,\n", {"a": [None, None], "b": [None, None]}),
    "semicolons and commas": (b"a;b\n1,5;2\n", {"a": ["1,5"], "b": ["2"]}),
    "bars": (b"a|b\n1|2\n", {"a": ["1"], "b": ["2"]}),
    "a header that counts": (b"0,1,2\n5,6,7\n", {"0": ["5"], "1": ["6"], "2": ["7"]}),
    "formula": (b"a,b\n=1+1,@x\n", {"a": ["=1+1"], "b": ["@x"]}),
}


@pytest.mark.parametrize("case", READABLE)
def test_odd_but_clear_text_tables_are_read(case, tmp_path):
    content, columns = READABLE[case]
    assert read(written(tmp_path, content)).columns_for(columns) == columns


def test_a_nameless_column_is_noted(tmp_path):
    assert read(written(tmp_path, "a,\n1,2\n")).notes[0].startswith("column 2 has no name")


REFUSED = {
    "too many cells": (b"a,b\n1,2\n3,4,5\n", "source-ragged", "line 3", "3 cells"),
    "too few cells": (b"a,b\n1,2\n\n3\n", "source-ragged", "line 4", "1 cells"),
    "ragged after a cell of two lines": (b'a,b\n"x\ny",2\n3\n', "source-ragged", "line 4", "1 cells"),
    "unclosed quote": (b'a,b\n1,2\n3,"4\n5,6\n', "source-quotes", "starts in line 3", "never closed"),
    "text after a quote": (b'a,b\n"x"y,2\n', "source-quotes", "starts in line 2", "expected after"),
    "a cell of 200 kB": (b"a,b\n1," + b"x" * 200_000, "source-quotes", "line 2", "larger than"),
    "UTF-16": ("a,b\n1,2\n".encode("utf-16"), "source-encoding", "t.csv", "utf-16"),
    "UTF-32": ("a,b\n1,2\n".encode("utf-32"), "source-encoding", "t.csv", "utf-32"),
    "UTF-16 without mark": ("a,b\n1,2\n".encode("utf-16-le"), "source-encoding", "t.csv", "NUL byte at offset 1"),
    "NUL": (b"a,b\n1,2\n3,\x004\n", "source-encoding", "t.csv", "offset 10, line 3"),
    "Latin-1": ("a,b\n1,2\nMünchen,3\n".encode("latin-1"), "source-encoding", "t.csv", "0xfc at offset 9, line 3"),
    "names twice": (b"a,b,a,b,c\n1,2,3,4,5\n", "source-header", "t.csv", "'a', 'b'"),
    "no header": (b"5.1,3.5,1\n4.9,3,0\n", "source-header", "t.csv", "only numbers"),
    "0 bytes": (b"", "source-empty", "t.csv", "0 bytes"),
    "only blank lines": (b"\n \n\n", "source-empty", "t.csv", ""),
    "only a mark": (b"\xef\xbb\xbf", "source-empty", "t.csv", ""),
    "header only": (b"a,b\n", "source-empty", "t.csv", "a header and no rows"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_broken_text_tables_are_refused_by_place(case, tmp_path):
    content, code, where, found = REFUSED[case]
    error = refusal(written(tmp_path, content))
    assert error.code == code
    assert where in error.where
    assert found in error.found


def test_other_encodings_are_read_when_they_are_named(tmp_path):
    for encoding in ("latin-1", "cp1252", "utf-16", "utf-16-le", "utf-32"):
        path = written(tmp_path, "a,b\nMünchen,3\n".encode(encoding))
        assert read(path, encoding=encoding).columns_for(["a"]) == {"a": ["München"]}


@pytest.mark.parametrize("encoding", ["klingon", "base64", "", "rot13", "a\0b"])
def test_an_encoding_that_is_none_is_refused(encoding, tmp_path):
    assert refusal(written(tmp_path, "a\n1\n"), encoding=encoding).code == "unknown-encoding"


def test_ten_thousand_columns_are_read(tmp_path):
    names = [f"x{i}" for i in range(10_000)]
    raw = read(written(tmp_path, "\n".join([",".join(names), *[",".join("7" * 10_000)] * 3])))
    assert len(raw.names) == 10_000
    schema = infer(read({**{n: [1, 2, 3, 4] for n in names[:10]}, "y": ["a", "a", "b", "b"]}), target="y")
    assert len(schema.fields) == 10


JSON_LINES = {
    "half a line": ('{"a": 1}\n{"a": \n', "source-json", "line 2"),
    "NaN": ('{"a": 1}\n\n{"a": NaN}\n', "source-json", "line 3"),
    "Infinity": ('{"a": -Infinity}\n', "source-json", "line 1"),
    "a key twice": ('{"a": 1, "a": 2}\n', "source-json", "'a' more than once"),
    "an array": ("[1, 2]\n", "source-json", "array"),
    "a number": ("7\n", "source-json", "number"),
    "nested object": ('{"a": {"b": 1}}\n', "source-type", "row 1"),
    "nested array": ('{"a": 1}\n{"a": [1]}\n', "source-type", "row 2"),
    "depth": ('{"a": ' + "[" * 100_000 + "]" * 100_000 + "}\n", "source-json", "without end"),
    "half a surrogate pair": ('{"a": "\\ud800"}\n', "source-encoding", "surrogate"),
    "half a surrogate pair as a name": ('{"\\ud800": 1}\n', "source-encoding", "surrogate"),
    "nothing": ("\n\n", "source-empty", ""),
    "empty objects": ("{}\n{}\n", "source-empty", "no columns"),
    "not JSON": ("a,b\n1,2\n", "source-json", "line 1"),
}


@pytest.mark.parametrize("case", JSON_LINES)
def test_broken_json_lines_are_refused_by_line(case, tmp_path):
    content, code, said = JSON_LINES[case]
    error = refusal(written(tmp_path, content, "t.jsonl"))
    assert error.code == code
    assert said in str(error)


def test_broken_json_arrays_are_refused(tmp_path):
    for content in ("{}", "", "[1]", "[[1]]", '[{"a": 1},]', "[" * 100_000, '[{"a": 1}] x', "null", "[]"):
        assert refusal(written(tmp_path, content, "t.json")).code in ("source-json", "source-empty")


def test_numbers_that_json_and_float_see_differently(tmp_path):
    lines = ['{"big": 1e999, "id": 12345678901234567890, "huge": %s}' % ("9" * 5000), '{"big": 1, "id": 1, "huge": 2}']
    raw = read(written(tmp_path, "\n".join(lines), "t.jsonl"))
    assert raw.columns_for(["id", "huge"]) == {"id": ["12345678901234567890", "1"], "huge": ["9" * 5000, "2"]}


def test_damaged_parquet_and_arrow_files_are_refused(tmp_path):
    table = pa.table({"a": list(range(500)), "b": [str(i) for i in range(500)]})
    pa.parquet.write_table(table, tmp_path / "whole.parquet")
    with pa.ipc.new_file(tmp_path / "whole.arrow", table.schema) as file:
        file.write_table(table)
    for name in ("whole.parquet", "whole.arrow"):
        whole = (tmp_path / name).read_bytes()
        for content in (whole[: len(whole) // 2], whole[:-6], whole[5:], b"PAR1" * 3, b"ARROW1\0\0", b"a,b\n1,2\n"):
            assert refusal(written(tmp_path, content, "t" + name[5:])).code == "source-damaged"
        assert refusal(written(tmp_path, b"", "t" + name[5:])).code == "source-empty"


@pytest.mark.parametrize("seed", range(40))
def test_files_with_bytes_turned_over_give_a_table_or_our_error(seed, tmp_path):
    chance = random.Random(seed)
    table = pa.table({"a": list(range(50)), "b": [str(i) for i in range(50)], "c": [None, True] * 25})
    pa.parquet.write_table(table, tmp_path / "t.parquet")
    with pa.ipc.new_file(tmp_path / "t.arrow", table.schema) as file:
        file.write_table(table)
    written(tmp_path, json.dumps(table.to_pylist()), "t.json")
    written(tmp_path, "\n".join(map(json.dumps, table.to_pylist())), "t.jsonl")
    table.to_pandas().to_csv(tmp_path / "t.csv")
    for name in ("t.parquet", "t.arrow", "t.json", "t.jsonl", "t.csv"):
        content = bytearray((tmp_path / name).read_bytes())
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        answer_or_house_error(written(tmp_path, bytes(content), name))


def answer_or_house_error(source):
    try:
        raw = read(source)
        rows, dropped = to_rows(raw, infer(raw, target="last"))
        assert len(rows) + sum(count for _, count in dropped) == raw.n_rows
    except TrivetError as error:
        assert str(error).startswith("error[")


def test_columns_that_are_no_plain_cells_are_refused_by_name():
    odd = {
        "list": pa.array([[1], [2]]),
        "struct": pa.array([{"x": 1}, {"x": 2}]),
        "bytes": pa.array([b"a", b"b"]),
        "duration": pa.array([1, 2], pa.duration("s")),
        "time": pa.array([1, 2], pa.time32("s")),
        "year 200000": pa.array([2**62, 1], pa.timestamp("us")),
    }
    for name, cells in odd.items():
        error = refusal(pa.table({"a": [1, 2], name: cells}))
        assert error.code == "source-type"
        assert name in error.wanted


def test_frames_and_values_that_are_no_table_are_refused():
    assert refusal(pd.DataFrame({"a": [1, "x", {}]})).code == "source-type"
    assert refusal(pd.DataFrame([[1, 2]], columns=["a", "a"])).code in ("source-header", "source-type")
    assert refusal({"a": [1, 2], "b": [1]}).code == "source-columns"
    assert refusal({"a": [1, {}]}).code == "source-type"
    assert refusal([{"a": object()}]).code == "source-type"
    for thing in (7, None, [1, 2], [[1]], {"a": 5}, {"a": "abc"}, b"a,b", object()):
        assert refusal(thing).code == "source-kind"
    for nothing in ({}, [], {"a": []}, pd.DataFrame(), pd.DataFrame({"a": []}), [{}]):
        assert refusal(nothing).code == "source-empty"


def test_a_missing_file_names_what_lies_there(tmp_path):
    written(tmp_path, "a\n1\n", "claims.csv")
    error = refusal(tmp_path / "claim.csv")
    assert error.code == "source-missing"
    assert "claims.csv" in error.do
    assert "claims.csv" in refusal(f"{tmp_path}/part-*.csv").do
    assert "folder does not exist" in refusal(tmp_path / "no" / "x.csv").do
    for name in ("", "x" * 5000, "a\0b.csv", str(tmp_path / "claims.csv" / "x.csv")):
        assert refusal(name).code == "source-missing"


def test_folders_archives_pipes_and_strange_endings_are_refused(tmp_path):
    assert refusal(tmp_path).code == "source-directory"
    for name in ("t.csv.gz", "t.zip", "t.pkl", "t.xlsx", "t", "t.csv.tar"):
        assert refusal(written(tmp_path, b"x", name)).code == "source-format"
    assert refusal("/dev/null").code == "source-unreadable"
    os.mkfifo(tmp_path / "p.csv")
    assert refusal(tmp_path / "p.csv").code == "source-unreadable"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_refused(tmp_path):
    path = written(tmp_path, "a\n1\n")
    path.chmod(0)
    assert refusal(path).code == "source-unreadable"


def test_parts_with_other_columns_are_refused(tmp_path):
    written(tmp_path, "a,b\n1,2\n", "1.csv")
    written(tmp_path, "a,c\n1,2\n", "2.csv")
    error = refusal(str(tmp_path / "*.csv"))
    assert error.code == "source-columns"
    assert "'b', 'c'" in error.found


def test_sql_with_a_mistake_says_what_duckdb_said(tmp_path):
    path = written(tmp_path, "a,b\n1,2\n")
    for text in (f"SELECT nope FROM '{path}'", "select * fro t", "SELECT 1/0 FROM x", "FROM 'absent.csv'", "SELECT ("):
        assert refusal(text).code == "source-sql"
    assert refusal("SELEC 1").code == "source-missing"
    assert refusal("SELECT 1 AS a WHERE 1 = 0").code == "source-empty"
    assert refusal("SELECT 1 AS a, 2 AS a").code == "source-header"
    assert refusal("SELECT [1, 2] AS a").code == "source-type"


def test_a_parquet_file_that_claims_more_rows_than_it_has_is_refused(tmp_path):
    pa.parquet.write_table(pa.table({"a": list(range(100))}), tmp_path / "t.parquet", compression="none")
    whole = (tmp_path / "t.parquet").read_bytes()
    length = struct.unpack("<I", whole[-8:-4])[0]
    for claimed in (length + 10**6, 0, 2**31 - 1):
        content = whole[:-8] + struct.pack("<I", claimed) + whole[-4:]
        assert refusal(written(tmp_path, content, "t.parquet")).code == "source-damaged"
