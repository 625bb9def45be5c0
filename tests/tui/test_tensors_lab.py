"""The lab of tensors: every scene by keyboard, lit cells, wrong lines, a video, NumPy, the map."""

from __future__ import annotations

import threading

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from engine.tensors.looks import PyTorchRefused
from engine.tensors.scenes import SCENES
from lessons.catalog import find
from tests.tui import scene_labs
from tests.tui.conftest import PATIENCE, app, until
from tests.tui.scene_labs import told
from tests.tui.screen_text import screen_text
from tui.labs.tensor_panels import ModuleDesk
from tui.labs.tensors import TensorsLab
from tui.progress import Progress
from tui.screens.home import HomeScreen
from tui.widgets.challenges import Challenges
from tui.widgets.tensor_view import TensorView

NARROW, WIDE = (80, 22), (120, 40)
NAMES = [preset.name for preset in find("tensors").load().presets]


async def open_lab(pilot: Pilot[None], scene: str = "scalar") -> TensorsLab:
    return await scene_labs.open_lab(pilot, TensorsLab, NAMES, scene)


async def type_line(pilot: Pilot[None], lab: TensorsLab, text: str) -> None:
    """Put the text in place of the line, and press enter."""
    await pilot.press("e")
    lab.query_one(Input).value = text
    await pilot.press("enter")
    await pilot.pause()


def lit(view: TensorView) -> list[str]:
    """The letters of the cells that are reversed."""
    return [
        segment.text.strip()
        for strip in view.strips
        for segment in strip
        if segment.style is not None and segment.style.reverse
    ]


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_every_scene_opens_and_every_line_of_it_can_be_tried(size) -> None:
    async with app("tensors").run_test(size=size) as pilot:
        lab = await open_lab(pilot)
        for scene in SCENES:
            await until(pilot, lambda scene=scene: lab.status.preset == scene.name)
            await until(pilot, lambda: lab.query_one("#source-0", TensorView).text)
            for line in scene.tries:
                await pilot.press("n")
                look = lab.state.look
                assert look.text == line.text
                assert (look.refused is not None) == line.shows.startswith("fails")
                await pilot.pause()
                screen = screen_text(pilot.app)
                assert line.text in screen
                assert line.shows[:60] in screen
                assert not lab.query_one(Input).has_focus
            await pilot.press("p")
        await until(pilot, lambda: lab.status.preset == "modules")


async def test_the_cells_that_a_line_reads_are_lit_and_the_facts_stand_below() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "grid")
        await type_line(pilot, lab, "x[1:, ::2]")
        x, result = lab.query_one("#source-0", TensorView), lab.query_one("#result", TensorView)
        await until(pilot, lambda: lit(x) == ["4", "6", "8", "10"])
        assert result.text.split() == ["0", "1", "0", "4", "6", "1", "8", "10"]
        screen = screen_text(pilot.app).splitlines()
        facts = [line.split() for line in screen if line.startswith((" x ", " result "))]
        assert facts == [
            ["x", "(3,", "4)", "(4,", "1)", "int64", "cpu", "0", "96", "bytes"],
            ["result", "(2,", "2)", "(4,", "2)", "int64", "cpu", "4", "shares", "x"],
        ]


async def test_the_cursor_lights_what_one_cell_comes_from() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "grid")
        await type_line(pilot, lab, "x.sum(dim=0)")
        x = lab.query_one("#source-0", TensorView)
        await pilot.press("right", "right")
        await until(pilot, lambda: lit(x) == ["1", "5", "9"])
        assert told(lab) == "(x.sum(dim=0))[1] = 15\ncomes from x[0, 1], x[1, 1], x[2, 1]"
        await pilot.press(*["right"] * 9)  # not beyond the last
        await until(pilot, lambda: lit(x) == ["3", "7", "11"])


async def test_the_cursor_in_a_source_says_where_in_memory_its_cell_lies() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "sequence")
        await pilot.press("down", "down", "right")
        await until(pilot, lambda: told(lab).startswith("x[1, 1]"))
        assert told(lab).endswith("at place 0 + 1·3 + 1·1 = 4: offset + index · stride")


async def test_a_cell_of_a_product_comes_from_a_row_and_a_column_of_two_tensors() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "broadcasting")
        await type_line(pilot, lab, "x @ y")
        x, y = lab.query_one("#source-0", TensorView), lab.query_one("#source-1", TensorView)
        await pilot.press("right")
        await until(pilot, lambda: lit(x) == ["10", "20", "30"])
        assert lit(y) == ["1", "2", "3"]


