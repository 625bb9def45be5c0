"""The entry point of `dltui`: runs the command, and turns its result or error into an exit code."""

from __future__ import annotations

# Other modules are imported where needed: Ctrl-C prints a traceback until `command` runs.
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import NoReturn

CLOSED_PIPE = 141
"""The exit code that a shell reports for SIGPIPE (128 + 13)."""


COMMANDS = ("list", "run", "export", "doctor", "data", "exercise")
WITH_VALUE = (
    *("--device", "--fps", "--data-dir", "--preset", "--set", "--seed", "--every"),
    *("--csv", "--label", "--ignore", "--missing", "--header", "--separator", "--decimal"),
    *("--target", "--file", "-o", "--save", "--tensorboard"),
)
"""Options that take a value: the next word is never a command or a lesson."""


def command() -> NoReturn:
    """Run the command line as the script `dltui`, then end the process with `os._exit`.

    All our threads are joined and all files closed by then. A normal exit would take 0.8 s more,
    in which Python unloads PyTorch module by module.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, _end)
    try:
        code = main()
    except Exception:  # otherwise Python would wait for threads that still run
        sys.excepthook(*sys.exc_info())
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(code)


def _end(number: int, _: FrameType | None) -> None:
    """End the process on a signal that the command does not handle itself.

    A `KeyboardInterrupt` would not do: in the middle of an import Python may ignore it, and keep
    the import lock, so that other threads wait for ever.
    """
    os._exit(128 + number)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code."""
    from tui.commands.command import Refusal

    try:
        from engine.directory import leave_lost_directory

        if lost := leave_lost_directory():
            _complain(lost, 0)
        _replace_unprintable()
        code = dispatch(list(sys.argv[1:] if argv is None else argv))
        if sys.stdout is not None:
            sys.stdout.flush()
    except Refusal as refusal:
        return _complain(refusal, 2)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _drop_output()
        return CLOSED_PIPE
    except ImportError as error:
        return _complain(f"{error}; dltui doctor says what is missing", 1)
    except OSError as error:
        _drop_output()
        return _complain(error.strerror or error, 1)
    return code


def dispatch(words: list[str]) -> int:
    """Run the command that the words name and return the exit code, or raise `Refusal`."""
    if "--" in words:
        place = words.index("--")
        late = next((word for word in words[place + 1 :] if word.startswith("-")), None)
        if late is not None:
            from tui.commands.command import Refusal

            raise Refusal(f"no option may follow --, and {late!r} does: put it before")
        del words[place]
    place = _first_word(words)
    name = words[place] if place < len(words) else ""
    if name not in COMMANDS:
        from tui.commands.open import OPEN

        return OPEN.execute("dltui", words)
    del words[place]
    # Imported only when chosen: each command imports only what it needs.
    match name:
        case "list":
            from tui.commands.list import LIST as CHOSEN
        case "run":
            from tui.commands.run import RUN as CHOSEN
        case "export":
            from tui.commands.export import EXPORT as CHOSEN
        case "doctor":
            from tui.commands.doctor import DOCTOR as CHOSEN
        case "exercise":
            from tui.commands.exercise import EXERCISE as CHOSEN
        case _:
            from tui.commands.data import DATA as CHOSEN
    return CHOSEN.execute(f"dltui {name}", words)


def _first_word(words: list[str]) -> int:
    """Return the index of the first word that is neither an option nor an option's value."""
    before = ""
    for place, word in enumerate(words):
        if not word.startswith("-") and before not in WITH_VALUE:
            return place
        before = word
    return len(words)


def _replace_unprintable() -> None:
    """Print `?` for each character that the output encoding lacks."""
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")


def _complain(what: object, code: int) -> int:
    from tui.commands.command import notice

    notice(what)
    return code


def _drop_output() -> None:
    """Redirect stdout to /dev/null, so that flushing it again does not fail."""
    if sys.__stdout__ is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.__stdout__.fileno())
        os.close(nowhere)
