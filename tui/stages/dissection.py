"""The graph that is taken apart, or the program that is run, move by move; knows no screen."""

from __future__ import annotations

import math
import shlex
import unicodedata
from typing import TYPE_CHECKING

from engine.expression import Refused
from engine.graph.build import free_names, names_in
from engine.graph.look import ProgramLook, WalkLook
from engine.graph.names import RESERVED, read
from engine.graph.programs import program
from engine.graph.settings import GraphSettings
from lessons.lesson import Lesson, Preset
from tui.labs.interactive import after

if TYPE_CHECKING:
    from engine.graph.session import Session
    from engine.graph.values import Numbers

NEW = 1.0
"""The value of an input that nobody has set yet."""
CONSTANTS = {"e": math.e, "pi": math.pi, "π": math.pi}
"""The same for an input with the name of a number."""


class Dissection:
    """An expression as the learner sets it up, and how far it was walked.

    A preset is an expression or a program. What is typed changes the expression; where it is
    refused, everything stays as it was.
    """

    own: bool
    """Whether it is no longer the preset, since something was typed or turned."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._values: dict[str, Numbers] = {}
        self.use(lesson.presets[0])

    @property
    def settings(self) -> GraphSettings | None:
        """The expression and its inputs; None for a program."""
        return self.look.walk.settings if isinstance(self.look, WalkLook) else None

    def use(self, preset: Preset) -> None:
        """Start with this preset."""
        self.preset = preset
        self.own = False
        texts = {name: str(value) for name, value in preset.settings.items()}
        self._session: Session | None = None
        self.look: WalkLook | ProgramLook
        if "program" in texts:
            from engine.graph.session import Session  # torch: not before the first lab

            self._session = Session(program(texts["program"]))
            self.look = ProgramLook(self._session.program, ())
        else:
            self._take(GraphSettings.of(texts))

    def use_next(self) -> None:
        """Start with the preset after this one."""
        self.use(after(self._lesson.presets, self.preset))

    def step(self) -> bool:
        """Make the next move; whether there was one."""
        if self.look.done:
            return False
        if isinstance(self.look, WalkLook):
            self.look = WalkLook(self.look.walk, self.look.position + 1)
        elif self._session is not None:
            self._session.step()
            self.look = ProgramLook(self.look.program, self._session.lines)
        return True

    def back(self) -> None:
        """Take the last move back."""
        if isinstance(self.look, WalkLook):
            self.look = WalkLook(self.look.walk, max(0, self.look.position - 1))
            return
        before = len(self.look.lines) - 1
        self.reset()
        for _ in range(before):
            self.step()

    def reset(self) -> None:
        """Go to the start of the same walk or program."""
        if isinstance(self.look, WalkLook):
            self.look = WalkLook(self.look.walk, 0)
        else:
            self.use(self.preset)

    def type(self, text: str) -> None:
        """Take a new expression, or a new value for an input: `x = [1, 2]`.

        `gradient = [1, 10]` and `requires_grad = w, b` are taken, too; `none` undoes them.

        Raises:
            Refused: it is none of them, or does not fit; everything stays as it was.
        """
        try:
            self._type(text)
            self.own = True
        except Refused:
            raise
        except ValueError as error:  # about a name or a value as a whole
            raise Refused(str(error), text, (0, len(text))) from None

    def _type(self, text: str) -> None:
        name, equals, value = text.partition("=")
        name = unicodedata.normalize("NFKC", name.strip())  # as Python reads it: ϵ becomes ε
        inputs = self.settings.inputs if self.settings else {}
        known = (*RESERVED[1:], *inputs)
        if equals and not value.startswith("=") and name in known and not self._computes(value):
            self._type_value(name, value, text)
        elif inputs and equals and self._sets_number(text):
            there = ", ".join(inputs)
            raise Refused(f"{name} is no input: there are {there}", text, (0, len(name)))
        else:
            self._take(self._with_expression(text))

    def _computes(self, value: str) -> bool:
        """Whether the value is an expression of inputs, and so no value for one of them."""
        try:
            return not set(names_in(value)).isdisjoint(self._values)
        except Refused:
            return False

    def _sets_number(self, text: str) -> bool:
        """Whether the line is `name = number`, with no input in it."""
        try:
            name, tree = read(text)
        except Refused:
            return False  # the expression is refused for this, with a suggestion
        return name is not None and not free_names(tree)

    def _type_value(self, name: str, value: str, text: str) -> None:
        assert self.settings is not None
        try:
            self._take(GraphSettings.of({**self.settings.texts(), name: value}))
        except Refused as refused:
            if refused.text != value:
                raise  # it does not fit the expression, and the place is in there
            before = len(text) - len(value)
            place = (before + refused.start, before + refused.end)
            raise Refused(str(refused), text, place, refused.instead) from None

    def turn(self, name: str) -> None:
        """Let an input require a gradient, or no longer."""
        settings = self.settings
        if settings is not None:
            wanted = set(settings.requires_grad or ()) ^ {name}
            names = tuple(other for other in settings.inputs if other in wanted)
            self._take(
                GraphSettings(settings.expression, settings.inputs, names, settings.gradient)
            )
            self.own = True

    def command(self) -> str:
        """The command line that takes this apart without a screen."""
        words = ["dltui", "run", self._lesson.slug]
        settings = self.settings
        if settings is None:
            return shlex.join([*words, "--preset", self.preset.name])
        for name, value in settings.texts().items():
            words += ["--set", f"{name}={value}"]
        return shlex.join(words)

    def _with_expression(self, text: str) -> GraphSettings:
        """The settings with another expression: an input keeps its value, a new one gets 1."""
        settings = self.settings
        frozen = set(settings.inputs) - set(settings.requires_grad or ()) if settings else set()
        names = names_in(text, self._values)
        values = {name: self._values.get(name, CONSTANTS.get(name, NEW)) for name in names}
        return GraphSettings(text, values, tuple(name for name in names if name not in frozen))

    def _take(self, settings: GraphSettings) -> None:
        from engine.graph.take_apart import take_apart  # torch: not before the first lab

        self.look = WalkLook(take_apart(settings), 0)
        self._values.update(settings.inputs)
