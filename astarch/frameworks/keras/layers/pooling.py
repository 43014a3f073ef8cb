"""Pooling: of windows, of everything, to a given size."""

from __future__ import annotations

from typing import Any

from ..describing import KerasLayer, data_format_of, layer, numbers, ops, padding_of, refuse, shaped
from ..model.checking import InputSpec
from ..state import snake_case
from ..windows import channels_of, placed, pool_sizes, spatial_of


class BasePooling(KerasLayer):
    """Pooling of windows."""

    described_in = "keras.src.layers.pooling.base_pooling"

    def compute_output_shape(self, input_shape: Any) -> Any:
        spatial = pool_sizes(spatial_of(input_shape, self.data_format), self.pool_size, self.strides, self.padding)
        return placed(input_shape, spatial, channels_of(input_shape, self.data_format), self.data_format)


def _start(self: Any, rank: int, pool_size: Any, strides: Any, padding: Any, data_format: Any) -> None:
    self.pool_size = numbers(pool_size, rank, "pool_size")
    self.strides = numbers(pool_size if strides is None else strides, rank, "strides", True)
    self.padding = padding_of(padding)
    self.data_format = data_format_of(data_format)
    self.input_spec = InputSpec(ndim=rank + 2)
    self._build_at_init()


def _average(rank: int) -> type:
    def start(self: Any, pool_size: Any, strides: Any = None, padding: Any = "valid", data_format: Any = None, name: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        _start(self, rank, pool_size, strides, padding, data_format)

    return _named(f"AveragePooling{rank}D", start, "average", rank)


def _named(name: str, start: Any, kind: str, rank: int, base: type = BasePooling) -> type:
    made = type(name, (base,), {"__init__": start, "__doc__": f"{kind.capitalize()} pooling of {rank} axes."})
    return layer(f"keras.layers.{name}", f"keras.src.layers.pooling.{_file(name)}")(made)


def _file(name: str) -> str:
    return snake_case(name)


def _maximum(rank: int, default: Any) -> type:
    def start(self: Any, pool_size: Any = default, strides: Any = None, padding: Any = "valid", data_format: Any = None,
                 name: Any = None, **kwargs: Any) -> None:  # fmt: skip
        _start(self, rank, pool_size, strides, padding, data_format)

    return _named(f"MaxPooling{rank}D", start, "max", rank)


for _rank, _default in ((1, 2), (2, (2, 2)), (3, (2, 2, 2))):
    _average(_rank)
    _maximum(_rank, _default)


class BaseGlobalPooling(KerasLayer):
    """Pooling of all positions."""

    described_in = "keras.src.layers.pooling.base_global_pooling"

    def compute_output_shape(self, input_shape: Any) -> Any:
        batch, channels = input_shape[0], channels_of(input_shape, self.data_format)
        if self.keepdims:
            return placed((batch,), [1] * (len(input_shape) - 2), channels, self.data_format)
        return (batch, channels)


def _global(rank: int, kind: str) -> None:
    def start(self: Any, data_format: Any = None, keepdims: Any = False, **kwargs: Any) -> None:
        self.data_format = data_format_of(data_format)
        self.keepdims = keepdims
        self.input_spec = InputSpec(ndim=rank + 2)
        if rank == 1 and kind == "Average":
            self.supports_masking = True
        self._build_at_init()

    def call(self: Any, inputs: Any, mask: Any = None) -> Any:
        return shaped(self, inputs)

    def compute_mask(self: Any, inputs: Any, mask: Any = None) -> Any:
        return None

    methods = {"call": call, "compute_mask": compute_mask} if rank == 1 and kind == "Average" else {}
    name = f"Global{kind}Pooling{rank}D"
    made = type(name, (BaseGlobalPooling,), {"__init__": start, "__doc__": f"{kind} over all positions of {rank} axes.", **methods})
    layer(f"keras.layers.{name}", f"keras.src.layers.pooling.{_file(name)}")(made)


class BaseAdaptivePooling(KerasLayer):
    """Pooling to a given size."""

    described_in = "keras.src.layers.pooling.base_adaptive_pooling"

    def compute_output_shape(self, input_shape: Any) -> Any:
        return placed(input_shape, list(self.output_size), channels_of(input_shape, self.data_format), self.data_format)


def _adaptive(rank: int, kind: str) -> None:
    def start(self: Any, output_size: Any, data_format: Any = None, **kwargs: Any) -> None:
        if not isinstance(output_size, (int, tuple, list)) or isinstance(output_size, bool):
            refuse("TypeError", f"`output_size` must be an integer or a tuple of {rank} integers. Received: {output_size}")
        self.output_size = numbers(output_size, rank, "output_size")
        self.data_format = data_format_of(data_format)

    name = f"Adaptive{kind}Pooling{rank}D"
    made = type(name, (BaseAdaptivePooling,), {"__init__": start, "__doc__": f"{kind} pooling of {rank} axes to a given size."})
    layer(f"keras.layers.{name}", f"keras.src.layers.pooling.{_file(name)}")(made)


for _rank in (1, 2, 3):
    for _kind in ("Average", "Max"):
        _global(_rank, _kind)
        _adaptive(_rank, _kind)

__all__ = ["ops"]
