"""What holds for every test."""

import os
import tempfile

import pytest

# Some tests load ONNX Runtime themselves, which would report to its maker: see trivet.runtime.executors.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

# Tests build the same small tables hundreds of times.  Counted together, the openings of their vaults would leave no
# build a level at which anything can be shown; and nothing of it belongs into the register of whoever runs the tests.
_OWN = tempfile.TemporaryDirectory(prefix="trivet-state-")
os.environ["TRIVET_STATE"] = _OWN.name


@pytest.fixture(autouse=True, scope="module")
def state_of_a_module(tmp_path_factory):
    """A register of openings for what the fixtures of a module build."""
    before = os.environ["TRIVET_STATE"]
    os.environ["TRIVET_STATE"] = str(tmp_path_factory.mktemp("state"))
    yield
    os.environ["TRIVET_STATE"] = before


@pytest.fixture(autouse=True)
def state(tmp_path_factory, monkeypatch):
    """A register of openings for each test, in which no vault was opened yet; the folder."""
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("TRIVET_STATE", str(folder))
    return folder
