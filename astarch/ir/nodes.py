"""The nodes of a file in the order of the text: what encloses what, what there is of a kind."""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import repeat
from typing import Any, TypeVar

N = TypeVar("N", bound=ast.AST)

#: Fields that never hold a node, or only one that says nothing by itself (a context, an operator).
_PLAIN = frozenset({"id", "attr", "ctx", "op", "ops", "name", "asname", "module", "level", "arg", "kind", "type_comment", "conversion",
                    "is_async", "simple", "rest", "kwd_attrs", "tag", "type_ignores"})  # fmt: skip


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields in which nodes of a kind hold others, the last one first."""
    if kind in (ast.Constant, ast.Global, ast.Nonlocal, ast.MatchSingleton):
        return ()
    found = [name for name in kind._fields if name not in _PLAIN or (name == "name" and kind.__name__ == "TypeAlias")]
    return tuple(reversed(found))


_FIELDS: dict[type, tuple[str, ...]] = {
    kind: _fields(kind) for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)
}  # fmt: skip


class Nodes:
    """Every node of a tree, with its place in the order of the text; what only marks (contexts, operators) is left out."""

    def __init__(self, tree: ast.Module) -> None:
        nodes: list[ast.AST] = []
        around: list[int] = []
        kinds: dict[type, list[int]] = {}
        stack: list[Any] = [tree]
        outer = [0]
        place = 0
        while stack:  # once for every node of a repository: written out
            node = stack.pop()
            kind = type(node)
            nodes.append(node)
            around.append(outer.pop())
            try:
                kinds[kind].append(place)
            except KeyError:
                kinds[kind] = [place]
            held = node.__dict__
            for name in _FIELDS[kind]:
                value = held.get(name)
                if type(value) is list:
                    inner = [item for item in reversed(value) if item is not None]
                    stack += inner
                    outer += repeat(place, len(inner))
                elif value is not None:
                    stack.append(value)
                    outer.append(place)
            place += 1
        self._nodes, self._around, self._kinds = nodes, around, kinds
        self._order = dict(zip(nodes, range(place), strict=True))
        last = list(range(place))
        for place in range(len(nodes) - 1, 0, -1):
            outside = around[place]
            if last[outside] == outside:  # from behind, the first that stands in it is its last
                last[outside] = last[place]
        self._last = last
        self._found: dict[type, list[Any]] = {}

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        """What a node stands in."""
        nodes = self._nodes
        return {nodes[place]: nodes[self._around[place]] for place in range(1, len(nodes))}

    def all(self, kind: type[N]) -> list[N]:
        """Every node of a kind, in the order of the text."""
        if kind not in self._found:
            self._found[kind] = [self._nodes[place] for place in self._kinds.get(kind, ())]
        return self._found[kind]

    def up(self, node: ast.AST) -> Iterator[ast.AST]:
        """What encloses a node, from the inside."""
        place = self._order.get(node, 0)
        while place:
            place = self._around[place]
            yield self._nodes[place]

    def within(self, node: ast.AST, kind: type[N]) -> list[N]:
        """The nodes of a kind inside of a node."""
        if kind not in self._kinds:
            return []
        first = self._order[node]
        places = self._kinds[kind]
        return self.all(kind)[bisect_left(places, first) : bisect_right(places, self._last[first])]

    def walk(self, node: ast.AST) -> list[ast.AST]:
        """A node and all that is in it, in the order of the text."""
        first = self._order[node]
        return self._nodes[first : self._last[first] + 1]


def written(lines: Sequence[str], node: ast.AST) -> str:
    """The text of a node among the lines of its file, of which places count the bytes; empty for one without a place."""
    first, last, end = getattr(node, "lineno", 0), getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
    if not first or last is None or end is None:
        return ""
    data = [line.encode() for line in lines[first - 1 : last]]
    data[-1] = data[-1][:end]
    data[0] = data[0][node.col_offset :]  # type: ignore[attr-defined]
    return b"\n".join(data).decode()


#: The fields in which statements hold others.
_BLOCKS = ("body", "handlers", "cases", "orelse", "finalbody")


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements inside of one, in the order of the text: a tenth of its nodes."""
    for name in _BLOCKS:
        inner = getattr(node, name, None)
        for each in inner if type(inner) is list else ():
            yield each
            yield from statements(each)


class Heads:
    """The imports and classes of a tree, wherever they stand: found among its statements alone."""

    def __init__(self, tree: ast.Module) -> None:
        self.of: dict[type, list[Any]] = {ast.Import: [], ast.ImportFrom: [], ast.ClassDef: []}
        self.qualnames: dict[ast.ClassDef, str] = {}
        self._gather(tree.body, "")

    def _gather(self, body: list[Any], inside: str) -> None:
        for node in body:
            kind = type(node)
            if kind in self.of:
                self.of[kind].append(node)
            within = inside
            if kind is ast.ClassDef:
                self.qualnames[node] = inside + node.name
                within = f"{inside}{node.name}."
            for name in _BLOCKS:
                inner = getattr(node, name, None)
                if type(inner) is list:
                    self._gather(inner, within)
