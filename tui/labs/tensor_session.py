"""The NumPy session as a part of the lab: statements to run, cells to change; runs none itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from tui.labs.tensor_scene import ScenePart
from tui.widgets.transcript import Statement

if TYPE_CHECKING:
    from engine.tensors.snapshots import Snapshot, Variable

MADE = 3
"""So many statements make the variables; then they are changed."""
AT_FIRST = "Change one, see who follows. space: the next line · arrows, ⏎: change a cell"


class SessionPart(ScenePart):
    """A scene whose tensors change. Where a line was tried on them, it is a scene like others."""

    @property
    def runs(self) -> bool:
        return True

    @property
    def offer(self) -> str | None:
        """On a cell, a new number for it."""
        pointing = self._desk.pointing
        if pointing is None:
            return None
        name, view = pointing
        row, column = view.sight.cells[0]
        return f"{name}[{row}, {column}] = {self._snapshot.variables[name].numbers[row, column]:g}"

    @property
    def words(self) -> Text:
        if self._tried:
            return super().words
        if len(self._stage.statements) <= MADE:
            return Text(AT_FIRST)
        return Text.assemble((self._snapshot.statement, "bold"), f"\n{self._snapshot.note}")

    @property
    def progress(self) -> str:
        if self._tried:
            return super().progress
        ran = len(self._stage.statements)
        return f"line {ran}/{ran + len(self._stage.ahead)}"

    def play(self) -> bool:
        """Run the next statement."""
        return self.step(1)

    def step(self, direction: int) -> bool:
        """Run the next statement, or take the last one back."""
        self._stage.step() if direction > 0 else self._stage.back()
        return True

    def show(self, wide: bool) -> None:
        if self._tried:
            super().show(wide)
            return
        stage, snapshot = self._stage, self._snapshot
        captions = {
            name: memory_of(name, variable, snapshot.shared)
            for name, variable in snapshot.variables.items()
        }
        self._desk.show_session(snapshot.variables, captions)
        self._desk.show_script(
            script(stage.statements, stage.notes, stage.ahead), len(stage.statements)
        )

    def _light(self) -> None:
        if self._tried:  # else the cells that have changed stand out, and shall go on to
            super()._light()

    @property
    def _tried(self) -> bool:
        return bool(self._stage.look.text)

    @property
    def _snapshot(self) -> Snapshot:
        assert self._stage.snapshot is not None
        return self._stage.snapshot


def memory_of(name: str, variable: Variable, shared: Sequence[str]) -> str:
    """Whose memory a variable lies in, and whose kind it is."""
    others = [other for other in shared if other != name] if name in shared else []
    memory = f"memory with {', '.join(others)}" if others else "its own memory"
    return f"{memory} · {variable.type.partition('.')[0]}"


def script(ran: Sequence[str], notes: Sequence[str], ahead: Sequence[str]) -> list[Statement]:
    """The statements, with a sentence to each that ran."""
    done = [Statement(code, why=note) for code, note in zip(ran, notes, strict=True)]
    return done + [Statement(code) for code in ahead]
