"""The charts by name: each draws a frame on a canvas; none knows a widget or a thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from engine.frame import Frame
    from tui.charts.canvas import Canvas
    from tui.charts.style import ChartStyle


@dataclass(frozen=True, slots=True)
class ChartKind:
    """A kind of chart."""

    title: str
    """What its border says."""
    module: str
    """Where its `draw` lives: numpy and plotext take 0.3 s to import, and are loaded on demand."""
    has_other: bool = False
    """Whether `residuals` makes a difference: it draws errors, gradients, or another curve."""

    def draw(self, frame: Frame, width: int, height: int, look: ChartStyle) -> Canvas:
        """Draw the frame on `height` rows of `width` cells."""
        return cast("Canvas", import_module(self.module).draw(frame, width, height, look))


CHARTS: Mapping[str, ChartKind] = MappingProxyType(
    {
        "loss": ChartKind("Loss", "tui.charts.loss"),
        "fit": ChartKind("Fit", "tui.charts.fit", has_other=True),
        "surface": ChartKind("Loss surface", "tui.charts.surface"),
        "lines": ChartKind("Lines", "tui.charts.lines"),
        "paths": ChartKind("Paths", "tui.charts.paths"),
        "samples": ChartKind("Loss by samples", "tui.charts.samples"),
        "seconds": ChartKind("Loss by seconds", "tui.charts.seconds"),
        "valley": ChartKind("Loss over w", "tui.charts.valley"),
        "boundary": ChartKind("Decision boundary", "tui.charts.boundary", has_other=True),
        "network": ChartKind("Network", "tui.charts.network", has_other=True),
        "curve": ChartKind("Probability", "tui.charts.curve", has_other=True),
        "stages": ChartKind("Five steps", "tui.charts.stages"),
        "fits": ChartKind("Curves", "tui.charts.fits"),
        "walks": ChartKind("Walks", "tui.charts.walks"),
        "log-odds": ChartKind("Log-odds", "tui.charts.log_odds"),
        "digits": ChartKind("Hardest digits", "tui.charts.digits"),
        "weights": ChartKind("First-layer weights", "tui.charts.weights"),
        "activations": ChartKind("Activations", "tui.charts.activations"),
        "confusion": ChartKind("Confusion matrix", "tui.charts.confusion"),
        "accuracy": ChartKind("Test accuracy", "tui.charts.accuracy"),
        "time": ChartKind("Where the time goes", "tui.charts.time"),
        "gradients": ChartKind("Gradients", "tui.charts.layer_gradients"),
        "belt": ChartKind("Belt of batches", "tui.charts.belt"),
        "validation": ChartKind("Train and validation", "tui.charts.validation", has_other=True),
        "throughput": ChartKind("Loader", "tui.charts.throughput"),
    }
)
