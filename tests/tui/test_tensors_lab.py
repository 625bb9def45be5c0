"""The tensors lab by keyboard: scenes, highlights, errors, the video, NumPy, the map."""

from __future__ import annotations

import threading

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from engine.expression import Refused
from engine.tensors import content, torch_map
from engine.tensors.looks import PyTorchRefused
from engine.tensors.scenes import SCENES
from lessons.catalog import find
from tests.tui import scene_labs
from tests.tui.conftest import PATIENCE, app, until
from tests.tui.scene_labs import explanation
from tests.tui.screen_text import screen_text
from tui.bindings import key_actions
from tui.labs.tensor_panels import ModuleMap
from tui.labs.tensors import TensorsLab
from tui.labs.tensors_state import TensorsState
from tui.progress import Progress
from tui.screens.help import groups
from tui.screens.home import HomeScreen
from tui.widgets.challenges import Challenges
from tui.widgets.tensor_view import TensorView

NARROW, WIDE = (80, 22), (120, 40)
NAMES = [preset.name for preset in find("tensors").load().presets]


async def open_lab(pilot: Pilot[None], scene: str = "scalar") -> TensorsLab:
    return await scene_labs.open_lab(pilot, TensorsLab, NAMES, scene)


async def go(pilot: Pilot[None], lab: TensorsLab, scene: str) -> None:
    lab.use_preset(scene)
    await pilot.pause()


async def type_line(pilot: Pilot[None], lab: TensorsLab, text: str) -> None:
    """Replace the text of the input, and press enter."""
    lab.action_edit()
    lab.query_one(Input).value = text
    await pilot.press("enter")
    await pilot.pause()


async def reads(pilot: Pilot[None], *words: str) -> None:
    """Wait until these texts are on screen, with any spacing."""
    await until(
        pilot, lambda: all(each in " ".join(screen_text(pilot.app).split()) for each in words)
    )


def views(lab: TensorsLab) -> list[TensorView]:
    """Return the views of the three sources and the result."""
    names = ("source-0", "source-1", "source-2", "result")
    return [lab.query_one(f"#{name}", TensorView) for name in names]


def lit(view: TensorView) -> list[str]:
    """Return the texts of the highlighted cells."""
    segments = [segment for strip in view.strips for segment in strip if segment.style]
    return [segment.text.strip() for segment in segments if segment.style.reverse]


def refuse(state: TensorsState, text: str) -> None:
    with pytest.raises(Refused):
        state.type(text)


HOSTILE = [
    *("", "__import__('os')", "x.__class__", "lambda: x", "nobody", "[" * 60, "(" * 100 + "x"),
    *("9**9**9", "x.expand(10**6, 10**6)", "torch.zeros(1000000)", "x = 3", "x; x"),
    *("x.fill_(3)", "[red]x[/red]", "x\u202e", "[" * 10_000),
    *("a[5, 0] = 1", "a[0, 0] = x", "b[0, 0] = 1", "a[0, 0] = nan", "a[0, 0] = 1e999"),
]


def test_a_refused_line_changes_nothing_and_hides_the_result_of_another() -> None:
    for scene in ("grid", "numpy"):
        state = TensorsState(scene)
        state.suggest()
        look, variables = state.look, state.session and state.session.variables
        for text in HOSTILE:
            refuse(state, text)
            assert not state.text
            assert state.look.result is state.tried is None
            state.restore()
            assert state.look is look, text
            assert (state.session and state.session.variables) is variables, text
    state = TensorsState("grid")
    state.type("x.reshape(5, -1)")
    assert state.look.refused is not None
    refuse(state, "x +")  # the error of the previous line is cleared
    assert state.look.refused is None
    state.type("x.sum()")
    before = state.look
    refuse(state, "x +")
    refuse(state, "x[")
    state.restore()
    assert state.look is before
    state.type("x.T")
    state.restore()
    assert state.text == "x.T"


