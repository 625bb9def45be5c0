"""Every way out of the app, from every place in it, leaves the terminal as it was."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.mirror import serving
from tests.terminal.conftest import Open
from tests.terminal.screen import PATIENCE, Terminal
from tests.terminal.test_data_command import proxy

SLOW = pytest.mark.slow
ENTERED, LEFT = b"\x1b[?1049h", b"\x1b[?1049l"
"""What the app writes when it takes the terminal, and when it gives it back."""
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
"""The app with an error in a message, at SIGUSR1."""


# The places in the app.


def at_home(app: Terminal) -> None:
    app.until("The course")


def in_a_lesson_while_pytorch_loads(app: Terminal) -> None:
    app.until("1 Concept")
    app.send("2")


def in_lab(app: Terminal) -> None:
    in_a_lesson_while_pytorch_loads(app)
    app.until("ready")


def training(app: Terminal) -> None:
    in_lab(app)
    app.send("]]]] ")
    app.until("playing")


def typing(app: Terminal) -> None:
    in_lab(app)
    app.send("\r")
    app.until("new learning rate:")
    app.send("0.0")


def in_help(app: Terminal) -> None:
    in_lab(app)
    app.send("?")
    app.until("esc closes")


def in_palette(app: Terminal) -> None:
    at_home(app)
    app.send("\x10")
    app.until("Find a lesson")


def drawing(app: Terminal) -> None:
    in_digits_lab(app)
    app.send("w")
    app.until("esc")


def fetching(app: Terminal) -> None:
    in_digits_lab(app)
    app.send("f")
    app.until("esc cancels")


def in_digits_lab(app: Terminal) -> None:
    app.until("1 Concept")
    app.send("2")
    app.until(lambda text: "w write" in text and "is not here" in text)


Place = Callable[[Terminal], None]
LESSONS: dict[Place, tuple[str, ...]] = {
    at_home: (),
    in_a_lesson_while_pytorch_loads: ("linear-regression",),
    training: ("linear-regression", "--device", "cpu"),
    typing: ("linear-regression", "--device", "cpu"),
    in_help: ("linear-regression", "--device", "cpu"),
    in_palette: (),
    drawing: ("mnist", "--device", "cpu"),
    fetching: ("mnist", "--device", "cpu"),
}


# The ways out of it, each with its exit code.


def by_q(app: Terminal) -> int:
    app.send("q")
    return 0


def by_ctrl_q(app: Terminal) -> int:
    app.send("\x11")
    return 0


def by_sigint(app: Terminal) -> int:
    app.signal(signal.SIGINT)
    return 130


def by_sigterm(app: Terminal) -> int:
    app.signal(signal.SIGTERM)
    return 143


def by_sighup(app: Terminal) -> int:
    app.signal(signal.SIGHUP)
    return 129


def by_an_error(app: Terminal) -> int:
    app.signal(signal.SIGUSR1)
    return 1


def after_ctrl_z(app: Terminal) -> int:
    app.send("\x1a")
    return resume_and_quit(app)


def after_sigtstp(app: Terminal) -> int:
    app.signal(signal.SIGTSTP)
    return resume_and_quit(app)


def resume_and_quit(app: Terminal) -> int:
    app.until_stopped()
    assert app.left_on() == [], "while it is suspended"
    drawn = len(app.output)
    app.signal(signal.SIGCONT)
    app.until(lambda _: ENTERED in app.output[drawn:])
    app.settle()
    assert app.text.strip(), "drawn anew"
    return by_ctrl_q(app)


WAYS = (by_q, by_ctrl_q, by_sigint, by_sigterm, by_sighup, by_an_error, after_ctrl_z, after_sigtstp)
Way = Callable[[Terminal], int]
TYPED = {by_q: {typing, in_palette}}
"""Where the key of a way out is a letter of what is typed."""
QUICK = {
    (by_q, training),
    (by_ctrl_q, typing),
    (by_sigint, in_palette),
    (by_sigterm, fetching),
    (by_sighup, in_help),
    (by_an_error, drawing),
    (after_ctrl_z, in_palette),
    (after_sigtstp, at_home),
}


def cases() -> Iterator[object]:
    for way in WAYS:
        for place in LESSONS:
            if place not in TYPED.get(way, ()):
                marks = () if (way, place) in QUICK else SLOW
                yield pytest.param(way, place, marks=marks, id=f"{way.__name__}-{place.__name__}")


@pytest.mark.parametrize(("way", "place"), cases())
def test_the_terminal_is_left_as_it_was(terminal: Open, way: Way, place: Place) -> None:
    program: dict[str, object] = (
        {"program": (sys.executable, "-c", CRASHING)} if way is by_an_error else {}
    )
    with environment(place) as variables:
        app = terminal(*LESSONS[place], **program, **variables)
        place(app)
        code = way(app)
        assert app.end() == code
    assert app.left_on() == []
    if way is by_an_error:
        after = app.output.rpartition(LEFT)[2].decode()
        assert "RuntimeError" in after
        assert "an error for the test" in after
    else:
        assert b"Traceback" not in app.output


@contextmanager
def environment(place: Place) -> Iterator[dict[str, str]]:
    """Variables for a place: to fetch, a server that stops sending in the middle of a file."""
    if place is not fetching:
        yield {}
        return
    with serving() as mirror:
        mirror.files = {"train-images-idx3-ubyte.gz": bytes(9_912_422)}
        mirror.pause_after = 2_000_000
        yield proxy(mirror)


FAILING = """\
from textual.app import App
from tui import cli
from tui.terminal.driver import Driver

