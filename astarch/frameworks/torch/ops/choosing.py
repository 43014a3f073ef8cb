"""Choosing and mixing element by element: where, clamp, lerp, masked_fill and the fused multiply-adds."""

from __future__ import annotations

import math
from typing import Any

from ...describe import fresh_size, refuse
from ...shapes import broadcast
from ..tensor import TorchTensor, kind_name
from .comparison import MAXIMUM
from .dtypes import DTYPES, FLOAT_LIMITS, IntegerLimits
from .elementwise import NUMBERS, Rule, deliver, elementwise, letter, place_of, store
from .promotion import category_of, number_category, number_dtype, result_dtype
from .signatures import op
from .values import cast_all, few, spread_values


def _nonzero_tuple(condition: Any) -> tuple[Any, ...]:
    count = sum(map(bool, condition.data)) if condition.data is not None else fresh_size("torch.where", condition.size)
    return tuple(condition.like((count,), "int64") for _ in condition.shape or (1,))


def choose(condition: Any, input: Any, other: Any) -> Any:
    """Elements of ``input`` where the condition holds, else of ``other``."""
    if not isinstance(condition, TorchTensor):
        refuse("TypeError", "where(): argument 'condition' must be Tensor")
    if condition.dtype not in ("bool", "uint8"):
        refuse("RuntimeError", f"where expected condition to be a boolean tensor, but got a tensor with dtype {condition.dtype}")
    dtype = result_dtype(input, other)
    tensors = [value for value in (condition, input, other) if isinstance(value, TorchTensor)]
    shape = broadcast(*(tensor.shape for tensor in tensors))
    return place_of(tensors).like(shape, dtype, _chosen(condition, input, other, shape, dtype))


def _chosen(condition: Any, input: Any, other: Any, shape: Any, dtype: str) -> list[Any] | None:
    """The values of a choice when all of them are known."""
    if condition.data is None or not few(shape):
        return None
    columns = []
    for value in (input, other):
        data = cast_all(value.data if isinstance(value, TorchTensor) else [value], dtype)
        if data is None:
            return None
        columns.append(spread_values(data, value.shape if isinstance(value, TorchTensor) else (), shape))
    facts = spread_values(condition.data, condition.shape, shape)
    return [a if fact else b for fact, a, b in zip(facts, *columns, strict=True)]


_MISSING: Any = object()


@op("torch.where")
def where(condition: Any, input: Any = _MISSING, other: Any = _MISSING, *, out: Any = None) -> Any:
    """Elements of ``input`` where the condition holds, else of ``other``; alone, the places where it holds.

    >>> where(T(2, 1, dtype="bool"), T(3), 0)
    float32[2, 3]
    """
    if input is _MISSING and other is _MISSING:
        return _nonzero_tuple(condition)
    if input is _MISSING or other is _MISSING:
        refuse("TypeError", "where() takes one argument or three")
    return deliver(choose(condition, input, other), out)


@op("torch.Tensor.where")
def where_method(input: Any, condition: Any, other: Any) -> Any:
    """The tensor where the condition holds, else ``other``."""
    return choose(condition, input, other)


_CLAMP = Rule("clamp", NUMBERS, exact=lambda a, low, high: a if math.isnan(a) else min(max(a, low), high))
_CLAMP_MIN = Rule("clamp_min", NUMBERS, exact=lambda a, low: a if math.isnan(a) else max(a, low))
_CLAMP_MAX = Rule("clamp_max", NUMBERS, exact=lambda a, high: a if math.isnan(a) else min(a, high))


def _as_number(bound: Any) -> Any:
    """A bound without axes beside a number: it counts as a number, too."""
    if not isinstance(bound, TorchTensor):
        return bound
    if bound.shape:
        refuse("TypeError", "clamp(): min and max must both be numbers or both be tensors")
    return TorchTensor((), number_dtype(category_of(bound.dtype))) if bound.data is None else bound.data[0]


