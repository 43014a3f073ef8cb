"""An expression as its source would spell it: conditions and requirements are shown so."""

from __future__ import annotations

from typing import Any

from ...source import syntax as s

_LONGEST = 120


def spell(node: Any) -> str:
    """The text of an expression, shortened when long."""
    text = _spell(node)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _spell(node: Any) -> str:
    speller = _SPELLERS.get(type(node))
    return speller(node) if speller is not None else "…"


#: How tightly operators bind; what is not here needs no brackets anywhere.
_TIES = {"or": 2, "and": 3, "not": 4, "|": 6, "^": 7, "&": 8, "<<": 9, ">>": 9, "+": 10, "-": 10, "*": 11, "/": 11, "//": 11, "%": 11,
         "@": 11, "**": 13}  # fmt: skip
_CONDITIONAL, _COMPARISON, _SIGN, _ATOM = 1, 5, 12, 20


def _tie(node: Any) -> int:
    kind = type(node)
    if kind is s.Conditional:
        return _CONDITIONAL
    if kind is s.Compare:
        return _COMPARISON
    if kind is s.Unary:
        return _TIES["not"] if node.op == "not" else _SIGN
    return _TIES[node.op] if kind is s.Binary or kind is s.Boolean else _ATOM


def _within(node: Any, least: int) -> str:
    """An operand, in brackets when it binds less tightly than the place asks for."""
    return _spell(node) if _tie(node) >= least else f"({_spell(node)})"


def _operation(node: Any) -> str:
    tie = _TIES[node.op]
    right_first = node.op == "**"
    return f"{_within(node.left, tie + right_first)} {node.op} {_within(node.right, tie + (not right_first and type(node) is s.Binary))}"


def _unary(node: s.Unary) -> str:
    return f"not {_within(node.operand, _TIES['not'])}" if node.op == "not" else f"{node.op}{_within(node.operand, _SIGN)}"


def _conditional(node: s.Conditional) -> str:
    return f"{_within(node.body, 2)} if {_within(node.test, 2)} else {_spell(node.orelse)}"


def _subscript(node: s.Subscript) -> str:
    index = node.index
    parts = index.items if type(index) is s.Display and index.kind == "tuple" and len(index.items) > 1 else [index]
    return f"{_within(node.value, _ATOM)}[{', '.join(map(_spell, parts))}]"


def _call(node: s.Call) -> str:
    arguments = [f"{a.star}{a.keyword}{'=' if a.keyword else ''}{_spell(a.value)}" for a in node.arguments]
    return f"{_within(node.function, _ATOM)}({', '.join(arguments)})"


def _display(node: s.Display) -> str:
    items = ", ".join(map(_spell, node.items))
    opening, closing = {"tuple": "()", "list": "[]", "set": "{}"}[node.kind]
    return f"{opening}{items}{',' if node.kind == 'tuple' and len(node.items) == 1 else ''}{closing}"


def _compare(node: s.Compare) -> str:
    operands = [_within(operand, _COMPARISON + 1) for operand in (node.left, *node.comparators)]
    return operands[0] + "".join(f" {op} {operand}" for op, operand in zip(node.ops, operands[1:]))


def _slice(node: s.Slice) -> str:
    lower, upper = (_spell(part) if part is not None else "" for part in (node.lower, node.upper))
    return f"{lower}:{upper}" + (f":{_spell(node.step)}" if node.step is not None else "")


_SPELLERS: dict[type, Any] = {
    s.Name: lambda n: n.id,
    s.Constant: lambda n: repr(n.value),
    s.Literal: lambda n: n.text,
    s.FString: lambda n: "f'…'",
    s.Display: _display,
    s.DictDisplay: lambda n: "{…}" if n.values else "{}",
    s.Unary: _unary,
    s.Binary: _operation,
    s.Boolean: _operation,
    s.Compare: _compare,
    s.Conditional: _conditional,
    s.Call: _call,
    s.Attribute: lambda n: f"{_within(n.value, _ATOM)}.{n.name}",
    s.Subscript: _subscript,
    s.Slice: _slice,
    s.Starred: lambda n: f"*{_spell(n.value)}",
    s.Walrus: lambda n: f"({n.target.id} := {_spell(n.value)})",
}
