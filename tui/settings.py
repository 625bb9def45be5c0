"""What the learner prefers, in one small JSON file; knows no screen."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """Preferences that outlive a session."""

    theme: str = "textual-dark"


def load(file: Path) -> Settings:
    """The settings in the file; the defaults where there are none, or none that can be read."""
    try:
        stored = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return Settings()
    theme = stored.get("theme") if isinstance(stored, dict) else None
    return Settings(theme) if isinstance(theme, str) else Settings()


def save(settings: Settings, file: Path) -> str:
    """Write the settings beside the file and move them into place, so that none is ever torn.

    Returns:
        Why that failed, in words; empty where it did not.
    """
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(json.dumps(asdict(settings)), encoding="utf-8")
        beside.replace(file)
    except OSError as error:
        return f"the settings are not kept: {error.strerror or error} ({file})"
    return ""
