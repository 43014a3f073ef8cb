"""Which element type arithmetic has: tensors with axes win over scalar tensors, those over Python numbers."""

from __future__ import annotations

from typing import Any

from ....ir.dim import Dim, Ratio, Real
from ...describe import refuse
from ...dtypes import category, complex_of, promote
from ..tensor import TorchTensor, default_dtype

#: Category of the types met every day, so that the hot path is one look-up.
CATEGORY = {
    "bool": 0, "uint8": 1, "int8": 1, "int16": 1, "int32": 1, "int64": 1, "uint16": 1, "uint32": 1, "uint64": 1,
    "bfloat16": 2, "float16": 2, "float32": 2, "float64": 2, "complex32": 3, "complex64": 3, "complex128": 3,
}  # fmt: skip
_NUMBERS = {bool: 0, int: 1, Dim: 1, float: 2, Ratio: 2, Real: 2, complex: 3}


def category_of(dtype: str) -> int:
    """0 for bool, 1 integer, 2 floating, 3 complex."""
    found = CATEGORY.get(dtype)
    return category(dtype) if found is None else found


def number_category(value: Any) -> int | None:
    """The category of a Python number or a symbolic one, None for anything else."""
    found = _NUMBERS.get(type(value))
    if found is not None:
        return found
    for kind, rank in _NUMBERS.items():
        if isinstance(value, kind):
            return rank
    return None


def number_dtype(rank: int) -> str:
    """The element type a Python number of this category brings along."""
    return ("bool", "int64", default_dtype(), complex_of(default_dtype()))[rank]


def result_dtype(*operands: Any) -> str:
    """The type of arithmetic on tensors and numbers (``torch.result_type``).

    >>> result_dtype(T(2, dtype="float16"), T(dtype="float32"))
    'float16'
    """
    first, last = operands[0], operands[-1]
    if len(operands) == 2 and isinstance(first, TorchTensor):
        if isinstance(last, TorchTensor):
            if first.dtype == last.dtype:
                return first.dtype
        else:
            rank = number_category(last)
            if rank is not None and rank <= category_of(first.dtype):
                return first.dtype
    return _combined(operands)


def _combined(operands: tuple[Any, ...]) -> str:
    axes = scalars = numbers = None
    for value in operands:
        if isinstance(value, TorchTensor):
            if value.shape:
                axes = value.dtype if axes is None else _promoted(axes, value.dtype)
            else:
                scalars = value.dtype if scalars is None else _promoted(scalars, value.dtype)
            continue
        rank = number_category(value)
        if rank is None:
            refuse("TypeError", f"expected a Tensor or a number, got {type(value).__name__}")
        own = number_dtype(rank)  # type: ignore[arg-type]
        numbers = own if numbers is None else _promoted(numbers, own)
    return _higher(axes, _higher(scalars, numbers)) or default_dtype()


def _promoted(a: str, b: str) -> str:
    if a != b:
        for name in (a, b):
            if name in ("uint16", "uint32", "uint64") and 2 not in (category_of(a), category_of(b)):
                refuse("RuntimeError", f"Promotion for uint16, uint32, uint64 types is not supported, attempted to promote {a} and {b}")
            if name.startswith("float8"):
                refuse("RuntimeError", f"Promotion for Float8 Types is not supported, attempted to promote {a} and {b}")
    return promote(a, b)


def _higher(high: str | None, low: str | None) -> str | None:
    """The type of the stronger kind of operand, unless the weaker kind is of a larger category."""
    if high is None or low is None:
        return high or low
    strong, weak = category_of(high), category_of(low)
    if strong >= weak:
        return high
    if strong == 2 and weak == 3:
        return complex_of(high)
    return low


def castable(source: str, target: str) -> bool:
    """Whether a result of type ``source`` may be written into a tensor of type ``target``."""
    return category_of(source) <= category_of(target)
