"""Layers that bring several tensors together."""

from __future__ import annotations

from functools import reduce
from typing import Any

from ....ir.dim import same
from ...describe import op as describe_op
from ..describing import KerasLayer, KerasTensor, axis_of, call, is_open, layer, make, ops, refuse, require, rule_of, shaped


class Merge(KerasLayer):
    """Element by element."""

    described_in = "keras.src.layers.merging.base_merge"

    def __init__(self, **kwargs: Any) -> None:
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        _several(self, input_shape)
        shapes = [shape for shape in input_shape if shape is not None]
        batches = {shape[0] for shape in shapes if shape and type(shape[0]) is int}
        if len(batches) > 1:
            refuse("ValueError", f"Cannot merge tensors with different batch sizes. Received tensors with shapes {input_shape}")
        reduce(merged, [tuple(shape[1:]) for shape in shapes])
        self._reshape_required = len({len(shape) for shape in shapes}) != 1

    def call(self, inputs: Any) -> Any:
        if not isinstance(inputs, (list, tuple)):
            refuse("ValueError", f"A merge layer should be called on a list of inputs. Received: inputs={inputs!r} (not a list of tensors)")
        return shaped(self, inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        shapes = [tuple(shape) for shape in input_shape]
        batches = [shape[0] for shape in shapes if not is_open(shape[0])]
        rest = reduce(merged, [shape[1:] for shape in shapes])
        return (batches[0] if batches else shapes[0][0], *rest)

    def compute_output_spec(self, inputs: Any) -> Any:
        return KerasTensor(
            rule_of(self, "compute_output_shape")(self, [tuple(one.shape) for one in inputs]), self.compute_dtype, None, True
        )

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if mask is None or not isinstance(mask, (list, tuple)) or any(one is None for one in mask):
            return None
        return reduce(lambda a, b: ops("logical_or", a, b), mask)


def _several(self: Any, shapes: Any) -> None:
    if not isinstance(shapes, (list, tuple)) or not shapes or not isinstance(shapes[0], (list, tuple)):
        refuse("ValueError", f"A merge layer should be called on a list of inputs. Received: input_shape={shapes} (not a list of shapes)")


def merged(a: Any, b: Any) -> tuple[Any, ...]:
    """The shape of two tensors merged, the batch left out: what is open in one is open in the result."""
    if len(a) < len(b):
        return merged(b, a)
    if not b:
        return tuple(a)
    found = list(a[: len(a) - len(b)])
    for i, j in zip(a[len(a) - len(b) :], b, strict=False):
        if is_open(i) or is_open(j):
            found.append(i if is_open(i) else j)
        elif type(i) is int and i == 1:
            found.append(j)
        elif type(j) is int and j == 1:
            found.append(i)
        else:
            require(same(i, j), f"Inputs have incompatible shapes. Received shapes {tuple(a)} and {tuple(b)}", name="merge-mismatch")
            found.append(i)
    return tuple(found)


def _merge(name: str, least: int | None = None) -> None:
    def start(self: Any, **kwargs: Any) -> None:
        Merge.__init__(self)

    def build(self: Any, input_shape: Any) -> None:
        Merge.build(self, input_shape)
        if least == 2 and len(input_shape) != 2:
            refuse("ValueError", f"A `Subtract` layer should be called on exactly 2 inputs. Received: input_shape={input_shape}")

    made = type(name, (Merge,), {"__init__": start, "build": build, "__doc__": f"{name} of several tensors."})
    layer(f"keras.layers.{name}", f"keras.src.layers.merging.{name.lower()}")(made)
    short = name.lower()

    def function(inputs: Any, **kwargs: Any) -> Any:
        return _call(make(f"keras.layers.{name}", **kwargs), inputs)

    describe_op(f"keras.layers.{short}")(function)


def _call(made: Any, inputs: Any) -> Any:
    return call(made, inputs)


for _name in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
    _merge(_name)
_merge("Subtract", 2)


@layer("keras.layers.Concatenate", "keras.src.layers.merging.concatenate")
class Concatenate(Merge):
    """One behind the other."""

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        Merge.__init__(self)
        self.axis = axis
        self._reshape_required = False

    def build(self, input_shape: Any) -> None:
        if not input_shape or not isinstance(input_shape[0], (list, tuple)):
            refuse(
                "ValueError", f"A `Concatenate` layer should be called on a list of at least 1 input. Received: input_shape={input_shape}"
            )
        first = input_shape[0]
        place = axis_of(self.axis, len(first))
        for shape in input_shape[1:]:
            fits = len(shape) == len(first)
            require(fits, _concat_message(input_shape), name="concat-mismatch")
            for axis, (a, b) in enumerate(zip(first, shape, strict=False)):
                if axis != place and not is_open(a) and not is_open(b):
                    require(same(a, b), _concat_message(input_shape), name="concat-mismatch")

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not isinstance(input_shape[0], (list, tuple)):
            refuse("ValueError", f"A `Concatenate` layer should be called on a list of inputs. Received: input_shape={input_shape}")
        result = list(input_shape[0])
        for shape in input_shape[1:]:
            result[self.axis] = result[self.axis] + shape[self.axis]
        return tuple(result)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if mask is None or not isinstance(mask, (list, tuple)) or all(one is None for one in mask):
            return None
        masks = []
        for value, one in zip(inputs, mask, strict=False):
            if one is None:
                masks.append(ops("ones_like", value, dtype="bool"))
            elif len(one.shape) < len(value.shape):
                masks.append(ops("logical_or", ops("expand_dims", one, axis=-1), ops("zeros_like", value, dtype="bool")))
            else:
                masks.append(one)
        return ops("any", ops("concatenate", masks, axis=self.axis), axis=-1, keepdims=False)


def _concat_message(shapes: Any) -> str:
    return f"A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. Received: input_shape={shapes}"


@describe_op("keras.layers.concatenate")
def concatenate(inputs: Any, axis: Any = -1, **kwargs: Any) -> Any:
    """One behind the other."""
    return _call(make("keras.layers.Concatenate", axis=axis, **kwargs), inputs)


@layer("keras.layers.Dot", "keras.src.layers.merging.dot")
class Dot(Merge):
    """The dot product of two tensors along axes."""

    def __init__(self, axes: Any, normalize: Any = False, **kwargs: Any) -> None:
        Merge.__init__(self)
        if not isinstance(axes, int):
            if not isinstance(axes, (list, tuple)):
                refuse("TypeError", f"Invalid type for argument `axes`: it should be a list or an int. Received: axes={axes}")
            if len(axes) != 2:
                refuse("ValueError", f"Invalid format for argument `axes`: it should contain two elements. Received: axes={axes}")
        self.axes, self.normalize = axes, normalize
        self._reshape_required = False

    def build(self, input_shape: Any) -> None:
        if not isinstance(input_shape, (list, tuple)) or not isinstance(input_shape[0], (list, tuple)) or len(input_shape) != 2:
            refuse("ValueError", f"A `Dot` layer should be called on a list of 2 inputs. Received: input_shape={input_shape}")
        a, b = input_shape
        left, right = self._axes_of(a, b)
        if not is_open(a[left]) and not is_open(b[right]):
            require(same(a[left], b[right]), f"Incompatible input shapes: axis values {a[left]} (at axis {left}) != {b[right]} (at axis "
                    f"{right}). Full "
                    f"input shapes: {tuple(a)}, {tuple(b)}", name="dot-mismatch")  # fmt: skip

    def _axes_of(self, a: Any, b: Any) -> tuple[int, int]:
        if isinstance(self.axes, int):
            return axis_of(self.axes, len(a)), axis_of(self.axes, len(b))
        return axis_of(self.axes[0], len(a)), axis_of(self.axes[1], len(b))

    def compute_output_shape(self, input_shape: Any) -> Any:
        a, b = list(input_shape[0]), list(input_shape[1])
        left, right = self._axes_of(a, b)
        a.pop(left)
        b.pop(right)
        b.pop(0)
        result = a + b
        return tuple(result) if len(result) != 1 else (*result, 1)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None


@describe_op("keras.layers.dot")
def dot(inputs: Any, axes: Any = -1, **kwargs: Any) -> Any:
    """The dot product of two tensors along axes."""
    return _call(make("keras.layers.Dot", axes=axes, **kwargs), inputs)
