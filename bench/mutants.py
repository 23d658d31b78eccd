"""Strength of the tests: single faults are put into the code that judges, and the fast tests have to notice each.

The faults (`mutation_sites.py`) are chosen by a seed, evenly over files and kinds.  The code is copied to a scratch
folder with a Python of its own, so that processes that a build starts see the fault too; this folder is never touched.
Every fast test is first run once on the sound copy, and which lines of the judged files it passes is noted: a fault is
shown to the tests that pass its line, cheapest first, and to those that `ELSEWHERE` names.  A test that fails, or takes
three times as long as on the sound copy, kills the fault.

Prints Markdown and appends to bench/out/mutants.jsonl, from which it goes on when it is started again.
    python bench/mutants.py                         # 400 faults, about an hour on one core
    python bench/mutants.py --count 20 --only engine/judge.py
    python bench/mutants.py --again survived        # after tests were added
"""

import argparse
import ast
import contextlib
import fcntl
import hashlib
import importlib
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
import traceback
import venv
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mutation_sites import Site, faulty, in_turn, sites_of

ROOT = Path(__file__).parent.parent
OUT = Path(__file__).parent / "out"
REASONS = Path(__file__).parent / "mutants_reasons.toml"
SOURCE = "src/trivet"
JUDGED = (
    "core/limits.py", "core/levels.py", "core/reading.py", "kit/stats/*.py", "kit/conformal/*.py", "engine/judge.py",
    "engine/chance.py", "engine/frontier.py", "engine/openings.py", "engine/control.py", "engine/capping.py",
    "engine/costs.py", "data/split/*.py", "storage/register.py", "ship/claims.py", "ship/verify.py",
    "ship/verification.py",
)  # fmt: skip
TESTS = (
    "tests/core", "tests/kit", "tests/gauges", "tests/data", "tests/storage", "tests/reference", "tests/operate",
    "tests/engine/test_capping.py", "tests/engine/test_chance.py", "tests/engine/test_frontier.py",
    "tests/engine/test_openings.py", "tests/engine/test_overlap.py", "tests/engine/test_control.py",
    "tests/engine/test_control_by_hand.py", "tests/engine/test_advice.py", "tests/engine/test_costs_by_hand.py",
    "tests/engine/test_judge.py", "tests/passes",
    "tests/ship/test_claims.py", "tests/ship/test_verification.py", "tests/ship/test_verify_parts.py",
)  # fmt: skip
"""Without tests of whole builds, too dear for each of many faults: what they alone notice counts as missed."""
ELSEWHERE = {
    "engine/control.py": ("tests/engine/test_control_by_hand.py",),
    "kit/stats/rows_needed.py": ("tests/kit/test_rows_needed.py",),
    "kit/stats/process_cost.py": ("tests/kit/test_small_parts.py",),
    "kit/conformal/tuned.py": ("tests/passes/test_set_threshold.py", "tests/passes/test_withhold_unsure.py"),
    "kit/conformal/floors.py": ("tests/passes/test_guard_sets.py", "tests/passes/test_guard_interval.py"),
}
"""Tests that run a file in processes of their own, where no line is noted, or after too many calls of one function."""
NEAR = (
    "core.gauges", "core.limits", "core.levels", "core.reading", "data.split", "data.intake", "engine", "gauges",
    "kit.stats", "kit.conformal", "operate", "passes.guard", "ship", "storage.register", "testing.shapes",
    "testing.trials",
)  # fmt: skip
"""What a test file has to import, or have from a neighbour, to be worth a look: the judged files and their callers."""
HEAVY = ("numpy", "scipy.stats", "scipy.optimize", "pytest", "hypothesis", "pandas", "sklearn.linear_model")
QUIET = ("-p", "no:xdist", "-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning")
MOST_SECONDS = 20.0  # of tests, on the sound copy, that one fault is shown to
MOST_CALLS, MOST_IN_ALL = 100, 200_000  # of one function in one test: then its lines, then all lines, are noted no more
MOST_NOTING = 40.0  # seconds for the tests of one file on the sound copy: those that come later are left out
SPARE = 20.0  # seconds beside three times the sound time

