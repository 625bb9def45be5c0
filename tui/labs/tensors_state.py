"""The state of the tensors lab: the tensors of a scene, and the last line that was tried on them.

It imports torch, so the lab imports it only when torch is there.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

from engine.expression import Refused
from engine.tensors.content import tensors
from engine.tensors.evaluate import evaluate, look, share_storage
from engine.tensors.looks import PyTorchRefused, SceneLook
from engine.tensors.numpy_session import NumpySession, assignment
from engine.tensors.scenes import TensorScene, Try, find
from tui.labs.interactive import LabState

NUMPY = "numpy"  # the scene whose tensors are changed: by a script, and by the learner


class TensorsState(LabState):
    """The tensors of one scene, and the result of the last line.

    Where a line is refused before PyTorch has seen it, the result before it is hidden until
    `restore`: it does not belong to what stands in the line.
    """

    look: SceneLook  # the tensors of the scene and the last line with its result, frozen

    _hidden: SceneLook | None = None  # the result that a refused line has hidden

    def __init__(self, scene: str) -> None:
        self.use(scene)

    @property
    def text(self) -> str:
        return self.look.text

    @property
    def tried(self) -> int | None:
        """The number of the scene's own line that is shown; None for one of the learner's."""
        lines = [line.text for line in self.scene.tries]
        return lines.index(self.text) if self.text in lines else None

    @property
    def in_session(self) -> bool:
        """Whether the NumPy session is shown, and not a line on its tensors."""
        return self.session is not None and not self.look.text

    def use(self, preset: str) -> None:
        """Set up the scene of that name; everything in it is new.

        Raises `FileNotFoundError` if the photograph is missing; everything stays as it was.
        """
        self._tensors: Mapping[str, torch.Tensor] = tensors(preset)
        self.scene: TensorScene = find(preset)
        self._last = -1
        """The number of the scene's own line that was tried last."""
        self.session = NumpySession() if preset == NUMPY else None
        self._changed()

    def type(self, text: str) -> None:
        """Try a line; in the NumPy session also change a cell: `a[0, 1] = 5`.

        Where it is `Refused`, no tensor changes; the result of the line before is hidden.
        """
        try:
            change = self.session and assignment(text, self.session.variables)
            if self.session and change:
                try:
                    self.session.change(change)
                except ValueError as error:
                    raise Refused(str(error), text, (0, len(text))) from None
                self._changed()
                return
            self._try(text)
        except Refused:
            if self.look.text:
                self._hidden = None if self.look.refused else self.look
                self.look = SceneLook(self.look.scene, self.look.sources)
            raise
        if self.tried is not None:
            self._last = self.tried

    def restore(self) -> None:
        """Show the result again that a refused line has hidden."""
        if self._hidden is not None:
            self.look, self._hidden = self._hidden, None

    def suggest(self) -> Try:
        tries = self.scene.tries
        self._last = (self._last + 1) % len(tries)
        self._try(tries[self._last].text)
        return tries[self._last]

    def partners(self, name: str) -> tuple[str, ...]:
        """The other tensors of the scene that lie in the same memory as this one."""
        here = self._tensors
        others = (other for other in here if other != name)
        return tuple(other for other in others if share_storage(here[other], here[name]))

    def step(self) -> bool:
        if self.session is None or not self.session.step():
            return False
        self._changed()
        return True

    def back(self) -> None:
        """Take the last statement of the NumPy session back, the learner's own too."""
        if self.session is not None:
            self.session = self.session.without_last()
            self._changed()

    def _try(self, text: str) -> None:
        before = self.look
        try:
            result = evaluate(text, self._tensors)
        except PyTorchRefused as refused:
            self.look = SceneLook(before.scene, before.sources, text.strip(), refused=refused)
        else:
            self.look = SceneLook(before.scene, before.sources, result.text, result)
        self._hidden = None

    def _changed(self) -> None:
        """Show the tensors as they are now, without a line."""
        self._hidden = None
        if self.session is not None:
            self._tensors = self.session.tensors
        sources = {name: look(tensor) for name, tensor in self._tensors.items()}
        self.look = SceneLook(self.scene.name, sources)
