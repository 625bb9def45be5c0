"""Capabilities of the terminal, read from the environment: size, colours and encoding."""

from __future__ import annotations

import locale
import os
import shutil
import sys
from pathlib import Path
from typing import TextIO


def is_terminal(stream: TextIO | None) -> bool:
    """Return whether the stream is a terminal; a closed stream is None."""
    return stream is not None and stream.isatty()


def can_draw() -> bool:
    """Return whether TERM names a terminal that can move its cursor."""
    return os.environ.get("TERM", "dumb") not in ("", "dumb", "unknown")


def speaks_utf8() -> bool:
    """Return whether the locale is UTF-8.

    Python's own encoding is not enough: it writes UTF-8 in the C locale (PEP 540), and from 3.15 on
    in every locale (PEP 686). PYTHONUTF8=1 counts, because the user has set it.
    """
    encodings = [getattr(sys.__stdout__, "encoding", None) or "ascii"]  # the app takes sys.stdout
    if os.environ.get("PYTHONUTF8") != "1":
        encodings.append("ascii" if _is_coerced() else locale.getencoding())
    return all(encoding.lower().replace("-", "") == "utf8" for encoding in encodings)


def _is_coerced() -> bool:
    """Return whether Python has replaced the C locale by C.UTF-8, in LC_CTYPE (PEP 538)."""
    try:
        before = Path("/proc/self/environ").read_bytes().split(b"\0")
    except OSError:  # not Linux; from 3.15 on utf8_mode is always on
        return bool(sys.flags.utf8_mode) and sys.version_info < (3, 15)
    now = os.environ.get("LC_CTYPE")
    return bool(now) and f"LC_CTYPE={now}".encode() not in before


def locale_fix() -> str:
    """Return the shell command that sets a UTF-8 locale; empty if it is set.

    It sets LC_ALL, because that overrides LC_CTYPE, which overrides LANG.
    """
    if speaks_utf8():
        return ""
    unset = "unset PYTHONIOENCODING; " if os.environ.get("PYTHONIOENCODING") else ""
    return f"{unset}export LC_ALL={'en_US' if sys.platform == 'darwin' else 'C'}.UTF-8"


def colours() -> str:
    """Return the number of colours of the terminal, in words."""
    if not can_draw():
        return "none"
    if os.environ.get("NO_COLOR"):
        return "none (NO_COLOR is set)"
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "16.7 million"
    return "256" if "256" in os.environ["TERM"] else "16"


def size() -> tuple[int, int] | None:
    """Return columns and rows, or None if standard output is not a terminal."""
    try:
        return tuple(os.get_terminal_size(sys.__stdout__.fileno()))  # type: ignore[union-attr,return-value]
    except (AttributeError, OSError, ValueError):
        return None


def columns() -> int:
    """Return the width of the terminal; only if that is unknown, COLUMNS or 80."""
    own = size()
    return own[0] if own and own[0] > 0 else shutil.get_terminal_size().columns
