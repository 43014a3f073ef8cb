"""The operations that make a network what it is, under one name each for all frameworks and formats."""

from __future__ import annotations

from collections.abc import Mapping

_NAMES = {
    "conv": "conv1d conv2d conv3d _convolution convolution Conv Conv1d Conv2d Conv3d Conv1D Conv2D Conv3D CONV_2D DepthwiseConv2dNative",
    "conv_transpose": "conv_transpose1d conv_transpose2d conv_transpose3d ConvTranspose ConvTranspose1d ConvTranspose2d ConvTranspose3d "
    "Conv2DBackpropInput TRANSPOSE_CONV Conv2DTranspose",
    "linear": "linear addmm Gemm Linear NonDynamicallyQuantizableLinear Dense FULLY_CONNECTED",
    "matmul": "matmul bmm mm MatMul __matmul__ baddbmm BatchMatMulV2",
    "batch_norm": "batch_norm _native_batch_norm_legit_no_training BatchNormalization BatchNorm1d BatchNorm2d BatchNorm3d FusedBatchNormV3",
    "layer_norm": "layer_norm LayerNorm LayerNormalization",
    "group_norm": "group_norm GroupNorm GroupNormalization",
    "instance_norm": "instance_norm InstanceNorm1d InstanceNorm2d InstanceNorm3d InstanceNormalization",
    "embedding": "embedding Embedding",
    "lstm": "lstm LSTM",
    "gru": "gru GRU",
    "rnn": "rnn_tanh rnn_relu RNN",
    "attention": "scaled_dot_product_attention",
    "relu": "relu relu_ Relu ReLU RELU",
    "relu6": "relu6 relu6_ ReLU6 RELU6",
    "gelu": "gelu Gelu GELU",
    "silu": "silu silu_ SiLU Swish",
    "sigmoid": "sigmoid sigmoid_ Sigmoid LOGISTIC",
    "tanh": "tanh tanh_ Tanh TANH",
    "softmax": "softmax Softmax _softmax SOFTMAX",
    "log_softmax": "log_softmax LogSoftmax",
    "leaky_relu": "leaky_relu leaky_relu_ LeakyRelu LeakyReLU LEAKY_RELU",
    "elu": "elu elu_ Elu ELU",
    "hardswish": "hardswish hardswish_ HardSwish Hardswish",
    "mish": "mish Mish",
    "prelu": "prelu PReLU PRelu",
    "softplus": "softplus Softplus",
    "max_pool": "max_pool1d max_pool2d max_pool3d MaxPool MaxPool1d MaxPool2d MaxPool3d MAX_POOL_2D MaxPooling2D",
    "avg_pool": "avg_pool1d avg_pool2d avg_pool3d AveragePool AvgPool AvgPool1d AvgPool2d AvgPool3d AVERAGE_POOL_2D",
    "adaptive_avg_pool": "adaptive_avg_pool1d adaptive_avg_pool2d AdaptiveAvgPool1d AdaptiveAvgPool2d GlobalAveragePool",
    "adaptive_max_pool": "adaptive_max_pool1d adaptive_max_pool2d AdaptiveMaxPool1d AdaptiveMaxPool2d GlobalMaxPool",
    "add": "add add_ __add__ __radd__ __iadd__ Add AddV2 ADD",
    "sub": "sub sub_ __sub__ __isub__ rsub __rsub__ Sub SUB",
    "mul": "mul mul_ __mul__ __rmul__ __imul__ Mul MUL",
    "div": "div div_ __truediv__ __itruediv__ Div RealDiv DIV",
    "cat": "cat concat concatenate Concat ConcatV2 CONCATENATION",
    "stack": "stack",
    "upsample": "interpolate upsample_nearest2d upsample_bilinear2d Resize Upsample UpsamplingNearest2d ResizeNearestNeighbor",
    "mean": "mean ReduceMean Mean MEAN",
    "sum": "sum ReduceSum",
    "max": "max amax ReduceMax",
    "exp": "exp Exp",
    "sqrt": "sqrt Sqrt",
    "pow": "pow Pow __pow__",
}

#: The kind of an operation by the last part of its name.
KINDS: Mapping[str, str] = {name: kind for kind, names in _NAMES.items() for name in names.split()}

#: What moves values about, or does nothing when the model is not being trained.
IDLE = set(
    "view reshape flatten transpose permute contiguous size dim getitem __getitem__ select slice unsqueeze squeeze chunk split expand "
    "to type_as dropout dropout_ feature_dropout identity clone detach arange t movedim swapaxes unbind unflatten narrow roll alias "
    "lift_fresh_copy detach_ zeros ones empty full zeros_like ones_like _assert_tensor_metadata mT T shape "
    "Constant Shape Gather Slice Unsqueeze Squeeze Cast Transpose Reshape Flatten Identity Dropout Dropout1d Dropout2d Dropout3d "
    "AlphaDropout Unflatten ConstantOfShape Expand Split Range Pad CastLike Tile BiasAdd Const Pack StridedSlice "
    "NumToTensor __is__ __isnot__ format ListConstruct ScalarImplicit Int len append list device dtype".split(),
)  # fmt: skip


def base_name(target: str) -> str:
    """The name of an operation without its home and overload.

    >>> base_name("aten.conv2d.default"), base_name("torch.nn.functional.relu")
    ('conv2d', 'relu')
    """
    parts = target.split(".")
    return parts[1] if parts[0] == "aten" and len(parts) > 1 else parts[-1]
