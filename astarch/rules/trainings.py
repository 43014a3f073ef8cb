"""How models are trained, as rules ask for it: each `compile` and `fit` that was run, with what the source says there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from ..ir.architecture import Architecture
from ..ir.program import File
from ..ir.span import Span
from ..ir.training import Ending, Loss, Training
from .placing import is_in
from .rule import argument

#: Losses over probabilities of classes, each sample of one class.
OF_CLASSES = frozenset({"categorical_crossentropy", "sparse_categorical_crossentropy", "categorical_focal_crossentropy"})
#: Losses over probabilities that stand each for itself.
OF_YES_AND_NO = frozenset({"binary_crossentropy", "binary_focal_crossentropy"})


class Output(NamedTuple):
    """One output of a model that is trained.

    Args:
        training: The `compile`.
        ending: What the output ends in.
        loss: Its loss.
        at: Where the loss stands.
        logits: Where it is said whether that takes logits; where the loss stands, when nothing says it.
    """

    training: Training
    ending: Ending
    loss: Loss
    at: Span
    logits: Span


def trainings(file: File, architecture: Architecture) -> Iterator[tuple[Training, ast.Call | None]]:
    """Each `compile` and `fit`, with its call where that is in this file."""
    for training in architecture.attributes.get("trainings", ()):
        here = is_in(training.at, file.path)
        calls = (call for call in file.all(ast.Call) if here and call.lineno == training.at.line and _is_training(call))
        yield training, next(calls, None)


def outputs(file: File, architecture: Architecture) -> Iterator[Output]:
    """Each output whose end and loss are known."""
    for training, call in trainings(file, architecture):
        if call is None or _name(call) != "compile":  # what `fit` shows beyond it is the shapes
            continue
        given = argument(call, 1, "loss")
        logits = argument(given, 0, "from_logits") if isinstance(given, ast.Call) else None
        at, wanting = file.span(given or call), file.span(logits or given or call)
        for ending, loss in zip(training.endings, training.losses, strict=True):
            if ending is not None and loss is not None:
                yield Output(training, ending, loss, at, wanting)


def _is_training(call: ast.Call) -> bool:
    return _name(call) in ("compile", "fit", "evaluate", "train_on_batch", "test_on_batch")


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def called(loss: Loss) -> str:
    """A loss as people say it."""
    return loss.name.replace("_", " ")
