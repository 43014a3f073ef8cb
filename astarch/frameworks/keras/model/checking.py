"""`keras.InputSpec`: what a layer demands of its inputs."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import RUN, kind, refuse, require
from ..nested import flatten
from ..tensor import KerasTensor, outward


@kind("keras.InputSpec", "keras.layers.InputSpec", "keras.src.layers.input_spec.InputSpec")
class InputSpec:
    """Rank, sizes and element type of one input."""

    def __init__(self, dtype: Any = None, shape: Any = None, ndim: Any = None, max_ndim: Any = None, min_ndim: Any = None, axes: Any = None,
                 allow_last_axis_squeeze: Any = False, name: Any = None, optional: Any = False) -> None:  # fmt: skip
        self.layer: Any = None  # the input of a wired model that demands it
        self.dtype = dtype
        self.shape = tuple(shape) if shape is not None else None
        self.ndim = len(shape) if shape is not None else ndim
        self.max_ndim, self.min_ndim = max_ndim, min_ndim
        self.name, self.optional, self.allow_last_axis_squeeze = name, optional, allow_last_axis_squeeze
        self.axes = {int(key): value for key, value in (axes or {}).items()}
        if self.axes and (self.ndim is not None or self.max_ndim is not None):
            largest = (self.ndim or self.max_ndim) - 1
            if max(self.axes) > largest:
                refuse("ValueError", f"Axis {max(self.axes)} is greater than the maximum allowed value: {largest}")

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype, "shape": self.shape, "ndim": self.ndim, "max_ndim": self.max_ndim, "min_ndim": self.min_ndim,
                "axes": self.axes, "optional": self.optional}  # fmt: skip


def check_inputs(layer: Any, inputs: Any) -> None:
    """Hold the inputs against the layer's specification (``assert_input_compatibility``)."""
    specs = layer.__dict__.get("_input_spec", None)
    if not specs:
        return
    specs = flatten(specs)
    name = layer.__dict__["name"]
    if isinstance(inputs, dict):
        names = [spec.name for spec in specs]
        if all(names):
            missing = next((one for one in names if one not in inputs), None)
            if missing is not None:
                refuse("ValueError", f'Missing data for input "{missing}". You passed a data dictionary with keys {list(inputs)}. '
                       f"Expected the following keys: {names}")  # fmt: skip
            inputs = [inputs[one] for one in names]
    leaves = flatten(inputs)
    if len(leaves) != len(specs):
        refuse("ValueError", f"Layer '{name}' expected {len(specs)} input(s). Received {len(leaves)} instead.")
    for place, (leaf, spec) in enumerate(zip(leaves, specs, strict=False)):
        if isinstance(spec, InputSpec) and isinstance(leaf, KerasTensor):
            held = RUN.get().modules
            held.append(spec.layer or layer)
            try:
                _check(name, place, leaf, spec)
            finally:
                held.pop()


def _check(name: str, place: int, leaf: KerasTensor, spec: InputSpec) -> None:
    shape = leaf.shape
    rank = len(shape)
    full = f"Full shape received: {outward(shape)}"
    start = f"Input {place} of layer '{name}' is incompatible with the layer: "
    if spec.ndim is not None and not spec.allow_last_axis_squeeze and rank != spec.ndim:
        refuse("ValueError", f"{start}expected ndim={spec.ndim}, found ndim={rank}. {full}")
    if spec.max_ndim is not None and rank > spec.max_ndim:
        refuse("ValueError", f"{start}expected max_ndim={spec.max_ndim}, found ndim={rank}")
    if spec.min_ndim is not None and rank < spec.min_ndim:
        refuse("ValueError", f"{start}expected min_ndim={spec.min_ndim}, found ndim={rank}. {full}")
    for axis, size in spec.axes.items():
        if size is not None and -rank <= axis < rank:
            require(_agrees(shape[axis], size), f"{start}expected axis {axis} of input shape to have value {size}, but received input "
                    f"with shape "
                    f"{outward(shape)}", code="MDL200")  # fmt: skip
    if spec.shape is not None:
        given, expected = shape, spec.shape
        if spec.allow_last_axis_squeeze:
            given = given[:-1] if given and given[-1] == 1 else given
            expected = expected[:-1] if expected and expected[-1] == 1 else expected
        for size, wanted in zip(given, expected, strict=False):  # Keras too compares the axes that both have
            if wanted is not None:
                require(_agrees(size, wanted), f"{start}expected shape={spec.shape}, found shape={outward(shape)}", code="MDL200")


def _agrees(size: Any, wanted: Any) -> bool:
    """Keras lets an open size pass."""
    return same(size, wanted) is not False
