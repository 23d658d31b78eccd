"""The command line: finds the command, runs it, prints the result or the error, and ends with a stable exit code.

0 done and nothing contradicts; 1 our fault; 2 wrong input; 3 the limits cannot be kept, or one is missed on these rows;
4 something is not installed; 5 unproven: too few rows to say; 6 the file is damaged or contradicts itself;
7 an alarm: a watched limit is missed; 130 interrupted.
"""

import argparse
import json
import os
import pkgutil
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

from trivet import __version__
from trivet.core.errors import nearest_names
from trivet.runtime.errors import TrivetError

from . import commands
from .result import Result

EXIT_CODES = (
    "exit codes: 0 done, 1 our fault, 2 wrong input, 3 limits cannot be kept, 4 something is not installed,\n"
    "            5 unproven, 6 the file is damaged or contradicts itself, 7 an alarm, 130 interrupted"
)


class WrongArguments(TrivetError):
    """The words on the command line do not fit."""


class Parser(argparse.ArgumentParser):
    """argparse, with our kind of error."""

    example = "trivet COMMAND ..."

    def error(self, message: str) -> NoReturn:
        raise WrongArguments(
            "bad-arguments", wanted=f"arguments as in `{self.example}`", found=message, do=f"see `{self.prog} --help`"
        )

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        # argparse would list every choice; the nearest one says more.
        if action.choices is not None and value not in action.choices:
            what = action.option_strings[0] if action.option_strings else "command"
            near = nearest_names(str(value), map(str, action.choices))
            raise WrongArguments(
                "bad-arguments", wanted=f"a known {what}", found=repr(value), do=f"{near} See `{self.prog} --help`"
            )

    def command_helps(self) -> dict[str, str]:
        """{command: its help text}, for the docs; of one width everywhere."""
        (choices,) = (action for action in self._actions if isinstance(action, argparse._SubParsersAction))
        for one in choices.choices.values():
            one.formatter_class = partial(argparse.RawDescriptionHelpFormatter, width=100)  # not the terminal's
        return {name: one.format_help() for name, one in choices.choices.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command; returns the exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    is_json = "--json" in words
    try:
        arguments = parser().parse_args(words or ["--help"])
        result: Result = import_module(arguments.module).run(arguments)
    except TrivetError as error:
        return fail(error, is_json=is_json)
    except KeyboardInterrupt:
        print("stopped; run the same command again to go on where it stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        return quiet_end()
    except Exception as error:  # noqa: BLE001  the last line of defence: a user never sees a traceback
        return our_fault(error, is_json=is_json)
    return show(result, is_json=is_json)


def parser() -> Parser:
    """All commands with their options.  Command modules import nothing heavy at their top."""
    top = Parser(
        prog="trivet",
        description="State your limits; get a model that keeps them, and the proof.",
        epilog=f"example: trivet compile claims.csv --target fraud --limit 'auroc >= 0.92'\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"trivet {__version__}")
    choices = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in command_names():
        module = import_module(f"trivet.cli.commands.{name}")
        one = choices.add_parser(
            name,
            help=module.SUMMARY.partition("\n")[0],
            description=f"{module.SUMMARY}\n\nexample:\n  {module.EXAMPLE}",
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        one.example = module.EXAMPLE
        module.add_arguments(one)
        one.add_argument("--json", action="store_true", help="print one JSON object with stable keys")
        one.set_defaults(module=module.__name__)
    return top


def command_names() -> list[str]:
    """The folder is the registry: one file, one command."""
    return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))


def show(result: Result, *, is_json: bool) -> int:
    try:
        print(json.dumps(result.data, allow_nan=False) if is_json else result.text, flush=True)
    except BrokenPipeError:
        return quiet_end()
    return result.exit_code


def quiet_end() -> int:
    """Whoever read our output has left, as `head` does."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


def fail(error: TrivetError, *, is_json: bool) -> int:
    if is_json:
        several = getattr(error, "errors", (error,))
        print(json.dumps({"errors": [one.as_json() for one in several]}))
    else:
        print(error, file=sys.stderr)
    return error.exit_code


def our_fault(error: Exception, *, is_json: bool) -> int:
    where: Any = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    place = "unknown place" if where is None else f"{Path(where.tb_frame.f_code.co_filename).name}:{where.tb_lineno}"
    bug = TrivetError(
        "our-fault",
        wanted="no mistake of our own",
        found=f"{type(error).__name__}: {error} ({place})",
        do="please report this line with the command; finished steps are kept",
    )
    fail(bug, is_json=is_json)
    return 1


if __name__ == "__main__":
    sys.exit(main())
