"""The map of PyTorch's modules: the purpose of each, and lines that demonstrate it.

The lines are constants, and run only on request: some modules take a second or more to import.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

_SCRIPT = """
torch: Tensors, and the arithmetic on them: everything else is built on these.
import torch
x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
x @ x
# a matrix times itself

torch.nn: The layers of a network: each a Module that holds its own parameters.
from torch import nn
layer = nn.Linear(in_features=3, out_features=2)
[tuple(p.shape) for p in layer.parameters()]
# a weight for each pair of input and output, and a bias for each output

torch.nn.functional: The same computations as plain functions, which hold nothing.
import torch
from torch.nn import functional as F
F.relu(torch.tensor([-1.0, 0.0, 2.0]))
# what is below 0 becomes 0

torch.optim: Optimizers: how a step changes the parameters once the gradients are there.
import torch
w = torch.tensor([1.0], requires_grad=True)
w.grad = torch.tensor([0.5])
torch.optim.SGD([w], lr=0.1).step()
w
# 1 − 0.1 · 0.5

torch.utils.data: Data sets, and loaders that hand them out in batches.
import torch
from torch.utils.data import DataLoader, TensorDataset
data = TensorDataset(torch.arange(5.0))
[batch for (batch,) in DataLoader(data, batch_size=2)]
# five numbers in batches of two: the last one is short

torch.autograd: Gradients: it notes each operation, and goes back through them by the chain rule.
import torch
x = torch.tensor(3.0, requires_grad=True)
torch.autograd.grad(x**2, x)
# the derivative of x² at 3

torch.cuda: NVIDIA's graphics processors: whether one is here, and what it has.
import torch
torch.cuda.is_available(), torch.cuda.device_count()
# whether PyTorch can use one here, and how many there are

torchvision: A package beside torch: image data sets, pictures made ready, known networks.
import torch
from torchvision.transforms import functional as TF
TF.resize(torch.ones(3, 32, 48), [16, 24]).shape
# channels first, half as high and half as wide
"""
"""Each module: its name and purpose, its lines, and after `#` a comment on the output."""
_SLOW = ("torch.optim", "torch.cuda", "torchvision")


@dataclass(frozen=True, slots=True)
class TorchModule:
    """A module on the map."""

    name: str
    says: str  # its purpose, in one sentence
    code: tuple[str, ...]  # statements, and last an expression whose value is shown
    shows: str  # a comment on the output

    @property
    def slow(self) -> bool:
        """Whether the first run takes a second or more, so that it needs a thread."""
        return self.name in _SLOW

    @classmethod
    def parse(cls, text: str) -> TorchModule:
        title, *code, shows = text.strip().splitlines()
        name, _, says = title.partition(": ")
        return cls(name, says, tuple(code), shows.removeprefix("# "))


MODULES = tuple(map(TorchModule.parse, _SCRIPT.split("\n\n")))


@dataclass(frozen=True, slots=True)
class ModuleOutput:
    """The result of a module's lines."""

    output: str  # the value of the last line, as Python prints it
    seconds: float


def run(module: TorchModule) -> ModuleOutput:
    """Run the module's lines; `ImportError` if the package is not installed.

    Torch's random numbers are restored, so that a training run is not disturbed.
    """
    import torch

    began = time.perf_counter()
    names: dict[str, Any] = {}
    with torch.random.fork_rng(devices=[]):
        exec("\n".join(module.code[:-1]), names)  # constant lines, above
        value = eval(module.code[-1], names)
    return ModuleOutput(repr(value), time.perf_counter() - began)