def _at_least(input: Any, min: Any) -> Any:
    """No element below a bound; as a tensor the bound makes it `maximum`, which also takes truth values."""
    return elementwise(MAXIMUM if isinstance(min, TorchTensor) else _CLAMP_MIN, input, min)


def clamped(input: Any, min: Any, max: Any) -> Any:
    """The tensor with every element kept within bounds: numbers, or tensors that broadcast."""
    if min is None and max is None:
        refuse("RuntimeError", "torch.clamp: At least one of 'min' or 'max' must not be None")
    for bound in (min, max):
        if bound is not None and not isinstance(bound, TorchTensor) and number_category(bound) is None:
            refuse("TypeError", "clamp(): bounds must be numbers or tensors")
    if min is not None and max is not None:
        if isinstance(min, TorchTensor) != isinstance(max, TorchTensor):
            min, max = _as_number(min), _as_number(max)
        return elementwise(_CLAMP, input, min, max)
    return _at_least(input, min) if max is None else elementwise(_CLAMP_MAX, input, max)


@op("torch.clamp", "torch.Tensor.clamp", "torch.clip", "torch.Tensor.clip")
def clamp(input: Any, min: Any = None, max: Any = None, *, out: Any = None) -> Any:
    """Every element kept within bounds.

    >>> clamp(T(2, dtype="int64"), min=0.5)
    float32[2]
    """
    return deliver(clamped(input, min, max), out)


@op("torch.Tensor.clamp_", "torch.clamp_", "torch.Tensor.clip_", "torch.clip_")
def clamp_(input: Any, min: Any = None, max: Any = None) -> Any:
    """Every element kept within bounds, in place."""
    return store(input, clamped(input, min, max))


@op("torch.clamp_min", "torch.Tensor.clamp_min")
def clamp_min(input: Any, min: Any, *, out: Any = None) -> Any:
    """Every element at least ``min``."""
    return deliver(_at_least(input, min), out)


@op("torch.Tensor.clamp_min_", "torch.clamp_min_")
def clamp_min_(input: Any, min: Any) -> Any:
    """Every element at least ``min``, in place."""
    return store(input, _at_least(input, min))


@op("torch.clamp_max", "torch.Tensor.clamp_max")
def clamp_max(input: Any, max: Any, *, out: Any = None) -> Any:
    """Every element at most ``max``."""
    return deliver(elementwise(_CLAMP_MAX, input, max), out)


@op("torch.Tensor.clamp_max_", "torch.clamp_max_")
def clamp_max_(input: Any, max: Any) -> Any:
    """Every element at most ``max``, in place."""
    return store(input, elementwise(_CLAMP_MAX, input, max))


_LERP = Rule("lerp", "hfc")


def _mixed(input: Any, end: Any, weight: Any) -> Any:
    for value in (end, weight):
        if isinstance(value, TorchTensor):
            if value.dtype != input.dtype and (value is end or value.shape):
                refuse("RuntimeError", f"expected dtype {input.dtype} but got dtype {value.dtype}")
        elif value is end or number_category(value) is None:
            refuse("TypeError", "lerp(): 'end' must be a Tensor, 'weight' a Tensor or a number")
    return elementwise(_LERP, *(value for value in (input, end, weight) if isinstance(value, TorchTensor)))


@op("torch.lerp", "torch.Tensor.lerp")
def lerp(input: Any, end: Any, weight: Any, *, out: Any = None) -> Any:
    """``input + weight * (end - input)``.

    >>> lerp(T(2, 3), T(3), 0.5)
    float32[2, 3]
    """
    return deliver(_mixed(input, end, weight), out)


@op("torch.Tensor.lerp_")
def lerp_(input: Any, end: Any, weight: Any) -> Any:
    """``input + weight * (end - input)``, in place."""
    return store(input, _mixed(input, end, weight))


_ADDCMUL = Rule("addcmul", "ihfc")
_ADDCDIV = Rule("addcdiv", "hfc")


