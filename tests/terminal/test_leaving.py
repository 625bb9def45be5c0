"""Every way to end the app, from every place in it, restores the terminal."""

from __future__ import annotations

import random
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.course import WRITTEN
from tests.mirror import serving
from tests.terminal.conftest import Open, in_lab
from tests.terminal.screen import COMMAND, ENTERED, LEFT, PATIENCE, START, Terminal
from tests.terminal.test_data_command import proxy

SLOW = pytest.mark.slow
ON_CPU = ("linear-regression", "--device", "cpu")
DIGITS = ("mnist", "--device", "cpu")
CRASHING = """\
import asyncio, signal
from tui import app, cli

class Crashing(app.DltuiApp):
    def on_mount(self):  # Textual calls that of DltuiApp as well
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self.call_later, self.fail)

    def fail(self, *_):
        raise RuntimeError("an error for the test")

app.DltuiApp = Crashing
cli.command()
"""
"""The app, which raises an error in a message handler on SIGUSR1."""

SWAPPED = """\
import asyncio, os, signal
from tui import app, cli

class Swapped(app.DltuiApp):
    def on_mount(self):
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.swap)

    def swap(self):
        os.kill(os.getpid(), signal.SIGCONT)
        os.kill(os.getpid(), signal.SIGTSTP)

app.DltuiApp = Swapped
cli.command()
"""
"""The app, which gets SIGCONT and SIGTSTP together on SIGUSR1."""

CONTINUED = """\
import os, signal
from tui import cli
from tui.terminal import driver

class Continuing:
    def __getattr__(self, name):
        return getattr(os, name)

    def getpid(self):
        os.kill(os.getpid(), signal.SIGCONT)
        return os.getpid()

driver.os = Continuing()
cli.command()
"""
"""The app, which gets SIGCONT just before it stops."""

LOADING = (("", "1 Concept"), ("2",))
LAB = (*LOADING, ("", "ready"))
TRAINING = (*LAB, ("]]]] ", "playing"))
DIGITS_LAB = (*LOADING, ("", "w draw", "is not here"))
PLACES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]] = {
    "home": ((), (("", "The course"),)),
    "loading": (("linear-regression",), LOADING),
    "training": (ON_CPU, TRAINING),
    "typing": (ON_CPU, (*LAB, ("\r", "new learning rate:"), ("0.0",))),
    "help": (ON_CPU, (*LAB, ("?", "esc closes"))),
    "palette": ((), (("", "The course"), ("\x10", "Find a lesson"))),
    "drawing": (DIGITS, (*DIGITS_LAB, ("w", "esc"))),
    "fetching": (DIGITS, (*DIGITS_LAB, ("f", "esc cancels"))),
}
"""Places in the app, each with the command line arguments and the keys that lead there."""
WAYS: dict[str, tuple[str | signal.Signals, int]] = {
    "q": ("q", 0),
    "ctrl+q": ("\x11", 0),
    "sigint": (signal.SIGINT, 130),
    "sigterm": (signal.SIGTERM, 143),
    "sighup": (signal.SIGHUP, 129),
    "error": (signal.SIGUSR1, 1),
}
"""Ways to end it: a key or a signal, with the exit code."""
ENDS = {
    "home": ("q", "ctrl+q", "sighup", "error"),
    "loading": ("q", "ctrl+q", "sigint", "sigterm", "error"),
    "training": ("q", "ctrl+q", "sigint", "sigterm", "sighup", "error"),
    "typing": ("ctrl+q", "sigterm", "error"),  # there q types a letter
    "help": ("q", "ctrl+q", "sighup", "error"),
    "palette": ("ctrl+q", "sigint", "error"),
    "drawing": ("q", "ctrl+q", "sigint", "error"),
    "fetching": ("q", "ctrl+q", "sigterm", "error"),
}
"""The ways tried in each place; one function handles the three signals."""
QUICK = {
    ("training", "q"),
    ("typing", "ctrl+q"),
    ("palette", "sigint"),
    ("fetching", "sigterm"),
    ("help", "sighup"),
    ("drawing", "error"),
}
CASES = [
    pytest.param(place, way, marks=() if (place, way) in QUICK else SLOW)
    for place, ways in ENDS.items()
    for way in ways
]


def leave(app: Terminal, way: str) -> None:
    """End the app in this way, and wait for the end."""
    what, code = WAYS[way]
    app.send(what) if isinstance(what, str) else app.signal(what)
    assert app.end() == code


def check_suspended(app: Terminal) -> None:
    """Suspend the app by key and by signal; check the terminal, and that the app is redrawn."""
    for suspend in (lambda: app.send("\x1a"), lambda: app.signal(signal.SIGTSTP)):
        suspend()
        app.until_stopped()
        assert app.left_on() == []
        app.screen.reset()
        app.signal(signal.SIGCONT)
        app.until(lambda text: bool(text.strip()))


