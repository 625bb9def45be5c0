"""Widgets and screens keep nothing under a private name that Textual uses for its own."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import textwrap
from functools import cache

from textual.message_pump import MessagePump

import tui


def our_classes() -> list[type[MessagePump]]:
    """Every widget, screen and app that the packages below `tui` define."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        importlib.import_module(module.name)
    found, left = [], [MessagePump]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            if kind.__module__.startswith("tui."):
                found.append(kind)
    return found


@cache
def kept_names(kind: type) -> set[str]:
    """The names of the attributes that the methods of the class itself set."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


def test_no_attribute_has_a_private_name_of_textual() -> None:
    """A lab with a `_closed` of its own was never removed: the app waited for it for ever."""
    kinds = our_classes()
    assert len(kinds) > 40
    clashes = {
        f"{kind.__qualname__}.{name}"
        for kind in kinds
        for name in kept_names(kind)
        for base in kind.__mro__
        if name.startswith("_")
        and base.__module__.startswith("textual.")
        and (name in vars(base) or name in kept_names(base))
    }
    assert clashes == set()
