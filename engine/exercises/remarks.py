"""What the text of a program adds to its verdict: the lines of definitions and forgotten calls.

A verdict comes from a run alone; a remark only names a line that explains it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TypeAlias

from engine.exercises.record import Failure

Method: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef

METHODS = (
    (r'is missing the required "forward" function', "forward"),
    (r"should implement __getitem__|is not subscriptable", "__getitem__"),
    (r"has no len\(\)", "__len__"),
    (r"takes no arguments|Module\.__init__\(\) takes|object has no attribute|empty parameter list",
     "__init__"),
)  # fmt: skip
"""Errors that a missing method leads to, as regular expressions, and the method."""
NO_MODULE = r"before Module.__init__\(\) call|no attribute '_(backward_hooks|parameters|modules)'"

CALLED = ("backward", "step", "zero_grad", "zero_", "train", "eval", "append", "clear")
"""The methods that have an effect only if they are called."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about a line of a program."""

    line: int
    """Counted from 1."""
    text: str


def about_error(program: str, failure: Failure) -> Remark | None:
    """Return the remark on the definition that an error comes from; None if there is none."""
    tree = _tree(program)
    if tree is None or failure.kind != "error":
        return None
    for find in (_arguments, _no_super, _method, _attribute, _name):
        remark = find(tree, failure)
        if remark is not None:
            return remark
    return None


def not_called(program: str) -> Remark | None:
    """Return the remark on the first line that names a method and does not call it."""
    tree = _tree(program)
    for node in ast.walk(tree) if tree is not None else ():
        if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Attribute)):
            continue
        if node.value.attr in CALLED:
            code = ast.unparse(node.value)
            text = f"names `{code}` but does not call it: write `{code}()`."
            return Remark(node.lineno, f"Line {node.lineno} {text}")
    return None


def not_by_hand(program: str, names: Sequence[str]) -> Remark | None:
    """Return the remark on the first use of what is to be written by hand, if any."""
    tree = _tree(program)
    for node in ast.walk(tree) if tree is not None else ():
        used = [node.attr] if isinstance(node, ast.Attribute) else []
        if isinstance(node, ast.ImportFrom):
            used = [alias.name for alias in node.names]
        for name in used:
            if name in names:
                assert isinstance(node, ast.Attribute | ast.ImportFrom)
                text = f"uses {name}, which is to be written by hand here: try it without."
                return Remark(node.lineno, f"Line {node.lineno} {text}")
    return None


def _tree(program: str) -> ast.Module | None:
    try:
        return ast.parse(program)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _arguments(tree: ast.Module, failure: Failure) -> Remark | None:
    """A function that is called with other arguments than it has, most often without `self`."""
    if failure.type == "NameError" and failure.message.startswith("name 'self'"):
        for each in _classes(tree):
            for method in _methods(each):
                if _without_self(method) and _within(method, failure.line):
                    return _self(method)
    found = re.search(r"(?:(\w+)\.)?(\w+)\(\) (takes|missing|got an unexpected)", failure.message)
    if failure.type != "TypeError" or found is None:
        return None
    owners: list[ast.ClassDef | ast.Module] = [
        each for each in _classes(tree) if each.name == found[1]
    ]
    for owner in owners if found[1] else [tree]:
        for method in _methods(owner):
            if method.name == found[2]:
                if found[1] and _without_self(method):
                    return _self(method)
                text = f"Line {method.lineno} defines it: `{_head(method)}`."
                return Remark(method.lineno, text)
    return None


def _no_super(tree: ast.Module, failure: Failure) -> Remark | None:
    """A module whose `__init__` does not call that of its base class."""
    if not re.search(NO_MODULE, failure.message):
        return None
    for method in (method for each in _classes(tree) if each.bases for method in _methods(each)):
        names = (node.attr for node in ast.walk(method) if isinstance(node, ast.Attribute))
        if method.name == "__init__" and "__init__" not in names:
            text = "defines __init__ without super().__init__(): it must be its first line."
            return Remark(method.lineno, f"Line {method.lineno} {text}")
    return None


