"""Linear regression with PyTorch Lightning and its progress bar.

Run from the repository's root: python -m bench.rivals.lightning_progress --out FILE
"""

# ruff: noqa: ARG002 - the arguments are those of Lightning's methods

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from pytorch_lightning import LightningModule, Trainer
from pytorch_lightning.callbacks import ProgressBar, RichProgressBar, TQDMProgressBar
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from bench.rivals.task import Clock, Task
from engine.datasets.points import Data, six_points

BARS: dict[str, Callable[[], ProgressBar]] = {
    # The fastest, and the default here: drawn every hundred steps, still a dozen times a second. It
    # also reads the loss only then, which matters on a GPU. A Trainer does this only on request.
    "tqdm-100": lambda: TQDMProgressBar(refresh_rate=100),
    "tqdm": TQDMProgressBar,  # the default of a Trainer without rich
    "rich": RichProgressBar,  # the default with rich
}


class FullBatches(Dataset[Data]):
    """A dataset with as many items as steps, each of them all six points.

    One epoch of many batches favours Lightning: it has work to do around each epoch, which many
    epochs of one batch would add to each step.
    """

    def __init__(self, task: Task) -> None:
        self.data = six_points(task.device)  # already on the device: no copy at each step
        self.steps = task.steps

    def __len__(self) -> int:
        return self.steps

    def __getitem__(self, step: int) -> Data:
        return self.data


class LinearRegression(LightningModule):
    """The model as in Lightning's own introduction, with a clock."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.model = nn.Linear(in_features=1, out_features=1)
        self.loss_fn = nn.MSELoss()
        self.clock = clock
        self.loss = torch.tensor(torch.nan)

    def training_step(self, batch: Data, batch_idx: int) -> Tensor:
        x, y = batch
        loss: Tensor = self.loss_fn(self.model(x), y)
        self.log("loss", loss, prog_bar=True)
        self.loss = loss.detach()
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.SGD(self.parameters(), lr=0.01)

    def on_train_batch_end(self, outputs: Any, batch: Data, batch_idx: int) -> None:
        self.clock.after(batch_idx + 1)


def main() -> None:
    """Train, and write the speed to the file."""
    parser = Task.parser()
    parser.add_argument("--bar", choices=BARS, default="tqdm-100")
    options = parser.parse_args()
    task = Task.of(options)

    device = task.device
    trainer = Trainer(
        accelerator="gpu" if device.type == "cuda" else "cpu",
        devices=[device.index or 0] if device.type == "cuda" else 1,
        max_epochs=1,
        callbacks=[BARS[options.bar]()],
        # Log files and the table before the training are off; only the bar is compared.
        logger=False,
        enable_checkpointing=False,
        enable_model_summary=False,
    )
    # A batch is one item, not a list; a worker process would only cost time here.
    batches = DataLoader(FullBatches(task), batch_size=None, num_workers=0)
    module = LinearRegression(Clock(task))
    trainer.fit(module, batches)
    task.finish(module.clock, module.loss.item())


if __name__ == "__main__":
    main()
