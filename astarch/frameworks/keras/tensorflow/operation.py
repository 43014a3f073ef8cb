"""Functions of TensorFlow: they take tensors that flow, never the symbolic ones of a functional model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...describe import REGISTRY, Op, refuse
from ..model.graph import any_symbolic
from ..operation import KerasOp

_MESSAGE = (
    "A KerasTensor cannot be used as input to a TensorFlow function. A KerasTensor is a symbolic placeholder for a shape and dtype, used "
    "when "
    "constructing Keras Functional models or Keras Functions. You can only use it as input to a Keras layer or a Keras operation."
)


class TensorFlowOp(Op):
    """A described function of TensorFlow."""

    __slots__ = ()
    __doc__ = Op.__doc__  # pyright: ignore[reportIncompatibleMethodOverride, reportAssignmentType] - the property: the text of the function

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            refuse("ValueError", _MESSAGE)
        return super().__call__(*args, **kwargs)


def tf_op(*names: str, lenient: bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a function under its names below ``tf``: ``tf_op("reshape")`` is ``tf.reshape``."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        full = tuple(f"tensorflow.{name}" for name in names)
        described = TensorFlowOp(full, function, lenient)
        for name in full:
            if name in REGISTRY:
                raise ValueError(f"{name} is described twice")
            REGISTRY[name] = described
        return function

    return register


def rule(name: str) -> Callable[..., Any]:
    """The plain rule of an operation of Keras."""
    found: KerasOp = REGISTRY[f"keras.ops.{name}"]
    return found.function
