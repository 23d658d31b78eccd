"""A busy machine, made on purpose."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_BUSY = "import os; parent = os.getppid()\nwhile os.getppid() == parent: sum(range(100000))"


@contextmanager
def neighbours(count: int) -> Iterator[None]:
    """So many processes that do nothing but compute, for the `with` block; they end with who began them."""
    busy = [subprocess.Popen([sys.executable, "-c", _BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()
