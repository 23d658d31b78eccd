"""A section whose HTML is a template of jinja beside this module, called after the section."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from trivet.core.extras import need
from trivet.core.sections import Section, no_formula


class Fragment(Section):
    """Shows what `make` made through `fragments/NAME.html.jinja`; all text is escaped there."""

    def show(self, made: Mapping[str, Any]) -> str:
        page: str = environment().get_template(f"{self.name}.html.jinja").render(made)
        return page


@cache
def environment() -> Any:
    """jinja, set so that text stays text and a missing name is an error."""
    jinja = need("jinja2", for_="the report")
    return jinja.Environment(
        loader=jinja.FunctionLoader(text_of),
        autoescape=True,
        undefined=jinja.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=no_formula,
    )


def text_of(name: str) -> str:
    return (files("trivet.documents") / "fragments" / name).read_text(encoding="utf-8")


def dropped_of(manifest: Mapping[str, Any]) -> list[str]:
    """The documents that were left out of the file to keep its size limit."""
    return list(manifest.get("dropped_documents", ()))
