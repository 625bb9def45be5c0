"""The entry point: chooses the command, and turns its end or its error into an exit code."""

from __future__ import annotations

# Only these here, the rest where it is needed: until `command` runs, Ctrl-C prints a traceback.
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType
    from typing import NoReturn

CLOSED_PIPE = 141
"""The exit code that a shell gives a program whose reader has gone."""


COMMANDS = ("list", "run", "doctor", "data")
WITH_VALUE = (
    *("--device", "--fps", "--data-dir", "--preset", "--set", "--seed", "--every"),
    *("--csv", "--label", "--ignore", "--missing", "--header", "--separator", "--decimal"),
    "--target",
)
"""The options whose next word is their value, and never a command or a lesson."""


def command() -> NoReturn:
    """What is installed as `dltui`: run the command line, and end the process at once.

    By now every thread of ours is joined and every file is closed. An ordinary exit would take
    another 0.8 s, in which Python unloads PyTorch module by module.
    """
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # nohup has it ignored
            signal.signal(number, _end)
    try:
        code = main()
    except Exception:  # Python would now wait for the threads that the error left running
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
    """End on a signal before anything has begun, or after everything is done."""
    os._exit(128 + number)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    before = signal.getsignal(signal.SIGINT)
    from tui.commands.command import Refusal

    try:
        if before is _end:
            signal.signal(signal.SIGINT, signal.default_int_handler)
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
    finally:
        if before is _end:
            signal.signal(signal.SIGINT, before)
    return code


def dispatch(words: list[str]) -> int:
    """Run the command that the words name; returns the exit code, or raises `Refusal`."""
    if "--" in words:  # the end of the options
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
    # Each is imported where it runs: no other command needs what it imports.
    match name:
        case "list":
            from tui.commands.list import LIST as CHOSEN
        case "run":
            from tui.commands.run import RUN as CHOSEN
        case "doctor":
            from tui.commands.doctor import DOCTOR as CHOSEN
        case _:
            from tui.commands.data import DATA as CHOSEN
    return CHOSEN.execute(f"dltui {name}", words)


def _first_word(words: list[str]) -> int:
    """The place of the first word that is no option and no option's value."""
    before = ""
    for place, word in enumerate(words):
        if not word.startswith("-") and before not in WITH_VALUE:
            return place
        before = word
    return len(words)


def _replace_unprintable() -> None:
    """Print a `?` for each letter that the terminal cannot show."""
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")


def _complain(what: object, code: int) -> int:
    from tui.commands.command import notice

    notice(what)
    return code


def _drop_output() -> None:
    """Discard what is still to be written, so that Python's exit does not try again."""
    if sys.__stdout__ is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.__stdout__.fileno())
        os.close(nowhere)
