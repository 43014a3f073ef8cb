"""Calls that are made otherwise: with more or less, in another order, or not at all."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise

from ..source import Edit, Source, is_own, last, lines_of, own_calls, within

#: Modules, not values: what is called on them is a function, no step of a chain.
_MODULES = ("torch", "F", "nn", "math", "layers", "keras", "ops", "tf", "np")


def _calls(source: Source) -> Iterator[tuple[ast.stmt, ast.Call]]:
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            if isinstance(node, ast.Call):
                yield statement, node


def swapped_call_arguments(source: Source) -> Iterator[Edit]:
    """Two arguments of a call in a forward change places."""
    for statement, node in _calls(source):
        if not last(node)[:1].isupper():
            for first, second in pairwise(item for item in node.args if not isinstance(item, ast.Starred)):
                yield from source.swapped(first, second, statement, f"arguments of {last(node)} swapped")


def removed_call_argument(source: Source) -> Iterator[Edit]:
    """A function or a method is called with one argument less."""
    for statement, node in _calls(source):
        given = [*node.args, *node.keywords]
        for before, item in pairwise([node.func, *given]):
            start = source.end(before) if before is not node.func else source.start(item)
            yield from source.removed(start, source.end(item), statement, f"an argument of {last(node)} removed")


def fewer_given(source: Source) -> Iterator[Edit]:
    """A submodule is called with one argument less."""
    for statement, call in own_calls(source):
        if call.args and not call.keywords and not isinstance(call.args[-1], ast.Starred):
            start = source.end(call.args[-2]) if len(call.args) > 1 else source.start(call.args[-1])
            yield from source.removed(start, source.end(call.args[-1]), statement, f"last argument of self.{last(call)} removed")


def more_given(source: Source) -> Iterator[Edit]:
    """A submodule is called with one argument more."""
    for statement, call in own_calls(source):
        if call.args and not call.keywords:
            end = source.end(call.args[-1])
            yield Edit(end, end, ", None", lines_of(statement), f"self.{last(call)} given None more")


def list_given(source: Source) -> Iterator[Edit]:
    """A layer is given a list."""
    for statement, call in own_calls(source):
        if len(call.args) == 1 and not call.keywords and isinstance(call.args[0], ast.Name):
            yield source.replace(call.args[0], f"[{call.args[0].id}]", statement, f"self.{last(call)} given a list")


def other_type(source: Source) -> Iterator[Edit]:
    """Numbers of another type are given."""
    for statement, call in own_calls(source):
        if call.args and isinstance(call.args[0], ast.Name):
            for method in ("float", "long"):
                yield source.replace(call.args[0], f"{call.args[0].id}.{method}()", statement, f"self.{last(call)} given .{method}()")


def dropped_call(source: Source) -> Iterator[Edit]:
    """A layer or a function is not called: what it is given goes on."""
    for statement, node in _calls(source):
        if node.args and not isinstance(node.args[0], ast.Starred) and not last(node)[:1].isupper():
            argument = source.said(node.args[0])
            if "\n" not in argument:
                yield source.replace(node, argument, statement, f"{last(node)} not called")


def doubled_call(source: Source) -> Iterator[Edit]:
    """A layer is called twice, one time on what it gave."""
    for statement, node in own_calls(source):
        said = source.said(node)
        if len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred) and "\n" not in said:
            yield source.replace(node, f"{source.said(node.func)}({said})", statement, f"{last(node)} called twice")


def dropped_method(source: Source) -> Iterator[Edit]:
    """A step of a chain is left out: ``x.flatten(1)`` is ``x``."""
    for statement, node in _calls(source):
        if isinstance(node.func, ast.Attribute) and not is_own(node.func) and node.func.attr != "__init__":
            receiver = source.said(node.func.value)
            if receiver not in _MODULES and "\n" not in receiver and "." not in receiver:
                yield source.replace(node, receiver, statement, f".{node.func.attr}() left out")


def uncalled(source: Source) -> Iterator[Edit]:
    """A function, a method, a layer without its parentheses."""
    for statement, node in _calls(source):
        if "\n" not in source.said(node):
            yield source.replace(node, source.said(node.func), statement, f"{last(node)} without its parentheses")


def layer_for_function(source: Source) -> Iterator[Edit]:
    """A layer is made of a tensor: ``nn.ReLU(x)``."""
    layers = {
        "relu": "ReLU",
        "gelu": "GELU",
        "softmax": "Softmax",
        "sigmoid": "Sigmoid",
        "tanh": "Tanh",
        "dropout": "Dropout",
        "silu": "SiLU",
    }
    for statement, node in _calls(source):
        if isinstance(node.func, ast.Attribute) and source.said(node.func.value) in ("F", "torch") and node.func.attr in layers:
            name = layers[node.func.attr]
            yield source.replace(node.func, f"nn.{name}", statement, f"nn.{name} made of a tensor")


def dropped_star(source: Source) -> Iterator[Edit]:
    """A list is handed on as it is instead of its items."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Starred):
            if isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load):
                yield source.replace(node, source.said(node.value), statement, "star dropped")


def given_twice(source: Source) -> Iterator[Edit]:
    """What is given by name is given by place as well."""
    for statement, node in _calls(source):
        if node.args and node.keywords and node.keywords[0].arg and not isinstance(node.args[-1], ast.Starred):
            end = source.end(node.args[-1])
            value = source.said(node.keywords[0].value)
            if "\n" not in value:
                yield Edit(end, end, f", {value}", lines_of(statement), f"{node.keywords[0].arg} of {last(node)} given by place as well")


KINDS: tuple[Callable[[Source], Iterator[Edit]], ...] = (
    swapped_call_arguments, removed_call_argument, fewer_given, more_given, list_given, other_type, dropped_call, doubled_call, dropped_method,
    uncalled, layer_for_function, dropped_star, given_twice,
)  # fmt: skip
