"""The lesson Tensors: presets, controls and challenges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.tensors.scenes import SCENES
from lessons.lesson import Challenge, Lesson, Preset

if TYPE_CHECKING:
    from engine.tensors.looks import LineResult, SceneLook

CLOSE = 1e-5
"""Much larger than the rounding errors of float32 near 1."""


def column(look: SceneLook) -> bool:
    """Whether the result is exactly the last column of the sequence, in the same memory."""
    result = _of(look, "sequence", (8, 1))
    if result is None or "x" not in result.shares_storage_with:
        return False
    picked = result.picked.get("x")
    return picked is not None and bool(picked[:, -1].all()) and int(picked.sum()) == len(picked)


def view(look: SceneLook) -> bool:
    """Whether the result is the grid as 6 × 2, in the same memory."""
    result = _of(look, "grid", (6, 2))
    return result is not None and "x" in result.shares_storage_with


def shares(look: SceneLook) -> bool:
    """Whether each row is divided by its sum, by broadcasting."""
    result = _of(look, "broadcasting", (4, 3))
    if result is None or result.look is None:
        return False
    numbers = result.look.numbers
    factors = numbers / look.sources["x"].numbers
    return (
        any(met.operator == "/" and met.stretches for met in result.broadcasts)
        and bool((abs(numbers.sum(axis=1) - 1) < CLOSE).all())
        and bool((abs(factors - factors[:, :1]) < CLOSE).all())
    )


def batch(look: SceneLook) -> bool:
    """Whether the result is the photograph as a batch of one, channels first."""
    result = _of(look, "image", (1, 3, 24, 36))
    if result is None or result.look is None or "y" not in result.shares_storage_with:
        return False
    return bool((result.look.numbers[0] == look.sources["y"].numbers).all())


def near_miss(look: SceneLook) -> str:
    """Return why a result with the shape of `batch` does not meet it; empty for any other."""
    result = _of(look, "image", (1, 3, 24, 36))
    if result is None or result.look is None or batch(look):
        return ""
    if (result.look.numbers[0] == look.sources["y"].numbers).all():
        return "The right numbers, but a copy: the challenge wants the memory of y."
    return (
        "The right shape, but not the photograph: reshape keeps the order of the numbers in "
        "memory, and so mixes up pixels and channels."
    )


def _of(look: SceneLook, scene: str, shape: tuple[int, ...]) -> LineResult | None:
    """Return the result if it has this shape and belongs to this scene."""
    result = look.result
    if look.scene != scene or result is None or result.look is None:
        return None
    return result if result.look.shape == shape else None


CHALLENGES = (
    Challenge(
        "column",
        "sequence: view a column as 2-D",
        "The last one. An index takes its dimension away, and a list of one index copies. Which "
        "third way is there to name one column?",
        check=column,
        solution={"scene": "sequence", "line": "x[:, -1:]"},
    ),
    Challenge(
        "view",
        "grid: reshape to 6 × 2, no copy",
        "Twelve numbers can be cut anew without moving one. The table below the tensors says "
        "whether the result shares the memory of x.",
        check=view,
        solution={"scene": "grid", "line": "x.reshape(6, 2)"},
    ),
    Challenge(
        "shares",
        "broadcasting: make rows sum to 1",
        "Divide each row by its sum. Four sums have to stand in a column beside the four "
        "rows: which word keeps a dimension?",
        check=shares,
        solution={"scene": "broadcasting", "line": "x / x.sum(dim=1, keepdim=True)"},
    ),
    Challenge(
        "batch",
        "image: make it 1 × 3 × 24 × 36",
        "y is channel first already. None as an index, or unsqueeze, makes a dimension of 1; "
        "the numbers stay where they are.",
        check=batch,
        solution={"scene": "image", "line": "y[None]"},
    ),
)

LESSON = Lesson(
    slug="tensors",
    title="Tensors",
    minutes=25,
    lab="tensors",
    source="engine.tensors.traced",
    main="call",
    presets=(
        *(Preset(scene.name, scene.title) for scene in SCENES),
        Preset("modules", "the map of PyTorch's modules"),
    ),
    challenges=CHALLENGES,
)
