"""What came of a test, and how one image goes through the layers; knows no loop, no optimizer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from engine.datasets.images import Images
from engine.numerals import counted
from engine.pictures import Activation, Counts, DigitWalk, HardDigits
from engine.reader import Prepare, Reader

HARDEST = 48
"""How many of the test images with the greatest loss are kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """What one test found out."""

    accuracy: float
    confusion: Counts
    """Shape (classes, classes): rows are labels, columns what was said."""
    hardest: HardDigits


def judged(logits: torch.Tensor, images: Images) -> Judgement:
    """Read the answers to all test images, logits of shape (test images, classes)."""
    y = images.test_y.to(logits.device)
    said, classes = logits.argmax(dim=1), len(images.classes)
    losses = nn.functional.cross_entropy(logits, y, reduction="none")
    hardest = losses.nan_to_num().topk(min(HARDEST, len(losses))).indices
    pairs = torch.bincount(y * classes + said, minlength=classes * classes)
    return Judgement(
        accuracy=(said == y).float().mean().item(),
        confusion=pairs.reshape(classes, classes).cpu().numpy(),
        hardest=_hard(hardest.cpu(), logits[hardest].cpu(), images),
    )


def unjudged(images: Images) -> Judgement:
    """What is known before the first test."""
    none, classes = torch.empty(0, dtype=torch.long), len(images.classes)
    return Judgement(
        accuracy=0.0,
        confusion=np.zeros((classes, classes), dtype=np.int64),
        hardest=_hard(none, torch.empty(0, classes), images),
    )


def walk(model: nn.Sequential, prepare: Prepare, images: Images, index: int) -> DigitWalk:
    """One test image on its way; a number beyond the last begins again."""
    index %= len(images.test_x)
    layers, name = [], ""
    with torch.no_grad():
        x = prepare(images.test_x[index : index + 1].to(next(model.parameters()).device))
        for layer in model:
            x = layer(x)
            if isinstance(layer, nn.Conv2d | nn.Linear):
                name = layer_name(layer)
            elif isinstance(layer, nn.ReLU | nn.Sigmoid | nn.Tanh):
                layers.append(Activation(name, x[0].cpu().numpy().copy()))
        probabilities = torch.softmax(x[0].cpu().double(), dim=0)
    return DigitWalk(
        index=index,
        image=images.test_x[index].numpy(),
        label=int(images.test_y[index]),
        layers=tuple(layers),
        probabilities=probabilities.numpy(),
    )


def reader_walk(reader: Reader, images: Images, index: int) -> DigitWalk:
    """The same through a reader's copy of the network, which any thread may ask."""
    return walk(reader.model, reader.prepare, images, index)


def layer_name(layer: nn.Conv2d | nn.Linear) -> str:
    """What comes out of it: `512 units`, `8 maps`."""
    if isinstance(layer, nn.Conv2d):
        return counted(layer.out_channels, "map")
    return counted(layer.out_features, "unit")


def _hard(indices: torch.Tensor, logits: torch.Tensor, images: Images) -> HardDigits:
    probabilities = torch.softmax(logits.double(), dim=1)
    labels = images.test_y[indices]
    sure, said = probabilities.max(dim=1) if len(indices) else (probabilities[:, 0], labels)
    likely = probabilities.gather(1, labels.unsqueeze(1)).squeeze(1)
    return HardDigits(
        images=images.test_x[indices].numpy(),
        labels=labels.numpy(),
        said=said.numpy(),
        sure=sure.numpy(),
        likely=likely.numpy(),
    )
