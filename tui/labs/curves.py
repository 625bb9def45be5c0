"""A lab of numbers that keys move, drawn as curves or bars; knows not what they mean."""

from __future__ import annotations

from abc import abstractmethod
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult

from engine.expression import Refused
from lessons.lesson import Lesson
from tui.bench import Bench
from tui.labs.curve_desk import Board, CurveDesk
from tui.labs.curve_keys import TEMPOS
from tui.labs.interactive import Playing, PresetCycle
from tui.labs.lab import Lab
from tui.labs.standing import Standing
from tui.stages.curve import CurveStage
from tui.widgets.dress import Dressed
from tui.widgets.expression_line import ExpressionLine

S = TypeVar("S", bound=CurveStage)


class CurvesLab(Lab, Dressed, Generic[S]):
    """Shows a scene, and lets it be moved, played, typed into and changed for the next one."""

    OPENS_LINE = frozenset({"enter", "e"})

    def __init__(self, lesson: Lesson, fps: float) -> None:
        super().__init__(lesson)
        self.stage: S | None = None
        self._ladder = PresetCycle(lesson.presets)
        self._desk = CurveDesk(self._challenges)
        self._playing = Playing(self, self._advance, TEMPOS, rate=20, fps=fps)
        self._device = ""
        self._keyed: tuple[str, bool] | None = None
        """On what the keys that can be pressed depended when they were shown last."""

    # What a lab of its own kind says.

    @abstractmethod
    def set_up(self, scene: str) -> S:
        """The stage with this scene on it; PyTorch is there."""

    @abstractmethod
    def told(self, stage: S) -> str:
        """Where the scene stands, in a few words."""

    @abstractmethod
    def rest(self, stage: S) -> str:
        """The state in words, while nothing plays."""

    @abstractmethod
    def show(self, stage: S) -> None:
        """Show what there is to see now, and check it."""

    # What all of them do.

    def compose(self) -> ComposeResult:
        yield self._desk

    def on_mount(self) -> None:
        self.screen.add_class("-curves")

    def open(self, bench: Bench) -> None:
        self._device = bench.processor
        self.stage = self.set_up(self._scene)
        self.renew()
        self.be_ready()

    def enter(self) -> None:
        self.screen.set_focus(self._desk.board)

    def leave(self) -> None:
        if self._desk.line.editing:
            self._desk.line.show(self._text)
            self.enter()
        self.hold()
        self.stand()

    @property
    def playing(self) -> bool:
        """Whether something goes on by itself."""
        return self._playing.on

    def hold(self) -> None:
        """Let nothing play any more."""
        self._playing.hold()

    def renew(self) -> None:
        """Show what holds now, in the line too."""
        if self.stage is None:
            return
        self._desk.line.show(self._text)
        self.show(self.stage)
        if self._keyed != (self._scene, self.playing):  # a footer that is made anew flickers
            self._keyed = self._scene, self.playing
            self.refresh_bindings()
        self.stand()

    def stand(self) -> None:
        """Tell the lines above and below where the lab stands."""
        if self.stage is None:
            return
        self.standing = Standing(
            preset=self._scene,
            progress=self.told(self.stage),
            device=self._device,
            state=self._playing.pace if self.playing else self.rest(self.stage),
            finished=self._ladder.all_seen,
        )

    @property
    def _scene(self) -> str:
        """The name of the scene that was chosen."""
        return self._ladder.current.name

    @property
    def _text(self) -> str:
        return self.stage.text if self.stage is not None else ""

    def _check(self, look: object) -> None:
        """Check the challenges on what the learner brought about, not on what plays by itself."""
        if self.stage is not None and self.stage.by_hand:
            super()._check(look)

    def _use(self) -> None:
        """Show the scene that was chosen, from its start."""
        if self.stage is None:
            return
        self.stage.use(self._scene)
        self.renew()

    # What the shared keys do.

    def action_move(self, direction: int) -> None:
        """A little down or up."""
        if self.stage is None:
            return
        self.hold()
        self.stage.move(direction)
        self.renew()

    def action_far(self, direction: int) -> None:
        """Farther down or up."""
        if self.stage is None:
            return
        self.hold()
        self.stage.move(direction, large=True)
        self.renew()

    def action_end(self, direction: int) -> None:
        """To an end."""
        if self.stage is None:
            return
        self.hold()
        self.stage.end(direction)
        self.renew()

    def action_step(self) -> None:
        """One step of what can be stepped."""
        if self.stage is None:
            return
        self.hold()
        self.stage.step()
        self.renew()

    def action_edit(self) -> None:
        """Type what the arrow keys would take long to reach."""
        if self.stage is None:
            return
        self.hold()
        self.stand()
        self._desk.line.edit(replace=0)

    def action_scene(self, direction: int) -> None:
        """The next scene, or the one before."""
        if self.stage is None:
            return
        self.hold()
        self._ladder.go(direction)
        self._use()
        self.enter()

    def action_preset(self) -> None:
        """The next scene."""
        self.action_scene(1)

    def action_reset(self) -> None:
        """The scene as it began."""
        self.hold()
        self._use()

    def action_play(self) -> None:
        """Let it go on by itself, or hold; from the end, begin again."""
        if self.stage is None:
            return
        if not self._playing.hold():
            if self.stage.ended:
                self.stage.rewind()
            self._playing.start()
        self.renew()

    def action_tempo(self, direction: int) -> None:
        """Play faster or slower."""
        if self.stage is None:
            return
        was_on = self._playing.hold()
        self._playing.faster(direction)
        if was_on:
            self.action_play()
        self.stand()

    def _advance(self, steps: int) -> None:
        if self.stage is None:
            return
        if not all(self.stage.step() for _ in range(steps)):
            self.hold()
        self.renew()

    # What the widgets wish.

    @on(ExpressionLine.Typed)
    def _type(self, event: ExpressionLine.Typed) -> None:
        if self.stage is None:
            return
        try:
            self.stage.type(event.text)
        except Refused as refused:
            self._desk.line.refuse(refused)
            return
        self.renew()
        self.enter()

    @on(ExpressionLine.Settled)
    def _settle(self) -> None:
        self._desk.line.show(self._text)
        self.enter()

    @on(Board.Resized)
    def dress(self) -> None:
        if self.stage is not None:
            self.show(self.stage)
