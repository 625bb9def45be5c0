"""What the learner prefers, in one small JSON file; knows no screen."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.plain_file import Unsuitable, read_plain, set_aside, where_to_write

LARGEST = 2**20
"""Bytes of the file; ours has about thirty."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Preferences that outlive a session."""

    theme: str = "textual-dark"


def load(file: Path) -> Settings:
    """The settings in the file; the defaults where there are none, or none that can be read."""
    try:
        theme = _stored(file).get("theme")
    except (OSError, ValueError):
        return Settings()
    return Settings(theme) if isinstance(theme, str) else Settings()


def check(file: Path) -> str:
    """Rename what lies there and holds no settings, so that `save` does not overwrite it.

    Returns:
        What was done or cannot be done, in words; empty where all is well.
    """
    try:
        _stored(file)
    except (FileNotFoundError, NotADirectoryError):
        return ""  # there is none; `save` says so where none can be
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
    """Write the settings beside the file and move them into place, so that none is ever torn.

    A symbolic link to a regular file stays one: the file that it points to is replaced.

    Returns:
        Why that failed, in words; empty where it did not.
    """
    real = where_to_write(file)
    beside = real.with_name(f"{real.name}.{os.getpid()}")
    try:
        real.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_text(json.dumps(asdict(settings)), encoding="utf-8")
            beside.replace(real)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        return f"the settings are not kept: {error.strerror or error} ({file})"
    return ""


def _stored(file: Path) -> dict[str, Any]:
    """The JSON object in the file.

    Raises:
        Unsuitable, OSError: it cannot be read.
        ValueError: there is something else in it.
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
