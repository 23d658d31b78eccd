"""Every example in a docstring runs and prints what it says."""

import doctest
import pkgutil
from importlib import import_module

import pytest

import trivet

MODULES = sorted(m.name for m in pkgutil.walk_packages(trivet.__path__, "trivet.") if not m.ispkg)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_run(name):
    assert doctest.testmod(import_module(name)).failed == 0


def test_some_module_has_examples():
    assert sum(doctest.testmod(import_module(name)).attempted for name in MODULES) > 0
