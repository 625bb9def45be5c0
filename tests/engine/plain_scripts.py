"""The lessons' training as plain PyTorch scripts, without the engine."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

Rate = Callable[[int], float]
"""The learning rate of a step, counted from 1."""
Outcome = tuple[list[float], list[float]]
"""The loss of every step, and the final parameters."""


def gradient_by_hand(
    seed: int, epochs: int, rate: Rate, points: int = 3, noise: float = 0.0
) -> Outcome:
    torch.manual_seed(seed)
    x = torch.linspace(1, points, points)
    y = 2.0 * x
    if noise:
        y = y + noise * torch.randn(points, 1).flatten()
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
    losses = []
    for epoch in range(1, epochs + 1):
        optimizer.param_groups[0]["lr"] = rate(epoch)
        loss = nn.functional.mse_loss(x @ w + b, y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, [w.item(), b.item()]


def linear_regression(
    seed: int, epochs: int, rate: Rate, momentum: float = 0.0, reduction: str = "mean"
) -> Outcome:
    torch.manual_seed(seed)
    x = torch.tensor([[1.0], [2.0], [0.5], [2.5], [2.6], [3.1]])
    y = torch.tensor([[3.7], [4.6], [1.65], [5.68], [5.98], [6.95]])
    model = nn.Linear(1, 1)
    criterion = nn.MSELoss(reduction=reduction)
    optimizer = torch.optim.SGD(model.parameters(), lr=rate(1), momentum=momentum)
    losses = []
    for epoch in range(1, epochs + 1):
        optimizer.param_groups[0]["lr"] = rate(epoch)
        loss = criterion(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses, [model.weight.item(), model.bias.item()]
