"""Opens a file in the learner's editor: in a pane of tmux or zellij, or in place of the app."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from textual.app import App, SuspendNotSupported

USUAL = ("nano", "vim", "vi", "emacs")
"""The editors to try if neither VISUAL nor EDITOR is set."""
WITH_LINE = ("nano", "vi", "vim", "nvim", "view", "emacs", "micro", "kak", "joe", "mcedit")
"""The editors that accept `+LINE` before the file."""


class NoEditor(Exception):
    """No editor can be started; the message says why and what to do."""


def open_editor(app: App[object], file: Path, line: int) -> str:
    """Open the file at this line; return a description of what was done.

    In a pane this returns at once, otherwise when the editor has ended.

    Raises:
        NoEditor: there is no editor, or it cannot be started.
    """
    command = [*_editor(), *_place(_editor()[0], file, line)]
    pane = _pane(command)
    try:
        if pane is not None:
            subprocess.run(pane, check=True, capture_output=True, timeout=5)
            return "the editor is in the pane beside; saving there runs the program"
        with app.suspend():
            subprocess.run(command, check=False)
    except SuspendNotSupported:
        raise NoEditor(
            "this terminal cannot make room for an editor: press enter to edit here"
        ) from None
    except (OSError, subprocess.SubprocessError) as error:
        detail = error.strerror if isinstance(error, OSError) else error
        raise NoEditor(
            f"{shlex.join(pane or command)}: {detail}; press enter to edit here"
        ) from None
    return ""


def _editor() -> list[str]:
    """Return the command of the learner's editor."""
    for variable in ("VISUAL", "EDITOR"):
        try:
            words = shlex.split(os.environ.get(variable, ""))
        except ValueError as error:
            raise NoEditor(
                f"{variable} cannot be read: {error}; press enter to edit here"
            ) from None
        if words:
            if shutil.which(words[0]) is None:
                raise NoEditor(
                    f"{variable} is {words[0]!r}, which is not installed: press enter to edit here"
                )
            return words
    for name in USUAL:
        if shutil.which(name):
            return [name]
    raise NoEditor("no editor: set EDITOR to one, or press enter to edit here")


def _place(editor: str, file: Path, line: int) -> Sequence[str]:
    """Return the arguments that open the file at this line."""
    return [f"+{line}", str(file)] if Path(editor).name in WITH_LINE else [str(file)]


def _pane(command: Sequence[str]) -> list[str] | None:
    """Return the command that opens another in a split pane; None outside tmux and zellij."""
    if os.environ.get("TMUX") and shutil.which("tmux"):
        return ["tmux", "split-window", "-h", shlex.join(command)]
    if os.environ.get("ZELLIJ") and shutil.which("zellij"):
        return ["zellij", "run", "--direction", "right", "--close-on-exit", "--", *command]
    return None
