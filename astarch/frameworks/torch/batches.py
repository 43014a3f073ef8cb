"""What `torch.utils.data.default_collate` makes of examples: tensors of one axis more."""

from __future__ import annotations

from typing import Any

from ...ir.dim import Dim, same
from ...ir.refusal import Refusal
from ...ir.tensor import Tensor
from ...ir.unknown import Reason, Unknown
from ..describe import RUN, leave_node
from ..scalars import Float64
from .ops.strides import in_order
from .tensor import TorchTensor, kind_name

#: What Python's numbers become.
_NUMBERS = {bool: "bool", int: "int64", float: "float64", Float64: "float64"}

_WRONG = "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "


def batch_of(examples: list[Any], size: Any) -> Any:
    """A batch of so many examples, all like the one or two that are given."""
    first = examples[0]
    if isinstance(first, Tensor):
        return _stacked(examples, size)
    if type(first) in _NUMBERS:
        return _given(TorchTensor((size,), _NUMBERS[type(first)]))
    if isinstance(first, Dim):
        return _given(TorchTensor((size,), "int64"))
    if isinstance(first, str | bytes):
        return RUN.get().unknown(Reason.OUTSIDE, "the texts of a batch")
    if isinstance(first, dict):
        return {key: _of_all([one.get(key) if isinstance(one, dict) else None for one in examples], size) for key in first}
    if type(first) in (tuple, list):
        return [
            _of_all(list(parts), size) for parts in zip(*(one if isinstance(one, tuple | list) else () for one in examples), strict=False)
        ]
    if first is None:
        raise Refusal("TypeError", f"{_WRONG}None")
    if getattr(type(first), "no_batch", False):
        raise Refusal("TypeError", f"{_WRONG}<class '{kind_name(first)}'>")
    return RUN.get().unknown(Reason.NOT_DESCRIBED, "a batch of such examples")


def _of_all(examples: list[Any], size: Any) -> Any:
    """A part of every example; when it is not known of one, nothing is known of it."""
    unknown = next((one for one in examples if type(one) is Unknown), None)
    return unknown if unknown is not None else batch_of(examples, size)


def _given(tensor: TorchTensor) -> TorchTensor:
    """A tensor that comes from the data: a step of its own that needs nothing."""
    leave_node(RUN.get(), "torch.utils.data.default_collate", (), {}, tensor, 0)
    return tensor


def _stacked(examples: list[Any], size: Any) -> Any:
    first, shapes = examples[0], [one.shape for one in examples if isinstance(one, Tensor)]
    for shape in shapes[1:]:
        if len(shape) != len(shapes[0]) or any(same(a, b) is False for a, b in zip(shapes[0], shape, strict=True)):
            raise Refusal(
                "RuntimeError",
                f"stack expects each tensor to be equal size, but got {list(shapes[0])} at entry 0 and {list(shape)} at entry 1",
            )
    return _given(in_order(TorchTensor((size, *first.shape), first.dtype)))


def single(example: Any) -> Any:
    """An example by itself: what is a number or an array becomes a tensor, anything else stays."""
    if isinstance(example, Tensor):
        return example if isinstance(example, TorchTensor) else in_order(TorchTensor(example.shape, example.dtype))
    if isinstance(example, dict):
        return {key: single(one) for key, one in example.items()}
    return type(example)(map(single, example)) if type(example) in (tuple, list) else example
