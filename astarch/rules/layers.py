"""What rules know of the frameworks' layers by name: which have weights, which hold others, which give tuples."""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator

from ..ir.program import ClassSource, File

_DIMS = ("1d", "2d", "3d")

CONVOLUTIONS = frozenset(f"{kind}{dim}" for kind in ("Conv", "ConvTranspose", "LazyConv", "LazyConvTranspose") for dim in _DIMS)
BATCH_NORMS = frozenset(f"BatchNorm{dim}" for dim in _DIMS) | {"SyncBatchNorm"}
RECURRENT = frozenset({"RNN", "LSTM", "GRU"})
CONTAINERS = frozenset({"Sequential", "ModuleList", "ModuleDict"})
PARAMETER_CONTAINERS = frozenset({"ParameterList", "ParameterDict"})

#: Layers of torch that have parameters when made with usual arguments.
WEIGHTED = (
    CONVOLUTIONS
    | BATCH_NORMS
    | RECURRENT
    | {"Linear", "LazyLinear", "Bilinear", "Embedding", "EmbeddingBag", "LayerNorm", "GroupNorm", "RMSNorm", "PReLU", "MultiheadAttention"}
    | {
        "RNNCell",
        "LSTMCell",
        "GRUCell",
        "Transformer",
        "TransformerEncoder",
        "TransformerDecoder",
        "TransformerEncoderLayer",
        "TransformerDecoderLayer",
    }
)
DROPOUTS = frozenset({"Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"})
ACTIVATIONS = frozenset(
    {
        "ReLU",
        "ReLU6",
        "GELU",
        "SiLU",
        "Sigmoid",
        "Tanh",
        "ELU",
        "SELU",
        "CELU",
        "LeakyReLU",
        "Hardswish",
        "Hardsigmoid",
        "Hardtanh",
        "Mish",
        "Softplus",
    }
    | {
        "Softmax",
        "LogSoftmax",
        "Softmax2d",
        "Softmin",
        "LogSigmoid",
        "Softsign",
        "Tanhshrink",
        "Threshold",
        "GLU",
        "RReLU",
        "Hardshrink",
        "Softshrink",
    }
)
#: Layers of torch without parameters.
STATELESS = (
    DROPOUTS
    | ACTIVATIONS
    | {
        "Identity",
        "Flatten",
        "Unflatten",
        "PixelShuffle",
        "PixelUnshuffle",
        "Upsample",
        "UpsamplingBilinear2d",
        "UpsamplingNearest2d",
        "Fold",
        "Unfold",
    }
    | {"ChannelShuffle", "CosineSimilarity", "PairwiseDistance", "LocalResponseNorm"}
    | {f"{kind}Pool{dim}" for kind in ("Max", "Avg", "AdaptiveAvg", "AdaptiveMax", "LP") for dim in _DIMS}
    | {f"{kind}Pad{dim}" for kind in ("Zero", "Constant", "Reflection", "Replication", "Circular") for dim in _DIMS}
    | {f"InstanceNorm{dim}" for dim in _DIMS}
)
#: Layers that give a tuple.
TUPLE_GIVING = RECURRENT | {"MultiheadAttention"}

