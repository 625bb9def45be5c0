"""What the tests of the concept pages share: formulas by hand, and a look at the page."""

from __future__ import annotations

import numpy as np
import torch

from engine.pictures import Array
from lessons.catalog import find

SIX = (
    np.array([1.0, 2.0, 0.5, 2.5, 2.6, 3.1]),
    np.array([3.7, 4.6, 1.65, 5.68, 5.98, 6.95]),
)


def says(slug: str, *texts: str) -> None:
    """The page has each of these, letter for letter."""
    page = " ".join(find(slug).load().concept.split())
    missing = [text for text in texts if " ".join(text.split()) not in page]
    assert missing == []


def number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace("-", "−")


def hundred_points(points: int = 100, noise: float = 1.0) -> tuple[Array, Array]:
    torch.manual_seed(0)
    x = np.linspace(-2, 12, points)
    return x, 3 * x + 10 + noise * torch.randn(points, 1).double().numpy().ravel()


def normal_equations(x: Array, y: Array) -> tuple[float, float, float]:
    """Slope, intercept and mean squared error of the least-squares line, by its formula."""
    slope = float(np.sum((x - x.mean()) * (y - y.mean())) / np.sum((x - x.mean()) ** 2))
    intercept = float(y.mean() - slope * x.mean())
    return slope, intercept, float(np.mean((slope * x + intercept - y) ** 2))


def curvatures(x: Array) -> tuple[float, float]:
    """The eigenvalues of the Hessian of the mean squared error over (w, b), small and large."""
    hessian = 2 * np.array([[np.mean(x * x), x.mean()], [x.mean(), 1.0]])
    small, large = np.linalg.eigvalsh(hessian)
    return float(small), float(large)


def says_question(slug: str, question: str, text: str) -> None:
    """One of the answers to the question explains with these words."""
    asked = next(one for one in find(slug).load().questions if one.slug == question)
    assert any(text in choice.why for choice in asked.choices)
