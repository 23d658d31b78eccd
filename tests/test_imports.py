"""Importing costs next to nothing, and the runtime stands alone: shown in clean interpreters."""

import subprocess
import sys

import pytest

HEAVY = (
    "torch", "pandas", "polars", "sklearn", "scipy", "lightgbm", "pyarrow", "duckdb", "optuna", "interpret", "cleanlab",
    "matplotlib", "jinja2", "onnx", "onnxruntime",
)  # fmt: skip


def modules_after(code: str) -> set[str]:
    """What a clean interpreter has loaded after running the code."""
    report = "\nimport sys\nprint(*sorted(sys.modules), sep='\\n')"
    ended = subprocess.run([sys.executable, "-I", "-c", code + report], capture_output=True, text=True, check=True)
    return set(ended.stdout.split())


@pytest.mark.parametrize(
    "code",
    [
        "import trivet",
        "import trivet.runtime",
        "import trivet.core.recipe, trivet.core.registry",
        "import trivet.cli.main",
    ],
)
def test_imports_leave_heavy_libraries_alone(code):
    assert not modules_after(code) & set(HEAVY)


def test_importing_trivet_does_not_even_load_numpy():
    assert "numpy" not in modules_after("import trivet; trivet.__version__, dir(trivet)")


def test_the_runtime_loads_nothing_else_of_trivet():
    modules = ["batch", "file.container", "program", "specialist", "probes", "frames", "executors", "kinds"]
    loaded = modules_after("import " + ", ".join(f"trivet.runtime.{name}" for name in modules))
    ours = {name for name in loaded if name.partition(".")[0] == "trivet"}
    assert all(name == "trivet" or name.split(".")[1] == "runtime" for name in ours)


def test_the_public_names_are_there():
    loaded = modules_after("import trivet\nfor name in trivet.__all__: getattr(trivet, name)")
    assert not loaded & {"torch", "pandas", "matplotlib"}


def test_an_unknown_name_is_an_attribute_error():
    import trivet

    with pytest.raises(AttributeError, match="no attribute 'compil'"):
        trivet.compil  # noqa: B018  the access itself is what is tested
