"""Classes and functions that are defined otherwise: without their base, their ``self``, a parameter, a decorator."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import replace

from ..source import Edit, Function, Source, inside, lines_of, methods, readers, simple


def _super_calls(source: Source) -> Iterator[tuple[Function, ast.stmt]]:
    for function in source.constructors():
        for statement in simple(function):
            if isinstance(statement, ast.Expr) and source.said(statement).startswith("super().__init__("):
                yield function, statement


def missing_super(source: Source) -> Iterator[Edit]:
    """A constructor does not call that of its base."""
    for function, statement in _super_calls(source):
        edit = source.replace(statement, "pass", statement, "super().__init__() removed")
        yield replace(edit, lines=(function.lineno, edit.lines[1]))  # where it is missing: in this constructor


def uncalled_super(source: Source) -> Iterator[Edit]:
    """``super().__init__`` without its call."""
    for _, statement in _super_calls(source):
        yield source.replace(statement, "super().__init__", statement, "super().__init__ not called")


def late_super(source: Source) -> Iterator[Edit]:
    """The constructor of the base is called after the first layer is assigned."""
    for function, statement in _super_calls(source):
        place = function.body.index(statement) if statement in function.body else len(function.body)
        following = function.body[place + 1] if place + 1 < len(function.body) else None
        if isinstance(following, ast.Assign) and isinstance(following.targets[0], ast.Attribute):
            for edit in source.swapped(statement, following, following, "super().__init__() one statement too late"):
                yield replace(edit, lines=(statement.lineno, edit.lines[1]))


def given_to_super(source: Source) -> Iterator[Edit]:
    """``super().__init__(self)``."""
    for _, statement in _super_calls(source):
        start = source.start(statement) + len("super().__init__(")
        rest = "" if source.text[start] == ")" else ", "
        yield Edit(start, start, f"self{rest}", lines_of(statement), "self given to super().__init__")


def other_base(source: Source) -> Iterator[Edit]:
    """A class derives from something else: from nothing, from a container."""
    for cls in source.classes():
        base = source.said(cls.bases[0])
        if "Module" in base or "Layer" in base or "Model" in base:
            for other in ("object", "nn.ModuleList" if base == "nn.Module" else "dict"):
                yield source.replace(cls.bases[0], other, cls, f"{cls.name} derives from {other}")


def missing_self(source: Source) -> Iterator[Edit]:
    """A method does not take ``self``."""
    for cls in source.classes():
        for method in methods(cls):
            arguments = method.args.args
            if arguments and arguments[0].arg == "self" and not method.decorator_list:
                end = source.start(arguments[1]) if len(arguments) > 1 else source.end(arguments[0])
                for edit in source.removed(source.start(arguments[0]), end, method, f"self of {method.name} forgotten"):
                    yield replace(edit, needs=inside(method))


def missing_parameter(source: Source) -> Iterator[Edit]:
    """A method takes one argument less."""
    for function in source.forwards():
        arguments = function.args.args
        if len(arguments) > 1 and not function.args.defaults:
            end, name = source.end(arguments[-1]), arguments[-1].arg
            for edit in source.removed(source.end(arguments[-2]), end, function, f"{function.name} does not take {name}"):
                yield replace(edit, needs=readers(function, name))


def more_parameters(source: Source) -> Iterator[Edit]:
    """A method or a constructor takes one argument more."""
    for function in (*source.constructors(), *source.forwards()):
        if function.args.args and not function.args.defaults:
            end = source.end(function.args.args[-1])
            yield Edit(end, end, ", further", lines_of(function), f"{function.name} takes one more", inside(function))


def removed_default(source: Source) -> Iterator[Edit]:
    """A parameter has no default any more."""
    for function in (*source.constructors(), *source.forwards()):
        if function.args.defaults:
            value = function.args.defaults[0]
            parameter = function.args.args[-len(function.args.defaults)]
            start, end = source.end(parameter), source.end(value)
            if "\n" not in source.text[start:end]:
                what = f"{parameter.arg} of {function.name} without a default"
                yield Edit(start, end, "", lines_of(value), what, inside(function))


def removed_decorator(source: Source) -> Iterator[Edit]:
    """A decorator is forgotten: ``@property``, ``@staticmethod``, ``@dataclass``."""
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            for decorator in node.decorator_list:
                start, end = source.start(decorator) - 1, source.end(decorator)
                if "\n" not in source.text[start:end] and source.text[start] == "@":
                    yield Edit(start, end, "", (decorator.lineno, node.lineno), f"{source.text[start:end]} of {node.name} removed")


KINDS: tuple[Callable[[Source], Iterator[Edit]], ...] = (
    missing_super, uncalled_super, late_super, given_to_super, other_base, missing_self, missing_parameter, more_parameters, removed_default,
    removed_decorator,
)  # fmt: skip