HOSTILE = [
    "",
    "__import__('os')",
    "x.__class__",
    "lambda: x",
    "nobody",
    "[" * 60,
    "(" * 100 + "x",
    "9**9**9",
    "x.expand(10**6, 10**6)",
    "torch.zeros(1000000)",
    "x = 3",
    "x; x",
    "x.fill_(3)",
    "[red]x[/red]",
    "x\u202e",
]


@pytest.mark.parametrize("scene", ["grid", "numpy"])
async def test_what_cannot_be_taken_changes_nothing_and_says_why(scene: str) -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, scene)
        await pilot.press("n")
        before = lab.state.look
        for text in HOSTILE:
            await type_line(pilot, lab, text)
            assert lab.state.look is before, text
            refusal = lab.query_one("#refusal", Static)
            assert refusal.display, text
            assert len(str(refusal.render()).splitlines()[-1]) > 10, text
            assert lab.query_one(Input).has_focus
            await pilot.press("escape")
            assert lab.query_one(Input).value == before.text
        assert isinstance(pilot.app.screen.query_one(TensorsLab), TensorsLab)


async def test_a_line_too_long_to_be_read_is_refused_at_once() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        await type_line(pilot, lab, "[" * 10_000)
        assert lab.state.look.text == ""
        assert lab.query_one("#refusal", Static).display


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_shapes_that_disagree_are_shown_with_pytorchs_own_words(size) -> None:
    async with app("tensors").run_test(size=size) as pilot:
        lab = await open_lab(pilot, "broadcasting")
        await type_line(pilot, lab, "x[:, 0] + y")
        assert isinstance(lab.state.look.refused, PyTorchRefused)
        screen = " ".join(screen_text(pilot.app).split())
        assert "The size of tensor a" in screen
        assert "x[:, 0] has 4, y has 3" in screen
        assert "✗" in screen
        assert lab.query_one(Input).has_focus  # to be mended
        await pilot.press("home", "shift+end", "delete", *"2x", "enter")
        await until(pilot, lambda: lab.state.look.refused is None)
        await until(pilot, lambda: "write 2*x" in screen_text(pilot.app))
        assert "The size of tensor a" not in " ".join(screen_text(pilot.app).split())
        await pilot.press("home", "shift+end", "delete", *"2x", "enter")
        await until(pilot, lambda: lab.state.look.refused is None)
        await until(pilot, lambda: "write 2*x" in screen_text(pilot.app))
        assert "The size of tensor a" not in " ".join(screen_text(pilot.app).split())
        await pilot.press("escape", "n")
        await until(pilot, lambda: lab.state.look.result is not None)
        assert not lab.query_one("#outcome").display


async def test_broadcasting_shows_what_is_stretched() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "broadcasting")
        await type_line(pilot, lab, "x[:, [0]] + y")
        rows = [line.split() for line in told(lab).splitlines()[-3:]]
        assert rows == [
            ["x[:,", "[0]]", "4", "×", "1→3"],
            ["y", "·→4", "×", "3"],
            ["result", "4", "×", "3"],
        ]


async def test_a_video_plays_and_holds_and_leaves_no_timer() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "video")
        x = lab.query_one("#source-0", TensorView)
        assert not lab.playing
        assert x.viewport.slice == 0
        await pilot.press("space")
        assert lab.playing
        assert "frames/s" in lab.status.state
        await until(pilot, lambda: x.viewport.slice >= 3)
        await pilot.press("space")
        assert not lab.playing
        held = x.viewport.slice
        await pilot.press("s")
        assert x.viewport.slice == (held + 1) % 20
        await pilot.press("b", "b")
        assert x.viewport.slice == (held - 1) % 20
        assert f"x[{x.viewport.slice}] of 20" in screen_text(pilot.app)
        for key in ("1", "p", "escape"):
            await pilot.press("2")
            if not lab.playing:
                await pilot.press("space")
            await pilot.press(key)
            assert not lab.playing, key
            if key == "p":
                await pilot.press(*"p" * (len(NAMES) - 1))


async def test_enter_offers_the_line_and_what_is_typed_takes_its_place() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "sequence")
        await pilot.press("n", "n")
        assert lab.query_one(Input).value == "x[:, -1]"
        await pilot.press("enter", *"x.sum()", "enter")
        await until(pilot, lambda: lab.state.look.text == "x.sum()")


