"""In which column every box stands, and in which order from the top; knows no cells.

Layered drawing after K. Sugiyama, S. Tagawa and M. Toda, "Methods for visual understanding of
hierarchical system structures" (1981): layers, places for the lines that pass through a layer,
and sweeps that put each item beside what it is joined to.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TypeAlias

from tui.diagram.box import Edge

Layers: TypeAlias = list[list[int]]
"""The items of each layer, from the top."""

SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Link:
    """One hop of a line, from an item of a layer to an item of the next."""

    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Boxes in layers, and the hops between neighbouring layers.

    The items are the boxes, by their own numbers, and then the passes: places in a layer where
    a line goes through between the boxes. Edges from one box share its line as far as they can.
    """

    owner: tuple[int, ...]
    """For each item the box whose line it is: a box's own."""
    layer: tuple[int, ...]
    """For each item the layer in which it stands."""
    links: tuple[Link, ...]
    routes: tuple[tuple[int, ...], ...]
    """For each edge its links, from source to target."""
    layers: tuple[tuple[int, ...], ...]
    """The items of each layer, from the top."""
    gaps: tuple[tuple[int, ...], ...]
    """The links that begin in each layer."""


def in_layers(count: int, edges: Sequence[Edge]) -> Graph:
    """Put that many boxes into layers, and order these so that few lines cross."""
    layer = _layers(count, edges)
    owner = list(range(count))
    links: list[Link] = []
    routes: list[tuple[int, ...]] = []
    hops: dict[tuple[int, int], int] = {}
    for edge in edges:
        item, route = edge.source, []
        for column in range(layer[edge.source] + 1, layer[edge.target]):
            hop = hops.setdefault((edge.source, column), len(links))
            if hop == len(links):
                links.append(Link(item, len(owner)))
                owner.append(edge.source)
                layer.append(column)
            route.append(hop)
            item = links[hop].right
        routes.append((*route, len(links)))
        links.append(Link(item, edge.target))
    layers: Layers = [[] for _ in range(max(layer, default=-1) + 1)]
    for item in _seen_from_the_end(len(owner), links):
        layers[layer[item]].append(item)
    gaps: list[list[int]] = [[] for _ in layers]
    for index, link in enumerate(links):
        gaps[layer[link.left]].append(index)
    return Graph(
        owner=tuple(owner),
        layer=tuple(layer),
        links=tuple(links),
        routes=tuple(routes),
        layers=tuple(map(tuple, _ordered(layers, [[links[at] for at in gap] for gap in gaps]))),
        gaps=tuple(map(tuple, gaps)),
    )


def _layers(count: int, edges: Sequence[Edge]) -> list[int]:
    """Every box behind all that it is computed from, and an input just before its first use."""
    layer = [0] * count
    for edge in sorted(edges, key=lambda edge: edge.source):
        layer[edge.target] = max(layer[edge.target], layer[edge.source] + 1)
    computed = {edge.target for edge in edges}
    first_use: dict[int, int] = {}
    for edge in edges:
        use = layer[edge.target]
        first_use[edge.source] = min(first_use.get(edge.source, use), use)
    for source, use in first_use.items():
        if source not in computed:
            layer[source] = use - 1
    return layer


def _seen_from_the_end(count: int, links: Sequence[Link]) -> list[int]:
    """The items as a walk from the last back to the first meets them: a tree has no crossings."""
    before: list[list[int]] = [[] for _ in range(count)]
    for link in links:
        before[link.right].append(link.left)
    order: dict[int, None] = {}
    ends = set(range(count)) - {link.left for link in links}
    waiting = sorted(ends, reverse=True)
    while waiting:
        item = waiting.pop()
        if item not in order:
            order[item] = None
            waiting += reversed(before[item])
    return list(order)


def _ordered(layers: Layers, gaps: Sequence[Sequence[Link]]) -> Layers:
    """The best order that a few sweeps find: right, left, right, …"""
    best, fewest = layers, _crossings(layers, gaps)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        layers = _swept(layers, gaps, rightward=sweep % 2 == 0)
        crossings = _crossings(layers, gaps)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _swept(layers: Layers, gaps: Sequence[Sequence[Link]], rightward: bool) -> Layers:
    """Each layer sorted by where its items' neighbours stand in the one that was sorted last."""
    result = [list(items) for items in layers]
    count = len(layers)
    for index in range(1, count) if rightward else range(count - 2, -1, -1):
        step = -1 if rightward else 1
        there = _places(result[index + step])
        beside: dict[int, list[float]] = {}
        for link in gaps[index - 1 if rightward else index]:
            here, other = (link.right, link.left) if rightward else (link.left, link.right)
            beside.setdefault(here, []).append(there[other])
        result[index].sort(key=_middle(beside, _places(result[index])))
    return result


def _places(items: Sequence[int]) -> dict[int, float]:
    """Where each item stands, from 0 at the top to 1."""
    return {item: (place + 0.5) / len(items) for place, item in enumerate(items)}


def _middle(beside: dict[int, list[float]], own: dict[int, float]) -> Callable[[int], float]:
    return lambda item: fmean(beside[item]) if item in beside else own[item]


def _crossings(layers: Layers, gaps: Sequence[Sequence[Link]]) -> int:
    """How often lines cross if each is drawn straight."""
    place = {item: place for items in layers for place, item in enumerate(items)}
    crossings = 0
    for gap in gaps:
        passed: list[int] = []
        for _, right in sorted((place[link.left], place[link.right]) for link in gap):
            crossings += len(passed) - bisect(passed, right)
            insort(passed, right)
    return crossings
