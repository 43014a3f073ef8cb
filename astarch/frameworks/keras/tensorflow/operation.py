"""Functions of TensorFlow: they take tensors that flow, never the symbolic ones of a functional model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...describe import REGISTRY, Op, refuse
from ..model.graph import any_symbolic
from ..operation import KerasOp
from ..ops.elementwise import as_tensor
from ..ops.promotion import concrete, kind_of
from ..tensor import KerasTensor

_MESSAGE = (
    "A KerasTensor cannot be used as input to a TensorFlow function. A KerasTensor is a symbolic placeholder for a shape and dtype, used "
    "when "
    "constructing Keras Functional models or Keras Functions. You can only use it as input to a Keras layer or a Keras operation."
)


class TensorFlowOp(Op):
    """A described function of TensorFlow."""

    __slots__ = ()

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


def one_type(*values: Any) -> str:
    """The element type of operands, which must be the same: numbers of Python take the type of the tensors."""
    kinds = [kind_of(value) for value in values]
    firm = [kind for kind in kinds if not kind.endswith("*")] or [concrete(kinds[0])]
    for kind in firm[1:]:
        if kind != firm[0] and all(isinstance(value, KerasTensor) for value in values):
            refuse(
                "InvalidArgumentError" if False else "ValueError",
                f"Tensor conversion requested dtype {firm[0]} for Tensor with dtype {kind}",
            )
    return firm[0]


def retyped(value: Any, dtype: str) -> KerasTensor:
    """The same tensor with another element type."""
    x = as_tensor(value)
    return KerasTensor(x.shape, dtype, x.data)
