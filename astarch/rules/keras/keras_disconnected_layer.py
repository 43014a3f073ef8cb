"""Rule: a layer of a functional model whose result goes nowhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import Definition, File
from ..layers import keras_layer
from ..rule import Rule


class KerasDisconnectedLayer(Rule):
    """A layer of a functional model is called, and nothing uses what it gives.

    ## Why
    It is not on a way from the inputs to the outputs, so the model does not have it: mostly the next layer was given the wrong variable.

    ## Known problems
    Only functions, and the top of a file, that run straight down are looked at.
    """

    code = "MDL711"
    severity = "warning"
    confidence = "likely"
    framework = "keras"
    bad = """
    def build():
        inputs = keras.Input((8,))
        x = keras.layers.Dense(8)(inputs)
        y = keras.layers.Dense(4)(x)
        outputs = keras.layers.Dense(2)(x)
        return keras.Model(inputs, outputs)
    """
    good = """
    def build():
        inputs = keras.Input((8,))
        x = keras.layers.Dense(8)(inputs)
        y = keras.layers.Dense(4)(x)
        outputs = keras.layers.Dense(2)(y)
        return keras.Model(inputs, outputs)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        makers = {file.function_of(call) for name in ("keras.Model", "keras.models.Model") for call in file.called.get(name, ())}
        if None in makers:
            yield from self._in(file, file.tree.body, _read_in_functions(file))
        for function in sorted((one for one in makers if one is not None), key=lambda one: one.lineno):
            if not any(isinstance(node, (ast.FunctionDef, ast.Lambda, ast.Global, ast.Nonlocal)) for node in _inner(file, function)):
                yield from self._in(file, function.body, frozenset())

    def _in(self, file: File, body: list[ast.stmt], read: frozenset[str]) -> Iterator[Diagnostic]:
        for place, statement in enumerate(body):
            target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
            if not isinstance(target, ast.Name) or not isinstance(statement, ast.Assign) or not _kind(file, statement.value):
                continue
            if target.id not in read and not _is_read(body[place + 1 :], target.id):
                yield self.finding(
                    file,
                    statement,
                    f"nothing uses `{target.id}`: this `{_kind(file, statement.value)}` is not part of the model",
                    help="did the next layer mean to take it?",
                )


def _read_in_functions(file: File) -> frozenset[str]:
    """The names that functions and classes of a file read, and those that it names as its own: they may be those of its top."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    inner = (node for kind in kinds for top in file.all(kind) for node in file.walk(top))
    read = {node.id for node in inner if isinstance(node, ast.Name)}
    return frozenset(read | {node.value for node in file.all(ast.Constant) if isinstance(node.value, str)})


def _kind(file: File, node: ast.AST) -> str:
    """The layer that is made and called: ``layers.Dense(8)(x)``."""
    return keras_layer(file, node.func) if isinstance(node, ast.Call) else ""


def _is_read(body: list[ast.stmt], name: str) -> bool:
    """Whether anything reads a name before it is given another value; what is not plain counts as reading."""
    for statement in body:
        if any(isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) for node in ast.walk(statement)):
            return True
        if any(isinstance(node, ast.Name) and node.id in ("locals", "vars", "eval", "exec") for node in ast.walk(statement)):
            return True
        if isinstance(statement, ast.Assign) and any(isinstance(one, ast.Name) and one.id == name for one in statement.targets):
            return False
    return False


def _inner(file: File, function: Definition) -> list[ast.AST]:
    return [node for statement in function.body for node in file.walk(statement)]
