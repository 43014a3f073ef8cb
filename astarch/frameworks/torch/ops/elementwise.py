"""The one rule of elementwise ops: operands take a common type, shapes broadcast, values follow when known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ....ir.dim import same
from ...describe import refuse, require
from ...dtypes import real_of
from ...shapes import broadcast, text
from ..tensor import TorchTensor, default_dtype, kind_name
from .aliasing import write
from .promotion import castable, category_of, result_dtype
from .values import LOST, cast, cast_all, computed, few, spread_values

_LETTERS = {"float16": "h", "bfloat16": "h", "complex32": "c"}
ANY = "bihfc"
REAL = "bihf"
NUMBERS = "ihf"
FLOATS = "hf"


def letter(dtype: str) -> str:
    """One letter for the kind of a type: b bool, i integer, h half width, f floating, c complex, q eight bits."""
    return _LETTERS.get(dtype) or ("q" if dtype.startswith("float8") else "bifc"[category_of(dtype)])


@dataclass(frozen=True, slots=True)
class Rule:
    """What an elementwise op does to element types and, where it is exact, to values.

    Attributes:
        name: As messages show it.
        accepts: Letters of the common types it is implemented for (see `letter`).
        gives: ``same``, ``float`` (whole numbers become the default floating type), ``bool`` or ``real``.
        exact: The value of the op on Python numbers, when torch computes exactly that.
        numbers: Which operands may be plain numbers: ``""``, ``"other"``, ``"either"`` or ``"both"``.
    """

    name: str
    accepts: str = ANY
    gives: str = "same"
    exact: Callable[..., Any] | None = None
    numbers: str = "other"

    def result(self, common: str) -> str:
        """The type of the result of operands whose common type is ``common``."""
        if letter(common) not in self.accepts:
            refuse("NotImplementedError", f'"{self.name}" not implemented for {common!r}')
        if self.gives == "same":
            return common
        if self.gives == "bool":
            return "bool"
        if self.gives == "real":
            return real_of(common)
        return common if category_of(common) >= 2 else default_dtype()


def check_numbers(rule: Rule, input: Any, other: Any) -> None:
    """Refuse plain numbers where torch wants tensors."""
    first, second = isinstance(input, TorchTensor), isinstance(other, TorchTensor)
    if first and (second or rule.numbers):
        return
    if (second and rule.numbers in ("either", "both")) or rule.numbers == "both":
        return
    refuse("TypeError", f"{rule.name}(): expected a Tensor, got {type(other if first else input).__name__}")


def elementwise(rule: Rule, *operands: Any) -> Any:
    """The result of an elementwise op on tensors and numbers."""
    common = result_dtype(*operands)
    dtype = rule.result(common)
    tensors = [operand for operand in operands if isinstance(operand, TorchTensor)]
    shape = broadcast(*(tensor.shape for tensor in tensors)) if len(tensors) > 1 else tensors[0].shape if tensors else ()
    data = None
    if rule.exact is not None:
        data = values_of(rule.exact, operands, shape, dtype if rule.gives == "float" else common, dtype)
    made = place_of(tensors).like(shape, dtype, data)
    if dtype == "bool" and any(tensor.summary for tensor in tensors):
        made.summary = True
    return made


def place_of(tensors: Sequence[Any]) -> Any:
    """The tensor whose device the result has: the first with axes, else the first."""
    for tensor in tensors:
        if tensor.shape:
            return tensor
    return tensors[0] if tensors else TorchTensor(())


def values_of(exact: Callable[..., Any], operands: Sequence[Any], shape: Sequence[Any], within: str, dtype: str) -> list[Any] | None:
    """The values of an elementwise result, or None."""
    for operand in operands:
        if isinstance(operand, TorchTensor) and operand.data is None:
            return None
    if not few(shape):
        return None
    columns = []
    for operand in operands:
        if isinstance(operand, TorchTensor):
            assert operand.data is not None  # looked at above, before anything is spread
            columns.append(spread_values(operand.data, operand.shape, shape))
        else:
            if within in ("float16", "bfloat16") and not _fits(operand, within):
                return None  # torch keeps the number at full width beside half-width elements
            columns.append(spread_values([operand], (), shape))
    return computed(exact, columns, within, dtype)


def _fits(number: Any, dtype: str) -> bool:
    try:
        return cast(number, dtype) == number
    except LOST:
        return False


def store(target: Any, result: Any) -> Any:
    """Write a result into the tensor an in-place op was called on, and give that back."""
    if not isinstance(target, TorchTensor):
        refuse("TypeError", f"argument 'input' must be Tensor, not {kind_name(target)}")
    if not castable(result.dtype, target.dtype):
        refuse("RuntimeError", f"result type {result.dtype} can't be cast to the desired output type {target.dtype}")
    if target.shape != result.shape:
        fits = len(target.shape) == len(result.shape)
        facts = [same(a, b) for a, b in zip(target.shape, result.shape, strict=fits)] if fits else [False]
        fact = False if False in facts else None if None in facts else True
        require(fact, f"output with shape {text(target.shape)} doesn't match the broadcast shape {text(result.shape)}",
                name="broadcast-mismatch")  # fmt: skip
    return write(target, result.data if result.dtype == target.dtype else cast_all(result.data, target.dtype))


def deliver(result: Any, out: Any) -> Any:
    """The result, or ``out=`` after the result was written to it."""
    if out is None:
        return result
    if not castable(result.dtype, out.dtype):
        refuse("RuntimeError", f"result type {result.dtype} can't be cast to the desired output type {out.dtype}")
    out.shape = result.shape
    out._strides = None
    return write(out, result.data if result.dtype == out.dtype else cast_all(result.data, out.dtype))
