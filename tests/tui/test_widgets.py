"""Single widgets: what they show and post."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import pytest
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


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # Three lines are at most 2/5 of 8 rows (3.2), but not of 7 (2.8).
        (8, ["y = w·x            6", "forward        = 2·3", "L = mean(e²)    0.25"]),
        (7, ["y = w·x            6", "L = mean(e²)    0.25"]),
    ],
)
async def test_the_numbers_have_a_line_where_there_is_room(rows: int, expected) -> None:
    equations = Equations()
    async with Host(equations).run_test(size=(22, rows)) as pilot:
        equations.equations = TWO
        await pilot.pause()
        assert equations.content_size.width == 20
        assert lines(equations) == expected


async def test_before_the_first_step_and_after_a_reset_it_says_how_to_make_one() -> None:
    equations = Equations(advice="press s")
    async with Host(equations).run_test(size=(40, 10)) as pilot:
        assert lines(equations) == ["press s"]
        for given, expected in ((TWO, False), ((), True)):
            equations.equations = given
            await pilot.pause()
            assert (lines(equations) == ["press s"]) is expected


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


@pytest.mark.parametrize("slug", TRAININGS)
async def test_nothing_is_cut_off_at_any_number(slug: str) -> None:
    equations = Equations()
    widest: dict[str, tuple[Equation, ...]] = {}  # one of each length is enough
    for line in extreme_steps(slug):
        for equation in line:
            key = f"{equation.formula} {len(equation.numbers)} {len(equation.result)}"
            widest.setdefault(key, line)
    if not widest:
        return  # a trainer may have no equations
    if "slope" in find(slug).load().load_trainer().Config.allowed():  # squared errors overflow
        assert any("10³" in e.result + e.numbers for line in widest.values() for e in line)
    async with Host(equations).run_test(size=(NARROW + 2, 60)) as pilot:
        different = list({id(line): line for line in widest.values()}.values())
        equations.equations = different[0]
        await pilot.pause()
        assert equations.content_size.width == NARROW
        for line in different:
            equations.equations = line
            shown = lines(equations)
            assert max(map(len, shown)) <= NARROW
            for equation in line:
                said = equation.result or equation.numbers
                left = equation.formula.split()[0]
                assert any(s.startswith(left) and s.endswith(said) for s in shown)
                if equation.numbers:
                    closed = equation.numbers.replace(" ", "")
                    assert any(closed in s.replace(" ", "") for s in shown)


async def test_numbers_without_room_end_between_factors_and_keep_their_label() -> None:
    numbers, result = "−1.600×10¹⁹ − 1000000000·(−2.880×10²⁰)", "2.880×10²⁹"
    equations = Equations()
    async with Host(equations).run_test(size=(NARROW + 2, 60)) as pilot:
        for phase, given, expected in (
            ("update", numbers, "update".ljust(10) + "−1.600×10¹⁹−1000000000·…"),
            ("a long label", numbers, "a long label".ljust(33) + "…"),
            ("", numbers[14:], "= 1000000000·(−2.880×10²⁰)".rjust(NARROW)),
        ):
            equations.equations = (Equation(phase, "w ← w − η·∂L/∂w", given, result),)
            await pilot.pause()
            assert lines(equations)[1] == expected


async def test_ordinary_numbers_leave_every_formula_whole() -> None:
    equations = Equations()
    for slug in TRAININGS:
        lesson = find(slug).load()
        trainer = lesson.load_trainer()
        import torch

        training = trainer(trainer.Config(), torch.device("cpu"))
        step = next(training.steps())
        async with Host(equations := Equations()).run_test(size=(NARROW + 2, 60)) as pilot:
            equations.equations = training.equations(step)
            await pilot.pause()
            shown = lines(equations)
            for equation in equations.equations:
                said = equation.result or equation.numbers
                whole = equation.formula.ljust(NARROW - len(said)) + said
                assert whole in shown


# The status bar.

FRAME = Frame(
    State.PLAYING,
    {},
    LossHistory((), (), ()),
    rate=9119.7,
    memory=Memory(int(1.25 * GIBIBYTE), 139 * GIBIBYTE),
)


async def status_line(columns: int, frame: Frame | None = FRAME) -> str:
    bar = StatusBar()
    async with Host(bar).run_test(size=(columns, 3)) as pilot:
        bar.device = "cuda:0 NVIDIA H200"
        bar.frame = frame
        await pilot.pause()
        (line,) = lines(bar)
        assert bar.size.height == 1
        return line


async def test_the_status_bar_tells_device_memory_speed_and_state() -> None:
    line = await status_line(80)
    assert line.startswith("cuda:0 NVIDIA H200 · 1.2/139 GiB  ")
    assert line.endswith("  9,120 steps/s · playing")
    assert len(line) == 78


async def test_a_narrow_status_bar_shortens_the_device_first() -> None:
    line = await status_line(40)
    assert line.endswith("… 9,120 steps/s · playing")
    assert line.startswith("cuda:0 NVIDIA")
    assert len(line) == 38


async def test_a_status_bar_of_ten_columns_is_survived() -> None:
    """The device has no room; speed and state are cut."""
    assert await status_line(10) == " 9,120 steps/s · playing"


@pytest.mark.parametrize(
    ("rate", "words"),
    [(None, " 0 steps/s"), (0.54, "0.5 steps/s"), (9.96, "10.0 steps/s"), (1e6, "1,000,000 steps")],
)
async def test_the_speed_in_words(rate: float | None, words: str) -> None:
    assert words in await status_line(80, replace(FRAME, rate=rate))


async def test_the_memory_of_a_processor_is_called_ram() -> None:
    bar = StatusBar()
    async with Host(bar).run_test(size=(80, 3)):
        bar.device = "cpu the processor"
        bar.frame = FRAME
        assert lines(bar)[0].startswith("cpu the processor · RAM 1.2/139 GiB  ")


async def test_where_nobody_tells_the_memory_there_is_none() -> None:
    assert "GiB" not in await status_line(80, replace(FRAME, memory=None))


async def test_without_a_run_the_bar_says_so() -> None:
    line = await status_line(80, None)
    assert line.startswith("cuda:0 NVIDIA H200  ")
    assert line.endswith(" 0 steps/s · no run yet")


async def test_the_status_bar_follows_the_width_of_the_terminal() -> None:
    bar = StatusBar()
    async with Host(bar).run_test(size=(80, 3)) as pilot:
        bar.device = "cpu"
        bar.frame = FRAME
        for columns in (60, 100):
            await pilot.resize_terminal(columns, 3)
            await pilot.pause()
            assert len(lines(bar)[0]) == bar.content_size.width == columns - 2


# The heading.

AT_EPOCH = replace(FRAME, epoch=12, settings={"epochs": 1000})


async def heading_line(columns: int, frame: Frame, pace: float | None, preset: str = "") -> str:
    heading = Heading("A straight line")
    async with Host(heading).run_test(size=(columns, 3)) as pilot:
        heading.preset = preset
        heading.progress = progress(frame, pace)
        await pilot.pause()
        (line,) = lines(heading)
        assert heading.size.height == 1
        return line


async def test_the_heading_tells_parts_title_preset_epoch_and_pace() -> None:
    line = await heading_line(80, AT_EPOCH, 10, preset="gentle")
    assert line.startswith(" 1 Concept 2 Lab 3 Code  A straight line  ")
    assert line.endswith("   gentle · epoch 12/1000 · ▶ 10/s")
    assert len(line) == 78


async def test_before_a_run_the_heading_is_the_parts_and_the_title() -> None:
    heading = Heading("A straight line")
    async with Host(heading).run_test(size=(80, 3)) as pilot:
        await pilot.pause()
        assert lines(heading)[0].rstrip() == " 1 Concept 2 Lab 3 Code  A straight line"


async def test_a_narrow_heading_shortens_the_preset_first_and_the_title_last() -> None:
    tabs, epoch = " 1 Concept 2 Lab 3 Code  ", "  epoch 12/1000 · ▶ full speed"
    # 58 cells: the parts take 25 and the epoch with its separator 30, so the title gets 3.
    assert await heading_line(60, AT_EPOCH, None, preset="gentle") == f"{tabs}A …{epoch}"
    title = f"{tabs}A straight line"
    assert await heading_line(72, AT_EPOCH, None, preset="gentle") == title + epoch
    cut = "  gen… · epoch 12/1000 · ▶ full speed"
    assert await heading_line(79, AT_EPOCH, None, preset="gentle") == title + cut


async def test_while_it_plays_title_and_preset_keep_their_width() -> None:
    heading, seen = Heading("A straight line"), []
    async with Host(heading).run_test(size=(76, 3)) as pilot:
        heading.preset = "six-points"
        for progress in (
            "epoch 999/1000 · ▶ 30/s",
            "epoch 8/1000 · ▶ 30/s",
            "epoch 1000/1000 · 9/s",
        ):
            heading.progress = progress
            await pilot.pause()
            seen.append(lines(heading)[0])
        assert all("A straight line " in line and " six-p… · epoch" in line for line in seen), seen
        heading.preset = "double"
        await pilot.pause()
        assert " double · epoch 1000/1000" in lines(heading)[0]


@pytest.mark.parametrize(
    ("epoch", "epochs", "words"),
    [
        (0, 50, "epoch 0/50 "),
        (20_000, 99_999, "epoch 20000/99999 "),
        (100_000, 250_000, "epoch 100k/250k "),
        (1_250_000, 10_000_000, "epoch 1.25M/10M "),
        (7, None, "epoch 7/None "),
    ],
)
async def test_an_epoch_is_told_in_few_letters(epoch: int, epochs: int | None, words: str) -> None:
    frame = replace(FRAME, epoch=epoch, settings={"epochs": epochs})
    assert f"  {words}" in await heading_line(80, frame, 10)


@pytest.mark.parametrize(
    ("state", "pace", "words"),
    [
        (State.PLAYING, None, "· ▶ full speed"),
        (State.PAUSED, None, "· full speed"),
        (State.READY, 0.5, "· 0.5/s"),
        (State.FINISHED, 100.0, "· 100/s"),
    ],
)
async def test_the_pace_and_whether_it_plays(state: State, pace: float | None, words: str) -> None:
    assert (await heading_line(80, replace(AT_EPOCH, state=state), pace)).endswith(words)


@pytest.mark.parametrize("part", ["concept", "lab", "code"])
async def test_the_part_on_screen_is_marked_and_no_other(part: str) -> None:
    heading = Heading("A straight line")
    async with Host(heading).run_test(size=(80, 3)) as pilot:
        heading.part = "lab"
        heading.part = part
        await pilot.pause()
        marked = [s.text for s in heading.render_line(0) if s.style and s.style.reverse]
        assert [text.split()[1].lower() for text in marked] == [part]


# Controls.

NUMBERS = (0.0, 0.1, 0.5, 1.0)
WITH_NONE = (None, -5.0, 0.0, 5.0)
WORDS = ("mean", "sum", "none")


@pytest.mark.parametrize(
    ("ladder", "value", "up", "down"),
    [
        (NUMBERS, 0.1, 0.5, 0.0),
        (NUMBERS, 0.0, 0.1, 0.0),  # values do not wrap around
        (NUMBERS, 1.0, 1.0, 0.5),
        (NUMBERS, 0.3, 0.5, 0.1),  # typed, between two values
        (NUMBERS, 7.0, 7.0, 1.0),  # typed, beyond the last value: the typed value stays
        (NUMBERS, -7.0, 0.0, -7.0),
        (WITH_NONE, None, -5.0, None),
        (WITH_NONE, -5.0, 0.0, None),
        (WITH_NONE, 2.0, 5.0, 0.0),
        (WORDS, "mean", "sum", "none"),  # words wrap around
        (WORDS, "none", "mean", "sum"),
    ],
)
def test_the_next_value_on_the_ladder(ladder, value, up, down) -> None:
    assert following(ladder, value, 1) == up
    assert following(ladder, value, -1) == down


@pytest.mark.parametrize("slug", TRAININGS)
def test_whatever_is_allowed_can_be_turned(slug: str) -> None:
    """None and all words must be among the values, since they have no numeric neighbours."""
    lesson = find(slug).load()
    allowed = lesson.load_trainer().Config.allowed()
    for control in lesson.controls:
        field = allowed[control.name]
        assert (None in control.values) == field.optional
        assert set(field.words) <= set(control.values)


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


async def test_what_does_not_matter_is_hidden_until_it_does() -> None:
    controls = Controls(CONTROLS)
    async with Host(controls).run_test(size=(36, 12)) as pilot:
        controls.show(SETTINGS, {"rate"})
        assert listed(controls) == ["rate", "data"]
        options = controls.query_one(ControlList)
        options.highlighted = 1
        controls.show({**SETTINGS, "data": "line"}, {"rate"})
        assert listed(controls) == ["rate", "noise", "data"]
        assert options.highlighted == 2  # still the data
        options.highlighted = 1
        controls.show(SETTINGS, {"rate"})
        assert listed(controls) == ["rate", "data"]
        assert options.highlighted == 0
        await pilot.pause()
        assert "What rate does." in str(controls.query_one("#about", Static).render())


async def test_a_control_shows_its_value_and_whether_it_is_live() -> None:
    controls = Controls(CONTROLS)
    async with Host(controls).run_test(size=(36, 12)) as pilot:
        await pilot.pause()
        controls.show({**SETTINGS, "rate": -0.5}, {"rate"})
        prompts = [str(option.prompt) for option in controls.query_one(ControlList).options]
        assert prompts[0].split() == ["rate", "−0.5", "●"]
        assert prompts[1].split() == ["data", "points"]
        width = controls.query_one(ControlList).scrollable_content_region.width
        assert [len(prompt) for prompt in prompts] == [width, width]


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


async def test_a_control_without_effect_stands_in_brackets_and_says_what_it_needs() -> None:
    controls = Controls(CONTROLS)
    async with Host(controls).run_test(size=(60, 12)) as pilot:
        idle = {"rate": When(data="line").unmet({"data": "points"})}
        controls.show({**SETTINGS, "rate": -0.5}, {"rate"}, idle)
        await pilot.pause()
        prompts = [str(option.prompt) for option in controls.query_one(ControlList).options]
        assert prompts[0].split() == ["rate", "(−0.5)"]
        about = str(controls.query_one("#about", Static).render())
        assert about == "Rate has no effect while data = points; to give it one, set data = line."
        controls.show({**SETTINGS, "rate": -0.5, "data": "line"}, {"rate"})
        assert "What rate does." in str(controls.query_one("#about", Static).render())


async def test_turning_posts_the_value_and_changes_nothing_itself() -> None:
    controls = Controls(CONTROLS)
    async with (host := Host(controls)).run_test(size=(36, 12)) as pilot:
        controls.show(SETTINGS, {"rate"})
        controls.query_one(ControlList).focus()
        await pilot.press("right")
        await pilot.press("right")
        await pilot.press("down", "left")
        posted = [(event.name, event.value) for event in host.posted]
        assert posted == [("rate", 0.2), ("rate", 0.2), ("data", "line")]


async def test_typing_posts_the_text_and_escape_keeps_the_old_value() -> None:
    controls = Controls(CONTROLS)
    async with (host := Host(controls)).run_test(size=(36, 12)) as pilot:
        controls.show({**SETTINGS, "rate": -2.5}, {"rate"})
        controls.query_one(ControlList).focus()
        await pilot.press("enter")
        assert pilot.app.focused.value == "−2.5"  # the current value, for editing
        await pilot.press("home", "shift+end", "delete", *"1e3", "enter")
        assert [(event.name, event.text) for event in host.posted] == [("rate", "1e3")]
        controls.refuse("no [such] rate")
        await pilot.pause()
        said = controls.query_one("#said", Static)
        assert said.display
        assert str(said.render()) == "no [such] rate"
        await pilot.press("4")
        assert not said.display  # the next character starts another attempt
        await pilot.press("escape")
        assert isinstance(pilot.app.focused, ControlList)
        assert len(host.posted) == 1


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


async def test_the_status_bar_tells_of_the_page_in_sight_and_of_a_run_behind_it() -> None:
    bar = StatusBar()
    async with Host(bar).run_test(size=(80, 3)):
        bar.device, bar.page = "cpu", "1 of 3 questions answered · 40 % down"
        assert bar.text.endswith(bar.page)
        assert "steps/s" not in bar.text  # the state of the lab is not shown beside a page
        bar.busy = "measuring mlp"
        bar.watch_page()
        assert bar.text.endswith("▶ measuring mlp · 1 of 3 questions answered · 40 % down")
        bar.news = " ✓ challenge met: say what the sign of ∂L/∂w means "
        assert "what the sign of ∂L/∂w means" in bar.text
        bar.news = bar.page = ""
        assert bar.text.endswith("no run yet")
