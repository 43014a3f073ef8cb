"""`tf.keras.backend`: products, convolutions, losses and loops of Keras 2's backend."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ....ir.unknown import Unknown
from ...describe import RUN, refuse, require, unknown
from ..nested import flatten, map_leaves
from ..ops.elementwise import as_tensor, shape_of, stretched
from ..tensor import KerasTensor
from .kinds import FLOATS, taken
from .legacy import form_of, k_op, temporal_padding, tf_rule


@k_op("dot")
def dot(x: Any, y: Any) -> Any:
    """The last axis with the one before the last."""
    first, second = as_tensor(x), as_tensor(y)
    if len(first.shape) <= 2 and len(second.shape) <= 2:
        return tf_rule("matmul", first, second)
    if len(second.shape) < 2:
        refuse("IndexError", "pop index out of range")
    if not require(same(first.shape[-1], second.shape[-2]) is not False, "Matrix size-incompatible: "
                   f"In[0]: {first.shape}, In[1]: {second.shape}"):  # fmt: skip
        return unknown("a product that does not fit")
    return first.like((*first.shape[:-1], *second.shape[:-2], second.shape[-1]))


@k_op("batch_dot")
def batch_dot(x: Any, y: Any, axes: Any = None) -> Any:
    """Products of samples."""
    first, second = as_tensor(x), as_tensor(y)
    ranks = len(first.shape), len(second.shape)
    if min(ranks) < 2:
        refuse(
            "ValueError", f"Cannot do batch_dot on inputs with rank < 2. Received inputs with tf.shapes {first.shape} and {second.shape}."
        )
    if same(first.shape[0], second.shape[0]) is False:
        refuse("ValueError", f"Cannot do batch_dot on inputs with different batch sizes. Received inputs with tf.shapes {first.shape} and "
               f"{second.shape}.")  # fmt: skip
    if axes is None:
        axes = [ranks[0] - 1, ranks[1] - 1 if ranks[1] == 2 else ranks[1] - 2]
    axes = [axes, axes] if isinstance(axes, int) else list(axes)
    if any(isinstance(axis, (list, tuple)) for axis in axes):
        refuse("ValueError", f"Multiple target dimensions are not supported. Expected: None, int, (int, int), Provided: {axes}")
    axes = [axis + rank if axis < 0 else axis for axis, rank in zip(axes, ranks, strict=True)]
    if 0 in axes:
        refuse("ValueError", "Cannot perform batch_dot over axis 0. If your inputs are not batched, add a dummy batch dimension to your "
               "inputs using K.expand_dims(x, 0)")  # fmt: skip
    if axes[0] >= ranks[0] or axes[1] >= ranks[1]:
        refuse("IndexError", "tuple index out of range")
    if same(first.shape[axes[0]], second.shape[axes[1]]) is False:
        refuse("ValueError", f"Cannot do batch_dot on inputs with tf.shapes {first.shape} and {second.shape} with axes={axes}.")
    if first.dtype != second.dtype:
        refuse("InvalidArgumentError", "cannot compute MatMul as input #1 was expected to be of the type of input #0")
    left = [size for axis, size in enumerate(first.shape) if axis not in (0, axes[0])]
    right = [size for axis, size in enumerate(second.shape) if axis not in (0, axes[1])]
    sizes = [*left, *right]
    return first.like((first.shape[0], *(sizes or [1])))


@k_op("bias_add")
def bias_add(x: Any, bias: Any, data_format: Any = None) -> Any:
    """A bias for every channel, or for every place."""
    form, given, added = form_of(data_format), as_tensor(x), as_tensor(bias)
    rank = len(added.shape)
    if rank not in (1, len(given.shape) - 1):
        refuse("ValueError", f"Unexpected bias dimensions {rank}. Expected it to be 1 or {len(given.shape) - 1} dimensions")
    if rank == 1:
        return tf_rule("nn.bias_add", given, added, "NCHW" if form == "channels_first" else "NHWC")
    order = (1, added.shape[-1], *added.shape[:-1]) if form == "channels_first" else (1, *added.shape)
    return given.like(stretched(given.shape, order))


# --- convolutions -----------------------------------------------------------------------------------------------------


def _padding(padding: Any) -> str:
    if padding not in ("same", "valid"):
        refuse("ValueError", f"Invalid padding: {padding}")
    return padding.upper()


_FORMS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def _convolved(rank: int, x: Any, kernel: Any, strides: Any, padding: Any, data_format: Any, dilation_rate: Any) -> Any:
    form = _FORMS[rank][form_of(data_format) == "channels_first"]
    return tf_rule("nn.convolution", x, kernel, strides, _padding(padding), form, dilation_rate)


@k_op("conv1d")
def conv1d(x: Any, kernel: Any, strides: Any = 1, padding: Any = "valid", data_format: Any = None, dilation_rate: Any = 1) -> Any:
    """A window along the steps."""
    if padding == "causal":
        x, padding = temporal_padding(x, (dilation_rate * (shape_of(kernel)[0] - 1), 0)), "valid"
    return _convolved(1, x, kernel, strides, padding, data_format, dilation_rate)


@k_op("conv2d")
def conv2d(x: Any, kernel: Any, strides: Any = (1, 1), padding: Any = "valid", data_format: Any = None, dilation_rate: Any = (1, 1)) -> Any:
    """A window over pictures."""
    return _convolved(2, x, kernel, strides, padding, data_format, dilation_rate)


@k_op("conv3d")
def conv3d(
    x: Any, kernel: Any, strides: Any = (1, 1, 1), padding: Any = "valid", data_format: Any = None, dilation_rate: Any = (1, 1, 1)
) -> Any:
    """A window over volumes."""
    return _convolved(3, x, kernel, strides, padding, data_format, dilation_rate)


def _windowed(pair: Any, form: str) -> list[Any]:
    return [1, 1, *pair] if form == "channels_first" else [1, *pair, 1]


@k_op("conv2d_transpose")
def conv2d_transpose(x: Any, kernel: Any, output_shape: Any, strides: Any = (1, 1), padding: Any = "valid", data_format: Any = None,
                     dilation_rate: Any = (1, 1)) -> Any:  # fmt: skip
    """A convolution backwards, to the shape it is given."""
    if tuple(dilation_rate) != (1, 1):
        return unknown("a transposed convolution with holes")
    form = form_of(data_format)
    sizes = [shape_of(x)[0] if size is None else size for size in output_shape]
    return tf_rule(
        "nn.conv2d_transpose", x, kernel, sizes, _windowed(strides, form), _padding(padding), _FORMS[2][form == "channels_first"]
    )


@k_op("depthwise_conv2d")
def depthwise_conv2d(x: Any, depthwise_kernel: Any, strides: Any = (1, 1), padding: Any = "valid", data_format: Any = None,
                     dilation_rate: Any = (1, 1)) -> Any:  # fmt: skip
    """A window over every channel by itself."""
    form = form_of(data_format)
    return tf_rule("nn.depthwise_conv2d", x, depthwise_kernel, _windowed(strides, form), _padding(padding), _FORMS[2][form == "channels_first"],
               dilation_rate)  # fmt: skip


@k_op("separable_conv2d")
def separable_conv2d(x: Any, depthwise_kernel: Any, pointwise_kernel: Any, strides: Any = (1, 1), padding: Any = "valid",
                     data_format: Any = None, dilation_rate: Any = (1, 1)) -> Any:  # fmt: skip
    """A window over every channel, then the channels together."""
    if len(strides) != 2:
        refuse("ValueError", "`strides` must be a tuple of 2 integers.")
    apart = depthwise_conv2d(x, depthwise_kernel, strides, padding, data_format, dilation_rate)
    return _convolved(2, apart, pointwise_kernel, (1, 1), "valid", data_format, (1, 1))


def _pooled(rank: int, x: Any, pool_size: Any, strides: Any, padding: Any, data_format: Any, pool_mode: Any) -> Any:
    if len(pool_size) != rank:
        refuse("ValueError", f"`pool_size` must be a tuple of {rank} integers.")
    if len(strides) != rank:
        refuse("ValueError", f"`strides` must be a tuple of {rank} integers.")
    form, word = form_of(data_format), _padding(padding)
    if pool_mode not in ("max", "avg"):
        refuse("ValueError", f"Invalid pooling mode: {pool_mode}")
    if len(shape_of(x)) != rank + 2:
        refuse("ValueError", f"Pooling takes {rank + 2} axes")
    return tf_rule(f"nn.{pool_mode}_pool", x, list(pool_size), list(strides), word, _FORMS[rank][form == "channels_first"])


@k_op("pool2d")
def pool2d(x: Any, pool_size: Any, strides: Any = (1, 1), padding: Any = "valid", data_format: Any = None, pool_mode: Any = "max") -> Any:
    """The largest, or the mean, of windows."""
    return _pooled(2, x, pool_size, strides, padding, data_format, pool_mode)


@k_op("pool3d")
def pool3d(
    x: Any, pool_size: Any, strides: Any = (1, 1, 1), padding: Any = "valid", data_format: Any = None, pool_mode: Any = "max"
) -> Any:
    """The largest, or the mean, of windows in volumes."""
    return _pooled(3, x, pool_size, strides, padding, data_format, pool_mode)


# --- losses -----------------------------------------------------------------------------------------------------------


def _by_sample(target: Any, output: Any, axis: Any) -> Any:
    given, wanted = as_tensor(output), as_tensor(target)
    if len(given.shape) != len(wanted.shape) or any(same(a, b) is False for a, b in zip(given.shape, wanted.shape, strict=True)):
        refuse("ValueError", f"Shapes {wanted.shape} and {given.shape} are incompatible")
    return tf_rule("reduce_sum", given, axis)


@k_op("categorical_crossentropy")
def categorical_crossentropy(target: Any, output: Any, from_logits: Any = False, axis: Any = -1) -> Any:
    """How wrong the likelihoods are."""
    return _by_sample(target, output, axis)


@k_op("categorical_focal_crossentropy")
def categorical_focal_crossentropy(
    target: Any, output: Any, alpha: Any = 0.25, gamma: Any = 2.0, from_logits: Any = False, axis: Any = -1
) -> Any:
    """How wrong the likelihoods are, what is easy counting less."""
    return _by_sample(target, output, axis)


@k_op("binary_crossentropy")
def binary_crossentropy(target: Any, output: Any, from_logits: Any = False) -> Any:
    """How wrong every likelihood is."""
    return as_tensor(output).like(stretched(shape_of(target), shape_of(output)))


@k_op("binary_focal_crossentropy")
def binary_focal_crossentropy(target: Any, output: Any, apply_class_balancing: Any = False, alpha: Any = 0.25, gamma: Any = 2.0,
                              from_logits: Any = False) -> Any:  # fmt: skip
    """How wrong every likelihood is, what is easy counting less."""
    taken(output, FLOATS)
    return as_tensor(output).like(stretched(shape_of(target), shape_of(output)))


@k_op("sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: Any = False, axis: Any = -1, ignore_class: Any = None) -> Any:
    """How wrong the likelihoods are, for classes by number."""
    given = as_tensor(output)
    axis = axis % len(given.shape)
    return given.like(tuple(size for place, size in enumerate(given.shape) if place != axis))


@k_op("ctc_batch_cost")
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Any:
    """How unlikely the labels are, whatever steps they stand at: one number for every sample."""
    given = as_tensor(y_pred)
    if len(given.shape) != 3 or len(shape_of(y_true)) != 2:
        refuse("ValueError", "ctc_batch_cost takes labels of two axes and predictions of three")
    for length in (input_length, label_length):
        if len(shape_of(length)) < 1 or same(shape_of(length)[-1], 1) is False:
            refuse("InvalidArgumentError", "Can not squeeze dim[1], expected a dimension of 1")
    return given.like((given.shape[0], 1))


@k_op("ctc_label_dense_to_sparse")
def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> Any:
    """Labels of which most are not stored."""
    return unknown("a sparse tensor")


@k_op("ctc_decode")
def ctc_decode(y_pred: Any, input_length: Any, greedy: Any = True, beam_width: Any = 100, top_paths: Any = 1) -> Any:
    """The likeliest labels, and how likely they are."""
    given = as_tensor(y_pred)
    if len(given.shape) != 3:
        refuse("ValueError", "ctc_decode takes predictions of three axes")
    count = 1 if greedy else top_paths
    labels = [given.like(given.shape[:2], "int64") for _ in range(count)]
    return labels, given.like((given.shape[0], count))


# --- loops ------------------------------------------------------------------------------------------------------------


@k_op("rnn", lenient=True)
def rnn(step_function: Any, inputs: Any, initial_states: Any, go_backwards: Any = False, mask: Any = None, constants: Any = None,
        unroll: Any = False, input_length: Any = None, time_major: Any = False, zero_output_for_mask: Any = False,
        return_all_outputs: Any = True) -> Any:  # fmt: skip
    """A function of every step, which hands states on."""
    if isinstance(inputs, Unknown):
        return inputs
    leaves = [leaf for leaf in flatten(inputs) if isinstance(leaf, KerasTensor)]
    batch, steps = (1, 0) if time_major else (0, 1)
    if not leaves or any(len(leaf.shape) < 3 for leaf in leaves):
        refuse("ValueError", "rnn takes inputs of three axes or more")
    first = map_leaves(lambda leaf: leaf.like((leaf.shape[batch], *leaf.shape[2:])), inputs)
    output, states = RUN.get().call(step_function, first, (*initial_states, *(constants or ())))
    sizes = (leaves[0].shape[batch], leaves[0].shape[steps] if return_all_outputs else 1)

    def along(leaf: Any) -> Any:
        if not isinstance(leaf, KerasTensor):
            return leaf
        return leaf.like((*(sizes[::-1] if time_major else sizes), *leaf.shape[1:]))

    return output, map_leaves(along, output), states
