"""What a graph of TensorFlow computes, in index notation."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from ...ir.architecture import Architecture
from ...ir.graph import Node, TensorType
from .guessing import Guessing, Search, searched
from .index_notation import Unproven, Value, bounded
from .keras_layer_terms import back, first, turned_kernel, words_transposed
from .leaves import Leaf, Leaves
from .lowering import Terms
from .tensorflow_loops import JUMPS, Counter, Places, Written, left, loop
from .tensorflow_windows import Blocks, broadcast_sizes, window_pads, window_sides
from .vocabulary import Vocabulary

_EACH = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Rsqrt": "rsqrt", "Erf": "erf",
    "Erfc": "erfc", "Abs": "abs", "Sin": "sin", "Cos": "cos", "Floor": "floor", "Softplus": "softplus", "Softsign": "softsign",
    "Selu": "selu", "Neg": "neg", "Relu6": "relu6", "Square": "square", "Reciprocal": "reciprocal", "LogicalNot": "logical_not",
}  # fmt: skip
_REDUCED = {"Mean": "mean", "Sum": "sum", "Max": "max", "Min": "min"}
_BINARY: Mapping[str, Callable[[Vocabulary, Value, Value], Value]] = {
    **dict.fromkeys(("Add", "AddV2", "BiasAdd"), Vocabulary.add),
    "Sub": Vocabulary.subtract,
    "Mul": Vocabulary.multiply,
    **dict.fromkeys(("RealDiv", "Div"), Vocabulary.quotient),
    "Pow": Vocabulary.power,
    "Maximum": lambda words, one, other: words.together("maximum", one, other, swaps=True),
    "Minimum": lambda words, one, other: words.together("minimum", one, other, swaps=True),
    "Less": lambda words, one, other: words.together("less", one, other),
}
_NUMBERS: Mapping[str, Callable[[Any, Any], Any]] = {
    **dict.fromkeys(("Add", "AddV2"), lambda one, other: one + other),
    "Sub": lambda one, other: one - other,
    "Mul": lambda one, other: one * other,
    "FloorDiv": lambda one, other: one // other,
}
_SAME = {"Identity", "StopGradient", "PreventGradient", "CheckNumerics", "IdentityN", "EnsureShape"}


def tensorflow_terms(
    artifact: Architecture, words: Vocabulary, leaves: Leaves, ours: Terms, inputs: Mapping[str, Value]
) -> tuple[Terms, Leaves]:
    """The steps of an artifact, given what its inputs are, by the names of their nodes."""

    def run(own: Leaves, search: Search) -> Terms:
        return TensorFlowLowering(artifact, words, own, search, inputs).follow(artifact.graph)

    return searched(words, leaves, ours, run)


class TensorFlowLowering(Guessing):
    """The steps of a graph of TensorFlow."""

    def __init__(self, artifact: Architecture, words: Vocabulary, leaves: Leaves, search: Search, inputs: Mapping[str, Value]) -> None:
        super().__init__(words, leaves, search)
        self.artifact, self.inputs = artifact, inputs
        self.slots = artifact.attributes.get("slots", ())

    def step(self, node: Node) -> Any:
        """What one step gives."""
        if node.op == "placeholder":
            if node.target not in self.inputs:
                raise Unproven("an input")
            return self.inputs[node.target]
        if node.op == "get_attr":
            return self._leaf(node)
        if node.target in ("While", "StatelessWhile"):
            return loop(self.words, list(self.artifact.graph), list(self.slots), node, self.terms.values, self._inside)
        if node.target in JUMPS:
            return self.jump(node)
        if node.op == "output" and self.artifact.attributes.get("format") == "frozen GraphDef":
            self.terms.results = self._ends(node)
            return None
        given = self.given(node)
        if node.op == "output":
            self.terms.results = [self.tensor(item, node) for item in given]
            return None
        if node.target == "Const":
            return self._constant(node)
        if given and isinstance(given[0], Blocks):
            return self._blocks(node, given)
        change = _OPERATIONS.get(node.target)
        if change is not None:
            return change(self, node, given)
        if node.target in _SAME:
            return given[0]
        if node.target in _EACH:
            return self._each(node, given)
        if (node.target in _BINARY or node.target in _NUMBERS) and len(given) == 2:
            return self._binary(node, given)
        if node.target in _REDUCED and len(given) == 2:
            axes = given[1] if isinstance(given[1], list) else [given[1]]
            return self.words.reduce(_REDUCED[node.target], self.tensor(given[0], node), axes, bool(node.attributes.get("keep_dims")))
        raise Unproven(node.target)

    def _inside(self, node: Node, known: dict[int, Any]) -> Any:
        """A step inside of a loop, of what is known there."""
        outer, self.terms.values = self.terms.values, known
        try:
            return self.attempt(node)
        finally:
            self.terms.values = outer

    def _ends(self, node: Node) -> list[Value]:
        """The results of a frozen graph, of which every end is one: not what nothing is fed into, nor what a loop leaves unused."""
        found: list[Value] = []
        for index, part in self.slots[node.index]:
            end = self.artifact.graph[index]
            if end.op != "call_function" or end.target in JUMPS:
                continue
            value = self.before(index)
            value = self.tensor(value[part] if isinstance(value, tuple) else value, node)
            found += [value] if self.words.given(value.head) else []
        return found

    def jump(self, node: Node) -> Any:
        """A step of a loop that is written as jumps: what it passes on; where the loop is left, what the loop gives."""
        slots = self.slots[node.index]
        if node.target != "Exit":
            value = self.before(slots[0][0])
            value = value[slots[0][1]] if isinstance(value, tuple) else value
            return (value, value) if node.target == "Switch" else value
        return left(self.words, list(self.artifact.graph), list(self.slots), node, self.terms.values, self._inside)

    def given(self, node: Node) -> list[Any]:
        """What a step is given, by place."""
        slots = self.slots[node.index]
        if node.op.startswith("call") and len(slots) != len([name for _, name in node.arguments if not name.startswith("^")]):
            raise Unproven(node.target)
        found: list[Any] = []
        for index, part in slots:
            value = self.before(index)
            if part and not isinstance(value, tuple):
                raise Unproven("one of several results")
            found.append(value[part] if isinstance(value, tuple) else value)
        return found

    def _leaf(self, node: Node) -> Leaf:
        kind = node.output
        if not isinstance(kind, TensorType) or not all(type(side) is int for side in kind.shape):
            raise Unproven("a variable")
        return Leaf(node.target, kind.shape, kind.dtype, scope=node.module)  # type: ignore[arg-type]

    def _constant(self, node: Node) -> Any:
        value, kind = node.attributes.get("value"), node.output
        if isinstance(value, TensorType) or not isinstance(kind, TensorType):
            raise Unproven("a constant")
        if kind.dtype.startswith(("int", "uint")):
            return value
        known = value if isinstance(value, list) else [value]
        return self.words.constants([float(item) for item in known], kind.shape)  # type: ignore[arg-type]

    def tensor(self, item: Any, node: Node, *roles: str) -> Value:
        """What a step is given, as a value."""
        if isinstance(item, Leaf):
            scope = node.module or item.scope
            inner = re.sub(r"_\d+$", "", scope.rpartition("/")[2])
            wanted = roles or ("kernel", "bias", "gamma", "beta", "embeddings", "alpha")
            return self.leaves.value(item, scope, *wanted, *(f"{inner}/{role}" for role in wanted))
        if isinstance(item, (int, float)) and not isinstance(item, bool):
            return self.words.number(item)
        if isinstance(item, Value):
            return item
        raise Unproven("what it is given")

    # --- operations ---------------------------------------------------------------------------------------------------

    def _each(self, node: Node, given: list[Any]) -> Value:
        return self.words.function(_EACH[node.target], self.tensor(given[0], node))

    def _binary(self, node: Node, given: list[Any]) -> Any:
        """A function of two tensors, or of two numbers."""
        if not any(isinstance(item, (Value, Leaf)) for item in given):
            change = _NUMBERS[node.target]
            one, other = given
            if isinstance(one, list) and isinstance(other, list):
                return bounded([change(a, b) for a, b in zip(one, other, strict=True)])
            return bounded(change(one, other))
        if node.target == "BiasAdd" and node.attributes.get("data_format", "NHWC") != "NHWC":
            raise Unproven("data_format")
        roles = ("bias",) if node.target in ("BiasAdd", "Add", "AddV2") else ()
        values = [self.tensor(item, node, *roles) for item in given]
        return _BINARY[node.target](self.words, *values)

    def conv(self, node: Node, given: list[Any]) -> Value:
        """A convolution, of the channels in groups of one as well."""
        depthwise = node.target == "DepthwiseConv2dNative"
        rank = 3 if node.target == "Conv3D" else 2
        stride, wide = window_sides(node, "strides", rank), window_sides(node, "dilations", rank)
        value = first(self.tensor(given[0], node), True)
        kernel = turned_kernel(self.tensor(given[1], node, "kernel", "depthwise_kernel", "pointwise_kernel"), depthwise)
        pads = window_pads(node, value.shape[2:], kernel.shape[2:], stride, wide)
        groups = value.shape[1] // kernel.shape[1]
        return back(self.words.conv(value, kernel, None, stride=stride, padding=pads, dilation=wide, groups=groups), True)

    def gradient(self, node: Node, given: list[Any]) -> Value:
        """A transposed convolution."""
        rank = 2 if node.target == "Conv2DBackpropInput" else 3
        value = first(self.tensor(given[2], node), True)
        if set(window_sides(node, "dilations", rank)) != {1} or node.attributes.get("padding") not in ("SAME", "VALID"):
            raise Unproven("settings of a convolution")
        whole = node.attributes["padding"] == "SAME"
        kernel = self.tensor(given[1], node, "kernel")
        return back(
            words_transposed(self.words, value, kernel, window_sides(node, "strides", rank), given[0][1:-1], same_padding=whole), True
        )

    def pool(self, node: Node, given: list[Any]) -> Value:
        """A pool over windows."""
        rank = 3 if node.target.endswith("3D") else 2
        value = first(self.tensor(given[0], node), True)
        taps, stride = window_sides(node, "ksize", rank), window_sides(node, "strides", rank)
        pads = window_pads(node, value.shape[2:], taps, stride, (1,) * rank)
        kind = "max_pool" if node.target.startswith("Max") else "avg_pool"
        return back(self.words.window(kind, value, taps, stride, pads), True)

    def product(self, node: Node, given: list[Any]) -> Value:
        """A product of matrices."""
        attributes = node.attributes
        values = [self.tensor(item, node, "kernel") for item in given]
        for place, name in ((0, ("transpose_a", "adj_x")), (1, ("transpose_b", "adj_y"))):
            if attributes.get(name[0]) or attributes.get(name[1]):
                rank = len(values[place].dims)
                values[place] = values[place].turned((*range(rank - 2), rank - 1, rank - 2))
        return self.words.product(values[0], values[1])

    def einsum(self, node: Node, given: list[Any]) -> Value:
        """A sum of products as it is written."""
        taken, _, made = node.attributes["equation"].partition("->")
        one, _, other = taken.partition(",")
        if not other or "." in taken:
            raise Unproven("Einsum")
        return self.words.contract(self.tensor(given[0], node, "kernel"), self.tensor(given[1], node, "kernel"), (one, other, made))

    def norm(self, node: Node, given: list[Any]) -> tuple[Value, ...]:
        """A norm with statistics that were learned; only its first result is known."""
        attributes = node.attributes
        if attributes.get("is_training", True) or attributes.get("data_format", "NHWC") != "NHWC":
            raise Unproven("settings of a norm")
        roles = ("gamma", "beta", "moving_mean", "moving_variance")
        scale, shift, mean, variance = (self.tensor(item, node, role) for item, role in zip(given[1:5], roles, strict=True))
        value = self.tensor(given[0], node)
        return (self.words.batch_normalized(value, mean, variance, shift, scale, attributes["epsilon"]),)

    def reshape(self, node: Node, given: list[Any]) -> Any:
        """A shape in which one less than nothing is what is left."""
        if not isinstance(given[0], (Value, Leaf)):
            return given[0] if list(given[1]) else given[0][0] if isinstance(given[0], list) else given[0]
        value, wanted = self.tensor(given[0], node, *_ANY), list(given[1])
        if -1 in wanted:
            wanted[wanted.index(-1)] = math.prod(value.shape) // max(1, -math.prod(wanted))
        return value.shaped(wanted)

    def squeeze(self, node: Node, given: list[Any]) -> Value:
        """Without axes of one place."""
        value = self.tensor(given[0], node, *_ANY)
        axes = node.attributes.get("squeeze_dims") or [place for place, side in enumerate(value.shape) if side == 1]
        gone = {axis % len(value.dims) for axis in axes}
        return value.shaped([side for place, side in enumerate(value.shape) if place not in gone])

    def wider(self, node: Node, given: list[Any]) -> Value:
        """With one more axis of one place."""
        value = self.tensor(given[0], node, *_ANY)
        place = given[1] % (len(value.dims) + 1)
        return value.shaped((*value.shape[:place], 1, *value.shape[place:]))

    def transpose(self, node: Node, given: list[Any]) -> Value:
        """With its axes in another order."""
        return self.tensor(given[0], node, *_ANY).turned(given[1])

    def shape(self, node: Node, given: list[Any]) -> list[int]:
        """The sizes of a tensor."""
        return list(given[0].shape)

    def pack(self, node: Node, given: list[Any]) -> Any:
        """Tensors one after the other along a new axis; numbers as a list."""
        if not any(isinstance(item, (Value, Leaf)) for item in given):
            return list(given)
        values = [self.tensor(item, node) for item in given]
        axis = node.attributes.get("axis", 0) % (len(values[0].dims) + 1)
        return self.words.joined([value.shaped((*value.shape[:axis], 1, *value.shape[axis:])) for value in values], axis)

    def concat(self, node: Node, given: list[Any]) -> Any:
        """Tensors one after the other."""
        *items, axis = given
        if not any(isinstance(item, (Value, Leaf)) for item in items):
            return bounded([one for item in items for one in (item if isinstance(item, list) else [item])])
        return self.words.joined([self.tensor(item, node) for item in items], axis)

    def split(self, node: Node, given: list[Any]) -> tuple[Value, ...]:
        """Equal parts."""
        axis, value = given[0], self.tensor(given[1], node)
        count = node.attributes["num_split"]
        size = value.shape[axis] // count
        return tuple(self.words.picked(value, axis, place * size, (place + 1) * size) for place in range(count))

    def strided(self, node: Node, given: list[Any]) -> Any:
        """Parts of axes between places, with axes that go away and come."""
        item, starts, ends, steps = given
        masks = {name: node.attributes.get(f"{name}_mask", 0) for name in ("begin", "end", "shrink_axis", "new_axis", "ellipsis")}
        if masks["ellipsis"]:
            raise Unproven("an ellipsis")
        numbers = isinstance(item, list)
        value: Any
        value, dim = item if numbers else self.tensor(item, node), 0
        for place, (start, end, step) in enumerate(zip(starts, ends, steps, strict=True)):
            bit = 1 << place
            if masks["new_axis"] & bit:
                value = value.shaped((*value.shape[:dim], 1, *value.shape[dim:]))
                dim += 1
            elif masks["shrink_axis"] & bit:
                value = value[start] if numbers else self.words.one(value, dim, start)
            else:
                part = slice(None if masks["begin"] & bit else start, None if masks["end"] & bit else end, step)
                value = value[part] if numbers else self.words.picked(value, dim, *part.indices(value.shape[dim]))
                dim += 1
        return value

    def gather(self, node: Node, given: list[Any]) -> Any:
        """Rows of a table."""
        axis = given[2] if len(given) > 2 else 0
        if isinstance(given[0], list):
            return given[0][given[1]] if type(given[1]) is int else [given[0][place] for place in given[1]]
        value = self.tensor(given[0], node, "embeddings")
        if type(given[1]) is int:
            return self.words.one(value, axis, given[1])
        return self.words.lookup(value, self.tensor(given[1], node), axis)

    def pad(self, node: Node, given: list[Any]) -> Value:
        """With more places around."""
        value = self.tensor(given[0], node)
        fill = self.words.constant(self.tensor(given[2], node)) if len(given) > 2 else 0.0
        if fill is None:
            raise Unproven("PadV2")
        return self.words.widened(value, list(zip(given[1][::2], given[1][1::2], strict=True)), fill)

    def tile(self, node: Node, given: list[Any]) -> Value:
        """Axes of one place several times."""
        return self.words.tiled(self.tensor(given[0], node), given[1])

    def resize(self, node: Node, given: list[Any]) -> Value:
        """An image in another size."""
        if not node.attributes.get("half_pixel_centers") or node.attributes.get("align_corners"):
            raise Unproven("settings of a resize")
        kind = {"ResizeBilinear": "bilinear", "ResizeNearestNeighbor": "nearest", "ResizeBicubic": "bicubic"}[node.target]
        return self.words.resized(kind, self.tensor(given[0], node), given[1])

    def chosen(self, node: Node, given: list[Any]) -> Value:
        """The one where a condition holds, else the other."""
        return self.words.chosen(*(self.tensor(item, node) for item in given))

    def band(self, node: Node, given: list[Any]) -> Value:
        """What does not come after the diagonal."""
        value = self.tensor(given[0], node)
        if given[1:] != [-1, 0] or self.words.constant(value) != 1.0:
            raise Unproven("MatrixBandPart")
        return self.words.stretched(self.words.below(*value.shape[-2:]), value.shape)

    def both(self, node: Node, given: list[Any]) -> Value:
        """Whether both hold, where one always does."""
        one, other = (self.tensor(item, node) for item in given)
        for sure, open_one in ((one, other), (other, one)):
            if self.words.constant(sure) == 1.0:
                return self.words.stretched(open_one, broadcast_sizes(sure.shape, open_one.shape))
        raise Unproven("LogicalAnd")

    def others(self, node: Node, given: list[Any]) -> Any:
        """The rest: each a few words."""
        if node.target == "Cast":
            kinds = {name: str(node.attributes.get(name)) for name in ("SrcT", "DstT")}
            if all(kind.startswith("int") for kind in kinds.values()) or kinds["SrcT"] == kinds["DstT"]:
                return given[0]
            raise Unproven("another element type")
        if node.target == "Fill":
            known = self.words.constant(self.words.valued(given[1]))
            if known is None:
                raise Unproven("Fill")
            return self.words.filled(known, bounded(given[0]))
        value = self.tensor(given[0], node)
        if node.target in ("Softmax", "LogSoftmax"):
            return self.words.along("softmax" if node.target == "Softmax" else "log_softmax", value, (-1,))
        if node.target == "LeakyRelu":
            return self.words.each("leaky_relu", value, node.attributes.get("alpha", 0.2))
        if node.target == "Elu":
            return self.words.each("elu", value, 1.0)
        away = self.words.subtract(value, self.tensor(given[1], node))
        return self.words.multiply(away, away)  # SquaredDifference

    # --- lists --------------------------------------------------------------------------------------------------------

    def listed(self, node: Node, given: list[Any]) -> Any:
        """Lists of tensors, as loops read and write them."""
        if node.target == "TensorListFromTensor":
            return Places(self.tensor(given[0], node))
        if node.target == "TensorListReserve":
            return Written()
        if node.target == "TensorListGetItem" and isinstance(given[0], Places) and isinstance(given[1], Counter):
            return self.words.one(given[0].value, 0, 0)
        if node.target == "TensorListSetItem" and isinstance(given[0], Written):
            every = isinstance(given[1], Counter)
            if not every and given[1] != 0:
                raise Unproven("where a loop writes")
            return Written(self.tensor(given[2], node), every)
        if node.target == "TensorListStack" and isinstance(given[0], Written) and given[0].item is not None:
            item = given[0].item
            return item if given[0].every else item.shaped((1, *item.shape))
        raise Unproven(node.target)

    def flipped(self, node: Node, given: list[Any]) -> Value:
        """Axes the other way round."""
        value = self.tensor(given[0], node)
        for axis in given[1]:
            value = self.words.reversed(value, axis % len(value.dims))
        return value

    # --- dilations ----------------------------------------------------------------------------------------------------

    def cut(self, node: Node, given: list[Any]) -> Blocks:
        """The first of the steps that a convolution with a dilation is written as."""
        pads = tuple(zip(given[2][::2], given[2][1::2], strict=True))
        return Blocks(self.tensor(given[0], node), tuple(given[1]), pads)

    def blocked(self, blocks: Blocks, kernel: Value) -> Blocks:
        """With the convolution that is done in each block."""
        if blocks.new is not None:
            kernel = kernel.shaped((*kernel.shape[:2], *kernel.shape[3:]))
        return Blocks(blocks.value, blocks.block, blocks.pads, kernel)

    def _blocks(self, node: Node, given: list[Any]) -> Any:
        """The steps after it, up to the last one, which makes it whole again."""
        blocks: Blocks = given[0]
        if node.target == "ExpandDims" and blocks.kernel is None:
            return Blocks(blocks.value, blocks.block, blocks.pads, new=given[1])
        if node.target == "Squeeze" and blocks.kernel is not None:
            return blocks
        if node.target in ("Conv2D", "Conv3D", "DepthwiseConv2dNative") and blocks.kernel is None:
            rank = 3 if node.target == "Conv3D" else 2
            settings = {*window_sides(node, "strides", rank), *window_sides(node, "dilations", rank)}
            if settings != {1} or node.attributes.get("padding") != "VALID" or node.target.startswith("Depth"):
                raise Unproven("settings of a convolution")
            return self.blocked(blocks, turned_kernel(self.tensor(given[1], node, "kernel"), False))
        if node.target == "BatchToSpaceND" and blocks.kernel is not None and tuple(given[1]) == blocks.block:
            crops = zip(given[2][::2], given[2][1::2], strict=True)
            pads = [(start - low, end - high) for (start, end), (low, high) in zip(blocks.pads, crops, strict=True)]
            value, rank = first(blocks.value, True), len(blocks.block)
            if any(side < 0 for pad in pads for side in pad) or rank != len(value.dims) - 2:
                raise Unproven("settings of a convolution")
            groups = value.shape[1] // blocks.kernel.shape[1]
            ones = (1,) * rank
            return back(self.words.conv(value, blocks.kernel, None, stride=ones, padding=pads, dilation=blocks.block, groups=groups), True)
        raise Unproven(node.target)


_ANY = ("bias", "gamma", "beta", "kernel", "alpha")


_OPERATIONS: Mapping[str, Callable[[TensorFlowLowering, Node, list[Any]], Any]] = {
    **dict.fromkeys(("Conv2D", "Conv3D", "DepthwiseConv2dNative"), TensorFlowLowering.conv),
    **dict.fromkeys(("Conv2DBackpropInput", "Conv3DBackpropInputV2"), TensorFlowLowering.gradient),
    **dict.fromkeys(("MaxPool", "AvgPool", "MaxPool3D", "AvgPool3D"), TensorFlowLowering.pool),
    **dict.fromkeys(("MatMul", "BatchMatMul", "BatchMatMulV2", "BatchMatMulV3"), TensorFlowLowering.product),
    "Einsum": TensorFlowLowering.einsum,
    **dict.fromkeys(("FusedBatchNorm", "FusedBatchNormV3"), TensorFlowLowering.norm),
    "Reshape": TensorFlowLowering.reshape,
    "Squeeze": TensorFlowLowering.squeeze,
    "ExpandDims": TensorFlowLowering.wider,
    "Transpose": TensorFlowLowering.transpose,
    "Shape": TensorFlowLowering.shape,
    "Pack": TensorFlowLowering.pack,
    "ConcatV2": TensorFlowLowering.concat,
    "Split": TensorFlowLowering.split,
    "StridedSlice": TensorFlowLowering.strided,
    **dict.fromkeys(("GatherV2", "Gather", "ResourceGather"), TensorFlowLowering.gather),
    **dict.fromkeys(("Pad", "PadV2"), TensorFlowLowering.pad),
    "Tile": TensorFlowLowering.tile,
    **dict.fromkeys(("ResizeBilinear", "ResizeNearestNeighbor", "ResizeBicubic"), TensorFlowLowering.resize),
    **dict.fromkeys(("SelectV2", "Select"), TensorFlowLowering.chosen),
    "MatrixBandPart": TensorFlowLowering.band,
    "LogicalAnd": TensorFlowLowering.both,
    "SpaceToBatchND": TensorFlowLowering.cut,
    "ReverseV2": TensorFlowLowering.flipped,
    **dict.fromkeys(
        ("TensorListFromTensor", "TensorListReserve", "TensorListGetItem", "TensorListSetItem", "TensorListStack"), TensorFlowLowering.listed
    ),
    **dict.fromkeys(("Cast", "Fill", "Softmax", "LogSoftmax", "LeakyRelu", "Elu", "SquaredDifference"), TensorFlowLowering.others),
}  # fmt: skip