async def test_after_the_last_frame_comes_the_first() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "video")
        x = lab.query_one("#source-0", TensorView)
        first = x.strips
        await pilot.press(*"s" * 10)
        assert x.strips != first
        await pilot.press(*"s" * 10)
        await until(pilot, lambda: x.strips == first)


async def test_a_cell_of_numpy_is_changed_and_the_others_follow_or_not() -> None:
    async with app("tensors").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot, "numpy")
        a, shared, copied = (lab.query_one(f"#source-{n}", TensorView) for n in range(3))
        assert a.has_focus
        await pilot.press("right", "right", "enter")
        assert lab.query_one(Input).value == "a[0, 1] = 1"
        await pilot.press("backspace", *"-2.5", "enter")
        await until(pilot, lambda: lit(a) and lit(shared))
        assert lit(a) == ["[−2.5]"]
        assert lit(shared) == ["−2.5*"]
        assert lit(copied) == []
        assert "shared changed with it" in told(lab)
        await type_line(pilot, lab, "copied[1, 2] = 9")
        await until(pilot, lambda: lit(copied) == ["9*"])
        assert lit(shared) == []
        await pilot.press("b")  # takes the learner's own back too
        await until(pilot, lambda: lit(copied) == [] and lit(shared) == ["−2.5*"])


@pytest.mark.parametrize(
    "text", ["a[5, 0] = 1", "a[0, 0] = x", "b[0, 0] = 1", "a[0, 0] = nan", "a[0, 0] = 1e999"]
)
async def test_a_cell_that_is_not_there_or_no_number_changes_nothing(text: str) -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "numpy")
        before = lab.state.session.snapshot
        await type_line(pilot, lab, text)
        assert lab.state.session.snapshot is before
        assert lab.query_one("#refusal", Static).display


async def test_the_numpy_session_goes_to_its_end_and_back() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "numpy")
        await pilot.press(*["space"] * 9)
        assert lab.state.session.ahead == []
        assert lab.status.progress == "line 10/10"
        assert lab.state.session.snapshot.shared == ("shared",)  # a is another array by now
        await pilot.press(*"b" * 9)
        assert lab.status.progress == "line 3/10"
        await until(pilot, lambda: "shared · memory with a" in screen_text(pilot.app))


async def test_every_module_of_the_map_runs() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "modules")
        for number in range(8):
            assert lab.status.progress == f"module {number + 1}/8"
            await pilot.press("space")
            await until(
                pilot, lambda n=number: len(lab.query_one(ModuleDesk).map.outcomes) == n + 1
            )
            await until(pilot, lambda: "running" not in told(lab))
            assert " ms here" in told(lab)
            await pilot.press("s")
        assert lab.status.progress == "module 1/8"
        screen = screen_text(pilot.app)
        assert screen.count("✓") == 8 + 3  # the modules, and the three lines of the first
        assert "[15., 22.]" in screen
        assert lab.status.finished  # every scene was seen on the way here


async def test_a_module_that_is_missing_says_so(monkeypatch) -> None:
    from engine.tensors import torch_map as module_map

    def missing(_):
        raise ImportError("no module named 'torchvision'")

    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "modules")
        monkeypatch.setattr(module_map, "run", missing)
        await pilot.press("b", "space")
        await until(pilot, lambda: "no module named" in screen_text(pilot.app))
        assert "✗" in screen_text(pilot.app)
        assert not lab.query_one(ModuleDesk).map.running


async def test_challenges_are_met_by_keyboard_and_kept(own_folders) -> None:
    lines = {
        "sequence": "x[:, -1:]",
        "grid": "x.reshape(6, 2)",
        "image": "y[None]",
        "broadcasting": "x / x.sum(dim=1, keepdim=True)",
    }
    async with app("tensors").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot)
        for number, (scene, line) in enumerate(lines.items(), start=1):
            while lab.status.preset != scene:
                await pilot.press("p")
            await type_line(pilot, lab, line)
            title = f"Challenges {number}/4"
            await until(
                pilot, lambda title=title: title in str(lab.query_one(Challenges).border_title)
            )
    kept = Progress(own_folders / "state" / "progress.jsonl").of("tensors")
    assert kept.challenges == {"column", "view", "batch", "shares"}


