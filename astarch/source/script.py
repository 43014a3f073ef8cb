"""The code of TorchScript in the small syntax.

It is generated: a few kinds of statements, always in the same form, and much of it. The standard library's parser reads it as it
is, since nobody will want its comments back; `lower` would take fifteen times as long.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from ..ir.parsing import parsed
from . import syntax as s

_UNARY = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~", ast.Not: "not"}


def script(text: str) -> list[s.Statement]:
    """The statements of a piece of code; what TorchScript does not write is `Unsupported`.

    Args:
        text: Whole statements.

    Raises:
        SyntaxError: The text is no code.
        RecursionError: It nests deeper than any code that is written.

    >>> [type(statement).__name__ for statement in script("x = torch.relu(y)")]
    ['Assign']
    """
    return _block(parsed(text).body)


def _block(body: list[ast.stmt]) -> list[s.Statement]:
    return [_statement(node) for node in body]


def _at(node: Any) -> s.At:
    return (node.lineno, node.col_offset + 1, node.end_lineno, node.end_col_offset + 1)


def _statement(node: ast.stmt) -> Any:
    known = _STATEMENTS.get(type(node))
    return known(node, _at(node)) if known is not None else s.Unsupported(_at(node), type(node).__name__)


def _value(node: ast.expr | None) -> Any:
    if node is None:
        return None
    known = _EXPRESSIONS.get(type(node))
    return known(node, _at(node)) if known is not None else s.Literal(_at(node), "unsupported", type(node).__name__)


# --- statements -----------------------------------------------------------------------------------------------------------


def _function(node: ast.FunctionDef, at: s.At) -> s.FunctionDef:
    arguments = node.args.args
    defaults = [None] * (len(arguments) - len(node.args.defaults)) + [_value(value) for value in node.args.defaults]
    parameters = [
        s.Parameter(_at(argument), "", argument.arg, default, None) for argument, default in zip(arguments, defaults, strict=True)
    ]
    return s.FunctionDef(at, node.name, parameters, [], None, _block(node.body), (0, 0))


_STATEMENTS: Mapping[type, Callable[[Any, s.At], Any]] = {
    ast.Expr: lambda node, at: s.Evaluate(at, _value(node.value)),
    ast.Assign: lambda node, at: s.Assign(at, [_value(target) for target in node.targets], _value(node.value)),
    ast.AnnAssign: lambda node, at: s.Annotate(at, _value(node.target), _value(node.annotation), _value(node.value)),
    ast.Return: lambda node, at: s.Return(at, _value(node.value)),
    ast.If: lambda node, at: s.If(at, _value(node.test), _block(node.body), _block(node.orelse)),
    ast.For: lambda node, at: s.For(at, _value(node.target), _value(node.iter), _block(node.body), _block(node.orelse)),
    ast.While: lambda node, at: s.While(at, _value(node.test), _block(node.body), _block(node.orelse)),
    ast.Pass: lambda node, at: s.Simple(at, "pass"),
    ast.FunctionDef: _function,
    ast.ClassDef: lambda node, at: s.ClassDef(at, node.name, [], [], _block(node.body)),
}

# --- expressions ----------------------------------------------------------------------------------------------------------


def _constant(node: ast.Constant, at: s.At) -> Any:
    value = node.value
    if isinstance(value, bytes | complex) or value is ...:
        return s.Literal(at, type(value).__name__, repr(value))
    return s.Constant(at, value)


def _call(node: ast.Call, at: s.At) -> s.Call:
    given = [s.Argument(_at(value), "", "", _value(value)) for value in node.args]
    named = [s.Argument(_at(one), "" if one.arg else "**", one.arg or "", _value(one.value)) for one in node.keywords]
    return s.Call(at, _value(node.func), [*given, *named])


def _display(kind: str) -> Callable[[Any, s.At], s.Display]:
    return lambda node, at: s.Display(at, kind, [_value(item) for item in node.elts])


_EXPRESSIONS: Mapping[type, Callable[[Any, s.At], Any]] = {
    ast.Name: lambda node, at: s.Name(at, node.id),
    ast.Constant: _constant,
    ast.Tuple: _display("tuple"),
    ast.List: _display("list"),
    ast.Attribute: lambda node, at: s.Attribute(at, _value(node.value), node.attr),
    ast.Call: _call,
    ast.Subscript: lambda node, at: s.Subscript(at, _value(node.value), _value(node.slice)),
    ast.Slice: lambda node, at: s.Slice(at, _value(node.lower), _value(node.upper), _value(node.step)),
    ast.IfExp: lambda node, at: s.Conditional(at, _value(node.test), _value(node.body), _value(node.orelse)),
    ast.UnaryOp: lambda node, at: s.Unary(at, _UNARY[type(node.op)], _value(node.operand)),
}