def fail(*_):
    raise OSError("an error for the test")

{what} = fail
cli.command()
"""


@pytest.mark.parametrize("what", ["Driver._make_raw", pytest.param("App._close_all", marks=SLOW)])
def test_an_error_at_the_start_or_at_the_end_is_on_the_screen(terminal: Open, what: str) -> None:
    app = terminal(program=(sys.executable, "-c", FAILING.format(what=what)))
    if what == "App._close_all":
        at_home(app)
        app.send("q")
    assert app.end() == 1
    assert app.left_on() == []
    assert b"an error for the test" in app.output.rpartition(LEFT)[2]


# Two signals, and signals before there is anything to leave.


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_further_signals_while_it_ends_change_nothing(
    terminal: Open, number: signal.Signals
) -> None:
    app = terminal()
    at_home(app)
    for pause in (0.0, 0.001, 0.02, 0.05, 0.1):
        app.signal(number)
        time.sleep(pause)  # wherever it is in its end, the next one must do no harm
    assert app.end() == 128 + number
    assert_clean(app)


HANGING = """\
import asyncio, time
from tui import app, cli
from tui.terminal import ending

class Hanging(app.DltuiApp):
    def {where}(self):
        {call}

app.DltuiApp = Hanging
ending.GRACE_SECONDS = 1
cli.command()
"""
"""The app with something in it that does not come to an end."""


@pytest.mark.parametrize(
    ("where", "call"),
    [
        ("action_help", "time.sleep(600)"),
        pytest.param("on_unmount", "time.sleep(600)", marks=SLOW),
    ],
)
def test_a_signal_ends_it_where_something_hangs(terminal: Open, where: str, call: str) -> None:
    program = (sys.executable, "-c", HANGING.format(where=where, call=call))
    app = terminal(program=program)
    at_home(app)
    app.send("?")
    app.wait(0.5)
    app.signal(signal.SIGTERM)
    assert app.end() == 143
    assert_clean(app)


EARLY = [step / 20 for step in range(21)]
"""Seconds after the start, up to where the course is on screen on a quiet machine."""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "seconds",
    [s if s in (0.15, 0.6) else pytest.param(s, marks=SLOW) for s in EARLY],
)
def test_a_signal_soon_after_the_start(
    terminal: Open, number: signal.Signals, seconds: float
) -> None:
    app = terminal()
    until_caught(app, signal.SIGTERM)
    time.sleep(seconds)
    app.signal(number)
    assert app.end() == 128 + number
    assert_clean(app)


@pytest.mark.parametrize("lesson", ["tensors", "linear-regression"])
def test_a_signal_while_the_first_screens_are_mounted(terminal: Open, lesson: str) -> None:
    app = terminal(lesson)
    app.until(lambda _: b"?1049h" in app.output, every=0.002)
    app.signal(signal.SIGINT)
    assert app.end() == 130
    assert_clean(app)


def test_a_signal_while_the_palette_is_mounted(terminal: Open) -> None:
    app = terminal()
    at_home(app)
    app.send("\x10")
    app.signal(signal.SIGTERM)
    assert app.end() == 143
    assert_clean(app)


def until_caught(app: Terminal, number: signal.Signals) -> None:
    """Wait until Python has read the command's first lines: before, a signal is Python's affair."""
    status = Path(f"/proc/{app.process.pid}/status")

    def caught(_: str) -> bool:
        mask = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
        return bool(int(mask.split()[1], 16) >> (number - 1) & 1)

    app.until(caught, every=0.002)


def assert_clean(app: Terminal) -> None:
    assert app.left_on() == []
    assert b"Traceback" not in app.output
    assert b"Exception" not in app.output


# Stopped and continued by others.


def test_sigcont_alone_and_sigstop_do_no_harm(terminal: Open) -> None:
    app = terminal()
    at_home(app)
    app.signal(signal.SIGCONT)
    app.signal(signal.SIGSTOP)
    app.until_stopped()
    app.signal(signal.SIGCONT)
    app.send("?")
    app.until("esc closes")
    app.send("\x1b")
    app.until(lambda text: "esc closes" not in text)
    app.send("q")
    assert app.end() == 0
    assert_clean(app)


@pytest.mark.parametrize("rounds", [10, pytest.param(200, marks=SLOW)])
@pytest.mark.timeout(1200)
def test_sigtstp_and_sigcont_in_quick_succession_never_stop_it_for_good(
    terminal: Open, rounds: int
) -> None:
    app = terminal("linear-regression", "--device", "cpu")
    training(app)
    for round_ in range(rounds):
        app.signal(signal.SIGTSTP)
        time.sleep(round_ % 10 / 500)  # 0 to 18 ms: before, while and after it lets go
        sent = len(app.output)
        app.signal(signal.SIGCONT)
        app.until(lambda _, sent=sent: ENTERED in app.output[sent:])  # type: ignore[misc]
        until_it_answers(app)
    end = time.monotonic() + PATIENCE
    while app.process.poll() is None and time.monotonic() < end:
        app.send("q")  # more than once: the last suspension may still be to come, and drop keys
        app.wait(0.5)
    assert app.process.poll() == 0
    assert_clean(app)


def until_it_answers(app: Terminal) -> None:
    """Change the scale of the loss until that is drawn; a key is lost in a suspended app."""
    drawn = len(app.output)

    def answers(_: str) -> bool:
        app.send("l")
        return len(app.output) > drawn and app.output.rfind(ENTERED) > app.output.rfind(LEFT)

    app.until(answers)


# Terminals that misbehave.


def test_a_terminal_that_reads_nothing_is_left_all_the_same(terminal: Open) -> None:
    app = terminal("linear-regression", "--device", "cpu")
    training(app)
    app.fill()
    app.signal(signal.SIGTERM)
    assert app.process.wait(60) == 143  # nobody has read a byte meanwhile
    app.read_all()
    assert app.left_on() == []


def test_one_that_reads_again_is_drawn_anew(terminal: Open) -> None:
    app = terminal("linear-regression", "--device", "cpu")
    training(app)
    app.fill()
    time.sleep(3)  # longer than the app waits for it
    app.until("learning rate")
    app.send("r")
    app.until("ready")
    app.settle()
    drawn = app.text
    app.send("?")
    app.until("esc closes")
    app.send("\x1b")
    app.until(lambda text: "esc closes" not in text)
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
"""What ended, stopped or misled Textual's own driver, and the like."""


