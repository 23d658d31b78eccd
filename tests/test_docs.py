"""The documents tell the truth: every error has its page, every link resolves, every example runs."""

import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import error_codes
import pytest

from trivet.cli.catalogue import error_codes as pages
from trivet.cli.catalogue import error_page

ROOT = Path(__file__).parent.parent
DOCS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("changelog.d/*.md")]
# Commands that install, or run everything: these are run by whoever reads, and by CI, not from within the tests.
NOT_HERE = ("make ", "python3 ", "pip ")


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of one language in a document."""
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("code", sorted(error_codes.codes()))
def test_every_error_code_has_a_page(code):
    assert code in pages()


@pytest.mark.parametrize("code", pages())
def test_every_page_belongs_to_a_code_that_the_source_can_raise(code):
    assert code in error_codes.codes() | error_codes.texts()


@pytest.mark.parametrize("code", pages())
def test_a_page_is_named_after_its_code_and_says_how_to_mend_it(code):
    page = error_page(code)
    assert page.startswith(f"# {code}\n\n") and page.endswith("\n")
    assert re.search(r"[Ee]xample", page), "no example"
    assert re.search(r"mend", page), "no way out"


def test_the_scan_for_codes_finds_direct_and_handed_on_codes():
    assert {
        "limit-unit",
        "refused",
        "missing-extra",
        "our-fault",
        "object-damaged",
        "unknown-gauge",
    } <= error_codes.codes()


def test_the_generated_pages_are_fresh(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["make_docs.py", "--check"])
    monkeypatch.setenv("COLUMNS", "200")  # the pages do not depend on the terminal
    status = runpy.run_path(str(ROOT / "tools" / "make_docs.py"))["main"]()
    assert status == 0, capsys.readouterr().out + "\nrun `make docs`"


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_every_relative_link_resolves(path):
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]
    broken = []
    for link in links:
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def anchors(path: Path) -> set[str]:
    """What a heading is called in a link."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.fixture(scope="session")
def desk(tmp_path_factory) -> Path:
    """A folder that looks as it does after `make demo`: the table is there, and the file made from it."""
    folder = tmp_path_factory.mktemp("docs")
    subprocess.run([sys.executable, ROOT / "examples" / "demo.py"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.slow
def test_the_transcript_in_the_readme_is_what_the_demo_prints(desk):
    (transcript,) = blocks(ROOT / "README.md", "text")
    page = runpy.run_path(str(ROOT / "examples" / "demo.py"))
    for limit in page["LIMITS"]:
        assert re.search(rf"{re.escape(limit)} +HOLDS", transcript)
    assert (desk / "demo.trivet").exists() and (desk / "demo.html").exists()


@pytest.mark.slow
def test_every_command_in_the_readme_runs(desk):
    lines = [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines()]
    commands = [line.partition(" #")[0].strip() for line in lines if line and not line.startswith((*NOT_HERE, "#"))]
    assert len(commands) >= 3
    for command in commands:
        here = command.replace(".venv/bin/trivet", f"{shlex.quote(sys.executable)} -m trivet.cli.main")
        ended = subprocess.run(["bash", "-o", "pipefail", "-c", here], cwd=desk, capture_output=True, text=True)
        assert ended.returncode == 0, f"{command}\n{ended.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in DOCS if blocks(path, "python")], ids=name_of)
def test_every_python_example_runs(path, desk, monkeypatch):
    monkeypatch.chdir(desk)
    names = rows_and_task(desk / "build" / "demo" / "breast_cancer.csv")
    for block in blocks(path, "python"):
        exec(compile(block, name_of(path), "exec"), names)  # our own documents, nobody else's text


def rows_and_task(table: Path) -> dict[str, object]:
    """What an example may take as given: the rows of a table, and the question about them."""
    from trivet.core.recipe import DataSpec, Recipe
    from trivet.data.intake import read_source, task_of
    from trivet.data.schema.table_schema import to_rows

    raw, schema = read_source(Recipe(data=DataSpec(source=str(table), target="diagnosis")))
    return {"rows": to_rows(raw, schema)[0], "task": task_of(schema)}
