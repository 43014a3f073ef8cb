"""Comparisons, logic and bits of tensors; whether two tensors are the same."""

from __future__ import annotations

import math
import operator
from typing import Any

from ....ir.dim import same
from ...describe import refuse, unknown
from ..tensor import TorchTensor, kind_name
from .arithmetic import both, family
from .elementwise import ANY, REAL, Rule, check_numbers, deliver, elementwise, store
from .promotion import number_category, number_dtype
from .signatures import op

#: The rules of the comparing operators, by the name of the operator.
COMPARISONS = {
    "eq": Rule("eq", ANY, "bool", operator.eq), "ne": Rule("ne", ANY, "bool", operator.ne),
    "lt": Rule("lt", REAL, "bool", operator.lt), "le": Rule("le", REAL, "bool", operator.le),
    "gt": Rule("gt", REAL, "bool", operator.gt), "ge": Rule("ge", REAL, "bool", operator.ge),
}  # fmt: skip
BITWISE = {
    "and": Rule("bitwise_and", "bi", exact=operator.and_, numbers="either"),
    "or": Rule("bitwise_or", "bi", exact=operator.or_, numbers="either"),
    "xor": Rule("bitwise_xor", "bi", exact=operator.xor, numbers="either"),
}
SHIFTS = {
    "lshift": Rule("bitwise_left_shift", "i", exact=lambda a, b: a << b if b < 64 else 0, numbers="either"),
    "rshift": Rule("bitwise_right_shift", "i", exact=lambda a, b: a >> b, numbers="either"),
}

for _words, _name in {"eq": "eq", "ne not_equal": "ne", "lt less": "lt", "le less_equal": "le", "gt greater": "gt",
                      "ge greater_equal": "ge"}.items():  # fmt: skip
    family(COMPARISONS[_name], _words, _words)
for _name, _rule in BITWISE.items():
    family(_rule, _rule.name, _rule.name)
for _name, _rule in SHIFTS.items():
    family(_rule, _rule.name, _rule.name)
family(Rule("logical_and", ANY, "bool", lambda a, b: bool(a) and bool(b), ""), "logical_and", "logical_and")
family(Rule("logical_or", ANY, "bool", lambda a, b: bool(a) or bool(b), ""), "logical_or", "logical_or")
family(Rule("logical_xor", ANY, "bool", lambda a, b: bool(a) != bool(b), ""), "logical_xor", "logical_xor")


def _larger(a: Any, b: Any) -> Any:
    return a if math.isnan(a) or a >= b else b


def _smaller(a: Any, b: Any) -> Any:
    return a if math.isnan(a) or a <= b else b


MAXIMUM = Rule("maximum", REAL, exact=_larger, numbers="")
MINIMUM = Rule("minimum", REAL, exact=_smaller, numbers="")
family(MAXIMUM, "maximum")
family(MINIMUM, "minimum")
family(Rule("fmax", REAL, exact=lambda a, b: b if math.isnan(a) or b > a else a, numbers=""), "fmax")
family(Rule("fmin", REAL, exact=lambda a, b: b if math.isnan(a) or b < a else a, numbers=""), "fmin")


def _step(input: Any, values: Any) -> Any:
    rule = Rule("heaviside", REAL, numbers="")
    check_numbers(rule, input, values)
    if input.dtype != values.dtype:
        refuse("RuntimeError", "heaviside is not yet implemented for tensors with different dtypes.")
    return elementwise(rule, input, values)


@op("torch.heaviside", "torch.Tensor.heaviside")
def heaviside(input: Any, values: Any, *, out: Any = None) -> Any:
    """0 below zero, 1 above, and ``values`` at zero."""
    return deliver(_step(input, values), out)


@op("torch.Tensor.heaviside_")
def heaviside_(input: Any, values: Any) -> Any:
    """0 below zero, 1 above, and ``values`` at zero, in place."""
    return store(input, _step(input, values))


