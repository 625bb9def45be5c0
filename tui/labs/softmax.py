"""The lab of softmax: logits that keys move, and what becomes of them; computes nothing itself."""

from __future__ import annotations

from engine.softmax.equations import equations
from tui.labs.curves import CurvesLab
from tui.labs.softmax_keys import KEYS
from tui.labs.softmax_words import said
from tui.stages.softmax import Stage


class SoftmaxLab(CurvesLab[Stage]):
    """Five scenes of a few logits."""

    BINDINGS = KEYS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before PyTorch is there; a class is chosen only where a single
        logit moves, and only a loss has a label and steps."""
        stage = self.stage
        if action == "choose":
            return stage is not None and stage.scene.moves == "logit"
        if action in ("label", "step"):
            return stage is not None and stage.scene.labelled
        if action in ("move", "far", "end", "play", "edit", "scene", "reset", "tempo"):
            return stage is not None
        return True

    def action_choose(self, direction: int) -> None:
        """The class above or below."""
        if self.stage is None:
            return
        self.hold()
        self.stage.choose(direction)
        self.renew()

    def action_label(self) -> None:
        """Let the next class be the label."""
        if self.stage is None:
            return
        self.hold()
        self.stage.relabel()
        self.renew()

    def set_up(self, scene: str) -> Stage:
        return Stage(scene)

    def told(self, stage: Stage) -> str:
        return f"{stage.text} · step {stage.look.steps:,}" if stage.scene.labelled else stage.text

    def rest(self, stage: Stage) -> str:
        if stage.scene.labelled:
            return "s: one step · space: run"
        return f"{'↑ ↓ ' if stage.scene.moves == 'logit' else ''}← → h l: move"

    def show(self, stage: Stage) -> None:
        from tui.charts.softmax import draw  # numpy: not before the first lab

        look = stage.look
        self._desk.draw(lambda width, height, colours: draw(look, width, height, colours))
        self._desk.tell(look.scene.title, equations(look), said(look))
        self._check(look)
