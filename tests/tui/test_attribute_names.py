"""Private names: ours never clash with Textual's, which are used in one file only."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
from functools import cache
from pathlib import Path

import textual
from textual.message_pump import MessagePump

import tui

ONLY_FILE = "textual_private.py"


def our_classes() -> list[type[MessagePump]]:
    """Return all widgets, screens and apps defined in `tui`."""
    for module in pkgutil.walk_packages(tui.__path__, "tui."):
        importlib.import_module(module.name)
    found, left = [], [MessagePump]
    while left:
        for kind in left.pop().__subclasses__():
            left.append(kind)
            if kind.__module__.startswith("tui."):
                found.append(kind)
    return found


def set_names(tree: ast.AST) -> set[str]:
    """Return the names of the attributes of `self` that the code sets."""
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and isinstance(node.value, ast.Name)
        and node.value.id == "self"
    }


@cache
def kept_names(kind: type) -> set[str]:
    """Return the names of the attributes that the methods of the class set."""
    return set_names(ast.parse(textwrap.dedent(inspect.getsource(kind))))


def test_no_attribute_has_a_private_name_of_textual() -> None:
    """For example, Textual waited forever for the removal of a lab that set its own `_closed`."""
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


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def defined(tree: ast.AST) -> set[str]:
    """Return the private names that the code defines: attributes, methods, fields, functions."""
    names = set_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if is_private(node.name) and not overrides(node):
                names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return set(filter(is_private, names))


def uses(tree: ast.AST, private: set[str], ours: set[str]) -> list[str]:
    """Return where the code imports a private module of Textual or uses a private name."""
    found, foreign = [], private - ours
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            attribute = node.attr if isinstance(node, ast.Attribute) else ""
            method = getattr(node, "name", None) or ""
            method = method if is_private(method) and overrides(node) else ""
            if {attribute, method} & foreign and ast.unparse(node) != "os._exit":
                found.append(f"line {node.lineno}: {attribute or method}")
            continue
        found += [
            f"line {node.lineno}: {name}"
            for name in names
            if name.startswith("textual.") and any(map(is_private, name.split(".")))
        ]
    return found


def overrides(node: ast.AST) -> bool:
    """Return whether the node is a method that calls the overridden one of its base class."""
    return isinstance(node, ast.FunctionDef) and f"super().{node.name}(" in ast.unparse(node)


def test_private_names_of_textual_are_used_in_one_file_only() -> None:
    folder = Path(tui.__file__).parent
    trees = {path: ast.parse(path.read_text("utf-8")) for path in folder.rglob("*.py")}
    sources = Path(textual.__file__).parent.rglob("*.py")
    named = re.compile(r"(?:def |class |^ *|self\.(?=\w+(?:: .*)? = ))(_\w+)\b(?!\.)", re.MULTILINE)
    private = set().union(*(named.findall(path.read_text("utf-8")) for path in sources))
    private = set(filter(is_private, private))
    assert {"_driver", "_layout_required", "_styles_cache", "_handle_exception"} <= private
    ours = set().union(*(defined(tree) for path, tree in trees.items() if path.name != ONLY_FILE))
    found = {path.name: used for path, tree in trees.items() if (used := uses(tree, private, ours))}
    assert found.keys() == {ONLY_FILE}, found
    bad = "from textual._ansi import X\nwidget._styles_cache.clear()\napp._driver.write('')"
    assert len(uses(ast.parse(bad), private, ours)) == 3, "or this test finds nothing"
