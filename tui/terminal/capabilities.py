"""What the terminal around the program can do, read from its environment; draws nothing."""

from __future__ import annotations

import locale
import os
import shutil
import sys
from pathlib import Path
from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Whether a person is at the other end; a stream that was closed is None."""
    return stream is not None and stream.isatty()


def can_draw() -> bool:
    """Whether the terminal says that it can move its cursor."""
    return os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def speaks_utf8() -> bool:
    """Whether the locale says that the terminal shows more than ASCII.

    What Python does by itself says nothing: it writes UTF-8 in the C locale, and from 3.15 on in
    all of them (PEP 540 and 686), unless PYTHONUTF8 asks for that.
    """
    encodings = [getattr(sys.__stdout__, "encoding", None) or "ascii"]  # the app takes sys.stdout
    if os.environ.get("PYTHONUTF8") != "1":
        encodings.append("ascii" if _is_coerced() else locale.getencoding())
    return all(encoding.lower().replace("-", "") == "utf8" for encoding in encodings)


def _is_coerced() -> bool:
    """Whether Python has replaced the C locale, in LC_CTYPE, by C.UTF-8 (PEP 538)."""
    try:
        before = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:  # not on Linux; from 3.15 on the mode no longer tells
        return bool(sys.flags.utf8_mode) and sys.version_info < (3, 15)
    now = os.environ.get("LC_CTYPE")
    return bool(now) and f"LC_CTYPE={now}".encode() not in before


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
