"""The same computation written in another way: what is equal by a rule of algebra gets one form.

Attention by one function is the softmax of a scaled product times the values; a number goes through a product of matrices; an
axis counted from the end is one counted from the start.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ..ir.graph import TensorType

#: Gives the number of a form; the form of a number, or None.
Number = Callable[[Any], int]
FormOf = Callable[[Any], Any]

#: Functions whose arguments of these names are axes of what they give, which has as many as what they take.
_AXES: Mapping[str, tuple[str, ...]] = {
    "softmax": ("dim",),
    "log_softmax": ("dim",),
    "cat": ("dim",),
    "flip": ("dims",),
    "roll": ("dims",),
    "cumsum": ("dim",),
    "gather": ("dim",),
}


def with_axes(base: str, arguments: dict[str, Any], output: Any) -> dict[str, Any]:
    """The arguments with axes counted from the start."""
    names = _AXES.get(base)
    if names is None or not isinstance(output, TensorType):
        return arguments
    rank = len(output.shape)
    return {name: _axis(value, rank) if name in names else value for name, value in arguments.items()}


def _axis(value: Any, rank: int) -> Any:
    return value + rank if isinstance(value, float) and value < 0 else value


def picks_all(key: Any) -> bool:
    """Whether an index of slices leaves everything as it is, where it leaves the shape as it is."""
    parts = key[1:] if isinstance(key, tuple) and key[:1] == ("list",) else (key,)
    return all(part == ("...",) or (isinstance(part, tuple) and part[:1] == ("slice",) and part[3] in (None, 1.0)) for part in parts)


def scaled(value: Any, form_of: FormOf) -> tuple[Any, float]:
    """A value as another one times a number."""
    factor = 1.0
    while (form := form_of(value)) is not None and form[0] == "mul" and len(form) == 3:
        numbers = [item for item in form[1:] if type(item) is float]
        if len(numbers) != 1:
            break
        factor *= numbers[0]
        value = next(item for item in form[1:] if type(item) is not float)
    return value, factor


def times(value: Any, factor: float, number: Number) -> Any:
    """A value times a number, in the one form for that."""
    factor = _rounded(factor)
    return value if factor == 1.0 else number(("mul", *sorted((value, factor), key=str)))


def _rounded(factor: float) -> float:
    """As far as it may be written in several ways: ``64**-0.5`` and ``1 / math.sqrt(64)``."""
    return float(f"{factor:.12g}") if math.isfinite(factor) else factor


def product(values: list[Any], number: Number, form_of: FormOf) -> Any:
    """A product of matrices, the numbers in front of it."""
    parts = [scaled(value, form_of) for value in values]
    return times(number(("matmul", *(value for value, _ in parts))), math.prod(factor for _, factor in parts), number)


def joined(arguments: dict[str, Any], number: Number, form_of: FormOf) -> Any:
    """Tensors put behind each other, those that were themselves put behind each other one by one; None where that is not known."""
    parts, dim = arguments.get("tensors"), arguments.get("dim", 0.0)
    if set(arguments) - {"tensors", "dim"} or not isinstance(parts, tuple) or parts[:1] != ("list",) or type(dim) is not float:
        return None
    found: list[Any] = []
    for part in parts[1:]:
        form = form_of(part)
        inside = dict(form[1:]) if form is not None and form[0] == "cat" else {}
        found += inside["tensors"][1:] if inside.get("dim") == dim else [part]
    return number(("cat", ("dim", dim), ("tensors", ("list", *found))))


def attention(
    arguments: Mapping[str, Any], query: TensorType, mask: str, turned: Callable[[Any], Any], number: Number, form_of: FormOf
) -> Any:
    """What `scaled_dot_product_attention` computes, in its steps; None where it is more than these.

    Args:
        arguments: By parameter name.
        query: The type of the query.
        mask: The element type of the mask; empty without one.
        turned: Changes the last two axes of the key about.
        number: As above.
        form_of: As above.
    """
    if arguments.get("is_causal") or arguments.get("enable_gqa") or arguments.get("dropout_p") not in (None, 0.0):
        return None
    if any(name not in arguments for name in ("query", "key", "value")) or (mask and not mask.startswith(("float", "bfloat"))):
        return None
    size, scale = query.shape[-1], arguments.get("scale")
    if not isinstance(scale, float):
        if scale is not None or not isinstance(size, int):
            return None
        scale = 1 / math.sqrt(size)
    rank = len(query.shape)
    key = turned(arguments["key"])
    if key is None:
        return None
    value, factor = scaled(product([arguments["query"], key], number, form_of), form_of)
    scores = times(value, factor * scale, number)
    if mask:
        scores = number(("add", *sorted((scores, arguments["attn_mask"]), key=str)))
    weights = number(("softmax", ("dim", rank - 1.0), ("input", scores)))
    return product([weights, arguments["value"]], number, form_of)


#: What makes a tensor of an element type that may or may not be named, and of sizes that may stand in a list or not.
_MADE = frozenset(("zeros", "ones", "full", "empty", "tensor", "as_tensor", "eye", "linspace"))
_TYPED = ("LongTensor", "IntTensor", "FloatTensor", "DoubleTensor", "HalfTensor", "BoolTensor", "ByteTensor", "ShortTensor")


def created(base: str, arguments: Mapping[str, Any], output: TensorType, number: Number) -> Any:
    """A tensor made of sizes or numbers, its element type and shape said in the one way; None for what is none."""
    given = {name: value for name, value in arguments.items() if name != "dtype"}
    if base in _TYPED:
        values = next(iter(given.values()), None)
        data = values[1] if isinstance(values, tuple) and values[:1] == ("list",) and len(values) == 2 else values
        nested = isinstance(data, tuple) and data[:1] == ("list",)
        return number(("tensor", (("data", data),), output.dtype, output.shape)) if nested else None
    if base in ("zeros", "ones", "empty"):
        return number((base, output.dtype, output.shape))
    return (
        number(("tensor" if base == "as_tensor" else base, tuple(sorted(given.items())), output.dtype, output.shape))
        if base in _MADE
        else None
    )


# --- numbers counted, and numbers in another element type --------------------------------------------------------------

#: Whole numbers up to this are numbers of the type.
_EXACT: Mapping[str, int] = {"float64": 2**53, "float32": 2**24, "float16": 2**11, "bfloat16": 2**8, "int64": 2**62, "int32": 2**31 - 1}


def counted(given: list[tuple[str, Any]], dtype: str, number: Number) -> Any:
    """What `arange` gives, for whole numbers; None for others."""
    numbers = [value for name, value in given if name != "dtype"]
    names = [name for name, _ in given if name != "dtype"]
    if not all(type(value) is float and value.is_integer() for value in numbers) or not set(names) <= {"start", "end", "step"}:
        return None
    start, end, step = (
        {1: (0.0, *numbers, 1.0), 2: (*numbers, 1.0)}.get(len(numbers), numbers) if "step" not in names[:2] else (0.0, 0.0, 0.0)
    )
    if not step or max(abs(start), abs(end)) > _EXACT.get(dtype, 0):
        return None
    return number(("range", start, end, step, dtype))


def cast(value: Any, dtype: str, number: Number, form_of: FormOf) -> Any:
    """A value in another element type; of numbers counted, those counted in it, where each of them is one of that type."""
    form = form_of(value)
    if form is None:
        return None
    if form[0] == "range" and max(abs(form[1]), abs(form[2])) <= _EXACT.get(dtype, 0):
        return number((*form[:4], dtype))
    return number(("cast", value, dtype))
