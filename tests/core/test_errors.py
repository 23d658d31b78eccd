"""Errors say what was wanted, what was found and what to do, all at once when there are several."""

import pytest

from trivet.core.errors import BadData, ManyErrors, MissingExtra, TrivetError, nearest_names, raise_all
from trivet.core.extras import is_missing, missing_extra, need


def bad(found: str = "0", **more: str) -> BadData:
    return BadData("some-code", wanted="something", found=found, do="do this", **more)


def test_an_error_reads_wanted_found_where_do():
    assert str(bad(where="a.csv, line 3")) == (
        "error[some-code]: wanted something; found 0.\n  in a.csv, line 3\n  do: do this"
    )


def test_an_error_as_json_has_stable_keys():
    assert list(bad().as_json()) == ["code", "wanted", "found", "do", "where"]


def test_no_mistake_raises_nothing():
    raise_all([])


def test_one_mistake_is_raised_as_it_is():
    error = bad()
    with pytest.raises(BadData) as caught:
        raise_all([error])
    assert caught.value is error


def test_several_mistakes_come_together():
    with pytest.raises(ManyErrors) as caught:
        raise_all([bad("one"), bad("two")])
    assert "found one" in str(caught.value) and "found two" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_missing_library_among_the_mistakes_decides_the_exit_code():
    with pytest.raises(ManyErrors) as caught:
        raise_all([bad(), missing_extra("lightgbm", for_="fit-trees")])
    assert caught.value.exit_code == 4


def test_the_nearest_names_are_offered_and_all_when_none_is_near():
    assert nearest_names("aurco", ["auroc", "size"]) == "did you mean 'auroc'?"
    assert nearest_names("zzz", ["b", "a"]) == "known are: a, b"


def test_a_library_that_is_not_installed_is_named_with_the_pip_line(monkeypatch):
    monkeypatch.setattr("trivet.core.extras.find_spec", lambda name: None)
    with pytest.raises(MissingExtra) as caught:
        need("sklearn.linear_model", for_="fit-linear")
    text = str(caught.value)
    assert "scikit-learn, which fit-linear needs" in text and 'pip install "trivet[tables]"' in text
    assert caught.value.exit_code == 4


def test_an_installed_library_is_not_missing():
    assert not is_missing("json.decoder")
    assert need("json.decoder", for_="a test").JSONDecoder


def test_every_error_is_of_the_one_family():
    from trivet.core import errors

    kinds = [thing for thing in vars(errors).values() if isinstance(thing, type) and issubclass(thing, Exception)]
    assert all(issubclass(kind, TrivetError) for kind in kinds)
