"""The learner's preferences, kept in a small JSON file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.plain_file import Unsuitable, read_plain, set_aside, write_whole

LARGEST = 2**20
"""Largest accepted file, in bytes; the file normally has about thirty."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The preferences."""

    theme: str = "textual-dark"


def load(file: Path) -> Settings:
    """Return the settings in the file; the defaults if it is missing or unreadable."""
    try:
        theme = _stored(file).get("theme")
    except (OSError, ValueError):
        return Settings()
    return Settings(theme) if isinstance(theme, str) else Settings()


def check(file: Path) -> str:
    """Rename a file without valid settings, so that `save` does not overwrite it.

    Returns:
        A message about what was done or failed; empty if the file is fine.
    """
    try:
        _stored(file)
    except (FileNotFoundError, NotADirectoryError):
        return ""  # `save` reports if it cannot be created
    except (Unsuitable, ValueError) as error:
        why = f"{file} held no settings: {error}"
        try:
            return f"{why}. It was renamed to {set_aside(file).name}"
        except OSError as failure:
            return f"{why}, and it cannot be renamed: {failure.strerror or failure}"
    except OSError as error:
        return f"the settings cannot be read: {error.strerror or error} ({file})"
    return ""


def save(settings: Settings, file: Path) -> str:
    """Replace the file of the settings.

    Returns:
        Why that failed; empty if it did not.
    """
    try:
        write_whole(file, json.dumps(asdict(settings)).encode())
    except OSError as error:
        return f"the settings are not kept: {error.strerror or error} ({file})"
    return ""


def _stored(file: Path) -> dict[str, Any]:
    """Return the JSON object in the file.

    Raises:
        Unsuitable, OSError: the file cannot be read.
        ValueError: it does not contain a JSON object.
    """
    content = read_plain(file, LARGEST)
    try:
        stored = json.loads(content) if content.strip() else {}
    except UnicodeDecodeError:
        raise ValueError("expected UTF-8, found other bytes") from None
    except (ValueError, RecursionError):
        raise ValueError("expected JSON, found something else") from None
    if not isinstance(stored, dict):
        raise ValueError("expected a JSON object, found another value")
    return stored
