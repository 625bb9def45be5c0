"""The concept page of a lesson, with its questions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from lessons.lesson import Choice, Lesson, Question
from tui.widgets.page import Page
from tui.widgets.rows import RowList, row_keys

RIGHT, WRONG, UNMARKED = ("✓ ", "bold green"), ("✗ ", "bold red"), "· "
"""The signs before an answer, with their styles."""
NEXT = "The next question; after the last one the page"


class Choices(RowList):
    """The list of answers."""

    BINDINGS = [
        *row_keys("answer"),
        Binding("enter", "select", "answer", id="answer.choose"),
        Binding("tab", "app.focus_next", "next", id="answer.next", tooltip=NEXT),
    ]


class QuestionBox(Vertical):
    """A question with its choices; a chosen answer is marked ✓ or ✗ and explained."""

    DEFAULT_CSS = """
    QuestionBox {
        height: auto; margin: 1 2 0 2; border: round $foreground 30%; padding: 0 1;
        border-title-color: $text;
        &:focus-within { border: round $accent; }
        OptionList {
            height: auto; max-height: 100h; border: none; padding: 0; background: $background;
            &:focus { border: none; background: $background; }
        }
        .where { height: auto; color: $text-muted; }
        .why { height: auto; display: none; margin-top: 1; }
        &.-answered .why { display: block; }
    }
    """

    @dataclass
    class Answered(Message):
        """The learner chose an answer."""

        question: Question
        choice: Choice

        @property
        def right(self) -> bool:
            """Whether it is the right one."""
            return self.choice.right

    def __init__(self, question: Question, number: str, known: bool, hint: str = "") -> None:
        """Show a question.

        Args:
            question: The question with its choices.
            number: Its number, for example `1 of 3`.
            known: Whether it was answered correctly before.
            hint: The hint of the challenge that asks this question, if there is one.
        """
        super().__init__()
        self.question = question
        self._number = number
        self._known = known
        self._hint = hint
        self._wrong: set[int] = set()
        """The indices of chosen wrong answers."""

    def compose(self) -> ComposeResult:
        yield Static(self.question.text, markup=False)
        if self._hint:
            yield Static(f"Hint: {self._hint}", classes="where", markup=False)
        yield Choices(*self._options(), markup=False, compact=True)
        yield Static(classes="why", markup=False)

    def on_mount(self) -> None:
        self._write_title()
        if self._known:
            self._explain(self._right)

    def ask(self) -> None:
        """Focus the choices, because a challenge in the lab asks this question."""
        self.border_subtitle = "2: back to the lab"
        self.screen.set_focus(self.query_one(Choices), scroll_visible=False)

    @on(OptionList.OptionSelected)
    def _answer(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        choice = self.question.choices[event.option_index]
        if choice.right:
            self._known = True
        else:
            self._wrong.add(event.option_index)
        self._write_title()
        for index, prompt in enumerate(self._prompts()):
            event.option_list.replace_option_prompt_at_index(index, prompt)
        self._explain(choice)
        self.post_message(self.Answered(self.question, choice))
        self.call_after_refresh(self.scroll_visible)

    def _write_title(self) -> None:
        self.border_title = f"{'✓ ' if self._known else ''}Question {self._number}"

    def _options(self) -> Iterator[Option]:
        return (Option(prompt) for prompt in self._prompts())

    def _prompts(self) -> Iterator[Text]:
        """Yield the choices, marked ✗ if wrong and chosen, or ✓ if right and known."""
        for index, choice in enumerate(self.question.choices):
            if choice.right and self._known:
                mark = RIGHT[0]
            else:
                mark = WRONG[0] if index in self._wrong else UNMARKED
            yield Text.assemble(
                (mark, "bold"), choice.text
            )  # a colour would vanish in the highlight

    @property
    def _right(self) -> Choice:
        return next(choice for choice in self.question.choices if choice.right)

    def _explain(self, choice: Choice) -> None:
        """Explain the answer; once the right one is known, its explanation stays visible."""
        shown = self._right if self._known else choice
        text = Text.assemble(RIGHT if shown.right else WRONG, shown.why)
        if choice is not shown:
            text.append(
                f"\n\nYour answer stays right. Why not “{choice.text}”: {choice.why}", "dim"
            )
        self.query_one(".why", Static).update(text)
        self.add_class("-answered")


class ConceptView(VerticalScroll):
    """Shows the concept page, and below it the questions."""

    BINDINGS = [
        Binding("down,j", "scroll_down", "scroll down", False, id="concept.down"),
        Binding("up,k", "scroll_up", "scroll up", False, id="concept.up"),
        Binding("space", "page_down", "read on", id="concept.on", tooltip="One screen further"),
        Binding("enter", "screen.show('lab')", "to the lab", id="concept.lab"),
        Binding("tab", "app.focus_next", "questions", id="concept.questions"),
    ]

    def __init__(self, lesson: Lesson, answered: set[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._lesson = lesson
        self._answered = answered
        self._asked: QuestionBox | None = None
        """The question to scroll to."""

    def compose(self) -> ComposeResult:
        yield Page(self._lesson.concept)
        questions = self._lesson.questions
        hints = {c.question: c.hint for c in self._lesson.challenges if c.question is not None}
        for number, question in enumerate(questions, start=1):
            known = question.slug in self._answered
            of = f"{number} of {len(questions)}"
            yield QuestionBox(question, of, known, hints.get(question.slug, ""))
        yield Static("[dim]enter: to the lab · tab: the questions · esc: back[/dim]", id="end")

    def ask(self, slug: str) -> None:
        """Focus this question, and scroll to it when the page is shown."""
        self._asked = next(box for box in self.query(QuestionBox) if box.question.slug == slug)
        self._asked.ask()

    def on_show(self) -> None:
        """Scroll to the question passed to `ask`, whose position is known only now."""
        if self._asked is not None:
            self.scroll_to_widget(self._asked, animate=False, top=True, force=True)
            self._asked = None
