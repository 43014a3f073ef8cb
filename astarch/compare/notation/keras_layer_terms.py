"""The layers of Keras in index notation, as TensorFlow computes them: each taken apart once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .index_notation import Unproven, Value
from .vocabulary import Vocabulary

#: Activations that are functions of every element, with the name they have in the vocabulary.
_PLAIN = {"relu": "relu", "sigmoid": "sigmoid", "tanh": "tanh", "softplus": "softplus", "softsign": "softsign", "selu": "selu",
          "silu": "silu", "swish": "silu", "gelu": "gelu", "relu6": "relu6", "exponential": "exp"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layer:
    """One call of a layer: what it is made with, its weights by the last parts of their names, and the arguments of the call."""

    words: Vocabulary
    config: Mapping[str, Any]
    weights: Mapping[str, Value]
    call: Mapping[str, str]

    def weight(self, name: str) -> Value | None:
        """A weight, where the layer has it."""
        return self.weights.get(name)

    def activated(self, value: Value) -> Value:
        """What its activation makes of a value."""
        return activated(self.words, self.config.get("activation"), value)

    def sides(self, name: str, count: int, default: Any = 1) -> tuple[int, ...]:
        """A setting for every axis of space."""
        value = self.config.get(name, default)
        value = value[0] if isinstance(value, (list, tuple)) and len(value) == 1 else value
        sides = tuple(value) if isinstance(value, (list, tuple)) else (value,) * count
        if len(sides) != count or not all(type(side) is int for side in sides):
            raise Unproven(name)
        return sides


def activated(words: Vocabulary, name: Any, value: Value) -> Value:
    """An activation by its name."""
    if name in (None, "linear"):
        return value
    if name in _PLAIN:
        return words.function(_PLAIN[name], value)
    if name in ("elu", "leaky_relu"):
        return words.each(name, value, 1.0 if name == "elu" else 0.2)
    if name in ("softmax", "log_softmax"):
        return words.along(name, value, (-1,))
    raise Unproven(f"the activation {name}")


def first(value: Value, last: bool) -> Value:
    """With the channels as second axis, wherever they are."""
    return value.turned((0, len(value.dims) - 1, *range(1, len(value.dims) - 1))) if last else value


def back(value: Value, last: bool) -> Value:
    """With the channels where they were."""
    return value.turned((0, *range(2, len(value.dims)), 1)) if last else value


def same(size: int, tap: int, step: int, wide: int = 1) -> tuple[int, int]:
    """What ``same`` adds before and after an axis."""
    total = max((-(-size // step) - 1) * step + (tap - 1) * wide + 1 - size, 0)
    return total // 2, total - total // 2


def _one(given: Sequence[Value]) -> Value:
    if len(given) != 1:
        raise Unproven("several inputs")
    return given[0]


def _channels_last(layer: Layer) -> bool:
    return layer.config.get("data_format", "channels_last") == "channels_last"


def _dense(layer: Layer, given: Sequence[Value]) -> Value:
    value = _one(given)
    kernel = layer.weights["kernel"]
    signs = "abcdefgh"[: len(value.dims) - 1]
    found = layer.words.contract(value, kernel, (f"{signs}k", "kn", f"{signs}n"))
    bias = layer.weight("bias")
    return layer.activated(found if bias is None else layer.words.add(found, bias))


def padded(layer: Layer, space: Sequence[int], taps: Sequence[int], stride: Sequence[int], wide: Sequence[int]) -> list[tuple[int, int]]:
    """What a window's padding adds to every axis."""
    kind = layer.config.get("padding", "valid")
    if kind == "same":
        return [same(*sides) for sides in zip(space, taps, stride, wide, strict=True)]
    if kind != "valid":
        raise Unproven(f"padding {kind}")
    return [(0, 0)] * len(space)


