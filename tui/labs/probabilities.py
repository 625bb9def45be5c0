"""The lab of probabilities: a logit that keys move over its curves; computes nothing itself."""

from __future__ import annotations

from engine.probabilities.equations import equations
from tui.labs.curves import CurvesLab
from tui.labs.probability_keys import KEYS
from tui.labs.probability_words import said
from tui.stages.probability import Stage


class ProbabilitiesLab(CurvesLab[Stage]):
    """Six scenes of one logit."""

    BINDINGS = KEYS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be done before PyTorch is there; only a race is stepped, and only where
        there is a loss does the label matter."""
        stage = self.stage
        if action == "flip":
            return stage is not None and stage.scene.labelled
        if action == "step":
            return stage is not None and stage.racing
        if action in ("move", "far", "end", "play", "edit", "scene", "reset", "tempo"):
            return stage is not None
        return True

    def action_flip(self) -> None:
        """Take the other label."""
        if self.stage is None:
            return
        self.hold()
        self.stage.flip()
        self.renew()

    def set_up(self, scene: str) -> Stage:
        return Stage(scene)

    def told(self, stage: Stage) -> str:
        race, label = stage.look.race, f" · label {stage.look.label}"
        steps = f" · step {race.steps:,}" if race is not None else ""
        return f"{stage.text}{label if stage.scene.labelled else ''}{steps}"

    def rest(self, stage: Stage) -> str:
        return "s: one step · space: run" if stage.racing else "← → h l: move the point"

    def show(self, stage: Stage) -> None:
        from tui.charts.probability import draw  # numpy: not before the first lab

        look = stage.look
        self._desk.draw(lambda width, height, colours: draw(look, width, height, colours))
        self._desk.tell(look.scene.title, equations(look), said(look))
        self._check(look)
