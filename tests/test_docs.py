"""The documents tell the truth: every error has its page, every link resolves, every example runs."""

import re
import runpy
import shlex
import subprocess
import sys
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace

import error_codes
import pytest

from trivet.cli.catalogue import error_codes as pages
from trivet.cli.catalogue import error_page, known_names, plain_name
from trivet.cli.commands import vault as vault_command
from trivet.core.shares import PARTS, usual_shares

ROOT = Path(__file__).parent.parent
DOCS = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/decisions/*.md"), *ROOT.glob("changelog.d/*.md")]
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


@pytest.fixture
def make_docs(tmp_path, monkeypatch) -> SimpleNamespace:
    """The script that makes the reference, which is not committed; here it writes to a folder of the test."""
    names = runpy.run_path(str(ROOT / "tools" / "make_docs.py"))
    monkeypatch.setitem(names["main"].__globals__, "REFERENCE", tmp_path / "reference")
    monkeypatch.setenv("COLUMNS", "200")  # the pages do not depend on the terminal
    return SimpleNamespace(**names, folder=tmp_path / "reference")


def test_the_reference_has_a_page_for_all_that_explain_knows_and_every_link_in_it_resolves(make_docs, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["make_docs.py"])
    assert make_docs.main() == 0
    made = sorted(make_docs.folder.rglob("*.md"))
    assert {path.stem for path in made} - {"README"} == set(known_names())
    assert len(made) == len(known_names()) + 1
    assert {name_of_page: broken for name_of_page in made if (broken := broken_links(name_of_page))} == {}


def test_the_reference_leaves_no_page_of_something_that_is_gone(make_docs, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["make_docs.py"])
    gone = make_docs.folder / "passes" / "gone.md"
    gone.parent.mkdir(parents=True)
    gone.write_text("# gone\n", encoding="utf-8")
    assert make_docs.main() == 0 and not gone.exists()


def test_the_check_makes_every_page_and_writes_none(make_docs, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["make_docs.py", "--check"])
    assert make_docs.main() == 0, capsys.readouterr().out
    assert not make_docs.folder.exists()
    bad = {"errors/one": "# two\n\nOther.\n", "errors/three": "# three\n"}
    assert [line.partition(":")[0] for line in make_docs.complaints(bad)] == ["errors/one", "errors/three"]


def test_no_page_of_the_reference_is_committed():
    committed = subprocess.run(["git", "ls-files", "docs"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    folders = {path.split("/")[1] for path in committed if path.count("/") > 1}
    assert folders <= {"decisions"}


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_every_relative_link_resolves(path):
    assert broken_links(path) == []


def broken_links(path: Path) -> list[str]:
    """The relative links of a document that lead nowhere."""
    text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]
    broken = []
    for link in links:
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if not target.exists() or (anchor and anchor not in anchors(target)):
            broken.append(link)
    return broken


@pytest.mark.parametrize("path", DOCS, ids=name_of)
def test_what_a_document_tells_to_explain_can_be_explained(path):
    asked = re.findall(r"`trivet explain ([\w-]+)`", path.read_text(encoding="utf-8"))
    unknown = [name for name in asked if name not in ("NAME", "CODE") and plain_name(name) not in known_names()]
    assert unknown == []


def test_the_shares_of_the_splits_in_the_documents_are_those_of_the_code():
    text = (ROOT / "docs" / "certification.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^\d\n]*)([\d,]+)(?: to ([\d,]+))? \| (.*) \|$", text, re.MULTILINE)
    stated, edges = {}, []
    for word, first, last, shares in rows:
        low, high = (0, int(first)) if word == "below " else (whole(first), whole(last) + 1 if last else 10**9)
        stated[low], edges = tuple(int(share.removesuffix(" %")) / 100 for share in shares.split(" | ")), [*edges, high]
    assert list(stated)[1:] == edges[:-1] and len(stated) == 3  # no size of table is left out
    for low, high in zip(stated, edges):
        assert {usual_shares(n) for n in (max(low, 40), high - 1)} == {stated[low]}
    vault = [shares[PARTS.index("vault")] for shares in stated.values()]
    said = f"({100 * min(vault):.0f} to {100 * max(vault):.0f} % of the rows)"
    assert said in vault_command.SUMMARY


def whole(text: str) -> int:
    return int(text.replace(",", ""))


def anchors(path: Path) -> set[str]:
    """What a heading is called in a link."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@dataclass(frozen=True)
class Desk:
    """A folder that looks as it does after `make demo`, and what that printed."""

    folder: Path
    printed: str


@pytest.fixture(scope="session")
def desk(tmp_path_factory) -> Desk:
    """After a demo whose limits all hold; where the machine was too busy for it, as the demo says: once more."""
    folder = tmp_path_factory.mktemp("docs")
    for _ in range(3):
        ended = subprocess.run(
            [sys.executable, ROOT / "examples" / "demo.py"],
            cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True,
        )  # fmt: skip
        if "run the demo again" not in ended.stdout:
            break
    return Desk(folder=folder, printed=ended.stdout)


# What a transcript says of the machine it was made on: how long it took, with how many workers, how fast a row is
# answered; and the digest, since processors round the last digit of a fit in their own ways.
OF_THE_MACHINE = (
    (r"(?<![<>]= )\b\d[\d.]* (?:s|ms|µs|ns)\b", "TIME"),
    (r"\b\d+ min (?:\d+ s|TIME)", "TIME"),
    (r"\b\d+ workers?\b", "WORKERS"),
    (r"\bbody [0-9a-f]{16}\b", "body DIGEST"),
    (r" {2,}", "  "),  # columns are as wide as their widest cell
)
OUT_OF_TIME = "note: the search ended with its time"
NO_REFIT = "rows: the time was over"  # the search ended by itself, the refit did not


def masked(line: str) -> str:
    """The line without what depends on the machine."""
    for pattern, word in OF_THE_MACHINE:
        line = re.sub(pattern, word, line)
    return line


def words_of(line: str) -> str:
    """The line without any number, and without whether there was time for a refit."""
    return re.sub(r"; (?:not )?fitted once more .*", "", re.sub(r"\d[\d.]*", "N", masked(line)))


def test_the_mask_hides_what_depends_on_the_machine_and_nothing_else():
    row = "  p99-latency  130 µs (124 µs to 145 µs, n = 2000)    p99-latency <= 1 ms  HOLDS"
    assert masked(row) == "  p99-latency  TIME (TIME to TIME, n = 2000)  p99-latency <= 1 ms  HOLDS"
    tally = "4 limits hold, 0 broken  (16 candidates, 1 min 19 s, 2 workers)"
    assert masked(tally) == "4 limits hold, 0 broken  (16 candidates, TIME, WORKERS)"
    size = "  size  23.7 kB  size <= 100 kB  HOLDS"
    assert masked(size) == size


# What the demo says of its outcome, which is another one on a machine that is too busy for its time or its latency.
OF_THE_OUTCOME = re.compile(
    r"limits hold|p99-latency .* HOLDS|why this one|search: |written: demo\.trivet|next: |Every limit|^$"
)


def unlike(transcript: str, printed: str) -> list[str]:
    """The lines of a transcript that a real run did not print in their place, but for what the machine decides.

    A run that its clock ended saw fewer candidates, or has not fitted the best of them once more, and another file may
    have won: then only words are compared, and none of those that tell the outcome; nor are they on a machine that was
    too busy to prove a latency.
    """
    is_cut, is_busy = OUT_OF_TIME in printed or NO_REFIT in printed, "run the demo again" in printed
    shown = words_of if is_cut else masked
    found = [shown(line) for line in printed.splitlines() if OUT_OF_TIME not in line]
    if not (is_cut or is_busy):
        wanted = [shown(line) for line in transcript.splitlines()]
        return [line for line, there in zip_longest(wanted, found[: len(wanted)]) if line != there]
    # INFEASIBLE tells of findings before it tells the verdicts, so places differ too.
    return [
        shown(line) for line in transcript.splitlines() if not OF_THE_OUTCOME.search(line) and shown(line) not in found
    ]


def test_a_transcript_is_unlike_a_run_in_whatever_the_machine_does_not_decide():
    (transcript,) = blocks(ROOT / "README.md", "text")
    rest = "wrote demo.trivet and demo.html. What to type next:\n"
    assert unlike(transcript, transcript + rest) == []
    assert unlike(transcript, transcript.replace("2 workers", "8 workers").replace(" s, ", " min 3 s, ") + rest) == []
    other = transcript.replace("size <= 100 kB       HOLDS", "size <= 100 kB       UNPROVEN")
    assert len(unlike(transcript, other)) == 1
    number = re.search(r"auroc +(0\.\d{4}) \(", transcript)[1]
    assert len(unlike(transcript, transcript.replace(f"{number} (", "0.1234 (", 1))) == 1
    assert unlike(transcript, transcript.replace("  searching ...\n", "")) != []
    cut = transcript.replace("  judging ...", f"  {OUT_OF_TIME}, 3 s\n  judging ...")
    cut = re.sub(r"\(\d+ candidates", "(4 candidates", cut)
    assert unlike(transcript, cut + rest) == []
    unfitted = re.sub(r"; fitted once more .*", f"; not fitted once more on fit and choose {NO_REFIT}", transcript)
    assert unfitted != transcript and unlike(transcript, unfitted.replace("0.98", "0.97") + rest) == []
    busy = "".join(line for line in transcript.splitlines(keepends=True) if not OF_THE_OUTCOME.search(line))
    said = "All limits hold but for the latency: run the demo again when nothing else runs\n"
    assert unlike(transcript, busy + said) == []
    assert len(unlike(transcript, re.sub(r"(size +)\d", r"\g<1>9", busy) + said)) == 1


@pytest.mark.slow
def test_the_transcript_in_the_readme_is_what_the_demo_prints(desk):
    (transcript,) = blocks(ROOT / "README.md", "text")
    assert unlike(transcript, desk.printed) == []
    assert (desk.folder / "demo.trivet").exists() and (desk.folder / "demo.html").exists()


@pytest.mark.slow
def test_every_command_in_the_readme_runs(desk):
    lines = [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines()]
    commands = [line.partition(" #")[0].strip() for line in lines if line and not line.startswith((*NOT_HERE, "#"))]
    assert len(commands) >= 3
    for command in commands:
        here = command.replace(".venv/bin/trivet", f"{shlex.quote(sys.executable)} -m trivet.cli.main")
        ended = subprocess.run(["bash", "-o", "pipefail", "-c", here], cwd=desk.folder, capture_output=True, text=True)
        assert ended.returncode == 0, f"{command}\n{ended.stderr}"


@pytest.mark.slow
@pytest.mark.parametrize("path", [path for path in DOCS if blocks(path, "python")], ids=name_of)
def test_every_python_example_runs(path, desk, monkeypatch):
    monkeypatch.chdir(desk.folder)
    names = rows_and_task(desk.folder / "build" / "demo" / "breast_cancer.csv")
    for block in blocks(path, "python"):
        exec(compile(block, name_of(path), "exec"), names)  # our own documents, nobody else's text


def rows_and_task(table: Path) -> dict[str, object]:
    """What an example may take as given: the rows of a table, and the question about them."""
    from trivet.core.recipe import DataSpec, Recipe
    from trivet.data.intake import read_source, task_of
    from trivet.data.schema.table_schema import to_rows

    raw, schema = read_source(Recipe(data=DataSpec(source=str(table), target="diagnosis")))
    return {"rows": to_rows(raw, schema)[0], "task": task_of(schema)}
