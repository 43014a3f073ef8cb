"""Normalization over batches, axes and groups."""

from __future__ import annotations

import math
from typing import Any

from ....ir.dim import same
from ..describing import KerasLayer, KerasTensor, agree, call, described_config, is_open, keep, layer, make, refuse, require, shaped
from ..model.checking import InputSpec
from .core import Wrapper

_WEIGHTS = ("beta_initializer", "gamma_initializer", "beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint")


def _checked(self: Any, shape: Any) -> Any:
    for axis in [self.axis] if isinstance(self.axis, int) else self.axis:
        if axis >= len(shape) or axis < -len(shape):
            refuse("ValueError", f"Axis {axis} is out of bounds for input shape {shape}. Received: axis={self.axis}")
    return shape


def _gamma(self: Any, shape: Any) -> Any:
    return self.add_weight(name="gamma", shape=shape, initializer=self.gamma_initializer, regularizer=self.gamma_regularizer,
                           constraint=self.gamma_constraint, autocast=False)  # fmt: skip


def _beta(self: Any, shape: Any) -> Any:
    return self.add_weight(name="beta", shape=shape, initializer=self.beta_initializer, regularizer=self.beta_regularizer,
                           constraint=self.beta_constraint, autocast=False)  # fmt: skip


@layer("keras.layers.BatchNormalization", "keras.src.layers.normalization.batch_normalization")
class BatchNormalization(KerasLayer):
    """Normalized over the batch."""

    def __init__(self, axis: Any = -1, momentum: Any = 0.99, epsilon: Any = 1e-3, center: Any = True, scale: Any = True,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", moving_mean_initializer: Any = "zeros",
                 moving_variance_initializer: Any = "ones", beta_regularizer: Any = None, gamma_regularizer: Any = None,
                 beta_constraint: Any = None, gamma_constraint: Any = None, renorm: Any = False, renorm_clipping: Any = None,
                 renorm_momentum: Any = 0.99, synchronized: Any = False, **kwargs: Any) -> None:  # fmt: skip
        if not isinstance(axis, int):
            refuse("TypeError", f"Argument `axis` must be an integer. Received: axis={axis}")
        keep(self, locals(), "axis", "momentum", "epsilon", "center", "scale", "moving_mean_initializer", "moving_variance_initializer",
             "renorm",
             "renorm_clipping", "renorm_momentum", "synchronized", *_WEIGHTS)  # fmt: skip
        if renorm and renorm_clipping is None:
            self.renorm_clipping = {}
        self.gamma = self.beta = self.moving_mean = self.moving_variance = None
        self.supports_masking = True

    def build(self, input_shape: Any) -> None:
        _checked(self, input_shape)
        size = input_shape[self.axis]
        if is_open(size):
            refuse("ValueError", "The axis to normalize must have a defined size.")
        if self.scale:
            self.gamma = _gamma(self, (size,))
        if self.center:
            self.beta = _beta(self, (size,))
        self.moving_mean = self.add_weight(
            shape=(size,), name="moving_mean", initializer=self.moving_mean_initializer, trainable=False, autocast=False
        )
        self.moving_variance = self.add_weight(shape=(size,), name="moving_variance", initializer=self.moving_variance_initializer,
                                               trainable=False,
                                               autocast=False)  # fmt: skip
        if self.renorm:
            for name in ("moving_stddev", "renorm_mean", "renorm_stddev"):
                setattr(self, name, self.add_weight(shape=(size,), name=name, initializer="ones", trainable=False, autocast=False))
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: size})

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:
        return KerasTensor(inputs.shape, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _checked(self, input_shape)


@layer("keras.layers.LayerNormalization", "keras.src.layers.normalization.layer_normalization")
class LayerNormalization(KerasLayer):
    """Normalized over axes."""

    takes = ("rms_scaling",)

    def __init__(self, axis: Any = -1, epsilon: Any = 1e-3, center: Any = True, scale: Any = True, beta_initializer: Any = "zeros",
                 gamma_initializer: Any = "ones", beta_regularizer: Any = None, gamma_regularizer: Any = None, beta_constraint: Any = None,
                 gamma_constraint: Any = None, **kwargs: Any) -> None:  # fmt: skip
        if isinstance(axis, (list, tuple)):
            self.axis = list(axis)
        elif isinstance(axis, int):
            self.axis = axis
        else:
            refuse("TypeError", f"Expected an int or a list/tuple of ints for the argument 'axis', but received: {axis}")
        self.rms_scaling = kwargs.get("rms_scaling", False)
        keep(self, locals(), "epsilon", "center", "scale", *_WEIGHTS)
        self.supports_masking = True
        self.autocast = False

    def build(self, input_shape: Any) -> None:
        if isinstance(self.axis, (list, tuple)):
            self.axis = sorted(self.axis)
            shape = tuple(input_shape[axis] for axis in self.axis)
        else:
            shape = (input_shape[self.axis],)
            self.axis = [self.axis]
        self.gamma = _gamma(self, shape) if self.scale or self.rms_scaling else None
        self.beta = _beta(self, shape) if self.center and not self.rms_scaling else None

    def call(self, inputs: Any) -> Any:
        return KerasTensor(inputs.shape, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _checked(self, input_shape)

    def get_config(self) -> dict[str, Any]:
        return {**described_config(self), "rms_scaling": self.rms_scaling}


@layer("keras.layers.GroupNormalization", "keras.src.layers.normalization.group_normalization")
class GroupNormalization(KerasLayer):
    """Normalized over groups of channels."""

    def __init__(self, groups: Any = 32, axis: Any = -1, epsilon: Any = 1e-3, center: Any = True, scale: Any = True,
                 beta_initializer: Any = "zeros", gamma_initializer: Any = "ones", beta_regularizer: Any = None,
                 gamma_regularizer: Any = None,
                 beta_constraint: Any = None, gamma_constraint: Any = None, **kwargs: Any) -> None:  # fmt: skip
        if isinstance(groups, int) and groups <= 0 and groups != -1:
            refuse(
                "ValueError", f"Argument `groups` must be a positive integer, or -1 for instance normalization. Received: groups={groups}"
            )
        keep(self, locals(), "groups", "axis", "epsilon", "center", "scale", *_WEIGHTS)
        self.supports_masking = True
        self.autocast = False

    def build(self, input_shape: Any) -> None:
        size = input_shape[self.axis]
        if is_open(size):
            refuse(
                "ValueError",
                f"Axis {self.axis} of input tensor should have a defined dimension but the layer received an input with shape "
                f"{input_shape}.",
            )
        if self.groups == -1:
            self.groups = size
        if type(size) is int and size < self.groups:
            refuse("ValueError", f"Number of groups ({self.groups}) cannot be more than the number of channels ({size}).")
        require(same(size % self.groups, 0), f"Number of groups ({self.groups}) must be a multiple of the number of channels ({size}).",
                name="groups-mismatch")  # fmt: skip
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: size})
        self.gamma = _gamma(self, (size,)) if self.scale else None
        self.beta = _beta(self, (size,)) if self.center else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _checked(self, input_shape)


