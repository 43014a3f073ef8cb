"""Rule: one layer, made once and named, held several times by a list."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import File
from ..layers import has_weights
from ..rule import Rule


class SharedModuleByName(Rule):
    """A list of modules is filled with one name: it holds the same layer several times.

    ## Why
    `[layer for _ in range(n)]`, `[layer] * n` and `layers.append(layer)` in a loop make no layers: all places share one set of
    weights, and the model has a fraction of the parameters it seems to have.

    ## Known problems
    Some models share on purpose. Where a condition or a name around speaks of sharing or tying, nothing is said.
    """

    code = "MDL634"
    severity = "warning"
    confidence = "likely"
    bad = (
        """
    def tower():
        layer = nn.Linear(8, 8)
        return nn.Sequential(*[layer for _ in range(4)])
    """,
        """
    def tower(layer, depth):
        layers = []
        for _ in range(depth):
            layers.append(layer)
        return nn.ModuleList(layers)
    """,
    )
    good = """
    def tower():
        layers = []
        for _ in range(4):
            layer = nn.Linear(8, 8)
            layers.append(layer)
        return nn.Sequential(*layers)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for kind in ("ModuleList", "Sequential"):
            for call in file.called.get(f"torch.nn.{kind}", ()):
                yield from self._named(file, call)

    def _named(self, file: File, call: ast.Call) -> Iterator[Diagnostic]:
        """One name, again and again, in what a list of modules is made of."""
        for item in call.args[:1]:
            held = item.value if isinstance(item, ast.Starred) else item
            function = file.function_of(call)
            for place, repeated in _repeated(file, held, function):
                made = _made(file, repeated, function)
                if made is None or _is_meant(file, place, repeated.id):
                    continue
                message = f"the list holds `{repeated.id}` several times: all share the same weights"
                yield self.finding(file, place, message, notes=[(made, "made once")], help="make one each time, or copy.deepcopy it")


def _repeated(file: File, held: ast.expr, function: ast.AST | None) -> Iterator[tuple[ast.expr, ast.Name]]:
    """The one name that a list is filled with, and where."""
    if isinstance(held, ast.BinOp) and isinstance(held.op, ast.Mult):
        items = held.left if isinstance(held.left, (ast.List, ast.Tuple)) else held.right
        if isinstance(items, (ast.List, ast.Tuple)) and len(items.elts) == 1 and isinstance(items.elts[0], ast.Name):
            yield held, items.elts[0]
    elif isinstance(held, (ast.ListComp, ast.GeneratorExp)) and isinstance(held.elt, ast.Name):
        bound = {node.id for one in held.generators for node in ast.walk(one.target) if isinstance(node, ast.Name)}
        if held.elt.id not in bound:
            yield held, held.elt
    elif isinstance(held, ast.Name) and function is not None:
        for loop in file.within(function, ast.For):
            stored = {node.id for node in file.within(loop, ast.Name) if isinstance(node.ctx, ast.Store)}
            for statement in loop.body:
                call = statement.value if isinstance(statement, ast.Expr) else None
                added = call.args[0] if isinstance(call, ast.Call) and len(call.args) == 1 else None
                if isinstance(added, ast.Name) and added.id not in stored and file.source(call.func) == f"{held.id}.append":  # type: ignore[union-attr]
                    yield added, added


def _made(file: File, name: ast.Name, function: ast.AST | None) -> ast.AST | None:
    """Where the layer of a name is made, if it is made once and has weights, or is an argument of the function."""
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return None
    stores = [node for node in file.within(function, ast.Name) if node.id == name.id and isinstance(node.ctx, ast.Store)]
    if not stores:
        arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        return next((one for one in arguments if one.arg == name.id), None)
    made = file.parents[stores[0]] if len(stores) == 1 else None
    return made if isinstance(made, ast.Assign) and has_weights(file, made.value) else None


_SHARING = re.compile(r"shar|tie|tying|same|reuse", re.IGNORECASE)


def _is_meant(file: File, place: ast.AST, name: str) -> bool:
    """Whether a condition around, or the name, speaks of sharing."""
    tests = [node.test for node in file.up(place) if isinstance(node, (ast.If, ast.IfExp))]
    return any(_SHARING.search(file.source(test)) for test in tests) or _SHARING.search(name) is not None
