"""`trivet explain` knows every word that trivet prints: findings, verdicts, outcomes, commands and codes."""

import ast
import re
from pathlib import Path

import pytest

import trivet as package
from trivet.cli.catalogue import KINDS, TEXTS, known_names, names_in, page_in
from trivet.cli.main import command_names
from trivet.core.limits import Verdict
from trivet.core.registry import homes

ROOT = Path(__file__).parent.parent.parent
DOCTOR = Path(package.__file__).parent / "data" / "doctor"


def codes_of_the_doctor() -> set[str]:
    """Every code in the doctor's source: `code=...` of a finding, and what is handed to its helpers."""
    calls = [
        node
        for path in DOCTOR.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
    said = [keyword.value for call in calls for keyword in call.keywords if keyword.arg == "code"]
    handed = [one for call in calls if ast.unparse(call.func) in ("sentinel", "crossing") for one in call.args]
    texts = [node.value for one in [*said, *handed] for node in ast.walk(one) if isinstance(node, ast.Constant)]
    return {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+(-[a-z]+)+", text)}


def codes_in_the_document() -> set[str]:
    rows = re.findall(r"^\| (`.*?) \|", (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8"), re.MULTILINE)
    return {code for row in rows for code in re.findall(r"`([a-z-]+)`", row)}


def test_05_15_every_finding_of_the_doctor_has_a_page_and_stands_in_the_document():
    codes = codes_of_the_doctor()
    assert {"id-column", "target-copy", "strong-column", "sentinel-value", "split-overlap"} <= codes
    assert codes - set(names_in("findings")) == set()
    assert set(names_in("findings")) == codes_in_the_document()


@pytest.mark.parametrize("code", names_in("findings"))
def test_05_15_the_page_of_a_finding_says_how_grave_it_is_when_it_comes_and_what_to_do(code):
    page = page_in("findings", code)
    assert page.startswith(f"# {code}\n\nA finding of the data doctor. Severity: ") and page.endswith("\n")
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    assert headings == ["When", "What trivet does", "What to do"]
    assert len(page) < 1500


@pytest.mark.parametrize("word", names_in("words"))
def test_a_word_is_explained_in_short_under_its_own_name(word):
    page = page_in("words", word)
    title = page.partition("\n")[0].removeprefix("# ")
    assert title.lower().replace(" ", "-") == word and page.endswith("\n") and len(page) < 900
    for line in re.findall(r"^See also: (.*)\.$", page, re.MULTILINE):
        assert set(line.lower().replace(" ", "-").split(",-")) <= set(known_names())


WORDS = [
    *(str(verdict) for verdict in Verdict), "CERTIFIED", "INFEASIBLE", "SOUND", "MISSED", "DAMAGED", "not fresh",
    "baseline", "finalist", "frontier", "certificate", "body", "evidence", "lock", "strict", "accept",
    "best-effort", "as certified", "measured now", "block", "warn", "note",
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_05_15_verdicts_outcomes_and_the_words_of_a_build_are_explained(word, trivet):
    page = trivet("explain", *word.split())
    assert page.code == 0, page.err
    assert page.out.lower().startswith(f"# {word.lower()}\n")


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("AUROC", "auroc", "gauge"),
        ("P99_Latency", "p99-latency", "gauge"),
        ("Fit-Trees", "fit-trees", "pass"),
        ("fit-trees(leaves=31)", "fit-trees", "pass"),
        ("Table", "table", "domain"),
        ("ID-column", "id-column", "finding"),
        ("target-copy(salary)", "target-copy", "finding"),
        ("unproven", "unproven", "word"),
        ("error[limit-unit]:", "limit-unit", "error"),
        ("compile", "compile", "command"),
    ],
)
def test_05_15_a_text_is_explained_as_it_was_printed_in_any_case(text, name, kind, trivet):
    told = trivet("explain", text, "--json").json
    assert (told["name"], told["kind"]) == (name, kind)


@pytest.mark.parametrize("command", command_names())
def test_05_15_a_command_is_explained_by_its_help(command, trivet):
    page = trivet("explain", command)
    assert page.code == 0 and page.out.startswith(f"usage: trivet {command}") and "example:" in page.out


@pytest.mark.parametrize(("text", "near"), [("valt", "vault"), ("id-colum", "id-column"), ("compil", "compile")])
def test_05_15_an_unknown_word_is_answered_with_the_nearest_of_all(text, near, trivet):
    ended = trivet("explain", text)
    assert ended.code == 2 and f"did you mean '{near}'" in ended.err


def test_a_name_means_one_thing():
    every = [*command_names(), *(name for kind in KINDS for name in homes(kind))]
    every += [name for folder in TEXTS for name in names_in(folder)]
    assert sorted(every) == sorted(set(every))
