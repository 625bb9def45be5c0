"""The tensors of each scene, created or loaded on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from engine.tensors.evaluate import evaluate
from engine.tensors.numpy_session import NumpySession
from engine.tensors.scenes import find

IRIS = (5.1, 3.5, 1.4, 0.2)  # the first of Fisher's 150 flowers, an iris setosa
IMAGE = 24, 36
FRAMES, HEIGHT, WIDTH = 20, 16, 24
SKY = torch.tensor([[24.0, 28.0, 62.0], [92.0, 84.0, 140.0]])
"""The RGB colours at the top and at the bottom."""
FLOOR = torch.tensor([58.0, 50.0, 44.0])
BALL = torch.tensor([255.0, 150.0, 40.0])
RADIUS = 2.6


def tensors(name: str) -> Mapping[str, torch.Tensor]:
    """Return new tensors of a scene by name; `ValueError` if there is no such scene.

    Raises `FileNotFoundError` if the photograph is not on this machine.
    """
    return MAKERS[find(name).name]()


def warm_up() -> None:
    """Run the first gradient and load the photograph, so that no screen waits for them."""
    evaluate("x + x", {"x": torch.zeros(1)})
    with suppress(FileNotFoundError):
        photograph()


def _sequence() -> torch.Tensor:
    """Return height v·t − ½·g·t² and speed v − g·t of a throw, shape (8 moments, 3 features)."""
    time = torch.arange(8) * 0.25
    height = 12 * time - 0.5 * 9.81 * time**2
    speed = 12 - 9.81 * time
    return torch.stack([time, height, speed], dim=1)


def _image() -> Mapping[str, torch.Tensor]:
    x = photograph().clone()
    return {"x": x, "y": x.permute(2, 0, 1)}


MAKERS: Mapping[str, Callable[[], Mapping[str, torch.Tensor]]] = {
    "scalar": lambda: {"x": torch.tensor(3.5)},
    "features": lambda: {"x": torch.tensor(IRIS)},
    "sequence": lambda: {"x": _sequence()},
    "grid": lambda: {"x": torch.arange(12).reshape(3, 4)},
    "image": _image,
    "video": lambda: {"x": torch.stack([frame(moment) for moment in range(FRAMES)])},
    "broadcasting": lambda: {
        "x": torch.arange(10.0, 130.0, 10.0).reshape(4, 3),
        "y": torch.tensor([1.0, 2.0, 3.0]),
    },
    "numpy": lambda: NumpySession().tensors,
}


@cache
def photograph() -> torch.Tensor:
    """Return a photograph of a dahlia, shape (24, 36, 3), uint8.

    It is `flower.jpg` of scikit-learn's sample images, scaled down by averaging: a photograph by
    flickr's vultilion (flickr.com/photos/vultilion/6056698931), Creative Commons Attribution 2.0.
    The file is read without importing scikit-learn, which would take a second.
    """
    spec = find_spec("sklearn")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("the photograph travels with scikit-learn, which is not installed")
    path = Path(spec.submodule_search_locations[0], "datasets", "images", "flower.jpg")
    with Image.open(path) as file:
        pixels = torch.from_numpy(np.array(file.convert("RGB")))
    channels_first = pixels.permute(2, 0, 1).float()
    small = functional.interpolate(channels_first[None], IMAGE, mode="area")[0]
    return small.round().to(torch.uint8).permute(1, 2, 0).contiguous()


def frame(moment: int) -> torch.Tensor:
    """Return a ball between two walls, shape (16, 24, 3), uint8; the animation is a loop.

    The ball moves right and back in 20 frames, and falls and rises in 10: height 4·u·(1 − u).
    """
    share = moment / FRAMES
    column = 3 + (WIDTH - 7) * (1 - abs(1 - 2 * share))
    u = (moment % (FRAMES // 2)) / (FRAMES // 2)
    row = HEIGHT - 2 - RADIUS - 8.5 * 4 * u * (1 - u)
    picture = SKY[0] + (SKY[1] - SKY[0]) * torch.linspace(0, 1, HEIGHT)[:, None, None]
    picture = picture.repeat(1, WIDTH, 1)
    picture[-2:] = FLOOR
    rows, columns = torch.arange(HEIGHT)[:, None], torch.arange(WIDTH)
    shade = ((columns - column).abs() < RADIUS) * 0.5
    picture[-2:] *= 1 - shade[:, None]
    distance = ((rows - row) ** 2 + (columns - column) ** 2).sqrt()
    covered = (RADIUS + 0.5 - distance).clamp(0, 1)[:, :, None]  # soft at an edge inside a pixel
    picture = picture * (1 - covered) + BALL * covered
    return picture.round().to(torch.uint8)
