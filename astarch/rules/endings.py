"""What the forward of a model ends in, when that is seen: the activation of what it returns."""

from __future__ import annotations

import ast

from ..ir.program import ClassSource, File
from .assignments import only_value
from .layers import own_module, torch_layer

_METHODS = ("softmax", "sigmoid", "log_softmax", "relu")
_FUNCTIONS = {f"{start}.{name}": name for start in ("torch", "torch.nn.functional") for name in _METHODS}
_LAYERS = {"Softmax": "softmax", "Sigmoid": "sigmoid", "LogSoftmax": "log_softmax", "ReLU": "relu", "Linear": "linear"}


def ending_of_model(file: File, made: ast.expr) -> tuple[str, File, ast.expr] | None:
    """The activation that a model gives its result through (``linear`` for none), and where: of a class of the project, or a `Sequential`."""
    if not isinstance(made, ast.Call):
        return None
    if torch_layer(file, made) == "Sequential":
        return _of_layers(file, made)
    own = own_module(file, made)
    return None if own is None else ending_of_class(own)


def ending_of_class(own: ClassSource) -> tuple[str, File, ast.expr] | None:
    """The activation that the forward of a class ends in, and where."""
    if own.framework != "torch" or own.forward is None:
        return None
    values = [node.value for node in own.file.within(own.forward, ast.Return)]
    found = [_of_value(own, value) for value in values]
    return found[0] if len(found) == 1 else None


def _of_layers(file: File, made: ast.Call) -> tuple[str, File, ast.expr] | None:
    last = made.args[-1] if made.args else None
    kind = _LAYERS.get(torch_layer(file, last), "")
    return (kind, file, last) if kind and last is not None else None


def _of_value(cls: ClassSource, value: ast.expr | None) -> tuple[str, File, ast.expr] | None:
    if isinstance(value, ast.Name):
        value = only_value(cls.file, value, value) or _last_value(cls.file, value)
    if not isinstance(value, ast.Call):
        return None
    kind = _FUNCTIONS.get(cls.file.resolve(value.func), "")
    if not kind and isinstance(value.func, ast.Attribute) and not cls.file.resolve(value.func):
        attribute, owner = value.func.attr, value.func.value
        if isinstance(owner, ast.Name) and owner.id == "self":
            made = [(each.file, one.value) for each, one in cls.kept.get(attribute, ())]
            layer = made[0][1] if len(made) == 1 else None
            if isinstance(layer, ast.Call) and torch_layer(made[0][0], layer) == "Sequential":
                return _of_layers(made[0][0], layer)
            kind = _LAYERS.get(torch_layer(made[0][0], layer), "") if layer is not None else ""
        elif attribute in _METHODS:
            kind = attribute
    return (kind, cls.file, value) if kind else None


def _last_value(file: File, name: ast.Name) -> ast.expr | None:
    """What a returned name was given last, when that stands in the same block right before."""
    block = next((node for node in file.up(name) if isinstance(node, ast.FunctionDef)), None)
    if block is None or len(block.body) < 2:
        return None
    before, last = block.body[-2:]
    if isinstance(last, ast.Return) and last.value is name and isinstance(before, ast.Assign) and len(before.targets) == 1:
        target = before.targets[0]
        return before.value if isinstance(target, ast.Name) and target.id == name.id else None
    return None


def values_of(file: File, name: str) -> list[ast.expr]:
    """Everything that a plain name is given anywhere in a file."""
    return [
        node.value for node in file.all(ast.Assign) if any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
    ]
