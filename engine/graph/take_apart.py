"""One computation, forward and backward by PyTorch, recorded on the way; knows no screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import torch

from engine.graph.build import Graph
from engine.graph.differences import check
from engine.graph.functions import apply, forward
from engine.graph.moves import Arrival, backward_moves, forward_moves
from engine.graph.settings import GraphSettings
from engine.graph.values import Numbers, Value
from engine.graph.walk import Check, Edge, Kind, Move, Node, Walk


def take_apart(settings: GraphSettings) -> Walk:
    """The graph of an expression with its values and gradients, and the walk over it.

    Raises:
        Refused: shapes that do not fit, with PyTorch's own words and the place.
    """
    with torch.enable_grad():
        graph = settings.graph
        inputs = [_leaf(settings, name, value) for name, value in settings.inputs.items()]
        tensors = forward(graph, inputs)
        edges = _edges(graph, tensors)
        arrivals = _listen(tensors, edges)
        error = _backward(tensors, settings.gradient)
    nodes = tuple(_nodes(graph, tensors))
    moves = list(forward_moves(graph, nodes))
    root, compared = nodes[-1].name, None
    if error:
        moves.append(_refused(nodes, settings, error))
    else:
        seed = tensors[-1].grad
        assert seed is not None
        if settings.gradient is not None:
            root = "L" if all(node.name != "L" for node in nodes) else "L′"  # never a name
        moves.extend(backward_moves(nodes, edges, root, _value(seed), arrivals))
        compared = _check(graph, inputs, seed)
    return Walk(settings, nodes, edges, tuple(moves), root, compared)


def _tensor(numbers: Numbers, requires_grad: bool = False) -> torch.Tensor:
    """A scalar has no dimension, shape (); a vector has one, shape (numbers,)."""
    return torch.tensor(numbers, dtype=torch.float64, device="cpu", requires_grad=requires_grad)


def _value(tensor: torch.Tensor) -> Value:
    """A copy of what the tensor holds now."""
    return Value(tuple(tensor.shape), tuple(tensor.detach().flatten().tolist()))


def _leaf(settings: GraphSettings, name: str, numbers: Numbers) -> torch.Tensor:
    return _tensor(numbers, name in (settings.requires_grad or ()))


def _edges(graph: Graph, tensors: Sequence[torch.Tensor]) -> tuple[Edge, ...]:
    """Every input of every operation, with the local derivative where a gradient will go.

    PyTorch differentiates each operation by itself, on inputs that know nothing of where
    they come from, stretched to the size of its result; all of them in one pass. The sum
    gives each number of a result the weight 1.
    """
    outputs: list[torch.Tensor] = []
    wanted: dict[tuple[int, int], torch.Tensor] = {}
    for target, part in enumerate(graph.parts):
        if not tensors[target].requires_grad or not part.inputs:
            continue
        alone = [tensors[source].detach() for source in part.inputs]
        alone = [each.detach() for each in torch.broadcast_tensors(*alone)]
        for slot, source in enumerate(part.inputs):
            if tensors[source].requires_grad:
                wanted[target, slot] = alone[slot].requires_grad_()
        outputs.append(apply(part, alone).sum())
    found: dict[tuple[int, int], Value] = {}
    if wanted:
        gradients = torch.autograd.grad(outputs, list(wanted.values()))
        found = dict(zip(wanted, map(_value, gradients), strict=True))
    return tuple(
        Edge(source, target, slot, found.get((target, slot)))
        for target, part in enumerate(graph.parts)
        for slot, source in enumerate(part.inputs)
    )


def _listen(tensors: Sequence[torch.Tensor], edges: Sequence[Edge]) -> list[Arrival]:
    """The list that backward will fill, in its own order: what passes through each node."""
    arrivals: list[Arrival] = []
    leaving: dict[int, list[int]] = {}
    for index, edge in enumerate(edges):
        leaving.setdefault(edge.target, []).append(index)

    def hook(target: int) -> Callable[..., None]:
        def note(
            grad_inputs: Sequence[torch.Tensor | None], grad_outputs: Sequence[torch.Tensor]
        ) -> None:
            upstream = _value(grad_outputs[0])
            for index, gradient in zip(leaving[target], grad_inputs, strict=True):
                if gradient is not None:
                    arrivals.append(Arrival(index, upstream, _value(gradient)))

        return note

    for target, tensor in enumerate(tensors):
        if tensor.requires_grad:
            tensor.retain_grad()
        if tensor.grad_fn is not None:
            tensor.grad_fn.register_hook(hook(target))
    return arrivals


def _backward(tensors: Sequence[torch.Tensor], gradient: Numbers | None) -> str:
    """Run backward from the last tensor; PyTorch's error where it does not start."""
    try:
        tensors[-1].backward(None if gradient is None else _tensor(gradient))
    except RuntimeError as error:
        return str(error)
    return ""


def _nodes(graph: Graph, tensors: Sequence[torch.Tensor]) -> Iterator[Node]:
    for part, tensor in zip(graph.parts, tensors, strict=True):
        kind: Kind = "input" if part.constant is None else "constant"
        if part.operation:
            kind = "result" if part is graph.parts[-1] else "operation"
        name = None if tensor.grad_fn is None else tensor.grad_fn.name()
        yield Node(
            name=part.name,
            kind=kind,
            operation=part.operation.name if part.operation else "",
            formula=graph.formula(part),
            inputs=part.inputs,
            value=_value(tensor),
            requires_grad=tensor.requires_grad,
            is_leaf=tensor.is_leaf,
            grad_fn="AccumulateGrad" if tensor.requires_grad and name is None else name,
            gradient=_gradient(tensor),
        )


def _gradient(tensor: torch.Tensor) -> Value | None:
    # To ask a tensor for a gradient that it does not keep makes PyTorch warn.
    return None if not tensor.requires_grad or tensor.grad is None else _value(tensor.grad)


def _refused(nodes: Sequence[Node], settings: GraphSettings, error: str) -> Move:
    """The last move of a walk whose backward does not start."""
    result = nodes[-1]
    length = len(result.value.numbers)
    if not result.requires_grad:
        explanation = (
            "No input requires a gradient, so PyTorch kept no graph to go back over. "
            "Let an input require one."
        )
    elif settings.gradient is None:
        explanation = (
            f"{result.name} has {length} numbers, and backward starts from one. Add them up "
            f"with sum(…) or mean(…), or weight them: gradient={[1] * length}."
        )
    else:
        explanation = (
            f"The weights must have the shape of {result.name}, {result.value.shape}: "
            f"{'one number' if not result.value.shape else f'a list of {length}'}."
        )
    call = "" if settings.gradient is None else f"gradient={Value.of(settings.gradient).brief}"
    return Move(
        "backward",
        len(nodes) - 1,
        None,
        f"{result.name}.backward({call})",
        (None,) * len(nodes),
        error=error,
        explanation=explanation,
    )


def _check(graph: Graph, inputs: Sequence[torch.Tensor], seed: torch.Tensor) -> Check:
    gradients = {
        place: each.grad
        for place, each in enumerate(inputs)
        if each.requires_grad and each.grad is not None
    }
    return check(graph, [each.detach() for each in inputs], seed, gradients)
