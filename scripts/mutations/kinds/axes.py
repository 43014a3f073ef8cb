"""What is done to tensors, done otherwise: along another axis, with another operator, after another pattern."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from ..source import Edit, Source, last, layers, lines_of, within


def other_axis(source: Source) -> Iterator[Edit]:
    """A number in a call of a forward is one more: axes, sizes; ``-1`` is ``-2`` or ``0``."""
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            assert isinstance(node, ast.Call)
            for item in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(item, ast.Constant) and type(item.value) is int:
                    yield source.replace(item, str(item.value + 1), statement, f"{item.value} in {last(node)} + 1")
                if isinstance(item, ast.UnaryOp) and source.said(item) in ("-1", "-2"):
                    value = int(source.said(item))
                    for other in (value - 1, value + 1):
                        yield source.replace(item, str(other), statement, f"{value} in {last(node)} is {other}")


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


_OTHER_OPERATORS: dict[type[ast.operator], tuple[tuple[str, str], ...]] = {
    ast.FloorDiv: (("//", "/"),),
    ast.MatMult: (("@", "*"),),
    ast.Mult: (("*", "@"), ("*", "**")),
    ast.Add: (("+", "@"), ("+", "-")),
    ast.Sub: (("-", "+"),),
    ast.Div: (("/", "//"),),
    ast.Pow: (("**", "*"),),
}


def other_operator(source: Source) -> Iterator[Edit]:
    """``//`` is ``/``, ``@`` is ``*``."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.BinOp):
            assert isinstance(node, ast.BinOp)
            for sign, other in _OTHER_OPERATORS.get(type(node.op), ()):
                start, end = source.end(node.left), source.start(node.right)
                between = source.text[start:end]
                if sign in between and "\n" not in between:
                    yield Edit(start, end, between.replace(sign, other, 1), lines_of(statement), f"{other} instead of {sign}")


def dropped_operand(source: Source) -> Iterator[Edit]:
    """Only one side of a sum, a product is left: a residual is forgotten."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.BinOp):
            assert isinstance(node, ast.BinOp)
            for side in (node.left, node.right):
                if "\n" not in source.said(node):
                    yield source.replace(node, f"({source.said(side)})", statement, f"only {source.said(side)} is left")


def other_text(source: Source) -> Iterator[Edit]:
    """A word given to a layer is another one: a padding, an activation."""
    for statement, call in layers(source):
        for item in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg != "name")):
            if isinstance(item, ast.Constant) and isinstance(item.value, str) and item.value.isidentifier():
                yield source.replace(item, repr(f"{item.value}x"), statement, f"{item.value} of {last(call)} is {item.value}x")


def fewer_joined(source: Source) -> Iterator[Edit]:
    """One thing less in a list or tuple: tensors that are joined, axes, sizes."""
    for function in (*source.constructors(), *source.forwards()):
        for statement, node in within(function, ast.Tuple):
            yield from _without_one(source, statement, node)
        for statement, node in within(function, ast.List):
            yield from _without_one(source, statement, node)


def _without_one(source: Source, statement: ast.stmt, node: ast.AST) -> Iterator[Edit]:
    assert isinstance(node, (ast.Tuple, ast.List))
    if len(node.elts) > 1 and isinstance(node.ctx, ast.Load):
        start, end = source.start(node.elts[0]), source.start(node.elts[1])
        if isinstance(node, ast.List) or len(node.elts) > 2:
            yield from source.removed(start, end, statement, f"{source.said(node.elts[0])} left out")


KINDS: tuple[Callable[[Source], Iterator[Edit]], ...] = (
    other_axis, other_pattern, other_operator, dropped_operand, other_text, fewer_joined,
)  # fmt: skip
