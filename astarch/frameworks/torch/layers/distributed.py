"""Wrappers that spread a module over processes; here they only hold it."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer
from ..making import call


@layer("torch.nn.parallel.DistributedDataParallel", "torch.nn.parallel.distributed")
class DistributedDataParallel(Layer):
    """Runs its module in every process, and averages the gradients."""

    def __init__(self, module: Any, device_ids: Any = None, output_device: Any = None, dim: Any = 0, *args: Any, **kwargs: Any) -> None:
        self.module = module
        self.device_ids = device_ids
        self.dim = dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return call(self.module, *inputs, **kwargs)
