"""Core layers: Input, Dense, EinsumDense, Embedding, Lambda, Masking, Wrapper."""

from __future__ import annotations

import re
from typing import Any

from ....ir.dim import same
from ....ir.unknown import Unknown
from ...describe import RUN, unknown
from ...describe import op as describe_op
from ..describing import (
    KerasLayer,
    KerasTensor,
    activation,
    call,
    described_config,
    is_open,
    keep,
    layer,
    make,
    open_size,
    ops,
    refuse,
    require,
    shaped,
)  # fmt: skip
from ..model.checking import InputSpec
from ..model.graph import Node
from ..model.policies import get_policy, standardize_dtype
from ..nested import map_leaves
from ..tensor import inward, outward
from . import quantized


@layer("keras.layers.InputLayer", "keras.src.layers.core.input_layer")
class InputLayer(KerasLayer):
    """The start of a functional model."""

    is_input_layer = True
    takes = ("input_shape", "batch_input_shape")

    def __init__(self, shape: Any = None, batch_size: Any = None, dtype: Any = None, sparse: Any = None, ragged: Any = None,
                 batch_shape: Any = None,
                 input_tensor: Any = None, optional: Any = False, name: Any = None, **kwargs: Any) -> None:  # fmt: skip
        held = self.__dict__
        shape = kwargs.pop("input_shape", shape)
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        if isinstance(shape, Unknown) or isinstance(batch_shape, Unknown):
            held["_unknown"] = shape if isinstance(shape, Unknown) else batch_shape
            return
        if input_tensor is not None:
            if not isinstance(input_tensor, KerasTensor) or not input_tensor.symbolic:
                refuse("ValueError", "Argument `input_tensor` must be a KerasTensor.")
            batch_shape, dtype = outward(input_tensor.shape), input_tensor.dtype
        else:
            if shape is not None and batch_shape is not None:
                refuse("ValueError", "You cannot pass both `shape` and `batch_shape` at the same time.")
            if batch_size is not None and batch_shape is not None:
                refuse("ValueError", "You cannot pass both `batch_size` and `batch_shape` at the same time.")
            if shape is not None:
                if isinstance(shape, int):
                    refuse("ValueError", f"Cannot convert '{shape}' to a shape.")
                batch_shape = (batch_size, *shape)
            elif batch_shape is None:
                refuse("ValueError", "You must pass a `shape` argument.")
        for size in batch_shape:
            if (size is not None and isinstance(size, (float, str))) or (isinstance(size, int) and size < 0):
                refuse("ValueError", f"Cannot convert '{batch_shape}' to a shape. Found invalid dimension '{size}'.")
        held["_batch_shape"] = tuple(batch_shape)
        held["_dtype"] = standardize_dtype(dtype)
        held.update({"sparse": bool(sparse), "ragged": bool(ragged), "optional": optional, "built": True})
        held["_dtype_policy"] = get_policy(None)
        if input_tensor is None:
            input_tensor = KerasTensor(inward(batch_shape), held["_dtype"], None, True, name or "")
            input_tensor.sparse = bool(sparse)
        Node(self, (), {}, input_tensor)

    def call(self) -> None:
        return None

    @property
    def batch_shape(self) -> Any:
        return self.__dict__["_batch_shape"]

    @property
    def dtype(self) -> Any:
        return self.__dict__["_dtype"]

    def get_config(self) -> dict[str, Any]:
        held = self.__dict__
        return {"batch_shape": held["_batch_shape"], "dtype": held["_dtype"], "sparse": held["sparse"], "ragged": held["ragged"],
                "name": held["name"],
                "optional": held["optional"]}  # fmt: skip


@describe_op("keras.Input", "keras.layers.Input", lenient=True)
def Input(shape: Any = None, batch_size: Any = None, dtype: Any = None, sparse: Any = None, ragged: Any = None, batch_shape: Any = None,
          name: Any = None, tensor: Any = None, optional: Any = False, **kwargs: Any) -> Any:  # fmt: skip
    """The symbolic tensor that a functional model starts from."""
    given = {"shape": shape, "batch_size": batch_size, "dtype": dtype, "sparse": sparse, "ragged": ragged, "batch_shape": batch_shape,
             "name": name, "input_tensor": tensor, "optional": optional or None}  # fmt: skip
    made = make("keras.layers.InputLayer", **{key: value for key, value in given.items() if value is not None}, **kwargs)
    if "_unknown" in made.__dict__:
        return made.__dict__["_unknown"]
    return made._inbound_nodes[0].outputs[0]


