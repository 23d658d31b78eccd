"""Tables from a question in SQL: DuckDB reads the files that the text names, and nothing else."""

import re
from typing import Any

from trivet.core.errors import BadData, BadUse
from trivet.core.extras import need

from .arrow_source import read_frame
from .raw import Raw

_FIRST_WORD = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/)*"
    r"(select|with|from|values|copy|insert|update|delete|create|drop|alter|attach|install|load|set|pragma|call|export)\b"
    r"\s*\S",
    re.IGNORECASE | re.DOTALL,
)

# No extension is fetched or loaded (so no URL can be read), Python's variables are out of reach, nothing spills to
# disk, and one thread gives the rows in one order.
_CLOSED = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "python_enable_replacements": "false",
    "temp_directory": "",
    "threads": "1",
    "lock_configuration": "true",
}


def is_sql(text: str) -> bool:
    """Whether the text reads as SQL rather than as a path."""
    found = _FIRST_WORD.match(text)
    return found is not None and (" " in text.strip() or "\n" in text.strip())


def read_sql(text: str) -> Raw:
    """The rows that one SELECT answers with; refuses other statements before anything runs."""
    duckdb = need("duckdb", for_="reading SQL")
    try:
        check_select(duckdb, text)
        with duckdb.connect(":memory:", config=_CLOSED) as connection:
            table = connection.sql(text).to_arrow_table()
    except duckdb.Error as error:
        raise BadData(
            "source-sql",
            wanted="SQL that DuckDB can answer from local files, without extensions",
            found=" ".join(str(error).split())[:300],
            do="mend the query; a file is named in quotes: SELECT * FROM 'claims.csv'",
            where=text,
        ) from error
    return read_frame(table, origin=text)


def check_select(duckdb: Any, text: str) -> None:
    kinds = [statement.type.name for statement in duckdb.extract_statements(text)]
    if kinds != ["SELECT"]:
        raise BadUse(
            "sql-not-select",
            wanted="one SELECT",
            found=" and ".join(kinds) or "no statement",
            do="ask for rows; a source never changes anything",
            where=text,
        )
