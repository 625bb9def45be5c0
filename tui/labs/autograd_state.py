"""The state of the autograd lab: the walk or the program that its keys move, and its texts."""

from __future__ import annotations

import math
import re
import shlex
import unicodedata
from typing import TYPE_CHECKING

from rich.text import Text

from engine.equations import NONE_YET
from engine.expression import Refused
from engine.graph.operations import Value
from engine.graph.programs import ProgramPosition, TensorRecord, program
from engine.graph.settings import RESERVED, GraphSettings, free_names, names_in, read
from engine.graph.walk import GradientCheck, GraphNode, WalkPosition
from lessons.lesson import Lesson
from tui.diagram import BoxKind, DiagramBox, DiagramEdge
from tui.labs.interactive import LabState
from tui.widgets.transcript import TranscriptLine

if TYPE_CHECKING:
    from engine.graph.operations import Numbers
    from engine.graph.take_apart import ProgramSession

NEW = 1.0  # the value of a new input
CONSTANTS = {"e": math.e, "pi": math.pi, "π": math.pi}
"""The values of new inputs with the name of a constant."""


class AutogradState(LabState):
    """An expression with its inputs and the position of the walk, or a program.

    A typed line changes the expression; if it is refused, nothing changes.
    """

    look: WalkPosition | ProgramPosition
    own: bool  # whether the learner changed the preset by typing, or by switching a gradient

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self._values: dict[str, Numbers] = {}
        self.use(lesson.presets[0].name)

    @property
    def settings(self) -> GraphSettings | None:
        """The expression and its inputs; None for a program."""
        return self.look.walk.settings if isinstance(self.look, WalkPosition) else None

    @property
    def text(self) -> str:
        return self.settings.expression if self.settings else ""

    @property
    def ended(self) -> bool:
        return self.look.done

    def use(self, preset: str) -> None:
        self.preset = self._lesson.preset(preset)
        self.own = False
        texts = {name: str(value) for name, value in self.preset.settings.items()}
        self._session: ProgramSession | None = None
        if "program" in texts:
            from engine.graph.take_apart import ProgramSession  # imports torch

            self._session = ProgramSession(program(texts["program"]))
            self.look = self._session.position
        else:
            self._take(GraphSettings.of(texts))

    def step(self) -> bool:
        if self.look.done:
            return False
        if isinstance(self.look, WalkPosition):
            self.look = WalkPosition(self.look.walk, self.look.position + 1)
        elif self._session is not None:
            self._session.step()
            self.look = self._session.position
        return True

    def back(self) -> None:
        if isinstance(self.look, WalkPosition):
            self.look = WalkPosition(self.look.walk, max(0, self.look.position - 1))
            return
        before = len(self.look.ran) - 1
        self.reset()
        for _ in range(before):
            self.step()

    def reset(self) -> None:
        if isinstance(self.look, WalkPosition):
            self.look = WalkPosition(self.look.walk, 0)
        else:
            self.use(self.preset.name)

    def type(self, text: str) -> None:
        """Take a new expression, or a new value for an input: `x = [1, 2]`.

        `gradient = [1, 10]` and `requires_grad = w, b` are accepted, too; `none` undoes them.
        Raises `Refused` for other lines, and nothing changes.
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
        name = unicodedata.normalize("NFKC", name.strip())  # as Python does: ϵ becomes ε
        inputs = self.settings.inputs if self.settings else {}
        known = (*RESERVED[1:], *inputs)
        if equals and not value.startswith("=") and name in known and not self._computes(value):
            self._type_value(name, value, text)
        elif inputs and equals and _sets_number(text):
            there = ", ".join(inputs)
            raise Refused(f"{name} is no input: there are {there}", text, (0, len(name)))
        else:
            self._take(self._with_expression(text))

    def _computes(self, value: str) -> bool:
        """Return whether the value is an expression of inputs, and not a value for one of them."""
        try:
            return not set(names_in(value)).isdisjoint(self._values)
        except Refused:
            return False

    def _type_value(self, name: str, value: str, text: str) -> None:
        assert self.settings is not None
        try:
            self._take(GraphSettings.of({**self.settings.texts(), name: value}))
        except Refused as refused:
            if refused.text != value:
                raise  # it does not fit the expression, and the error points there
            before = len(text) - len(value)
            place = (before + refused.start, before + refused.end)
            raise Refused(str(refused), text, place, refused.instead) from None

    def _with_expression(self, text: str) -> GraphSettings:
        """Return the settings with another expression: inputs keep their values, new ones get 1."""
        settings = self.settings
        frozen = set(settings.inputs) - set(settings.requires_grad or ()) if settings else set()
        names = names_in(text, self._values)
        values = {name: self._values.get(name, CONSTANTS.get(name, NEW)) for name in names}
        return GraphSettings(text, values, tuple(name for name in names if name not in frozen))

    def _take(self, settings: GraphSettings) -> None:
        from engine.graph.take_apart import take_apart  # imports torch

        self.look = WalkPosition(take_apart(settings), 0)
        self._values.update(settings.inputs)

    def switch_gradient(self, name: str) -> None:
        if settings := self.settings:
            wanted = set(settings.requires_grad or ()) ^ {name}
            names = tuple(other for other in settings.inputs if other in wanted)
            self._take(
                GraphSettings(settings.expression, settings.inputs, names, settings.gradient)
            )
            self.own = True

    def command(self) -> str:
        words = ["dltui", "run", self._lesson.slug]
        if self.settings is None:
            return shlex.join([*words, "--preset", self.preset.name])
        for name, value in self.settings.texts().items():
            words += ["--set", f"{name}={value}"]
        return shlex.join(words)

    def inputs(self) -> dict[str, str]:
        """Return the inputs by name, as text that can be typed: `2`, `[1, 2.5]`."""
        texts = self.settings.texts() if self.settings else {}
        names = self.settings.inputs if self.settings else ()
        return {name: re.sub(r"\.0(?!\d)", "", texts[name]) for name in names}

    @property
    def progress(self) -> str:
        look = self.look
        if isinstance(look, ProgramPosition):
            return f"line {len(look.ran)}/{len(look.program.statements)}"
        forward = look.walk.forward_moves
        if look.position <= forward:
            return f"forward {look.position}/{forward}"
        return f"backward {look.position - forward}/{len(look.walk.moves) - forward}"

    @property
    def idle(self) -> str:
        """The key to press while nothing plays."""
        if self.look.done:
            return "at the end · r: again, p: next"
        return "s: next move" if isinstance(self.look, WalkPosition) else "s: next line"


def _sets_number(text: str) -> bool:
    """Return whether the line is `name = number`, without an input."""
    try:
        name, tree = read(text)
    except Refused:
        return False  # `_take` refuses it with a suggestion
    return name is not None and not free_names(tree)


def describe(look: WalkPosition | ProgramPosition) -> Text:
    """Return the last move, in a line or more."""
    if isinstance(look, ProgramPosition):
        if not look.ran:
            return Text("Real PyTorch, run line by line. s: the first line.")
        tensors = look.ran[-1].tensors
        return Text("   ").join(_tensor(each, ", ", grad_fn=False) for each in tensors)
    walk, move = look.walk, look.move
    if move is None:
        start = "The inputs have their values. s: first move forward, space: play."
        return Text.assemble(("forward  ", "bold"), start)
    through = move.node if move.edge is None else walk.edges[move.edge].target
    text = Text.assemble((f"{move.phase}  ", "bold"), move.line)
    text.append(f"   {walk.nodes[through].grad_fn or ''}", "dim")
    if move.note:
        text.append(f"\n{move.note}", "italic")
    if move.error:
        text.append(f"\nRuntimeError: {move.error}", "bold red")
        text.append(f"\n{move.explanation}")
    elif look.done and walk.check is not None:
        text.append(f"\n{_checked(walk.check)}")
    elif look.position == walk.forward_moves:
        done = "The values are all there. s: now back, from the result to the inputs."
        text.append(f"\n{done}", "dim")
    elif look.position == walk.forward_moves + 1 and walk.root == walk.result.name:
        begun = "The way back starts here, with 1: how much the result grows with itself."
        text.append(f"\n{begun}", "dim")
    return text


def _checked(check: GradientCheck) -> str:
    """Return a comparison of the gradients with finite differences."""
    lines = []
    if check.difference is not None:
        nudging = "check: nudging each input a little (finite differences)"
        difference = check.agreement if check.difference else "the last digit"
        lines = [
            f"✓ {nudging} agrees to {difference}"
            if check.close
            else f"≠ {nudging} gives something else, by up to {difference}. "
            "Where the curve is very steep, it is the nudging that is off."
        ]
    names = [each.name for each in check if each.reason]
    if names:  # the first in full, since the others are mostly similar
        others = f" (nor for {', '.join(names[1:])})" if len(names) > 1 else ""
        lines.append(f"no check for {check.reasons[0]}{others}")
    return "\n".join(lines)


def statements(look: ProgramPosition) -> list[TranscriptLine]:
    """Return the lines of the program, with the output of those that ran."""
    ran = [
        TranscriptLine(
            each.statement.code,
            each.error or each.output,
            bool(each.error),
            each.statement.refusal if each.error else each.statement.why,
        )
        for each in look.ran
    ]
    return ran + [TranscriptLine(each.code) for each in look.program.statements[len(ran) :]]


def tensors(look: ProgramPosition) -> Text:
    """Return every named tensor so far: its value, its gradient, and its `grad_fn`."""
    if not look.ran:
        return Text("no tensors yet", "dim")
    return Text("\n").join(_tensor(each, "\n  ") for each in look.ran[-1].tensors)


def _tensor(tensor: TensorRecord, between: str, grad_fn: bool = True) -> Text:
    text = Text.assemble((f"{tensor.name} = {tensor.value.brief}", "bold"))
    if grad_fn or not tensor.grad_fn:
        leaf = "leaf" if tensor.requires_grad else "no gradient"
        text.append(f"  {tensor.grad_fn or leaf}")
    if tensor.requires_grad and tensor.is_leaf:
        gradient = tensor.gradient.brief if tensor.gradient is not None else NONE_YET
        text.append(f"{between}grad {gradient}")
    return text


def boxes(look: WalkPosition, names: bool) -> list[DiagramBox]:
    """Return a box for each node: its formula, its value with its shape, and its gradient.

    With `names` a fourth line has the name of the node's `grad_fn`.
    """
    known, gradients = look.known, look.gradients
    drawn = []
    for index, node in enumerate(look.walk.nodes):
        lines = [f"{node.name} = {node.formula}" if node.formula else node.name]
        widest = lines
        if node.kind != "constant":
            value = f"{node.value.brief} {node.value.shape}"
            name = [node.grad_fn or "no grad_fn"] if names else []
            lines += [value if known[index] else "?", _gradient(gradients[index], node), *name]
            # The width of all texts that it will show, so that a box does not grow.
            on_the_way = (_gradient(move.gradients[index], node) for move in look.walk.moves)
            widest = [*lines, value, *on_the_way, _gradient(node.gradient, node)]
        lit = look.move is not None and index == look.move.node
        kind: BoxKind = "leaf" if node.kind == "input" else node.kind
        drawn.append(DiagramBox(tuple(lines), kind, lit, max(map(len, widest))))
    return drawn


def edges(look: WalkPosition) -> list[DiagramEdge]:
    """Return the edges, with the local derivative of those that a gradient has passed.

    During the backward walk the arrows point in the direction of the gradients.
    """
    crossing = look.move.edge if look.move else None
    backward = look.position > look.walk.forward_moves and not look.walk.error
    drawn = []
    for index, (edge, local) in enumerate(zip(look.walk.edges, look.locals, strict=True)):
        width = len(edge.local.brief) if edge.local is not None else 0
        label = local.brief if local is not None else ""
        back = backward and edge.local is not None
        drawn.append(DiagramEdge(edge.source, edge.target, label, index == crossing, width, back))
    return drawn


def _gradient(gradient: Value | None, node: GraphNode) -> str:
    if not node.requires_grad:
        return "no gradient"
    return f"∂ {gradient.brief if gradient is not None else NONE_YET}"
