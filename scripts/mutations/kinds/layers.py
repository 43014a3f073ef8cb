"""Layers that are others, missing, too many, in another order, or held by something else."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from ..source import Edit, Source, last, layers, lines_of, own_calls, simple

_OTHERS = {
    "Conv2D": "Conv1D", "Conv1D": "Conv2D", "MaxPooling2D": "MaxPooling1D", "GlobalAveragePooling2D": "GlobalAveragePooling1D",
    "Dense": "Conv2D", "Add": "Concatenate", "Concatenate": "Add", "Flatten": "GlobalMaxPooling2D",
    "Conv2d": "Conv1d", "Conv1d": "Conv2d", "BatchNorm2d": "BatchNorm1d", "BatchNorm1d": "BatchNorm2d", "LayerNorm": "BatchNorm2d",
    "AdaptiveAvgPool2d": "AdaptiveAvgPool1d", "MaxPool2d": "MaxPool1d", "Linear": "Embedding", "Embedding": "Linear", "LSTM": "GRU",
    "GRU": "LSTM", "ConvTranspose2d": "Conv2d", "Sequential": "ModuleList", "ModuleList": "Sequential", "Parameter": "Linear",
}  # fmt: skip


def other_layer(source: Source) -> Iterator[Edit]:
    """A layer of another kind."""
    for statement, call in layers(source):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _OTHERS:
            new = f"{source.said(call.func.value)}.{_OTHERS[call.func.attr]}"
            yield source.replace(call.func, new, statement, f"{_OTHERS[call.func.attr]} instead of {call.func.attr}")


def nothing_instead(source: Source) -> Iterator[Edit]:
    """A layer that does nothing stands in the place of one: a projection is forgotten."""
    for statement, call in layers(source):
        if isinstance(call.func, ast.Attribute) and call.args and "\n" not in source.said(call):
            yield source.replace(call, f"{source.said(call.func.value)}.Identity()", statement, f"Identity instead of {last(call)}")


def _neighbours(source: Source) -> Iterator[tuple[ast.stmt, list[ast.expr]]]:
    """What stands together in a list or a call."""
    for statement in source.building():
        for node in ast.walk(statement):
            if isinstance(node, (ast.Call, ast.List)):
                yield statement, node.args if isinstance(node, ast.Call) else node.elts


def swapped_layers(source: Source) -> Iterator[Edit]:
    """Two layers that follow one another in a list or a Sequential change places."""
    for statement, items in _neighbours(source):
        for first, second in pairwise(items):
            if isinstance(first, ast.Call) and isinstance(second, ast.Call):
                yield from source.swapped(first, second, statement, "two layers swapped")


def removed_layer_of_several(source: Source) -> Iterator[Edit]:
    """A layer is missing in a list or a Sequential."""
    for statement, items in _neighbours(source):
        calls = [item for item in items if isinstance(item, ast.Call)]
        for item in calls if len(calls) > 1 else ():
            end = re.compile(r"\s*,").match(source.text, source.end(item))
            if end is not None:
                yield from source.removed(source.start(item), end.end(), statement, f"{last(item)} left out")


def doubled_layer(source: Source) -> Iterator[Edit]:
    """A layer stands twice in a list or a Sequential."""
    for statement, items in _neighbours(source):
        calls = [item for item in items if isinstance(item, ast.Call)]
        for item in calls if len(calls) > 1 else ():
            said = source.said(item)
            if "\n" not in said:
                yield source.replace(item, f"{said}, {said}", statement, f"{last(item)} stands twice")


def list_instead(source: Source) -> Iterator[Edit]:
    """A plain list or dict holds the modules."""
    for statement, call in layers(source):
        plain = {"ModuleList": "list", "ModuleDict": "dict"}.get(last(call))
        if plain is not None:
            yield source.replace(call.func, plain, statement, f"{plain} instead of {last(call)}")


def list_of_layers(source: Source) -> Iterator[Edit]:
    """A Sequential is given a list."""
    for statement, call in layers(source):
        if last(call) == "Sequential" and call.args and not call.keywords:
            start, end = source.start(call.args[0]), source.end(call.args[-1])
            yield Edit(start, end, f"[{source.text[start:end]}]", lines_of(statement), "a list in Sequential")


def layers_of_a_list(source: Source) -> Iterator[Edit]:
    """A ModuleList is given its layers one by one."""
    for statement, call in layers(source):
        if last(call) == "ModuleList" and len(call.args) == 1:
            start = source.start(call.args[0])
            yield Edit(start, start, "*", lines_of(statement), "a star in ModuleList")


def called_list(source: Source) -> Iterator[Edit]:
    """A loop calls the list of layers, not the layer."""
    for function in source.forwards():
        for loop in ast.walk(function):
            if isinstance(loop, ast.For) and isinstance(loop.target, ast.Name) and isinstance(loop.iter, ast.Attribute):
                for node in ast.walk(loop):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == loop.target.id:
                        yield source.replace(node.func, source.said(loop.iter), node, f"{source.said(loop.iter)} called")


def uncalled_layer(source: Source) -> Iterator[Edit]:
    """A class of layers stands where one of it should be made."""
    for statement, call in layers(source):
        if not call.args and not call.keywords:
            yield source.replace(call, source.said(call.func), statement, f"{last(call)} not made")


def removed_layer(source: Source) -> Iterator[Edit]:
    """An attribute is never assigned."""
    for function in source.constructors():
        for statement in simple(function):
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute):
                yield source.replace(statement, "pass", statement, f"{source.said(statement.targets[0])} removed")


def removed_argument(source: Source) -> Iterator[Edit]:
    """A layer is made with one argument less."""
    for statement, call in layers(source):
        given = [*call.args, *call.keywords]
        for place, item in enumerate(given):
            if isinstance(item, ast.Starred):
                continue
            if place + 1 < len(given):
                start, end = source.start(item), source.start(given[place + 1])
            else:
                start = source.end(given[place - 1]) if place else source.start(item)
                end = source.end(item)
            yield from source.removed(start, end, statement, f"argument {place} of {last(call)} removed")


def other_own_layer(source: Source) -> Iterator[Edit]:
    """The layer of the call before is called again, and this one not."""
    calls = list(own_calls(source))
    for (_, before), (statement, call) in pairwise(calls):
        if last(before) != last(call):
            yield source.replace(call.func, f"self.{last(before)}", statement, f"self.{last(before)} called instead of self.{last(call)}")


KINDS: tuple[Callable[[Source], Iterator[Edit]], ...] = (
    other_layer, nothing_instead, swapped_layers, removed_layer_of_several, doubled_layer, list_instead, list_of_layers, layers_of_a_list,
    called_list, uncalled_layer, removed_layer, removed_argument, other_own_layer,
)  # fmt: skip
