"""What a file holds, without lowering it: its top-level statements, the names they bind and read, their lines.

The standard library's parser does this in a tenth of the time that libcst takes. Function bodies are noted so
that they can be left out of the text until they are needed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from ..ir.parsing import SourceError, parsed

#: Syntax nested deeper than this is refused: no model is written so, and every later pass recurses.
DEEPEST = 600

#: Patterns inside patterns; libcst's time doubles with every one.
_DEEPEST_PATTERN = 12

#: More words and signs than this are data, not a model; the standard library's parser takes about a kilobyte for each.
MOST_TOKENS = 400_000
_TOKEN = re.compile(r"\w+|[^\w\s]")

#: A function body shorter than this is lowered along with its header.
_SHORT_BODY = 3


class Entry(Struct, array_like=True, gc=False):
    """One top-level statement.

    Attributes:
        first: Its first line, decorators included.
        last: Its last line.
        kind: ``def``, ``class``, ``import``, ``assign`` or ``other``.
        binds: Names it binds or changes in the module's namespace.
        reads: Names that running it may read (bodies of functions do not run).
        bodies: Function bodies inside, as ``first line: last line``.
        typing_only: Names bound only under ``if TYPE_CHECKING:``.
        star: It holds a ``from x import *``.
        typed_star: It holds one under ``if TYPE_CHECKING:``.
        decorators: The names that its decorators start with, or what it calls for no result.
        bases: The names that the bases of a class start with.
        changes: Names of the module that a function inside may change when it is called: registries.
        keepers: The names that all start with which may keep something of what it does: see `_keepers`.
    """

    first: int
    last: int
    kind: str
    binds: list[str]
    reads: list[str]
    bodies: dict[int, int]
    typing_only: list[str]
    star: bool = False
    typed_star: bool = False
    decorators: list[str] = []
    bases: list[str] = []
    changes: list[str] = []
    keepers: list[str] = []


def index(text: str, file: str) -> list[Entry]:
    """The top-level statements of a file, in order.

    Raises:
        SourceError: The text is not Python, or is nested too deeply.
    """
    if len(text) > MOST_TOKENS and sum(1 for _ in _TOKEN.finditer(text)) > MOST_TOKENS:
        raise SourceError(f"more than {MOST_TOKENS:,} words and signs: no model source", file)
    try:
        tree = parsed(text)
    except SyntaxError as error:
        raise SourceError(f"not valid Python: {error.msg}", file, error.lineno or 0, error.offset or 0) from None
    except ValueError as error:
        raise SourceError(f"not valid Python: {error}", file) from None
    except (RecursionError, MemoryError):
        raise SourceError("nested too deeply to be read", file) from None
    lines = text.split("\n")
    return [entry for group in _together(tree.body) for entry in [_entry(group, lines, file)]]


def _together(body: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
    """Statements that share a line stay together."""
    group: list[ast.stmt] = []
    for node in body:
        if group and _first_line(node) <= (group[-1].end_lineno or 0):
            group.append(node)
            continue
        if group:
            yield group
        group = [node]
    if group:
        yield group


def _first_line(node: ast.stmt) -> int:
    decorators = getattr(node, "decorator_list", None)
    return min([node.lineno, *(d.lineno for d in decorators)]) if decorators else node.lineno


def _entry(nodes: list[ast.stmt], lines: list[str], file: str) -> Entry:
    survey = _Survey(lines, file)
    for node in nodes:
        survey.statement(node)
    kind = _KINDS.get(type(nodes[0]), "other") if len(nodes) == 1 else "other"
    binds = dict.fromkeys(survey.binds)
    only = [name for name in dict.fromkeys(survey.typing_only) if name not in binds]
    return Entry(_first_line(nodes[0]), nodes[-1].end_lineno or 0, kind, [*binds, *only], list(dict.fromkeys(survey.reads)),
                 survey.bodies, only, survey.star, survey.typed_star, _roots(_callers(nodes)), _roots(_bases(nodes)),
                 list(dict.fromkeys(survey.changes)), _roots(_keepers(nodes)))  # fmt: skip


def _callers(nodes: list[ast.stmt]) -> Iterator[ast.expr]:
    """What a statement hands things to: the decorators of a definition, and what it calls for no result."""
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node.value
        elif isinstance(node, (ast.For, ast.If, ast.With, ast.Try)):
            yield from _callers(node.body)
        elif len(nodes) == 1:
            yield from getattr(node, "decorator_list", ())


def _keepers(nodes: Iterable[ast.AST]) -> Iterator[ast.expr]:
    """What may keep something of a statement, on whichever arm: decorators, what it calls for no result, of what it stores an item."""
    for node in nodes:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            yield node.value
        elif isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (target for target in targets if isinstance(target, (ast.Subscript, ast.Attribute)))
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield from node.decorator_list
        elif isinstance(node, (ast.For, ast.If, ast.With, ast.Try, ast.ExceptHandler)):
            yield from _keepers(ast.iter_child_nodes(node))


def _bases(nodes: list[ast.stmt]) -> list[ast.expr]:
    return nodes[0].bases if len(nodes) == 1 and isinstance(nodes[0], ast.ClassDef) else []


def _roots(nodes: Iterable[ast.expr]) -> list[str]:
    """The names that expressions start with."""
    roots: dict[str, None] = {}
    for node in nodes:
        while isinstance(node, (ast.Call, ast.Attribute, ast.Subscript)):
            node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Name):
            roots[node.id] = None
    return list(roots)


_KINDS: dict[type, str] = {
    ast.FunctionDef: "def", ast.AsyncFunctionDef: "def", ast.ClassDef: "class", ast.Import: "import", ast.ImportFrom: "import",
    ast.Assign: "assign", ast.AnnAssign: "assign",
}  # fmt: skip


class _Survey:
    """Walks a top-level statement for the names it binds and reads at import time."""

    def __init__(self, lines: list[str], file: str) -> None:
        self.lines = lines
        self.file = file
        self.binds: list[str] = []
        self.reads: list[str] = []
        self.typing_only: list[str] = []
        self.bodies: dict[int, int] = {}
        self.changes: list[str] = []
        self.star = False
        self.typed_star = False

    def statement(self, node: ast.stmt) -> None:
        self._walk([(node, True, 0)])

    def _walk(self, stack: list[tuple[ast.AST, bool, int]]) -> None:
        """``at_top`` tells whether a binding lands in the module's namespace, or only in a class body."""
        while stack:
            node, at_top, depth = stack.pop()
            if depth > DEEPEST:
                line = getattr(node, "lineno", 0)
                raise SourceError(f"nested deeper than {DEEPEST} levels: too deep to be read", self.file, line, 1)
            stack.extend(reversed([(child, top, depth + 1) for child, top in self._visit(node, at_top)]))

    def _visit(self, node: ast.AST, at_top: bool) -> list[tuple[ast.AST, bool]]:
        kind = type(node)
        if kind is ast.Name:
            self._name(node, at_top)  # type: ignore[arg-type]
            return []
        if kind in (ast.FunctionDef, ast.AsyncFunctionDef):
            return self._function(node, at_top)  # type: ignore[arg-type]
        if kind is ast.Lambda:
            self._deep(node)
            return [(default, at_top) for default in (*node.args.defaults, *node.args.kw_defaults) if default]  # type: ignore[attr-defined]
        if kind is ast.ClassDef:
            if at_top:
                self.binds.append(node.name)  # type: ignore[attr-defined]
            return [(child, child not in node.body and at_top) for child in ast.iter_child_nodes(node)]  # type: ignore[attr-defined]
        if kind in (ast.Import, ast.ImportFrom):
            self._import(node, at_top)  # type: ignore[arg-type]
            return []
        if kind is ast.If and _is_type_checking(node.test):  # type: ignore[attr-defined]
            inner = _Survey(self.lines, self.file)
            for statement in node.body:  # type: ignore[attr-defined]
                inner.statement(statement)
            self.typing_only += inner.binds
            self.typed_star = self.typed_star or inner.star
            return [(child, at_top) for child in node.orelse]  # type: ignore[attr-defined]
        if kind is ast.ExceptHandler and at_top and node.name:  # type: ignore[attr-defined]
            self.binds.append(node.name)  # type: ignore[attr-defined]
        self._changes(node, at_top)
        if kind is ast.match_case:
            self._deep(node.pattern, _DEEPEST_PATTERN)  # type: ignore[attr-defined]
        return [(child, at_top) for child in ast.iter_child_nodes(node)]

    def _name(self, node: ast.Name, at_top: bool) -> None:
        self.reads.append(node.id)
        if at_top and not isinstance(node.ctx, ast.Load):
            self.binds.append(node.id)

    def _deep(self, node: ast.AST, deepest: int = DEEPEST) -> None:
        """A body that does not run now must still not be nested too deeply."""
        stack = [(node, 0)]
        while stack:
            item, depth = stack.pop()
            if depth > deepest:
                raise SourceError(f"nested deeper than {deepest} levels: too deep to be read", self.file, getattr(item, "lineno", 0), 1)
            if isinstance(item, ast.match_case) and deepest == DEEPEST:
                self._deep(item.pattern, _DEEPEST_PATTERN)
            if isinstance(item, ast.Global):
                self.changes.extend(item.names)
            elif (name := _changed_by(item)) is not None:
                self.changes.append(name)
            stack.extend((child, depth + 1) for child in ast.iter_child_nodes(item))

    def _changes(self, node: ast.AST, at_top: bool) -> None:
        """``x[k] = v``, ``x.append(v)`` and ``x.a = v`` change what ``x`` names: they count as binding it."""
        target: ast.AST | None = None
        if isinstance(node, (ast.Subscript, ast.Attribute)) and not isinstance(node.ctx, ast.Load):
            target = node.value
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            target = node.value.func.value
        while isinstance(target, (ast.Subscript, ast.Attribute)):
            if isinstance(target, ast.Attribute) and target.attr == "modules":
                return  # `sys.modules[__name__] = ...` changes no module that is read here
            target = target.value
        if at_top and isinstance(target, ast.Name):
            self.binds.append(target.id)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, at_top: bool) -> list[tuple[ast.AST, bool]]:
        if at_top:
            self.binds.append(node.name)
        self._deep(node)
        first, last = _first_line(node.body[0]), node.end_lineno or 0
        column = node.body[0].col_offset
        alone = first > node.lineno and not self.lines[first - 1].encode()[:column].strip()
        if isinstance(node.body[0], (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.body[0].decorator_list:
            alone = first > node.lineno
        if alone and last - first + 1 >= _SHORT_BODY:
            self.bodies[first] = last
        arguments = node.args
        return [(item, at_top) for item in (*node.decorator_list, *arguments.defaults, *arguments.kw_defaults) if item]

    def _import(self, node: ast.Import | ast.ImportFrom, at_top: bool) -> None:
        if not at_top:
            return
        for alias in node.names:
            if alias.name == "*":
                self.star = True
            elif alias.asname or isinstance(node, ast.ImportFrom):
                self.binds.append(alias.asname or alias.name)
            else:
                self.binds.append(alias.name.partition(".")[0])


_CHANGING = {"add", "append", "extend", "insert", "register", "setdefault", "update"}


def _changed_by(node: ast.AST) -> str | None:
    """The name of which a node stores an item, or calls a method that stores one."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGING:
        target: ast.expr = node.func.value
    elif isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        target = node.value
    else:
        return None
    while isinstance(target, ast.Subscript):
        target = target.value
    return target.id if isinstance(target, ast.Name) else None


def _is_type_checking(test: ast.expr) -> bool:
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):  # `TYPE_CHECKING or IMPORT_EVERYTHING_AT_ONCE`
        return _is_type_checking(test.values[0])
    name = test.id if isinstance(test, ast.Name) else test.attr if isinstance(test, ast.Attribute) else ""
    return name == "TYPE_CHECKING"
