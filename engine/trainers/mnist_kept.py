"""Which network that reads digits is kept from run to run: the best of its kind; knows no loop."""

from __future__ import annotations

from collections.abc import Mapping

from engine import networks
from engine.config import Setting
from engine.networks import State, Unfit

KIND = ("network", "width", "depth", "activation")
"""The settings that decide which weights there are."""


class NoneKept(Exception):
    """There is nothing to go on from; the message says what to do."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no such network was saved yet ({name}): set start to anew, and train it")


class Kept:
    """The file of one kind of network, trained on one data set."""

    def __init__(self, data: str, settings: Mapping[str, Setting]) -> None:
        kind = {name: settings[name] for name in KIND}
        self._about = {"data": data, **{k: v for k, v in kind.items() if v is not None}}
        self.path = networks.folder() / file_name(data, kind)
        self.accuracy: float | None = None
        """Of the network that is in the file, on the test images; None where there is none that
        would do, and before the first look."""
        self.trouble = ""
        """Why it could not be written, in words."""
        self._epochs = 0

    def look(self, like: State) -> None:
        """See how good the network in the file is, if it has weights `like` these."""
        self.accuracy = self._best(like)

    def take_up(self, like: State) -> State:
        """The weights in the file.

        Raises:
            NoneKept: there is no such file.
            Unfit: they are not `like` these.
        """
        if not self.path.exists():
            raise NoneKept(self.path.name)
        saved = networks.load(self.path, like)
        self._epochs = _epochs(saved.about)
        return saved.weights

    def keep(self, weights: State, accuracy: float, epoch: int) -> None:
        """Write the network, unless there is a better one of its kind, or this has diverged."""
        self.look(weights)
        if self.accuracy is not None and accuracy < self.accuracy:
            return
        if not all(weight.isfinite().all() for weight in weights.values()):
            return
        about = self._about | {"test_accuracy": accuracy, "epochs": self._epochs + epoch}
        try:
            networks.save(self.path, about, weights)
            self.accuracy, self.trouble = accuracy, ""
        except OSError as error:
            self.trouble = error.strerror or str(error)

    def _best(self, like: State) -> float | None:
        try:
            best = networks.load(self.path, like).about.get("test_accuracy")
        except Unfit:
            return None
        return best if isinstance(best, float) and 0 <= best <= 1 else None


def file_name(data: str, kind: Mapping[str, Setting]) -> str:
    """`mnist-dense-512x4-relu.pt`: a file for each kind of network on each data set."""
    size = f"-{kind['width']}x{kind['depth']}" if kind["network"] == "dense" else ""
    return f"{data}-{kind['network']}{size}-{kind['activation']}.pt"


def _epochs(about: networks.About) -> int:
    epochs = about.get("epochs")
    return epochs if isinstance(epochs, int) and epochs >= 0 else 0
