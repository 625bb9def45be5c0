"""What a training leaves behind it, in bounded memory: its losses and its path; knows no screen."""

from __future__ import annotations

import math

import numpy as np
import torch

from engine.equations import number
from engine.pictures import Array, LossHistory


class Diverged(ArithmeticError):
    """The loss is no longer a finite number."""

    def __init__(self, step: int, loss: float, name: str = "the loss") -> None:
        became = "is" if math.isnan(loss) else "became"  # ∞, or not a number, as elsewhere
        super().__init__(f"{name} {became} {number(loss)} at step {step:,}")
        self.step = step
        self.loss = loss


class History:
    """The loss of every step, thinned so that memory stays bounded and no spike is lost.

    Each bucket keeps the lowest and the highest loss of `stride` steps. When `capacity`
    buckets are full, neighbours merge and the stride doubles: a million steps take the room
    of a thousand, and the highest peak is still the highest.
    """

    def __init__(self, capacity: int = 1024, batch: int = 1, name: str = "the loss") -> None:
        """Read losses in groups of `batch`: 1 on a CPU, more where reading one waits for a GPU.

        `capacity` is the number of buckets, an even one, since neighbours merge in pairs; `name`
        is what to call the loss where it diverges.
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
        """How many losses have been read."""
        self.loss: float | None = None
        """The last one."""

    def add(self, loss: torch.Tensor) -> None:
        """Take the loss of the next step, a tensor of shape ().

        Raises:
            Diverged: a loss that is not finite has been read; those before it are kept.
        """
        if self._batch == 1:
            self._read(loss.item())
            return
        self._pending.append(loss)
        if len(self._pending) >= self._batch:
            self.flush()

    def flush(self) -> None:
        """Read the losses that still wait on their device; raises `Diverged` as `add` does."""
        if self._pending:
            losses = torch.stack(self._pending).tolist()
            self._pending.clear()
            for loss in losses:
                self._read(loss)

    def snapshot(self) -> LossHistory:
        """A frozen copy of the curve so far."""
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
        """Halve the number of buckets; they are full, so the next loss opens a new one."""
        self._low = [min(pair) for pair in zip(self._low[::2], self._low[1::2], strict=True)]
        self._high = [max(pair) for pair in zip(self._high[::2], self._high[1::2], strict=True)]
        self._stride *= 2


class Path:
    """Where the parameters stood before each step: the walk over the loss surface.

    Positions stay on their device until somebody asks for a picture. Past `capacity` every
    other one is let go, so the whole walk stays, more coarsely.
    """

    def __init__(self, capacity: int = 512) -> None:
        self._capacity = capacity
        self._kept: list[torch.Tensor] = []
        self._stride = 1
        self._count = 0
        self.last: torch.Tensor | None = None
        """The position before the last step, shape (parameters,)."""

    def add(self, *parameters: torch.Tensor) -> None:
        """Note where the parameters stand; they are copied."""
        self.last = torch.cat([parameter.detach().flatten() for parameter in parameters])
        if self._count % self._stride == 0:
            self._kept.append(self.last)
        if len(self._kept) > self._capacity:
            self._kept = self._kept[::2]
            self._stride *= 2
        self._count += 1

    def positions(self, *now: torch.Tensor) -> Array:
        """The walk up to now, oldest first, shape (positions, parameters)."""
        here = torch.cat([parameter.detach().flatten() for parameter in now])
        # Where the last step began belongs to the picture, even where thinning has let it go.
        began = [] if self.last is None or self.last is self._kept[-1] else [self.last]
        return torch.stack([*self._kept, *began, here]).double().cpu().numpy()

    def reached(self) -> Array:
        """After how many steps each of the `positions` was reached, shape (positions,)."""
        kept = np.arange(len(self._kept), dtype=np.float64) * self._stride
        began = [] if self.last is None or self.last is self._kept[-1] else [self._count - 1]
        return np.array([*kept, *began, self._count], dtype=np.float64)