@contextmanager
def environment(place: str) -> Iterator[dict[str, str]]:
    """Set variables for a place: for a fetch, a server that stops within a file."""
    if place != "fetching":
        yield {}
        return
    with serving() as mirror:
        mirror.files = {"train-images-idx3-ubyte.gz": bytes(9_912_422)}
        mirror.pause_after = 2_000_000
        yield proxy(mirror)


@pytest.mark.parametrize(("place", "way"), CASES)
def test_the_terminal_is_left_as_it_was(terminal: Open, place: str, way: str) -> None:
    how: dict[str, object] = {"script": CRASHING} if way == "error" else {}
    if place == "loading":
        how = {"program": (sys.executable, "-c", CRASHING) if way == "error" else (COMMAND,)}
    arguments, keys = PLACES[place]
    with environment(place) as variables:
        app = terminal(*arguments, **how, **variables)
        app.play(*keys)
        if way == "ctrl+q":
            check_suspended(app)
        leave(app, way)
    assert app.left_on() == []
    if way == "error":
        after = app.output.rpartition(LEFT)[2].decode()
        assert "RuntimeError" in after
        assert "an error for the test" in after
    else:
        assert b"Traceback" not in app.output


KEYS = ["2", "2 ", "2 ]]]]", "2s", "2p", "2?\x1b", "3", "1", "t", ""]
"""Keys pressed before, in any lesson: its lab, a run, its code."""


@SLOW
@pytest.mark.timeout(3600)
@pytest.mark.parametrize(
    ("way", "times"), [("q", 60), ("sigint", 10), ("sigterm", 10), ("sighup", 10)]
)
def test_ends_at_random_moments(terminal: Open, way: str, times: int) -> None:
    """Every tenth run starts the installed command, so that the moment may be during imports."""
    for seed in range(times):
        source = random.Random(seed)
        how = {"program": (COMMAND,)} if seed % 10 == 0 else {}
        app = terminal(WRITTEN[seed % len(WRITTEN)], "--device", "cpu", **how)
        keys = source.choice(KEYS)
        app.play(("", "1 Concept"), (keys.removesuffix("\x1b"),))
        if keys.endswith("\x1b"):  # together with the q, it would be alt and q
            app.play(("", "esc closes"), ("\x1b", "!esc closes"))
        if source.random() < 0.7:
            app.play(("", "!probing"))  # the status bar shows the device, so PyTorch is loaded
        app.wait(source.random())
        leave(app, way)
        app.check_left()


FAILING = """\
from textual.app import App
from tui import cli
from tui.terminal.driver import Driver

def fail(*_):
    raise OSError("an error for the test")

{what} = fail
cli.command()
"""


def test_an_error_at_the_start_or_at_the_end_is_on_the_screen(terminal: Open) -> None:
    for what in ("Driver._make_raw", "App._close_all"):
        app = terminal(script=FAILING.format(what=what))
        if what == "App._close_all":
            app.play(("", "The course"), ("q",))
        assert app.end() == 1
        assert app.left_on() == []
        assert b"an error for the test" in app.output.rpartition(LEFT)[2]


# Two signals, and signals during the start.

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def test_further_signals_while_it_ends_change_nothing(terminal: Open) -> None:
    for number in SIGNALS:
        app = terminal()
        app.until("The course")
        for pause in (0.0, 0.001, 0.02, 0.05, 0.1):
            app.process.send_signal(number)
            time.sleep(pause)  # whatever its exit is doing, the next signal must do no harm
        assert app.end() == 128 + number
        app.check_left()


HANGING = """\
import asyncio, time
from tui import app, cli
from tui.commands import open as opening

class Hanging(app.DltuiApp):
    def {where}(self):
        time.sleep(600)

app.DltuiApp = Hanging
opening.GRACE_SECONDS = 1
cli.command()
"""
"""The app with a task that does not end."""


def test_a_signal_ends_it_where_something_hangs(terminal: Open) -> None:
    for where in ("action_help", "on_unmount"):
        app = terminal(script=HANGING.format(where=where))
        app.play(("", "The course"), ("?",))
        app.wait(0.5)
        app.signal(signal.SIGTERM)
        assert app.end() == 143
        app.check_left()


FEW = {signal.SIGINT: (3,), signal.SIGTERM: (12,), signal.SIGHUP: (12,)}
MANY = {signal.SIGINT: range(0, 21, 2), signal.SIGTERM: (1, 5, 9, 17), signal.SIGHUP: (3, 7, 15)}
"""Twentieths of the time until the home screen is visible; only SIGINT has two handlers."""


