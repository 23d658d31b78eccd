"""Progress in a notebook: one display, updated in place, that ends as one line; silence everywhere else."""

import sys
import types

import pytest
from notebook_rows import FAST, cancer

import trivet
from trivet.core.errors import BadUse
from trivet.engine.progress import Progress
from trivet.ship.notebook import NotebookProgress, kernel_runs, progress_for
from trivet.ship.terminal import TerminalProgress


class Place:
    """A display that remembers what was written into it."""

    def __init__(self, bundle):
        self.bundles = [bundle]

    def update(self, bundle, *, raw):
        assert raw
        self.bundles.append(bundle)

    @property
    def last(self):
        return self.bundles[-1]


class Notebook:
    """What `display` of a notebook does, and a clock that a test moves."""

    def __init__(self):
        self.places, self.now = [], 100.0

    def show(self, bundle):
        self.places.append(Place(bundle))
        return self.places[-1]

    def progress(self):
        return NotebookProgress(show=self.show, clock=lambda: self.now)


@pytest.fixture
def notebook():
    return Notebook()


def with_ipython(monkeypatch, shell, notebook):
    """IPython as it is in a process: a shell, and a display that the test can look at."""

    def display(bundle, *, raw, display_id):
        assert raw and display_id
        return notebook.show(bundle)

    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: shell
    ipython.display = types.ModuleType("IPython.display")
    ipython.display.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", ipython.display)


def test_05_14_a_notebook_shows_a_mistake_without_a_traceback():
    error = BadUse("file-exists", wanted="a new file", found="a file of that name", do="say force=True")
    assert "\n".join(error._render_traceback_()) == str(error)


def test_05_14_progress_is_one_display_with_stage_share_bar_time_left_and_best_so_far(notebook):
    progress = notebook.progress()
    progress.stage("searching")
    notebook.now += 10
    progress.done(0.25, "3 candidates, best auroc 0.9312 in 12 kB")
    (place,) = notebook.places
    text, html = place.last["text/plain"], place.last["text/html"]
    for part in ("searching", "25%", "about 30 s left", "best auroc 0.9312 in 12 kB"):
        assert part in text and part in html
    assert "width:25.0%" in html and "<script" not in html


def test_05_14_it_ends_as_one_line_without_a_bar(notebook):
    progress = notebook.progress()
    progress.stage("searching")
    progress.done(0.9)
    notebook.now += 61
    progress.close()
    last = notebook.places[0].last
    assert last["text/plain"] == "trivet: done after 1 min 1 s"
    assert "width:90" not in last["text/html"] and "height:6px" not in last["text/html"]


def test_05_14_notes_are_shown_at_once_and_stay_folded_under_their_count(notebook):
    progress = notebook.progress()
    progress.stage("reading")
    progress.note("column <b>x</b> is a copy")
    assert "column &lt;b&gt;x&lt;/b&gt; is a copy" in notebook.places[0].last["text/html"]
    progress.close()
    html = notebook.places[0].last["text/html"]
    assert "(1 note)" in html and "<details>" in html and "&lt;b&gt;" in html and "<b>" not in html


def test_05_14_a_build_that_stops_says_so_and_shows_its_notes(notebook):
    progress = notebook.progress()
    progress.stage("searching")
    progress.note("a surprise")
    progress.stop("interrupted")
    html = notebook.places[0].last["text/html"]
    assert "stopped, interrupted after" in html and "<details open>" in html and "a surprise" in html


def test_05_14_it_writes_at_most_a_few_times_a_second(notebook):
    progress = notebook.progress()
    progress.stage("searching")
    for step in range(1000):  # ten seconds of a fast search
        notebook.now += 0.01
        progress.done(step / 1000)
    assert len(notebook.places) == 1 and 25 < len(notebook.places[0].bundles) < 40


@pytest.mark.parametrize("share", [0.0, 1.0, 2.0, -1.0])
def test_05_14_no_time_is_told_before_it_can_be_known_nor_after_the_end(notebook, share):
    progress = notebook.progress()
    progress.done(share)
    assert "left" not in notebook.places[0].last["text/plain"]


def test_05_14_a_kernel_gets_a_bar_by_default_and_nothing_else_does(monkeypatch, notebook):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert type(progress_for(None)) is Progress
    with_ipython(monkeypatch, None, notebook)  # imported by a library, but nobody runs in it
    assert not kernel_runs() and type(progress_for(None)) is Progress
    with_ipython(monkeypatch, types.SimpleNamespace(), notebook)  # IPython on a terminal
    assert type(progress_for(None)) is Progress
    with_ipython(monkeypatch, types.SimpleNamespace(kernel=object()), notebook)
    assert type(progress_for(None)) is NotebookProgress


def test_05_14_what_is_asked_for_wins_over_where_it_runs(monkeypatch, notebook):
    with_ipython(monkeypatch, types.SimpleNamespace(kernel=object()), notebook)
    own = Progress()
    assert type(progress_for(False)) is Progress
    assert type(progress_for(True)) is TerminalProgress
    assert progress_for(own) is own


@pytest.mark.slow
def test_05_14_a_cell_shows_its_build_without_being_asked(monkeypatch, notebook, capsys):
    with_ipython(monkeypatch, types.SimpleNamespace(kernel=object()), notebook)
    model = trivet.compile(cancer(), target="diagnosis", limits="auroc >= 0.7", steps=FAST, time="60s")
    assert isinstance(model, trivet.Specialist)
    (place,) = notebook.places
    assert any("searching" in bundle["text/plain"] for bundle in place.bundles)
    assert place.last["text/plain"].startswith("trivet: done after")
    assert capsys.readouterr() == ("", "")


def test_05_14_a_plain_script_says_nothing(monkeypatch, capsys):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    trivet.compile(cancer(), target="diagnosis", limits="size <= 10 B")
    assert capsys.readouterr() == ("", "")


def test_05_14_true_writes_to_standard_error(capsys):
    trivet.compile(cancer(), target="diagnosis", limits="size <= 10 B", progress=True)
    out, err = capsys.readouterr()
    assert out == "" and "reading ..." in err


def test_05_14_the_real_ipython_shows_a_card_and_takes_the_progress(monkeypatch):
    pytest.importorskip("IPython", reason="IPython is no part of the extras for development")
    from IPython.core.formatters import DisplayFormatter
    from IPython.utils.capture import capture_output

    found = trivet.compile(cancer(), target="diagnosis", limits="size <= 10 B", progress=False)
    shown, _ = DisplayFormatter().format(found)
    assert "INFEASIBLE" in shown["text/html"] and "INFEASIBLE" not in shown["text/plain"][:5]
    with capture_output() as captured:
        progress = NotebookProgress()
        progress.stage("reading")
        progress.close()
    assert captured.stdout == "" or "trivet" in captured.stdout
