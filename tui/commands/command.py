"""The argument parser of the commands, their error messages and their JSON output."""

from __future__ import annotations

import json
import math
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from engine.config import nearest

DATA_DIR = {"--data-dir": {"metavar": "DIR", "help": "where the data sets are"}}


class Refusal(Exception):
    """An error in the command line; the message says what is allowed."""


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a `ValueError` raised inside, about what the user typed, into a `Refusal`."""
    try:
        yield
    except ValueError as error:
        raise Refusal(str(error)) from None


def notice(message: object) -> None:
    """Print the message on stderr, on one line."""
    if sys.stderr is not None:  # print(file=None) would print to stdout
        print("dltui:", " ".join(str(message).split()), file=sys.stderr)


def json_line(event: dict[str, Any]) -> str:
    """Return the event as one line of JSON, with all digits of every number."""
    return json.dumps(_finite(event), allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    """Replace nan and infinite numbers, which JSON lacks, by None."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _finite(part) for key, part in value.items()}
        case list():
            return [_finite(part) for part in value]
        case _:
            return value


def option(metavar: str, text: str, **more: Any) -> dict[str, Any]:
    """Return the definition of an argument with a value, for `CommandLine`."""
    return {"metavar": metavar, "help": text, **more}


def switch(text: str) -> dict[str, Any]:
    """Return the definition of an option without a value, for `CommandLine`."""
    return {"action": "store_true", "help": text}


class CommandLine(ArgumentParser):
    """A command with its arguments and help; invalid arguments raise `Refusal`."""

    def __init__(
        self,
        run: Callable[[Namespace], int],
        usage: str,
        summary: str,
        notes: str,
        arguments: Mapping[str, dict[str, Any]],
    ) -> None:
        """Define the command.

        Args:
            run: runs the command; returns the exit code, or raises `Refusal`.
            usage: the usage line without `dltui`.
            summary: the first lines of the help.
            notes: the end of the help, below the options, beginning with examples.
            arguments: the keyword arguments of `add_argument`, by argument name.
        """
        super().__init__(
            usage=f"dltui {usage}",
            description=summary,
            epilog=notes,
            formatter_class=RawDescriptionHelpFormatter,
            add_help=False,
            allow_abbrev=False,
        )
        self._run = run
        for name, how in arguments.items():
            self.add_argument(name, **how)
        self.add_argument("--version", **switch("print the version"))
        self.add_argument("-h", "--help", **switch("show this page"))

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message.removeprefix('argument ')}; see {self.prog} --help")

    def execute(self, name: str, words: list[str]) -> int:
        """Parse the words, run the command and return the exit code; `name` is for messages."""
        self.prog = name
        options, unknown = self.parse_known_intermixed_args(words)  # options between words
        if options.help:
            print(self.format_help(), end="")
            return 0
        if options.version:
            from importlib.metadata import version

            print(f"dltui {version('dltui')}")
            return 0
        for word in unknown:
            if word.startswith("-"):
                wrong = word.partition("=")[0]
                known = [each for action in self._actions for each in action.option_strings]
                raise Refusal(f"no option {wrong!r}; {nearest(wrong, known)}")
        if unknown:
            raise Refusal(f"one word too many: {unknown[0]!r}; see {name} --help")
        return self._run(options)
