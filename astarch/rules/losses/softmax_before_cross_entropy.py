"""Rule: probabilities given to a loss that takes logits."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ...ir.diagnostic import Diagnostic
from ...ir.program import ClassSource, File, dotted_text
from ..assignments import only_value
from ..fed_losses import fed_losses
from ..layers import torch_layer
from ..rule import Rule, argument, replace

_LOSSES = {"cross_entropy": ("softmax",), "binary_cross_entropy_with_logits": ("sigmoid", "softmax")}
_LOSS_LAYERS = {"CrossEntropyLoss": ("softmax",), "BCEWithLogitsLoss": ("sigmoid", "softmax")}
_FUNCTIONS = ("torch.nn.functional.softmax", "torch.softmax", "torch.sigmoid", "torch.nn.functional.sigmoid")


class SoftmaxBeforeCrossEntropy(Rule):
    """A softmax or sigmoid goes into a loss that applies its own.

    ## Why
    `cross_entropy` takes logits. On probabilities it still gives a number that falls, but gradients are tiny and the model
    trains badly, without an error.

    ## Known problems
    The value is followed inside one function; models and losses by names that mean one thing in the file.
    Probabilities that are returned as well are no mistake.

    ## Fix
    Unsafe: the logits go into the loss; the loss changes.
    """

    code = "MDL621"
    references = ("https://github.com/Randl/MobileNetV2-pytorch/issues/5",)
    bad = """
    class Net(nn.Module):
        def forward(self, z, y):
            return F.cross_entropy(F.softmax(z, dim=-1), y)
    """
    good = """
    class Net(nn.Module):
        def forward(self, z, y):
            return F.cross_entropy(z, y)
    """

    def check_file(self, file: File) -> Iterator[Diagnostic]:
        for made in _activations(file):
            kind, inner = _activation(file, made)
            if inner is None:
                continue
            for first in _given_to(file, made, kind):
                fix = replace(file, made, file.source(inner), "give it the logits") if made is first else None
                message = f"this loss applies its own {kind}: it takes logits, not probabilities"
                notes = [] if made is first else [(made, f"{kind} is applied here")]
                yield self.finding(file, first, message, notes=notes, fix=fix)
        yield from self._of_models(file)

    def _of_models(self, file: File) -> Iterator[Diagnostic]:
        """A model that ends in an activation, and a loss with its own, both by names that mean one thing in the file."""
        for fed in fed_losses(file):
            if fed.ending in _LOSSES.get(fed.loss, ()) and fed.home is file:
                message = f"the loss applies its own {fed.ending}: it takes logits, and this gives probabilities"
                yield self.finding(file, fed.place, message, notes=[(fed.call, "the loss")])


def _activations(file: File) -> Iterator[ast.Call]:
    """The calls that apply a softmax or a sigmoid, by function or by method."""
    for name in _FUNCTIONS:
        yield from file.called.get(name, ())
    for call in file.called.get("", ()):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("softmax", "sigmoid"):
            yield call


def _given_to(file: File, made: ast.Call, kind: str) -> Iterator[ast.expr]:
    """The first arguments of losses that an activation is: the call itself, or the name that was given it and nothing else."""
    outer = next(file.up(made), None)
    if isinstance(outer, ast.keyword):
        outer = next(file.up(outer), None)
    if isinstance(outer, ast.Call) and argument(outer, 0, "input") is made and kind in _takes_logits(file, outer):
        yield made
    if not isinstance(outer, ast.Assign) or not isinstance(outer.targets[0], ast.Name) or (function := file.function_of(made)) is None:
        return
    for call in file.within(function, ast.Call):
        first = argument(call, 0, "input")
        if not isinstance(first, ast.Name) or first.id != outer.targets[0].id or kind not in _takes_logits(file, call):
            continue
        if only_value(file, first, call) is made:
            yield first


def _takes_logits(file: File, call: ast.Call) -> tuple[str, ...]:
    name = file.resolve(call.func)
    if name.startswith("torch.nn.functional."):
        return _LOSSES.get(name.rpartition(".")[2], ())
    if isinstance(call.func, ast.Call):
        return _LOSS_LAYERS.get(torch_layer(file, call.func), ())
    text = dotted_text(call.func)
    cls = file.class_of(call) if text.startswith("self.") else None
    return _LOSS_LAYERS.get(_kept(cls, text[5:]), ()) if cls is not None else ()


def _kept(cls: ClassSource, name: str) -> str:
    made = [torch_layer(each.file, one.value) for each, one in cls.kept.get(name, ())]
    return made[0] if len(made) == 1 else ""


def _activation(file: File, node: ast.expr | None) -> tuple[str, ast.expr | None]:
    """``softmax`` or ``sigmoid`` and what it is applied to."""
    if not isinstance(node, ast.Call):
        return "", None
    name = file.resolve(node.func)
    if name in _FUNCTIONS and node.args:
        return name.rpartition(".")[2], node.args[0]
    if (
        not name
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("softmax", "sigmoid")
        and not dotted_text(node.func).startswith("self.")
    ):
        return node.func.attr, node.func.value
    return "", None