Record = dict[str, Any]


# The scratch copy, and a Python that finds trivet there.


def scratch_python(scratch: Path) -> Path:
    """Copies what git knows or would take (sources and tests), and makes the Python; keeps what is unchanged."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in names:
        new, old = ROOT / name, scratch / "tree" / name
        if new.is_file() and (not old.exists() or old.read_bytes() != new.read_bytes()):
            old.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(new, old)
    home = scratch / "python"
    if not home.exists():
        venv.create(home, with_pip=False, symlinks=True)
        paths = [str(scratch / "tree" / "src"), *(path for path in sys.path if path.endswith("site-packages"))]
        (packages,) = home.glob("lib/python*/site-packages")
        (packages / "here.pth").write_text("\n".join(paths) + "\n", encoding="utf-8")
    return home / "bin" / "python"


def judged_files(tree: Path) -> list[str]:
    """Relative to the package."""
    found = [path for pattern in JUDGED for path in sorted((tree / SOURCE).glob(pattern))]
    return [str(path.relative_to(tree / SOURCE)) for path in found if path.name != "__init__.py"]


def forget_compiled(path: Path) -> None:
    """What Python compiled of a file: two faults in one second may have the same size and time."""
    for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
        compiled.unlink()


# Tests in a process of their own, forked from this one, which has the heavy libraries and never trivet.


class Noted:
    """A plug-in of pytest: which tests ran, how long, and which lines of the judged files they passed."""

    def __init__(self, tree: Path, chosen: Sequence[str] | None, told: Path, *, trace: bool) -> None:
        self.files = {str(tree / SOURCE / name): name for name in judged_files(tree)} if trace else {}
        self.chosen, self.tests, self.told = chosen, dict[str, Record](), told
        self.passed, self.calls = set[tuple[str, int]](), Counter[Any]()

    def pytest_collection_modifyitems(self, config: Any, items: list[Any]) -> None:
        if self.chosen is not None:
            place = {name: at for at, name in enumerate(self.chosen)}
            left = [item for item in items if item.nodeid not in place]
            items[:] = sorted((item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid])
            config.hook.pytest_deselected(items=left)

    def pytest_runtest_logreport(self, report: Any) -> None:
        test = self.tests.setdefault(report.nodeid, {"seconds": 0.0, "setup": 0.0, "ok": True, "lines": {}})
        test["seconds"] += report.duration
        test["setup"] += report.duration if report.when == "setup" else 0.0
        test["ok"] = test["ok"] and report.passed

    def pytest_runtest_protocol(self, item: Any) -> None:
        self.passed, self.calls = set(), Counter()
        if self.files:
            sys.settrace(self.trace)

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        sys.settrace(None)
        by_file: dict[str, list[int]] = defaultdict(list)
        for name, line in sorted(self.passed):
            by_file[name].append(line)
        with self.told.open("a", encoding="utf-8") as file:  # what is done counts, whenever the rest is cut off
            file.write(json.dumps([nodeid, {**self.tests[nodeid], "lines": by_file}]) + "\n")

    def trace(self, frame: Any, event: str, _: Any) -> Any:
        name = self.files.get(frame.f_code.co_filename)
        if name is None:
            return None
        self.calls[frame.f_code] += 1
        if self.calls[frame.f_code] > MOST_CALLS:
            if self.calls[frame.f_code] > MOST_IN_ALL:
                sys.settrace(None)
            return None
        passed = self.passed
        passed.add((name, frame.f_lineno))

        def line(frame: Any, event: str, _: Any) -> Any:
            passed.add((name, frame.f_lineno))
            return line

        return line


def in_child(
    tree: Path, paths: Sequence[str], chosen: Sequence[str] | None, seconds: float, *, trace: bool = False
) -> Record:
    """{"ended": the exit status of pytest, or "late", "tests": {...}, "words": the end of what it printed}."""
    told, said = tree.parent / "told.json", tree.parent / "said.txt"
    told.unlink(missing_ok=True)
    shutil.rmtree(tree / ".hypothesis", ignore_errors=True)
    child = os.fork()
    if child == 0:
        os.setsid()
        with open(said, "w", encoding="utf-8") as log:
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        status = 99
        try:
            status = run_tests(tree, paths, chosen, told, trace=trace)
        except BaseException:  # noqa: BLE001  # the child ends here, whatever happened
            traceback.print_exc()
        finally:
            os._exit(status)
    ended = wait(child, seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # whatever it started
    lines = told.read_text(encoding="utf-8").splitlines() if told.exists() else []
    return {
        "ended": ended,
        "tests": dict(json.loads(line) for line in lines if line.endswith("]")),
        "words": said.read_text(encoding="utf-8", errors="replace")[-3000:],
    }


def wait(child: int, seconds: float) -> int | str:
    """The exit status; "late" for a process that had to be ended."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "late"