def _conv(rank: int, depthwise: bool = False) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        words, last, value = layer.words, _channels_last(layer), _one(given)
        kernel = turned_kernel(layer.weights["kernel"], depthwise)
        taps, stride, wide = kernel.shape[2:], layer.sides("strides", rank), layer.sides("dilation_rate", rank)
        if layer.config.get("padding") == "causal":
            side = (taps[0] - 1) * wide[0]
            value = words.widened(value, [(0, 0), *([(side, 0), (0, 0)] if last else [(0, 0), (side, 0)])], 0.0)
            pads = [(0, 0)]
        else:
            pads = padded(layer, first(value, last).shape[2:], taps, stride, wide)
        value = first(value, last)
        groups = value.shape[1] if depthwise else layer.config.get("groups", 1)
        found = words.conv(value, kernel, layer.weight("bias"), stride=stride, padding=pads, dilation=wide, groups=groups)
        return layer.activated(back(found, last))

    return change


def turned_kernel(kernel: Value, depthwise: bool) -> Value:
    """A kernel of space, inputs, outputs as one of outputs, inputs, space."""
    rank = len(kernel.dims) - 2
    if depthwise:
        turned = kernel.turned((rank, rank + 1, *range(rank)))
        return turned.shaped((turned.shape[0] * turned.shape[1], 1, *turned.shape[2:]))
    return kernel.turned((rank + 1, rank, *range(rank)))


def _separable(rank: int) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        words, last = layer.words, _channels_last(layer)
        value = first(_one(given), last)
        depth = turned_kernel(layer.weights["depthwise_kernel"], True)
        stride, wide = layer.sides("strides", rank), layer.sides("dilation_rate", rank)
        pads = padded(layer, value.shape[2:], depth.shape[2:], stride, wide)
        middle = words.conv(value, depth, None, stride=stride, padding=pads, dilation=wide, groups=value.shape[1])
        ones = (1,) * rank
        point = turned_kernel(layer.weights["pointwise_kernel"], False)
        found = words.conv(middle, point, layer.weight("bias"), stride=ones, padding=[(0, 0)] * rank, dilation=ones, groups=1)
        return layer.activated(back(found, last))

    return change


def _transposed(rank: int) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        last = _channels_last(layer)
        value = first(_one(given), last)
        kernel = layer.weights["kernel"]
        stride, wide = layer.sides("strides", rank), layer.sides("dilation_rate", rank)
        if layer.config.get("output_padding") is not None or set(wide) != {1}:
            raise Unproven("settings of a convolution")
        taps = kernel.shape[:rank]
        sizes = [
            size * step if layer.config.get("padding") == "same" else size * step + max(tap - step, 0)
            for size, step, tap in zip(value.shape[2:], stride, taps, strict=True)
        ]
        found = words_transposed(layer.words, value, kernel, stride, sizes, same_padding=layer.config.get("padding") == "same")
        bias = layer.weight("bias")
        if bias is not None:
            found = layer.words.add(found, bias.shaped((bias.shape[0], *(1,) * rank)))
        return layer.activated(back(found, last))

    return change


def words_transposed(
    words: Vocabulary, value: Value, kernel: Value, stride: Sequence[int], sizes: Sequence[int], *, same_padding: bool
) -> Value:
    """A transposed convolution as the gradient of one from these sizes, with a kernel of space, outputs, inputs."""
    rank = len(stride)
    taps = kernel.shape[:rank]
    pads: list[tuple[int, int]] = []
    more: list[int] = []
    for size, tap, step, out in zip(value.shape[2:], taps, stride, sizes, strict=True):
        start, end = same(out, tap, step) if same_padding else (0, 0)
        pads.append((start, end))
        more.append(out - ((size - 1) * step - start - end + tap))
    turned = kernel.turned((rank + 1, rank, *range(rank)))
    return words.conv(value, turned, None, stride=stride, padding=pads, dilation=(1,) * rank, groups=1, transposed=True, more=more)


