"""The ways in which a working model is broken: each a function from a source to the edits it could make.

An edit keeps the number of lines, so that a line of the mutant is a line of the original.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

from .further_kinds import FURTHER
from .source import Edit, Source, is_own, last, layers, own_calls, simple, within


def size(source: Source) -> Iterator[Edit]:
    """One of the first two arguments of a layer is one more."""
    for statement, call in layers(source):
        for place, item in enumerate(call.args[:2]):
            if isinstance(item, (ast.Constant, ast.Name, ast.Attribute, ast.BinOp)) and not _is_text(item):
                yield source.replace(item, f"{source.said(item)} + 1", statement, f"argument {place} of {last(call)} + 1")


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and not (isinstance(node.value, int) and not isinstance(node.value, bool))


def number(source: Source) -> Iterator[Edit]:
    """A number given by name to a layer is one more: heads, groups, strides."""
    for statement, call in layers(source):
        for keyword in call.keywords:
            if isinstance(keyword.value, (ast.Constant, ast.Name)) and not _is_text(keyword.value) and keyword.arg not in (None, "bias"):
                if isinstance(keyword.value, ast.Name) and keyword.arg not in ("groups", "num_heads", "kernel_size", "stride", "padding"):
                    continue
                yield source.replace(keyword.value, f"{source.said(keyword.value)} + 1", statement, f"{keyword.arg} of {last(call)} + 1")


def default(source: Source) -> Iterator[Edit]:
    """A default of a constructor or a field of a configuration is one more."""
    for function in source.constructors():
        arguments = [*function.args.posonlyargs, *function.args.args]
        for name, value in zip(arguments[len(arguments) - len(function.args.defaults) :], function.args.defaults, strict=True):
            if isinstance(value, ast.Constant) and type(value.value) is int:
                edit = source.replace(value, str(value.value + 1), value, f"default of {name.arg} + 1")  # type: ignore[arg-type]
                yield edit


def swapped_sizes(source: Source) -> Iterator[Edit]:
    """The first two arguments of a layer change places."""
    for statement, call in layers(source):
        if len(call.args) >= 2 and not any(isinstance(item, ast.Starred) for item in call.args[:2]):
            first, second = (source.said(item) for item in call.args[:2])
            if first != second and "\n" not in first + second:
                start, end = source.start(call.args[0]), source.end(call.args[1])
                between = source.text[source.end(call.args[0]) : source.start(call.args[1])]
                lines = (statement.lineno, statement.end_lineno or statement.lineno)
                yield Edit(start, end, second + between + first, lines, f"arguments of {last(call)} swapped")


def swapped_statements(source: Source) -> Iterator[Edit]:
    """Two statements of a forward that follow one another change places."""
    for function in source.forwards():
        for node in ast.walk(function):
            block = getattr(node, "body", None)
            for first, second in pairwise(block) if isinstance(block, list) else ():
                if not isinstance(first, ast.Assign) or not isinstance(second, ast.Assign):
                    continue
                one, two = source.said(first), source.said(second)
                if "\n" not in one + two:
                    start, end = source.start(first), source.end(second)
                    between = source.text[source.end(first) : source.start(second)]
                    yield Edit(start, end, two + between + one, (first.lineno, second.lineno), "two statements swapped")


def missing_super(source: Source) -> Iterator[Edit]:
    """A constructor does not call that of its base."""
    for function in source.constructors():
        for statement in simple(function):
            if isinstance(statement, ast.Expr) and source.said(statement).startswith("super().__init__("):
                edit = source.replace(statement, "pass", statement, "super().__init__() removed")
                yield replace(edit, lines=(function.lineno, edit.lines[1]))  # where it is missing: in this constructor


def list_instead(source: Source) -> Iterator[Edit]:
    """A plain list holds the modules."""
    for statement, call in layers(source):
        if last(call) == "ModuleList":
            yield source.replace(call.func, "list", statement, "list instead of ModuleList")


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
            removed = source.text[start:end]
            if "\n" not in removed:
                lines = (statement.lineno, statement.end_lineno or statement.lineno)
                yield Edit(start, end, "", lines, f"argument {place} of {last(call)} removed")


def renamed_attribute(source: Source) -> Iterator[Edit]:
    """An attribute is assigned under another name."""
    for function in source.constructors():
        for statement, node in within(function, ast.Attribute):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and is_own(node):
                yield source.replace(node, f"self.{node.attr}_", statement, f"self.{node.attr} assigned as self.{node.attr}_")


def misspelled_attribute(source: Source) -> Iterator[Edit]:
    """An attribute is read under another name."""
    for function in source.forwards():
        for statement, node in within(function, ast.Attribute):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and is_own(node):
                yield source.replace(node, f"self.{node.attr}_", statement, f"self.{node.attr} read as self.{node.attr}_")


def misspelled_name(source: Source) -> Iterator[Edit]:
    """A local name is read under another name."""
    for function in source.forwards():
        for statement, node in within(function, ast.Name):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id != "self" and node.id.islower():
                yield source.replace(node, f"{node.id}_", statement, f"{node.id} read as {node.id}_")


def dropped_star(source: Source) -> Iterator[Edit]:
    """A list is handed on as it is instead of its items."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Starred):
            if isinstance(node, ast.Starred) and isinstance(node.ctx, ast.Load):
                yield source.replace(node, source.said(node.value), statement, "star dropped")