@layer("keras.layers.Dense", "keras.src.layers.core.dense")
class Dense(KerasLayer):
    """A matrix product over the last axis."""

    def __init__(self, units: Any, activation: Any = None, use_bias: Any = True, kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, lora_rank: Any = None, lora_alpha: Any = None,
                 quantization_config: Any = None, **kwargs: Any) -> None:  # fmt: skip
        if (not isinstance(units, (int,)) and not hasattr(units, "is_symbolic_size") and not hasattr(units, "terms")) or (
            isinstance(units, int) and units <= 0
        ):
            if isinstance(units, Unknown):
                raise TypeError("units")
            refuse("ValueError", f"Received an invalid value for `units`, expected a positive integer. Received: units={units}")
        self.units = units
        keep(self, locals(), "activation", "use_bias", "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
             "kernel_constraint", "bias_constraint", "quantization_config", "lora_rank", "lora_alpha")  # fmt: skip
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True
        self.lora_enabled = False

    def build(self, input_shape: Any) -> None:
        shape = (_known(input_shape[-1], self), self.units)
        if (mode := quantized.mode_of(self)) is not None:
            Dense.quantized_build(self, shape, mode)
        if not quantized.replaces(mode):
            self._kernel = self.add_weight(name="kernel", shape=shape, initializer=self.kernel_initializer,
                                           regularizer=self.kernel_regularizer, constraint=self.kernel_constraint)  # fmt: skip
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(name="bias", shape=(self.units,), initializer=self.bias_initializer,
                                        regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)  # fmt: skip
        self.input_spec = InputSpec(min_ndim=2, axes={-1: input_shape[-1]})
        self.built = True
        if self.lora_rank:
            self.enable_lora(self.lora_rank)

    @property
    def kernel(self) -> Any:
        if not self.__dict__["built"]:
            refuse("AttributeError", "You must build the layer before accessing `kernel`.")
        return self.__dict__["_kernel"]

    def enable_lora(self, rank: Any, lora_alpha: Any = None, a_initializer: Any = "he_uniform", b_initializer: Any = "zeros") -> None:
        quantized.adapted(self, rank, lora_alpha, "_kernel", ("lora_kernel", "kernel"), (a_initializer, b_initializer))

    def quantized_build(self, kernel_shape: Any, mode: Any, config: Any = None) -> None:
        quantized.scaled(self) if mode == "float8" else quantized.few_bits(self, mode, "kernel", kernel_shape)
        self.__dict__["_is_quantized"] = True

    def quantize(self, mode: Any = None, type_check: Any = True, config: Any = None) -> None:
        shape = tuple(self._kernel.shape) if self.__dict__["built"] else ()
        quantized.quantize(self, mode, lambda mode: Dense.quantized_build(self, shape, mode), "_kernel")

    def call(self, inputs: Any, training: Any = None) -> Any:
        if quantized.mode_of(self) is not None:
            return activated(self, quantized.as_said(self, inputs))
        return activated(
            self, ops("add", ops("matmul", inputs, self.kernel), self.bias) if self.bias is not None else ops("matmul", inputs, self.kernel)
        )

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.units)


def _known(size: Any, self: Any) -> Any:
    if is_open(size):
        refuse("ValueError", f"The last dimension of the inputs to `{self.py_class.name}` should be defined. Found None.")
    return size


def activated(self: Any, x: Any) -> Any:
    """What the layer's activation makes of a tensor."""
    function = self.__dict__.get("activation")
    return x if function is None else call(function, x)


