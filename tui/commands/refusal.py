"""How a person is told, in one line on stderr, that something is wrong; knows no command."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Refusal(Exception):
    """The command line, or what it names, is wrong; the message says what is allowed."""


@contextmanager
def refusing() -> Iterator[None]:
    """Around what checks a person's words: its `ValueError` becomes a `Refusal`."""
    try:
        yield
    except ValueError as error:
        raise Refusal(str(error)) from None


def notice(what: object) -> None:
    """Say it on stderr, in one line."""
    if sys.stderr is not None:  # print(file=None) would put it into the output
        print("dltui:", " ".join(str(what).split()), file=sys.stderr)