@layer("keras.layers.RMSNormalization", "keras.src.layers.normalization.rms_normalization")
class RMSNormalization(KerasLayer):
    """Normalized by the root mean square."""

    def __init__(self, axis: Any = -1, epsilon: Any = 1e-6, **kwargs: Any) -> None:
        self.axis, self.epsilon = list(axis) if isinstance(axis, (list, tuple)) else [axis], epsilon

    def build(self, input_shape: Any) -> None:
        axes = self.axis
        self.scale = self.add_weight(name="scale", shape=tuple(input_shape[axis] for axis in axes), initializer="ones", autocast=False)
        self.built = True

    def call(self, inputs: Any) -> Any:
        return KerasTensor(inputs.shape, inputs.dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _checked(self, input_shape)


@layer("keras.layers.UnitNormalization", "keras.src.layers.normalization.unit_normalization")
class UnitNormalization(KerasLayer):
    """Scaled to a norm of one."""

    def __init__(self, axis: Any = -1, **kwargs: Any) -> None:
        if not isinstance(axis, (int, list, tuple)):
            refuse("TypeError", f"Invalid value for `axis` argument: expected an int or a list/tuple of ints. Received: axis={axis}")
        self.axis = list(axis) if isinstance(axis, (list, tuple)) else axis
        self.supports_masking = True
        self._build_at_init()

    def compute_output_shape(self, input_shape: Any) -> Any:
        return _checked(self, input_shape)


@layer("keras.layers.SpectralNormalization", "keras.src.layers.normalization.spectral_normalization")
class SpectralNormalization(Wrapper):
    """Controls the largest singular value of another layer's kernel."""

    def __init__(self, layer: Any, power_iterations: Any = 1, **kwargs: Any) -> None:
        Wrapper.__init__(self, layer)
        if power_iterations <= 0:
            refuse("ValueError", f"`power_iterations` should be greater than zero. Received: `power_iterations={power_iterations}`")
        self.power_iterations = power_iterations

    def build(self, input_shape: Any) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - Keras has no default here
        Wrapper.build(self, input_shape)
        self.input_spec = InputSpec(shape=[None, *input_shape[1:]])
        kernel = getattr(self.layer, "kernel", None)
        if kernel is None:
            kernel = getattr(self.layer, "embeddings", None)
        if kernel is None:
            refuse("ValueError", f"{type(self.layer).__name__} object has no attribute 'kernel' nor 'embeddings'")
        self.kernel = kernel
        self.kernel_shape = tuple(kernel.shape)
        self.vector_u = self.add_weight(shape=(1, kernel.shape[-1]), initializer=make("keras.initializers.TruncatedNormal", stddev=0.02),
                                        trainable=False, name="vector_u", dtype=kernel.dtype)  # fmt: skip

    def call(self, inputs: Any, training: Any = False) -> Any:
        return call(self.layer, inputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self.layer.compute_output_shape(input_shape)


__all__ = ["agree", "math", "shaped"]
