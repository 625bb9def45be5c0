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
    """A few lines over the lab, out of sight while there is nothing to say."""

    DEFAULT_CSS = "Notice { max-height: 6; }"

    def show(self, frame: Frame) -> None:
        """Say what went wrong, or else what there is to know of this training, if anything.

        Before its first step, that begins with what it predicts.
        """
        wrong = frame.state in NOTICES
        task = frame.task if frame.step == 0 else ""
        words = frame.message if wrong else "\n".join(filter(None, (task, frame.note)))
        text = NOTICES.get(frame.state, "{message}").format(message=words.replace("[", "\\["))
        if text != self.content:
            self.set_class(not wrong, "-note")
            self.update(text)
        if bool(text) != self.display:
            self.display = bool(text)