def test_no_bytes_from_the_keyboard_do_harm(terminal: Open) -> None:
    app = terminal("linear-regression", "--device", "cpu")
    in_lab(app)
    for garbage in GARBAGE:
        app.send(garbage + b"?")
        app.until("esc closes")
        app.send("\x1b")
        app.until(lambda text: "esc closes" not in text and "ready" in text)
    app.send("q")
    assert app.end() == 0
    assert_clean(app)


def test_a_paste_without_an_end_swallows_keys_for_a_moment_only(terminal: Open) -> None:
    app = terminal()
    at_home(app)
    app.send("\x1b[200~")
    time.sleep(3)  # longer than the app waits for more of it
    app.send("?")
    app.until("esc closes")
    app.send("\x11")
    assert app.end() == 0


def test_the_size_is_the_terminal_s_whatever_the_environment_says(terminal: Open) -> None:
    app = terminal("linear-regression", "--device", "cpu", COLUMNS="1", LINES="1")
    in_lab(app)
    app.send("q")
    assert app.end() == 0


@pytest.mark.parametrize(
    "words", [("linear-regression",), ("list",), pytest.param(("doctor",), marks=SLOW)]
)
def test_started_in_a_directory_that_was_deleted(
    terminal: Open, tmp_path: Path, words: tuple[str, ...]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    start = 'rmdir "$PWD" && exec "$@"'
    command = Path(sys.executable).with_name("dltui")
    app = terminal(*words, program=("sh", "-c", start, "sh", command), folder=gone)
    if words == ("linear-regression",):
        in_lab(app)
        app.send("q")
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
    ["mounted", "torch", pytest.param("torch._dynamo", marks=SLOW), "engine.tensors.content"],
)
def test_a_directory_deleted_until_pytorch_is_imported_is_left(
    when: str, terminal: Open, tmp_path: Path
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    program = (sys.executable, "-c", LOSING.format(when=when))
    app = terminal("dataloader", "--device", "cpu", program=program, folder=gone)
    app.until("going on in")
    in_lab(app)
    app.send("q")
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


@pytest.mark.parametrize("gone", ["parser", "cache"])
def test_without_a_private_name_of_textual_the_app_works_through_its_public_api(
    terminal: Open, gone: str
) -> None:
    parser = gone == "parser"
    program = (sys.executable, "-c", RENAMED.format(parser=parser, paint=not parser))
    app = terminal("linear-regression", "--device", "cpu", program=program)
    in_lab(app)
    app.send("s")
    app.resize(100, 30)  # the whole screen is drawn again
    app.until(lambda text: "epoch 1/" in text and "paused" in text)
    app.send("q")
    assert app.end() == 0
    assert_clean(app)