def test_only_lines_of_the_scene_itself_count_as_tried() -> None:
    state = TensorsState("grid")
    tries = state.scene.tries
    state.type("x + 1")
    assert state.tried is None
    state.type(f"  {tries[3].text} ")
    assert state.tried == 3
    assert state.suggest() is tries[4]
    state.type("x + 1")  # the learner's own line: no line of the scene is marked
    assert state.tried is None
    assert state.suggest() is tries[5 % len(tries)]
    state.type("x.T")
    assert state.tried == 1
    refuse(state, "x[")
    state.use("scalar")
    state.restore()
    assert (state.text, state.tried, state.look.result) == ("", None, None)
    assert state.partners("x") == ()
    assert TensorsState("image").partners("x") == ("y",)


async def every_line_of_every_scene_and_every_module(pilot: Pilot[None], lab: TensorsLab) -> None:
    for scene in SCENES:
        await until(pilot, lambda scene=scene: lab.status.preset == scene.name)
        await until(pilot, lambda: views(lab)[0].text)
        name = scene.title.partition(" · ")[2].removeprefix("a ")
        assert name not in lab.status.progress  # the heading has the name of the preset
        titles = {title for title, _ in groups(key_actions(lab.screen), [])}
        assert {"Tensor", "Program"} & titles
        assert all(len(title) > 2 for title in titles)
        for line in scene.tries:
            lab.action_suggest()
            look = lab.state.look
            assert look.text == line.text == lab.query_one(Input).value
            assert (look.refused is not None) == line.shows.startswith("fails")
            assert explanation(lab).startswith(line.shows)
        await reads(pilot, scene.tries[-1].text, scene.tries[-1].shows[:60])
        await pilot.press("p")
    await until(pilot, lambda: lab.status.preset == "modules")
    modules = lab.query_one(ModuleMap)
    for number in range(8):
        assert lab.status.progress == f"module {number + 1}/8"
        lab.action_play()
        await until(pilot, lambda n=number: len(modules.outcomes) == n + 1)
        await until(pilot, lambda: "running" not in explanation(lab))
        assert " ms here" in explanation(lab)
        lab.action_step()
    assert lab.status.progress == "module 1/8"
    await reads(pilot, "[15., 22.]")
    assert screen_text(pilot.app).count("✓") == 8 + 3  # modules, and the first's lines
    assert lab.status.finished  # every scene was shown on the way here


async def cells_are_highlighted_and_described(pilot: Pilot[None], lab: TensorsLab) -> None:
    await go(pilot, lab, "sequence")
    await pilot.press("down", "down", "right")
    await until(pilot, lambda: explanation(lab).startswith("x[1, 1]"))
    assert explanation(lab).endswith("at place 0 + 1·3 + 1·1 = 4: offset + index · stride")
    await pilot.press("n", "n")
    assert lab.query_one(Input).value == "x[:, -1]"
    await pilot.press("enter", *"x.sum()", "enter")  # typing replaces it
    await until(pilot, lambda: lab.state.text == "x.sum()")
    await go(pilot, lab, "grid")
    x, _, _, result = views(lab)
    await type_line(pilot, lab, "x[1:, ::2]")
    await until(pilot, lambda: lit(x) == ["4", "6", "8", "10"])
    assert result.text.split() == ["0", "1", "0", "4", "6", "1", "8", "10"]
    screen = screen_text(pilot.app).splitlines()
    facts = [" ".join(line.split()) for line in screen if line.startswith((" x ", " result "))]
    assert facts == [
        "x (3, 4) (4, 1) int64 cpu 0 96 bytes",
        "result (2, 2) (4, 2) int64 cpu 4 shares x",
    ]
    await type_line(pilot, lab, "x.sum(dim=0)")
    await pilot.press("right", "right")
    await until(pilot, lambda: lit(x) == ["1", "5", "9"])
    assert explanation(lab) == "(x.sum(dim=0))[1] = 15\ncomes from x[0, 1], x[1, 1], x[2, 1]"
    await pilot.press(*["right"] * 3)  # not beyond the last one
    await until(pilot, lambda: lit(x) == ["3", "7", "11"])
    await type_line(pilot, lab, "x[x > 99]")
    await pilot.press("right", "down")
    await reads(pilot, "result · no cells · 0")
    await type_line(pilot, lab, "x.shape")
    await reads(pilot, "torch.Size([3, 4])")
    await type_line(pilot, lab, "x / 0")
    await reads(pilot, "nan", "inf")


