"""The state of the tensors lab: the tensors of a scene, and the last line tried on them.

It imports torch, so the lab imports it only after torch is loaded.
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

NUMPY = "numpy"  # the scene whose tensors are changed by a script and by the learner


class TensorsState(LabState):
    """The tensors of one scene, and the result of the last line.

    If a line is refused before PyTorch runs it, the earlier result is hidden until `restore`, since
    it does not belong to the line.
    """

    look: SceneLook  # the tensors of the scene and the last line with its result, frozen

    _hidden: SceneLook | None = None  # the result hidden by a refused line

    def __init__(self, scene: str) -> None:
        self.use(scene)

    @property
    def text(self) -> str:
        return self.look.text

    @property
    def tried(self) -> int | None:
        """The index of the scene's line that is shown; None for a line of the learner."""
        lines = [line.text for line in self.scene.tries]
        return lines.index(self.text) if self.text in lines else None

    @property
    def in_session(self) -> bool:
        """Whether the NumPy session is shown instead of a line."""
        return self.session is not None and not self.look.text

    def use(self, preset: str) -> None:
        """Set up the scene of that name with new tensors.

        Raises `FileNotFoundError` if the photograph is missing, and then changes nothing.
        """
        self._tensors: Mapping[str, torch.Tensor] = tensors(preset)
        self.scene: TensorScene = find(preset)
        self._last = -1
        """The index of the scene's line that was tried last."""
        self.session = NumpySession() if preset == NUMPY else None
        self._changed()

    def type(self, text: str) -> None:
        """Try a line; in the NumPy session also change a cell: `a[0, 1] = 5`.

        If it is `Refused`, no tensor changes, and the result of the line before is hidden.
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
        """Show the result that a refused line has hidden."""
        if self._hidden is not None:
            self.look, self._hidden = self._hidden, None

    def suggest(self) -> Try:
        tries = self.scene.tries
        self._last = (self._last + 1) % len(tries)
        self._try(tries[self._last].text)
        return tries[self._last]

    def partners(self, name: str) -> tuple[str, ...]:
        """Return the other tensors of the scene that share memory with this one."""
        here = self._tensors
        others = (other for other in here if other != name)
        return tuple(other for other in others if share_storage(here[other], here[name]))

    def step(self) -> bool:
        if self.session is None or not self.session.step():
            return False
        self._changed()
        return True

    def back(self) -> None:
        """Undo the last statement of the NumPy session, also one of the learner."""
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
        """Update the displayed tensors, without a line."""
        self._hidden = None
        if self.session is not None:
            self._tensors = self.session.tensors
        sources = {name: look(tensor) for name, tensor in self._tensors.items()}
        self.look = SceneLook(self.scene.name, sources)
