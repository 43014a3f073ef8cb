"""A source text as mutations see it: edits, and the places of a model that they may change."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

Function = ast.FunctionDef | ast.AsyncFunctionDef

#: What a class must have one of to look like a model or a layer.
_METHODS = ("__init__", "forward", "call", "build")

#: A statement with a value, in which names and calls are looked for.
_SIMPLE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Expr, ast.Return)


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a text.

    Args:
        start: Where it begins, in characters.
        end: Where it ends.
        text: What stands there afterwards.
        lines: The first and the last line of the statement that is changed.
        what: The change in a few words.
        needs: Lines of which one must run as well, lest the change says nothing: those that read a name that goes.
    """

    start: int
    end: int
    text: str
    lines: tuple[int, int]
    what: str
    needs: tuple[int, ...] = ()

    def apply(self, source: str) -> str:
        """The text with the change."""
        return source[: self.start] + self.text + source[self.end :]


@dataclass
class Source:
    """A source file, with what the kinds of mutation look for."""

    text: str
    tree: ast.Module = field(init=False)
    starts: list[int] = field(init=False)
    lines: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.tree = ast.parse(self.text)
        self.lines = self.text.split("\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)

    def at(self, line: int, column: int) -> int:
        """The place of what the parser counts in bytes."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:column].decode(errors="ignore"))

    def start(self, node: ast.AST) -> int:
        """Where a node begins."""
        return self.at(node.lineno, node.col_offset)  # type: ignore[attr-defined]

    def end(self, node: ast.AST) -> int:
        """Where a node ends."""
        return self.at(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def said(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def classes(self) -> Iterator[ast.ClassDef]:
        """The classes that look like models: with a constructor or a forward, and a base."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and node.bases and any(m.name in _METHODS for m in methods(node)):
                yield node

    def constructors(self) -> Iterator[Function]:
        """What makes their layers."""
        for cls in self.classes():
            yield from (method for method in methods(cls) if method.name in ("__init__", "build"))

    def forwards(self) -> Iterator[Function]:
        """Their other methods that do not begin with two underscores, and functions: those build models, too."""
        for cls in self.classes():
            yield from (method for method in methods(cls) if not method.name.startswith("__") and method.name != "build")
        yield from self.functions()

    def functions(self) -> Iterator[Function]:
        """The functions of the file."""
        yield from (node for node in self.tree.body if isinstance(node, Function))

    def building(self) -> Iterator[ast.stmt]:
        """The statements that may make layers: of constructors, functions, and the file itself."""
        for function in (*self.constructors(), *self.functions()):
            yield from simple(function)
        yield from (node for node in self.tree.body if isinstance(node, _SIMPLE))

    def arms(self, edit: Edit) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
        """The parts of an expression around an edit that run on a condition: from where to where, line and column as the parser counts."""
        for node in ast.walk(self.tree):
            parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else node.values[1:] if isinstance(node, ast.BoolOp) else []
            for part in parts:
                if self.start(part) <= edit.start and edit.end <= self.end(part):
                    yield (part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0)

    def replace(self, node: ast.AST, text: str, statement: ast.AST, what: str) -> Edit:
        """An edit that puts a text in the place of a node, with as many lines."""
        old = self.said(node)
        missing = old.count("\n") - text.count("\n")
        if missing > 0 and isinstance(node, ast.stmt):
            text += "\n" * missing
        elif missing > 0:
            text = f"({text}" + "\n" * missing + ")"
        return Edit(self.start(node), self.end(node), text, lines_of(statement), what)

    def removed(self, start: int, end: int, statement: ast.AST, what: str) -> Iterator[Edit]:
        """What stands between two places of one line is left out."""
        if "\n" not in self.text[start:end]:
            yield Edit(start, end, "", lines_of(statement), what)

    def swapped(self, first: ast.AST, second: ast.AST, statement: ast.AST, what: str) -> Iterator[Edit]:
        """Two nodes that differ, each of one line, change places."""
        one, two = self.said(first), self.said(second)
        if one != two and "\n" not in one + two:
            between = self.text[self.end(first) : self.start(second)]
            yield Edit(self.start(first), self.end(second), two + between + one, lines_of(statement), what)


def lines_of(node: ast.AST) -> tuple[int, int]:
    """The first and the last line of a node; of a function or a class those of its first line."""
    first: int = node.lineno  # type: ignore[attr-defined]
    return first, first if hasattr(node, "body") else node.end_lineno  # type: ignore[attr-defined]


def readers(function: Function, name: str) -> tuple[int, ...]:
    """The lines of a function that read a name."""
    return tuple(node.lineno for node in ast.walk(function) if isinstance(node, ast.Name) and node.id == name)


def inside(function: Function) -> tuple[int, ...]:
    """The lines with which the body of a function may begin to run."""
    return tuple(node.lineno for node in function.body[:2])


def methods(cls: ast.ClassDef) -> list[Function]:
    """The functions in the body of a class."""
    return [item for item in cls.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))]


def simple(function: Function) -> Iterator[ast.stmt]:
    """The statements of a function that hold no others."""
    for node in ast.walk(function):
        if isinstance(node, ast.stmt) and not hasattr(node, "body"):
            yield node


def within(function: Function, kind: type) -> Iterator[tuple[ast.stmt, ast.AST]]:
    """The nodes of a kind in a function, each with its statement."""
    for statement in simple(function):
        for node in ast.walk(statement):
            if isinstance(node, kind):
                yield statement, node


def last(call: ast.Call) -> str:
    """The last part of the name of what is called."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def layers(source: Source) -> Iterator[tuple[ast.stmt, ast.Call]]:
    """Calls of something with a capital where layers are made."""
    for statement in source.building():
        for node in ast.walk(statement):
            if isinstance(node, ast.Call) and last(node)[:1].isupper():
                yield statement, node


def is_own(node: ast.AST) -> bool:
    """Whether it is an attribute of ``self``."""
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def own_calls(source: Source) -> Iterator[tuple[ast.stmt, ast.Call]]:
    """Calls of ``self.something(...)`` outside of constructors."""
    for function in source.forwards():
        for statement, node in within(function, ast.Call):
            if isinstance(node, ast.Call) and is_own(node.func):
                yield statement, node
