"""What models give that losses are given, where a file shows both by names that mean one thing in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ..ir.program import File, dotted_text
from .assignments import only_value
from .endings import ending_of_class, ending_of_model, values_of
from .layers import torch_layer
from .rule import argument

#: Losses by the functions that compute them.
_LAYERS = {
    "CrossEntropyLoss": "cross_entropy",
    "NLLLoss": "nll_loss",
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
}
_START = "torch.nn.functional."

#: Methods that leave a model, or a result, what it was.
_MOVES = frozenset({"to", "cuda", "cpu", "train", "eval", "float", "double", "apply", "requires_grad_"})
_RESHAPES = frozenset({"squeeze", "view", "reshape", "flatten", "float", "double", "unsqueeze", "cpu", "to"})


class Fed(NamedTuple):
    """A loss, and what the model ends in whose result it is given: ``softmax``, ``linear`` ..., and where."""

    call: ast.Call
    loss: str
    ending: str
    home: File
    place: ast.expr


def fed_losses(file: File) -> Iterator[Fed]:
    """The losses of a file that are given what a model of the project gives."""
    for call, loss in _losses(file):
        found = _ending(file, argument(call, 0, "input"))
        if found is not None:
            yield Fed(call, loss, *found)


def _losses(file: File) -> Iterator[tuple[ast.Call, str]]:
    for name in _LAYERS.values():
        for call in file.called.get(_START + name, ()):
            yield call, name
    made = [(call, kind) for kind in _LAYERS for call in file.called.get(f"torch.nn.{kind}", ())]
    for one, kind in made:
        outer = next(file.up(one), None)
        if isinstance(outer, ast.Call) and outer.func is one:
            yield outer, _LAYERS[kind]
    names: dict[str, str] = {}
    for one, kind in made:
        outer = next(file.up(one), None)
        name = outer.targets[0].id if isinstance(outer, ast.Assign) and isinstance(outer.targets[0], ast.Name) else ""
        if name and all(torch_layer(file, value) == kind for value in values_of(file, name)):
            names[name] = _LAYERS[kind]
    for call in file.all(ast.Call) if made else ():
        if isinstance(call.func, ast.Name) and call.func.id in names:
            yield call, names[call.func.id]
        elif loss := _kept_loss(file, call):
            yield call, loss


def _kept_loss(file: File, call: ast.Call) -> str:
    """The loss that a class keeps and calls: ``self.criterion(...)``."""
    text = dotted_text(call.func)
    cls = file.class_of(call) if text.startswith("self.") and text.count(".") == 1 else None
    kinds = {torch_layer(each.file, one.value) for each, one in cls.kept.get(text[5:], ())} if cls is not None else set[str]()
    return _LAYERS.get(kinds.pop(), "") if len(kinds) == 1 else ""


def _ending(file: File, given: ast.expr | None) -> tuple[str, File, ast.expr] | None:
    """What a model ends in whose result is given: its call, or a name of it."""
    given = _without(given, _RESHAPES)
    if isinstance(given, ast.Name):
        values = values_of(file, given.id)
        given = only_value(file, given, given) or (values[0] if len(values) == 1 else None)
    given = _without(given, _RESHAPES)
    if not isinstance(given, ast.Call) or not isinstance(given.func, ast.Name):
        return None
    name = given.func.id
    if name == "self":
        cls = file.class_of(given)
        return ending_of_class(cls) if cls is not None else None
    models = [_without(model, _MOVES) for model in values_of(file, name)]
    endings = [
        ending_of_model(file, model) for model in models if not (isinstance(model, ast.Name) and model.id == name) and model is not None
    ]
    return endings[0] if endings and all(one == endings[0] for one in endings) else None


def _without(node: ast.expr | None, methods: frozenset[str]) -> ast.expr | None:
    """What methods are called on that change nothing of interest."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in methods:
        node = node.func.value
    return node
