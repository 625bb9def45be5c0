"""What went wrong with a run, in words, and what to do; knows no run but its frame."""

from __future__ import annotations

from textual.widgets import Static

from engine.frame import Frame, State

NOTICES = {
    State.DIVERGED: (
        "[b]diverged[/b]: {message}. Each step overshot the valley by more than it had gained: "
        "make the steps smaller, with a lower learning rate say, then press [b]r[/b]."
    ),
    State.FAILED: "[b]failed[/b]: {message}. Nothing else is lost; [b]r[/b] sets it up again.",
}


class Notice(Static):
    """A few lines over the lab, out of sight while all is well."""

    def show(self, frame: Frame) -> None:
        """Say what the frame says, if it says that something went wrong."""
        wrong = frame.state in NOTICES
        if wrong:
            self.update(NOTICES[frame.state].format(message=frame.message.replace("[", "\\[")))
        if wrong != self.display:
            self.display = wrong
