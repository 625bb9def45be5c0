"""What every command of `dltui` has: its description, its parser, and how it reports errors."""

from __future__ import annotations

import json
import math
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from engine.config import nearest


class Refusal(Exception):
    """The command line, or what it names, is invalid; the message says what is allowed."""


@contextmanager
def refusing() -> Iterator[None]:
    """Turn a `ValueError` raised inside, about what the user typed, into a `Refusal`."""
    try:
        yield
    except ValueError as error:
        raise Refusal(str(error)) from None


def notice(message: object) -> None:
    """Print the message on stderr, in one line."""
    if sys.stderr is not None:  # print(file=None) would print to stdout
        print("dltui:", " ".join(str(message).split()), file=sys.stderr)


def json_line(event: dict[str, Any]) -> str:
    """The event in one line of JSON, every number with all its digits."""
    return json.dumps(_finite(event), allow_nan=False, separators=(",", ":"))


def _finite(value: Any) -> Any:
    """The value with null for each number that JSON cannot express."""
    match value:
        case float():
            return value if math.isfinite(value) else None
        case dict():
            return {key: _finite(part) for key, part in value.items()}
        case list():
            return [_finite(part) for part in value]
        case _:
            return value


@dataclass(frozen=True, slots=True)
class CommandLine:
    """A command: what its help says, which options it takes, and what it does."""

    usage: str
    """What follows `dltui` on the command line."""
    summary: str
    notes: str
    """The end of the help, below the options: examples first."""
    add_options: Callable[[ArgumentParser], object]
    run: Callable[[Namespace], int]
    """Runs the command; returns the exit code. Raises `Refusal`."""

    def execute(self, name: str, words: list[str]) -> int:
        """Parse the words and run the command of that name; returns the exit code."""
        parser = CommandParser(name, self)
        options, unknown = parser.parse_known_intermixed_args(words)  # options between the words
        if options.help:
            print(parser.format_help(), end="")
            return 0
        if options.version:
            from importlib.metadata import version

            print(f"dltui {version('dltui')}")
            return 0
        for word in unknown:
            if word.startswith("-"):
                option = word.partition("=")[0]
                known = [each for action in parser._actions for each in action.option_strings]
                raise Refusal(f"no option {option!r}; {nearest(option, known)}")
        if unknown:
            raise Refusal(f"one word too many: {unknown[0]!r}; see {name} --help")
        return self.run(options)


class CommandParser(ArgumentParser):
    """A parser whose errors are refusals in one line."""

    def __init__(self, name: str, command: CommandLine) -> None:
        super().__init__(
            prog=name,
            usage=f"dltui {command.usage}",
            description=command.summary,
            epilog=command.notes,
            formatter_class=RawDescriptionHelpFormatter,
            add_help=False,
            allow_abbrev=False,
        )
        command.add_options(self)
        self.add_argument("--version", action="store_true", help="print the version")
        self.add_argument("-h", "--help", action="store_true", help="show this page")

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message.removeprefix('argument ')}; see {self.prog} --help")
