"""What the graph of an ONNX file computes, in index notation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ...ir.architecture import Architecture
from ...ir.graph import Node, TensorType
from .guessing import Guessing, Search, searched
from .index_notation import SIZES, Unproven, Value, bounded
from .keras_layer_terms import turned_kernel
from .known_numbers import combined, triangle
from .leaves import Leaf, Leaves, UnknownLeaf
from .lowering import Terms
from .onnx_recurrent import recurrent_layer
from .torch_layers import adaptive
from .vocabulary import Vocabulary

#: Functions of one element under the names of ONNX.
_EACH = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Erf": "erf", "Abs": "abs",
    "Sin": "sin", "Cos": "cos", "Floor": "floor", "Ceil": "ceil", "Round": "round", "Sign": "sign", "Softplus": "softplus",
    "Softsign": "softsign", "Mish": "mish", "Neg": "neg", "Reciprocal": "reciprocal", "HardSwish": "hardswish", "Not": "logical_not",
}  # fmt: skip
_REDUCED = {"ReduceMean": "mean", "ReduceSum": "sum", "ReduceMax": "max", "ReduceMin": "min"}
_BINARY: Mapping[str, Callable[[Vocabulary, Value, Value], Value]] = {
    "Add": Vocabulary.add,
    "Sub": Vocabulary.subtract,
    "Mul": Vocabulary.multiply,
    "Div": Vocabulary.quotient,
    "Pow": Vocabulary.power,
    "MatMul": Vocabulary.product,
    "Max": lambda words, one, other: words.together("maximum", one, other, swaps=True),
    "Min": lambda words, one, other: words.together("minimum", one, other, swaps=True),
}
_NUMBERS: Mapping[str, Callable[[Any, Any], Any]] = {
    "Add": lambda one, other: one + other,
    "Sub": lambda one, other: one - other,
    "Mul": lambda one, other: one * other,
    "Div": lambda one, other: one // other,
    "Mod": lambda one, other: one % other,
    "Max": max,
    "Min": min,
}
_OF_SIZES: Mapping[str, Callable[[list[int]], int]] = {"ReduceProd": math.prod, "ReduceSum": sum, "ReduceMax": max, "ReduceMin": min}
_SAME = {"Identity", "Dropout", "Cast", "CastLike"}


def onnx_terms(artifact: Architecture, words: Vocabulary, leaves: Leaves, ours: Terms, inputs: list[Value]) -> tuple[Terms, Leaves]:
    """The steps of an artifact, given what its inputs are."""

    def run(own: Leaves, search: Search) -> Terms:
        return _Lowering(artifact, words, own, search, inputs).follow(artifact.graph)

    return searched(words, leaves, ours, run)


class _Lowering(Guessing):
    def __init__(self, artifact: Architecture, words: Vocabulary, leaves: Leaves, search: Search, inputs: list[Value]) -> None:
        super().__init__(words, leaves, search)
        self.artifact = artifact
        self.inputs = iter(inputs)
        self.slots = artifact.attributes.get("slots", ())
        self.layers: dict[str, int] = {}

    def step(self, node: Node) -> Any:
        if node.op == "placeholder":
            return next(self.inputs)
        if node.op == "get_attr":
            return self._held(node)
        given = self._given(node)
        if node.op == "output":
            self.terms.results = [self.tensor(item, node) for item in given]
            return None
        change = _OPERATIONS.get(node.target)
        if node.target == "Constant":
            return self._held(node)
        if change is not None:
            return change(self, node, given)
        if node.target in _EACH:
            return self.words.function(_EACH[node.target], self.tensor(given[0], node))
        if (node.target in _BINARY or node.target in _NUMBERS) and len(given) == 2:
            return self._binary(node, given[0], given[1])
        if node.target in _REDUCED or node.target in _OF_SIZES:
            return self._reduced(node, given)
        if node.target in _SAME:
            return self._same(node, given)
        raise Unproven(node.target)

    def _given(self, node: Node) -> list[Any]:
        """What a step is given, by place; None where it is given nothing there."""
        slots = self.slots[node.index]
        places = [int(place) for place, _ in node.arguments] if node.op.startswith("call") else list(range(len(slots)))
        if len(places) != len(slots):
            raise Unproven("what it is given")
        found: list[Any] = [None] * (max(places, default=-1) + 1)
        for place, (index, part) in zip(places, slots, strict=True):
            value = self.before(index)
            found[place] = value[part] if isinstance(value, tuple) else value
            if isinstance(value, Leaf) and value.passed and node.op != "output":  # what passes on a tensor gives it the name it had
                found[place] = replace(value, name=next(text for at, text in node.arguments if int(at) == place))
            if part and not isinstance(value, tuple):
                raise Unproven("one of several results")
        return found

    def _held(self, node: Node) -> Any:
        """A constant: numbers as they are, else as a value; a tensor that is large is one of the source's."""
        kind = node.output
        if "value" in node.attributes and isinstance(kind, TensorType):
            value = node.attributes["value"]
            if not kind.dtype.startswith(("float", "bfloat", "double")):
                return value
            known = value if isinstance(value, list) else [value]
            if node.op == "get_attr":
                return Leaf(node.target, kind.shape, kind.dtype, value=tuple(known))  # type: ignore[arg-type]
            return self.words.constants(known, kind.shape)  # type: ignore[arg-type]
        for name in ("value_float", "value_int", "value_ints"):
            if name in node.attributes:
                return node.attributes[name] if name != "value_float" else self.words.number(node.attributes[name])
        if isinstance(kind, TensorType) and all(type(side) is int for side in kind.shape):
            return Leaf(node.target, kind.shape, kind.dtype)  # type: ignore[arg-type]
        raise Unproven("a constant")

    def tensor(self, item: Any, node: Node, *roles: str, turned: bool = False) -> Value:
        """What a step is given, as a value."""
        if isinstance(item, Leaf) and self.leaves.sign == "/":  # of Keras: products have its orientation, the layer is in the name
            return self.leaves.value(item, item.name.rpartition("/")[0], "kernel", "bias", "embeddings", "alpha", "gamma", "beta")
        if isinstance(item, Leaf):
            return self.leaves.value(item, node.module, *(roles or ("weight", "bias")), turned=turned)
        if isinstance(item, (int, float)) and not isinstance(item, bool):
            return self.words.number(item)
        if isinstance(item, list) and item and all(type(one) is int for one in item):
            return self.words.constants(item, (len(item),))
        if isinstance(item, Value):
            return item
        raise Unproven("what it is given")

    # --- operations ---------------------------------------------------------------------------------------------------

    def _binary(self, node: Node, one: Any, other: Any) -> Any:
        if not any(isinstance(item, (Value, Leaf)) for item in (one, other)) and node.target in _NUMBERS:
            change = _NUMBERS[node.target]
            if isinstance(one, list) and isinstance(other, list):
                return bounded([change(a, b) for a, b in zip(one, other, strict=True)])
            if isinstance(one, list) or isinstance(other, list):
                return bounded([change(a, other) for a in one] if isinstance(one, list) else [change(one, b) for b in other])
            return bounded(change(one, other))
        if node.target not in _BINARY:
            raise Unproven(node.target)
        roles = {"Add": ("bias", "in_proj_bias"), "Mul": ("weight",)}.get(node.target, ("weight", "in_proj_weight"))
        turned = node.target == "MatMul" and isinstance(other, Leaf)
        first = self.tensor(one, node, *roles)
        return _BINARY[node.target](self.words, first, self.tensor(other, node, *roles, turned=turned))

    def _reduced(self, node: Node, given: list[Any]) -> Any:
        if isinstance(given[0], list) and node.target in _OF_SIZES:
            return _OF_SIZES[node.target](given[0]) if not node.attributes.get("keepdims", 1) else [_OF_SIZES[node.target](given[0])]
        value = self.tensor(given[0], node)
        axes = given[1] if len(given) > 1 else node.attributes.get("axes")
        axes = [axes] if type(axes) is int else axes
        if not axes and node.attributes.get("noop_with_empty_axes"):
            return value
        keep = bool(node.attributes.get("keepdims", 1))
        return self.words.reduce(_REDUCED[node.target], value, axes or range(len(value.dims)), keep)

    def _same(self, node: Node, given: list[Any]) -> Any:
        item = given[0]
        if node.target == "Cast" and isinstance(item, (Value, Leaf)) and not (isinstance(item, Value) and self.words.constant(item)):
            raise Unproven("another element type")
        if isinstance(item, Leaf):
            return replace(item, passed=True)
        return item

    def gemm(self, node: Node, given: list[Any]) -> Value:
        """A product of two matrices with what is added."""
        attributes = node.attributes
        if attributes["alpha"] != 1.0 or attributes["beta"] != 1.0 or attributes["transA"]:
            raise Unproven("settings of a product")
        value = self.tensor(given[0], node)
        turned = not attributes["transB"]
        weight = self.tensor(given[1], node, "weight", "in_proj_weight", turned=turned)
        found = self.words.contract(value, weight, ("mk", "kn" if turned else "nk", "mn"))
        if len(given) > 2 and given[2] is not None:
            return self.words.add(found, self.tensor(given[2], node, "bias", "in_proj_bias"))
        return found

    def conv(self, node: Node, given: list[Any]) -> Value:
        """A convolution; where its weights are not the source's, as they were folded, by its settings."""
        attributes = node.attributes
        if attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
            raise Unproven("auto_pad")
        value = self.tensor(given[0], node)
        rank = len(value.dims) - 2
        pads = attributes.get("pads", [0] * 2 * rank)
        kernel = self._kernel(given[1], node)
        folded = self.words.folded.get(kernel.head)
        if folded is not None:
            bias = folded[1]
            kernel = Value(folded[0].head, kernel.dims)  # it lies as the source's own does
        else:
            bias = self.tensor(given[2], node, "bias") if len(given) > 2 and given[2] is not None else None
        return self.words.conv(
            value, kernel, bias, stride=attributes.get("strides", [1] * rank), padding=list(zip(pads[:rank], pads[rank:], strict=True)),
            dilation=attributes.get("dilations", [1] * rank), groups=attributes.get("group", 1),
            transposed=node.target == "ConvTranspose", more=attributes.get("output_padding", ()),
        )  # fmt: skip

    def _kernel(self, item: Any, node: Node) -> Value:
        """The kernel of a convolution; one of Keras has its axes in another order there."""
        if self.leaves.sign != "/" or not isinstance(item, Leaf) or item.name in self.leaves.guesses:
            return self.tensor(item, node, "weight")
        fitting: list[tuple[str, Value]] = []
        for key in self.leaves.owned.get(self.leaves.module(item.name.rpartition("/")[0]), ()):
            tensor = self.leaves.tensors[key]
            if tensor.shape is None or len(tensor.shape) != len(item.shape) or not key.endswith("kernel") or tensor.dtype != item.dtype:
                continue
            whole, rank = self.words.leaf(("parameter", tensor.tied_to or key), tensor.shape), len(tensor.shape)
            if node.target == "ConvTranspose":
                kernel = whole.turned((rank - 1, rank - 2, *range(rank - 2)))
            else:
                kernel = turned_kernel(whole, key.endswith("depthwise_kernel"))
            if kernel.shape == item.shape:
                fitting.append((key, kernel))
        if len(fitting) != 1:
            raise UnknownLeaf(item)
        self.leaves.bound.setdefault(fitting[0][0], (item.name, True))
        return fitting[0][1]

    def pool(self, node: Node, given: list[Any]) -> Value:
        """A pool over windows."""
        attributes, value = node.attributes, self.tensor(given[0], node)
        rank = len(value.dims) - 2
        if attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID"):
            raise Unproven("auto_pad")
        pads = attributes.get("pads", [0] * 2 * rank)
        padding = list(zip(pads[:rank], pads[rank:], strict=True))
        kind = "max_pool" if node.target == "MaxPool" else "avg_pool"
        counted = (bool(attributes.get("count_include_pad")),) if kind == "avg_pool" else ()
        taps, steps = attributes["kernel_shape"], attributes.get("strides", [1] * rank)
        return self.words.pool(
            kind, value, taps, steps, padding, attributes.get("dilations", [1] * rank), counted, bool(attributes.get("ceil_mode"))
        )

    def norm(self, node: Node, given: list[Any]) -> Value:
        """The norms that ONNX has as one operation."""
        words, epsilon = self.words, node.attributes.get("epsilon", 1e-05)
        value = self.tensor(given[0], node)
        if node.target == "LayerNormalization":
            start = node.attributes.get("axis", -1) % len(value.dims)
            found = words.normalized(value, range(start, len(value.dims)), epsilon)
            parts = [self.tensor(item, node, role) for item, role in zip(given[1:], ("weight", "bias"), strict=False) if item is not None]
            return words.affine(found, parts[0], parts[1] if len(parts) > 1 else None)
        if node.target == "BatchNormalization":
            roles = ("weight", "bias", "running_mean", "running_var")
            scale, shift, mean, variance = (self.tensor(item, node, role) for item, role in zip(given[1:], roles, strict=True))
            return words.standardized(value, mean, variance, epsilon, scale, shift)
        found = words.normalized(value, range(2, len(value.dims)), epsilon)
        scale, shift = (self.tensor(item, node, role) for item, role in zip(given[1:], ("weight", "bias"), strict=True))
        wide = [item if not item.dims else item.shaped((*item.shape, *(1,) * (len(value.dims) - 2)))
                for item in (scale, shift)]  # fmt: skip
        return words.affine(found, *wide)

    def recurrent(self, node: Node, given: list[Any]) -> tuple[Value, ...]:
        """One layer of an LSTM or a GRU of torch."""
        return recurrent_layer(self.words, self.leaves, self.layers, node, [self.tensor(given[0], node), *given[1:]])

    def reshape(self, node: Node, given: list[Any]) -> Any:
        """A shape in which nothing is what was there, and one less than nothing is what is left."""
        if not isinstance(given[0], (Value, Leaf)):
            return given[0] if isinstance(given[0], list) else [given[0]]
        value, wanted = self.tensor(given[0], node), list(given[1])
        if not node.attributes.get("allowzero"):
            wanted = [value.shape[place] if side == 0 else side for place, side in enumerate(wanted)]
        if -1 in wanted:
            wanted[wanted.index(-1)] = math.prod(value.shape) // max(1, -math.prod(wanted))
        return value.shaped(wanted)

    def gather(self, node: Node, given: list[Any]) -> Any:
        """One place, or the rows of a table."""
        item, index, axis = given[0], given[1], node.attributes.get("axis", 0)
        if isinstance(item, list):
            return [item[place] for place in index] if isinstance(index, list) else item[index]
        if type(index) is int:
            return self.words.one(self.tensor(item, node), axis, index)
        if isinstance(index, Value):
            return self.words.lookup(self.tensor(item, node, "weight"), index, axis)
        raise Unproven("Gather")

    def sliced(self, node: Node, given: list[Any]) -> Any:
        """Parts between places."""
        starts, ends = (item if isinstance(item, list) else [item] for item in given[1:3])
        axes = (given[3] if isinstance(given[3], list) else [given[3]]) if len(given) > 3 else list(range(len(starts)))
        steps = (given[4] if isinstance(given[4], list) else [given[4]]) if len(given) > 4 else [1] * len(starts)
        if isinstance(given[0], list):
            return given[0][starts[0] : ends[0] : steps[0]]
        value = self.tensor(given[0], node)
        for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
            value = self.words.picked(value, axis, start, min(end, 2**40), step)
        return value

    def split(self, node: Node, given: list[Any]) -> tuple[Value, ...]:
        """Parts one after the other."""
        value, axis = self.tensor(given[0], node), node.attributes.get("axis", 0)
        sizes = given[1] if len(given) > 1 else node.attributes.get("split")
        if sizes is None:
            count = node.attributes.get("num_outputs") or len(node.output)
            sizes = [value.shape[axis] // count] * count
        if sum(sizes) != value.shape[axis]:
            raise Unproven("Split")
        starts = [sum(sizes[:place]) for place in range(len(sizes))]
        return tuple(self.words.picked(value, axis, start, start + size) for start, size in zip(starts, sizes, strict=True))

    def concat(self, node: Node, given: list[Any]) -> Any:
        """One after the other."""
        if not any(isinstance(item, (Value, Leaf)) for item in given):
            return bounded([one for item in given for one in (item if isinstance(item, list) else [item])])
        return self.words.joined([self.tensor(item, node) for item in given], node.attributes["axis"])

    def squeezed(self, node: Node, given: list[Any]) -> Any:
        """Axes of one element, gone or new."""
        axes = given[1] if len(given) > 1 else node.attributes.get("axes")
        if not isinstance(given[0], (Value, Leaf)):
            wide = node.target == "Unsqueeze"
            return ([given[0]] if not isinstance(given[0], list) else given[0]) if wide else given[0][0]
        value = self.tensor(given[0], node)
        axes = [axes] if type(axes) is int else axes
        if node.target == "Squeeze":
            gone = {axis % len(value.dims) for axis in axes} if axes else {place for place, side in enumerate(value.shape) if side == 1}
            return value.shaped([side for place, side in enumerate(value.shape) if place not in gone])
        if axes is None:
            raise Unproven("Unsqueeze")
        rank = len(value.dims) + len(axes)
        new = {axis % rank for axis in axes}
        sides = iter(value.shape)
        return value.shaped([1 if place in new else next(sides) for place in range(rank)])

    def others(self, node: Node, given: list[Any]) -> Any:
        """The rest: each a few words."""
        value = self.tensor(given[0], node)
        attributes, words = node.attributes, self.words
        if node.target == "Transpose":
            return value.turned(attributes.get("perm", list(reversed(range(len(value.dims))))))
        if node.target == "Flatten":
            axis = attributes.get("axis", 1)
            return value.shaped((math.prod(value.shape[:axis]), math.prod(value.shape[axis:])))
        if node.target in ("Softmax", "LogSoftmax"):
            return words.along("softmax" if node.target == "Softmax" else "log_softmax", value, (attributes.get("axis", -1),))
        if node.target in ("GlobalAveragePool", "GlobalMaxPool"):
            return adaptive(words, "avg_pool" if "Average" in node.target else "max_pool", value, (1,) * (len(value.dims) - 2))
        if node.target in ("Gelu", "LeakyRelu", "Elu"):
            return _BENT[node.target](words, value, attributes)
        if node.target == "Clip":
            low, high = (words.constant(self.tensor(item, node)) for item in given[1:3])
            if (low, high) == (0.0, 6.0):
                return words.function("relu6", value)
        if node.target == "HardSigmoid" and attributes.get("alpha") in (1 / 6, 0.1666667) and attributes.get("beta", 0.5) == 0.5:
            return words.function("hardsigmoid", value)
        raise Unproven(node.target)

    def shape(self, node: Node, given: list[Any]) -> list[int]:
        """The sizes of a tensor."""
        shape: list[int] = [len(given[0])] if isinstance(given[0], list) else list(given[0].shape)
        return shape[node.attributes.get("start", 0) : node.attributes.get("end", len(shape))]

    def expand(self, node: Node, given: list[Any]) -> Value:
        """What is repeated: one in the wanted shape leaves a size as it is."""
        value, wanted = self.tensor(given[0], node), list(given[1])
        have = (1,) * (len(wanted) - len(value.dims)) + value.shape
        wide = (1,) * (len(have) - len(wanted)) + tuple(wanted)
        return self.words.stretched(value, [max(one, other) for one, other in zip(have, wide, strict=True)])

    def told(self, node: Node, given: list[Any]) -> Any:
        """What is computed with sizes, which are numbers."""
        change = _TOLD[node.target]
        if any(isinstance(item, (Value, Leaf)) for item in given):
            return combined(self.words, change, [self.tensor(item, node) if isinstance(item, Leaf) else item for item in given])
        wide = max((len(item) for item in given if isinstance(item, list)), default=0)
        rows = [item if isinstance(item, list) and len(item) == wide else [item[0] if isinstance(item, list) else item] * max(wide, 1)
                for item in given]  # fmt: skip
        found = [change(*row) for row in zip(*rows, strict=True)]
        return found if wide else found[0]

    def pad(self, node: Node, given: list[Any]) -> Value:
        """With more places around."""
        value, pads = self.tensor(given[0], node), given[1] if len(given) > 1 else node.attributes["pads"]
        fill = self.words.constant(self.tensor(given[2], node)) if len(given) > 2 and given[2] is not None else 0.0
        if node.attributes.get("mode", "constant") != "constant" or len(given) > 3 or len(pads) != 2 * len(value.dims) or fill is None:
            raise Unproven("Pad")
        return self.words.widened(value, list(zip(pads[: len(value.dims)], pads[len(value.dims) :], strict=True)), fill)

    def cut(self, node: Node, given: list[Any]) -> Value:
        """One side of the diagonal of numbers that are known."""
        shift = given[1] if len(given) > 1 and given[1] is not None else 0
        return triangle(self.words, self.tensor(given[0], node), shift, bool(node.attributes.get("upper", 1)))

    def resize(self, node: Node, given: list[Any]) -> Value:
        """An image in another size, as torch does it."""
        attributes, value = node.attributes, self.tensor(given[0], node)
        kind, place = attributes.get("mode", "nearest"), attributes.get("coordinate_transformation_mode", "half_pixel")
        corners = place == "align_corners"
        if kind == "nearest" and (place, attributes.get("nearest_mode", "round_prefer_floor")) != ("asymmetric", "floor"):
            raise Unproven("settings of a resize")
        if kind != "nearest" and not (corners or place in ("half_pixel", "pytorch_half_pixel")):
            raise Unproven("settings of a resize")
        if kind == "cubic" and attributes.get("cubic_coeff_a", -0.75) != -0.75:
            raise Unproven("settings of a resize")
        scales: Any = ()
        if len(given) > 3 and given[3] is not None:
            sizes = list(given[3])
        else:
            scales = given[2].value if isinstance(given[2], Leaf) else self._numbers(given[2], node)
            sizes = [math.floor(side * scale) for side, scale in zip(value.shape, scales, strict=True)]
        if tuple(sizes[:2]) != value.shape[:2] or attributes.get("antialias"):
            raise Unproven("settings of a resize")
        return self.words.sampled(kind, corners, value, sizes[2:], scales[2:])

    def _numbers(self, item: Any, node: Node) -> list[float]:
        form = self.words.form(item.head) if isinstance(item, Value) else None
        if form is None or form[0] != "constants":
            raise Unproven(node.target)
        return list(form[1])

    def filled(self, node: Node, given: list[Any]) -> Any:
        """The same number everywhere."""
        value = node.attributes.get("value", 0.0)
        first = value[0] if isinstance(value, list) else value
        if type(first) is int and isinstance(given[0], list) and len(given[0]) == 1:
            if given[0][0] > SIZES:
                raise Unproven("sizes beyond any tensor's")
            return [first] * given[0][0]
        return self.words.filled(float(first or 0.0), bounded(given[0] if isinstance(given[0], list) else [given[0]]))


_BENT: Mapping[str, Callable[[Vocabulary, Value, Mapping[str, Any]], Value]] = {
    "Gelu": lambda words, value, own: words.function("gelu", value, own.get("approximate", "none")),
    "LeakyRelu": lambda words, value, own: words.each("leaky_relu", value, own.get("alpha", 0.01)),
    "Elu": lambda words, value, own: words.each("elu", value, own.get("alpha", 1.0)),
}
_TOLD: Mapping[str, Callable[..., Any]] = {
    "Equal": lambda one, other: one == other,
    "Greater": lambda one, other: one > other,
    "Less": lambda one, other: one < other,
    "Where": lambda holds, one, other: one if holds else other,
}
_OPERATIONS: Mapping[str, Callable[[_Lowering, Node, list[Any]], Any]] = {
    "Gemm": _Lowering.gemm,
    **dict.fromkeys(("Conv", "ConvTranspose"), _Lowering.conv),
    **dict.fromkeys(("MaxPool", "AveragePool"), _Lowering.pool),
    **dict.fromkeys(("LayerNormalization", "BatchNormalization", "InstanceNormalization"), _Lowering.norm),
    **dict.fromkeys(("LSTM", "GRU"), _Lowering.recurrent),
    "Reshape": _Lowering.reshape,
    "Gather": _Lowering.gather,
    "Slice": _Lowering.sliced,
    "Split": _Lowering.split,
    "Concat": _Lowering.concat,
    **dict.fromkeys(("Squeeze", "Unsqueeze"), _Lowering.squeezed),
    "Shape": _Lowering.shape,
    "Expand": _Lowering.expand,
    "ConstantOfShape": _Lowering.filled,
    "Resize": _Lowering.resize,
    **dict.fromkeys(_TOLD, _Lowering.told),
    "Trilu": _Lowering.cut,
    "Tile": lambda lowering, node, given: lowering.words.tiled(lowering.tensor(given[0], node), given[1]),
    "Pad": _Lowering.pad,
    **dict.fromkeys(
        ("Transpose", "Flatten", "Softmax", "LogSoftmax", "GlobalAveragePool", "GlobalMaxPool", "Gelu", "LeakyRelu", "Elu", "Clip",
         "HardSigmoid"), _Lowering.others,
    ),
}  # fmt: skip
