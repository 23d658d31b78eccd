"""The report of a specialist: one page of HTML that needs nothing else, made from the file alone.

This is the shell; the sections are found by their names in `documents/` and in other distributions.  The page loads
nothing, runs nothing, and says so to the browser (Content-Security-Policy).  Everything that came from data is text: it
is escaped, and cannot become a formula when the page is pasted into a spreadsheet.
"""

from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import Any

from trivet.core.errors import BadFile
from trivet.core.extras import need
from trivet.core.registry import find, left_out, places, usable
from trivet.core.sections import FileFacts, Section, escaped, no_formula
from trivet.core.value import value

Json = Mapping[str, Any]

HEAD = "head"
"""The section that stands above all others and gives the page its name."""
_LAST = 1000  # where the words about sections that are not there stand


@value
class View:
    """A section as the shell shows it.  html: escaped where it was made."""

    name: str
    title: str
    order: float
    is_folded: bool
    html: str


def render(manifest: Json, evidence: Json, *, digest: str, size_bytes: int, beside: Json | None = None) -> str:
    """The page.  manifest, evidence: as in the file; whatever is absent is said to be absent.  digest: of the file.

    beside: what lies beside the file, see `core.sections.FileFacts`.
    """
    jinja = need("jinja2", for_="the report")
    environment = jinja.Environment(
        autoescape=True, undefined=jinja.StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=no_formula
    )
    template = environment.from_string(text_of("report.html.jinja"))
    file = FileFacts(manifest=manifest, evidence=evidence, digest=digest, size_bytes=size_bytes, beside=beside or {})
    try:
        head: Section = find("section", HEAD)()
        made = head.make(file) or {}
        views = sorted(views_of(file), key=lambda view: (view.order, view.name))
    except (TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
        # Sound bytes, but not the shapes that trivet writes: somebody else made this file.
        raise BadFile(
            "report-manifest",
            wanted="a manifest with the fields that trivet writes",
            found=f"{type(error).__name__}: {error}",
            do="build the file again with `trivet compile`",
        ) from error
    page: str = template.render(
        style=text_of("report.css"),
        head=made,
        header=head.show(made),
        open=[view for view in views if not view.is_folded],
        folded=[view for view in views if view.is_folded],
        digest=digest,
    )
    return page


def text_of(name: str) -> str:
    return files("trivet.ship").joinpath(name).read_text(encoding="utf-8")


def views_of(file: FileFacts) -> Iterator[View]:
    """Every section that has something to show, and a word about each carried one that nobody here can show."""
    kinds = usable("section")
    carried = carried_by(file)
    for name, kind in kinds.items():
        if name != HEAD:
            section: Section = kind()
            shown = html_of(section, file, carried)
            if shown is not None:
                yield View(name=name, title=kind.title, order=kind.order, is_folded=kind.is_folded, html=shown)
    for name in sorted(set(carried) - set(kinds)):
        yield View(name=name, title=name, order=_LAST, is_folded=False, html=absent(why_absent(name)))


def carried_by(file: FileFacts) -> Json:
    """name -> what a section made when the file was packed, see `engine.carried_sections`."""
    carried: Json = file.manifest.get("documents", {})
    return carried


def html_of(section: Section, file: FileFacts, carried: Json) -> str | None:
    """The HTML of a section; None where it has nothing to show.  That of somebody else may fail, and is told then."""
    if section.at_build and section.name not in carried:
        left_out = "documents" in file.manifest.get("dropped_documents", ())
        return absent("Left out of the file, to keep its size limit.") if left_out else None
    if section.at_build and "made" not in carried[section.name]:
        return absent(f"It could not be made when the file was packed: {carried[section.name].get('failed')}.")
    try:
        made = carried[section.name]["made"] if section.at_build else section.make(file)
        return None if made is None else section.show(made)
    except Exception as error:  # what is our own is raised again
        distribution = places("section")[section.name].distribution
        if not distribution:
            raise
        return absent(f"The section {section.name} of {distribution} failed with {type(error).__name__}: {error}.")


def why_absent(name: str) -> str:
    """Why a section that the file carries cannot be shown here."""
    broken = [told for told in left_out("section") if told.startswith(f"the section {name} ")]
    return broken[0] if broken else f"The file carries a section {name} that is not installed here."


def absent(text: str) -> str:
    return f'<p class="absent">{escaped(text)}</p>\n'
