"""`torch.ao.quantization`: the stubs and functional modules that quantisable models hold before they are quantised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....ir.unknown import Reason
from ...describe import REGISTRY, RUN, Layer, layer, op, refuse, unknown
from ..making import call, make

_STUBS = "torch.ao.quantization.stubs"
_FUNCTIONAL = "torch.ao.nn.quantized.modules.functional_modules"


@layer("torch.ao.quantization.QuantStub", _STUBS, "torch.quantization.QuantStub")
class QuantStub(Layer):
    """Marks where activations become quantised; before that it passes them on."""

    def __init__(self, qconfig: Any = None) -> None:
        if qconfig:
            self.qconfig = qconfig

    def forward(self, x: Any) -> Any:
        return x


@layer("torch.ao.quantization.DeQuantStub", _STUBS, "torch.quantization.DeQuantStub")
class DeQuantStub(Layer):
    """Marks where activations become floating again; before that it passes them on."""

    def __init__(self, qconfig: Any = None) -> None:
        if qconfig:
            self.qconfig = qconfig

    def forward(self, x: Any) -> Any:
        return x


@layer("torch.ao.nn.quantized.FloatFunctional", _FUNCTIONAL, "torch.nn.quantized.FloatFunctional")
class FloatFunctional(Layer):
    """Arithmetic as methods, so that results can be observed by a child module."""

    def __init__(self) -> None:
        self.activation_post_process = make("torch.nn.Identity")

    def forward(self, x: Any) -> Any:
        refuse("RuntimeError", "FloatFunctional is not intended to use the 'forward'. Please use the underlying operation")

    def add(self, x: Any, y: Any) -> Any:
        return _observed(self, "torch.add", x, y)

    def add_scalar(self, x: Any, y: Any) -> Any:
        return _shown(lambda: REGISTRY["torch.add"](x, y))

    def mul(self, x: Any, y: Any) -> Any:
        return _observed(self, "torch.mul", x, y)

    def mul_scalar(self, x: Any, y: Any) -> Any:
        return _shown(lambda: REGISTRY["torch.mul"](x, y))

    def cat(self, x: Any, dim: int = 0) -> Any:
        return _observed(self, "torch.cat", x, dim)

    def add_relu(self, x: Any, y: Any) -> Any:
        return call(self.activation_post_process, _shown(lambda: REGISTRY["torch.relu"](REGISTRY["torch.add"](x, y))))

    def matmul(self, x: Any, y: Any) -> Any:
        return _observed(self, "torch.matmul", x, y)


def _observed(self: Any, name: str, *args: Any) -> Any:
    return call(self.activation_post_process, _shown(lambda: REGISTRY[name](*args)))


def _shown(compute: Callable[[], Any]) -> Any:
    """What is computed, as a step of the program: these methods are no layers, so what they do is not their own business."""
    run = RUN.get()
    around, run.nested = run.nested, 0
    try:
        return compute()
    finally:
        run.nested = around


@op("torch.ao.quantization.fuse_modules", "torch.ao.quantization.fuse_modules_qat", "torch.ao.quantization.prepare",
    "torch.ao.quantization.prepare_qat", "torch.ao.quantization.convert", lenient=True)  # fmt: skip
def fuse_modules(model: Any, *args: Any, **kwargs: Any) -> Any:
    """The model; what quantisation makes of it is not described."""
    return unknown("quantisation rewrites the model", Reason.NOT_DESCRIBED)
