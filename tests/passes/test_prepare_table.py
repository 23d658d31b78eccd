from dataclasses import replace

import numpy as np
import pytest

from trivet.core.registry import parse_step
from trivet.runtime.program import read_batch
from trivet.testing.samples import WARDS, context, tiny_work


@pytest.fixture
def prepare(tmp_path):
    def run(question, text="prepare-table", change=lambda rows: rows):
        work = tiny_work(question)
        return parse_step(text).run(work.with_splits(fit=change(work.data.fit)), context(tmp_path))

    return run


def ward_of(reader, *wards):
    rows = {"age": [1.0], "dose": [1.0], "smokes": [True], "seen": ["2024-01-01"], "remark": [""]}
    return [float(read_batch(reader, {**rows, "ward": [ward]}).numbers[0, 3]) for ward in wards]


def test_wards_are_ranked_by_the_share_of_the_second_class(prepare):
    work = prepare("binary")
    rows = work.data.fit
    shares = [rows.truth[rows.columns["ward"] == i].mean() for i in range(4)]
    ranks = ward_of(work.candidate.parts["reader"], *WARDS)
    assert np.argsort(ranks).tolist() == np.argsort(shares).tolist()


def test_missing_words_stay_missing_and_unknown_ones_get_the_rare_rank(prepare):
    reader = prepare("regression").candidate.parts["reader"]
    missing, unknown, known = ward_of(reader, None, "orbit", "east")
    assert np.isnan(missing) and unknown != known and unknown in (1, 2, 3, 4, 5)


def test_rare_words_are_not_kept(prepare):
    codes = prepare("binary", "prepare-table(rare=55)").candidate.parts["reader"].children[0]
    counts = np.bincount(tiny_work("binary").data.fit.columns["ward"] + 1)[1:]
    assert codes.arrays["counts"].tolist() == [(counts >= 55).sum()]


def test_words_with_umlauts_are_stored_in_the_order_of_their_bytes(prepare):
    def renamed(rows):
        return replace(rows, words={**rows.words, "ward": ("zoo", "Äpfel", "apple", "éclair")})

    codes = prepare("binary", change=renamed).candidate.parts["reader"].children[0].arrays
    starts = [0, *codes["ends"][:-1]]
    words = [codes["blob"].tobytes()[a:b] for a, b in zip(starts, codes["ends"])]
    assert words == sorted(words) and len(words) == 4


def test_the_columns_come_in_order_dates_as_three_numbers_and_texts_as_none(prepare):
    work = prepare("multiclass")
    batch = read_batch(work.candidate.parts["reader"], work.data.fit.raw())
    assert batch.numbers.shape == (240, 1 + 1 + 1 + 1 + 3) and len(batch.texts) == 1


def test_classes_get_labels_and_values_none(prepare):
    assert prepare("multiclass").candidate.parts["decoder"].arrays["blob"].tobytes() == b"highlowmid"
    assert prepare("regression").candidate.parts["decoder"].kind == "value"


def test_05_8_spellings_are_written_for_the_reader_and_only_when_there_are_any(tmp_path):
    work = tiny_work("binary")
    plain = parse_step("prepare-table").run(work, context(tmp_path)).candidate.parts["reader"]
    assert set(plain.config) == {"fields"}
    fields = tuple(replace(f, spelling="decimal=','") if f.name == "age" else f for f in work.candidate.task.inputs)
    candidate = replace(work.candidate, task=replace(work.candidate.task, inputs=fields))
    spelled = parse_step("prepare-table").run(replace(work, candidate=candidate), context(tmp_path)).candidate
    assert spelled.parts["reader"].config["spellings"] == {"age": "decimal=','"}
    assert spelled.parts["reader"].config["fields"] == plain.config["fields"]
