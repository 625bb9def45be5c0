"""`dltui [LESSON]`: opens the app if the terminal is suitable, and ends it on signals."""

from __future__ import annotations

import os
import re
import signal
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from types import FrameType
from typing import TYPE_CHECKING

from engine.config import Allowed, Range, nearest
from engine.datasets.registry import make_data_dir_absolute
from engine.device import normal_name
from engine.turns import close_all
from lessons.catalog import entries
from lessons.exercises import BUG_HUNT
from tui.commands.command import DATA_DIR, CommandLine, Refusal, notice, option, refusing
from tui.exercise_file import RESCUED
from tui.paths import use_data_dir
from tui.terminal.capabilities import can_draw, is_terminal

if TYPE_CHECKING:
    from tui.terminal.driver import TerminalApp

FRAMES_PER_SECOND = Allowed("number", Range(0.5, 60))
DEVICE_NAME = re.compile(r"auto|cpu|mps|cuda(:\d+)?")
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 10.0
"""Maximum duration of the exit; after that the process is ended."""
INSTEAD = "without one, use: dltui run LESSON, or dltui list"

NOTES = """\
commands:
  dltui list           the course: every lesson, by chapter
  dltui run LESSON     train without a screen, for scripts and pipes
  dltui export LESSON  write a training as a plain PyTorch script
  dltui doctor         what works on this machine, what does not, and how to fix it
  dltui data           the data sets: which are here, and how to get the others
  dltui exercise       the exercises: list, run and judge your own programs

examples:
  dltui                            open the course
  dltui linear-regression          open a lesson at once
  dltui bug-hunt                   programs with a bug each, to name and repair
  dltui --device cpu --fps 2       gentle on a slow connection
  dltui run linear-regression --json

Inside, ? shows the keys and q quits. Your progress is kept.
"""


class Ending:
    """Ends the app on a signal: restores the terminal and exits with the code of the signal.

    Before the app uses the terminal, the process ends at once.
    """

    app: TerminalApp | None = None
    _code: int | None = None
    """The exit code of the first signal; later signals change nothing."""

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Handle `SIGNALS` inside the `with` block by ending the app."""
        numbers = (*SIGNALS, signal.SIGALRM)
        before = {number: signal.getsignal(number) for number in numbers}
        for number in SIGNALS:
            signal.signal(number, self._end)
        signal.signal(signal.SIGALRM, self._give_up)
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            for number, handler in before.items():
                signal.signal(number, handler)

    def limit(self) -> None:
        """Exit no later than `GRACE_SECONDS` after the first call."""
        if signal.getitimer(signal.ITIMER_REAL)[0] == 0:
            signal.setitimer(signal.ITIMER_REAL, GRACE_SECONDS)

    def _end(self, number: int, _: FrameType | None) -> None:
        code = 128 + number
        if self.app is None or self.app.terminal is None:  # nothing was drawn yet
            os._exit(code)
        if self._code is None:
            self._code = code
            self.limit()
            with suppress(RuntimeError):  # the event loop is closed: the app has ended
                self.app.end(code)

    def _give_up(self, number: int, _: FrameType | None) -> None:
        code = self._code
        if self.app is not None:
            self.app.abandon_terminal()
            code = self.app.return_code if code is None else code
        os._exit(code or 1)


def open_app(options: Namespace) -> int:
    """Open the app at the home screen or a lesson, and return its exit code."""
    slugs = [*(entry.slug for entry in entries()), BUG_HUNT]
    if options.lesson is not None and options.lesson not in slugs:
        known = ["list", "run", "export", "doctor", "data", "exercise", *slugs]
        raise Refusal(f"no lesson or command {options.lesson!r}; {nearest(options.lesson, known)}")
    device = normal_name(options.device)  # the app checks later whether it exists
    if not DEVICE_NAME.fullmatch(device):
        raise Refusal(
            f"no device {options.device!r}; a device is auto, cpu, cuda, cuda:1 (or 2, ...) or mps"
        )
    with refusing():
        fps = None if options.fps is None else FRAMES_PER_SECOND.parse("--fps", options.fps)
        use_data_dir(options.data_dir)
        make_data_dir_absolute()  # PyTorch is imported in another directory
    assert fps is None or isinstance(fps, float)
    if driver := os.environ.get("TEXTUAL_DRIVER"):  # for example in a browser, without a terminal
        _check_driver(driver)
    else:
        _check_terminal()
    return _open_app(options.lesson, device, fps)


def _open_app(lesson: str | None, device: str, fps: float | None) -> int:
    ending = Ending()
    with ending.on_signals():
        from tui.app import DltuiApp

        app = ending.app = DltuiApp(lesson=lesson, device=device, fps=fps)
        try:
            app.run()
        except Exception:  # a bug, so print a traceback
            app.restore_terminal()
            sys.excepthook(*sys.exc_info())
            return 1
        finally:
            ending.limit()
            app.restore_terminal()
            lost = app.save_progress()
            with suppress(OSError):  # the terminal may be gone
                if lost:
                    notice(lost)
                for text in RESCUED:
                    print("dltui:", text, file=sys.stderr)
            close_all()
    return app.return_code or 0


def _check_terminal() -> None:
    streams = {"input": sys.stdin, "output": sys.stdout, "error output": sys.stderr}
    for name, stream in streams.items():
        if not is_terminal(stream):
            raise Refusal(f"the app needs a terminal, and its {name} is not one; {INSTEAD}")
    if not can_draw():
        term = os.environ.get("TERM")
        found = f"TERM is {term!r}" if term else "TERM is not set"
        raise Refusal(
            f"the app needs a terminal that can draw, and {found}: "
            f"try export TERM=xterm-256color; {INSTEAD}"
        )


def _check_driver(name: str) -> None:
    """Raise `Refusal` if TEXTUAL_DRIVER names no driver."""
    from textual.driver import Driver

    module, _, symbol = name.partition(":")
    try:
        found = getattr(import_module(module), symbol)
    except (ImportError, AttributeError, ValueError):
        found = None
    if not isinstance(found, type) or not issubclass(found, Driver):
        raise Refusal(
            f"TEXTUAL_DRIVER is {name!r}, which is no driver: unset it, or name one of Textual's, "
            "such as textual.drivers.web_driver:WebDriver"
        )


OPEN = CommandLine(
    open_app,
    usage="[LESSON] [--device D] [--fps N] [--data-dir DIR]",
    summary="Learn the fundamentals of deep learning in the terminal:\n"
    "read a concept, then play with a real PyTorch training.",
    notes=NOTES,
    arguments={
        "lesson": option("LESSON", "the lesson to open", nargs="?"),
        "--device": option("D", "auto, cpu, cuda, cuda:1 or mps (auto)", default="auto"),
        "--fps": option("N", "how often charts are drawn per second (10; over SSH 4)"),
        **DATA_DIR,
    },
)