def run_tests(tree: Path, paths: Sequence[str], chosen: Sequence[str] | None, told: Path, *, trace: bool) -> int:
    import pytest

    os.chdir(tree)
    os.environ["TRIVET_STATE"] = str(tree.parent / "state")
    sys.dont_write_bytecode = True
    noted = Noted(tree, chosen, told, trace=trace)
    stop = [] if trace else ["-x"]
    words = [*stop, "-q", "-m", "not slow", "--tb=line", "--hypothesis-seed=0", *QUIET, *paths]
    return int(pytest.main(words, plugins=[noted]))


# Which tests pass which line.


def digest_of(*paths: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:16]


def layout_of(path: Path) -> str:
    """A digest of where the functions of a file lie: lines that were noted hold until that changes."""
    functions = (node for node in ast.walk(ast.parse(path.read_bytes())) if isinstance(node, ast.FunctionDef))
    return hashlib.sha256(repr([(one.name, one.lineno, one.end_lineno) for one in functions]).encode()).hexdigest()[:16]


def seen_lines(tree: Path) -> dict[str, Record]:
    """{test: seconds, setup, ok, lines}, kept until the test changes or functions move in a file that it runs."""
    path = OUT / "mutants_seen.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    layouts = {name: layout_of(tree / SOURCE / name) for name in judged_files(tree)}
    found: dict[str, Record] = {}
    for test in test_files(tree):
        name, mark = str(test.relative_to(tree)), digest_of(test)
        old = kept.get(name, {"mark": "", "layouts": {}})
        if old["mark"] != mark or any(layouts.get(file) != layout for file, layout in old["layouts"].items()):
            ran = in_child(tree, [name], None, MOST_NOTING, trace=True)
            print(f"  {name}: {len(ran['tests'])} tests, ended {ran['ended']}", file=sys.stderr, flush=True)
            passed = {file for one in ran["tests"].values() for file in one["lines"]}
            kept[name] = {
                "mark": mark if ran["ended"] in (0, 1, 5, "late") else "",
                "layouts": {file: layouts[file] for file in passed},
                "tests": ran["tests"],
            }
            path.write_text(json.dumps(kept), encoding="utf-8")
        found |= kept[name]["tests"]
    return found


def test_files(tree: Path) -> Iterator[Path]:
    for name in TESTS:
        where = tree / name
        found = [where] if where.is_file() else sorted(where.rglob("test_*.py"))
        yield from (path for path in found if is_near(path) or where.is_file())


def is_near(test: Path) -> bool:
    """Whether the file, or a module beside it that it imports, imports what is judged or calls it."""
    text = test.read_text(encoding="utf-8")
    beside = re.findall(r"^from (\w+) import", text, re.MULTILINE)
    text += "".join(
        path.read_text(encoding="utf-8") for one in beside if (path := test.with_name(f"{one}.py")).exists()
    )
    imported = re.findall(r"^\s*from trivet\.([\w.]+) import", text, re.MULTILINE)
    return "find_gauge" in text or any(one == near or one.startswith(near + ".") for one in imported for near in NEAR)


