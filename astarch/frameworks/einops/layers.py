"""The layers of einops for torch."""

from __future__ import annotations

from typing import Any

from ..describe import Layer, layer, multiply, refuse
from ..shapes import product
from ..torch.tensor import param
from .ops import rearrange, reduce
from .pattern import compose, names_of, parse, parse_side, solve

_MODULE = "einops.layers.torch"


@layer("einops.layers.torch.Rearrange", _MODULE)
class Rearrange(Layer):
    """`rearrange` as a layer."""

    def __init__(self, pattern: str, **axes_lengths: Any) -> None:
        self.pattern = pattern
        self.axes_lengths = axes_lengths
        parse(pattern)

    def forward(self, input: Any) -> Any:
        return rearrange(input, self.pattern, **self.axes_lengths)


@layer("einops.layers.torch.Reduce", _MODULE)
class Reduce(Layer):
    """`reduce` as a layer."""

    def __init__(self, pattern: str, reduction: Any, **axes_lengths: Any) -> None:
        self.pattern = pattern
        self.reduction = reduction
        self.axes_lengths = axes_lengths
        parse(pattern)

    def forward(self, input: Any) -> Any:
        return reduce(input, self.pattern, self.reduction, **self.axes_lengths)


@layer("einops.layers.torch.EinMix", _MODULE)
class EinMix(Layer):
    """A linear map described by a pattern, a shape for its weight, and one for its bias."""

    def __init__(self, pattern: str, weight_shape: str, bias_shape: str | None = None, **axes_lengths: Any) -> None:
        self.pattern = pattern
        self.weight_shape = weight_shape
        self.bias_shape = bias_shape
        self.axes_lengths = axes_lengths
        weight = [group[0] if group else "1" for group in parse_side(weight_shape)]
        self.weight = param(*[axes_lengths[name] if name != "1" else 1 for name in weight])
        if bias_shape is not None:
            self.bias = param(*_bias_shape(pattern, bias_shape, axes_lengths))
        else:
            self.register_parameter("bias", None)

    def forward(self, input: Any) -> Any:
        left, right = parse(self.pattern)
        sizes = solve(self.pattern, left, input.shape, {n: v for n, v in self.axes_lengths.items() if n in names_of(left)})
        result = input.like(compose(right, {**self.axes_lengths, **sizes}))
        shared = names_of(left) & set(self.weight_shape.split()) - names_of(right)
        multiply(product(result.shape) * product(sizes[name] for name in shared))
        return result


def _bias_shape(pattern: str, bias_shape: str, axes_lengths: dict[str, Any]) -> list[Any]:
    """The bias is shaped to broadcast against the result."""
    _, right = parse(pattern)
    wanted = set(bias_shape.replace("(", " ").replace(")", " ").split())
    unknown = wanted - names_of(right) - {"1"}
    if unknown:
        refuse("EinopsError", f"bias axes {unknown} are not in the result of {pattern!r}")
    return [axes_lengths[name] if name in wanted else 1 for group in right for name in (group or ("1",))]
