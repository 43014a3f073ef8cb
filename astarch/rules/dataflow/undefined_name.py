"""Rule: a name that nothing binds."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from difflib import get_close_matches

from ...ir.diagnostic import Diagnostic
from ...ir.parsing import scopes
from ...ir.program import File
from ..rule import Rule

#: What every module has, and what notebooks add.
_GIVEN = frozenset(dir(builtins)) | {
    "__file__", "__path__", "__builtins__", "__annotations__", "__class__", "__module__", "__qualname__", "__conditional_annotations__",
    "WindowsError", "get_ipython", "display", "In", "Out", "reveal_type", "reveal_locals",
}  # fmt: skip

#: A file in which names may come from anywhere.
_ANYWHERE = ("globals()", "exec(", "__builtins__", "builtins.", "vars()")


class UndefinedName(Rule):
    """A name is read that nothing binds.

    ## Why
    `NameError`, as soon as that line runs: a misspelled variable, an import that is missing, a `self.` that was forgotten.

    ## Known problems
    Files that import everything from somewhere (`from x import *`) or make names with `globals()` are left alone.
    """

    code = "MDL315"
    framework = "both"
    bad = (
        """
    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.fc = nn.Linear(width, 8)

        def forward(self, x):
            hidden = self.fc(x)
            return hidden + hiden.relu()
    """,
        """
    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.fc = nn.Linear(width, 8)

        def forward(self, x):
            return fc(x)
    """,
    )
    good = (
        """
    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.fc = nn.Linear(width, 8)

        def forward(self, x):
            hidden = self.fc(x)
            return hidden + hidden.relu()
    """,
        """
    class Net(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.fc = nn.Linear(width, 8)

        def forward(self, x):
            return self.fc(x)

    if __name__ == "__notes__":
        weights = np.load("weights.npz")
    """,
    )

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        template = file.path.rpartition("/")[2].startswith("modular_")  # of a generator that copies what its bases use
        if template or file.stars or any(word in file.text for word in _ANYWHERE):
            return
        lost = _unbound(file)
        said: set[str] = set()
        for node in file.all(ast.Name) if lost else ():
            if node.id == "self" and file.class_of(node) is not None:
                continue  # the method that does not take it is another rule's
            if node.id not in said and node.id in lost.get(_scope(file, node), ()) and not _is_guarded(file, node):
                said.add(node.id)
                near = _near(file, node)
                bound = _import_of(file, near)
                yield self.finding(
                    file,
                    node,
                    f"nothing is named `{node.id}`",
                    notes=[(bound, f"imports `{near}`")] if bound else (),
                    help=_help(file, node, near),
                )


#: A function, a class, or the file itself: its name and line; several of one line are not told apart.
Scope = tuple[str, int]

_COMPREHENSIONS: dict[type, str] = {ast.ListComp: "listcomp", ast.SetComp: "setcomp", ast.DictComp: "dictcomp", ast.GeneratorExp: "genexpr"}


def _unbound(file: File) -> dict[Scope, set[str]]:
    """The names that a scope reads as the module's, and that neither the module nor Python binds."""
    try:
        top = scopes(file.text, file.path)
    except (SyntaxError, ValueError, RecursionError):
        return {}
    bound, read = set(_GIVEN), dict[Scope, set[str]]()
    waiting = [top]
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        names = set[str]()
        for symbol in table.get_symbols():
            is_of_module = table is top or symbol.is_global()
            if is_of_module and (symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()):
                bound.add(symbol.get_name())
            elif is_of_module and symbol.is_referenced():
                names.add(symbol.get_name())
        scope = (table.get_name(), 0 if table is top else table.get_lineno())
        read[scope] = read[scope] & names if scope in read else names
    return {scope: lost for scope, names in read.items() if (lost := names - bound)}


def _scope(file: File, node: ast.Name) -> Scope:
    inner: ast.AST = node
    for outer in file.up(node):
        if not _is_of_outer(inner, outer):
            if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                return outer.name, outer.lineno
            if isinstance(outer, ast.Lambda):
                return "lambda", outer.lineno
            if isinstance(outer, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
                return _COMPREHENSIONS[type(outer)], outer.lineno
        if not isinstance(outer, ast.comprehension) or inner is not outer.iter:
            inner = outer
    return "top", 0


def _is_of_outer(inner: ast.AST, scope: ast.AST) -> bool:
    """Whether a part of a scope's definition is read outside of it: defaults, decorators, bases, what a comprehension goes through."""
    if isinstance(scope, (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
        return inner is scope.generators[0].iter
    if isinstance(scope, ast.ClassDef):
        return inner in scope.bases or inner in scope.keywords or inner in scope.decorator_list
    if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return inner is scope.args or inner is scope.returns or inner in scope.decorator_list
    return isinstance(scope, ast.Lambda) and inner is scope.args


#: What Python once had, and how code asks which Python it is.
_OF_PYTHON_2 = frozenset(
    {"unicode", "basestring", "xrange", "long", "unichr", "raw_input", "reduce", "file", "cmp", "buffer", "reload", "execfile"}
)
_ASKS_VERSION = re.compile(r"\bPY[23]\b|version_info|python_version|sys\.version")


def _is_guarded(file: File, node: ast.Name) -> bool:
    """Whether it may never be asked for: in an annotation, or where its absence is provided for."""
    inner: ast.AST = node
    for outer in file.up(node):
        if node.id in _OF_PYTHON_2 and isinstance(outer, (ast.If, ast.IfExp, ast.BoolOp)) and _ASKS_VERSION.search(ast.unparse(outer)):
            return True
        if isinstance(outer, ast.If) and inner in outer.body and _is_of_no_run(file, outer.test):
            return True
        if isinstance(outer, ast.arg) or (isinstance(outer, ast.AnnAssign) and inner is outer.annotation):
            return True
        if isinstance(outer, (ast.FunctionDef, ast.AsyncFunctionDef)) and inner is outer.returns:
            return True
        if isinstance(outer, ast.Try) and inner in outer.body:
            caught = " ".join("Exception" if handler.type is None else ast.unparse(handler.type) for handler in outer.handlers)
            if "NameError" in caught or "Exception" in caught:
                return True
        inner = outer
    return False


def _is_of_no_run(file: File, test: ast.expr) -> bool:
    """Whether a condition asks for a name that the file has neither as a module nor as a program: notes that are never run."""
    if not isinstance(test, ast.Compare) or not isinstance(test.ops[0], ast.Eq) or ast.unparse(test.left) != "__name__":
        return False
    name = test.comparators[0]
    return isinstance(name, ast.Constant) and name.value not in ("__main__", file.name)


def _help(file: File, node: ast.Name, near: str) -> str:
    cls = file.class_of(node)
    own = {one.name for each in cls.lineage for one in each.assigned} if cls is not None else set[str]()
    if node.id in own:
        return f"`self.{node.id}`?"
    return f"did you mean `{near}`?" if near else ""


def _near(file: File, node: ast.Name) -> str:
    """The name most like it of those that its function or the module has."""
    function = file.function_of(node)
    near = (
        {name.id for name in file.within(function, ast.Name)} | {arg.arg for arg in file.within(function, ast.arg)} if function else set()
    )
    close = get_close_matches(node.id, sorted((near | file.names.keys()) - {node.id}), 1, 0.75)
    return close[0] if close else ""


def _import_of(file: File, name: str) -> ast.stmt | None:
    """The import that binds a name."""
    found = (node for kind in (ast.Import, ast.ImportFrom) for node in file.all(kind))
    return next((node for node in found if name and any((item.asname or item.name.partition(".")[0]) == name for item in node.names)), None)