def dropped_unpacking(source: Source) -> Iterator[Edit]:
    """A tuple is kept whole instead of being taken apart."""
    for function in source.forwards():
        for statement in simple(function):
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple):
                target = statement.targets[0]
                if isinstance(target.elts[0], ast.Name) and not source.said(target).startswith("("):
                    yield source.replace(target, target.elts[0].id, statement, "unpacking dropped")


def removed_statement(source: Source) -> Iterator[Edit]:
    """A statement of a forward is missing."""
    for function in source.forwards():
        for statement in simple(function):
            if isinstance(statement, (ast.Assign, ast.AugAssign)):
                yield source.replace(statement, "pass", statement, "statement removed")


def removed_layer(source: Source) -> Iterator[Edit]:
    """An attribute is never assigned."""
    for function in source.constructors():
        for statement in simple(function):
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Attribute):
                yield source.replace(statement, "pass", statement, f"{source.said(statement.targets[0])} removed")


def dropped_return(source: Source) -> Iterator[Edit]:
    """A forward computes its result and does not return it."""
    for function in source.forwards():
        for statement in simple(function):
            if isinstance(statement, ast.Return) and statement.value is not None:
                edit = source.replace(statement, source.said(statement.value), statement, "return dropped")
                if source.said(statement.value).count("\n") == source.said(statement).count("\n"):
                    yield edit


def fewer_given(source: Source) -> Iterator[Edit]:
    """A submodule is called with one argument less."""
    for statement, call in own_calls(source):
        if call.args and not call.keywords and not isinstance(call.args[-1], ast.Starred):
            start = source.end(call.args[-2]) if len(call.args) > 1 else source.start(call.args[-1])
            end = source.end(call.args[-1])
            if "\n" not in source.text[start:end]:
                lines = (statement.lineno, statement.end_lineno or statement.lineno)
                yield Edit(start, end, "", lines, f"last argument of self.{last(call)} removed")


def more_given(source: Source) -> Iterator[Edit]:
    """A submodule is called with one argument more."""
    for statement, call in own_calls(source):
        if call.args and not call.keywords:
            end = source.end(call.args[-1])
            lines = (statement.lineno, statement.end_lineno or statement.lineno)
            yield Edit(end, end, ", None", lines, f"self.{last(call)} given None more")


def other_axis(source: Source) -> Iterator[Edit]:
    """A number in a call of a forward is one more: axes, sizes."""
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            assert isinstance(node, ast.Call)
            for item in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(item, ast.Constant) and type(item.value) is int:
                    yield source.replace(item, str(item.value + 1), statement, f"{item.value} in {last(node)} + 1")


_OTHERS = {
    "Conv2D": "Conv1D", "Conv1D": "Conv2D", "MaxPooling2D": "MaxPooling1D", "GlobalAveragePooling2D": "GlobalAveragePooling1D",
    "Dense": "Conv2D", "Add": "Concatenate", "Concatenate": "Add", "Flatten": "GlobalMaxPooling2D",
    "Conv2d": "Conv1d", "Conv1d": "Conv2d", "BatchNorm2d": "BatchNorm1d", "BatchNorm1d": "BatchNorm2d", "LayerNorm": "BatchNorm2d",
    "AdaptiveAvgPool2d": "AdaptiveAvgPool1d", "MaxPool2d": "MaxPool1d", "Linear": "Embedding", "Embedding": "Linear", "LSTM": "GRU",
    "Sequential": "ModuleList", "ModuleList": "Sequential", "Parameter": "Linear",
}  # fmt: skip


def other_layer(source: Source) -> Iterator[Edit]:
    """A layer of another kind."""
    for statement, call in layers(source):
        if isinstance(call.func, ast.Attribute) and call.func.attr in _OTHERS:
            new = f"{source.said(call.func.value)}.{_OTHERS[call.func.attr]}"
            yield source.replace(call.func, new, statement, f"{_OTHERS[call.func.attr]} instead of {call.func.attr}")


KINDS: dict[str, Callable[[Source], Iterator[Edit]]] = {
    function.__name__: function
    for function in (
        size, number, default, swapped_sizes, swapped_statements, missing_super, list_instead, removed_argument, renamed_attribute,
        misspelled_attribute, misspelled_name, dropped_star, dropped_unpacking, removed_statement, removed_layer, dropped_return,
        fewer_given, more_given, other_axis, other_layer, *FURTHER,
    )
}  # fmt: skip
