"""How a program is called, and its numbers as text; knows no graph and no screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import torch
from torch import nn

from engine.programs import examples
from engine.programs.catalog import Input, Program
from engine.programs.sights import Answer, Problem

Function: TypeAlias = Callable[..., torch.Tensor]

MOST_NUMBERS = 8
"""A longer vector is shown by its first numbers."""


def load(program: Program) -> Function:
    """The function, or a fresh module."""
    code = getattr(examples, program.code)
    function: Function = code() if isinstance(code, type) else code
    return function


def call(function: Function, given: Input, device: str = "cpu") -> torch.Tensor:
    """Call it with this input, in the mode that the input wants."""
    set_mode(function, given)
    return function(*arguments(given, device))


def set_mode(function: Function, given: Input) -> None:
    """What a learner does by `train()` or `eval()`."""
    if isinstance(function, nn.Module):
        function.train(given.training)


def arguments(given: Input, device: str = "cpu", size: int | None = None) -> tuple[Any, ...]:
    """x, repeated up to `size` numbers where one is asked for, and whatever follows it."""
    x = torch.tensor(given.x, device=device)
    if size is not None:
        x = x.repeat(-(-size // len(x)))[:size].contiguous()
    return (x, *given.arguments.values())


def answer(
    function: Function, program: Program, given: Input, explain: Callable[[Exception], Problem]
) -> Answer:
    """What it gives for this input, and whether eager PyTorch gives the same."""
    try:
        result = call(function, given)
    except Exception as error:  # whatever it raises is what there is to be shown
        return Answer(given.name, right=False, problem=explain(error))
    right = call(load(program), given)
    same = result.shape == right.shape and torch.allclose(result, right)
    return Answer(given.name, written(result), same)


def written(value: object) -> str:
    """The value as a page writes it: `[0.5, −1]`, `True`; empty for what has no numbers."""
    if not isinstance(value, torch.Tensor):
        return str(value)
    numbers = value.detach().flatten().tolist()
    texts = [_number(number) for number in numbers[:MOST_NUMBERS]]
    if value.dim() == 0:
        return texts[0]
    return f"[{', '.join(texts)}{', …' if len(numbers) > MOST_NUMBERS else ''}]"


def _number(value: float | bool) -> str:
    return str(value) if isinstance(value, bool) else f"{value + 0.0:.4g}".replace("-", "−")


def target(called: object) -> str:
    """What is called, as one writes it: `torch.exp`, `operator.mul`, `torch.Tensor.sum`."""
    name = getattr(called, "__name__", str(called))
    if getattr(called, "__module__", "") == "_operator":
        return f"operator.{name}"
    if not callable(called):
        return name
    return str(torch.overrides.resolve_name(called) or f"{called.__module__}.{name}")


def each_once(items: Sequence[int]) -> tuple[int, ...]:
    """The items in their order, without repeats."""
    return tuple(dict.fromkeys(items))
