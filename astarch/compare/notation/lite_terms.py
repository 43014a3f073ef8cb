"""What a TFLite model computes, in index notation: its operators as those of TensorFlow, with what is fused into them after them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...ir.architecture import Architecture
from ...ir.graph import Node, TensorType
from .guessing import Search, searched
from .index_notation import Unproven, Value
from .keras_layer_terms import back, first, same, words_transposed
from .leaves import Leaf, Leaves
from .lowering import Terms
from .tensorflow_terms import TensorFlowLowering
from .tensorflow_windows import Blocks
from .vocabulary import Vocabulary

#: The operators that are TensorFlow's under another name.
_NAMES = {
    "ADD": "AddV2", "SUB": "Sub", "MUL": "Mul", "DIV": "RealDiv", "POW": "Pow", "MAXIMUM": "Maximum", "MINIMUM": "Minimum", "LESS": "Less",
    "SQUARED_DIFFERENCE": "SquaredDifference", "RELU": "Relu", "RELU6": "Relu6", "TANH": "Tanh", "LOGISTIC": "Sigmoid", "EXP": "Exp",
    "LOG": "Log", "SQRT": "Sqrt", "RSQRT": "Rsqrt", "ABS": "Abs", "NEG": "Neg", "SQUARE": "Square", "SIN": "Sin", "COS": "Cos",
    "FLOOR": "Floor", "ELU": "Elu", "LEAKY_RELU": "LeakyRelu", "LOG_SOFTMAX": "LogSoftmax", "MEAN": "Mean", "SUM": "Sum",
    "REDUCE_MAX": "Max", "REDUCE_MIN": "Min", "SQUEEZE": "Squeeze", "EXPAND_DIMS": "ExpandDims", "TRANSPOSE": "Transpose",
    "PACK": "Pack", "STRIDED_SLICE": "StridedSlice", "PAD": "Pad", "PADV2": "PadV2", "TILE": "Tile", "SHAPE": "Shape",
    "BATCH_MATMUL": "BatchMatMulV2", "SELECT": "SelectV2", "SELECT_V2": "SelectV2", "FILL": "Fill", "REVERSE_V2": "ReverseV2",
    "RESIZE_BILINEAR": "ResizeBilinear", "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighbor", "LOGICAL_NOT": "LogicalNot",
    "FLOOR_DIV": "FloorDiv", "SPLIT": "Split", "LOGICAL_AND": "LogicalAnd", "SPACE_TO_BATCH_ND": "SpaceToBatchND",
    "BATCH_TO_SPACE_ND": "BatchToSpaceND",
}  # fmt: skip
_FUSED = {"RELU": "relu", "RELU6": "relu6", "TANH": "tanh"}


def lite_terms(artifact: Architecture, words: Vocabulary, leaves: Leaves, ours: Terms, inputs: Mapping[str, Value]) -> tuple[Terms, Leaves]:
    """The steps of an artifact, given what its inputs are, by their names; and which tensors of the source are in it."""

    def run(own: Leaves, search: Search) -> Terms:
        return _Lowering(artifact, words, own, search, inputs).follow(artifact.graph)

    return searched(words, leaves, ours, run)


class _Lowering(TensorFlowLowering):
    def step(self, node: Node) -> Any:
        """What one step gives."""
        if node.op != "call_function":
            return self._held(node) if node.op == "get_attr" else super().step(node)
        if node.target == "VAR_HANDLE":
            return node.attributes.get("shared_name") or node.name
        own = _OPERATORS.get(node.target)
        if own is not None:
            found = own(self, node, self.given(node))
        elif node.target in _NAMES:
            attributes = {**node.attributes, "num_split": node.attributes.get("num_splits")}
            found = super().step(replace(node, target=_NAMES[node.target], attributes=attributes))
        else:
            raise Unproven(node.target)
        fused = node.attributes.get("fused_activation_function", "NONE")
        if fused == "NONE":
            return found
        if fused not in _FUSED:
            raise Unproven(fused)
        return self.words.function(_FUSED[fused], found)

    def _held(self, node: Node) -> Any:
        """A constant: whole numbers as they are."""
        kind, value = node.output, node.attributes.get("value")
        if not isinstance(kind, TensorType):
            raise Unproven("a constant")
        if value is not None and kind.dtype.startswith(("int", "uint")):
            return value
        known = () if value is None else tuple(value) if isinstance(value, list) else (value,)
        if kind.dtype == "bool" and known:
            return self.words.constants([float(item) for item in known], kind.shape)  # type: ignore[arg-type]
        return Leaf(node.target, kind.shape, kind.dtype, value=known)  # type: ignore[arg-type]

    # --- operators ----------------------------------------------------------------------------------------------------

    def read(self, node: Node, given: list[Any]) -> Leaf:
        """A variable, whose values are elsewhere."""
        kind = node.output
        if not isinstance(kind, TensorType):
            raise Unproven("a variable")
        return Leaf(given[0], kind.shape, kind.dtype)  # type: ignore[arg-type]

    def lite_conv(self, node: Node, given: list[Any]) -> Any:
        """A convolution with a kernel of outputs, space, inputs; or of one, space, outputs."""
        attributes = node.attributes
        if isinstance(given[0], Blocks):
            return self._in_blocks(node, given)
        value, kernel = first(self.tensor(given[0], node), True), self.tensor(given[1], node)
        deep = node.target == "DEPTHWISE_CONV_2D"
        kernel = kernel.turned((3, 0, 1, 2) if deep else (0, 3, 1, 2))
        stride = (attributes["stride_h"], attributes["stride_w"])
        wide = (attributes["dilation_h_factor"], attributes["dilation_w_factor"])
        pads = self._pads(attributes, value.shape[2:], kernel.shape[2:], stride, wide)
        groups = value.shape[1] if deep else value.shape[1] // kernel.shape[1]
        found = back(self.words.conv(value, kernel, None, stride=stride, padding=pads, dilation=wide, groups=groups), True)
        return self._shifted(found, given, 2, node)

    def _in_blocks(self, node: Node, given: list[Any]) -> Any:
        """A convolution of the blocks that an image is cut into."""
        attributes, blocks = node.attributes, given[0]
        plain = {attributes[f"{name}_{side}"] for name in ("stride", "dilation") for side in "hw" if f"{name}_{side}" in attributes}
        wide = {attributes["dilation_h_factor"], attributes["dilation_w_factor"]}
        bias = given[2] if len(given) > 2 else None
        if plain | wide != {1} or attributes["padding"] != "VALID" or node.target != "CONV_2D" or blocks.kernel is not None:
            raise Unproven("settings of a convolution")
        if bias is not None and self.words.constant(self.tensor(bias, node)) != 0.0:
            raise Unproven("a bias in blocks")
        return self.blocked(blocks, self.tensor(given[1], node).turned((0, 3, 1, 2)))

    def _pads(self, attributes: Mapping[str, Any], space: Any, taps: Any, stride: Any, wide: Any) -> list[tuple[int, int]]:
        if attributes["padding"] == "SAME":
            return [same(*sides) for sides in zip(space, taps, stride, wide, strict=True)]
        return [(0, 0)] * len(stride)

    def _shifted(self, value: Value, given: list[Any], place: int, node: Node) -> Value:
        """With a bias, where there is one."""
        if len(given) <= place or given[place] is None:
            return value
        return self.words.add(value, self.tensor(given[place], node))

    def lite_gradient(self, node: Node, given: list[Any]) -> Value:
        """A transposed convolution."""
        value = first(self.tensor(given[2], node), True)
        kernel = self.tensor(given[1], node).turned((1, 2, 0, 3))
        stride = (node.attributes["stride_h"], node.attributes["stride_w"])
        whole = node.attributes["padding"] == "SAME"
        found = back(words_transposed(self.words, value, kernel, stride, given[0][1:-1], same_padding=whole), True)
        return self._shifted(found, given, 3, node)

    def lite_pool(self, node: Node, given: list[Any]) -> Value:
        """A pool over windows."""
        attributes, value = node.attributes, first(self.tensor(given[0], node), True)
        taps, stride = (tuple(attributes[f"{name}_{side}"] for side in sides) for name, sides in
                        (("filter", ("height", "width")), ("stride", "hw")))  # fmt: skip
        pads = self._pads(attributes, value.shape[2:], taps, stride, (1, 1))
        kind = "max_pool" if node.target == "MAX_POOL_2D" else "avg_pool"
        return back(self.words.window(kind, value, taps, stride, pads), True)

    def connected(self, node: Node, given: list[Any]) -> Value:
        """A product with a weight of outputs by inputs."""
        value, weight = self.tensor(given[0], node), self.tensor(given[1], node)
        if node.attributes.get("weights_format"):
            raise Unproven("the format of weights")
        if not node.attributes.get("keep_num_dims"):
            size = 1
            for side in value.shape:
                size *= side
            value = value.shaped((size // weight.shape[1], weight.shape[1]))
        return self._shifted(self.words.linear(value, weight, None), given, 2, node)

    def lite_softmax(self, node: Node, given: list[Any]) -> Value:
        """Shares along the last axis."""
        if node.attributes.get("beta") != 1.0:
            raise Unproven("beta")
        return self.words.along("softmax", self.tensor(given[0], node), (-1,))

    def lite_reshape(self, node: Node, given: list[Any]) -> Any:
        """Another shape."""
        wanted = given[1] if len(given) > 1 else node.attributes.get("new_shape")
        return self.reshape(node, [given[0], wanted])

    def together(self, node: Node, given: list[Any]) -> Value:
        """One after the other."""
        return self.concat(node, [*given, node.attributes["axis"]])

    def rows(self, node: Node, given: list[Any]) -> Any:
        """Rows of a table."""
        if node.attributes.get("batch_dims"):
            raise Unproven("batch_dims")
        return self.gather(node, [*given, node.attributes.get("axis", 0)])

    def lite_gelu(self, node: Node, given: list[Any]) -> Value:
        """As a function of every element."""
        kind = "tanh" if node.attributes.get("approximate") else "none"
        return self.words.function("gelu", self.tensor(given[0], node), kind)

    def bent(self, node: Node, given: list[Any]) -> Value:
        """With a slope for what is less than nothing."""
        value, slope, words = self.tensor(given[0], node), self.tensor(given[1], node), self.words
        low = words.multiply(slope.times(-1.0), words.function("relu", value.times(-1.0)))
        return words.add(words.function("relu", value), low)

    def cast(self, node: Node, given: list[Any]) -> Any:
        """Whole numbers stay what they are."""
        kind = node.output
        whole = isinstance(kind, TensorType) and kind.dtype.startswith("int")
        if whole and (isinstance(given[0], (int, list)) or self.kind_of(node) == "int"):
            return given[0]
        raise Unproven("another element type")

    def kind_of(self, node: Node) -> str:
        """Whether a step takes whole numbers."""
        before = self.artifact.graph[node.inputs[0]].output if node.inputs else None
        return "int" if isinstance(before, TensorType) and before.dtype.startswith("int") else ""


_OPERATORS: Mapping[str, Callable[[_Lowering, Node, list[Any]], Any]] = {
    "READ_VARIABLE": _Lowering.read,
    **dict.fromkeys(("CONV_2D", "DEPTHWISE_CONV_2D"), _Lowering.lite_conv),
    "TRANSPOSE_CONV": _Lowering.lite_gradient,
    **dict.fromkeys(("MAX_POOL_2D", "AVERAGE_POOL_2D"), _Lowering.lite_pool),
    "FULLY_CONNECTED": _Lowering.connected,
    "SOFTMAX": _Lowering.lite_softmax,
    "RESHAPE": _Lowering.lite_reshape,
    "CONCATENATION": _Lowering.together,
    "GATHER": _Lowering.rows,
    "GELU": _Lowering.lite_gelu,
    "PRELU": _Lowering.bent,
    "CAST": _Lowering.cast,
}
