"""The lessons' training as plain PyTorch scripts, without the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import nn

Rate = Callable[[int], float]
"""The learning rate of a step, counted from 1."""
Outcome = tuple[list[float], list[float]]
"""The loss of every step, and the final parameters."""
Batch = tuple[torch.Tensor, torch.Tensor]


def loop(
    predict: Callable[[torch.Tensor], torch.Tensor],
    criterion: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
    optimizer: torch.optim.Optimizer,
    batches: Iterable[Batch],
    rate: Rate | None = None,
) -> list[float]:
    """Return the losses of the usual training loop over these batches."""
    losses = []
    for step, (x, y) in enumerate(batches, start=1):
        if rate is not None:
            optimizer.param_groups[0]["lr"] = rate(step)
        loss = criterion(predict(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def ends(model: nn.Linear) -> list[float]:
    return [*model.weight.flatten().tolist(), model.bias.item()]


def gradient_by_hand(seed: int, epochs: int, rate: Rate, points: int, noise: float) -> Outcome:
    torch.manual_seed(seed)
    x = torch.linspace(1, points, points)
    y = 2.0 * x + noise * torch.randn(points, 1).flatten()
    w = torch.tensor([1.0], requires_grad=True)
    losses = []
    for _ in range(epochs):
        for i in range(points):
            loss = (w * x[i] - y[i]) ** 2
            loss.backward()
            losses.append(loss.item())
            w.data = w.data - rate(len(losses)) * w.grad
            w.grad.zero_()
    return losses, [w.item()]


def parameters(seed: int, epochs: int, rate: Rate, momentum: float = 0.0) -> Outcome:
    torch.manual_seed(seed)
    x = torch.linspace(-2, 12, 100).reshape(100, 1)
    y = 3 * x + 10 + torch.randn(100, 1)
    w = nn.Parameter(torch.randn(1, 1))
    b = nn.Parameter(torch.randn(1, 1))
    optimizer = torch.optim.SGD([w, b], lr=rate(1), momentum=momentum)
    batches = [(x, y)] * epochs
    losses = loop(lambda x: x @ w + b, nn.functional.mse_loss, optimizer, batches, rate)
    return losses, [w.item(), b.item()]


def linear_regression(
    seed: int, epochs: int, rate: Rate, momentum: float = 0.0, reduction: str = "mean"
) -> Outcome:
    torch.manual_seed(seed)
    x = torch.tensor([[1.0], [2.0], [0.5], [2.5], [2.6], [3.1]])
    y = torch.tensor([[3.7], [4.6], [1.65], [5.68], [5.98], [6.95]])
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate(1), momentum=momentum)
    criterion = nn.MSELoss(reduction=reduction)
    return loop(model, criterion, optimizer, [(x, y)] * epochs, rate), ends(model)


def loss_reduction(
    reduction: str, seed: int, epochs: int, rate: float, points: int = 3, noise: float = 0.0
) -> Outcome:
    torch.manual_seed(seed)
    x = torch.linspace(1, 3, points).reshape(-1, 1)
    y = 2 * x + 0
    if noise:
        y = y + noise * torch.randn(points, 1)
    model = nn.Linear(1, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate)
    criterion = nn.MSELoss(reduction=reduction)
    return loop(model, criterion, optimizer, [(x, y)] * epochs), ends(model)


def batches(size: int, seed: int, epochs: int, points: int = 100, shuffle: bool = True) -> Outcome:
    """Train with one batch size; the losses are those of the batches."""
    torch.manual_seed(seed)
    x = torch.linspace(-2, 2, points).reshape(-1, 1)
    y = 3 * x + 10 + torch.randn(points, 1)
    model = nn.Linear(1, 1)

    def drawn() -> Iterable[Batch]:
        for _ in range(epochs):
            order = torch.randperm(points) if shuffle else torch.arange(points)
            if size >= points:  # all in order: another order of a sum changes its last bits
                order = torch.arange(points)
            for batch in order.split(size):
                yield x[batch], y[batch]

    optimizer = torch.optim.SGD(model.parameters(), lr=0.05)
    return loop(model, nn.MSELoss(), optimizer, drawn()), ends(model)


def logistic_regression(seed: int, epochs: int, momentum: float, logits: bool) -> Outcome:
    torch.manual_seed(seed)
    x = torch.tensor([[1.0], [2.0], [0.5], [2.5], [2.6], [3.1]])
    y = torch.tensor([[1.0], [1.0], [0.0], [1.0], [1.0], [1.0]])
    model = nn.Linear(1, 1)
    criterion = nn.BCEWithLogitsLoss() if logits else nn.BCELoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=momentum)

    def predict(x: torch.Tensor) -> Any:
        return model(x) if logits else torch.sigmoid(model(x))

    return loop(predict, criterion, optimizer, [(x, y)] * epochs), ends(model)


def decision_boundary(seed: int) -> Outcome:
    """Train until more than 99 % of the points are right, which is checked every 20 steps."""
    torch.manual_seed(seed)
    n = torch.ones(100, 2)
    x = torch.cat([torch.normal(1.7 * n, 1) + 1, torch.normal(-1.7 * n, 1) + 1])
    y = torch.cat([torch.zeros(100, 1), torch.ones(100, 1)])
    model, outputs = nn.Linear(2, 1), []

    def predict(x: torch.Tensor) -> torch.Tensor:
        outputs.append(torch.sigmoid(model(x)))
        return outputs[-1]

    def until_good() -> Iterable[Batch]:
        for iteration in range(1000):
            yield x, y
            if iteration % 20 == 0 and ((outputs[-1] >= 0.5) == (y == 1)).sum().item() > 198:
                return

    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    return loop(predict, nn.BCELoss(), optimizer, until_good()), ends(model)