@pytest.mark.parametrize("moments", [FEW, pytest.param(MANY, marks=SLOW)], ids=["few", "many"])
def test_a_signal_soon_after_the_start(
    terminal: Open, moments: dict[signal.Signals, Sequence[int]]
) -> None:
    def until_caught(app: Terminal) -> None:
        """Wait until `dltui` handles signals; Python handles earlier ones itself."""
        status = Path(f"/proc/{app.process.pid}/status")

        def caught(_: str) -> bool:
            mask = next(one for one in status.read_text().splitlines() if one.startswith("SigCgt"))
            return bool(int(mask.split()[1], 16) >> (signal.SIGTERM - 1) & 1)

        app.until(caught, every=0.002)

    app = terminal(program=(COMMAND,))
    until_caught(app)
    began = time.monotonic()
    app.until("The course", every=0.002)
    twentieth = (time.monotonic() - began) / 20
    app.quit()
    for number, times in moments.items():
        for each in times:
            app = terminal(program=(COMMAND,))
            until_caught(app)
            time.sleep(each * twentieth)
            app.signal(number)
            assert app.end() == 128 + number, each
            app.check_left()


def test_a_signal_while_the_first_screens_or_the_palette_are_mounted(terminal: Open) -> None:
    for lesson in ("tensors", "linear-regression"):
        app = terminal(lesson)
        app.until(lambda _, app=app: ENTERED in app.output, every=0.002)  # type: ignore[misc]
        leave(app, "sigint")
        app.check_left()
    app = terminal()
    app.play(("", "The course"), ("\x10",))
    leave(app, "sigterm")
    app.check_left()


# Stopped and continued from outside.


def test_sigcont_alone_and_sigstop_do_no_harm(terminal: Open) -> None:
    app = terminal()
    app.until("The course")
    app.signal(signal.SIGCONT)
    app.signal(signal.SIGSTOP)
    app.until_stopped()
    app.signal(signal.SIGCONT)
    app.play(("?", "esc closes"), ("\x1b", "!esc closes"))
    app.quit()


@pytest.mark.parametrize("rounds", [10, pytest.param(100, marks=SLOW)])
@pytest.mark.timeout(1200)
def test_sigtstp_and_sigcont_in_quick_succession_never_stop_it_for_good(
    terminal: Open, rounds: int
) -> None:
    app = terminal(*ON_CPU)
    app.play(*TRAINING)
    for round_ in range(rounds):
        app.signal(signal.SIGTSTP)
        time.sleep(round_ % 10 / 500)  # 0 to 18 ms: before, while and after it suspends
        sent = len(app.output)
        app.signal(signal.SIGCONT)
        app.until(lambda _, sent=sent: ENTERED in app.output[sent:])  # type: ignore[misc]
        until_it_answers(app)
    end = time.monotonic() + PATIENCE
    while app.process.poll() is None and time.monotonic() < end:
        app.send("q")  # repeatedly, since a pending suspension may drop keys
        app.wait(0.5)
    assert app.process.poll() == 0
    app.check_left()


def test_sigcont_just_before_it_stops_keeps_it_running(terminal: Open) -> None:
    app = terminal(*ON_CPU, script=CONTINUED)
    app.play(*TRAINING)
    sent = len(app.output)
    app.signal(signal.SIGTSTP)
    app.until(lambda _: ENTERED in app.output[sent:])
    until_it_answers(app)


def test_sigcont_that_overtakes_sigtstp_leaves_the_app_running(terminal: Open) -> None:
    """Both signals are noted before the event loop handles them, the later one first."""
    app = terminal(*ON_CPU, script=SWAPPED)
    app.play(*TRAINING)
    for _ in range(3):
        sent = len(app.output)
        app.signal(signal.SIGUSR1)
        app.until(lambda _, sent=sent: ENTERED in app.output[sent:])  # type: ignore[misc]
        until_it_answers(app)
    app.signal(signal.SIGTSTP)  # a single one still stops the process
    app.until_stopped()
    app.signal(signal.SIGCONT)
    until_it_answers(app)
    app.quit()


def until_it_answers(app: Terminal) -> None:
    """Toggle the scale of the loss until it is drawn; a suspended app loses keys."""
    drawn = len(app.output)

    def answers(_: str) -> bool:
        app.send("l")
        return len(app.output) > drawn and app.output.rfind(ENTERED) > app.output.rfind(LEFT)

    app.until(answers)


# Misbehaving terminals.