class Seen:
    """The tests that may notice a fault."""

    def __init__(self, tests: dict[str, Record], most_seconds: float) -> None:
        self.most_seconds = most_seconds
        self.tests = {name: test for name, test in tests.items() if test["ok"]}
        self.of_line: dict[tuple[str, int], set[str]] = defaultdict(set)
        of_file: dict[str, list[str]] = defaultdict(list)
        for name in self.tests:
            of_file[name.partition("::")[0]].append(name)
        self.of_file = of_file
        for name, test in self.tests.items():
            # What fixtures of a module do shows in any of its tests, and runs in the first of them.
            whom = of_file[name.partition("::")[0]] if test["setup"] > 0.05 else [name]
            for file, lines in test["lines"].items():
                for line in lines:
                    self.of_line[file, line].update(whom)

    def chosen(self, site: Site) -> list[str]:
        """Cheapest first, for as long as the time for one fault lasts; what is read on import shows anywhere."""
        if site.lines is None:
            found = {name for (file, _), names in self.of_line.items() if file == site.file for name in names}
        else:
            first, last = site.lines
            found = {name for line in range(first, last + 1) for name in self.of_line[site.file, line]}
        for file in ELSEWHERE.get(site.file, ()):
            found |= set(self.of_file[file])
        took, some = 0.0, []
        for name in sorted(found, key=lambda name: (self.tests[name]["seconds"], name)):
            took += self.tests[name]["seconds"]
            if took > self.most_seconds:
                break
            some.append(name)
        return some

    def seconds(self, names: Sequence[str]) -> float:
        """What they take on the sound copy, with what fixtures of their modules take."""
        files = {name.partition("::")[0] for name in names}
        setups = sum(max(self.tests[one]["setup"] for one in self.of_file[file]) for file in files)
        return setups + sum(self.tests[name]["seconds"] for name in names)


# The faults.


def chosen_sites(tree: Path, count: int, seed: int, only: str) -> list[Site]:
    """As many from each file as there are, in turn; a larger count keeps those of a smaller one."""
    files = [name for name in judged_files(tree) if name.startswith(only)]
    turns = [in_turn(sites_of(name, (tree / SOURCE / name).read_bytes()), seed) for name in files]
    listed = reasons()
    turns = [[site for site in some if site.name not in listed] for some in turns]
    rounds = max(map(len, turns), default=0)
    ordered = [some[at] for at in range(rounds) for some in turns if at < len(some)]
    return ordered[:count]


def reasons() -> dict[str, str]:
    """{name of a fault that changes nothing anybody could rely on: why}."""
    if not REASONS.exists():
        return {}
    found = tomllib.loads(REASONS.read_text(encoding="utf-8"))
    return {one["fault"]: one["why"] for one in found.get("equivalent", ())}


def shown(tree: Path, site: Site, seen: Seen) -> Record:
    """What the tests say of one fault."""
    path, names = tree / SOURCE / site.file, seen.chosen(site)
    record = {"name": site.name, "file": site.file, "kind": site.kind, "line": site.line, "tests": len(names)}
    record |= {"code": digest_of(path)}
    if not names:
        return {**record, "end": "unseen", "by": "", "seconds": 0.0}
    sound = path.read_bytes()
    began = time.monotonic()
    try:
        path.write_bytes(faulty(sound, site))
        forget_compiled(path)
        ordered = in_order(names, seen)
        files = [*dict.fromkeys(name.partition("::")[0] for name in ordered)]
        ran = in_child(tree, files, ordered, 3 * seen.seconds(names) + SPARE)
    finally:
        path.write_bytes(sound)
        forget_compiled(path)
    failed = [name for name, test in ran["tests"].items() if not test["ok"]]
    end = {0: "survived", "late": "late", 5: "unseen"}.get(ran["ended"], "killed")
    by = failed[0] if failed else "" if end != "killed" else ran["words"][-300:]
    return {**record, "end": end, "by": by, "seconds": round(time.monotonic() - began, 2)}