async def a_refusal_keeps_the_line_open(pilot: Pilot[None], lab: TensorsLab) -> None:
    await pilot.press("r", "n")
    for text in ("", "[red]x[/red]", "x\u202e", "[" * 10_000):
        await type_line(pilot, lab, text)
        refusal = lab.query_one("#refusal", Static)
        assert refusal.display, text
        assert len(str(refusal.render()).splitlines()[-1]) > 10, text
        assert lab.query_one(Input).has_focus
        assert lab.query_one(Input).value == text
        assert not lab.workspace.has_class("-result")  # it belongs to another line
        await pilot.press("escape")
        assert lab.query_one(Input).value == lab.state.text == "x.reshape(2, -1)"
        assert lab.workspace.has_class("-result")


async def panels_are_changed_and_the_line_copied(pilot: Pilot[None], lab: TensorsLab) -> None:
    await pilot.press("r")
    await go(pilot, lab, "grid")
    await pilot.press("n", "y")
    assert pilot.app.clipboard == "x.reshape(2, -1)"
    source, _, _, result = views(lab)
    challenges = lab.query_one(Challenges)
    assert result.has_focus
    forward, back = [challenges, source, result], [source, challenges, result]
    for key, widgets in (("tab", forward), ("shift+tab", back)):
        for widget in widgets:
            await pilot.press(key)
            await until(pilot, lambda widget=widget: widget.has_focus and widget.region)
            assert bool(challenges.region) == (widget is challenges)
    await pilot.press("v")
    assert challenges.has_focus
    await reads(pilot, "▶ x.reshape(2, -1)")
    await pilot.press("v")
    assert result.has_focus
    await pilot.press("e", "z")  # typed text is lost
    pilot.app.screen.action_show("concept")
    await pilot.press("2")
    assert lab.query_one(Input).value == "x.reshape(2, -1)"
    assert result.has_focus
    await pilot.press("r")
    assert lab.state.text == ""
    await until(pilot, lambda: not result.display)


async def no_key_acts_on_a_hidden_panel(pilot: Pilot[None], lab: TensorsLab) -> None:
    for scene in ("video", "modules", "numpy"):
        await go(pilot, lab, scene)
        for key in ("space", "s", "b"):
            await pilot.press("v")
            assert lab.query_one(Challenges).has_focus
            await pilot.press(key)
            assert not lab.has_class("-side"), (scene, key)
            assert not lab.query_one(Challenges).has_focus
        lab.hold()


async def the_titles_fit(pilot: Pilot[None], lab: TensorsLab) -> None:
    await go(pilot, lab, "video")
    for _ in lab.state.scene.tries:
        await pilot.press("n")
        for view in views(lab):
            if view.region:
                await until(pilot, lambda view=view: len(view.border_title) < view.region.width)


