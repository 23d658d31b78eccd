"""The example of a first hour: every command ends as documented, and says what a user has to know."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "first_hour.py"


@pytest.mark.slow
def test_the_first_hour_goes_as_documented(tmp_path):
    ended = subprocess.run(
        [sys.executable, str(EXAMPLE), "--short"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr
    for said in (
        "number(decimal=',', thousands='.', unit='€')",
        "block target-copy(pathology_code)",
        "SOUND: 3 limits hold on these 149 rows",
        "NOT FRESH: about 100 %",
        "'BENIGN' (114), 'MALIGNANT' (35)",
        "DAMAGED: the file was altered",
        "runtime take",
        "BEST EFFORT, BROKEN",
        "constant 0.1",
        "every command ended as documented",
    ):
        assert said in ended.stdout, said