#: Layers of Keras that have weights.
KERAS_WEIGHTED = frozenset(
    {"Dense", "Embedding", "LSTM", "GRU", "SimpleRNN", "BatchNormalization", "LayerNormalization", "GroupNormalization", "EinsumDense"}
    | {"Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "SeparableConv1D", "SeparableConv2D"}
    | {"DepthwiseConv1D", "DepthwiseConv2D", "MultiHeadAttention", "PReLU", "ConvLSTM2D"}
)
KERAS_STATEFUL_FREE = frozenset(
    {
        "Activation",
        "Flatten",
        "Reshape",
        "Permute",
        "Concatenate",
        "Add",
        "Multiply",
        "Subtract",
        "Average",
        "Maximum",
        "ReLU",
        "Softmax",
        "LeakyReLU",
    }
    | {"MaxPooling1D", "MaxPooling2D", "MaxPooling3D", "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "GlobalAveragePooling1D"}
    | {
        "GlobalAveragePooling2D",
        "GlobalMaxPooling1D",
        "GlobalMaxPooling2D",
        "ZeroPadding1D",
        "ZeroPadding2D",
        "UpSampling1D",
        "UpSampling2D",
    }
    | {"Cropping2D", "Dot", "Lambda", "RepeatVector", "Masking", "Dropout", "SpatialDropout1D", "SpatialDropout2D", "GaussianNoise"}
)


def torch_layer(file: File, node: ast.AST | None) -> str:
    """The name of the torch layer that a call constructs, e.g. ``Conv2d``; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    name = file.resolve(node.func)
    last = name.rpartition(".")[2]
    return (
        last
        if name == f"torch.nn.{last}" and last[:1].isupper() and last not in ("Parameter", "Module", "Buffer", "UninitializedParameter")
        else ""
    )


def torch_layers(file: File, kinds: Container[str]) -> Iterator[tuple[ast.Call, str]]:
    """The calls of a file that construct torch layers of some kinds."""
    for name, calls in file.called.items():
        last = name.rpartition(".")[2]
        if last in kinds and name == f"torch.nn.{last}":
            yield from ((call, last) for call in calls)


def keras_layers(file: File, kinds: Container[str]) -> Iterator[tuple[ast.Call, str]]:
    """The calls of a file that construct Keras layers of some kinds."""
    for name, calls in file.called.items():
        last = name.rpartition(".")[2]
        if last in kinds and name.startswith("keras.layers.") and (last in KERAS_WEIGHTED or last in KERAS_STATEFUL_FREE):
            yield from ((call, last) for call in calls)


def keras_layer(file: File, node: ast.AST | None) -> str:
    """The name of the Keras layer that a call constructs, e.g. ``Dense``; empty for anything else."""
    if not isinstance(node, ast.Call):
        return ""
    name = file.resolve(node.func)
    last = name.rpartition(".")[2]
    return last if name.startswith("keras.layers.") and (last in KERAS_WEIGHTED or last in KERAS_STATEFUL_FREE) else ""


def own_module(file: File, node: ast.AST | None) -> ClassSource | None:
    """The class of the project that a call constructs, when it is a module or layer."""
    if not isinstance(node, ast.Call):
        return None
    name = file.resolve(node.func)
    found = file.program.class_at(name) if name else None
    return found if found is not None and found.framework else None


def makes_module(file: File, node: ast.AST | None) -> str:
    """What a call constructs when it is a module: the layer's name, or that of the project's class; otherwise empty."""
    layer = torch_layer(file, node)
    if layer:
        return "" if layer == "Parameter" else layer
    own = own_module(file, node)
    return own.name if own is not None and own.framework == "torch" else ""


def has_weights(file: File, node: ast.AST | None, depth: int = 0) -> bool:
    """Whether a call certainly constructs something with parameters."""
    if not isinstance(node, ast.Call) or depth > 6:
        return False
    if torch_layer(file, node) in WEIGHTED or keras_layer(file, node) in KERAS_WEIGHTED:
        return True
    if torch_layer(file, node) == "Sequential":
        return any(has_weights(file, item, depth + 1) for item in node.args)
    own = own_module(file, node)
    if own is None:
        return False
    return any(
        has_weights(each.file, one.value, depth + 1) or is_parameter(each.file, one.value)
        for each in own.lineage
        for one in each.assigned
        if one.method.name == "__init__"
    )


def is_parameter(file: File, node: ast.AST | None) -> bool:
    """Whether a call makes an `nn.Parameter`."""
    return isinstance(node, ast.Call) and file.resolve(node.func) == "torch.nn.Parameter"


def outcome(node: ast.AST | None) -> list[ast.expr]:
    """The expressions a value may be: both arms of a conditional."""
    if isinstance(node, ast.IfExp):
        return [*outcome(node.body), *outcome(node.orelse)]
    return [node] if isinstance(node, ast.expr) else []


def elements(node: ast.AST | None) -> list[ast.expr]:
    """The expressions that become items of a list, tuple, set, dict or comprehension; a product of a list counts."""
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)):
        return [inner for item in node.elts for inner in outcome(item)]
    if isinstance(node, (ast.ListComp, ast.SetComp)):
        return outcome(node.elt)
    if isinstance(node, ast.Dict):
        return [inner for item in node.values for inner in outcome(item)]
    if isinstance(node, ast.DictComp):
        return outcome(node.value)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return elements(node.left) or elements(node.right)
    return []
