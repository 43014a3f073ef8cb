"""What the functions of ``torch.nn`` demand of their inputs: element types, ranks, positive windows."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less
from ....ir.tensor import Tensor
from ...describe import RUN, refuse, require
from ..tensor import kind_name

#: Element types that hold real numbers.
FLOATING = frozenset({"float32", "float16", "bfloat16", "float64"})
_LOWER = frozenset({"float16", "bfloat16"})


def floating(name: str, *inputs: Any, also: frozenset[str] = frozenset()) -> None:
    """The function computes with real numbers only."""
    for input in inputs:
        if input.dtype not in FLOATING and input.dtype not in also:
            require(False, f"{name} is not implemented for {input.dtype}", name="dtype-mismatch")


def matching(name: str, input: Any, *parameters: Any) -> None:
    """Input and parameters have the same element type."""
    for parameter in parameters:
        if parameter is not None and parameter.dtype != input.dtype and not _autocast():
            require(False, f"{name} gets {input.dtype} and has parameters of {parameter.dtype}", name="dtype-mismatch")


def mixable(name: str, input: Any, *parameters: Any) -> None:
    """Parameters have the input's element type, or float32 under an input of half the width."""
    for parameter in parameters:
        if parameter is None or parameter.dtype == input.dtype or (parameter.dtype == "float32" and input.dtype in _LOWER):
            continue
        if not _autocast():
            require(False, f"{name} gets {input.dtype} and has parameters of {parameter.dtype}", name="dtype-mismatch")


def _autocast() -> Any:
    return RUN.get().state.get("torch autocast")


def tensors(name: str, **given: Any) -> None:
    """Each of these is a tensor: for rules that ask nothing of theirs. A rule that does is told what it was given (`misfits`)."""
    for what, value in given.items():
        if not isinstance(value, Tensor):
            refuse("TypeError", f"{name}(): argument '{what}' must be Tensor, not {kind_name(value)}")


def rank_of(name: str, input: Any, *ranks: int) -> int:
    """The rank of the input, one of those the function takes."""
    rank = len(input.shape)
    if rank not in ranks:
        wanted = " or ".join(f"{r}D" for r in ranks)
        refuse("RuntimeError", f"{name}: expected {wanted} input, but got {rank}D input of shape {list(input.shape)}")
    return rank


def sizes(name: str, what: str, value: Any, count: int) -> tuple[Any, ...]:
    """One number for each of ``count`` axes, from a number or a sequence of 1 or ``count``."""
    if type(value) is int:
        return (value,) * count
    if isinstance(value, (tuple, list)):
        if wrong := [item for item in value if item is None or isinstance(item, (str, float, tuple, list))]:
            refuse("TypeError", f"{name}(): argument '{what}' must be tuple of ints, but found element of type {type(wrong[0]).__name__}")
        if len(value) == count:
            return tuple(value)
        if len(value) == 1:
            return tuple(value) * count
        return refuse("RuntimeError", f"{name}: {what} must be one number or {count} numbers, but got {list(value)}")
    if value is None or isinstance(value, (str, float)):
        return refuse("TypeError", f"{name}(): argument '{what}' must be tuple of ints, not {kind_name(value)}")
    return (value,) * count


def positive(name: str, what: str, values: tuple[Any, ...]) -> None:
    """Each number is at least one."""
    for value in values:
        if value <= 0 if type(value) is int else less(value, 1):
            refuse("RuntimeError", f"{name}: {what} must be greater than zero, but got {list(values)}")


def not_negative(name: str, what: str, values: tuple[Any, ...]) -> None:
    """Each number is at least zero."""
    for value in values:
        if value < 0 if type(value) is int else less(value, 0):
            refuse("RuntimeError", f"{name}: {what} must not be negative, but got {list(values)}")