async def a_video_plays_and_holds(pilot: Pilot[None], lab: TensorsLab) -> None:
    x = views(lab)[0]
    assert not lab.playing
    first = x.strips
    await pilot.press("s")
    assert x.strips != first
    for _ in range(19):  # wraps around after the last frame
        lab.action_step()
    await until(pilot, lambda: x.strips == first)
    await pilot.press("space")
    assert lab.playing
    assert lab.status.state == "▶ 8 frames/s"
    await until(pilot, lambda: x.viewport.slice >= 3)
    await pilot.press("space")
    assert not lab.playing
    held = x.viewport.slice
    await pilot.press("s")
    assert x.viewport.slice == (held + 1) % 20
    await pilot.press("b", "b")
    assert x.viewport.slice == (held - 1) % 20
    await reads(pilot, f"x[{x.viewport.slice}] of 20")
    for key in ("1", "p", "escape"):  # and no timer remains
        await pilot.press("2")
        if not lab.playing:
            await pilot.press("space")
        await pilot.press(key)
        assert not lab.playing, key
        if key == "p":
            await go(pilot, lab, "video")


async def test_lines_cells_refusals_panels_and_a_video_on_a_narrow_screen(monkeypatch) -> None:
    async with app("tensors").run_test(size=NARROW) as pilot:
        lab = await open_lab(pilot)
        await every_line_of_every_scene_and_every_module(pilot, lab)
        await cells_are_highlighted_and_described(pilot, lab)
        await a_refusal_keeps_the_line_open(pilot, lab)
        await panels_are_changed_and_the_line_copied(pilot, lab)
        await no_key_acts_on_a_hidden_panel(pilot, lab)
        await the_titles_fit(pilot, lab)
        await go(pilot, lab, "grid")

        def missing():
            raise FileNotFoundError("the photograph travels with scikit-learn")

        with monkeypatch.context() as patched:  # its scene is skipped
            patched.setattr(content, "photograph", missing)
            await pilot.press("p")
        assert lab.status.preset == lab.state.scene.name == "video"
        notes = [note.message for note in pilot.app._notifications]
        assert notes[-1] == "the photograph travels with scikit-learn"
        await a_video_plays_and_holds(pilot, lab)


async def shapes_that_meet_are_shown(pilot: Pilot[None], lab: TensorsLab) -> None:
    """Broadcasting is shown, with PyTorch's error message if the shapes do not fit."""
    await go(pilot, lab, "broadcasting")
    x, y, _, _ = views(lab)
    await type_line(pilot, lab, "x @ y")
    await pilot.press("right")
    await until(pilot, lambda: lit(x) == ["10", "20", "30"])
    assert lit(y) == ["1", "2", "3"]
    await type_line(pilot, lab, "x[:, [0]] + y")
    shown = [" ".join(line.split()) for line in explanation(lab).splitlines()[-3:]]
    assert shown == ["x[:, [0]] 4 × 1→3", "y ·→4 × 3", "result 4 × 3"]
    await type_line(pilot, lab, "x[:, 0] + y")
    assert isinstance(lab.state.look.refused, PyTorchRefused)
    await reads(pilot, "The size of tensor a", "x[:, 0] has 4, y has 3", "✗")
    for _ in range(2):
        assert lab.query_one(Input).has_focus  # for a correction
        await pilot.press("home", "shift+end", "delete", *"2x", "enter")
        await until(pilot, lambda: lab.state.look.refused is None)
        await reads(pilot, "write 2*x")
        assert lab.query_one(Input).value == "2x"  # kept for a correction
        assert "The size of tensor a" not in " ".join(screen_text(pilot.app).split())
    await pilot.press("escape", "n")
    await until(pilot, lambda: lab.state.look.result is not None)
    assert not lab.query_one("#outcome").display


