"""Single widgets: what they show and post."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from textual.app import App, ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from engine.config import When
from engine.equations import Equation
from engine.frame import Frame, Memory, State
from engine.pictures import LossHistory
from lessons.catalog import find
from lessons.lesson import Challenge, Control
from tests.course import TRAININGS
from tests.tui.conftest import until
from tui.labs.training import progress
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList, Controls, following
from tui.widgets.equations import Equations
from tui.widgets.painted import Lines
from tui.widgets.status_bar import GIBIBYTE, Heading, StatusBar

NARROW = 34
"""Cells for a formula on a terminal of 80 columns."""


class Host(App[None]):
    """An app that shows one widget, and records its messages."""

    CSS = "Equations { border: none; height: auto; }"

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        self.posted: list[Controls.Changed | Controls.Typed] = []

    def compose(self) -> ComposeResult:
        yield self.widget

    def on_controls_changed(self, event: Controls.Changed) -> None:
        self.posted.append(event)

    def on_controls_typed(self, event: Controls.Typed) -> None:
        self.posted.append(event)


# Equations.

TWO = (
    Equation("forward", "y = w·x", "2·3", "6"),
    Equation("loss", "L = mean(e²)", "", "0.25"),
)


def lines(widget: Lines) -> list[str]:
    """Return the written lines, which are also painted, as far as there is room."""
    width, height = widget.content_size
    written = widget.text.splitlines()
    painted = [widget.render_line(row).text for row in range(height)]
    blank = [""] * (height - len(written))
    assert painted == [line[:width].ljust(width) for line in (*written, *blank)][:height]
    return written


async def test_equations_use_the_room_there_is_and_advise_what_to_do_without_a_step() -> None:
    equations = Equations(advice="press s")
    async with Host(equations).run_test(size=(22, 8)) as pilot:
        assert lines(equations) == ["press s"]
        equations.equations = TWO
        # Three lines are at most 2/5 of 8 rows (3.2), but not of 7 (2.8).
        for rows, expected in (
            (8, ["y = w·x            6", "forward        = 2·3", "L = mean(e²)    0.25"]),
            (7, ["y = w·x            6", "L = mean(e²)    0.25"]),
        ):
            await pilot.resize_terminal(22, rows)
            await pilot.pause()
            assert equations.content_size.width == 20
            assert lines(equations) == expected
        equations.equations = ()
        await pilot.pause()
        assert lines(equations) == ["press s"]
        # Numbers without room end between factors, and keep their label.
        await pilot.resize_terminal(NARROW + 2, 60)
        numbers, result = "−1.600×10¹⁹ − 1000000000·(−2.880×10²⁰)", "2.880×10²⁹"
        for phase, given, expected in (
            ("update", numbers, "update".ljust(10) + "−1.600×10¹⁹−1000000000·…"),
            ("a long label", numbers, "a long label".ljust(33) + "…"),
            ("", numbers[14:], "= 1000000000·(−2.880×10²⁰)".rjust(NARROW)),
        ):
            equations.equations = (Equation(phase, "w ← w − η·∂L/∂w", given, result),)
            await pilot.pause()
            assert lines(equations)[1] == expected


def extreme_steps(slug: str):
    """Return equations of steps that end in huge, negative, infinite and undefined numbers."""
    import torch

    trainer = find(slug).load().load_trainer()
    allowed = trainer.Config.allowed()
    line = {"data": "line"} if "data" in allowed and "line" in allowed["data"].words else {}
    for rate in (0.001, 0.123456, 1e6):
        for start in (-1e6, 1e6):
            for reduction in allowed["reduction"].words if "reduction" in allowed else ("",):
                word = {"reduction": reduction} if reduction else {}
                settings = {"learning_rate": rate, "slope": -1000, "initial_w": start}
                settings = {name: value for name, value in settings.items() if name in allowed}
                config = trainer.Config.of({**settings, **line, **word})
                training = trainer(config, torch.device("cpu"))
                for step in islice(training.steps(), 40):
                    yield training.equations(step)


async def test_no_formula_of_a_training_is_cut_off_at_any_number() -> None:
    import torch

    async with Host(equations := Equations()).run_test(size=(NARROW + 2, 60)) as pilot:
        await pilot.pause()
        assert equations.content_size.width == NARROW
        for slug in TRAININGS:
            widest: dict[str, tuple[Equation, ...]] = {}  # one of each length is enough
            for line in extreme_steps(slug):
                for equation in line:
                    key = f"{equation.formula} {len(equation.numbers)} {len(equation.result)}"
                    widest.setdefault(key, line)
            trainer = find(slug).load().load_trainer()
            if widest and "slope" in trainer.Config.allowed():  # squared errors overflow
                assert any("10³" in e.result + e.numbers for line in widest.values() for e in line)
            for line in {id(line): line for line in widest.values()}.values():
                equations.equations = line
                await pilot.pause()
                shown = lines(equations)
                assert max(map(len, shown)) <= NARROW
                for equation in line:
                    message = equation.result or equation.numbers
                    left = equation.formula.split()[0]
                    assert any(s.startswith(left) and s.endswith(message) for s in shown)
                    closed = equation.numbers.replace(" ", "")
                    assert any(closed in s.replace(" ", "") for s in shown)
            # Ordinary numbers leave every formula whole.
            training = trainer(trainer.Config(), torch.device("cpu"))
            equations.equations = training.equations(next(training.steps()))
            await pilot.pause()
            shown = lines(equations)
            for equation in equations.equations:
                message = equation.result or equation.numbers
                assert equation.formula.ljust(NARROW - len(message)) + message in shown


# The status bar.

FRAME = Frame(
    State.PLAYING,
    {},
    LossHistory((), (), ()),
    rate=9119.7,
    memory=Memory(int(1.25 * GIBIBYTE), 139 * GIBIBYTE),
)


async def test_the_status_bar_shows_device_memory_speed_and_state() -> None:
    bar = StatusBar()
    device = "cuda:0 NVIDIA H200"
    async with Host(bar).run_test(size=(80, 3)) as pilot:
        for columns, name, frame, start, end in (
            (80, device, FRAME, f"{device} · 1.2/139 GiB  ", "  9,120 steps/s · playing"),
            (40, device, FRAME, "cuda:0 NVIDIA", "… 9,120 steps/s · playing"),  # device first
            # Without room for the device, speed and state are cut.
            (10, device, FRAME, " 9,120 steps/s · playing", ""),
            (80, device, replace(FRAME, rate=None), device, " 0 steps/s · playing"),
            (80, device, replace(FRAME, rate=0.54), device, " 0.5 steps/s · playing"),
            (80, device, replace(FRAME, rate=9.96), device, " 10.0 steps/s · playing"),
            (80, device, replace(FRAME, rate=1e6), device, " 1,000,000 steps/s · playing"),
            (80, "cpu the processor", FRAME, "cpu the processor · RAM 1.2/139 GiB  ", "playing"),
            (80, device, replace(FRAME, memory=None), f"{device}  ", "9,120 steps/s · playing"),
            (80, device, None, f"{device}  ", " 0 steps/s · no run yet"),
            (60, "cpu", FRAME, "cpu · RAM", "playing"),
            (100, "cpu", FRAME, "cpu · RAM", "playing"),
        ):
            await pilot.resize_terminal(columns, 3)
            bar.device, bar.frame = name, frame
            await pilot.pause()
            (line,) = lines(bar)
            assert bar.size.height == 1
            assert line.startswith(start)
            assert line.endswith(end)
            assert len(line) == (columns - 2 if end else len(start))
        # Beside a page the state of the lab is not shown, except for a run behind it.
        await pilot.resize_terminal(80, 3)
        bar.frame, bar.device, bar.page = None, "cpu", "1 of 3 questions answered · 40 % down"
        assert bar.text.endswith(bar.page)
        assert "steps/s" not in bar.text
        bar.busy = "measuring mlp"
        bar.watch_page()
        assert bar.text.endswith("▶ measuring mlp · 1 of 3 questions answered · 40 % down")
        bar.news = " ✓ challenge met: say what the sign of ∂L/∂w means "
        assert "what the sign of ∂L/∂w means" in bar.text
        bar.news = bar.page = ""
        assert bar.text.endswith("no run yet")


# The heading.


async def test_the_heading_shows_parts_title_preset_epoch_and_pace() -> None:
    heading = Heading("A straight line")
    tabs = " 1 Concept 2 Lab 3 Code 4 Write  "

    def at(epoch: int = 12, epochs: int | None = 1000, state: State = State.PLAYING) -> Frame:
        return replace(FRAME, epoch=epoch, settings={"epochs": epochs}, state=state)

    async with Host(heading).run_test(size=(80, 3)) as pilot:
        await pilot.pause()
        assert lines(heading)[0].rstrip() == f"{tabs}A straight line"
        for columns, preset, frame, pace, start, end in (
            (
                88,
                "gentle",
                at(),
                10,
                f"{tabs}A straight line  ",
                "   gentle · epoch 12/1000 · ▶ 10/s",
            ),
            # 66 cells: the parts take 33 and the epoch with its separator 30; the title gets 3.
            (68, "gentle", at(), None, f"{tabs}A …", "  epoch 12/1000 · ▶ full speed"),
            (80, "gentle", at(), None, f"{tabs}A straight line  epoch", "12/1000 · ▶ full speed"),
            (87, "gentle", at(), None, f"{tabs}A straight line  gen… · epoch", "▶ full speed"),
            (80, "", at(0, 50), 10, tabs, "  epoch 0/50 · ▶ 10/s"),
            (80, "", at(20_000, 99_999), 10, tabs, "  epoch 20000/99999 · ▶ 10/s"),
            (80, "", at(100_000, 250_000), 10, tabs, "  epoch 100k/250k · ▶ 10/s"),
            (80, "", at(1_250_000, 10_000_000), 10, tabs, "  epoch 1.25M/10M · ▶ 10/s"),
            (80, "", at(7, None), 10, tabs, "  epoch 7/None · ▶ 10/s"),
            (80, "", at(state=State.PAUSED), None, tabs, "1000 · full speed"),
            (80, "", at(state=State.READY), 0.5, tabs, "1000 · 0.5/s"),
            (80, "", at(state=State.FINISHED), 100.0, tabs, "1000 · 100/s"),
            # Whatever the epoch, title and preset keep their width.
            (
                84,
                "six-points",
                at(999),
                30,
                f"{tabs}A straight line ",
                " six-p… · epoch 999/1000 · ▶ 30/s",
            ),
            (
                84,
                "six-points",
                at(8),
                30,
                f"{tabs}A straight line ",
                " six-p… · epoch 8/1000 · ▶ 30/s",
            ),
            (
                84,
                "double",
                at(1000, state=State.FINISHED),
                9,
                tabs,
                " double · epoch 1000/1000 · 9/s",
            ),
        ):
            await pilot.resize_terminal(columns, 3)
            heading.preset, heading.progress = preset, progress(frame, pace)
            await pilot.pause()
            (line,) = lines(heading)
            assert heading.size.height == 1
            assert line.startswith(start)
            assert line.endswith(end)
            assert len(line) == columns - 2
        for part in ("lab", "concept", "code", "write"):
            heading.part = part
            await pilot.pause()
            marked = [s.text for s in heading.render_line(0) if s.style and s.style.reverse]
            assert [text.split()[1].lower() for text in marked] == [part]
            assert ("1000" in lines(heading)[0]) == (part != "write")  # the run of the lab


# Controls.


def test_an_arrow_leads_to_the_next_value_and_words_wrap_around() -> None:
    numbers, with_none = (0.0, 0.1, 0.5, 1.0), (None, -5.0, 0.0, 5.0)
    words = ("mean", "sum", "none")
    for values, value, up, down in (
        (numbers, 0.1, 0.5, 0.0),
        (numbers, 0.0, 0.1, 0.0),  # numbers do not wrap around
        (numbers, 1.0, 1.0, 0.5),
        (numbers, 0.3, 0.5, 0.1),  # typed, between two values
        (numbers, 7.0, 7.0, 1.0),  # typed, beyond the last value: the typed value stays
        (numbers, -7.0, 0.0, -7.0),
        (with_none, None, -5.0, None),
        (with_none, -5.0, 0.0, None),
        (with_none, 2.0, 5.0, 0.0),
        (words, "mean", "sum", "none"),
        (words, "none", "mean", "sum"),
    ):
        assert (following(values, value, 1), following(values, value, -1)) == (up, down)
    for slug in TRAININGS:  # None and words have no numeric neighbours, so all are listed
        lesson = find(slug).load()
        allowed = lesson.load_trainer().Config.allowed()
        for control in lesson.controls:
            field = allowed[control.name]
            assert (None in control.values) == field.optional, (slug, control.name)
            assert set(field.words) <= set(control.values), (slug, control.name)


def control(name: str, *ladder, only_with=None) -> Control:
    return Control(
        name=name, label=name, values=ladder, help=f"What {name} does.", only_with=only_with
    )


CONTROLS = (
    control("rate", 0.1, 0.2),
    control("noise", 0.0, 1.0, only_with=("data", "line")),
    control("data", "points", "line"),
)
SETTINGS = {"rate": 0.1, "noise": 0.0, "data": "points"}


def listed(controls: Controls) -> list[str | None]:
    return [option.id for option in controls.query_one(ControlList).options]


async def test_controls_show_what_matters_and_post_what_is_chosen_or_typed() -> None:
    controls = Controls(CONTROLS)
    async with (host := Host(controls)).run_test(size=(60, 12)) as pilot:
        options, about = controls.query_one(ControlList), controls.query_one("#about", Static)
        prompts = lambda: [str(option.prompt) for option in options.options]  # noqa: E731
        # A control that does not matter is hidden, and the highlight stays on its control.
        controls.show(SETTINGS, {"rate"})
        assert listed(controls) == ["rate", "data"]
        options.highlighted = 1
        controls.show({**SETTINGS, "data": "line"}, {"rate"})
        assert listed(controls) == ["rate", "noise", "data"]
        assert options.highlighted == 2  # still the data
        options.highlighted = 1
        controls.show({**SETTINGS, "rate": -0.5}, {"rate"})
        assert listed(controls) == ["rate", "data"]
        assert options.highlighted == 0
        await pilot.pause()
        assert "What rate does." in str(about.render())
        # The rate can change while a run goes on.
        assert [prompt.split() for prompt in prompts()] == [
            ["rate", "−0.5", "●"],
            ["data", "points"],
        ]
        assert {len(prompt) for prompt in prompts()} == {options.scrollable_content_region.width}
        # A control without effect is in brackets, and says what it needs.
        idle = {"rate": When(data="line").unmet({"data": "points"})}
        controls.show({**SETTINGS, "rate": -0.5}, {"rate"}, idle)
        await pilot.pause()
        assert prompts()[0].split() == ["rate", "(−0.5)"]
        words = "Rate has no effect while data = points; to give it one, set data = line."
        assert str(about.render()) == words
        controls.show({**SETTINGS, "rate": -0.5, "data": "line"}, {"rate"})
        assert "What rate does." in str(about.render())
        # A value is posted, and the owner decides.
        controls.show(SETTINGS, {"rate"})
        options.focus()
        await pilot.press("right", "right", "down", "left")
        posted = [(event.name, event.value) for event in host.posted]
        assert posted == [("rate", 0.2), ("rate", 0.2), ("data", "line")]
        host.posted.clear()
        controls.show({**SETTINGS, "rate": -2.5}, {"rate"})
        await pilot.press("up", "enter")
        assert pilot.app.focused.value == "−2.5"  # the current value, for editing
        await pilot.press("home", "shift+end", "delete", *"1e3", "enter")
        assert [(event.name, event.text) for event in host.posted] == [("rate", "1e3")]
        controls.refuse("no [such] rate")
        await pilot.pause()
        message = controls.query_one("#reason", Static)
        assert message.display
        assert str(message.render()) == "no [such] rate"
        await pilot.press("4")
        assert not message.display  # the next character starts another attempt
        await pilot.press("escape")
        assert isinstance(pilot.app.focused, ControlList)
        assert len(host.posted) == 1


async def test_the_title_counts_the_controls_that_are_out_of_sight() -> None:
    controls = Controls([control(f"c{number}", 1, 2) for number in range(7)])
    async with Host(controls).run_test(size=(36, 6)) as pilot:
        controls.show({f"c{number}": 1 for number in range(7)}, set())
        options = controls.query_one(ControlList)
        for row in range(7):
            options.highlighted = row
            await until(pilot, lambda: controls.border_title == expected_title(options))
        assert "↑ 4 more" in controls.border_title  # three of six rows, with a border and a line
        await pilot.resize_terminal(36, 12)
        await until(pilot, lambda: controls.border_title == Controls.BORDER_TITLE)


def expected_title(options: ControlList) -> str:
    """Return the expected title, from the rows of the list."""
    hidden = round(options.max_scroll_y - options.scroll_y)
    more = f"↓ {hidden}" if hidden else f"↑ {round(options.scroll_y)}"
    return f"{Controls.BORDER_TITLE} · {more} more"


# Challenges.


async def test_challenges_are_marked_as_they_are_met() -> None:
    challenges = Challenges(
        [Challenge(slug=name, text=f"reach [{name}]", hint="") for name in ("one", "two")]
    )
    async with Host(challenges).run_test(size=(36, 8)):
        prompts = lambda: [str(option.prompt) for option in challenges.options]  # noqa: E731
        challenges.mark(set())
        assert prompts() == ["○ reach [one]", "○ reach [two]"]
        challenges.mark({"two", "of another version"})
        assert prompts() == ["○ reach [one]", "✓ reach [two]"]
        assert challenges.border_title.startswith("Challenges 1/2")
        assert "enter: hint" in challenges.border_title
        challenges.mark({"one", "two"})
        assert challenges.border_title.startswith("Challenges 2/2")
        assert "all met" in challenges.border_title
