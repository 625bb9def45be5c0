"""Opens a file in the learner's editor: in a pane of tmux or zellij, or in place of the app."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from textual.app import App, SuspendNotSupported
from textual.geometry import Size

USUAL = ("nano", "vim", "vi", "emacs")
"""The editors to try if neither VISUAL nor EDITOR is set."""
WITH_LINE = ("nano", "vi", "vim", "nvim", "view", "emacs", "micro", "kak", "joe", "mcedit")
"""The editors that accept `+LINE` before the file."""


LEAST_COLUMNS, LEAST_ROWS = 80, 22
"""The smallest size of the app."""


class NoEditor(Exception):
    """No editor can be started; the message says why and what to do."""


def open_editor(app: App[object], file: Path, line: int) -> str:
    """Open the file at this line; return a description of what was done.

    In a pane this returns at once, otherwise when the editor has ended. Without an answer from
    tmux or zellij the editor opens in place of the app.

    Raises:
        NoEditor: there is no editor, or it cannot be started.
    """
    editor = _editor()
    command = [*editor, *_place(editor[0], file, line)]
    if _open_pane(command, app.size):
        return "the editor is in the pane beside; saving there runs the program"
    try:
        with app.suspend(), _deaf_to_interrupts():
            code = subprocess.run(command, check=False).returncode
    except SuspendNotSupported:
        raise NoEditor(
            "this terminal cannot make room for an editor: press enter to edit here"
        ) from None
    except OSError as error:
        raise NoEditor(
            f"{shlex.join(command)}: {error.strerror}; press enter to edit here"
        ) from None
    return f"{editor[0]} ended with exit code {code}; enter edits here" if code else ""


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Ignore ctrl+c, which the terminal sends to the editor and to this process alike.

    A handler that does nothing is not inherited by the editor, as an ignored signal would be.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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


def _open_pane(command: Sequence[str], size: Size) -> bool:
    """Run a command in a split pane of tmux or zellij; return whether that worked.

    It does not outside them, or if the app would become too small beside or above the pane.
    """
    beside, below = size.width > 2 * LEAST_COLUMNS, size.height > 2 * LEAST_ROWS
    if not beside and not below:
        return False
    if os.environ.get("TMUX") and shutil.which("tmux"):
        pane = ["tmux", "split-window", "-h" if beside else "-v", shlex.join(command)]
    elif os.environ.get("ZELLIJ") and shutil.which("zellij"):
        where = "right" if beside else "down"
        pane = ["zellij", "run", "--direction", where, "--close-on-exit", "--", *command]
    else:
        return False
    try:
        subprocess.run(pane, check=True, capture_output=True, timeout=5)
    except (OSError, subprocess.SubprocessError):  # its server has ended, for example
        return False
    return True
