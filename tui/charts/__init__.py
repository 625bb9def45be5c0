"""Registry of the charts: their names in lessons, titles and drawing functions."""

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
    """An entry of the registry of charts."""

    title: str
    """The title in the border."""
    source: str
    """The module and the function that draws it, such as `loss:draw`. The module is imported with
    the first frame: NumPy and plotext take 0.3 s to import."""
    has_other: bool = False
    """Whether `ChartStyle.residuals` changes what the chart shows."""

    @property
    def module(self) -> str:
        """The full name of the module."""
        return f"{__name__}.{self.source.partition(':')[0]}"

    def draw(self, frame: Frame, width: int, height: int, style: ChartStyle) -> Canvas:
        """Draw the frame on a canvas of `height` rows and `width` cells."""
        function = getattr(import_module(self.module), self.source.partition(":")[2])
        return cast("Canvas", function(frame, width, height, style))


CHARTS: Mapping[str, ChartKind] = MappingProxyType(
    {
        "loss": ChartKind("Loss", "loss:draw"),
        "fit": ChartKind("Fit", "fit:draw", has_other=True),
        "surface": ChartKind("Loss surface", "surface:draw"),
        "lines": ChartKind("Lines", "fit:draw_lines"),
        "paths": ChartKind("Paths", "surface:draw_paths"),
        "samples": ChartKind("Loss by samples", "loss:draw_samples"),
        "seconds": ChartKind("Loss by seconds", "loss:draw_seconds"),
        "valley": ChartKind("Loss over w", "valley:draw"),
        "boundary": ChartKind("Decision boundary", "boundary:draw", has_other=True),
        "network": ChartKind("Network", "boundary:draw_network", has_other=True),
        "curve": ChartKind("Probability", "curves:draw", has_other=True),
        "stages": ChartKind("Five steps", "five_steps:draw"),
        "fits": ChartKind("Curves", "fit:draw_curves"),
        "walks": ChartKind("Walks", "surface:draw_walks"),
        "log-odds": ChartKind("Log-odds", "curves:draw_log_odds"),
        "digits": ChartKind("Hardest digits", "pixels:draw_hardest"),
        "weights": ChartKind("First-layer weights", "pixels:draw_weights"),
        "activations": ChartKind("Activations", "pixels:draw_activations"),
        "confusion": ChartKind("Confusion matrix", "tables:draw_confusion"),
        "accuracy": ChartKind("Accuracy by epoch", "epochs:draw_accuracy"),
        "time": ChartKind("Where the time goes", "tables:draw_time"),
        "gradients": ChartKind("Gradients", "epochs:draw_gradients"),
        "belt": ChartKind("Belt of batches", "belt:draw"),
        "validation": ChartKind("Train and validation", "epochs:draw_validation", has_other=True),
        "throughput": ChartKind("Loader", "tables:draw_throughput"),
    }
)
"""The registry: a new chart is one line here, and a function that draws a frame."""
