"""The operations of TensorFlow, TFLite and ONNX by what they are for a layer of Keras, and what they are made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ir.graph import Node
from .kinds import base_name

_KINDS = {
    "conv": "Conv2D Conv3D CONV_2D CONV_3D Conv",
    "depthwise": "DepthwiseConv2dNative DEPTHWISE_CONV_2D",
    "conv transpose": "Conv2DBackpropInput Conv3DBackpropInputV2 TRANSPOSE_CONV ConvTranspose",
    "linear": "MatMul BatchMatMul BatchMatMulV2 BatchMatMulV3 FULLY_CONNECTED BATCH_MATMUL Gemm",
    "max pool": "MaxPool MaxPool3D MAX_POOL_2D",
    "average pool": "AvgPool AvgPool3D AVERAGE_POOL_2D AveragePool",
    "relu": "Relu RELU",
    "relu6": "Relu6 RELU6",
    "leaky_relu": "LeakyRelu LEAKY_RELU",
    "elu": "Elu ELU",
    "selu": "Selu",
    "tanh": "Tanh TANH",
    "sigmoid": "Sigmoid LOGISTIC",
    "softmax": "Softmax SOFTMAX LogSoftmax LOG_SOFTMAX",
    "softplus": "Softplus",
    "softsign": "Softsign",
    "erf": "Erf Erfc Gelu GELU",
    "add": "Add AddV2 ADD AddN Sum",
    "sub": "Sub SUB",
    "mul": "Mul MUL",
    "maximum": "Maximum MAXIMUM",
    "minimum": "Minimum MINIMUM",
    "cat": "ConcatV2 CONCATENATION Concat",
    "mean": "Mean MEAN ReduceMean GlobalAveragePool",
    "max": "Max REDUCE_MAX ReduceMax GlobalMaxPool",
    "gather": "GatherV2 Gather ResourceGather GATHER",
    "pad": "Pad PadV2 PAD",
    "constant": "Const Constant",
    "size": "Shape SHAPE Size Rank",
}
_OF = {name: kind for kind, names in _KINDS.items() for name in names.split()}

#: What a layer has exactly as many of as it should: they are compared in every layer.
CORE = frozenset(
    (
        *("conv", "depthwise", "conv transpose", "linear", "max pool", "average pool"),
        *("relu", "relu6", "leaky_relu", "elu", "selu", "tanh", "sigmoid", "softmax", "softplus", "softsign", "erf"),
    )
)
#: What TFLite writes into the operation before it.
_FUSED = {"RELU": "relu", "RELU6": "relu6", "TANH": "tanh"}


def kinds_of(node: Node) -> list[str]:
    """What an operation is, and the activation that is written into it."""
    fused = _FUSED.get(str(node.attributes.get("fused_activation_function")))
    return [kind for kind in (kind_of(node), fused) if kind is not None]


def kind_of(node: Node) -> str | None:
    """What an operation is, under one name for all formats."""
    return _OF.get(base_name(node.target)) if node.op.startswith("call") else None


def constants(node: Node, nodes: list[Node]) -> list[Any]:
    """The constant values among what an operation takes."""
    held = (nodes[index].attributes for index in node.inputs)
    return [given["value"] for given in held if isinstance(given.get("value"), bool | int | float | list)]


def settings_in(node: Node, nodes: list[Node], layer: list[Node]) -> dict[str, Any]:
    """What an operation is made with, under the names of Keras, as far as the format tells.

    Args:
        node: The operation.
        nodes: All of the graph.
        layer: Those of its layer: a dilated convolution may stand between two that take the space apart.
    """
    given = node.attributes
    found: dict[str, Any] = {}
    first = str(given.get("data_format", "")).startswith("NC")
    for key, name in (("strides", "strides"), ("ksize", "pool size"), ("dilations", "dilation"), ("kernel_shape", "pool size")):
        if isinstance(given.get(key), list):
            found[name] = _spatial(given[key], node, first)
    if "stride_h" in given:
        found["strides"] = [given["stride_h"], given["stride_w"]]
        found["dilation"] = [given.get("dilation_h_factor", 1), given.get("dilation_w_factor", 1)]
        found["pool size"] = [given.get("filter_height"), given.get("filter_width")]
    padding = given.get("padding", given.get("auto_pad"))
    if isinstance(padding, str) and padding not in ("EXPLICIT", "NOTSET"):
        found["padding"] = "same" if padding.startswith("SAME") else padding.lower()
    if isinstance(given.get("alpha"), float):
        found["alpha"] = given["alpha"]
    if kind_of(node) == "cat":
        axes = [given["axis"]] if "axis" in given else [value for value in constants(node, nodes) if isinstance(value, int)]
        found.update({"axis": axes[-1]} if axes else {})
    one_axis = any(base_name(other.target) == "ExpandDims" for other in layer) and len(found.get("strides", ())) == 2
    found = {name: value[1:] if one_axis and isinstance(value, list) else value for name, value in found.items()}
    spread = _spread(node, nodes) if kind_of(node) in ("conv", "depthwise") else None
    if spread is not None:
        found.pop("padding", None)  # what is added before belongs to the taking apart
        found["dilation"] = next(iter(constants(spread, nodes)), None)
    return found


def _spread(node: Node, nodes: list[Node]) -> Node | None:
    """What takes the space apart before a dilated convolution."""
    before = nodes[node.inputs[0]] if node.inputs else None
    if before is not None and base_name(before.target) == "ExpandDims" and before.inputs:
        before = nodes[before.inputs[0]]
    return before if before is not None and base_name(before.target) == "SpaceToBatchND" else None


def _spatial(values: list[Any], node: Node, first: bool) -> list[Any]:
    """The numbers of the axes of space: TensorFlow gives those of the batch and the channels as well."""
    if node.target in ("Conv", "ConvTranspose", "MaxPool", "AveragePool") and len(values) < 4 and "ksize" not in node.attributes:
        return values
    if len(values) < 4:
        return values
    return values[2:] if first else values[1:-1]


def epsilon_in(layer: list[Node], nodes: list[Node]) -> float | None:
    """What keeps a norm from dividing by zero: an attribute, or the constant that is added before the root."""
    for node in layer:
        if isinstance(node.attributes.get("epsilon"), float):
            return float(node.attributes["epsilon"])
        if base_name(node.target) in ("Rsqrt", "RSQRT", "Sqrt") and node.inputs:
            before: Mapping[str, Any] | Node = nodes[node.inputs[0]]
            values = [value for value in constants(before, nodes) if isinstance(value, float)] if kind_of(before) == "add" else []
            if len(values) == 1:
                return values[0]
    return None