def _pool(kind: str, rank: int) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        last = _channels_last(layer)
        value = first(_one(given), last)
        taps = layer.sides("pool_size", rank)
        stride = layer.sides("strides", rank) if layer.config.get("strides") else taps
        pads = padded(layer, value.shape[2:], taps, stride, (1,) * rank)
        return back(layer.words.window(kind, value, taps, stride, pads), last)

    return change


def _global(kind: str) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        value = _one(given)
        dims = range(1, len(value.dims) - 1) if _channels_last(layer) else range(2, len(value.dims))
        return layer.words.reduce(kind, value, dims, bool(layer.config.get("keepdims")))

    return change


def _batch_norm(layer: Layer, given: Sequence[Value]) -> Value:
    value, words = _one(given), layer.words
    axis = layer.config.get("axis", -1)
    axis = (axis[0] if isinstance(axis, (list, tuple)) else axis) % len(value.dims)
    shape = [-1 if place == axis else 1 for place in range(len(value.dims))]

    def wide(name: str) -> Value | None:
        item = layer.weight(name)
        return None if item is None else item.shaped([item.shape[0] if side == -1 else 1 for side in shape])

    mean, variance = wide("moving_mean"), wide("moving_variance")
    if mean is None or variance is None:
        raise Unproven("statistics")
    return words.batch_normalized(value, mean, variance, wide("beta"), wide("gamma"), layer.config["epsilon"])


def _layer_norm(layer: Layer, given: Sequence[Value]) -> Value:
    value, words = _one(given), layer.words
    axes = layer.config.get("axis", -1)
    axes = sorted(axis % len(value.dims) for axis in (axes if isinstance(axes, (list, tuple)) else [axes]))
    if layer.config.get("rms_scaling"):
        raise Unproven("rms_scaling")
    shape = [value.shape[place] if place in axes else 1 for place in range(len(value.dims))]
    gamma, beta = (None if item is None else item.shaped(shape) for item in (layer.weight("gamma"), layer.weight("beta")))
    mean = words.reduce("mean", value, axes, True)
    away = words.subtract(value, mean)
    variance = words.reduce("mean", words.multiply(away, away), axes, True)
    return words.batch_normalized(value, mean, variance, beta, gamma, layer.config["epsilon"])


