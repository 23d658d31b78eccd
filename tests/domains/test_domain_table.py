from trivet.core.registry import find_domain
from trivet.core.task import Field

TABLE = find_domain("table")


def test_takes_tables_and_leaves_pure_texts_alone():
    note, age = Field(name="note", type="text"), Field(name="age", type="number")
    assert TABLE.recognises([note, age]) == 1 and TABLE.recognises([note]) == 0


def test_the_sample_is_the_same_every_time_and_has_every_difficulty():
    rows, target = TABLE.sample()
    assert (rows, target) == TABLE.sample() and len(rows) == 200
    assert {row[target] for row in rows} == {"yes", "no"} and any(row["income"] is None for row in rows)
