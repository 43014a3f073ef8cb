"""`torch.nn.modules.padding`: padding as modules."""

from __future__ import annotations

from typing import Any

from ...describe import Layer, layer, refuse
from ..making import rule
from ..ops.tuples import ntuple

_MODULE = "torch.nn.modules.padding"


def _nd(name: str) -> Any:
    """Describe the class that all paddings of a mode derive from."""
    return layer(f"{_MODULE}.{name}", _MODULE)(type(name, (Layer,),
                                                    {"__doc__": "What paddings of this mode share.", "__module__": __name__}))  # fmt: skip


_CircularPadNd, _ConstantPadNd = _nd("_CircularPadNd"), _nd("_ConstantPadNd")
_ReflectionPadNd, _ReplicationPadNd = _nd("_ReflectionPadNd"), _nd("_ReplicationPadNd")


def _pad(name: str, parent: Any, axes: int, mode: str) -> None:
    """Describe a padding whose only argument is how much."""

    def construct(self: Any, padding: Any) -> None:
        self.padding = ntuple(padding, 2 * axes)

    def _check_input_dim(self: Any, input: Any) -> None:
        if len(input.shape) not in (axes + 1, axes + 2):
            refuse("ValueError", f"expected {axes + 1}D or {axes + 2}D input (got {len(input.shape)}D input)")

    def forward(self: Any, input: Any) -> Any:
        if mode == "circular":
            self._check_input_dim(input)
        return rule("torch.nn.functional.pad")(input, self.padding, mode)

    members = {"__doc__": f"Padding of the last {axes} axes, mode {mode}.", "__module__": __name__, "__init__": construct,
               "forward": forward}  # fmt: skip
    if mode == "circular":
        members["_check_input_dim"] = _check_input_dim
    layer(f"torch.nn.{name}", _MODULE)(type(name, (parent,), members))


def _constant(axes: int) -> None:
    """Describe the padding with a number, and the one with zero."""

    def construct(self: Any, padding: Any, value: Any) -> None:
        self.value = value
        self.padding = ntuple(padding, 2 * axes)

    def forward(self: Any, input: Any) -> Any:
        return rule("torch.nn.functional.pad")(input, self.padding, "constant", self.value)

    def start(self: Any, padding: Any) -> None:
        construct(self, padding, 0.0)

    members = {"__doc__": f"Padding of the last {axes} axes with a number.", "__module__": __name__, "__init__": construct,
               "forward": forward}  # fmt: skip
    constant = layer(f"torch.nn.ConstantPad{axes}d", _MODULE)(type(f"ConstantPad{axes}d", (_ConstantPadNd,), members))
    zero = {"__doc__": f"Padding of the last {axes} axes with zeros.", "__module__": __name__, "__init__": start}
    layer(f"torch.nn.ZeroPad{axes}d", _MODULE)(type(f"ZeroPad{axes}d", (constant,), zero))


for _axes in (1, 2, 3):
    _pad(f"CircularPad{_axes}d", _CircularPadNd, _axes, "circular")
    _pad(f"ReflectionPad{_axes}d", _ReflectionPadNd, _axes, "reflect")
    _pad(f"ReplicationPad{_axes}d", _ReplicationPadNd, _axes, "replicate")
    _constant(_axes)
