"""The map of PyTorch's modules: what each is for, lines that show it, and how these are run.

The lines are our own, and run only when the learner asks: some modules take a second or more to
import.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

GIVE_UP = 0.3
"""Seconds to wait for lines that still run when the lab is closed."""


@dataclass(frozen=True, slots=True)
class TorchModule:
    """One place on the map."""

    name: str
    says: str
    """What it is for, in one sentence."""
    code: tuple[str, ...]
    """Statements, and last an expression whose value is shown."""
    shows: str
    """What to look at in the output."""
    slow: bool = False
    """Whether the first run takes a second or more, so that it needs a thread."""


@dataclass(frozen=True, slots=True)
class ModuleOutput:
    """The result of a module's lines."""

    output: str
    """The value of the last line, as Python writes it."""
    seconds: float


MODULES = (
    TorchModule(
        "torch",
        "Tensors, and the arithmetic on them: everything else is built on these.",
        ("import torch", "x = torch.tensor([[1.0, 2.0], [3.0, 4.0]])", "x @ x"),
        "a matrix times itself",
    ),
    TorchModule(
        "torch.nn",
        "The layers of a network: each a Module that holds its own parameters.",
        (
            "from torch import nn",
            "layer = nn.Linear(in_features=3, out_features=2)",
            "[tuple(p.shape) for p in layer.parameters()]",
        ),
        "a weight for each pair of input and output, and a bias for each output",
    ),
    TorchModule(
        "torch.nn.functional",
        "The same computations as plain functions, which hold nothing.",
        (
            "import torch",
            "from torch.nn import functional as F",
            "F.relu(torch.tensor([-1.0, 0.0, 2.0]))",
        ),
        "what is below 0 becomes 0",
    ),
    TorchModule(
        "torch.optim",
        "Optimizers: how a step changes the parameters once the gradients are there.",
        (
            "import torch",
            "w = torch.tensor([1.0], requires_grad=True)",
            "w.grad = torch.tensor([0.5])",
            "torch.optim.SGD([w], lr=0.1).step()",
            "w",
        ),
        "1 − 0.1 · 0.5",
        slow=True,
    ),
    TorchModule(
        "torch.utils.data",
        "Data sets, and loaders that hand them out in batches.",
        (
            "import torch",
            "from torch.utils.data import DataLoader, TensorDataset",
            "data = TensorDataset(torch.arange(5.0))",
            "[batch for (batch,) in DataLoader(data, batch_size=2)]",
        ),
        "five numbers in batches of two: the last one is short",
    ),
    TorchModule(
        "torch.autograd",
        "Gradients: it notes each operation, and goes back through them by the chain rule.",
        (
            "import torch",
            "x = torch.tensor(3.0, requires_grad=True)",
            "torch.autograd.grad(x**2, x)",
        ),
        "the derivative of x² at 3",
    ),
    TorchModule(
        "torch.cuda",
        "NVIDIA's graphics processors: whether one is here, and what it has.",
        ("import torch", "torch.cuda.is_available(), torch.cuda.device_count()"),
        "whether PyTorch can use one here, and how many there are",
        slow=True,
    ),
    TorchModule(
        "torchvision",
        "A package beside torch: image data sets, pictures made ready, known networks.",
        (
            "import torch",
            "from torchvision.transforms import functional as TF",
            "TF.resize(torch.ones(3, 32, 48), [16, 24]).shape",
        ),
        "channels first, half as high and half as wide",
        slow=True,
    ),
)


def run(module: TorchModule) -> ModuleOutput:
    """Run the module's lines.

    Torch's random numbers are left as they were, so that a training run is not disturbed.

    Raises:
        ImportError: the package is not installed here.
    """
    import torch

    began = time.perf_counter()
    names: dict[str, Any] = {}
    with torch.random.fork_rng(devices=[]):
        exec("\n".join(module.code[:-1]), names)  # our own lines, above
        value = eval(module.code[-1], names)
    return ModuleOutput(repr(value), time.perf_counter() - began)


class ModuleMap:
    """The module that was chosen, and the output of those that ran; the slow ones in a thread."""

    def __init__(self, unavailable: Mapping[str, str]) -> None:
        """`unavailable`: modules whose lines could hang on this machine, and why."""
        self._unavailable = unavailable
        self._thread: threading.Thread | None = None
        self.running = False
        """Whether lines run in the thread."""
        self.place = 0
        self.outcomes: dict[str, ModuleOutput | str] = {}
        """By module: its output, or why there is none."""

    @property
    def module(self) -> TorchModule:
        return MODULES[self.place]

    def go(self, direction: int) -> None:
        """To the next module or the one before, in a circle."""
        self.place = (self.place + direction) % len(MODULES)

    def run(self, done: Callable[[], object]) -> None:
        """Run the module's lines; `done` is called after it, in the thread where they are slow."""
        module = self.module
        if self.running:
            return
        if module.name in self._unavailable:
            self.outcomes[module.name] = self._unavailable[module.name]
            done()
        elif module.slow and module.name not in self.outcomes:
            self._thread = threading.Thread(
                target=self._work, args=(module, done), name="module", daemon=False
            )
            self.running = True
            self._thread.start()
        else:
            self._work(module, done)

    def close(self) -> None:
        """Wait a moment for lines that still run: an import cannot be cancelled."""
        if self._thread is not None:
            self._thread.join(timeout=GIVE_UP)

    def _work(self, module: TorchModule, done: Callable[[], object]) -> None:
        try:
            self.outcomes[module.name] = run(module)
        except Exception as error:  # a broken installation raises all kinds of errors
            self.outcomes[module.name] = f"{type(error).__name__}: {error}"
        self.running = False
        done()
