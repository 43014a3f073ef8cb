"""How a program trains a model: what the model ends in, and what its loss and metrics take."""

from __future__ import annotations

from dataclasses import dataclass

from .dim import Dim
from .span import NOWHERE, Span


@dataclass(frozen=True, slots=True)
class Ending:
    """What one output of a model is made by.

    Args:
        activation: The function that the numbers went through last, ``linear`` when through none.
        units: How many numbers there are on the last axis.
        layer: The class of the layer that applies it.
        at: The construction of that layer.
        squashed: That of the layer before it, when that is a softmax or sigmoid already, with no weights between.
        dropped: That of a dropout through which the numbers go after it.
    """

    activation: str
    units: int | Dim
    layer: str
    at: Span = NOWHERE
    squashed: Span | None = None
    dropped: Span | None = None


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss of the framework's own.

    Args:
        name: That of its function: ``categorical_crossentropy``.
        logits: Whether it takes what no softmax or sigmoid was applied to.
    """

    name: str
    logits: bool = False


@dataclass(frozen=True, slots=True)
class Linear:
    """Two dense layers with nothing between them that is not linear.

    Args:
        inputs: How many numbers the first one takes.
        inner: How many it gives.
        outputs: How many the second one makes of them.
        first: The construction of the first one.
        second: The construction of the second one.
    """

    inputs: int | Dim
    inner: int | Dim
    outputs: int | Dim
    first: Span
    second: Span


@dataclass(frozen=True, slots=True)
class Training:
    """One ``compile`` of a model, or one ``fit``.

    Args:
        at: The call.
        endings: The outputs; None for one that is not understood.
        losses: The loss of each; None for one that the program defines itself, or that is not known.
        metrics: The names of those that go by a name of the framework, of a model with one output.
        spread: Where labels and outputs of different shapes are compared element by element: both shapes.
        linear: Dense layers that follow each other without an activation.
        stale: Where layers were frozen, or freed, after an earlier `fit` and without a `compile` since.
    """

    at: Span
    endings: tuple[Ending | None, ...]
    losses: tuple[Loss | None, ...]
    metrics: tuple[str, ...] = ()
    spread: tuple[tuple[int | Dim, ...], tuple[int | Dim, ...]] | None = None
    linear: tuple[Linear, ...] = ()
    stale: Span | None = None
