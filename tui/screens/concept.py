"""The concept page and its questions; knows no training."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from lessons.lesson import Lesson, Question
from tui.widgets.page import Page
from tui.widgets.rows import RowList, row_keys


class Choices(RowList):
    """The answers to choose from."""

    BINDINGS = [
        *row_keys("answer"),
        Binding("enter", "select", "answer", id="answer.choose"),
        Binding("tab", "app.focus_next", "next question", id="answer.next"),
    ]


class QuestionBox(Vertical):
    """A question with its choices; a chosen one says why it is right or wrong."""

    DEFAULT_CSS = """
    QuestionBox {
        height: auto; margin: 1 2 0 2; border: round $foreground 30%; padding: 0 1;
        border-title-color: $text;
        &:focus-within { border: round $accent; }
        OptionList {
            height: auto; max-height: 100h; border: none; padding: 0; background: $background;
            &:focus { border: none; background: $background; }
        }
        .why { height: auto; display: none; margin-top: 1; }
        &.-answered .why { display: block; }
    }
    """

    @dataclass
    class Answered(Message):
        """The learner chose an answer."""

        question: Question
        right: bool

    def __init__(self, question: Question, known: bool) -> None:
        super().__init__()
        self._question = question
        self.border_title = "✓ Question" if known else "Question"

    def compose(self) -> ComposeResult:
        yield Static(self._question.text, markup=False)
        yield Choices(
            *(Option(f"· {choice.text}") for choice in self._question.choices),
            markup=False,
            compact=True,
        )
        yield Static(classes="why", markup=False)

    @on(OptionList.OptionSelected)
    def _answer(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        choice = self._question.choices[event.option_index]
        verdict, style = ("✓ ", "bold green") if choice.right else ("✗ ", "bold red")
        self.query_one(".why", Static).update(Text.assemble((verdict, style), choice.why))
        self.add_class("-answered")
        if choice.right:
            self.border_title = "✓ Question"
        self.post_message(self.Answered(self._question, choice.right))
        self.call_after_refresh(self.scroll_visible)


class ConceptView(VerticalScroll):
    """The page, and under it the questions: what to know before and after the lab."""

    BINDINGS = [
        Binding("j", "scroll_down", show=False, id="concept.down"),
        Binding("k", "scroll_up", show=False, id="concept.up"),
        Binding("space", "page_down", "read on", id="concept.on", tooltip="One screen further"),
        Binding("enter", "screen.show('lab')", "to the lab", id="concept.lab"),
    ]

    def __init__(self, lesson: Lesson, answered: set[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lesson = lesson
        self._answered = answered

    def compose(self) -> ComposeResult:
        yield Page(self._lesson.concept)
        for question in self._lesson.questions:
            yield QuestionBox(question, question.slug in self._answered)
        yield Static("[dim]enter: to the lab · tab: the questions · esc: back[/dim]", id="end")
