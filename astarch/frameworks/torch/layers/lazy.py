"""`torch.nn.modules.lazy`: what modules share whose parameters wait for the first input."""

from __future__ import annotations

from ...describe import Layer, layer
from ..tensor import UninitializedBuffer, UninitializedParameter


@layer("torch.nn.modules.lazy.LazyModuleMixin", "torch.nn.modules.lazy")
class LazyModuleMixin(Layer):
    """Its ``initialize_parameters`` gets the first input; then it is what ``becomes`` says."""

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer still waits for its shape."""
        waiting = (UninitializedParameter, UninitializedBuffer)
        held = (*self._parameters.values(), *self._buffers.values())
        return any(isinstance(value, waiting) for value in held)


Lazy = LazyModuleMixin
