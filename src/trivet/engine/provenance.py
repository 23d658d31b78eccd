"""Where a build runs, and which libraries have a hand in it."""

import hashlib
import os
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from trivet import __version__
from trivet.core.reading import Machine
from trivet.runtime.part import canonical_json


def this_machine() -> Machine:
    """A short description of the machine that measures."""
    cpu = platform.machine()
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as lines:
            models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
        cpu = models[0] if models else cpu
    except OSError:
        pass  # not Linux: the architecture is all we know
    return Machine(
        cpu=cpu,
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )


@cache  # it is asked for with every key, and reads the metadata of every library from the disk
def libraries() -> dict[str, str]:
    """Versions of everything that had a hand in the model."""
    found = {"trivet": __version__}
    for name in ("numpy", "scikit-learn", "lightgbm", "interpret-core", "optuna", "onnxruntime"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


@cache
def code_id() -> str:
    """SHA-256 over trivet's own source and the versions of the libraries: results of other code are never reused."""
    sha = hashlib.sha256(canonical_json(libraries()))
    home = Path(__file__).parent.parent
    for path in sorted(home.rglob("*.py")):
        sha.update(path.relative_to(home).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()