def in_order(names: Sequence[str], seen: Seen) -> list[str]:
    """The tests file by file, the cheapest file first, and the cheapest test of each."""
    by_file: dict[str, list[str]] = defaultdict(list)
    for name in names:
        by_file[name.partition("::")[0]].append(name)
    return [name for some in sorted(by_file.values(), key=seen.seconds) for name in some]


# What is told.


def read_records(path: Path) -> dict[str, Record]:
    """The last word on each fault."""
    if not path.exists():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    return {one["name"]: one for one in map(json.loads, lines)}


def table(sites: Sequence[Site], records: dict[str, Record]) -> str:
    """Markdown: per folder or file made, killed, survived; then the survivors."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for site in sites:
        if site.name in records:
            end = records[site.name]["end"]
            for row in (site.file, "all"):
                counts[row]["killed" if end in ("killed", "late") else "survived"] += 1
    lines = ["| file | made | killed | survived | share killed |", "|---|---|---|---|---|"]
    for name in [*sorted(set(counts) - {"all"}), *(["all"] if counts else [])]:
        killed, survived = counts[name]["killed"], counts[name]["survived"]
        made = killed + survived
        lines.append(f"| {name} | {made} | {killed} | {survived} | {killed / made:.1%} |")
    return "\n".join(lines)


def survivors(tree: Path, sites: Sequence[Site], records: dict[str, Record]) -> str:
    """The survivors as differences of whole lines."""
    told = []
    for site in sites:
        end = records.get(site.name, {"end": "killed"})["end"]
        if end in ("survived", "unseen"):
            old = (tree / SOURCE / site.file).read_bytes()
            told.append(f"{end}: {site.name}\n{difference(old, faulty(old, site))}")
    return "\n".join(told)


def difference(old: bytes, new: bytes) -> str:
    """The lines that differ, - and +, with their numbers."""
    left, right = (text.decode().splitlines() for text in (old, new))
    first = next(at for at, (one, two) in enumerate(zip(left, right)) if one != two)
    same_end = 0
    while left[-1 - same_end] == right[-1 - same_end] and same_end < min(len(left), len(right)) - first - 1:
        same_end += 1
    removed, added = left[first : len(left) - same_end], right[first : len(right) - same_end]
    return "\n".join([*(f"  {first + 1}- {line}" for line in removed), *(f"  {first + 1}+ {line}" for line in added)])


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=400, help="faults to make")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", default="", help="a judged file, or a folder, e.g. kit/stats")
    parser.add_argument("--again", default="", help="comma: ends to try again, e.g. survived,unseen; or all")
    parser.add_argument("--most-seconds", type=float, default=MOST_SECONDS, help="of tests, for one fault")
    parser.add_argument("--list", action="store_true", help="print the table of what is known, and make nothing")
    parser.add_argument("--scratch", type=Path, default=OUT / "mutants", help="folder of the copy")
    return parser.parse_args()


def main() -> int:
    asked = parsed()
    OUT.mkdir(exist_ok=True)
    scratch = asked.scratch.resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    fcntl.flock(os.open(scratch, os.O_RDONLY), fcntl.LOCK_EX)  # two at once would see each other's faults
    python, tree = scratch_python(scratch), scratch / "tree"
    if Path(sys.executable) != python:  # a process that a test starts is this Python, and finds the copy
        os.execv(python, [str(python), __file__, *sys.argv[1:]])
    records, log = read_records(OUT / "mutants.jsonl"), OUT / "mutants.jsonl"
    sites = chosen_sites(tree, asked.count, asked.seed, asked.only)
    again = asked.again.split(",")
    open_ = [site for site in sites if site.name not in records or {records[site.name]["end"], "all"} & {*again}]
    if not asked.list:
        with contextlib.redirect_stderr(io.StringIO()):
            for name in HEAVY:
                with contextlib.suppress(ImportError):
                    importlib.import_module(name)
        seen = Seen(seen_lines(tree), asked.most_seconds)
        for site in open_:
            records[site.name] = shown(tree, site, seen)
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(records[site.name]) + "\n")
    print(table(sites, records))
    print()
    print(survivors(tree, sites, records))
    return 0


if __name__ == "__main__":
    sys.exit(main())
