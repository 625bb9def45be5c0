"""Linear regression on a simple screen with Textual, textual-plotext and a thread.

Run from the repository's root: python -m bench.rivals.textual_plotext_screen --out FILE
"""

from __future__ import annotations

import torch
from textual import work
from textual.app import App, ComposeResult
from textual.containers import Horizontal
from textual.widgets import Static
from textual.worker import Worker, WorkerState, get_current_worker
from textual_plotext import PlotextPlot
from torch import nn

from bench.rivals.task import Clock, Task
from engine.datasets.points import SIX_X, SIX_Y, six_points

MOST_POINTS = 1000
"""The most points of a chart; no terminal shows more."""


class LinearRegressionApp(App[None]):
    """Two charts and the equations, redrawn ten times a second while a thread trains."""

    CSS = "#equations { height: 3; padding: 1 2 0 2; }"

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.clock = Clock(task)
        self.steps = task.steps
        self.x, self.y = six_points(task.device)
        self.model = nn.Linear(in_features=1, out_features=1).to(task.device)
        self.losses: list[float] = []

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield PlotextPlot(id="loss")
            yield PlotextPlot(id="fit")
        yield Static(id="equations")

    def on_mount(self) -> None:
        self.set_interval(1 / 10, self.draw)
        self.train()

    @work(thread=True)
    def train(self) -> None:
        """Run the whole training at full speed; the screen reads its results."""
        worker = get_current_worker()
        loss_fn = nn.MSELoss()
        optimizer = torch.optim.SGD(self.model.parameters(), lr=0.01)
        for step in range(1, self.steps + 1):
            if worker.is_cancelled:  # the user has quit
                return
            prediction = self.model(self.x)
            loss = loss_fn(prediction, self.y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            self.losses.append(loss.item())
            self.clock.after(step)

    def draw(self) -> None:
        """Draw both charts and the equations from the current values."""
        if not self.losses:
            return
        w, b = self.model.weight.item(), self.model.bias.item()
        count = len(self.losses)
        stride = -(-count // MOST_POINTS)

        chart = self.query_one("#loss", PlotextPlot)
        chart.plt.clear_data()
        chart.plt.title("Loss")
        chart.plt.plot(range(1, count + 1, stride), self.losses[:count:stride])
        chart.refresh()

        chart = self.query_one("#fit", PlotextPlot)
        chart.plt.clear_data()
        chart.plt.title("Fit")
        chart.plt.scatter(SIX_X, SIX_Y)
        ends = (min(SIX_X), max(SIX_X))
        chart.plt.plot(ends, [w * x + b for x in ends])
        chart.refresh()

        equations = f"step {count:,}   ŷ = {w:.4f}·x + {b:.4f}   loss = {self.losses[-1]:.6f}"
        self.query_one("#equations", Static).update(equations)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.SUCCESS:  # the thread's function has returned
            self.exit()


def main() -> None:
    """Train with the screen, and write the speed to the file."""
    task = Task.of(Task.parser().parse_args())
    app = LinearRegressionApp(task)
    app.run()
    if len(app.losses) == task.steps:
        task.finish(app.clock, app.losses[-1])


if __name__ == "__main__":
    main()
