"""Dropout of every kind; the shape stays as it is."""

from __future__ import annotations

from typing import Any

from ...describe import op, refuse, require
from .demands import FLOATING, floating, tensors


def _dropped(name: str, input: Any, p: Any, training: Any, inplace: Any, features: int = 0) -> Any:
    if not 0 <= p <= 1:
        refuse("ValueError", f"dropout probability has to be between 0 and 1, but got {p}")
    if training and p and 0 not in input.shape:
        if len(input.shape) < features:
            refuse("RuntimeError", "Feature dropout requires at least 2 dimensions in the input")
        if input.dtype not in FLOATING:
            floating(name, input)
    if inplace:
        tensors(name, input=input)  # what is only assigned to is told nothing
        input.data = None
        return input
    return input.like()


@op("torch.nn.functional.dropout")
def dropout(input: Any, p: Any = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set elements to zero at random, in training.

    >>> dropout(T(2, 3))
    float32[2, 3]
    """
    return _dropped("dropout", input, p, training, inplace)


@op("torch.nn.functional.dropout1d")
def dropout1d(input: Any, p: Any = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set whole channels of sequences to zero at random, in training."""
    if len(input.shape) not in (2, 3):
        refuse("RuntimeError", f"dropout1d: Expected 2D or 3D input, but received a {len(input.shape)}D input.")
    return _dropped("dropout1d", input, p, training, inplace)


@op("torch.nn.functional.dropout2d")
def dropout2d(input: Any, p: Any = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set whole channels of images to zero at random, in training."""
    return _dropped("dropout2d", input, p, training, inplace, features=2)


@op("torch.nn.functional.dropout3d")
def dropout3d(input: Any, p: Any = 0.5, training: bool = True, inplace: bool = False) -> Any:
    """Set whole channels of volumes to zero at random, in training."""
    return _dropped("dropout3d", input, p, training, inplace, features=1)


@op("torch.nn.functional.alpha_dropout")
def alpha_dropout(input: Any, p: Any = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """Dropout that keeps mean and variance, for `selu` networks."""
    return _dropped("alpha_dropout", input, p, training, inplace)


@op("torch.nn.functional.feature_alpha_dropout")
def feature_alpha_dropout(input: Any, p: Any = 0.5, training: bool = False, inplace: bool = False) -> Any:
    """`alpha_dropout` of whole channels."""
    return _dropped("feature_alpha_dropout", input, p, training, inplace, features=2)


def _positional(name: str, features: int) -> None:
    """Describe ``torch.f(input, p, train)`` and its in-place form."""

    @op(f"torch.{name}")
    def plain(input: Any, p: Any, train: bool) -> Any:
        return _dropped(name, input, p, train, False, features)

    @op(f"torch.{name}_")
    def in_place(input: Any, p: Any, train: bool) -> Any:
        return _dropped(name, input, p, train, True, features)

    plain.__doc__ = f"`torch.nn.functional.{name}` with all arguments given."
    in_place.__doc__ = f"`torch.{name}` in place."


for _name in ("dropout", "alpha_dropout", "feature_dropout", "feature_alpha_dropout"):
    _positional(_name, 2 if _name.startswith("feature") else 0)


@op("torch.native_dropout")
def native_dropout(input: Any, p: Any, train: Any) -> Any:
    """Dropout, and the mask of what was kept."""
    require(0 <= p <= 1, f"dropout probability has to be between 0 and 1, but got {p}")
    return input.like(), input.like(dtype="bool")
