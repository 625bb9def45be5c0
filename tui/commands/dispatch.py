"""Which command a command line means, and how its options are read; does nothing itself."""

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import NoReturn

from engine.config import nearest
from tui.commands.command import Command
from tui.commands.data import DATA
from tui.commands.doctor import DOCTOR
from tui.commands.list import LIST
from tui.commands.open import OPEN
from tui.commands.refusal import Refusal
from tui.commands.run import RUN

COMMANDS = {"list": LIST, "run": RUN, "doctor": DOCTOR, "data": DATA}

WITH_VALUE = (
    *("--device", "--fps", "--data-dir", "--preset", "--set", "--seed", "--every"),
    *("--csv", "--label", "--ignore", "--missing", "--header", "--separator", "--decimal"),
    "--target",
)
"""The options whose next word is their value, and never a command or a lesson."""


def dispatch(words: list[str]) -> int:
    """Do what the words say; gives the exit code, or raises `Refusal`."""
    place = _first_word(words)
    if place is not None and words[place] in COMMANDS:
        name = words.pop(place)
        return _do(f"dltui {name}", COMMANDS[name], words)
    return _do("dltui", OPEN, words)


def _first_word(words: list[str]) -> int | None:
    """Where the first word stands that is no option and no option's value."""
    before = ""
    for place, word in enumerate(words):
        if not word.startswith("-") and before not in WITH_VALUE:
            return place
        before = word
    return None


def _do(name: str, command: Command, words: list[str]) -> int:
    parser = _Parser(name, command)
    options, unknown = parser.parse_known_intermixed_args(words)  # options between the words
    if options.help:
        print(parser.format_help(), end="")
        return 0
    if options.version:
        from importlib.metadata import version

        print(f"dltui {version('dltui')}")
        return 0
    parser.refuse(unknown)
    return command.run(options)


class _Parser(ArgumentParser):
    """A parser that refuses in one line, and offers the nearest option."""

    def __init__(self, name: str, command: Command) -> None:
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
        self.add_argument("--version", action="store_true", help="say which version this is")
        self.add_argument("-h", "--help", action="store_true", help="show this page")

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message.removeprefix('argument ')}; see {self.prog} --help")

    def refuse(self, unknown: list[str]) -> None:
        """Raise `Refusal` where there are words that nobody has a use for."""
        known = [option for action in self._actions for option in action.option_strings]
        for word in unknown:
            if word.startswith("-") and word != "--":
                option = word.partition("=")[0]
                raise Refusal(f"no option {option!r}; {nearest(option, known)}")
        if unknown:
            raise Refusal(f"one word too many: {unknown[0]!r}; see {self.prog} --help")
