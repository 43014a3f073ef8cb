"""`torch.nn.parallel`: wrappers that run a module on several devices."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer
from ..making import call


@layer("torch.nn.DataParallel", "torch.nn.parallel.data_parallel")
class DataParallel(Layer):
    """Runs its module on the parts of a batch."""

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: Any = 0) -> None:
        self.module = module
        self.device_ids: list[Any] = []

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return call(self.module, *inputs, **kwargs)