@layer("keras.layers.EinsumDense", "keras.src.layers.core.einsum_dense")
class EinsumDense(KerasLayer):
    """A product over axes named by letters."""

    def __init__(self, equation: Any, output_shape: Any, activation: Any = None, bias_axes: Any = None,
                 kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 kernel_constraint: Any = None,
                 bias_constraint: Any = None, lora_rank: Any = None, lora_alpha: Any = None, gptq_unpacked_column_size: Any = None,
                 quantization_config: Any = None, **kwargs: Any) -> None:  # fmt: skip
        self.equation = equation
        self.partial_output_shape = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.bias_axes = bias_axes
        keep(self, locals(), "activation", "kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
             "kernel_constraint",
             "bias_constraint", "quantization_config", "lora_rank", "lora_alpha")  # fmt: skip
        self.lora_enabled = False

    def build(self, input_shape: Any) -> None:
        kernel, bias, full = analyzed(self.equation, self.bias_axes, input_shape, self.partial_output_shape)
        self.full_output_shape = tuple(full)
        if (mode := quantized.mode_of(self)) is not None:
            EinsumDense.quantized_build(self, kernel, mode)
        self._kernel = self.add_weight(name="kernel", shape=tuple(kernel), initializer=self.kernel_initializer,
                                       regularizer=self.kernel_regularizer,
                                       constraint=self.kernel_constraint)  # fmt: skip
        self.bias = None
        if bias is not None:
            self.bias = self.add_weight(name="bias", shape=tuple(bias), initializer=self.bias_initializer,
                                        regularizer=self.bias_regularizer,
                                        constraint=self.bias_constraint)  # fmt: skip
        self.built = True
        if self.lora_rank:
            self.enable_lora(self.lora_rank)

    @property
    def kernel(self) -> Any:
        if not self.__dict__["built"]:
            refuse("AttributeError", "You must build the layer before accessing `kernel`.")
        return self.__dict__["_kernel"]

    def enable_lora(self, rank: Any, lora_alpha: Any = None, a_initializer: Any = "he_uniform", b_initializer: Any = "zeros") -> None:
        quantized.adapted(self, rank, lora_alpha, "_kernel", ("lora_kernel", "kernel"), (a_initializer, b_initializer))

    def quantized_build(self, kernel_shape: Any, mode: Any, config: Any = None) -> None:
        if mode != "float8":
            self.__dict__["_unknown"] = unknown(f"EinsumDense in {mode}")
        quantized.scaled(self)

    def quantize(self, mode: Any = None, type_check: Any = True, config: Any = None) -> None:
        quantized.quantize(self, mode, lambda mode: EinsumDense.quantized_build(self, self._kernel.shape, mode))

    def call(self, inputs: Any, training: Any = None) -> Any:
        x = ops("einsum", self.equation, inputs, self.kernel)
        return activated(self, ops("add", x, self.bias) if self.bias is not None else x)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return tuple(analyzed(self.equation, self.bias_axes, input_shape, self.partial_output_shape)[2])

    def get_config(self) -> dict[str, Any]:
        config = described_config(self)
        config["output_shape"] = self.partial_output_shape
        config.pop("gptq_unpacked_column_size", None)
        return config


def analyzed(equation: str, bias_axes: Any, input_shape: Any, output_shape: Any) -> tuple[list[Any], list[Any] | None, list[Any]]:
    """Shapes of kernel, bias and output.

    >>> analyzed("abc,cde->abde", "de", (8, 5, 64), (None, 4, 16))
    ([64, 4, 16], [4, 16], [8, 5, 4, 16])
    """
    text = equation.replace("...", "0")
    found = re.match("([a-zA-Z]+),([a-zA-Z]+)->([a-zA-Z]+)", text)
    left = False
    if found is None:
        found = re.match("0([a-zA-Z]+),([a-zA-Z]+)->0([a-zA-Z]+)", text)
        left = found is not None
    if found is None:
        found = re.match("([a-zA-Z]{2,})0,([a-zA-Z]+)->([a-zA-Z]+)0", text)
    if found is None:
        return refuse("ValueError", f"Invalid einsum equation '{equation}'. Equations must be in the form [X],[Y]->[Z], "
                      f"...[X],[Y]->...[Z], or "
                      "[X]...,[Y]->[Z]....")  # fmt: skip
    return _split(found.group(1), found.group(2), found.group(3), bias_axes, input_shape, output_shape, left)


