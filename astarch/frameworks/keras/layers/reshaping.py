"""Shapes: flatten, reshape, permute, crop, pad, upsample."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import same
from ..describing import KerasLayer, data_format_of, is_open, layer, numbers, open_size, refuse, require
from ..model.checking import InputSpec
from ..windows import channels_of, placed, spatial_of


@layer("keras.layers.Flatten", "keras.src.layers.reshaping.flatten")
class Flatten(KerasLayer):
    """All axes but the batch in one."""

    def __init__(self, data_format: Any = None, **kwargs: Any) -> None:
        self.data_format = data_format_of(data_format)
        self.input_spec = InputSpec(min_ndim=1)
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], math.prod(input_shape[1:]) if len(input_shape) > 1 else 1)


@layer("keras.layers.Reshape", "keras.src.layers.reshaping.reshape")
class Reshape(KerasLayer):
    """Another shape of the same elements."""

    def __init__(self, target_shape: Any, **kwargs: Any) -> None:
        self.target_shape = tuple(target_shape)
        if sum(1 for size in self.target_shape if type(size) is int and size == -1) > 1:
            refuse(
                "ValueError",
                f"The `target_shape` argument must not contain more than one `-1` value. Received: target_shape={target_shape}",
            )
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        wanted = [open_size() if size is None else size for size in self.target_shape]
        holes = [place for place, size in enumerate(wanted) if type(size) is int and size == -1]
        total = math.prod(input_shape[1:])
        if not holes:
            if not is_open(total) and not is_open(math.prod(wanted)):
                require(same(math.prod(wanted), total), f"The total size of the tensor must be unchanged. Received: "
                        f"input_shape={input_shape[1:]}, "
                        f"target_shape={self.target_shape}", name="reshape-mismatch")  # fmt: skip
            return (input_shape[0], *wanted)
        known = math.prod(size for place, size in enumerate(wanted) if place != holes[0])
        if not is_open(total) and not is_open(known):
            require(same(total % known, 0), f"The total size of the tensor must be unchanged: {total} elements do not divide into "
                    f"{self.target_shape}",
                    name="reshape-mismatch")  # fmt: skip
        return (input_shape[0], *[total // known if place == holes[0] else size for place, size in enumerate(wanted)])


@layer("keras.layers.Permute", "keras.src.layers.reshaping.permute")
class Permute(KerasLayer):
    """Axes in another order."""

    def __init__(self, dims: Any, **kwargs: Any) -> None:
        self.dims = tuple(dims)
        if sorted(dims) != list(range(1, len(dims) + 1)):
            refuse("ValueError", f"Invalid permutation argument `dims` for Permute Layer. The set of indices in `dims` must be "
                   f"consecutive and start from 1. "
                   f"Received dims={dims}")  # fmt: skip
        self.input_spec = InputSpec(ndim=len(self.dims) + 1)
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], *[input_shape[axis] for axis in self.dims])


@layer("keras.layers.RepeatVector", "keras.src.layers.reshaping.repeat_vector")
class RepeatVector(KerasLayer):
    """The same vector several times."""

    def __init__(self, n: Any, **kwargs: Any) -> None:
        self.n = n
        if not isinstance(n, int):
            refuse("TypeError", f"Expected an integer value for `n`, got {type(n)}.")
        self.input_spec = InputSpec(ndim=2)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], self.n, input_shape[1])


def _pairs(value: Any, rank: int, name: str) -> tuple[tuple[Any, Any], ...]:
    """One number, one for each axis, or two for each."""
    if isinstance(value, int):
        if value < 0:
            refuse("ValueError", f"`{name}` cannot be negative. Received: {name}={value}.")
        return ((value, value),) * rank
    if rank == 1:
        return (numbers(value, 2, name, True),)  # type: ignore[return-value]
    if not hasattr(value, "__len__") or len(value) != rank:
        refuse("ValueError", f"`{name}` should have {rank} elements. Received: {name}={value}.")
    return tuple(numbers(one, 2, f"{name} entry", True) for one in value)  # type: ignore[misc]


def _padding(rank: int) -> None:
    default: Any = 1 if rank == 1 else (1, 1) if rank == 2 else ((1, 1),) * 3

    def start(self: Any, padding: Any = default, data_format: Any = None, **kwargs: Any) -> None:
        self.data_format = data_format_of(data_format)
        pairs = _pairs(padding, rank, "padding")
        self.padding = pairs[0] if rank == 1 else pairs
        self.input_spec = InputSpec(ndim=rank + 2)

    def compute_output_shape(self: Any, input_shape: Any) -> Any:
        pairs = (self.padding,) if rank == 1 else self.padding
        spatial = [size + low + high for size, (low, high) in zip(spatial_of(input_shape, self.data_format), pairs, strict=False)]
        return placed(input_shape, spatial, channels_of(input_shape, self.data_format), self.data_format)

    name = f"ZeroPadding{rank}D"
    made = type(
        name, (KerasLayer,), {"__init__": start, "compute_output_shape": compute_output_shape, "__doc__": f"Zeros around {rank} axes."}
    )
    layer(f"keras.layers.{name}", f"keras.src.layers.reshaping.zero_padding{rank}d")(made)


def _cropped(self: Any, input_shape: Any, pairs: Any, data_format: str) -> Any:
    spatial = []
    for size, (low, high) in zip(spatial_of(input_shape, data_format), pairs, strict=False):
        if type(size) is int and low + high >= size:
            refuse("ValueError", f"`cropping` parameter of `{self.py_class.name}` layer must be smaller than the input size. Received: "
                   f"input_shape="
                   f"{input_shape}, cropping={self.cropping}")  # fmt: skip
        spatial.append(size - low - high)
    return placed(input_shape, spatial, channels_of(input_shape, data_format), data_format)


@layer("keras.layers.Cropping1D", "keras.src.layers.reshaping.cropping1d")
class Cropping1D(KerasLayer):
    """Without the ends of one axis."""

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        self.cropping = _pairs(cropping, 1, "cropping")[0]
        self.input_spec = InputSpec(ndim=3)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _cropped(self, input_shape, (self.cropping,), "channels_last")


def _cropping(rank: int, default: Any) -> None:
    def start(self: Any, cropping: Any = default, data_format: Any = None, **kwargs: Any) -> None:
        self.data_format = data_format_of(data_format)
        self.cropping = _pairs(cropping, rank, "cropping")
        self.input_spec = InputSpec(ndim=rank + 2)

    def compute_output_shape(self: Any, input_shape: Any) -> Any:
        return _cropped(self, input_shape, self.cropping, self.data_format)

    name = f"Cropping{rank}D"
    made = type(
        name,
        (KerasLayer,),
        {"__init__": start, "compute_output_shape": compute_output_shape, "__doc__": f"Without the ends of {rank} axes."},
    )
    layer(f"keras.layers.{name}", f"keras.src.layers.reshaping.cropping{rank}d")(made)


@layer("keras.layers.UpSampling1D", "keras.src.layers.reshaping.up_sampling1d")
class UpSampling1D(KerasLayer):
    """Every step several times."""

    def __init__(self, size: Any = 2, **kwargs: Any) -> None:
        self.size = int(size)
        self.input_spec = InputSpec(ndim=3)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (input_shape[0], input_shape[1] * self.size, input_shape[2])


@layer("keras.layers.UpSampling2D", "keras.src.layers.reshaping.up_sampling2d")
class UpSampling2D(KerasLayer):
    """Larger images."""

    def __init__(self, size: Any = (2, 2), data_format: Any = None, interpolation: Any = "nearest", **kwargs: Any) -> None:
        self.data_format = data_format_of(data_format)
        self.size = numbers(size, 2, "size")
        self.interpolation = interpolation.lower()
        self.input_spec = InputSpec(ndim=4)

    def compute_output_shape(self, input_shape: Any) -> Any:
        spatial = [size * factor for size, factor in zip(spatial_of(input_shape, self.data_format), self.size, strict=False)]
        return placed(input_shape, spatial, channels_of(input_shape, self.data_format), self.data_format)


@layer("keras.layers.UpSampling3D", "keras.src.layers.reshaping.up_sampling3d")
class UpSampling3D(KerasLayer):
    """Larger volumes."""

    def __init__(self, size: Any = (2, 2, 2), data_format: Any = None, **kwargs: Any) -> None:
        self.data_format = data_format_of(data_format)
        self.size = numbers(size, 3, "size")
        self.input_spec = InputSpec(ndim=5)

    def compute_output_shape(self, input_shape: Any) -> Any:
        spatial = [size * factor for size, factor in zip(spatial_of(input_shape, self.data_format), self.size, strict=False)]
        return placed(input_shape, spatial, channels_of(input_shape, self.data_format), self.data_format)


for _rank in (1, 2, 3):
    _padding(_rank)
_cropping(2, ((0, 0), (0, 0)))
_cropping(3, ((1, 1), (1, 1), (1, 1)))
