"""The entry point: what comes out of a command, or of its end, as an exit code; no command."""

from __future__ import annotations

# No more than these, and the rest where it is needed: until `command` runs, Ctrl-C is a traceback.
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


def command() -> NoReturn:
    """What is installed as `dltui`: do it, and be gone at once.

    By now every thread of ours is joined and every file closed. What is left of an ordinary
    exit is Python taking PyTorch apart, module by module: 0.8 s of waiting for nothing.
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
    """Do what the command line says; gives the exit code."""
    before = signal.getsignal(signal.SIGINT)
    from tui.commands.refusal import Refusal

    try:
        # Here, and not above: Ctrl-C may come while Python is still reading our files.
        from tui.commands.dispatch import dispatch

        if before is _end:
            signal.signal(signal.SIGINT, signal.default_int_handler)
        from tui.paths import leave_lost_directory

        if lost := leave_lost_directory():
            _complain(lost, 0)
        _forgive_letters()
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


def _forgive_letters() -> None:
    """Let a letter that the terminal cannot show, in a lesson's title say, become a `?`."""
    if sys.stdout is not None and hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")


def _complain(what: object, code: int) -> int:
    from tui.commands.refusal import notice

    notice(what)
    return code


def _drop_output() -> None:
    """Let what is still to be written go nowhere, so that Python's exit does not try again."""
    if sys.__stdout__ is not None:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.__stdout__.fileno())
        os.close(nowhere)
