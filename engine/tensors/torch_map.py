"""The map of PyTorch's modules: what each is for, and a line that runs; knows no screen.

The statements are our own, and run only when somebody asks: some of the modules take a second or
more to import.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """One place on the map."""

    name: str
    says: str
    """What it is for, in one sentence."""
    code: tuple[str, ...]
    """Statements, and last an expression whose value is shown."""
    shows: str
    """What to look at in what comes out."""
    slow: bool = False
    """Whether the first time takes a second or more, so that no screen should wait for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a module's lines gave."""

    module: str
    output: str
    """The value of the last line, as Python writes it."""
    seconds: float


MODULES = (
    Module(
        name="torch",
        says="Tensors, and the arithmetic on them: everything else is built on these.",
        code=(
            "import torch",
            "x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])",
            "x @ x",
        ),
        shows="a matrix times itself",
    ),
    Module(
        name="torch.nn",
        says="The layers of a network: each a Module that holds its own parameters.",
        code=(
            "from torch import nn",
            "layer = nn.Linear(in_features=3, out_features=2)",
            "[tuple(p.shape) for p in layer.parameters()]",
        ),
        shows="a weight for each pair of input and output, and a bias for each output",
    ),
    Module(
        name="torch.nn.functional",
        says="The same computations as plain functions, which hold nothing.",
        code=(
            "import torch",
            "from torch.nn import functional as F",
            "F.relu(torch.tensor([-1.0, 0.0, 2.0]))",
        ),
        shows="what is below 0 becomes 0",
    ),
    Module(
        name="torch.optim",
        says="Optimizers: how a step changes the parameters once the gradients are there.",
        code=(
            "import torch",
            "w = torch.tensor([1.0], requires_grad=True)",
            "w.grad = torch.tensor([0.5])",
            "torch.optim.SGD([w], lr=0.1).step()",
            "w",
        ),
        shows="1 − 0.1 · 0.5",
        slow=True,
    ),
    Module(
        name="torch.utils.data",
        says="Data sets, and loaders that hand them out in batches.",
        code=(
            "import torch",
            "from torch.utils.data import DataLoader, TensorDataset",
            "data = TensorDataset(torch.arange(5.0))",
            "[batch for (batch,) in DataLoader(data, batch_size=2)]",
        ),
        shows="five numbers in batches of two: the last one is short",
    ),
    Module(
        name="torch.autograd",
        says="Gradients: it notes each operation, and goes back through them by the chain rule.",
        code=(
            "import torch",
            "x = torch.tensor(3.0, requires_grad=True)",
            "torch.autograd.grad(x**2, x)",
        ),
        shows="the derivative of x² at 3",
    ),
    Module(
        name="torch.cuda",
        says="NVIDIA's graphics processors: whether one is here, and what it has.",
        code=(
            "import torch",
            "torch.cuda.is_available(), torch.cuda.device_count()",
        ),
        shows="whether PyTorch can use one here, and how many there are",
        slow=True,
    ),
    Module(
        name="torchvision",
        says="A package beside torch: image data sets, pictures made ready, known networks.",
        code=(
            "import torch",
            "from torchvision.transforms import functional as TF",
            "TF.resize(torch.ones(3, 32, 48), [16, 24]).shape",
        ),
        shows="channels first, half as high and half as wide",
        slow=True,
    ),
)


def run(module: Module) -> Ran:
    """Run the module's lines, and say what the last one gave.

    Torch's random numbers are left as they were, so that a training is not disturbed.

    Raises:
        ImportError: the package is not installed here.
    """
    import torch

    began = time.perf_counter()
    names: dict[str, Any] = {}
    with torch.random.fork_rng(devices=[]):
        exec("\n".join(module.code[:-1]), names)  # our own lines, above
        value = eval(module.code[-1], names)
    return Ran(module=module.name, output=repr(value), seconds=time.perf_counter() - began)
