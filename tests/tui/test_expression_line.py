"""The line to type an expression in: what it posts, and how it says what is wrong."""

from __future__ import annotations

from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.events import Paste
from textual.widgets import Input, Static

from engine.expression import Refused, parse
from tests.tui.conftest import until
from tui.widgets.expression_line import ExpressionLine


class Host(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.line = ExpressionLine("f = ", "x*y")
        self.heard: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.line
        yield Static("something else", id="else")

    def on_expression_line_typed(self, event: ExpressionLine.Typed) -> None:
        self.heard.append(event.text)
        try:
            parse(event.text)
        except Refused as refused:
            self.line.refuse(refused)
        else:
            self.line.show(event.text)

    def on_expression_line_settled(self) -> None:
        self.heard.append(None)
        self.set_focus(None)

    @property
    def shown(self) -> str:
        return self.line._input.value

    @property
    def refusal(self) -> list[str]:
        static = self.line.query_one("#refusal", Static)
        return str(static.render()).split("\n") if static.display else []


async def test_what_is_typed_is_posted_with_enter() -> None:
    async with Host().run_test(size=(40, 6)) as pilot:
        pilot.app.line.edit()
        await pilot.press("*", "z", "enter")
        assert pilot.app.heard == ["x*y*z"]
        assert pilot.app.shown == "x*y*z"
        assert pilot.app.refusal == []


async def test_what_is_offered_gives_way_from_a_column_on() -> None:
    async with Host().run_test(size=(40, 6)) as pilot:
        typed = (0, ["z"], "z"), (2, ["z"], "x*z"), (3, ["z"], "x*yz"), (0, ["end", *"*z"], "x*y*z")
        for replace, keys, result in typed:
            pilot.app.line.show("x*y")
            pilot.app.line.edit(replace=replace)
            await pilot.press(*keys, "enter")
            assert pilot.app.heard[-1] == result
        pilot.app.set_focus(None)
        pilot.app.line.show("x*y*z + 1")
        pilot.app.line.query_one(Input).focus()  # as the key tab does
        await pilot.press("0", "enter")
        assert pilot.app.heard[-1] == "x*y*z + 10"


async def test_a_refusal_points_below_the_place_and_leaves_the_line_open() -> None:
    async with Host().run_test(size=(40, 6)) as pilot:
        pilot.app.line.edit()
        await pilot.press(*"+)", "enter")
        await pilot.pause()
        marks, words = pilot.app.refusal
        assert marks == "    " + "    ^"  # under the fifth letter, past the sign
        assert words.startswith(") closes a bracket")
        assert pilot.app.line.editing
        assert pilot.app.shown == "x*y+)"
        await pilot.press("backspace")  # the cursor stays where the typing ended
        await pilot.pause()
        assert pilot.app.refusal == []
        assert pilot.app.shown == "x*y+"


async def test_a_refused_text_gives_way_to_the_next_letter_or_is_edited() -> None:
    async with Host().run_test(size=(40, 6)) as pilot:
        for keys, shown in (
            (["z"], "z"),
            (["left", "z"], "x*y+z)"),
            (["right", "z"], "x*y+)z"),
            (["home", "z"], "zx*y+)"),
            (["backspace", "backspace", "z"], "x*yz"),
            (["ctrl+a", "z"], "z"),
        ):
            pilot.app.line.show("x*y")
            pilot.app.line.edit()
            await pilot.press(*"+)", "enter")
            await until(pilot, lambda: pilot.app.refusal)
            await pilot.press(*keys)
            await pilot.pause()
            assert pilot.app.shown == shown, keys


async def test_escape_gives_back_what_held_before() -> None:
    async with Host().run_test(size=(40, 6)) as pilot:
        pilot.app.line.edit()
        await pilot.press(*"+)", "enter", "escape")
        await pilot.pause()
        assert pilot.app.shown == "x*y"
        assert pilot.app.refusal == []
        assert pilot.app.heard == ["x*y+)", None]


async def test_in_a_long_line_the_place_is_shown_with_what_stands_near_it() -> None:
    async with Host().run_test(size=(40, 8)) as pilot:
        for text in ("+".join("x" * 30), "+".join("x" * 75), "+".join("界" * 40)):
            pilot.app.line.show(f"{text}+)")
            pilot.app.line.edit()
            await pilot.press("enter")
            await pilot.pause()
            near, marks, _ = pilot.app.refusal
            before = near[: near.index(")")]
            assert cell_len(before) == marks.index("^")
            assert before[-3:] == f"+{text[0]}+"
            assert cell_len(near) <= 38


async def test_markup_and_hidden_letters_are_shown_and_not_obeyed() -> None:
    async with Host().run_test(size=(60, 6)) as pilot:
        pilot.app.line.show("[red]x\u202e")
        pilot.app.line.edit()
        await pilot.press("enter")
        await pilot.pause()
        marks, words = pilot.app.refusal
        assert marks.strip() == "^"
        assert "U+202E" in words


async def test_a_control_character_is_not_pasted() -> None:
    async with Host().run_test(size=(60, 12)) as pilot:
        pilot.app.line.edit()
        pilot.app.line._input.post_message(Paste("*z\x1b[2J"))
        await pilot.pause()
        assert pilot.app.shown == "x*y"
        assert [note.message for note in pilot.app._notifications] == [
            "A control character cannot stand here."
        ]
