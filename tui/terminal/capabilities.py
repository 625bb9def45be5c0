"""What the terminal around the program can do, read from its environment; draws nothing."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is at the other end; a stream that was closed is None."""
    return stream is not None and stream.isatty()


def can_draw() -> bool:
    """Whether the terminal says that it can move its cursor."""
    return os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def speaks_utf8() -> bool:
    """Whether the locale says that the terminal shows more than ASCII.

    In the C locale Python writes UTF-8 all the same, and lets LC_CTYPE say so too (PEP 538 and
    540): the mode that it then turns on is what tells, unless somebody turned it on by hand.
    """
    if sys.flags.utf8_mode and os.environ.get("PYTHONUTF8") != "1":
        return False
    encoding = getattr(sys.__stdout__, "encoding", None) or "ascii"  # the app takes sys.stdout
    return encoding.lower().replace("-", "") == "utf8"


def locale_fix() -> str:
    """What to type in a shell so that the locale is UTF-8; empty where it is.

    LC_ALL overrules LC_CTYPE, and that LANG: to set LANG alone often changes nothing.
    """
    if speaks_utf8():
        return ""
    unset = "unset PYTHONIOENCODING; " if os.environ.get("PYTHONIOENCODING") else ""
    return f"{unset}export LC_ALL={'en_US' if sys.platform == 'darwin' else 'C'}.UTF-8"


def colours() -> str:
    """How many colours there are, in words."""
    if not can_draw():
        return "none"
    if os.environ.get("NO_COLOR"):
        return "none (NO_COLOR is set)"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "16.7 million"
    return "256" if "256" in os.environ["TERM"] else "16"


def size() -> tuple[int, int] | None:
    """Columns and rows, or None where standard output is no terminal."""
    try:
        return tuple(os.get_terminal_size(sys.__stdout__.fileno()))  # type: ignore[union-attr,return-value]
    except (AttributeError, OSError, ValueError):
        return None


def columns() -> int:
    """The terminal's own width, whatever COLUMNS says; that or 80 where the terminal has none."""
    own = size()
    return own[0] if own and own[0] > 0 else shutil.get_terminal_size().columns
