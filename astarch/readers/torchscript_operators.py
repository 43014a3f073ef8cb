"""What the operations of TorchScript call their arguments: its code gives them by position."""

from __future__ import annotations

from collections.abc import Mapping

#: Operations and the names of their arguments in order, as torch's own schemas have them, as far as all overloads agree.
_SCHEMAS = """
conv1d conv2d conv3d: input weight bias stride padding dilation groups
_convolution: input weight bias stride padding dilation transposed output_padding groups benchmark deterministic cudnn_enabled allow_tf32
conv_transpose1d conv_transpose2d conv_transpose3d: input weight bias stride padding output_padding groups dilation
linear: input weight bias
addmm: self mat1 mat2
baddbmm: self batch1 batch2
bmm mm: self mat2
matmul floor_divide maximum minimum expand_as type_as: self other
batch_norm: input weight bias running_mean running_var training momentum eps cudnn_enabled
layer_norm: input normalized_shape weight bias eps cudnn_enable
group_norm: input num_groups weight bias eps cudnn_enabled
instance_norm: input weight bias running_mean running_var use_input_stats momentum eps cudnn_enabled
rms_norm: input normalized_shape weight eps
embedding: weight indices padding_idx scale_grad_by_freq sparse
embedding_bag: weight indices offsets scale_grad_by_freq mode sparse per_sample_weights include_last_offset padding_idx
scaled_dot_product_attention: query key value attn_mask dropout_p is_causal scale enable_gqa
gelu gelu_: self approximate
leaky_relu leaky_relu_: self negative_slope
elu elu_: self alpha scale input_scale
celu: self alpha
softplus: self beta threshold
softshrink hardshrink: self lambd
hardtanh hardtanh_: self min_val max_val
prelu: self weight
rrelu: self lower upper training generator
glu unbind squeeze unsqueeze size: self dim
threshold: self threshold value
softmax log_softmax cumsum: self dim dtype
_softmax: self dim half_to_float
max_pool1d max_pool2d max_pool3d: self kernel_size stride padding dilation ceil_mode
avg_pool1d: self kernel_size stride padding ceil_mode count_include_pad
avg_pool2d avg_pool3d: self kernel_size stride padding ceil_mode count_include_pad divisor_override
adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d: self output_size
adaptive_max_pool2d: self output_size
max_pool2d_with_indices: self kernel_size stride padding dilation ceil_mode
pixel_shuffle: self upscale_factor
pixel_unshuffle: self downscale_factor
grid_sampler: input grid interpolation_mode padding_mode align_corners
dropout feature_dropout alpha_dropout: input p train
dropout_: self p train
sub_ rsub: self other alpha
div_: self other rounding_mode
clamp clamp_: self min max
clamp_min: self min
floordiv: a b
cat stack: tensors dim
chunk: self chunks dim
split_with_sizes: self split_sizes dim
narrow: self dim start length
index_select: self dim index
gather: self dim index sparse_grad
masked_fill masked_fill_: self mask value
where: condition self other
pad: self pad mode value
constant_pad_nd: self pad value
roll: self shifts dims
flip permute: self dims
transpose: self dim0 dim1
reshape: self shape
flatten: self start_dim end_dim
unflatten: self dim sizes
expand: self size implicit
repeat: self repeats
contiguous clone: self memory_format
amax amin argmax argmin any all: self dim keepdim
norm: self p
linalg_vector_norm: self ord dim keepdim dtype
zeros ones: size dtype layout device pin_memory
full: size fill_value dtype layout device pin_memory
full_like: self fill_value
linspace: start end steps dtype layout device pin_memory
tril triu: self diagonal
one_hot: self num_classes
lstm gru rnn_tanh rnn_relu: input hx params has_biases num_layers dropout train bidirectional batch_first
"""

_ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    name: tuple(names.split())
    for names_of, _, names in (line.partition(":") for line in _SCHEMAS.strip().splitlines())
    for name in names_of.split()
}
_RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")
_PACKED = ("data", "batch_sizes", "hx", "params", "has_biases", "num_layers", "dropout", "train", "bidirectional")


def argument_name(operation: str, place: int, *, packed: bool = False) -> str:
    """The name of the argument at a place; its number, where it has none that all overloads share.

    >>> argument_name("torch.conv2d", 3), argument_name("torch.conv2d", 30)
    ('stride', '30')
    """
    base = operation.rpartition(".")[2]
    names = _PACKED if packed and base in _RECURRENT else _ARGUMENTS.get(base, ())
    return names[place] if place < len(names) else str(place)


def operations() -> tuple[str, ...]:
    """The operations whose arguments have names here."""
    return tuple(_ARGUMENTS)
