"""A small table, one specialist that is compiled from it once, and a way to run commands."""

import pytest
from run_commands import LIMITS, STEPS, Ended, Workplace, flags, in_process, write_csv

from trivet.cli.main import main


@pytest.fixture
def trivet(capsys):
    """Runs a command in this process."""

    def run(*words: str) -> Ended:
        capsys.readouterr()
        try:
            code = main(words)
        except SystemExit as end:  # argparse ends so after --help and --version
            code = int(end.code or 0)
        out, err = capsys.readouterr()
        return Ended(code=code, out=out, err=err)

    return run


@pytest.fixture(scope="session")
def workplace(tmp_path_factory) -> Workplace:
    folder = tmp_path_factory.mktemp("cli")
    table, file = write_csv(folder / "ab.csv"), folder / "ab.trivet"
    words = [*flags("--steps", STEPS), *flags("--limit", LIMITS), "--out", str(file), "--threads", "1", "--json"]
    compiled = in_process("compile", str(table), "--target", "y", *words)
    return Workplace(folder=folder, table=table, file=file, compiled=compiled)