def _method(tree: ast.Module, failure: Failure) -> Remark | None:
    """A method that is misspelled, or indented as a part of something else."""
    said = f"{failure.type}: {failure.message}"
    wanted = next((name for pattern, name in METHODS if re.search(pattern, said)), "")
    lacking = [
        each
        for each in _classes(tree)
        if each.bases and wanted not in (method.name for method in _methods(each))
    ]
    if not wanted or not lacking:
        return None
    owner = lacking[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == wanted:
            if any(node in _methods(each) for each in _classes(tree)):
                continue
            inside = any(node in ast.walk(method) for method in _methods(owner))
            where = "inside another method" if inside else f"outside of the class {owner.name}"
            text = f"defines {wanted} {where}: indent it as the methods of the class."
            return Remark(node.lineno, f"Line {node.lineno} {text}")
    names = {method.name: method.lineno for method in _methods(owner)}
    for name in get_close_matches(wanted, names, 1, 0.7):
        line = names[name]
        return Remark(line, f"Line {line} defines {name}: its name must be {wanted}.")
    if wanted == "__init__":
        return None
    text = f"Line {owner.lineno}: the class {owner.name} has no method {wanted}."
    return Remark(owner.lineno, text)


def _attribute(tree: ast.Module, failure: Failure) -> Remark | None:
    """Something that `__init__` makes and does not keep, or keeps under another name."""
    found = re.match(r"'(\w+)' object has no attribute '(\w+)'", failure.message)
    owners = [each for each in _classes(tree) if found is None or each.name == found[1]]
    name = found[2] if found else None
    if failure.type == "NameError" and (missing := re.match(r"name '(\w+)'", failure.message)):
        name = missing[1]
        owners = [each for each in _classes(tree) if _within(each, failure.line)]
    elif found is None and "empty parameter list" not in failure.message:
        return None
    for init in (m for each in owners for m in _methods(each) if m.name == "__init__"):
        for target in _targets(init):
            is_local = isinstance(target, ast.Name) and target.id in (name, name or target.id)
            if is_local and isinstance(target, ast.Name):
                text = f"makes {target.id} a variable of __init__: write self.{target.id} = …"
                return Remark(target.lineno, f"Line {target.lineno} {text}")
        kept = {t.attr: t.lineno for t in _targets(init) if isinstance(t, ast.Attribute)}
        for near in get_close_matches(name or "", kept, 1, 0.75):
            text = f"Line {kept[near]} assigns self.{near}: use this name, with self."
            return Remark(kept[near], text)
    return None


def _name(tree: ast.Module, failure: Failure) -> Remark | None:
    """A name that is assigned below the line that uses it, or spelled in another way."""
    found = re.search(r"(?:name|variable) '(\w+)'", failure.message)
    if failure.type not in ("NameError", "UnboundLocalError") or not found or not failure.line:
        return None
    inside = [node for node in ast.walk(tree) if isinstance(node, Method)]
    around = [each for each in inside if _within(each, failure.line)]
    outer = [node for node in tree.body if not _is_main(node)]
    own = _lines(ast.walk(around[-1])) if around else _lines(_outside(outer))
    if found[1] in own:
        line = own[found[1]]
        late = line > failure.line
        text = f"Line {line} assigns {found[1]}, which is too late."
        return Remark(failure.line, text) if late else None
    visible = _lines(_outside(outer)) | own
    for near in get_close_matches(found[1], visible.keys() - {found[1]}, 1, 0.75):
        return Remark(failure.line, f"Line {visible[near]} has {near}: is that the name?")
    return None


def _is_main(node: ast.stmt) -> bool:
    """Return whether a statement is `if __name__ == "__main__":`, which does not run."""
    return isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)


def _outside(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Yield the nodes of statements without what is inside functions and classes."""
    for node in body:
        yield node
        if not isinstance(node, Method | ast.ClassDef):
            yield from _outside(list(ast.iter_child_nodes(node)))


def _lines(nodes: Iterable[ast.AST]) -> dict[str, int]:
    """Return the names that are defined in some nodes, each with its first line."""
    lines: dict[str, int] = {}
    for name, line in _defined(nodes):
        lines[name] = min(line, lines.get(name, line))
    return lines


def _defined(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield name, node.lineno
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for alias in names:
                    yield alias.asname or alias.name.partition(".")[0], node.lineno


def _classes(tree: ast.Module) -> list[ast.ClassDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]


def _methods(owner: ast.ClassDef | ast.Module) -> list[Method]:
    return [node for node in owner.body if isinstance(node, Method)]


def _targets(method: Method) -> Iterator[ast.expr]:
    """Yield what a method assigns."""
    for node in ast.walk(method):
        if isinstance(node, ast.Assign):
            yield from node.targets


def _within(node: ast.ClassDef | Method, line: int | None) -> bool:
    return line is not None and node.lineno <= line <= (node.end_lineno or node.lineno)


def _without_self(method: Method) -> bool:
    names = [each.arg for each in (*method.args.posonlyargs, *method.args.args)]
    return names[:1] != ["self"] and not method.decorator_list and method.args.vararg is None


def _self(method: Method) -> Remark:
    arguments = ast.unparse(method.args).split(", ") if method.args.args else []
    if get_close_matches("self", arguments[:1]):  # misspelled
        del arguments[0]
    head = f"def {method.name}({', '.join(['self', *arguments])}):"
    text = f"Line {method.lineno} defines {method.name} without self: write `{head}`"
    return Remark(method.lineno, text)


def _head(method: Method) -> str:
    return f"def {method.name}({ast.unparse(method.args)})"
