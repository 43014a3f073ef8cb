"""Layers of any function: Lambda, Masking."""

from __future__ import annotations

from typing import Any

from ...describe import REGISTRY
from ..describing import (
    KerasLayer,
    KerasTensor,
    call,
    layer,
    ops,
)  # fmt: skip
from ..model.calling import trace
from ..model.signatures import signature_of
from ..nested import map_shapes
from ..tensor import inward, outward


@layer("keras.layers.Lambda", "keras.src.layers.core.lambda_layer")
class Lambda(KerasLayer):
    """Any function as a layer."""

    def __init__(self, function: Any, output_shape: Any = None, mask: Any = None, arguments: Any = None, **kwargs: Any) -> None:
        self.arguments = arguments or {}
        self.function = function
        if mask is not None:
            self.supports_masking = True
        self.mask = mask
        self._output_shape = output_shape
        self._call_has_training = False

    def compute_output_shape(self, input_shape: Any) -> Any:
        wanted = self.__dict__["_output_shape"]
        if wanted is None:
            tensors = map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), input_shape)
            found = call(self.function, tensors, **dict(self.arguments))
            return map_shapes(lambda leaf: leaf, _shapes(found))
        if callable(wanted):
            found = call(wanted, map_shapes(outward, input_shape))
            return map_shapes(inward, found)
        batch = input_shape[0] if not isinstance(input_shape[0], (tuple, list)) else input_shape[0][0]
        return (batch, *inward(wanted, False))

    def call(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        kwargs = dict(self.arguments)
        names = _argument_names(self.function)
        if "mask" in names:
            kwargs["mask"] = mask
        if "training" in names:
            kwargs["training"] = training
        return call(self.function, inputs, **kwargs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        if callable(self.mask):
            return call(self.mask, inputs, mask)
        return self.mask

    def compute_output_spec(self, inputs: Any, mask: Any = None, training: Any = None) -> Any:
        if self.__dict__["_output_shape"] is None:
            return trace(self, (inputs,), {"mask": mask, "training": training})
        rule = Lambda.compute_output_shape
        return KerasTensor(rule(self, tuple(inputs.shape) if isinstance(inputs, KerasTensor) else [tuple(one.shape) for one in inputs]),
                           self.compute_dtype, None, True)  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        held = self.__dict__
        policy = REGISTRY["keras.dtype_policies.serialize"].function(held["_dtype_policy"])
        config: dict[str, Any] = {"name": held["name"], "trainable": held["_trainable"], "dtype": policy}
        config["function"] = REGISTRY["keras.saving.serialize_keras_object"](held["function"])
        for name in ("output_shape", "mask"):
            if held.get(name, held.get(f"_{name}")) is not None:
                config[name] = REGISTRY["keras.saving.serialize_keras_object"](held.get(name, held.get(f"_{name}")))
        return {**config, "arguments": REGISTRY["keras.saving.serialize_keras_object"](dict(held["arguments"]))}


def _argument_names(function: Any) -> Any:
    return signature_of(function).parameters


def _shapes(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_shapes(item) for item in value]
    return tuple(value.shape)


@layer("keras.layers.Masking", "keras.src.layers.core.masking")
class Masking(KerasLayer):
    """Time steps that are all of one value are masked."""

    def __init__(self, mask_value: Any = 0.0, **kwargs: Any) -> None:
        self.mask_value = mask_value
        self.supports_masking = True
        self._build_at_init()

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops("any", ops("not_equal", inputs, self.mask_value), axis=-1)

    def call(self, inputs: Any) -> Any:
        made = KerasTensor(inputs.shape, inputs.dtype)
        made.mask = KerasTensor(inputs.shape[:-1], "bool")
        return made

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape
