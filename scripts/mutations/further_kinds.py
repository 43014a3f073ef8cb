"""More ways in which a working model is broken: what is called, what is imported, what is between the layers."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from .source import Edit, Source, is_own, last, layers, methods, own_calls, simple, within


def _lines(statement: ast.stmt) -> tuple[int, int]:
    return statement.lineno, statement.end_lineno or statement.lineno


def swapped_call_arguments(source: Source) -> Iterator[Edit]:
    """Two arguments of a call in a forward change places."""
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            if isinstance(node, ast.Call) and not last(node)[:1].isupper():
                for first, second in pairwise(item for item in node.args if not isinstance(item, ast.Starred)):
                    yield from _swapped(source, first, second, statement, f"arguments of {last(node)} swapped")


def swapped_layers(source: Source) -> Iterator[Edit]:
    """Two layers that follow one another in a list or a Sequential change places."""
    for statement in source.building():
        for node in ast.walk(statement):
            items = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.List) else []
            for first, second in pairwise(items):
                if isinstance(first, ast.Call) and isinstance(second, ast.Call):
                    yield from _swapped(source, first, second, statement, "two layers swapped")


def _swapped(source: Source, first: ast.expr, second: ast.expr, statement: ast.stmt, what: str) -> Iterator[Edit]:
    one, two = source.said(first), source.said(second)
    if one != two and "\n" not in one + two:
        between = source.text[source.end(first) : source.start(second)]
        yield Edit(source.start(first), source.end(second), two + between + one, _lines(statement), what)


def removed_layer_of_several(source: Source) -> Iterator[Edit]:
    """A layer is missing in a list or a Sequential."""
    for statement in source.building():
        for node in ast.walk(statement):
            items = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.List) else []
            calls = [item for item in items if isinstance(item, ast.Call)]
            for item in calls if len(calls) > 1 else ():
                end = re.compile(r"\s*,").match(source.text, source.end(item))
                if end is not None and "\n" not in source.text[source.start(item) : end.end()]:
                    yield Edit(source.start(item), end.end(), "", _lines(statement), f"{last(item)} left out")


def dropped_call(source: Source) -> Iterator[Edit]:
    """A layer or a function is not called: what it is given goes on."""
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            if isinstance(node, ast.Call) and node.args and not isinstance(node.args[0], ast.Starred) and not last(node)[:1].isupper():
                argument = source.said(node.args[0])
                if "\n" not in argument:
                    yield source.replace(node, argument, statement, f"{last(node)} not called")


def dropped_method(source: Source) -> Iterator[Edit]:
    """A step of a chain is left out: ``x.flatten(1)`` is ``x``."""
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and not is_own(node.func)
                and node.func.attr != "__init__"
            ):
                receiver = source.said(node.func.value)
                if (
                    receiver not in ("torch", "F", "nn", "math", "layers", "keras", "ops", "tf")
                    and "\n" not in receiver
                    and "." not in receiver
                ):
                    yield source.replace(node, receiver, statement, f".{node.func.attr}() left out")


def uncalled_layer(source: Source) -> Iterator[Edit]:
    """A class of layers stands where one of it should be made."""
    for statement, call in layers(source):
        if not call.args and not call.keywords:
            yield source.replace(call, source.said(call.func), statement, f"{last(call)} not made")


def uncalled_super(source: Source) -> Iterator[Edit]:
    """``super().__init__`` without its call."""
    for function in source.constructors():
        for statement in simple(function):
            if isinstance(statement, ast.Expr) and source.said(statement).startswith("super().__init__("):
                yield source.replace(statement, "super().__init__", statement, "super().__init__ not called")


def misspelled_keyword(source: Source) -> Iterator[Edit]:
    """An argument is given by another name."""
    for statement, call in layers(source):
        for keyword in call.keywords:
            if keyword.arg:
                start = source.start(keyword)
                name = keyword.arg[:-1] if len(keyword.arg) > 4 else f"{keyword.arg}s"
                yield Edit(start, start + len(keyword.arg), name, _lines(statement), f"{keyword.arg} of {last(call)} spelled {name}")


def misspelled_layer(source: Source) -> Iterator[Edit]:
    """A layer is called by another name."""
    for statement, call in layers(source):
        name = last(call)
        wrong = name[:-1] + name[-1].swapcase() if name[-1].isalpha() else f"{name}x"
        text = f"{source.said(call.func.value)}.{wrong}" if isinstance(call.func, ast.Attribute) else wrong
        if "\n" not in source.said(call.func):
            yield source.replace(call.func, text, statement, f"{name} spelled {wrong}")


def misspelled_function(source: Source) -> Iterator[Edit]:
    """A function of a module, or a method, is called by another name."""
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not is_own(node.func):
                end = source.end(node.func)
                if node.func.attr[:1].islower():
                    yield Edit(end - 1, end, "", _lines(statement), f"{node.func.attr} spelled {node.func.attr[:-1]}")


def removed_import(source: Source) -> Iterator[Edit]:
    """Something is not imported."""
    for node in source.tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)) and getattr(node, "module", "") != "__future__":
            yield source.replace(node, "pass", node, f"{source.said(node).splitlines()[0]} removed")


def removed_self(source: Source) -> Iterator[Edit]:
    """``self.`` is forgotten."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Attribute):
            if isinstance(node, ast.Attribute) and is_own(node):
                yield source.replace(node, node.attr, statement, f"self. of {node.attr} forgotten")


def missing_self(source: Source) -> Iterator[Edit]:
    """A method does not take ``self``."""
    for cls in source.classes():
        for method in methods(cls):
            arguments = method.args.args
            if arguments and arguments[0].arg == "self" and not method.decorator_list:
                end = source.start(arguments[1]) if len(arguments) > 1 else source.end(arguments[0])
                if "\n" not in source.text[source.start(arguments[0]) : end]:
                    yield Edit(source.start(arguments[0]), end, "", (method.lineno, method.lineno), f"self of {method.name} forgotten")


def other_range(source: Source) -> Iterator[Edit]:
    """One round more."""
    for function in (*source.constructors(), *source.forwards()):
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range" and node.args:
                item = node.args[min(1, len(node.args) - 1)]
                yield source.replace(item, f"{source.said(item)} + 1", node, "one round more")  # type: ignore[arg-type]


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


def other_pattern(source: Source) -> Iterator[Edit]:
    """A pattern of axes is another one."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Constant):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "->" in node.value and "\n" not in node.value:
                left, _, right = node.value.partition("->")
                words = re.findall(r"\w+", right)
                for word in dict.fromkeys(words):
                    yield source.replace(node, repr(f"{left}->{right.replace(word, '', 1)}"), statement, f"{word} left out of a pattern")
                for letter in dict.fromkeys(right.replace(" ", "")):
                    if letter.isalpha() and " " not in node.value.strip():
                        yield source.replace(node, repr(f"{left}->{right.replace(letter, 'z')}"), statement, f"{letter} is z in a pattern")


_OTHER_OPERATORS: dict[type[ast.operator], tuple[str, str]] = {
    ast.FloorDiv: ("//", "/"),
    ast.MatMult: ("@", "*"),
    ast.Mult: ("*", "@"),
    ast.Add: ("+", "@"),
}


def other_operator(source: Source) -> Iterator[Edit]:
    """``//`` is ``/``, ``@`` is ``*``."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.BinOp):
            if isinstance(node, ast.BinOp) and type(node.op) in _OTHER_OPERATORS:
                sign, other = _OTHER_OPERATORS[type(node.op)]
                start, end = source.end(node.left), source.start(node.right)
                between = source.text[start:end]
                if sign in between and "\n" not in between:
                    yield Edit(start, end, between.replace(sign, other, 1), _lines(statement), f"{other} instead of {sign}")


def missing_parameter(source: Source) -> Iterator[Edit]:
    """A method takes one argument less."""
    for function in source.forwards():
        arguments = function.args.args
        if len(arguments) > 1 and not function.args.defaults:
            start, end = source.end(arguments[-2]), source.end(arguments[-1])
            if "\n" not in source.text[start:end]:
                yield Edit(start, end, "", (function.lineno, function.lineno), f"{function.name} does not take {arguments[-1].arg}")


def other_text(source: Source) -> Iterator[Edit]:
    """A word given to a layer is another one: a padding, an activation."""
    for statement, call in layers(source):
        for item in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg != "name")):
            if isinstance(item, ast.Constant) and isinstance(item.value, str) and item.value.isidentifier():
                yield source.replace(item, repr(f"{item.value}x"), statement, f"{item.value} of {last(call)} is {item.value}x")


def other_number(source: Source) -> Iterator[Edit]:
    """A number is twice as much: a stride, a width, a size of a view."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Constant):
            if isinstance(node, ast.Constant) and type(node.value) is int and node.value > 1:
                yield source.replace(node, str(node.value * 2), statement, f"{node.value} doubled")


FURTHER: tuple[Callable[[Source], Iterator[Edit]], ...] = (
    swapped_call_arguments, swapped_layers, removed_layer_of_several, dropped_call, dropped_method, uncalled_layer, uncalled_super,
    misspelled_keyword, misspelled_layer, misspelled_function, removed_import, removed_self, missing_self, other_range, list_given, other_type,
    other_pattern, other_operator, missing_parameter, other_text, other_number,
)  # fmt: skip
