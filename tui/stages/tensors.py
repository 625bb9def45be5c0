"""A scene of tensors, the line that was tried on them, and a NumPy session; knows no screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.expression import Refused
from engine.tensors.scenes import Scene, Try, find

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch

    from engine.tensors.assignment import Assignment
    from engine.tensors.looks import Mask, SceneLook
    from engine.tensors.numpy_session import Session
    from engine.tensors.snapshots import Snapshot

NUMPY = "numpy"
"""The scene whose tensors are changed: by a script, and by whoever types."""


class Stage:
    """The tensors of one scene, and what the last line made of them.

    Where a line is refused before PyTorch has seen it, everything stays as it was.
    """

    look: SceneLook
    """What there is to see of the scene, and of the last line."""
    _tensors: Mapping[str, torch.Tensor]

    def __init__(self, scene: str) -> None:
        self.use(scene)

    def use(self, name: str) -> None:
        """Set up the scene of that name; everything in it is new.

        Raises:
            FileNotFoundError: what it shows is not on this machine; everything stays as it was.
        """
        from engine.tensors.content import tensors  # torch: not before the first lab

        loaded = tensors(name)
        self.scene: Scene = find(name)
        self.tried: int | None = None
        """Which of the scene's lines to try was taken last."""
        self._session: Session | None = None
        self._changes: list[Assignment | None] = []
        self._notes: list[str] = []
        if name == NUMPY:
            self._rewind()
        else:
            self._tensors = loaded
            self._clear()

    @property
    def snapshot(self) -> Snapshot | None:
        """The variables of the NumPy session; None in any other scene."""
        return self._session.snapshot if self._session else None

    @property
    def statements(self) -> tuple[str, ...]:
        """What has run in the NumPy session."""
        return self._session.statements if self._session else ()

    @property
    def ahead(self) -> tuple[str, ...]:
        """The statements of the NumPy session that are still to come."""
        if self._session is None:
            return ()
        from engine.tensors.numpy_session import SCRIPT

        following = self._session.next
        return tuple(SCRIPT[SCRIPT.index(following) :]) if following is not None else ()

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence to each statement that has run."""
        return tuple(self._notes)

    def type(self, text: str) -> None:
        """Try a line; in the NumPy session also change a cell: `a[0, 1] = 5`.

        Raises:
            Refused: it cannot be taken; everything stays as it was, but for an error of PyTorch
                about an earlier line, which is no longer shown.
        """
        try:
            self._type(text)
        except Refused:
            from engine.tensors.looks import SceneLook

            if self.look.refused is not None:
                self.look = SceneLook(self.look.scene, self.look.sources)
            raise

    def _type(self, text: str) -> None:
        change = self._assignment(text)
        if change is not None:
            self._change(change, text)
            return
        known = {lines.text: number for number, lines in enumerate(self.scene.tries)}
        self._try(text)
        self.tried = known.get(text.strip(), self.tried)

    def suggest(self) -> Try:
        """Try the next of the scene's own lines."""
        tries = self.scene.tries
        self.tried = 0 if self.tried is None else (self.tried + 1) % len(tries)
        self._try(tries[self.tried].text)
        return tries[self.tried]

    def came_from(self, cells: tuple[tuple[int, ...], ...]) -> Mapping[str, Mask]:
        """The cells of each tensor that these cells of the result come from."""
        result = self.look.result
        found: dict[str, Mask] = {}
        for cell in cells if result else ():
            assert result is not None
            for name, mask in result.came_from(cell).items():
                found[name] = found[name] | mask if name in found else mask
        return found

    def partners(self, name: str) -> tuple[str, ...]:
        """The other tensors of the scene that lie in the same memory as this one."""
        from engine.tensors.evaluate import share_storage

        here = self._tensors
        others = (other for other in here if other != name)
        return tuple(other for other in others if share_storage(here[other], here[name]))

    def step(self) -> bool:
        """Run the next statement of the NumPy session; whether there was one."""
        if self._session is None or self._session.next is None:
            return False
        self._session.step()
        self._ran(None)
        return True

    def back(self) -> None:
        """Take the last statement of the NumPy session back, the learner's own too."""
        changes = self._changes[:-1]
        self._rewind()
        for change in changes:
            if change is None:
                self.step()
            else:
                self._change(change, "")

    def _try(self, text: str) -> None:
        from engine.tensors.evaluate import evaluate
        from engine.tensors.looks import PyTorchRefused, SceneLook

        before = self.look
        try:
            result = evaluate(text, self._tensors)
        except PyTorchRefused as refused:
            self.look = SceneLook(before.scene, before.sources, text.strip(), refused=refused)
        else:
            self.look = SceneLook(before.scene, before.sources, result.text, result)

    def _assignment(self, text: str) -> Assignment | None:
        if self._session is None:
            return None
        from engine.tensors.assignment import assignment

        return assignment(text, self._session.snapshot.variables)

    def _change(self, change: Assignment, text: str) -> None:
        assert self._session is not None
        try:
            self._session.change(change.name, change.row, change.column, change.value)
        except ValueError as error:
            raise Refused(str(error), text, (0, len(text))) from None
        self._ran(change)

    def _ran(self, change: Assignment | None) -> None:
        assert self._session is not None
        self._changes.append(change)
        self._notes.append(self._session.snapshot.note)
        self._tensors = self._session.tensors
        self._clear()

    def _rewind(self) -> None:
        """Begin the NumPy session anew, with its variables made."""
        from engine.tensors.numpy_session import NOTES, Session

        self._session = Session()
        self._changes = []
        self._notes = list(NOTES[: len(self._session.statements)])
        self._tensors = self._session.tensors
        self._clear()

    def _clear(self) -> None:
        """Look at the tensors as they are now; no line was tried on them yet."""
        from engine.tensors.evaluate import look
        from engine.tensors.looks import SceneLook

        sources = {name: look(tensor) for name, tensor in self._tensors.items()}
        self.look = SceneLook(self.scene.name, sources)
