"""The lesson screen: its three pages, questions, code, heading and status bar."""

from __future__ import annotations

import inspect
import re
from importlib import import_module

import pytest
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.syntax import Syntax
from textual.widgets import Input, OptionList, Static

import engine.device
from engine.frame import Memory, State
from lessons.catalog import find
from lessons.lesson import TrainingLesson
from lessons.script import line_of, script
from tests.course import WRITTEN
from tests.tui.conftest import app, open_lab, until
from tests.tui.screen_text import screen_text
from tui.experiment import PACES
from tui.labs.lab import Lab
from tui.labs.training import TrainingLab
from tui.progress import Progress
from tui.screens.code import ROWS_BEFORE, CodeView, main_line
from tui.screens.concept import ConceptView, QuestionBox
from tui.screens.home import HomeScreen
from tui.screens.lesson import Heading, LessonScreen
from tui.widgets.challenges import Challenges
from tui.widgets.controls import ControlList, Controls
from tui.widgets.status_bar import GIBIBYTE, StatusBar


@pytest.fixture
def half_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate a machine with constant memory figures."""
    memory = Memory(4 * GIBIBYTE, 8 * GIBIBYTE)
    monkeypatch.setattr(engine.device, "memory", lambda _: memory)


def kept(own_folders, lesson: str):
    return Progress(own_folders / "state" / "progress.jsonl").of(lesson)


async def opened(pilot) -> LessonScreen:
    await until(pilot, lambda: isinstance(pilot.app.screen, LessonScreen))
    await until(pilot, lambda: pilot.app.screen.query(Lab))
    await until(pilot, lambda: pilot.app.focused is not None)
    return pilot.app.screen


async def test_each_part_has_its_key_its_focus_and_scrolls() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        screen = await opened(pilot)
        parts = {"concept": ConceptView, "lab": TrainingLab, "code": CodeView}
        focused = {"concept": ConceptView, "lab": ControlList, "code": CodeView}
        assert isinstance(pilot.app.focused, ConceptView)
        for key, part in {"2": "lab", "3": "code", "1": "concept", "c": "code"}.items():
            await pilot.press(key)
            shown = [name for name, kind in parts.items() if screen.query_one(kind).display]
            assert shown == [part]
            assert isinstance(pilot.app.focused, focused[part])
            line = screen.query_one(Heading).render_line(0)
            chosen = [piece.text for piece in line if piece.style and piece.style.reverse]
            assert chosen == [f" {list(parts).index(part) + 1} {part.capitalize()} "]
        await pilot.press("1", "enter")
        assert isinstance(pilot.app.focused, ControlList)
        for key, part in (("1", ConceptView), ("3", CodeView)):
            await pilot.press(key, *["tab"] * (part is CodeView))  # the file behind the script
            view = screen.query_one(part)
            await until(pilot, lambda: view.max_scroll_y > 20)  # noqa: B023
            await until(pilot, lambda: part is ConceptView or view.scroll_y > 20)  # noqa: B023
            for key, there in (
                ("home", lambda y: y == 0),
                ("j", lambda y: y == 1),
                ("j", lambda y: y == 2),
                ("k", lambda y: y == 1),
                ("space", lambda y: y > 10),
            ):
                await pilot.press(key)
                await until(pilot, lambda: there(view.scroll_y))  # noqa: B023
        await the_described_position_is_current(pilot, screen)
        # The code is readable in both themes: WCAG 2.1 requires 3 for graphics.
        assert faintest(view) >= 3
        dark = view.query_one("#source", Static).content
        await pilot.press("t")
        await until(pilot, lambda: view.query_one("#source", Static).content is not dark)
        assert not pilot.app.current_theme.dark
        assert faintest(view) >= 3
        assert view.query_one("#source", Static).content.code == dark.code
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))


async def the_described_position_is_current(pilot, screen: LessonScreen) -> None:
    """The status bar names the position on the page, also after another size."""
    page, bar = screen.query_one(ConceptView), screen.query_one(StatusBar)
    await pilot.press("1", "end")
    await until(pilot, lambda: page.scroll_y == page.max_scroll_y and "end of" in bar.text)
    await pilot.resize_terminal(120, 40)
    await until(pilot, lambda: page.app.size.width == 120)
    await pilot.resize_terminal(80, 22)  # where the page is longer
    await until(pilot, lambda: page.scroll_y < page.max_scroll_y)
    position = lambda: f" {int(100 * page.scroll_y / page.max_scroll_y)} % down"  # noqa: E731
    await until(pilot, lambda: position() in bar.text)
    await pilot.press("3")


async def go_to(pilot, question: str) -> QuestionBox:
    """Press tab until this question has the focus."""
    boxes = list(pilot.app.screen.query(QuestionBox))
    for _ in boxes:
        await pilot.press("tab")
        box = pilot.app.focused.parent
        if isinstance(box, QuestionBox) and question in str(box.query_one(Static).render()):
            return box
    raise AssertionError("tab goes through the page, and never came to the question")


def marks(box: QuestionBox) -> list[str]:
    return [str(option.prompt)[0] for option in box.query_one(OptionList).options]


async def choose(pilot, box: QuestionBox, index: int) -> None:
    options = box.query_one(OptionList)
    await pilot.press("home", *["down"] * index)
    assert options.highlighted == index
    await pilot.press("enter")
    await until(pilot, lambda: box.query_one(".why").display)


async def test_a_wrong_answer_says_why_and_a_right_one_meets_its_challenge(own_folders) -> None:
    lesson = find("gradient-by-hand").load()
    question = next(q for q in lesson.questions if q.slug == "sign")
    met = next(c for c in lesson.challenges if c.question == "sign")
    wrong = next(i for i, choice in enumerate(question.choices) if not choice.right)
    right = next(i for i, choice in enumerate(question.choices) if choice.right)
    async with app("gradient-by-hand").run_test(size=(80, 22)) as pilot:
        screen = await opened(pilot)
        challenges = screen.query_one(Challenges)
        mark = lambda: str(challenges.get_option("sign").prompt)[0]  # noqa: E731

        box = await go_to(pilot, question.text)
        await choose(pilot, box, wrong)
        why = box.query_one(".why", Static)
        assert re.fullmatch(f"✗.* {re.escape(question.choices[wrong].why)}", str(why.render()))
        assert box.border_title == "Question 1 of 3"
        assert marks(box) == ["✗" if i == wrong else "·" for i in range(len(question.choices))]
        assert mark() == "○"
        done = kept(own_folders, "gradient-by-hand")
        assert (done.answers, done.challenges) == (set(), set())

        await choose(pilot, box, right)
        await until(pilot, lambda: mark() == "✓")
        assert re.fullmatch(f"✓.* {re.escape(question.choices[right].why)}", str(why.render()))
        assert box.border_title == "✓ Question 1 of 3"
        both = {wrong: "✗", right: "✓"}
        assert marks(box) == [both.get(i, "·") for i in range(len(question.choices))]
        done = kept(own_folders, "gradient-by-hand")
        assert (done.answers, done.challenges) == ({"sign"}, {"sign"})
        assert f"challenge met: {met.text}" in screen.query_one(StatusBar).text
        assert not pilot.app._notifications

        await choose(pilot, box, wrong)  # a known answer stays known
        assert box.border_title == "✓ Question 1 of 3"
        assert marks(box)[right] == "✓"
        expected = str(why.render())
        assert expected.startswith(f"✓ {question.choices[right].why}"), expected
        assert "✗" not in expected
        assert expected.endswith(
            f"{question.choices[wrong].text}”: {question.choices[wrong].why}"
        ), expected
    assert kept(own_folders, "gradient-by-hand").answers == {"sign"}

    async with app("gradient-by-hand").run_test(size=(80, 22)) as pilot:
        screen = await opened(pilot)
        boxes = list(screen.query(QuestionBox))
        titles = [box.border_title for box in boxes]
        assert titles == ["✓ Question 1 of 3", "Question 2 of 3", "Question 3 of 3"]
        first, *others = boxes  # known answers are shown with their explanation
        assert marks(first) == ["✓" if i == right else "·" for i in range(len(question.choices))]
        assert question.choices[right].why in str(first.query_one(".why", Static).render())
        assert all(set(marks(box)) == {"·"} for box in others)
        assert str(screen.query_one(Challenges).get_option("sign").prompt)[0] == "✓"


@pytest.mark.usefixtures("half_full")
async def test_heading_status_bar_and_progress_follow_a_run(own_folders) -> None:
    lesson = find("linear-regression").load()
    done = lambda: kept(own_folders, lesson.slug)  # noqa: E731
    async with app(lesson.slug).run_test(size=(80, 22)) as pilot:
        await opened(pilot)
        # A question without a challenge is kept too.
        bound = {challenge.question for challenge in lesson.challenges}
        question = next(q for q in lesson.questions if q.slug not in bound)
        right = next(i for i, choice in enumerate(question.choices) if choice.right)
        await choose(pilot, await go_to(pilot, question.text), right)
        await until(pilot, lambda: done().answers == {question.slug})
        assert done().challenges == set()
        assert done().opened
        assert not kept(own_folders, "parameters").opened

        lab = await open_lab(pilot)
        screen, controls = pilot.app.screen, lab.query_one(ControlList)
        bar = lambda: screen.query_one(StatusBar).text  # noqa: E731
        line = lambda: screen_text(pilot.app).splitlines()[0]  # noqa: E731
        await until(pilot, lambda: " 4.0/8 GiB " in bar())
        assert bar().startswith("cpu ")
        await until(pilot, lambda: bar().endswith(" 0 steps/s · ready"))
        await until(pilot, lambda: line().endswith("six… · epoch 0/1000 · 30/s"))
        # A value left to chance can be opened and left as it is.
        controls.highlighted = controls.get_option_index("initial_w")
        await pilot.press("enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, ControlList))
        assert lab.experiment.config.initial_w is None
        assert not lab.query_one(Controls).has_class("-refused")
        # In an input, keys are characters of a value, and escape keeps the lesson open.
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        await pilot.press("2", "s", "q")
        assert pilot.app.focused.value.endswith("2sq")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.focused, ControlList))
        assert pilot.app.screen is screen
        assert lab.frame.step == 0

        await pilot.press("s", "left_square_bracket")
        await until(pilot, lambda: line().endswith("six… · epoch 1/1000 · 20/s"))
        await pilot.press("space")
        await until(pilot, lambda: bar().endswith("steps/s · playing") and "– steps" not in bar())
        await pilot.press("space")
        await until(pilot, lambda: bar().endswith(" 0 steps/s · paused"))
        await pilot.press("r")
        await until(pilot, lambda: bar().endswith(" 0 steps/s · ready"))
        lab.experiment.change_pace(len(PACES))
        await pilot.press("right_square_bracket")
        lab._set("epochs", 250_000)  # long numbers are shown in full
        await until(pilot, lambda: line().endswith(" epoch 0/250k · full speed"))
        await pilot.press("p")
        await until(pilot, lambda: line().endswith(" epoch 0/1000 · full speed"))
        assert " 1 Concept 2 Lab 3 Code 4 Write " in line()
        lab._set("epochs", 3)
        await pilot.press("s", "s")
        await until(pilot, lambda: lab.frame.step == 2)
        assert not done().finished
        await pilot.press("s", "s")
        await until(pilot, lambda: lab.frame.state is State.FINISHED)
        await until(pilot, lambda: done().finished)
        await until(pilot, lambda: bar().endswith(" 0 steps/s · finished"))
        heading = screen.query_one(Heading)
        heading.preset, heading.progress = "a" * 30, "b" * 30
        await until(pilot, lambda: line().endswith(" " + "b" * 30))  # the preset is cut first


async def test_the_code_on_screen_is_the_code_that_runs() -> None:
    for slug in WRITTEN:  # it starts at the main line, also without a call of backward
        running = inspect.getsource(import_module(find(slug).load().source))
        first = main_line(running, find(slug).load().main)
        about = running.splitlines()[first - 1 :][: ROWS_BEFORE + 1]
        assert (".backward(" in running) is any(".backward(" in line for line in about), about
        assert not any(line.startswith(("import", "from")) for line in about)
    async with app().run_test(size=(120, 40)) as pilot:
        for slug in ("tensors", "linear-regression", "mnist"):
            pilot.app.action_open_lesson(slug)
            lesson = find(slug).load()
            shows = lambda: getattr(pilot.app.screen, "lesson", None)  # noqa: E731
            await until(pilot, lambda: shows() is lesson)  # noqa: B023
            await opened(pilot)
            await code_is_shown(pilot, import_module(lesson.source), lesson.main)


async def test_the_script_of_the_run_is_shown_first_with_its_current_line() -> None:
    async with app("linear-regression").run_test(size=(80, 22)) as pilot:
        screen = await opened(pilot)
        lab, view = await open_lab(pilot), screen.query_one(CodeView)
        await pilot.press("3")
        shown = lambda: view.query_one("#source", Static).content  # noqa: E731
        lit = lambda: [shown().code.splitlines()[n - 1].strip() for n in shown().highlight_lines]  # noqa: E731
        plan = lab.experiment.plan
        await until(pilot, lambda: shown().code == plan().script())
        assert view.border_title == "linear-regression.py"
        assert lit() == []
        await pilot.press("s")
        await until(pilot, lambda: lit() == ["optimizer.step()"])
        assert lab.frame.step == 1
        await until(pilot, lambda: "optimizer.step()" in screen_text(pilot.app))  # scrolled to it
        await pilot.press("tab")
        assert view.border_title == "engine/trainers/linear_regression.py"
        assert lit() == []
        lab._set("learning_rate", 0.02)  # a live change: its step is in the script
        await pilot.press("tab")
        await until(pilot, lambda: "if step == 2:" in shown().code)
        assert shown().code == plan().script()


def test_each_phase_of_an_update_has_its_line() -> None:
    lesson = find("five-steps").load()
    text = script(lesson, lesson.load_trainer().Config())
    lines = text.splitlines()
    at = [line_of(text, phase) for phase in ("data", "model", "loss", "optimizer", "")]
    assert at == sorted(at)
    assert "model(x)" in lines[at[1] - 1]
    assert "loss_fn(" in lines[at[2] - 1]
    assert "optimizer.step()" in lines[at[3] - 1]
    assert line_of("x = 1\n", "") is None
    assert line_of(text, "unknown") is None


async def code_is_shown(pilot, module, main_function: str) -> None:
    lesson = pilot.app.screen.lesson
    await pilot.press("3", *["tab"] * isinstance(lesson, TrainingLesson))
    view = pilot.app.screen.query_one(CodeView)
    running = inspect.getsource(module)
    shown = view.query_one("#source", Static).content
    assert isinstance(shown, Syntax)
    assert shown.code == running
    assert view.border_title == "/".join(inspect.getfile(module).split("/")[-3:])
    await until(pilot, lambda: view.scroll_y > 0)
    main = running.splitlines()[main_line(running, main_function) - 1]
    assert main_function in main
    await until(pilot, lambda: main in screen_text(pilot.app))
    # Also on screen: the unchanged code, without line numbers and borders.
    await pilot.press("home")
    await until(pilot, lambda: view.scroll_y == 0)
    on_screen = screen_text(pilot.app)
    for line in [line for line in running.splitlines()[:20] if line and len(line) < 90]:
        assert line in on_screen


def luminance(colour: ColorTriplet) -> float:
    """Return the relative luminance, 0 to 1, of WCAG 2.1."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour.normalized]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def faintest(view: CodeView) -> float:
    """Return the lowest contrast between the code and its background."""
    ground = luminance(view.background_colors[1].rich_color.triplet)
    code, theme = view.query_one("#source", Static).content, view.app.ansi_theme
    contrasts = []
    for segment in Console(width=100, color_system="truecolor").render(code):
        if segment.text.strip() and segment.style.color and not segment.style.color.is_default:
            word = luminance(segment.style.color.get_truecolor(theme))
            contrasts.append((max(word, ground) + 0.05) / (min(word, ground) + 0.05))
    assert len(set(contrasts)) > 3  # the code is highlighted
    return min(contrasts)