def _split(given: str, weight: str, result: str, bias_axes: Any, input_shape: Any, output_shape: Any, left: bool) -> Any:
    elided = len(input_shape) - len(given)
    shape = [input_shape[0], *output_shape]
    if elided > 0 and left:
        shape[1:1] = [input_shape[i] for i in range(elided - 1, 0, -1)]
    elif elided > 0:
        shape.extend(input_shape[len(input_shape) - elided :])
    offset = elided if left else 0
    inputs = {letter: i + elided - len(input_shape) if left else i for i, letter in enumerate(given)}
    outputs = {letter: i + offset for i, letter in enumerate(result)}
    for letter in given:
        size = input_shape[inputs[letter]]
        if letter in outputs:
            place = outputs[letter]
            if shape[place] is not None and not is_open(size) and not is_open(shape[place]):
                require(same(shape[place], size), f"Input shape and output shape do not match at shared dimension '{letter}'. Input shape "
                        f"is {size}, and "
                        f"output shape is {shape[place]}.", name="einsum-mismatch")  # fmt: skip
    for letter in result:
        if letter not in given and letter not in weight:
            refuse("ValueError", f"Dimension '{letter}' was specified in the output '{result}' but has no corresponding dim in the input "
                   f"spec '{given}' or "
                   f"weight spec '{result}'")  # fmt: skip
    kernel = []
    for letter in weight:
        if letter in outputs:
            kernel.append(shape[outputs[letter]])
        elif letter in inputs:
            kernel.append(input_shape[inputs[letter]])
        else:
            refuse(
                "ValueError",
                f"Weight dimension '{letter}' did not have a match in either the input spec '{given}' or the output spec '{result}'.",
            )
    return (
        kernel,
        _bias(bias_axes, result, shape, offset, elided if not left else 0),
        [open_size() if size is None else size for size in shape],
    )


def _bias(bias_axes: Any, result: str, shape: list[Any], offset: int, trailing: int) -> list[Any] | None:
    if bias_axes is None:
        return None
    for letter in bias_axes:
        if letter not in result:
            refuse("ValueError", f"Bias dimension '{letter}' was requested, but is not part of the output spec '{result}'")
    sizes = {letter: shape[i + offset] for i, letter in enumerate(result)}
    first = min(result.find(letter) for letter in bias_axes)
    return [sizes[letter] if letter in bias_axes else 1 for letter in result[first:]] + [1] * trailing


@layer("keras.layers.Embedding", "keras.src.layers.core.embedding")
class Embedding(KerasLayer):
    """Vectors looked up by whole numbers."""

    takes = ("input_length",)

    def __init__(self, input_dim: Any, output_dim: Any, embeddings_initializer: Any = "uniform", embeddings_regularizer: Any = None,
                 embeddings_constraint: Any = None, mask_zero: Any = False, weights: Any = None, lora_rank: Any = None,
                 lora_alpha: Any = None,
                 quantization_config: Any = None, **kwargs: Any) -> None:  # fmt: skip
        self.input_dim, self.output_dim = input_dim, output_dim
        keep(self, locals(), "embeddings_initializer", "embeddings_regularizer", "embeddings_constraint", "mask_zero", "quantization_config",
             "lora_rank")  # fmt: skip
        self.lora_alpha = lora_rank if lora_alpha is None else lora_alpha
        self.lora_enabled = False
        self.supports_masking = mask_zero
        self.autocast = False
        if weights is not None:
            self.build()

    def build(self, input_shape: Any = None) -> None:
        if self.__dict__["built"]:
            return
        if (mode := quantized.mode_of(self)) is not None:
            Embedding.quantized_build(self, (self.input_dim, self.output_dim), mode)
        if not quantized.replaces(mode):
            self._embeddings = self.add_weight(shape=(self.input_dim, self.output_dim), initializer=self.embeddings_initializer,
                                               name="embeddings", regularizer=self.embeddings_regularizer,
                                               constraint=self.embeddings_constraint)  # fmt: skip
        self.__dict__["built"] = True
        if self.lora_rank:
            self.enable_lora(self.lora_rank)

    def enable_lora(self, rank: Any, lora_alpha: Any = None, a_initializer: Any = "he_uniform", b_initializer: Any = "zeros") -> None:
        quantized.adapted(self, rank, lora_alpha, "_embeddings", ("lora_embeddings", "embeddings"), (a_initializer, b_initializer))

    def quantized_build(self, embeddings_shape: Any, mode: Any, config: Any = None) -> None:
        if mode == "float8":
            refuse("NotImplementedError", f"Invalid quantization mode. Received: quantization_mode={mode}")
        quantized.few_bits(self, mode, "embeddings", embeddings_shape, by_rows=True)
        self.__dict__["_is_quantized"] = True

    def quantize(self, mode: Any = None, type_check: Any = True, config: Any = None) -> None:
        shape = (self.input_dim, self.output_dim)
        quantized.quantize(self, mode, lambda mode: Embedding.quantized_build(self, shape, mode), "_embeddings")

    @property
    def embeddings(self) -> Any:
        if not self.__dict__["built"]:
            refuse("AttributeError", "You must build the layer before accessing `embeddings`.")
        return self.__dict__["_embeddings"]

    def call(self, inputs: Any) -> Any:
        if inputs.dtype not in ("int32", "int64"):
            inputs = ops("cast", inputs, "int32")
        if quantized.mode_of(self) is not None:
            return quantized.as_said(self, inputs)
        return ops("cast", ops("take", self.embeddings, inputs, axis=0), dtype=self.compute_dtype)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return ops("not_equal", inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape, self.output_dim)

    def compute_output_spec(self, inputs: Any) -> Any:
        return KerasTensor((*inputs.shape, self.output_dim), self.compute_dtype, None, True)