async def test_view_reset_tab_and_copy() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "grid")
        await pilot.press("n", "y")
        assert pilot.app.clipboard == "x.reshape(2, -1)"
        result = lab.query_one("#result", TensorView)
        assert result.has_focus
        source, challenges = lab.query_one("#source-0", TensorView), lab.query_one(Challenges)
        for key, widget in (
            ("tab", challenges),
            ("tab", source),
            ("tab", result),
            ("shift+tab", source),
            ("shift+tab", challenges),
            ("shift+tab", result),
        ):
            await pilot.press(key)
            await until(pilot, lambda widget=widget: widget.has_focus and widget.region)
            assert bool(challenges.region) == (widget is challenges)
        await pilot.press("v")
        assert lab.query_one(Challenges).has_focus
        await until(pilot, lambda: "▶ x.reshape(2, -1)" in screen_text(pilot.app))
        await pilot.press("v")
        assert result.has_focus
        await pilot.press("r")
        assert lab.state.look.text == ""
        await until(pilot, lambda: not result.display)


async def test_leaving_while_a_line_is_typed_keeps_nothing_of_it() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "grid")
        await pilot.press("n", "e", "z")
        pilot.app.screen.action_show("concept")
        await pilot.press("2")
        assert lab.query_one(Input).value == "x.reshape(2, -1)"
        assert lab.query_one("#result", TensorView).has_focus


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_before_pytorch_is_there_no_key_does_harm(monkeypatch, size) -> None:
    monkeypatch.setattr(TensorsLab, "open", lambda *_: None)
    async with app("tensors").run_test(size=size) as pilot:
        await until(pilot, lambda: pilot.app.screen.query(TensorsLab))
        lab = pilot.app.screen.query_one(TensorsLab)
        await pilot.press("2", *"npsbrevy", "space", "enter", "tab", "left")
        assert not lab.ready
        await until(pilot, lambda: "starting PyTorch" in screen_text(pilot.app))


async def test_the_size_of_the_terminal_changes_in_the_middle() -> None:
    async with app("tensors").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot, "image")
        await pilot.press("n", "n", "down")
        for size in (NARROW, WIDE, (60, 15), NARROW):
            await pilot.resize_terminal(*size)
            await pilot.pause()
        assert lab.state.look.text == "x[:, :, 0]"
        await until(pilot, lambda: "x[:, :, 0]" in screen_text(pilot.app))
        assert lab.query_one("#result", TensorView).content_size.height == 10


async def test_slow_lines_run_beside_the_screen_and_may_be_left(monkeypatch) -> None:
    from engine.tensors import torch_map as module_map

    release = threading.Event()
    run = module_map.run

    def slow(module):
        release.wait(PATIENCE)
        return run(module)

    monkeypatch.setattr(module_map, "run", slow)
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "modules")
        modules = lab.query_one(ModuleDesk)
        await pilot.press("b", "space")
        await until(pilot, lambda: "running…" in screen_text(pilot.app))
        await pilot.press("b")  # the screen is free meanwhile
        assert lab.status.progress == "module 7/8"
        await pilot.press("space")  # one at a time
        assert modules.map.outcomes == {}
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        release.set()
        await until(pilot, lambda: not modules.map.running)
        assert list(modules.map.outcomes) == ["torchvision"]


async def test_a_scene_whose_picture_is_missing_is_passed_over(monkeypatch) -> None:
    from engine.tensors import content

    def missing():
        raise FileNotFoundError("the photograph travels with scikit-learn")

    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "grid")
        monkeypatch.setattr(content, "photograph", missing)
        await pilot.press("p")
        assert lab.status.preset == lab.state.scene.name == "video"
        said = [note.message for note in pilot.app._notifications]
        assert said == ["the photograph travels with scikit-learn"]


async def test_a_result_without_cells_and_one_that_is_no_tensor() -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot, "grid")
        await type_line(pilot, lab, "x[x > 99]")
        await pilot.press("right", "down")
        await until(pilot, lambda: "result · no cells · 0" in screen_text(pilot.app))
        await type_line(pilot, lab, "x.shape")
        await until(pilot, lambda: "torch.Size([3, 4])" in screen_text(pilot.app))
        await type_line(pilot, lab, "x / 0")
        await until(pilot, lambda: "nan" in screen_text(pilot.app))
        assert "inf" in screen_text(pilot.app)
