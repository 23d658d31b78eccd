"""A dataset holds named splits; what is not there is refused with the line that a pass lacks."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from trivet.core.errors import BadUse
from trivet.core.passes import Pass
from trivet.testing.pass_contract import reads
from trivet.testing.samples import context, tiny_work


def test_a_split_that_is_not_there_is_refused_by_name():
    data = tiny_work("binary").data.only(["fit", "choose"])
    assert set(data.splits) == {"choose", "fit"}
    with pytest.raises(BadUse, match=r"'tune'.*only choose, fit"):
        _ = data.tune


def test_changing_one_split_leaves_the_others_alone():
    data = tiny_work("binary").data
    changed = data.with_({"tune": data.choose, "background": data.fit})
    assert changed.tune is data.choose and changed.fit is data.fit and changed.get("background") is data.fit
    assert len(data.tune) != len(data.choose) and "background" not in data.splits


@dataclass(frozen=True)
class Probe(Pass):
    """A pass that looks at a split, whatever it says."""

    looks_at: str = "fit"
    reads: ClassVar[tuple[str, ...]] = ("fit",)

    def run(self, work, ctx):
        rows = work.data.splits.get(self.looks_at)
        ctx.say.note("no rows" if rows is None else str(len(rows)))
        part = work.candidate.parts["reader"]
        seen = "" if rows is None else str(rows.truth[:3].tolist())
        return work.with_(body=type(part)(kind="probe", config={"seen": seen}))


@pytest.mark.parametrize(("split", "breach"), [("fit", ""), ("tune", "poisoned or absent"), ("choose", "poisoned")])
def test_the_contract_finds_a_pass_that_reads_more_than_it_says(split, breach, tmp_path):
    found = list(reads(Probe(looks_at=split), tiny_work("binary", ("prepare-table",)), tmp_path))
    assert [breach in sentence for sentence in found] == ([True] if breach else [])


def test_the_engine_hands_over_what_is_read_and_keeps_the_rest(tmp_path):
    work = tiny_work("binary", ("prepare-table",))
    done = Probe(looks_at="tune").result_of(work, context(tmp_path))
    assert done.candidate.parts["body"].config == {"seen": ""}  # it found no tune rows
    assert done.data == work.data
