"""The lab of autograd: what each key does to the walk, and what a person reads of it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static
from textual.widgets._toast import Toast

from engine.graph.look import ProgramLook, WalkLook
from lessons.catalog import find
from tests.tui.conftest import app, until
from tests.tui.screen_text import screen_text
from tui import cli
from tui.app import DltuiApp
from tui.bench import SettingUp
from tui.labs.autograd import AutogradLab
from tui.progress import Progress
from tui.screens.home import HomeScreen
from tui.widgets.challenges import Challenges
from tui.widgets.diagram import Diagram
from tui.widgets.expression_line import ExpressionLine
from tui.widgets.inputs import Inputs
from tui.widgets.status_bar import StatusBar
from tui.widgets.transcript import Transcript

CHALLENGES = find("autograd").load().challenges


def autograd() -> DltuiApp:
    return app("autograd")


async def open_lab(pilot: Pilot[None]) -> AutogradLab:
    await until(pilot, lambda: pilot.app.screen.query(AutogradLab))
    await pilot.press("2")
    lab = pilot.app.screen.query_one(AutogradLab)
    await until(pilot, lambda: lab.dissection is not None)
    await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
    return lab


async def write(pilot: Pilot[None], lab: AutogradLab, text: str) -> None:
    """Put the text into the line, and press enter; wait until it was taken or refused."""
    await pilot.press("e")
    await until(pilot, lambda: isinstance(pilot.app.focused, Input))
    pilot.app.focused.value = text
    await pilot.press("enter")
    line = lab.query_one(ExpressionLine)
    await until(pilot, lambda: not line.editing or line.has_class("-refused"))


async def to_the_end(pilot: Pilot[None], lab: AutogradLab) -> None:
    """As often as it takes, what `s` does: a key takes a tenth of a second to be pressed here."""
    while not lab.dissection.look.done:
        lab.action_step()
    await pilot.pause()


def shown(lab: AutogradLab, selector: str) -> str:
    return str(lab.query_one(selector, Static).render())


def box(lab: AutogradLab, title: str) -> list[str]:
    """The lines of a box of the graph under its title: its value, its gradient."""
    rows = lab.query_one(Diagram).text.split("\n")
    titled = re.compile(rf"[│║┃] {re.escape(title)} ")
    (top,) = [row for row, text in enumerate(rows) if titled.search(text)]
    column = rows[top].index(f" {title} ") + 1
    return [re.split("[│║┃┠┣├]", row[column:])[0].strip() for row in rows[top + 1 : top + 3]]


def met(lab: AutogradLab) -> set[str]:
    options = lab.query_one(Challenges).options
    return {str(option.id) for option in options if str(option.prompt).startswith("✓")}


def heading(pilot: Pilot[None]) -> str:
    return screen_text(pilot.app).split("\n")[0]


async def test_the_walk_through_three_factors_in_numbers() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        assert "forward 0/2" in heading(pilot)
        assert box(lab, "a = x · y") == ["?", "∂ none yet"]
        expected = [
            ("forward", "a = x · y = 2 · 3 = 6"),
            ("forward", "f = a · z = 6 · 4 = 24"),
            ("backward", "∂f/∂f = 1"),
            ("backward", "∂f/∂a += ∂f/∂f · ∂f/∂a = 1 · 4 = 4"),
            ("backward", "∂f/∂z += ∂f/∂f · ∂f/∂z = 1 · 6 = 6"),
            ("backward", "∂f/∂x += ∂f/∂a · ∂a/∂x = 4 · 3 = 12"),
            ("backward", "∂f/∂y += ∂f/∂a · ∂a/∂y = 4 · 2 = 8"),
        ]
        for phase, line in expected:
            await pilot.press("s")
            assert shown(lab, "#said").startswith(f"{phase}  {line}")
            assert phase in heading(pilot)
        await pilot.pause()
        said = flat(pilot)
        assert "MulBackward0" in said
        assert "✓ check: nudging each input a little (finite differences) agrees to" in said
        assert [box(lab, name)[1] for name in "xyz"] == ["∂ 12", "∂ 8", "∂ 6"]
        assert "at the end" in pilot.app.screen.query_one(StatusBar).text


async def test_a_gradient_reads_none_yet_until_it_comes_and_never_0() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        for position in range(6):
            text = lab.query_one(Diagram).text
            assert text.count("none yet") == 5 - max(0, position - 2)
            assert not re.search(r"∂ 0\b", text)
            await pilot.press("s")


async def test_the_node_and_the_edge_at_work_are_lit() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        graph = lab.query_one(Diagram)
        assert "┏" not in graph.text
        lit = []
        for _ in range(7):
            await pilot.press("s")
            (title,) = re.findall(r"┃ (\w).*? ┃", "\n".join(graph.text.split("\n")))[:1]
            lit.append(title)
            assert graph.text.count("┏━━") == 1
        assert lit == ["a", "f", "f", "a", "z", "x", "y"]
        assert "┏━ 2 ━▶" in graph.text  # ∂a/∂y = x = 2, on the way that was just gone
        await pilot.press("b")
        assert "┗━ 3 ━▶" in graph.text  # ∂a/∂x = y = 3
        assert " 2 ─▶" not in graph.text


async def test_keys_that_lead_nowhere_are_dim_and_do_nothing() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)

        def dim() -> set[str]:
            bindings = pilot.app.screen.active_bindings
            return {key for key, binding in bindings.items() if not binding.enabled}

        await until(pilot, lambda: dim() == {"b", "r"})
        await pilot.press("b", "r")
        assert lab.dissection.look.position == 0
        await pilot.press("s")
        await until(pilot, lambda: dim() == set())
        await to_the_end(pilot, lab)
        await until(pilot, lambda: dim() == {"s"})
        await pilot.press("s", "s")
        assert lab.dissection.look.position == 7
        await pilot.press("b")
        assert lab.dissection.look.position == 6
        await pilot.press("r")
        assert lab.dissection.look.position == 0
        await until(pilot, lambda: dim() == {"b", "r"})


async def test_space_plays_to_the_end_holds_and_begins_again() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        state = pilot.app.screen.query_one(StatusBar)
        await pilot.press("left_square_bracket", "space")
        assert lab.dissection.look.position == 1  # at once, and not only after two seconds
        await until(pilot, lambda: "▶ 0.5 a second" in state.text)
        await pilot.press(*["right_square_bracket"] * 4)
        await until(pilot, lambda: "▶ 8 a second" in state.text)
        await until(pilot, lambda: lab.dissection.look.position >= 3)
        await pilot.press("space")
        held = lab.dissection.look.position
        assert not lab._playing.on
        await until(pilot, lambda: "s: next move" in state.text)
        assert lab.dissection.look.position == held
        await pilot.press("space")
        await until(pilot, lambda: lab.dissection.look.done)
        await until(pilot, lambda: not lab._playing.on)
        assert "at the end" in state.text
        await pilot.press(*["left_square_bracket"] * 4)  # so that it does not play on meanwhile
        assert lab._playing.rate == 0.5
        await pilot.press("space")
        assert lab.dissection.look.position == 1
        await pilot.press("s")
        assert not lab._playing.on


REFUSALS = {
    "twice": ("Trying to backward through the graph a second time", "retain_graph=True"),
    "weighted": ("grad can be implicitly created only for scalar outputs", "f.sum()"),
    "second": ("does not require grad", "create_graph=True"),
    "no-grad": ("does not have a grad_fn", "compute f outside of it"),
    "in-place": ("a leaf Variable that requires grad", "Write y = x + 1"),
    "frozen": ("does not require grad", "Give one requires_grad=True"),
}


async def test_every_preset_can_be_walked_and_the_errors_are_the_real_ones() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        for preset in find("autograd").load().presets:
            await until(pilot, lambda preset=preset: f" {preset.name} · " in heading(pilot))
            look = lab.dissection.look
            assert lab.query_one(Diagram).display is isinstance(look, WalkLook)
            assert lab.query_one(Transcript).display is isinstance(look, ProgramLook)
            if preset.name in REFUSALS:
                await to_the_error(pilot, lab)
                for words in (*REFUSALS[preset.name], "✗"):
                    await until(pilot, lambda words=words: words in flat(pilot))
            await to_the_end(pilot, lab)
            if isinstance(look, WalkLook):
                assert not look.walk.error
                assert box(lab, f"{look.walk.result.name} = {look.walk.result.formula}")
            else:  # what the last line gave is in sight
                last = look.program.statements[-1]
                words = (last.refusal or last.why).split()[-4:]
                await until(pilot, lambda words=words: " ".join(words) in flat(pilot))
            await pilot.press("p")
        await until(pilot, lambda: " product · forward 0/2" in heading(pilot))


async def to_the_error(pilot: Pilot[None], lab: AutogradLab) -> None:
    while not (lab.dissection.look.lines and lab.dissection.look.lines[-1].error):
        lab.action_step()
    await pilot.pause()


def flat(pilot: Pilot[None]) -> str:
    """All that is on the screen, as one line."""
    return " ".join(screen_text(pilot.app).split())


async def test_an_expression_of_ones_own_is_typed_key_by_key() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("enter", *"x**2", "enter")  # takes the place of what stood there
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
        await until(pilot, lambda: "your own · forward 0/1" in heading(pilot))
        await pilot.press("s", "s", "s")
        assert box(lab, "x") == ["2 ()", "∂ 4"]
        assert box(lab, "f = x²") == ["4 ()", "∂ 1"]


async def test_a_value_a_vector_and_weights_are_typed() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await write(pilot, lab, "x = 5")
        await to_the_end(pilot, lab)
        assert [box(lab, name)[1] for name in "xyz"] == ["∂ 12", "∂ 20", "∂ 15"]
        await write(pilot, lab, "x = [1, 2]")
        await to_the_end(pilot, lab)
        said = flat(pilot)
        assert "RuntimeError: grad can be implicitly created only for scalar outputs" in said
        assert "weight them: gradient=[1, 1]." in said
        await write(pilot, lab, "gradient = [1, 10]")
        await to_the_end(pilot, lab)
        # L = 1·(x₁·y·z) + 10·(x₂·y·z): ∂L/∂x = [12, 120], ∂L/∂y = 1·1·4 + 10·2·4 = 84.
        assert box(lab, "x") == ["[1, 2] (2,)", "∂ [12, 120]"]
        assert box(lab, "y") == ["3 ()", "∂ 84"]


async def test_a_refusal_points_and_leaves_all_as_it_was() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("s", "s", "s")
        before = lab.dissection.look
        await write(pilot, lab, "x*y + foo(z)")
        page = screen_text(pilot.app).split("\n")
        assert page[1].index("foo") == page[2].index("^^^")
        assert "an expression has no function foo. There are exp, log," in page[3]
        assert lab.dissection.look is before
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
        assert "› x*y*z" in screen_text(pilot.app)
        assert "foo" not in screen_text(pilot.app)
        await pilot.press("s")
        assert lab.dissection.look.position == before.position + 1


HOSTILE = [
    "__import__('os').system('touch MARKER')",
    "x.__class__.__init__.__globals__['os'].system('touch MARKER')",
    "x.__class__.__mro__",
    "(" * 10_000 + "x" + ")" * 10_000,
    "x = [" + "1," * 100_000 + "1]",
    "[red]x[/red]",
    "",
]


async def test_hostile_lines_are_refused_in_sight_and_nothing_is_lost(tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        before = lab.dissection.look
        for text in HOSTILE:
            await write(pilot, lab, text.replace("MARKER", str(marker)))
            line = lab.query_one(ExpressionLine)
            assert line.has_class("-refused"), text
            words = shown(lab, "#refusal").split("\n")[-1]
            await pilot.pause()
            assert " ".join(words.split())[:60] in " ".join(screen_text(pilot.app).split())
            await pilot.press("escape")
        assert not marker.exists()
        assert lab.dissection.look is before
        assert "a = x · y" in lab.query_one(Diagram).text


async def test_what_is_no_number_is_shown_in_words() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await write(pilot, lab, "log(-x)")
        await pilot.press("s", "s")
        await pilot.pause()
        page = screen_text(pilot.app)
        assert "−2 has no logarithm: it is negative" in page
        assert "not a number" in page
        await write(pilot, lab, "9**9**9 * x")
        await to_the_end(pilot, lab)
        assert box(lab, "x")[1] == "∂ ∞"
        assert "no check for x: the gradient is not finite" in shown(lab, "#said")


async def test_the_gradient_of_an_input_is_switched_off_and_on() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(pilot.app.focused, Inputs))
        await until(pilot, lambda: "● x = 2" in screen_text(pilot.app))
        await pilot.press("g")
        await until(pilot, lambda: "○ x = 2" in screen_text(pilot.app))
        await pilot.press("v")
        await to_the_end(pilot, lab)
        assert box(lab, "x")[1] == "no gradient"
        assert box(lab, "y")[1] == "∂ 8"
        await pilot.press("v", "g", "v")
        await to_the_end(pilot, lab)
        assert box(lab, "x")[1] == "∂ 12"


async def test_enter_on_an_input_offers_its_value() -> None:
    async with autograd().run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        lab.query_one(Inputs).focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.focused, Input))
        assert pilot.app.focused.value == "y = 3"
        await pilot.press("7", "enter")
        await until(pilot, lambda: "● y = 7" in screen_text(pilot.app))
        assert "x*y*z" in screen_text(pilot.app).split("\n")[1]


async def test_a_narrow_screen_shows_one_side_and_the_walk_comes_back_to_the_graph() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("s", "s", "s", "v")
        await until(pilot, lambda: "The walk so far" in screen_text(pilot.app))
        page = screen_text(pilot.app)
        assert "f = a · z = 6 · 4 = 24" in page
        assert page.count("∂f/∂f = 1") == 2  # in the list, and as the last move
        assert not lab.query_one(Diagram).display
        for key in ("enter", "g", "space", "s", "p", "v", "q"):
            assert key in pilot.app.screen.active_bindings
        await pilot.press("s")
        await until(pilot, lambda: lab.query_one(Diagram).display)
        await until(pilot, lambda: "∂ 4" in screen_text(pilot.app))
        await pilot.press("b", "b", "b", "b")  # the keys go to what is in sight
        assert lab.dissection.look.position == 0


async def test_from_narrow_to_wide_and_back_in_the_middle_of_a_walk() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("s", "s", "s", "s")
        assert "MulBackward0" not in lab.query_one(Diagram).text
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "MulBackward0" in lab.query_one(Diagram).text)
        page = screen_text(pilot.app)
        assert "AccumulateGrad" in page
        assert "● x = 2" in page
        assert "○ walk a graph all the way back" in page
        await pilot.resize_terminal(80, 22)
        await until(pilot, lambda: "MulBackward0" not in lab.query_one(Diagram).text)
        assert lab.dissection.look.position == 4


@pytest.mark.parametrize("size", [(80, 22), (120, 40)])
async def test_nothing_moves_while_the_graph_is_walked(size: tuple[int, int]) -> None:
    async with autograd().run_test(size=size) as pilot:
        lab = await open_lab(pilot)
        graph = lab.query_one(Diagram)
        places = set()
        while True:
            places.add((graph.region, graph.scroll_offset, graph.text.index(" a = x · y")))
            if lab.dissection.look.done:
                break
            lab.action_step()
            await pilot.pause()
        assert len(places) == 1


async def test_the_challenges_are_met_by_what_they_ask_and_not_by_opening(own_folders) -> None:
    async with autograd().run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        assert met(lab) == set()
        await write(pilot, lab, "x**2")
        await write(pilot, lab, "x = 3")
        assert met(lab) == set()
        await to_the_end(pilot, lab)
        await until(pilot, lambda: met(lab) == {"six"})  # one operation is no walk yet
        await write(pilot, lab, "sigmoid(sigmoid(x))")
        await to_the_end(pilot, lab)
        await until(pilot, lambda: met(lab) == {"six", "walked"})
        await write(pilot, lab, "sigmoid(x)")
        await write(pilot, lab, "x = 15")
        await to_the_end(pilot, lab)
        await until(pilot, lambda: met(lab) == {"six", "walked", "faint"})
        await write(pilot, lab, "x = [1, 2]")
        assert "refused" not in met(lab)  # not before backward was tried
        await to_the_end(pilot, lab)
        await until(pilot, lambda: met(lab) == {each.slug for each in CHALLENGES})
        assert "Challenges 4/4" in screen_text(pilot.app)
    kept = Progress(own_folders / "state" / "progress.jsonl").of("autograd")
    assert kept.challenges == {each.slug for each in CHALLENGES}


async def test_what_was_met_hides_nothing_of_what_is_said() -> None:
    async with autograd().run_test(size=(80, 22), notifications=True) as pilot:
        lab = await open_lab(pilot)
        await to_the_end(pilot, lab)
        await until(pilot, lambda: "challenge met" in flat(pilot))
        assert not pilot.app.screen.query(Toast)
        page = flat(pilot)
        assert "✓ check: nudging" in page
        assert "f = a · z" in page


async def test_a_challenge_gives_its_hint() -> None:
    async with autograd().run_test(size=(120, 40)) as pilot:
        lab = await open_lab(pilot)
        lab.query_one(Challenges).focus()
        await pilot.press("down", "enter")
        await until(pilot, lambda: "Where x is 3, x**2 has" in screen_text(pilot.app))
        assert not lab.query_one(ExpressionLine).editing


async def test_the_copied_command_prints_the_same_gradients(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await write(pilot, lab, "mean((w*x + b - y)**2)")
        await write(pilot, lab, "x = [1, 2.5]")
        await write(pilot, lab, "y = −1")
        await to_the_end(pilot, lab)
        on_screen = {name: box(lab, name)[1].removeprefix("∂ ") for name in ("w", "b")}
        await pilot.press("y")
        await until(pilot, lambda: pilot.app.clipboard)
        command = shlex.split(pilot.app.clipboard)
    assert command[0] == "dltui"
    assert cli.main(command[1:]) == 0
    rows = [line.split() for line in capsys.readouterr().out.split("\n")]
    printed = {row[0]: row[2] for row in rows if row and row[0] in ("w", "b")}
    assert printed == on_screen


async def test_away_and_back_the_walk_stands_where_it_was() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        await pilot.press("space", "c")
        assert not lab._playing.on  # nothing plays out of sight
        held = lab.dissection.look.position
        await pilot.press("2")
        await until(pilot, lambda: isinstance(pilot.app.focused, Diagram))
        assert lab.dissection.look.position == held
        await pilot.press("e", *"garbage", "escape", "space")
        assert "garbage" not in screen_text(pilot.app)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert not lab._playing.on
        held = lab.dissection.look.position
        await pilot.press("enter")
        assert await open_lab(pilot) is lab
        assert lab.dissection.look.position == held


async def test_before_pytorch_is_there_it_says_so_and_no_key_does_harm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(SettingUp, "start", lambda _: None)
    async with autograd().run_test(size=(80, 22)) as pilot:
        await until(pilot, lambda: pilot.app.screen.query(AutogradLab))
        await pilot.press("2", "s", "space", "b", "r", "p", "y", "left_square_bracket", "e")
        await pilot.pause()
        await until(pilot, lambda: "starting PyTorch" in screen_text(pilot.app))
        assert pilot.app.screen.query_one(AutogradLab).dissection is None
        assert pilot.app.is_running


async def test_a_program_stands_on_the_background_of_the_screen_in_both_themes() -> None:
    async with autograd().run_test(size=(80, 22)) as pilot:
        lab = await open_lab(pilot)
        while lab.dissection.preset.name != "twice":
            await pilot.press("p")
        await pilot.press("s", "s")
        before = grounds(pilot, lab)
        assert len(before) == 1
        await pilot.press("t")
        await until(pilot, lambda: grounds(pilot, lab) != before)
        assert len(grounds(pilot, lab)) == 1


def grounds(pilot: Pilot[None], lab: AutogradLab) -> set[str]:
    """The colours behind the letters of the program."""
    region = lab.query_one(Transcript).content_region
    rows = pilot.app.screen._compositor.render_strips()[region.y : region.bottom]
    parts = [part for row in rows for part in row.crop(region.x, region.right - 2)]
    styles = [part.style for part in parts if part.text.strip()]
    return {style.bgcolor.name for style in styles if style and style.bgcolor}
