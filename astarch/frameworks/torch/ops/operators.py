"""The operators of the language on tensors: ``x + y``, ``2 ** x``, ``x &= mask``, ``-x``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ...scalars import divided
from ..tensor import TorchTensor
from .arithmetic import ADD, DIVIDE, FLOOR_DIVIDE, MULTIPLY, REMAINDER, SUBTRACT, both, power, scaled
from .comparison import BITWISE, COMPARISONS, SHIFTS
from .elementwise import Rule, elementwise, store
from .gradients import write_to
from .pointwise import conj
from .promotion import number_category
from .signatures import op

_RECIPROCAL = Rule("reciprocal", gives="float", exact=lambda a: divided(1.0, a))


def _add(input: Any, other: Any) -> Any:
    return both(ADD, input, other)


def _subtract(input: Any, other: Any) -> Any:
    return scaled(SUBTRACT, input, other)


def _multiply(input: Any, other: Any) -> Any:
    return both(MULTIPLY, input, other)


def _divide(input: Any, other: Any) -> Any:
    return both(DIVIDE, input, other)


def _floor_divide(input: Any, other: Any) -> Any:
    return both(FLOOR_DIVIDE, input, other)


def _remainder(input: Any, other: Any) -> Any:
    return both(REMAINDER, input, other)


def _divide_into(input: Any, other: Any) -> Any:
    return both(MULTIPLY, elementwise(_RECIPROCAL, input), other)  # as torch does it: two roundings


def _ruled(rule: Rule) -> Callable[[Any, Any], Any]:
    return lambda first, second: both(rule, first, second)


def _operator(names: str, apply: Callable[[Any, Any], Any], inplace: bool = False) -> None:
    """Describe an operator of two operands; what is neither tensor nor number is left to the other side."""

    def function(input: Any, other: Any) -> Any:
        if not isinstance(other, TorchTensor) and number_category(other) is None:
            return NotImplemented
        result = apply(input, other)
        if inplace:
            write_to(input)
        return store(input, result) if inplace else result

    function.__doc__ = f"The operator ``{names.split(maxsplit=1)[0]}``."
    op(*(f"torch.Tensor.__{name}__" for name in names.split()))(function)


def _reversed(apply: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    return lambda first, second: apply(second, first)


for _names, _apply in {
    "add radd": _add, "mul rmul": _multiply, "sub": _subtract, "rsub": _reversed(_subtract), "truediv div": _divide,
    "rtruediv rdiv": _divide_into, "floordiv": _floor_divide, "rfloordiv": _reversed(_floor_divide),
    "mod": _remainder, "rmod": _reversed(_remainder), "pow": power, "rpow": _reversed(power),
    **{f"{_name} r{_name}": _ruled(BITWISE[_name]) for _name in ("and", "or", "xor")},
    **{_name: _ruled(SHIFTS[_name]) for _name in ("lshift", "rshift")},
    **{f"r{_name}": _reversed(_ruled(SHIFTS[_name])) for _name in ("lshift", "rshift")},
    **{_name: _ruled(_rule) for _name, _rule in COMPARISONS.items()},
}.items():  # fmt: skip
    _operator(_names, _apply)

for _names, _apply in {
    "iadd": _add, "imul": _multiply, "isub": _subtract, "itruediv idiv": _divide, "ifloordiv": _floor_divide, "imod": _remainder,
    "ipow": power, **{f"i{_name}": _ruled(BITWISE[_name]) for _name in ("and", "or", "xor")},
    **{f"i{_name}": _ruled(SHIFTS[_name]) for _name in ("lshift", "rshift")},
}.items():  # fmt: skip
    _operator(_names, _apply, inplace=True)

_NEGATIVE = Rule("neg", "ihfc", exact=operator.neg)
_ABSOLUTE = Rule("abs", "ihfc", "real", abs)
_INVERTED = Rule("bitwise_not", "bi", exact=lambda a: not a if type(a) is bool else ~a)


@op("torch.Tensor.__neg__")
def negative(input: Any) -> Any:
    """The operator ``-``."""
    return elementwise(_NEGATIVE, input)


@op("torch.Tensor.__pos__")
def positive(input: Any) -> Any:
    """The operator ``+``: the tensor itself."""
    return elementwise(Rule("positive", "ihfc"), input) if input.dtype == "bool" else conj(input)


@op("torch.Tensor.__abs__")
def absolute(input: Any) -> Any:
    """What ``abs(x)`` calls."""
    return elementwise(_ABSOLUTE, input)


@op("torch.Tensor.__invert__")
def inverted(input: Any) -> Any:
    """The operator ``~``."""
    return elementwise(_INVERTED, input)
