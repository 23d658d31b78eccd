"""What every exporter must keep, on made files."""

from collections.abc import Iterator

from trivet.core.exporters import Exporter

from .documented import file_breaches
from .sample_specialists import sample_specialists


def check_exporter(exporter: Exporter) -> list[str]:
    """The laws that the exporter breaks, as sentences; empty when it keeps them all."""
    return [f"{exporter.name}: {breach}" for breach in (*file_breaches(exporter, exporter.name), *behaves(exporter))]


def behaves(exporter: Exporter) -> Iterator[str]:
    """Some file has the form, the same file gives the same bytes, and each refusal has a reason."""
    if not exporter.suffix.startswith("."):
        yield f"its suffix {exporter.suffix!r} does not begin with a dot"
    files = sample_specialists().values()
    written = [file for file in files if not exporter.refuses(file)]
    if not written:
        yield "it refuses every sample"
    for file in written:
        content = exporter.content(file)
        if not content:
            yield f"it makes nothing of {file!r}"
        if exporter.content(file) != content:
            yield "the same file gives other bytes the second time"
