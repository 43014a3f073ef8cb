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


def _call(node: s.Call) -> str:
    arguments = [f"{a.star}{a.keyword}{'=' if a.keyword else ''}{_spell(a.value)}" for a in node.arguments]
    return f"{_spell(node.function)}({', '.join(arguments)})"


def _display(node: s.Display) -> str:
    items = ", ".join(map(_spell, node.items))
    opening, closing = {"tuple": "()", "list": "[]", "set": "{}"}[node.kind]
    return f"{opening}{items}{',' if node.kind == 'tuple' and len(node.items) == 1 else ''}{closing}"


def _compare(node: s.Compare) -> str:
    return _spell(node.left) + "".join(f" {op} {_spell(c)}" for op, c in zip(node.ops, node.comparators))


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
    s.Unary: lambda n: f"not {_spell(n.operand)}" if n.op == "not" else f"{n.op}{_spell(n.operand)}",
    s.Binary: lambda n: f"{_spell(n.left)} {n.op} {_spell(n.right)}",
    s.Boolean: lambda n: f"{_spell(n.left)} {n.op} {_spell(n.right)}",
    s.Compare: _compare,
    s.Conditional: lambda n: f"{_spell(n.body)} if {_spell(n.test)} else {_spell(n.orelse)}",
    s.Call: _call,
    s.Attribute: lambda n: f"{_spell(n.value)}.{n.name}",
    s.Subscript: lambda n: f"{_spell(n.value)}[{_spell(n.index)}]",
    s.Slice: _slice,
    s.Starred: lambda n: f"*{_spell(n.value)}",
    s.Walrus: lambda n: f"({n.target.id} := {_spell(n.value)})",
}
