"""Every registered pass keeps the contract, on every kind of question that it accepts."""

import pytest

from trivet.core.registry import homes
from trivet.testing.pass_contract import check_pass
from trivet.testing.samples import QUESTIONS, Question, tiny_pass, work_for


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("name", homes("pass"))
def test_pass_keeps_the_contract(name: str, question: Question, tmp_path):
    pass_ = tiny_pass(name)
    work = work_for(pass_, question)
    if work is None:
        pytest.skip(f"{name} is not for {question}")
    assert check_pass(pass_, work, tmp_path) == []


@pytest.mark.parametrize("name", homes("pass"))
def test_some_question_leads_to_the_pass(name: str):
    assert any(work_for(tiny_pass(name), question) is not None for question in QUESTIONS)
