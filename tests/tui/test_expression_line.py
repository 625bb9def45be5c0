"""The input for expressions: its messages, and how it shows errors."""

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


async def test_what_is_typed_replaces_what_is_offered_or_is_refused_at_its_place() -> None:
    async with Host().run_test(size=(40, 8)) as pilot:
        app = pilot.app
        for text, replace, keys, result in (
            ("x*y", None, ["*", "z"], "x*y*z"),
            ("x*y", 0, ["z"], "z"),
            ("x*y", 2, ["z"], "x*z"),
            ("x*y", 3, ["z"], "x*yz"),
            ("x*y", 0, ["end", *"*z"], "x*y*z"),
        ):
            app.line.show(text)
            app.line.edit(replace=replace)
            await pilot.press(*keys, "enter")
            assert (app.heard[-1], app.shown, app.refusal) == (result, result, [])
        app.set_focus(None)
        app.line.show("x*y*z + 1")
        app.line.query_one(Input).focus()  # like the tab key
        await pilot.press("0", "enter")
        assert app.heard[-1] == "x*y*z + 10"

        app.line.show("x*y")
        app.line.edit()
        await pilot.press(*"+)", "enter")
        await pilot.pause()
        marks, words = app.refusal
        assert marks == "    " + "    ^"  # below the fifth character, after the sign
        assert words.startswith(") closes a bracket")
        assert app.line.editing
        await pilot.press("backspace")  # the cursor is at the end of the typed text
        await pilot.pause()
        assert (app.refusal, app.shown) == ([], "x*y+")
        # Refused text is replaced by the next character, or edited.
        for keys, shown in (
            (["z"], "z"),
            (["left", "z"], "x*y+z)"),
            (["right", "z"], "x*y+)z"),
            (["home", "z"], "zx*y+)"),
            (["backspace", "backspace", "z"], "x*yz"),
            (["backspace"], "x*y+"),
        ):
            app.line.show("x*y")
            app.line.edit()
            await pilot.press(*"+)", "enter")
            await until(pilot, lambda: app.refusal)
            await pilot.press(*keys)
            await pilot.pause()
            assert app.shown == shown, keys
        await pilot.press(")", "enter", "escape")  # restores the previous text
        await pilot.pause()
        assert (app.refusal, app.shown) == ([], "x*y")
        assert app.heard[-2:] == ["x*y+)", None]

        # For a long line the text near the error is shown again.
        for text in ("+".join("x" * 30), "+".join("x" * 75), "+".join("界" * 40)):
            app.line.show(f"{text}+)")
            app.line.edit()
            await pilot.press("enter")
            await pilot.pause()
            near, marks, _ = app.refusal
            before = near[: near.index(")")]
            assert cell_len(before) == marks.index("^")
            assert before[-3:] == f"+{text[0]}+"
            assert cell_len(near) <= 38


async def test_markup_and_control_characters_are_shown_and_not_obeyed() -> None:
    async with Host().run_test(size=(60, 12)) as pilot:
        pilot.app.line.edit()
        pilot.app.line._input.post_message(Paste("*z\x1b[2J"))
        await pilot.pause()
        assert pilot.app.shown == "x*y"
        assert [note.message for note in pilot.app._notifications] == [
            "A control character cannot stand here."
        ]
        pilot.app.line.show("[red]x\u202e")
        pilot.app.line.edit()
        await pilot.press("enter")
        await pilot.pause()
        marks, words = pilot.app.refusal
        assert marks.strip() == "^"
        assert "U+202E" in words
