"""Numbers that are others: sizes of layers, defaults, rounds, places."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from ..source import Edit, Source, last, layers, within


def size(source: Source) -> Iterator[Edit]:
    """An argument of a layer is one more."""
    for statement, call in layers(source):
        for place, item in enumerate(call.args):
            if _may_be_a_number(item):
                yield source.replace(item, f"{source.said(item)} + 1", statement, f"argument {place} of {last(call)} + 1")


def smaller_size(source: Source) -> Iterator[Edit]:
    """An argument of a layer is one less."""
    for statement, call in layers(source):
        for place, item in enumerate(call.args):
            if _may_be_a_number(item):
                yield source.replace(item, f"{source.said(item)} - 1", statement, f"argument {place} of {last(call)} - 1")


def _may_be_a_number(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return type(node.value) is int
    return isinstance(node, (ast.Name, ast.Attribute, ast.BinOp))


def number(source: Source) -> Iterator[Edit]:
    """A number given by name to a layer is one more: heads, groups, strides."""
    for statement, call in layers(source):
        for keyword in call.keywords:
            if (
                isinstance(keyword.value, (ast.Constant, ast.Name))
                and _may_be_a_number(keyword.value)
                and keyword.arg not in (None, "bias")
            ):
                if isinstance(keyword.value, ast.Name) and keyword.arg not in ("groups", "num_heads", "kernel_size", "stride", "padding"):
                    continue
                yield source.replace(keyword.value, f"{source.said(keyword.value)} + 1", statement, f"{keyword.arg} of {last(call)} + 1")


def default(source: Source) -> Iterator[Edit]:
    """A default of a constructor is one more."""
    for function in source.constructors():
        arguments = [*function.args.posonlyargs, *function.args.args]
        for name, value in zip(arguments[len(arguments) - len(function.args.defaults) :], function.args.defaults, strict=True):
            if isinstance(value, ast.Constant) and type(value.value) is int:
                yield source.replace(value, str(value.value + 1), value, f"default of {name.arg} + 1")


def swapped_sizes(source: Source) -> Iterator[Edit]:
    """The first two arguments of a layer change places."""
    for statement, call in layers(source):
        if len(call.args) >= 2 and not any(isinstance(item, ast.Starred) for item in call.args[:2]):
            yield from source.swapped(call.args[0], call.args[1], statement, f"arguments of {last(call)} swapped")


def other_number(source: Source) -> Iterator[Edit]:
    """A number is twice as much: a stride, a width, a size of a view."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Constant):
            if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1:
                yield source.replace(node, str(node.value * 2), statement, f"{node.value} doubled")


def other_range(source: Source) -> Iterator[Edit]:
    """One round more, or one less."""
    for function in (*source.constructors(), *source.forwards()):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
                item = node.args[min(1, len(node.args) - 1)]
                for sign, what in (("+", "one round more"), ("-", "one round less")):
                    yield source.replace(item, f"{source.said(item)} {sign} 1", node, what)


def other_place(source: Source) -> Iterator[Edit]:
    """Another item of a list, another row of a tensor: ``dims[0]`` is ``dims[1]``."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Subscript):
            for item in _places(node):
                if isinstance(item, ast.Constant) and type(item.value) is int:
                    yield source.replace(item, str(item.value + 1), statement, f"[{item.value}] is [{item.value + 1}]")


def _places(node: ast.AST) -> list[ast.expr]:
    assert isinstance(node, ast.Subscript)
    return node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]


def other_truth(source: Source) -> Iterator[Edit]:
    """``batch_first=True`` is ``batch_first=False``."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Constant):
            if isinstance(node, ast.Constant) and isinstance(node.value, bool):
                yield source.replace(node, str(not node.value), statement, f"{node.value} is {not node.value}")


def nothing_for_a_number(source: Source) -> Iterator[Edit]:
    """An argument of a layer is None."""
    for statement, call in layers(source):
        for place, item in enumerate(call.args):
            if _may_be_a_number(item):
                yield source.replace(item, "None", statement, f"argument {place} of {last(call)} is None")


def text_for_a_number(source: Source) -> Iterator[Edit]:
    """A number stands in quotes."""
    for statement, call in layers(source):
        for item in (*call.args, *(keyword.value for keyword in call.keywords)):
            if isinstance(item, ast.Constant) and type(item.value) is int:
                yield source.replace(item, f'"{item.value}"', statement, f"{item.value} of {last(call)} in quotes")


KINDS: tuple[Callable[[Source], Iterator[Edit]], ...] = (
    size, smaller_size, number, default, swapped_sizes, other_number, other_range, other_place, other_truth, nothing_for_a_number,
    text_for_a_number,
)  # fmt: skip