async def the_numpy_session_is_run_and_taken_back(pilot: Pilot[None], lab: TensorsLab) -> None:
    await go(pilot, lab, "numpy")
    a, shared, copied, _ = views(lab)
    assert a.has_focus
    await pilot.press("right", "right", "enter")
    assert lab.query_one(Input).value == "a[0, 1] = 1"
    await pilot.press("backspace", *"-2.5", "enter")
    await until(pilot, lambda: lit(a) and lit(shared))
    assert (lit(a), lit(shared), lit(copied)) == (["[−2.5]"], ["−2.5*"], [])
    assert "shared changed with it" in explanation(lab)
    await type_line(pilot, lab, "copied[1, 2] = 9")
    await until(pilot, lambda: lit(copied) == ["9*"])
    assert lit(shared) == []
    await pilot.press("b")  # also removes the learner's line
    await until(pilot, lambda: lit(copied) == [] and lit(shared) == ["−2.5*"])
    await pilot.press("b", "space")
    for _ in range(8):
        lab.action_play()
    assert lab.status.progress == "line 10/10"
    assert lab.state.session.shared == ("shared",)  # a is another array by then
    for _ in range(9):
        lab.action_back()
    assert lab.status.progress == "line 3/10"
    await reads(pilot, "shared · memory with a")


async def challenges_are_met(pilot: Pilot[None], lab: TensorsLab) -> None:
    lines = {
        "sequence": "x[:, -1:]",
        "grid": "x.reshape(6, 2)",
        "image": "y[None]",
        "broadcasting": "x / x.sum(dim=1, keepdim=True)",
    }
    for number, (scene, line) in enumerate(lines.items(), start=1):
        await go(pilot, lab, scene)
        if scene == "image":
            await type_line(pilot, lab, "x.reshape(1, 3, 24, 36)")
            await reads(pilot, "The right shape, but not the photograph: reshape keeps the order")
            await type_line(pilot, lab, "y[None].clone()")
            await reads(pilot, "The right numbers, but a copy: the challenge wants the memory of y")
            await reads(pilot, f"Challenges {number - 1}/4")
        await type_line(pilot, lab, line)
        await reads(pilot, f"Challenges {number}/4")


async def test_shapes_numpy_challenges_sizes_and_slow_lines(own_folders, monkeypatch) -> None:
    async with app("tensors").run_test(size=WIDE) as pilot:
        lab = await open_lab(pilot)
        await challenges_are_met(pilot, lab)
        await shapes_that_meet_are_shown(pilot, lab)
        await the_numpy_session_is_run_and_taken_back(pilot, lab)
        await go(pilot, lab, "image")
        await pilot.press("n", "n", "down")
        footers: list[bool] = []
        monkeypatch.setattr(lab, "refresh_bindings", lambda: footers.append(lab.wide))
        for size in (NARROW, WIDE, (60, 15), NARROW):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            if size in (NARROW, WIDE):  # on these sizes there is a hidden view to switch to
                await until(pilot, lambda size=size: footers[-1:] == [size == WIDE])
        assert lab.state.text == "x[:, :, 0]"
        await reads(pilot, "x[:, :, 0]")
        assert views(lab)[-1].content_size.height == 10
        await slow_lines_run_beside_the_screen_and_may_be_left(pilot, lab, monkeypatch)
    kept = Progress(own_folders / "state" / "progress.jsonl").of("tensors")
    assert kept.challenges == {"column", "view", "batch", "shares"}


async def slow_lines_run_beside_the_screen_and_may_be_left(pilot, lab, monkeypatch) -> None:
    release, run = threading.Event(), torch_map.run

    def missing(_):
        raise ImportError("no module named 'torchvision'")

    def slow(module):
        release.wait(PATIENCE)
        return run(module)

    lab.use_preset("modules")
    modules = lab.query_one(ModuleMap)
    monkeypatch.setattr(torch_map, "run", missing)
    await pilot.press("b", "space")
    await reads(pilot, "no module named", "✗")
    assert not modules.running
    modules.outcomes.clear()
    monkeypatch.setattr(torch_map, "run", slow)
    await pilot.press("space")
    await reads(pilot, "running…")
    await pilot.press("b")  # the screen stays responsive
    assert lab.status.progress == "module 7/8"
    await pilot.press("space")  # one at a time
    assert modules.outcomes == {}
    await pilot.press("escape")
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    release.set()
    await until(pilot, lambda: not modules.running)
    assert list(modules.outcomes) == ["torchvision"]
