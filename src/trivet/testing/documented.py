"""What holds for everything that is registered: its file is named after it, and says what it is."""

import re
import sys
from collections.abc import Iterator


def file_breaches(thing: object, name: str) -> Iterator[str]:
    """A sentence for each way in which the thing's file is not as files are."""
    module = type(thing).__module__
    file = module.rpartition(".")[2].replace("_", "-")
    if file != name:
        yield f"lives in {file.replace('-', '_')}.py, which would be {file}"
    if not re.match(r"[A-Z].*?[.:]", (sys.modules[module].__doc__ or "").replace("\n", " ")):
        yield "its module does not begin with one sentence"
