"""The losses and the parameter path of a training run, stored in bounded memory."""

from __future__ import annotations

import math

import numpy as np
import torch

from engine.equations import number
from engine.pictures import Array, LossHistory


class Diverged(ArithmeticError):
    """The loss is no longer a finite number."""

    def __init__(self, step: int, loss: float, name: str = "the loss") -> None:
        became = "is" if math.isnan(loss) else "became"  # ∞, or not a number
        super().__init__(f"{name} {became} {number(loss)} at step {step:,}")
        self.step = step
        self.loss = loss


class History:
    """The loss of every step, thinned so that memory stays bounded and no spike is lost.

    Each bucket keeps the lowest and the highest loss of `stride` steps. When `capacity` buckets are
    full, neighbours are merged and the stride doubles: a million steps take as much memory as a
    thousand, and the highest peak is kept.
    """

    def __init__(self, capacity: int = 1024, batch: int = 1, name: str = "the loss") -> None:
        """Read losses in groups of `batch`: 1 on a CPU, more where reading one waits for a GPU.

        `capacity` is the number of buckets; it is even, because neighbours are merged in pairs.
        `name` is the name of the loss in the message of `Diverged`.
        """
        if capacity < 2 or capacity % 2:
            raise ValueError(f"a capacity of {capacity} buckets: it must be even and at least 2")
        self._capacity = capacity
        self._batch = batch
        self._name = name
        self._pending: list[torch.Tensor] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._stride = 1
        self.steps = 0
        """The number of losses that have been read."""
        self.loss: float | None = None
        """The last loss."""

    def add(self, loss: torch.Tensor) -> None:
        """Add the loss of the next step, a tensor of shape ().

        Raises:
            Diverged: a loss that was read is not finite; the losses before it are kept.
        """
        if self._batch == 1:
            self._read(loss.item())
            return
        self._pending.append(loss)
        if len(self._pending) >= self._batch:
            self.flush()

    def flush(self) -> None:
        """Read the losses that are still on their device; raises `Diverged` as `add` does."""
        if self._pending:
            losses = torch.stack(self._pending).tolist()
            self._pending.clear()
            for loss in losses:
                self._read(loss)

    def snapshot(self) -> LossHistory:
        """Return a frozen copy of the losses so far."""
        first = np.arange(len(self._low), dtype=np.float64) * self._stride + 1
        return LossHistory(
            first, np.array(self._low), np.array(self._high), self._stride, self.steps
        )

    def _read(self, loss: float) -> None:
        self.loss = loss
        if not math.isfinite(loss):
            raise Diverged(self.steps + 1, loss, self._name)
        if self.steps % self._stride:
            if loss < self._low[-1]:
                self._low[-1] = loss
            elif loss > self._high[-1]:
                self._high[-1] = loss
        else:
            if len(self._low) == self._capacity:
                self._merge()
            self._low.append(loss)
            self._high.append(loss)
        self.steps += 1

    def _merge(self) -> None:
        """Halve the number of buckets. They are full, so the next loss opens a new one."""
        self._low = [min(pair) for pair in zip(self._low[::2], self._low[1::2], strict=True)]
        self._high = [max(pair) for pair in zip(self._high[::2], self._high[1::2], strict=True)]
        self._stride *= 2


class Path:
    """The parameters before each step: the path on the loss surface.

    Positions stay on their device until a picture is made. Beyond `capacity` every second one is
    dropped, so the path stays complete but becomes coarser.
    """

    def __init__(self, capacity: int = 512) -> None:
        self._capacity = capacity
        self._kept: list[torch.Tensor] = []
        self._stride = 1
        self._count = 0
        self.last: torch.Tensor | None = None
        """The position before the last step, shape (parameters,)."""

    def add(self, *parameters: torch.Tensor) -> None:
        """Append a copy of the parameters."""
        self.last = torch.cat([parameter.detach().flatten() for parameter in parameters])
        if self._count % self._stride == 0:
            self._kept.append(self.last)
        if len(self._kept) > self._capacity:
            self._kept = self._kept[::2]
            self._stride *= 2
        self._count += 1

    def positions(self, *now: torch.Tensor) -> Array:
        """Return the path up to now, oldest first, shape (positions, parameters)."""
        here = torch.cat([parameter.detach().flatten() for parameter in now])
        # The start of the last step is always included, even if thinning has dropped it.
        began = [] if self.last is None or self.last is self._kept[-1] else [self.last]
        return torch.stack([*self._kept, *began, here]).double().cpu().numpy()

    def reached(self) -> Array:
        """Return the number of steps before each of the `positions`, shape (positions,)."""
        kept = np.arange(len(self._kept), dtype=np.float64) * self._stride
        began = [] if self.last is None or self.last is self._kept[-1] else [self._count - 1]
        return np.array([*kept, *began, self._count], dtype=np.float64)