def _fused(rule: Rule, input: Any, tensor1: Any, tensor2: Any, value: Any) -> Any:
    for tensor in (input, tensor1, tensor2):
        if not isinstance(tensor, TorchTensor):
            refuse("TypeError", f"{rule.name}(): expected Tensors")
    if rule is _ADDCDIV and category_of(tensor1.dtype) < 2 and category_of(tensor2.dtype) < 2:
        refuse("RuntimeError", "Integer division with addcdiv is no longer supported")
    return elementwise(rule, input, tensor1, tensor2)


def _fused_family(rule: Rule, sign: str) -> None:
    @op(f"torch.{rule.name}", f"torch.Tensor.{rule.name}")
    def function(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1, out: Any = None) -> Any:
        return deliver(_fused(rule, input, tensor1, tensor2, value), out)

    @op(f"torch.Tensor.{rule.name}_")
    def inplace(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
        return store(input, _fused(rule, input, tensor1, tensor2, value))

    function.__doc__ = f"``input + value * tensor1 {sign} tensor2``."
    inplace.__doc__ = f"``input + value * tensor1 {sign} tensor2``, in place."


_fused_family(_ADDCMUL, "*")
_fused_family(_ADDCDIV, "/")


def fits(value: Any, dtype: str) -> None:
    """Refuse a number that the element type cannot hold.

    >>> fits(-1e9, "float16")
    Traceback (most recent call last):
    Refusal: value cannot be converted to type float16 without overflow
    """
    if isinstance(value, complex):
        fact = letter(dtype) in "bc"
    elif not isinstance(value, (int, float)):
        return
    elif category_of(dtype) == 1:
        limits = IntegerLimits(DTYPES[dtype])
        fact = (limits.min or -limits.max) <= value <= limits.max
    elif dtype in FLOAT_LIMITS and math.isfinite(value):
        fact = abs(value) <= FLOAT_LIMITS[dtype][1]
    else:
        return
    if not fact:
        refuse("RuntimeError", f"value cannot be converted to type {dtype} without overflow")


def _filled(input: Any, mask: Any, value: Any) -> Any:
    if not isinstance(mask, TorchTensor):
        refuse("TypeError", "masked_fill(): argument 'mask' must be Tensor")
    if mask.dtype != "bool":
        refuse("RuntimeError", f"masked_fill_ only supports boolean masks, but got mask with dtype {mask.dtype}")
    if isinstance(value, TorchTensor):
        if value.shape:
            refuse("RuntimeError", f"masked_fill_ only supports a 0-dimensional value tensor, but got {len(value.shape)} dimensions")
    elif number_category(value) is None:
        refuse("TypeError", f"masked_fill(): argument 'value' must be Number, not {kind_name(value)}")
    else:
        fits(value, input.dtype)
    shape = broadcast(input.shape, mask.shape)
    fill = value.data if isinstance(value, TorchTensor) else [value]
    known = _chosen(mask, fill[0], input, shape, input.dtype) if fill is not None and input.data is not None else None
    return input.like(shape, data=known)


@op("torch.masked_fill", "torch.Tensor.masked_fill")
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """The tensor with ``value`` where the mask holds.

    >>> masked_fill(T(2, 3), T(3, dtype="bool"), 0)
    float32[2, 3]
    """
    return _filled(input, mask, value)


@op("torch.Tensor.masked_fill_")
def masked_fill_(input: Any, mask: Any, value: Any) -> Any:
    """``value`` where the mask holds, in place."""
    return store(input, _filled(input, mask, value))


@op("torch.fake_quantize_per_tensor_affine")
def fake_quantize_per_tensor_affine(input: Any, scale: Any, zero_point: Any, quant_min: int, quant_max: int) -> Any:
    """The tensor rounded to what quantized elements could hold."""
    return input.like()


@op("torch.fake_quantize_per_channel_affine")
def fake_quantize_per_channel_affine(input: Any, scale: Any, zero_point: Any, axis: int, quant_min: int, quant_max: int) -> Any:
    """The tensor rounded, with a scale for every place along an axis."""
    return input.like()
