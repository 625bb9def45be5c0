"""Features brought to one scale, as learned from the training part alone; knows no model."""

from __future__ import annotations

import torch


class Scale:
    """Fills gaps with the median and, where wanted, gives each feature mean 0 and deviation 1.

    Median, mean and deviation are those of the rows that it is made from. Taken from all rows,
    they would tell the training something of the validation part.
    """

    def __init__(self, x: torch.Tensor, standardise: bool) -> None:
        """x of shape (rows, features), float64; a gap is nan."""
        self._median = x.nanquantile(0.5, dim=0).nan_to_num()
        filled = self._filled(x)
        # Near 1 first: of numbers such as 1e300 or 1e-300 no square can be written.
        largest = filled.abs().amax(dim=0)
        largest = torch.where(largest > 0, largest, 1)
        self.mean = (filled / largest).mean(dim=0) * largest
        self.deviation = (filled / largest).std(dim=0, correction=0) * largest
        self.unit = torch.where(self.deviation > 0, self.deviation, 1)
        """What is divided by: 1 for a feature that is the same in every row."""
        self._standardise = standardise

    def __call__(self, x: torch.Tensor) -> torch.Tensor:
        """The rows as the network sees them, float32."""
        x = self._filled(x)
        return ((x - self.mean) / self.unit if self._standardise else x).float()

    def typical(self, deviations: float) -> torch.Tensor:
        """A row, (1, features), whose features all lie so many deviations above their means."""
        return self((self.mean + deviations * self.deviation).reshape(1, -1))

    def _filled(self, x: torch.Tensor) -> torch.Tensor:
        return torch.where(x.isnan(), self._median, x)