def test_a_terminal_that_reads_nothing_is_left_all_the_same(terminal: Open) -> None:
    app = terminal(*ON_CPU)
    app.play(*TRAINING)
    app.fill()
    app.signal(signal.SIGTERM)
    assert app.process.wait(60) == 143  # nothing has been read meanwhile
    app.read_all()
    assert app.left_on() == []


def test_one_that_reads_again_is_drawn_anew(terminal: Open) -> None:
    app = terminal(*ON_CPU)
    app.play(*TRAINING)
    app.fill()
    time.sleep(3)  # longer than the app waits for it
    app.play(("", "learning rate"), ("r", "ready"))
    app.settle()
    drawn = app.text
    app.play(("?", "esc closes"), ("\x1b", "!esc closes"))
    app.settle()
    assert app.text == drawn
    app.send("q")
    assert app.end() == 0
    assert app.left_on() == []


GARBAGE = [
    b"\xe9",
    b"\xc3",
    b"\xf0\x9f",
    b"\xff\xfe\x00",
    b"\x1b[1114112u",
    b"\x1b[97:65;1u",
    b"\x1b[48;1;1;1;1t",
    b"\x1b[?2048;2$y",
    b"\x1b[<0;0;0M",
    bytes(range(0x80, 0x100)),
]
"""Sequences that ended, stopped or misled Textual's own driver, and similar ones."""


def test_no_bytes_from_the_keyboard_do_harm(terminal: Open) -> None:
    # The size comes from the terminal, not from the environment.
    app = in_lab(terminal, *ON_CPU, COLUMNS="1", LINES="1")
    for garbage in GARBAGE:
        app.send(garbage + b"?")
        app.play(("", "esc closes"), ("\x1b", "!esc closes", "ready"))
    app.send("\x1b[200~")  # an unterminated paste swallows keys only for a moment
    time.sleep(3)  # longer than the app waits for more of it
    app.play(("?", "esc closes"))
    app.send("\x11")
    assert app.end() == 0
    app.check_left()


def test_started_in_a_directory_that_was_deleted(terminal: Open, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    for words in (("linear-regression",), ("list",), ("doctor",)):
        gone.mkdir()
        how: dict[str, object] = {"script": f"import os; os.rmdir({str(gone)!r}); {START}"}
        if words == ("list",):  # Python itself starts there
            how = {"program": ("sh", "-c", 'rmdir "$PWD" && exec "$@"', "sh", COMMAND)}
        app = terminal(*words, folder=gone, **how)
        if words == ("linear-regression",):
            app.play(*LAB, ("q",))
        assert app.end() == 0
        assert b"going on in" in app.output
        assert app.left_on() == []


LOSING = """\
import os, sys
from tui import app, cli

here, when = os.getcwd(), {when!r}

class Losing(app.DltuiApp):
    def on_mount(self):  # before that of DltuiApp, and before PyTorch is imported
        if when == "mounted":
            os.rmdir(here)

class Importing:
    def find_spec(self, name, path=None, target=None):
        if name == when:
            os.rmdir(here)
            sys.meta_path.remove(self)

sys.meta_path.insert(0, Importing())
app.DltuiApp = Losing
cli.command()
"""


@pytest.mark.parametrize(
    "when",
    ["torch", *(pytest.param(each, marks=SLOW) for each in ("mounted", "engine.tensors.content"))],
)
def test_a_directory_deleted_until_pytorch_is_imported_is_left(
    when: str, terminal: Open, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = (sys.executable, "-c", LOSING.format(when=when))
    app = terminal(*ON_CPU, program=program, folder=gone)
    app.play(("", "going on in"), *LAB, ("q",))
    assert app.end() == 0


# Another version of Textual.

RENAMED = """\
import textual._xterm_parser, textual.drivers.linux_driver
from textual.widget import Widget
if {parser}:
    del textual._xterm_parser.XTermParser  # Textual's own driver has it already
else:
    Widget.__init__ = lambda self, *args, init=Widget.__init__, **options: (
        init(self, *args, **options), vars(self).pop("_styles_cache" * (type(self) is Widget), 0)
    )[0]
from tui.terminal import textual_private
assert (textual_private.CAN_PARSE, textual_private.CAN_PAINT) == ({paint}, {parser})
from tui import cli
cli.command()
"""


@pytest.mark.parametrize("gone", ["parser", pytest.param("cache", marks=SLOW)])
def test_without_a_private_name_of_textual_the_app_works_through_its_public_api(
    terminal: Open, gone: str
) -> None:
    parser = gone == "parser"
    program = (sys.executable, "-c", RENAMED.format(parser=parser, paint=not parser))
    app = in_lab(terminal, *ON_CPU, program=program)
    app.send("s")
    app.resize(100, 30)  # redraws the whole screen
    app.play(("", "epoch 1/", "paused"))
    app.quit()