@layer("keras.layers.ReversibleEmbedding", "keras.src.layers.core.reversible_embedding")
class ReversibleEmbedding(Embedding):
    """An embedding that can be gone back."""

    def __init__(self, input_dim: Any, output_dim: Any, tie_weights: Any = True, embeddings_initializer: Any = "uniform",
                 embeddings_regularizer: Any = None, embeddings_constraint: Any = None, mask_zero: Any = False, reverse_dtype: Any = None,
                 logit_soft_cap: Any = None, **kwargs: Any) -> None:  # fmt: skip
        Embedding.__init__(self, input_dim, output_dim, embeddings_initializer, embeddings_regularizer, embeddings_constraint, mask_zero)
        self.tie_weights, self.reverse_dtype, self.logit_soft_cap = tie_weights, reverse_dtype, logit_soft_cap

    def build(self, inputs_shape: Any = None) -> None:  # pyright: ignore[reportIncompatibleMethodOverride] - so it is called in Keras
        Embedding.build(self, inputs_shape)
        if quantized.mode_of(self) is not None and not self.tie_weights:
            self.__dict__["_unknown"] = unknown("a reversible embedding of few bits with weights for the way back")
        elif not self.tie_weights:
            self.reverse_embeddings = self.add_weight(name="reverse_embeddings", shape=(self.output_dim, self.input_dim),
                                                      initializer=self.embeddings_initializer)  # fmt: skip

    def quantize(self, mode: Any = None, type_check: Any = True, config: Any = None) -> None:
        Embedding.quantize(self, mode)
        if not self.tie_weights:
            self.__dict__["_unknown"] = unknown("a reversible embedding of few bits with weights for the way back")

    def call(self, inputs: Any, reverse: Any = False) -> Any:
        if not reverse:
            return Embedding.call(self, inputs)
        kernel = ops("transpose", self.embeddings) if self.tie_weights else self.reverse_embeddings
        if self.reverse_dtype is not None:
            inputs = ops("cast", inputs, self.reverse_dtype)
            kernel = ops("cast", kernel, self.reverse_dtype)
        logits = ops("matmul", inputs, kernel)
        return KerasTensor(logits.shape, logits.dtype)

    def compute_output_shape(self, input_shape: Any, reverse: Any = False) -> Any:
        return (*input_shape[:-1], self.input_dim) if reverse else (*input_shape, self.output_dim)

    def compute_output_spec(self, inputs: Any, reverse: Any = False) -> Any:
        if not reverse:
            return Embedding.compute_output_spec(self, inputs)
        return KerasTensor((*inputs.shape[:-1], self.input_dim), self.reverse_dtype or self.compute_dtype, None, True)


@layer("keras.layers.Identity", "keras.src.layers.core.identity")
class Identity(KerasLayer):
    """The same."""

    def __init__(self, **kwargs: Any) -> None:
        self.supports_masking = True
        self._build_at_init()

    def call(self, inputs: Any) -> Any:
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def compute_output_spec(self, inputs: Any) -> Any:
        return map_leaves(lambda leaf: KerasTensor(leaf.shape, leaf.dtype, None, True), inputs)


@layer("keras.layers.Wrapper", "keras.src.layers.core.wrapper")
class Wrapper(KerasLayer):
    """A layer around another."""

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if getattr(layer, "described_module", False) is not True:
            refuse("ValueError", f"`layer` must be a `Layer` instance. Received: layer={layer!r}")
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True
        self.built = True


__all__ = ["RUN", "activation", "shaped"]
