"""The autograd lab: effects of the keys, and the text on screen."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot
from textual.widgets import Input, Static
from textual.widgets._toast import Toast

from engine.graph.walk import WalkPosition
from lessons.catalog import find
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui import cli
from tui.labs.autograd import AutogradLab, Inputs, Moves
from tui.progress import Progress
from tui.screens.home import HomeScreen
from tui.widgets.challenges import Challenges
from tui.widgets.diagram import Diagram
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.status_bar import StatusBar
from tui.widgets.transcript import Transcript

LESSON = find("autograd").load()
NARROW, WIDE = (80, 22), (120, 40)


async def open_lab(pilot: Pilot[None]) -> AutogradLab:
    await until(pilot, lambda: pilot.app.screen.query(AutogradLab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(AutogradLab)
    await until(pilot, lambda: lab.ready)
    await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
    return lab


async def write(pilot: Pilot[None], lab: AutogradLab, text: str) -> None:
    """Type the text and press enter; wait until it is accepted or refused."""
    lab.action_edit()
    line = lab.query_one(ExpressionLine)
    lab.query_one(Input).value = text
    await pilot.press("enter")
    await until(pilot, lambda: not line.editing or line.has_class("-refused"))


def to_the_end(lab: AutogradLab) -> None:
    """Do all steps of `s`."""
    while not lab.state.look.done:
        lab.action_step()


def box(lab: AutogradLab, title: str) -> list[str]:
    """Return the lines of a box below its title: its value and gradient."""
    rows = lab.query_one(Diagram).text.split("\n")
    titled = re.compile(rf"[│║┃] {re.escape(title)} ")
    (top,) = [row for row, text in enumerate(rows) if titled.search(text)]
    column = rows[top].index(f" {title} ") + 1
    return [re.split("[│║┃┠┣├]", row[column:])[0].strip() for row in rows[top + 1 : top + 3]]


def met(lab: AutogradLab) -> set[str]:
    options = lab.query_one(Challenges).options
    return {str(option.id) for option in options if str(option.prompt).startswith("✓")}


def flat(pilot: Pilot[None]) -> str:
    """Return the text on screen as one line."""
    return " ".join(screen_text(pilot.app).split())


async def reads(pilot: Pilot[None], *words: str) -> None:
    await until(pilot, lambda: all(each in flat(pilot) for each in words))


def dim(pilot: Pilot[None]) -> set[str]:
    bindings = pilot.app.screen.active_bindings
    return {key for key, binding in bindings.items() if not binding.enabled}


MOVES = [  # text, the active node, and the number of nodes without gradient
    ("forward  a = x · y = 2 · 3 = 6", "a", 5),
    ("forward  f = a · z = 6 · 4 = 24", "f", 5),
    ("backward  ∂f/∂f = 1", "f", 4),
    ("backward  ∂f/∂a += ∂f/∂f · ∂f/∂a = 1 · 4 = 4", "a", 3),
    ("backward  ∂f/∂z += ∂f/∂f · ∂f/∂z = 1 · 6 = 6", "z", 2),
    ("backward  ∂f/∂x += ∂f/∂a · ∂a/∂x = 4 · 3 = 12", "x", 1),
    ("backward  ∂f/∂y += ∂f/∂a · ∂a/∂y = 4 · 2 = 8", "y", 0),
]


async def the_walk_through_three_factors(pilot: Pilot[None], lab: AutogradLab) -> None:
    graph = lab.query_one(Diagram)
    await reads(pilot, "forward 0/2")
    assert box(lab, "a = x · y") == ["?", "∂ none yet"]
    assert "┏" not in graph.text
    await until(pilot, lambda: dim(pilot) == {"b", "r"})
    await pilot.press("b", "r")
    assert lab.state.look.position == 0
    for line, node, empty in MOVES:
        await pilot.press("s")
        assert str(lab.query_one("#description", Static).render()).startswith(line)
        (lit,) = re.findall(r"┃ (\w).*? ┃", graph.text)[:1]
        assert (lit, graph.text.count("┏━━")) == (node, 1)
        assert graph.text.count("none yet") == empty
        assert not re.search(r"∂ 0\b", graph.text)
        forward = line.startswith("forward")  # the arrows point in the direction of the computation
        assert (graph.text.count("▶"), graph.text.count("◀")) == ((4, 0) if forward else (0, 4))
        phase = line.split()[0]
        await until(pilot, lambda phase=phase: phase in screen_text(pilot.app).split("\n")[0])
    assert re.search(r"┏━ 2 ━", graph.text)  # ∂a/∂y = x = 2, on the edge just followed
    await until(pilot, lambda: dim(pilot) == {"s"})
    await reads(pilot, "challenge met", "MulBackward0", "f = a · z")
    assert not pilot.app.screen.query(Toast)  # a notification would hide the text
    await reads(pilot, "✓ check: nudging each input a little (finite differences) agrees to")
    assert [box(lab, name)[1] for name in "xyz"] == ["∂ 12", "∂ 8", "∂ 6"]
    await pilot.press("s", "b")
    assert lab.state.look.position == 6
    assert re.search(r"┗━ 3 ━", graph.text)  # ∂a/∂x = y = 3
    assert not re.search(r" 2 ─", graph.text)
    await until(pilot, lambda: dim(pilot) == set())
    await pilot.press("r")
    assert lab.state.look.position == 0
    places = set()
    while not lab.state.look.done:
        lab.action_step()
        await pilot.pause()
        places.add((graph.region, graph.scroll_offset, graph.text.index(" a = x · y")))
    assert len(places) == 1  # the boxes do not move during the walk
    lab.action_reset()


async def space_plays_holds_and_begins_again(pilot: Pilot[None], lab: AutogradLab) -> None:
    state = pilot.app.screen.query_one(StatusBar)
    await pilot.press("left_square_bracket")
    lab.action_play()
    assert lab.state.look.position == 1  # at once, not only after two seconds
    await until(pilot, lambda: "▶ 0.5 a second" in state.text)
    await until(pilot, lambda: lab.state.look.position >= 2)
    await pilot.press("space")
    held = lab.state.look.position
    await until(pilot, lambda: "s: next move" in state.text)
    assert (lab.state.look.position, lab.playing) == (held, False)
    await pilot.press(*["right_square_bracket"] * 4)
    lab.action_play()
    assert "▶ 8 a second" in lab.status.state
    await until(pilot, lambda: lab.state.look.done and not lab.playing)
    await until(pilot, lambda: "at the end" in state.text)
    await pilot.press(*["left_square_bracket"] * 4)  # so that it does not play on meanwhile
    lab.action_play()
    assert (lab.state.look.position, lab.playing) == (1, True)
    await pilot.press("s")
    assert not lab.playing
    await pilot.press("space", "c")
    assert not lab.playing  # nothing plays while hidden
    await pilot.press("2")
    await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
    held = lab.state.look.position
    await pilot.press("e", *"nil", "escape", "space")
    assert "nil" not in screen_text(pilot.app)
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    assert not lab.playing
    left = lab.state.look.position
    assert left > held
    await pilot.press("enter")
    assert await open_lab(pilot) is lab
    assert lab.state.look.position == left


REFUSALS = {
    "twice": ("Trying to backward through the graph a second time", "retain_graph=True"),
    "weighted": ("grad can be implicitly created only for scalar outputs", "f.sum()"),
    "second": ("does not require grad", "create_graph=True"),
    "no-grad": ("does not have a grad_fn", "compute f outside of it"),
    "in-place": ("a leaf Variable that requires grad", "Write y = x + 1"),
    "frozen": ("does not require grad", "Give one requires_grad=True"),
}


def grounds(pilot: Pilot[None], lab: AutogradLab) -> set[str]:
    """Return the background colours of the program."""
    region = lab.query_one(Transcript).content_region
    rows = pilot.app.screen._compositor.render_strips()[region.y : region.bottom]
    parts = [part for row in rows for part in row.crop(region.x, region.right - 2)]
    styles = [part.style for part in parts if part.text.strip()]
    return {style.bgcolor.name for style in styles if style and style.bgcolor}


async def every_preset_can_be_walked(pilot: Pilot[None], lab: AutogradLab) -> None:
    lab.use_preset("product")
    for preset in LESSON.presets:
        await reads(pilot, f" {preset.name} · ")
        look = lab.state.look
        walked = isinstance(look, WalkPosition)
        assert lab.query_one(Diagram).display is walked
        assert lab.query_one(Transcript).display is not walked
        if preset.name in REFUSALS:
            while not (lab.state.look.ran and lab.state.look.ran[-1].error):
                lab.action_step()
            await reads(pilot, *REFUSALS[preset.name], "✗")
        if preset.name == "twice":  # it has the background of the screen in both themes
            before = grounds(pilot, lab)
            await pilot.press("t")
            await until(pilot, lambda before=before: grounds(pilot, lab) != before)
            assert len(before) == len(grounds(pilot, lab)) == 1
        to_the_end(lab)
        if walked:
            assert not look.walk.error
            assert box(lab, f"{look.walk.result.name} = {look.walk.result.formula}")
        else:  # the result of the last line is visible
            last = look.program.statements[-1]
            await reads(pilot, " ".join((last.refusal or last.why).split()[-4:]))
        await pilot.press("p")
    await reads(pilot, " product · forward 0/2")


async def an_expression_values_and_weights_are_typed(pilot: Pilot[None], lab: AutogradLab) -> None:
    await write(pilot, lab, "x = [1, 2]")
    to_the_end(lab)
    await reads(pilot, "RuntimeError: grad can be implicitly created only for scalar outputs")
    await reads(pilot, "weight them: gradient=[1, 1].")
    await write(pilot, lab, "gradient = [1, 10]")
    to_the_end(lab)
    # L = 1·(x₁·y·z) + 10·(x₂·y·z): ∂L/∂x = [12, 120], ∂L/∂y = 1·1·4 + 10·2·4 = 84.
    assert box(lab, "x") == ["[1, 2] (2,)", "∂ [12, 120]"]
    assert box(lab, "y") == ["3 ()", "∂ 84"]
    await write(pilot, lab, "x = 2")
    await pilot.press("enter", *"x**2", "enter")  # replaces the text of the input
    await reads(pilot, "your own · forward 0/1")
    to_the_end(lab)
    assert (box(lab, "x"), box(lab, "f = x²")) == (["2 ()", "∂ 4"], ["4 ()", "∂ 1"])
    await write(pilot, lab, "9**9**9 * x")
    to_the_end(lab)
    await reads(pilot, "∂ ∞", "no check for x: the gradient is not finite")


HOSTILE = [
    "__import__('os').system('touch MARKER')",
    "(" * 10_000 + "x" + ")" * 10_000,
    "[red]x[/red]",
    "",
]


async def refused_lines_are_pointed_at(pilot: Pilot[None], lab: AutogradLab, marker: Path) -> None:
    lab.use_preset("product")
    await pilot.press("s", "s", "s")
    before = lab.state.look
    await write(pilot, lab, "x*y + foo(z)")
    await reads(pilot, "an expression has no function foo. There are exp, log,")
    page = screen_text(pilot.app).split("\n")
    assert page[1].index("foo") == page[2].index("^^^")
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
    await reads(pilot, "› x*y*z")
    assert "foo" not in screen_text(pilot.app)
    for text in HOSTILE:
        await write(pilot, lab, text.replace("MARKER", str(marker)))
        assert lab.query_one(ExpressionLine).has_class("-refused"), text
        words = str(lab.query_one("#refusal", Static).render()).split("\n")[-1]
        await reads(pilot, " ".join(words.split())[:60])
    await pilot.press("escape")
    assert not marker.exists()
    assert lab.state.look is before
    await pilot.press("s")
    assert lab.state.look.position == before.position + 1


async def a_narrow_screen_shows_one_side(pilot: Pilot[None], lab: AutogradLab) -> None:
    lab.use_preset("product")
    await pilot.press("s", "s", "s", "v")
    await reads(pilot, "The walk so far", "f = a · z = 6 · 4 = 24")
    assert screen_text(pilot.app).count("∂f/∂f = 1") == 2  # in the list, and as the last move
    assert not lab.query_one(Diagram).display
    for key in ("enter", "g", "space", "s", "p", "v", "q"):
        assert key in pilot.app.screen.active_bindings
    await pilot.press("s")
    await until(pilot, lambda: lab.query_one(Diagram).display)
    await reads(pilot, "∂ 4")
    await pilot.press("b", "b", "b", "b")  # the keys go to the visible panel
    assert lab.state.look.position == 0
    await pilot.press("v")
    await until(pilot, lambda: isinstance(pilot.app.focused, Inputs))
    for sign, gradient in (("○", "no gradient"), ("●", "∂ 12")):
        await pilot.press("g")
        await reads(pilot, f"{sign} x = 2")
        to_the_end(lab)
        assert (box(lab, "x")[1], box(lab, "y")[1]) == (gradient, "∂ 8")
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.focused, Inputs))
    await pilot.press("v", "b", "b", "b")
    graph = lab.query_one(Diagram)
    for size in (WIDE, NARROW):  # with enough room, the names of PyTorch's nodes
        await pilot.resize_terminal(*size)
        await until(pilot, lambda size=size: ("MulBackward0" in graph.text) is (size == WIDE))
    assert lab.state.look.position == 4


async def test_keys_lines_presets_and_the_copied_command_on_a_narrow_screen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with app("autograd").run_test(size=NARROW, notifications=True) as pilot:
        lab = await open_lab(pilot)
        await the_walk_through_three_factors(pilot, lab)
        await space_plays_holds_and_begins_again(pilot, lab)
        await every_preset_can_be_walked(pilot, lab)
        await an_expression_values_and_weights_are_typed(pilot, lab)
        await refused_lines_are_pointed_at(pilot, lab, tmp_path / "marker")
        await a_narrow_screen_shows_one_side(pilot, lab)
        for line in ("mean((w*x + b - y)**2)", "w = 1", "b = 1", "x = [1, 2.5]", "y = −1"):
            await write(pilot, lab, line)
        to_the_end(lab)
        on_screen = {name: box(lab, name)[1].removeprefix("∂ ") for name in ("w", "b")}
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard)
        command = shlex.split(pilot.app.clipboard)
    assert command[0] == "dltui"
    capsys.readouterr()
    assert cli.main(command[1:]) == 0
    rows = [line.split() for line in capsys.readouterr().out.split("\n")]
    printed = {row[0]: row[2] for row in rows if row and row[0] in ("w", "b")}
    assert printed == on_screen


async def test_inputs_hints_and_challenges_on_a_wide_screen(own_folders) -> None:
    lines = (  # one operation is no walk, and nothing is refused before backward
        (("x**2", "x = 3"), {"six"}),
        (("sigmoid(sigmoid(x))",), {"six", "walked"}),
        (("sigmoid(x)", "x = 15"), {"six", "walked", "faint"}),
        (("x = [1, 2]",), {each.slug for each in LESSON.challenges}),
    )
    async with app("autograd").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot)
        await reads(pilot, "AccumulateGrad", "● x = 2", "○ give x a gradient of exactly 6")
        for typed, challenges in lines:
            before = met(lab)
            for line in typed:
                await write(pilot, lab, line)
            assert met(lab) == before
            to_the_end(lab)
            await until(pilot, lambda challenges=challenges: met(lab) == challenges)
        await reads(pilot, "Challenges 4/4")
        kept = Progress(own_folders / "state" / "progress.jsonl").of("autograd")
        assert kept.challenges == met(lab)
        lab.query_one(Challenges).focus()
        await pilot.press("down", "enter")
        await reads(pilot, "Where x is 3, x**2 has")
        assert not lab.query_one(ExpressionLine).editing
        lab.use_preset("product")
        await reads(pilot, "● y = 3")
        lab.query_one(Inputs).focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert pilot.app.focused.value == "y = 3"
        await pilot.press("7", "enter")
        await reads(pilot, "● y = 7", "x*y*z")


class Page(App[None]):
    def compose(self) -> ComposeResult:
        yield Moves()


async def test_the_newest_moves_are_in_sight_and_long_ones_hang() -> None:
    app = Page()
    async with app.run_test(size=(24, 3)) as pilot:
        assert "none yet" in screen_text(app)
        moves = [f"line {number}" for number in range(20)] + ["a line that is far too long"]
        app.query_one(Moves).show(moves)
        whole = [f"line {number}" for number in range(14, 20)] + ["a line that is far", "too long"]
        for rows in (3, 5, 8):
            await pilot.resize_terminal(24, rows)
            await until(
                pilot,
                lambda rows=rows: (
                    [row.strip("│ ") for row in screen_text(app).split("\n")[1:-1]]
                    == whole[-(rows - 2) :]
                ),
            )
