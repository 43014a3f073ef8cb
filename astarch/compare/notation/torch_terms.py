"""What the forward of a torch source computes, in index notation: its functions and layers in terms of simple operations."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ...ir.architecture import Architecture
from ...ir.graph import Node, TensorType
from ..spelling import spelled
from .index_notation import Unproven, Value
from .known_numbers import MOST
from .lowering import Lowering, Terms, flat
from .torch_layers import LAYERS, Layer
from .vocabulary import PLAIN, Vocabulary

#: What says nothing of what is computed.
SILENT = frozenset(("device", "layout", "pin_memory", "memory_format", "non_blocking", "copy", "generator", "requires_grad"))
#: What gives what it is given.
IDLE = {"contiguous", "clone", "detach", "identity", "dropout", "dropout1d", "dropout2d", "dropout3d", "alpha_dropout", "feature_dropout"}
_IDLE_LAYERS = {"Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout", "FeatureAlphaDropout"}
_RESHAPES = {"view", "reshape", "flatten", "unflatten", "squeeze", "unsqueeze", "ravel", "view_as", "reshape_as"}
_REDUCED = {"mean": "mean", "sum": "sum", "amax": "max", "amin": "min"}


def torch_terms(source: Architecture, words: Vocabulary, inputs: Mapping[str, Value], *, folding: bool = False) -> Terms:
    """The steps of a source, given what its inputs are; with norms folded into the convolutions before them where that is done."""
    return TorchLowering(source, words, inputs, folding).run()


class TorchLowering(Lowering):
    def __init__(self, source: Architecture, words: Vocabulary, inputs: Mapping[str, Value], folding: bool) -> None:
        super().__init__(words)
        self.source, self.inputs, self.folding = source, inputs, folding
        self.tensors = {**source.parameters, **source.buffers}

    def run(self) -> Terms:
        self.follow(self.source.graph)
        stated = self.source.graph.results[0] if self.source.graph.results else None
        self.terms.results = list(flat(self.known(stated)))
        return self.terms

    def known(self, stated: Any) -> Any:
        """A stated value; None where it is not known."""
        try:
            return self.stated(stated)
        except (Unproven, KeyError, IndexError, TypeError):
            return None

    def step(self, node: Node) -> Any:
        given = {name: self.stated(value) for name, value in node.attributes.get("arguments", {}).items() if name not in SILENT}
        self.terms.used[node.index] = set(_keys(node.attributes))
        if node.op == "call_module":
            return self._layer(node, given)
        return self._function(node, given)

    def stated(self, value: Any) -> Any:
        """A stated value: tensors as values, lists as lists, numbers as they are."""
        if not isinstance(value, tuple) or not value:
            if value is None or isinstance(value, (bool, int, float, str)):
                return value
            raise Unproven("a value")
        word = value[0]
        if word == "node":
            found = self.before(value[1])
            for step in value[2]:
                found = found[step]
            if found is None:
                raise Unproven("a result")
            return found
        if word == "tensor":
            item = self.tensors[value[1]]
            if item.shape is None or not all(type(side) is int for side in item.shape):
                raise Unproven("the sizes of a parameter")
            return self.words.leaf(("parameter", item.tied_to or item.name), item.shape)  # type: ignore[arg-type]
        if word == "input":
            found = self.inputs[value[1]]
            if value[2]:
                raise Unproven("a part of an input")
            return found
        if word == "values":
            return self.words.constants(list(value[3][1:]), value[2][1:])
        if word == "list":
            return [self.stated(item) for item in value[1:]]
        if word == "slice":
            return slice(*value[1:])
        if word == "...":
            return ...
        if word == "about":
            return float(value[1])
        raise Unproven("a value")

    def _layer(self, node: Node, given: dict[str, Any]) -> Any:
        kind = str(node.attributes.get("kind", "")).rpartition(".")[2]
        settings = {name: _plain(value) for name, value in node.attributes.get("settings", {}).items()}
        if kind in _IDLE_LAYERS and not settings.get("training"):
            return next(iter(given.values()))
        layer = LAYERS.get(kind)
        if layer is None or (settings.get("training") and kind.startswith("BatchNorm")):
            raise Unproven(kind or node.target)
        tensors = {name: self.stated(value) for name, value in node.attributes.get("tensors", {}).items() if name != "num_batches_tracked"}
        if self.folding and kind.startswith("BatchNorm") and (found := self._folded(node)) is not None:
            return found
        return layer(Layer(self.words, settings, tensors, node, self.source.modules[node.target].name), given)

    def _folded(self, node: Node) -> Any:
        """A norm right after a convolution that nothing else uses: the convolution, with weights of its own."""
        stated = node.attributes["arguments"].get("input")
        before = self.source.graph[stated[1]] if isinstance(stated, tuple) and stated[0] == "node" and not stated[2] else None
        if before is None or before.op != "call_module" or ".Conv" not in str(before.attributes.get("kind")):
            return None
        kind = str(before.attributes["kind"]).rpartition(".")[2]
        if sum(before.index in other.inputs for other in self.source.graph) != 1 or "weight" not in before.attributes["tensors"]:
            return None
        kernel = self.stated(before.attributes["tensors"]["weight"])
        channels = _sizes(self.source.graph[before.index].output)[1]  # type: ignore[arg-type]
        made = self.words.leaf(("folded", kernel.head), kernel.shape), self.words.leaf(("folded bias", kernel.head), (channels,))
        if kernel.head in self.words.folded:
            return None
        self.words.folded[kernel.head] = made
        self.terms.folded[node.index] = before.index
        settings = {name: _plain(value) for name, value in before.attributes["settings"].items()}
        layer = Layer(self.words, settings, {"weight": made[0], "bias": made[1]}, before, before.target)
        return LAYERS[kind](layer, {"input": self.stated(before.attributes["arguments"]["input"])})

    def _function(self, node: Node, given: dict[str, Any]) -> Any:
        base, swapped = spelled(node.target.rpartition(".")[2])
        given = {name: value for name, value in given.items() if name not in ("inplace", "memory_format", "out")}
        values = list(given.values())
        if base in IDLE and given.get("training") in (None, False):
            return values[0]
        if base in _RESHAPES and isinstance(node.output, TensorType):
            return values[0].shaped(_sizes(node.output))
        if swapped:
            values.reverse()
        if base in BINARY and len(values) == 2:
            return BINARY[base](self.words, *(self.words.valued(value) for value in values))
        if base in ("expand", "expand_as", "broadcast_to") and isinstance(node.output, TensorType):
            return self.words.stretched(values[0], _sizes(node.output))
        if base in ("to", "type_as", "float", "double", "half", "type"):
            return self._kept(node, values[0])
        change = FUNCTIONS.get(base)
        if change is not None:
            return change(self.words, given, node)
        if base in _REDUCED:
            return self._reduced(_REDUCED[base], given, node)
        if (base in PLAIN or base in ("silu", "relu6", "mish", "hardswish", "square", "neg", "reciprocal")) and len(values) == 1:
            return self.words.function(base, values[0])
        raise Unproven(base)

    def _kept(self, node: Node, value: Value) -> Value:
        """Where nothing changes; another element type, or a repetition, is something else."""
        given = next(iter(node.attributes["arguments"].values()))
        before = self._type(given)
        if isinstance(node.output, TensorType) and before == node.output:
            return value
        raise Unproven(node.target)

    def _type(self, stated: Any) -> Any:
        if stated[0] == "node" and not stated[2]:
            return self.source.graph[stated[1]].output
        if stated[0] == "input" and not stated[2]:
            return self.source.inputs[stated[1]]
        if stated[0] == "tensor":
            item = self.tensors[stated[1]]
            return TensorType(item.shape or (), item.dtype)
        return None

    def _reduced(self, name: str, given: dict[str, Any], node: Node) -> Value:
        value = given["input"]
        dims = given.get("dim")
        if "dtype" in given or not isinstance(node.output, TensorType):
            raise Unproven(node.target)
        dims = range(len(value.dims)) if dims is None or dims == [] else dims if isinstance(dims, list) else [dims]
        return self.words.reduce(name, value, list(dims), bool(given.get("keepdim")))


def _sizes(kind: TensorType) -> tuple[int, ...]:
    if not all(type(side) is int for side in kind.shape):
        raise Unproven("sizes that are not numbers")
    return kind.shape  # type: ignore[return-value]


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value[1:]] if isinstance(value, tuple) and value[:1] == ("list",) else value


def _keys(value: Any) -> list[str]:
    """The tensors of the state dict in what is stated."""
    if isinstance(value, Mapping):
        return [key for item in value.values() for key in _keys(item)]
    if isinstance(value, tuple) and value:
        return [value[1]] if value[0] == "tensor" else [key for item in value for key in _keys(item)]
    return []


# --- functions ------------------------------------------------------------------------------------------------------------

BINARY: Mapping[str, Callable[[Vocabulary, Value, Value], Value]] = {
    "add": Vocabulary.add,
    "sub": Vocabulary.subtract,
    "mul": Vocabulary.multiply,
    "div": Vocabulary.quotient,
    "pow": Vocabulary.power,
    "matmul": Vocabulary.product,
    "maximum": lambda words, one, other: words.together("maximum", one, other, swaps=True),
    "minimum": lambda words, one, other: words.together("minimum", one, other, swaps=True),
}


def _only(given: Mapping[str, Any], *names: str) -> None:
    """Refuse what is not expected: an argument that is not looked at could change everything."""
    if not set(given) <= set(names):
        raise Unproven(", ".join(sorted(set(given) - set(names))))


def _getitem(words: Vocabulary, given: dict[str, Any], node: Node) -> Any:
    value, key = given.values()
    if isinstance(value, (list, tuple)):
        return value[key]
    keys = key if isinstance(key, list) else [key]
    if ... in keys:
        place = keys.index(...)
        keys = [*keys[:place], *[slice(None)] * (len(value.dims) - sum(item is not None for item in keys) + 1), *keys[place + 1 :]]
    dim = 0
    for item in keys:
        if item is None:
            value = value.shaped((*value.shape[:dim], 1, *value.shape[dim:]))
            dim += 1
        elif isinstance(item, slice):
            value = words.picked(value, dim, *item.indices(value.shape[dim]))
            dim += 1
        elif type(item) is int:
            value = words.one(value, dim, item)
        else:
            raise Unproven("an index")
    return value


def _transpose(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    _only(given, "input", "dim0", "dim1", "axis0", "axis1")
    value, one, other = given.values()
    order = list(range(len(value.dims)))
    order[one], order[other] = order[other], order[one]
    return value.turned(order)


def _permute(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    value, *rest = given.values()
    order = rest[0] if isinstance(rest[0], list) else rest
    order = order[0] if isinstance(order[0], list) else order
    return value.turned([axis % len(value.dims) for axis in order])


def _flipped(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    _only(given, "input", "self")
    value = next(iter(given.values()))
    return value.turned([*range(len(value.dims) - 2), len(value.dims) - 1, len(value.dims) - 2])


def _cat(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    _only(given, "tensors", "dim")
    return words.joined(given["tensors"], given.get("dim", 0))


def _stack(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    _only(given, "tensors", "dim")
    dim = given.get("dim", 0) % (len(given["tensors"][0].dims) + 1)
    parts = [value.shaped((*value.shape[:dim], 1, *value.shape[dim:])) for value in given["tensors"]]
    return words.joined(parts, dim)


def _parts(words: Vocabulary, given: dict[str, Any], node: Node) -> tuple[Value, ...]:
    value = next(iter(given.values()))
    dim = given.get("dim", 0) % len(value.dims)
    outputs = node.output
    if not isinstance(outputs, (tuple, list)):
        raise Unproven(node.target)
    unbind = node.target.endswith("unbind")
    found: list[Value] = []
    start = 0
    for place, kind in enumerate(outputs):
        size = 1 if unbind else _sizes(kind)[dim]
        found.append(words.one(value, dim, place) if unbind else words.picked(value, dim, start, start + size))
        start += size
    return tuple(found)


def _attention(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    _only(given, "query", "key", "value", "attn_mask", "is_causal", "scale", "dropout_p")
    if given.get("dropout_p"):
        raise Unproven("dropout")
    query, key, mask = given["query"], given["key"], given.get("attn_mask")
    if given.get("is_causal"):
        mask = words.causal(query.shape[-2], key.shape[-2])
    scale = given.get("scale") or 1 / math.sqrt(query.shape[-1])
    return words.attention(query, key, given["value"], scale, mask)[0]


def _softmax(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    if given.get("dim") is None:
        raise Unproven("softmax without an axis")
    _only(given, "input", "dim", "_stacklevel")
    return words.along(node.target.rpartition(".")[2], given["input"], (given["dim"],))


def _linear(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    _only(given, "input", "weight", "bias")
    return words.linear(given["input"], given["weight"], given.get("bias"))


def _gelu(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    return words.function("gelu", given["input"], given.get("approximate", "none"))


def _counted(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    """Whole numbers one after the other."""
    numbers = [value for name, value in given.items() if name != "dtype"]
    output = node.output
    if not isinstance(output, TensorType) or output.dtype != "int64" or not all(type(number) is int for number in numbers):
        raise Unproven("arange")
    found = range(*numbers)
    if len(found) > MOST or output.shape != (len(found),):
        raise Unproven("arange")
    return words.constants([float(number) for number in found], (len(found),))


def _masked(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    """A number where a mask holds."""
    _only(given, "input", "mask", "value")
    value = words.valued(given["value"])
    known = words.constant(value)
    return words.together("select", given["mask"], words.number(-1e30) if known is not None and known < -1e30 else value, given["input"])


def _chosen(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    _only(given, "condition", "input", "self", "other")
    condition, one, other = given.values()
    return words.chosen(condition, words.valued(one), words.valued(other))


def _compared(name: str) -> Callable[[Vocabulary, dict[str, Any], Node], Value]:
    def change(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
        one, other = given.values()
        return words.together(name, words.valued(one), words.valued(other))

    return change


def _leaky(words: Vocabulary, given: dict[str, Any], node: Node) -> Value:
    return words.each("leaky_relu", given["input"], given.get("negative_slope", 0.01))


def _as_layer(kind: str, *settings: str, **defaults: Any) -> Callable[[Vocabulary, dict[str, Any], Node], Any]:
    """A function that does what a layer does, of its arguments of these names."""

    def change(words: Vocabulary, given: dict[str, Any], node: Node) -> Any:
        own = {name: value for name, value in given.items() if name in settings}
        tensors = {name: value for name, value in given.items() if name in ("weight", "bias", "running_mean", "running_var") and value}
        _only(given, "input", "weight", "bias", "running_mean", "running_var", "training", "momentum", *settings)
        if given.get("training"):
            raise Unproven("training")
        return LAYERS[kind](Layer(words, {**defaults, **own}, tensors, node, ""), {"input": given["input"]})

    return change


_WINDOW = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
FUNCTIONS: Mapping[str, Callable[[Vocabulary, dict[str, Any], Node], Any]] = {
    "getitem": _getitem,
    "transpose": _transpose,
    "permute": _permute,
    "t": _flipped,
    "mT": _flipped,
    "T": _flipped,
    "cat": _cat,
    "stack": _stack,
    "chunk": _parts,
    "split": _parts,
    "unbind": _parts,
    "scaled_dot_product_attention": _attention,
    "softmax": _softmax,
    "log_softmax": _softmax,
    "linear": _linear,
    "gelu": _gelu,
    "leaky_relu": _leaky,
    "arange": _counted,
    "masked_fill": _masked,
    "where": _chosen,
    **{name: _compared(name) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
    **{f"conv{n}d": _as_layer(f"Conv{n}d", *_WINDOW, **_WINDOW) for n in (1, 2, 3)},
    **{f"conv_transpose{n}d": _as_layer(f"ConvTranspose{n}d", *_WINDOW, "output_padding", **_WINDOW) for n in (1, 2, 3)},
    **{f"max_pool{n}d": _as_layer(f"MaxPool{n}d", "kernel_size", "stride", "padding", "dilation", "ceil_mode") for n in (1, 2, 3)},
    **{f"avg_pool{n}d": _as_layer(f"AvgPool{n}d", "kernel_size", "stride", "padding", "ceil_mode", "count_include_pad") for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d": _as_layer(f"AdaptiveAvgPool{n}d", "output_size") for n in (1, 2, 3)},
    "layer_norm": _as_layer("LayerNorm", "normalized_shape", "eps", eps=1e-05),
    "group_norm": _as_layer("GroupNorm", "num_groups", "eps", eps=1e-05),
    "batch_norm": _as_layer("BatchNorm2d", "eps", eps=1e-05),
    "interpolate": _as_layer("Upsample", "size", "scale_factor", "mode", "align_corners", "recompute_scale_factor", mode="nearest"),
    "embedding": _as_layer("Embedding", "padding_idx"),
}
