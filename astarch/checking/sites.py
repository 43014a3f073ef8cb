"""How else a project builds a model: what fails with the defaults alone is no error where nobody builds it so.

A model that nobody asked for is built with its defaults. Where the project itself constructs it with other arguments, these are the
cases that count: literals as they stand, anything else as unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..ir.dependence import ANYTHING
from ..ir.program import File
from ..ir.unknown import Reason, Unknown
from ..readers.discover import Found, parameters_of
from ..readers.survey import Survey
from ..source.index import SourceError

#: In more files than this, and in more ways, nobody looks: then everything that has a default may be anything.
_MOST_FILES = 12
_MOST_WAYS = 4

#: Calls that ask about a class and do not build it.
_ASKING = frozenset({"isinstance", "issubclass", "super", "hasattr", "getattr", "type"})

#: What a parameter gets: a text of Python, or None for a value that is not known.
Way = tuple[tuple[str, str | None], ...]


class Sites:
    """Finds how else models are built.

    Args:
        survey: The project.
        opened: Where the files go that were looked into, each with its definitions; None for one that cannot be read.
    """

    def __init__(self, survey: Survey, opened: dict[str, tuple[str, ...] | None]) -> None:
        self.survey, self.opened = survey, opened

    def ways(self, file: File, found: Found) -> list[tuple[str, dict[str, Unknown]]]:
        """Expressions that build a model as the project does, each with the values of its free names; none when it only uses defaults."""
        parameters = parameters_of(file, found.name)
        anything: Way = tuple((name, None) for name in parameters)
        ways: dict[Way, None] = {}
        for other in self._files(file, found.name):
            if other is None:
                ways[anything] = None
                continue
            for way in _ways_in(other, f"{file.name}.{found.name}", parameters, anything):
                ways[way] = None
        ways.pop((), None)
        if len(ways) > _MOST_WAYS:
            ways = {anything: None}
        return [_expression(found.name, way) for way in ways]

    def _files(self, file: File, name: str) -> Iterator[File | None]:
        """The files that may build it, and None when there are too many to look at, or one cannot be read."""
        yield file
        around = self.survey.calling(name.rpartition(".")[2], file.path, _MOST_FILES + 1)
        if len(around) > _MOST_FILES:
            yield None
            return
        for path in around:
            self.opened[path] = None
            try:
                other = self.survey.other(path, file.path)
            except SourceError:
                yield None
                continue
            self.opened[path] = (ANYTHING,)
            yield other


def given_unknown(name: str, parameters: list[str]) -> tuple[str, dict[str, Unknown]]:
    """An expression that builds a model with some parameters of which nothing is known, with the values of its free names."""
    return _expression(name, tuple((parameter, None) for parameter in parameters))


def _expression(name: str, way: Way) -> tuple[str, dict[str, Unknown]]:
    unknown = {f"given_{parameter}": Unknown(Reason.UNDECIDED, parameter) for parameter, text in way if text is None}
    arguments = [f"{parameter}={text if text is not None else f'given_{parameter}'}" for parameter, text in way]
    return f"{name}({', '.join(arguments)})", unknown


def _ways_in(file: File, full: str, parameters: list[str], anything: Way) -> Iterator[Way]:
    """How one file builds it."""
    for call in file.called.get(full, ()):
        yield _way(call, parameters, anything)
    last = full.rpartition(".")[2]
    for node in (*file.all(ast.Name), *file.all(ast.Attribute)):
        mentions = node.id == last if isinstance(node, ast.Name) else node.attr == last
        if mentions and isinstance(node.ctx, ast.Load) and file.resolve(node) == full and _is_handed_on(file, node):
            yield anything


def _way(call: ast.Call, parameters: list[str], anything: Way) -> Way:
    given: dict[str, str | None] = {}
    for place, value in enumerate(call.args):
        if isinstance(value, ast.Starred) or place >= len(parameters):
            return anything
        given[parameters[place]] = _literal(value)
    for keyword in call.keywords:
        if keyword.arg is None:
            return anything
        given[keyword.arg] = _literal(keyword.value)
    return tuple(given.items())


def _literal(node: ast.expr) -> str | None:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return ast.unparse(node)


def _is_handed_on(file: File, node: ast.Name | ast.Attribute) -> bool:
    """Whether a class is given to something that may build it with any arguments."""
    inner: ast.AST = node
    for outer in file.up(node):
        if isinstance(outer, ast.Call):
            name = outer.func.id if isinstance(outer.func, ast.Name) else ""
            return inner is not outer.func and name not in _ASKING
        if isinstance(outer, ast.keyword | ast.Dict | ast.List | ast.Tuple | ast.IfExp | ast.BoolOp):
            inner = outer
            continue
        if isinstance(outer, ast.Assign | ast.Return | ast.NamedExpr):
            return True
        return isinstance(outer, ast.arguments) or (isinstance(outer, ast.AnnAssign) and inner is outer.value)
    return False