def _tensors(name: str, *values: Any) -> None:
    for value in values:
        if not isinstance(value, TorchTensor):
            refuse("TypeError", f"{name}(): arguments must be Tensors, not {kind_name(value)}")


def _comparable(name: str, input: Any, other: Any) -> None:
    _tensors(name, input, other)
    if input.dtype != other.dtype:
        refuse("RuntimeError", f"{input.dtype} did not match {other.dtype}")


def _close(rtol: Any, atol: Any, equal_nan: bool) -> Any:
    def close(a: Any, b: Any) -> bool:
        if a == b or (equal_nan and math.isnan(a) and math.isnan(b)):
            return True
        if math.isnan(a) or math.isnan(b) or abs(a - b) == float("inf"):
            return False
        margin = abs(abs(a - b) - (atol + rtol * abs(b)))
        if 0 < margin < 1e-6 * abs(b):
            raise ArithmeticError("too near the limit to tell how torch rounds")
        return bool(abs(a - b) <= atol + rtol * abs(b))

    return close


@op("torch.isclose", "torch.Tensor.isclose")
def isclose(input: Any, other: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """Which elements are within ``atol + rtol * |other|`` of each other.

    >>> isclose(T(2, 3), T(3))
    bool[2, 3]
    """
    _comparable("isclose", input, other)
    if rtol < 0 or atol < 0:
        refuse("RuntimeError", "rtol and atol must be greater than or equal to zero")
    return both(Rule("isclose", ANY, "bool", _close(rtol, atol, equal_nan)), input, other)


@op("torch.allclose", "torch.Tensor.allclose")
def allclose(input: Any, other: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: bool = False) -> Any:
    """Whether all elements are close, when the values are known."""
    close = isclose(input, other, rtol, atol, equal_nan)
    return unknown("torch.allclose") if close.data is None else all(close.data)


@op("torch.equal", "torch.Tensor.equal")
def equal(input: Any, other: Any) -> Any:
    """Whether shape and all elements are the same.

    >>> equal(T(2), T(3))
    False
    """
    if not isinstance(other, TorchTensor):
        refuse("TypeError", "equal(): argument 'other' must be a Tensor")
    if len(input.shape) != len(other.shape) or False in map(same, input.shape, other.shape):
        return False
    if input.data is not None and other.data is not None:
        return input.data == other.data
    return unknown("torch.equal")


@op("torch.is_same_size", "torch.Tensor.is_same_size")
def is_same_size(input: Any, other: Any) -> Any:
    """Whether both have the same shape."""
    _tensors("is_same_size", input, other)
    facts = list(map(same, input.shape, other.shape))
    if len(input.shape) != len(other.shape) or False in facts:
        return False
    return unknown("torch.is_same_size") if None in facts else True


@op("torch.is_nonzero", "torch.Tensor.is_nonzero")
def is_nonzero(input: Any) -> Any:
    """Whether the one element is not zero."""
    if same(input.size, 1) is False:
        refuse("RuntimeError", "Boolean value of Tensor with more than one value is ambiguous")
    return unknown("torch.is_nonzero") if input.data is None else bool(input.data[0])


@op("torch.isin")
def isin(elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False, out: Any = None) -> Any:
    """Which elements occur among others.

    >>> isin(T(2, 3), T(4))
    bool[2, 3]
    """
    for value in (elements, test_elements):
        dtype = value.dtype if isinstance(value, TorchTensor) else number_dtype(number_category(value) or 0)
        if dtype == "bool" or dtype.startswith("complex"):
            refuse("RuntimeError", f"Unsupported input type encountered for isin(): {dtype}")
    if isinstance(elements, TorchTensor):
        return elements.like(dtype="bool")
    if not isinstance(test_elements, TorchTensor):
        refuse("TypeError", "isin(): one of the arguments must be a Tensor")
    return test_elements.like((), dtype="bool")