def _group_norm(layer: Layer, given: Sequence[Value]) -> Value:
    value, words, groups = _one(given), layer.words, layer.config["groups"]
    if layer.config.get("axis", -1) not in (-1, len(value.dims) - 1):
        raise Unproven("axis")
    *outer, channels = value.shape
    groups = channels if groups == -1 else groups
    split = value.shaped((*outer, groups, channels // groups))
    axes = [*range(1, len(outer)), len(outer) + 1]
    mean = words.reduce("mean", split, axes, True)
    away = words.subtract(split, mean)
    variance = words.reduce("mean", words.multiply(away, away), axes, True)
    shape = (*(1,) * len(outer), groups, channels // groups)
    gamma, beta = (None if item is None else item.shaped(shape) for item in (layer.weight("gamma"), layer.weight("beta")))
    return words.batch_normalized(split, mean, variance, beta, gamma, layer.config["epsilon"]).shaped(value.shape)


def _embedding(layer: Layer, given: Sequence[Value]) -> Value:
    index, words = _one(given), layer.words
    if layer.config.get("mask_zero"):
        raise Unproven("mask_zero")
    table = layer.weights["embeddings"]
    wrapped = words.add(index, words.number(table.shape[0]))
    return words.lookup(table, words.chosen(words.together("less", index, words.number(0)), wrapped, index))


def _flatten(layer: Layer, given: Sequence[Value]) -> Value:
    value = _one(given)
    return value.shaped((value.shape[0], math.prod(value.shape[1:])))


def _reshape(layer: Layer, given: Sequence[Value]) -> Value:
    value, wanted = _one(given), list(layer.config["target_shape"])
    if -1 in wanted:
        wanted[wanted.index(-1)] = math.prod(value.shape[1:]) // -math.prod(wanted)
    return value.shaped((value.shape[0], *wanted))


def _permute(layer: Layer, given: Sequence[Value]) -> Value:
    return _one(given).turned((0, *layer.config["dims"]))


def _padding(rank: int) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        pads = _pairs(layer.config["padding"], rank)
        value = _one(given)
        whole = [(0, 0), *pads, (0, 0)] if _channels_last(layer) else [(0, 0), (0, 0), *pads]
        return layer.words.widened(value, whole, 0.0)

    return change


def _pairs(value: Any, rank: int) -> list[tuple[int, int]]:
    """What is added or cut before and after every axis."""
    if isinstance(value, int):
        return [(value, value)] * rank
    if rank == 1:
        return [(value[0], value[-1])]
    return [(side, side) if isinstance(side, int) else (side[0], side[1]) for side in value]


def _cropping(rank: int) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        value = _one(given)
        for dim, (start, end) in enumerate(_pairs(layer.config["cropping"], rank), 1 if _channels_last(layer) else 2):
            value = layer.words.picked(value, dim, start, value.shape[dim] - end)
        return value

    return change


def _upsampling(rank: int) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        value, kind = _one(given), layer.config.get("interpolation", "nearest")
        if not _channels_last(layer):
            raise Unproven("data_format")
        times = layer.sides("size", rank)
        if kind == "nearest":
            for dim, count in enumerate(times, 1):
                value = layer.words.repeated(value, dim, count)
            return value
        return layer.words.resized(kind, value, [side * count for side, count in zip(value.shape[1:3], times, strict=True)])

    return change


def _merged(name: str) -> Callable[[Layer, Sequence[Value]], Value]:
    def change(layer: Layer, given: Sequence[Value]) -> Value:
        words = layer.words
        found = given[0]
        if len(given) < 2:
            raise Unproven("what it is given")
        for other in given[1:]:
            if name in ("maximum", "minimum"):
                found = words.together(name, found, other, swaps=True)
            else:
                found = {"add": words.add, "subtract": words.subtract, "multiply": words.multiply, "average": words.add}[name](found, other)
        return words.divide(found, words.number(len(given))) if name == "average" else found

    return change


def _joined(layer: Layer, given: Sequence[Value]) -> Value:
    return layer.words.joined(given, layer.config.get("axis", -1))


def _relu(layer: Layer, given: Sequence[Value]) -> Value:
    limit, slope, threshold = (layer.config.get(name) or 0 for name in ("max_value", "negative_slope", "threshold"))
    if threshold or (limit and slope) or limit not in (0, 6):
        raise Unproven("settings of an activation")
    value = _one(given)
    return layer.words.function("relu6", value) if limit else layer.words.each("leaky_relu", value, slope) if slope else (
        layer.words.function("relu", value)
    )  # fmt: skip


def _prelu(layer: Layer, given: Sequence[Value]) -> Value:
    value, words = _one(given), layer.words
    low = words.multiply(layer.weights["alpha"].times(-1.0), words.function("relu", value.times(-1.0)))
    return words.add(words.function("relu", value), low)


def _softmax(layer: Layer, given: Sequence[Value]) -> Value:
    axis = layer.config.get("axis", -1)
    return layer.words.along("softmax", _one(given), axis if isinstance(axis, (list, tuple)) else (axis,))


def _attention(layer: Layer, given: Sequence[Value]) -> Value:
    config, words, weights = layer.config, layer.words, layer.weights
    if len(given) not in (2, 3) or set(layer.call) - {"use_causal_mask"} or list(config.get("attention_axes") or [1]) != [1]:
        raise Unproven("arguments of an attention")
    if config.get("sliding_window") or config.get("use_gate") or config.get("flash_attention"):
        raise Unproven("settings of an attention")
    query, value = given[0], given[1]
    key = given[2] if len(given) == 3 else value

    def projected(name: str, item: Value) -> Value:
        found = words.contract(item, weights[f"{name}/kernel"], ("btk", "knh", "btnh"))
        return words.add(found, weights[f"{name}/bias"]) if f"{name}/bias" in weights else found

    queries, keys, values = projected("query", query), projected("key", key), projected("value", value)
    scores = words.contract(queries, keys, ("btnh", "bsnh", "bnts")).times(1 / math.sqrt(config["key_dim"]))
    if layer.call.get("use_causal_mask") == "True":
        scores = words.chosen(words.below(query.shape[1], value.shape[1]), scores, words.number(-1e38))
    shares = words.along("softmax", scores, (-1,))
    taken = words.contract(shares, values, ("bnts", "bsnh", "btnh"))
    kernel = weights["attention_output/kernel"]
    found = words.contract(taken, kernel, ("btnh", "nho", "bto"))
    return words.add(found, weights["attention_output/bias"]) if "attention_output/bias" in weights else found


def _each_time(layer: Layer, given: Sequence[Value]) -> Value:
    """A layer for every place of the second axis, each by itself."""
    value, inner = _one(given), layer.config["layer"]
    change = LAYERS.get(inner.get("class_name"))
    if change is None or value.shape[1] > 512:
        raise Unproven("the layer of a TimeDistributed")
    own = Layer(layer.words, inner, {name.rpartition("/")[2]: item for name, item in layer.weights.items()}, {})
    steps = [change(own, [layer.words.one(value, 1, place)]) for place in range(value.shape[1])]
    return layer.words.joined([step.shaped((step.shape[0], 1, *step.shape[1:])) for step in steps], 1)


def _same(layer: Layer, given: Sequence[Value]) -> Value:
    return _one(given)


LAYERS: Mapping[str, Callable[[Layer, Sequence[Value]], Value]] = {
    "Dense": _dense,
    **{f"Conv{n}D": _conv(n) for n in (1, 2, 3)},
    **{f"DepthwiseConv{n}D": _conv(n, depthwise=True) for n in (1, 2)},
    **{f"SeparableConv{n}D": _separable(n) for n in (1, 2)},
    **{f"Conv{n}DTranspose": _transposed(n) for n in (1, 2, 3)},
    **{f"MaxPooling{n}D": _pool("max_pool", n) for n in (1, 2, 3)},
    **{f"AveragePooling{n}D": _pool("avg_pool", n) for n in (1, 2, 3)},
    **{f"GlobalAveragePooling{n}D": _global("mean") for n in (1, 2, 3)},
    **{f"GlobalMaxPooling{n}D": _global("max") for n in (1, 2, 3)},
    **{f"ZeroPadding{n}D": _padding(n) for n in (1, 2, 3)},
    **{f"Cropping{n}D": _cropping(n) for n in (1, 2, 3)},
    **{f"UpSampling{n}D": _upsampling(n) for n in (1, 2)},
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _layer_norm,
    "GroupNormalization": _group_norm,
    "Embedding": _embedding,
    "Flatten": _flatten,
    "Reshape": _reshape,
    "Permute": _permute,
    **{name: _merged(name.lower()) for name in ("Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum")},
    "Concatenate": _joined,
    "ReLU": _relu,
    "LeakyReLU": lambda layer, given: layer.words.each("leaky_relu", _one(given), layer.config["negative_slope"]),
    "ELU": lambda layer, given: layer.words.each("elu", _one(given), float(layer.config.get("alpha", 1.0))),
    "PReLU": _prelu,
    "Softmax": _softmax,
    "Activation": lambda layer, given: layer.activated(_one(given)),
    "MultiHeadAttention": _attention,
    "TimeDistributed": _each_time,
    **dict.fromkeys(
        ("Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout", "GaussianNoise",
         "Identity", "ActivityRegularization"), _same,
    ),
}  # fmt: skip
