"""The layers of torch in index notation: each taken apart once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...ir.graph import Node, TensorType
from .index_notation import Unproven, Value
from .vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Layer:
    """One call of a layer: what it is made with, its tensors, and its step in the graph."""

    words: Vocabulary
    settings: Mapping[str, Any]
    tensors: Mapping[str, Value]
    node: Node
    name: str

    def sides(self, setting: str, count: int, default: Any = None) -> tuple[int, ...]:
        """A setting for every axis of space."""
        value = self.settings.get(setting, default)
        value = value[0] if isinstance(value, list) and len(value) == 1 else value
        sides = tuple(value) if isinstance(value, list) else (value,) * count
        if len(sides) != count or not all(type(side) is int for side in sides):
            raise Unproven(setting)
        return sides


Given = dict[str, Any]


def _first(given: Given) -> Value:
    if len(given) != 1:
        raise Unproven("arguments of a layer")
    return next(iter(given.values()))


def _batched(value: Value, rank: int) -> Value:
    if len(value.dims) != rank:
        raise Unproven("a tensor without a batch")
    return value


def _linear(layer: Layer, given: Given) -> Value:
    return layer.words.linear(_first(given), layer.tensors["weight"], layer.tensors.get("bias"))


def _conv(rank: int, transposed: bool = False) -> Callable[[Layer, Given], Value]:
    def change(layer: Layer, given: Given) -> Value:
        if layer.settings.get("padding_mode", "zeros") != "zeros":
            raise Unproven("padding_mode")
        value = _batched(_first(given), rank + 2)
        kernel = layer.tensors["weight"]
        stride, dilation = layer.sides("stride", rank, 1), layer.sides("dilation", rank, 1)
        if isinstance(layer.settings.get("padding"), str):
            spread = [wide * (tap - 1) if layer.settings["padding"] == "same" else 0 for wide, tap in
                      zip(dilation, kernel.shape[2:], strict=True)]  # fmt: skip
            padding = [(side // 2, side - side // 2) for side in spread]
        else:
            padding = [(side, side) for side in layer.sides("padding", rank, 0)]
        more = layer.sides("output_padding", rank, 0) if transposed else ()
        groups = layer.settings.get("groups", 1)
        return layer.words.conv(
            value, kernel, layer.tensors.get("bias"), stride=stride, padding=padding, dilation=dilation, groups=groups,
            transposed=transposed, more=more,
        )  # fmt: skip

    return change


def _pool(kind: str, rank: int) -> Callable[[Layer, Given], Value]:
    def change(layer: Layer, given: Given) -> Value:
        settings = layer.settings
        if settings.get("return_indices") or settings.get("divisor_override") is not None:
            raise Unproven("settings of a pool")
        kernel = layer.sides("kernel_size", rank)
        stride = kernel if settings.get("stride") in (None, []) else layer.sides("stride", rank)
        padding = [(side, side) for side in layer.sides("padding", rank, 0)]
        counted = (bool(settings.get("count_include_pad", True)),) if kind == "avg_pool" else ()
        ceil = bool(settings.get("ceil_mode"))
        value = _batched(_first(given), rank + 2)
        return layer.words.pool(kind, value, kernel, stride, padding, layer.sides("dilation", rank, 1), counted, ceil)

    return change


def _adaptive(kind: str, rank: int) -> Callable[[Layer, Given], Value]:
    def change(layer: Layer, given: Given) -> Value:
        value = _batched(_first(given), rank + 2)
        wanted = layer.sides("output_size", rank)
        return adaptive(layer.words, kind, value, wanted)

    return change


def adaptive(words: Vocabulary, kind: str, value: Value, wanted: tuple[int, ...]) -> Value:
    """A pool by the size of its result, where all its windows are of one size."""
    space = value.shape[2:]
    if any(size % side for size, side in zip(space, wanted, strict=True)):
        raise Unproven("windows of several sizes")
    if all(side == 1 for side in wanted):
        return words.reduce("mean" if kind == "avg_pool" else "max", value, range(2, len(value.dims)), True)
    taps = [size // side for size, side in zip(space, wanted, strict=True)]
    return words.pool(kind, value, taps, taps, [(0, 0)] * len(taps), [1] * len(taps), (False,) if kind == "avg_pool" else ())


def _layer_norm(layer: Layer, given: Given) -> Value:
    value = _first(given)
    wanted = layer.settings["normalized_shape"]
    count = len(wanted) if isinstance(wanted, list) else 1
    dims = range(len(value.dims) - count, len(value.dims))
    found = layer.words.normalized(value, dims, layer.settings["eps"])
    return layer.words.affine(found, layer.tensors.get("weight"), layer.tensors.get("bias"))


def _batch_norm(layer: Layer, given: Given) -> Value:
    if "running_mean" not in layer.tensors:
        raise Unproven("statistics of the batch")
    return layer.words.standardized(
        _first(given), layer.tensors["running_mean"], layer.tensors["running_var"], layer.settings["eps"],
        layer.tensors.get("weight"), layer.tensors.get("bias"),
    )  # fmt: skip


def _group_norm(layer: Layer, given: Given) -> Value:
    settings, tensors = layer.settings, layer.tensors
    return layer.words.grouped(_first(given), settings["num_groups"], settings["eps"], tensors.get("weight"), tensors.get("bias"))


def _instance_norm(layer: Layer, given: Given) -> Value:
    value = _first(given)
    if "running_mean" in layer.tensors:
        raise Unproven("running statistics")
    tensors = layer.tensors
    return layer.words.grouped(value, value.shape[1], layer.settings["eps"], tensors.get("weight"), tensors.get("bias"))


def _embedding(layer: Layer, given: Given) -> Value:
    if layer.settings.get("max_norm") is not None:
        raise Unproven("max_norm")
    return layer.words.lookup(layer.tensors["weight"], _first(given))


def _flatten(layer: Layer, given: Given) -> Value:
    value = _first(given)
    rank = len(value.dims)
    start, end = layer.settings.get("start_dim", 1) % rank, layer.settings.get("end_dim", -1) % rank
    shape = value.shape
    return value.shaped((*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def _recurrent(kind: str) -> Callable[[Layer, Given], Any]:
    def change(layer: Layer, given: Given) -> Any:
        settings, words = layer.settings, layer.words
        value = _batched(_first(given), 3)
        if settings.get("proj_size") or settings.get("mode", kind.upper()) not in ("LSTM", "GRU"):
            raise Unproven("settings of a recurrent layer")
        if settings.get("batch_first"):
            value = value.turned((1, 0, 2))
        sides = 2 if settings["bidirectional"] else 1
        finals: list[Value] = []
        for place in range(settings["num_layers"]):
            names = [f"_l{place}{end}" for end in ("", "_reverse")[:sides]]
            value, final = words.recurrent(kind, value, layer.name, names, settings["hidden_size"], bool(settings["bias"]))
            finals.append(final)
        result = value.turned((1, 0, 2)) if settings.get("batch_first") else value
        last = words.joined(finals, 0) if kind == "gru" else None
        return (result, last) if kind == "gru" else (result, (words.joined(finals, 0), None))

    return change


def _attention(layer: Layer, given: Given) -> tuple[Value, Value | None]:
    settings, tensors, words = layer.settings, layer.tensors, layer.words
    if set(given) - {"query", "key", "value", "need_weights", "average_attn_weights"} or "in_proj_weight" not in tensors:
        raise Unproven("arguments of an attention")
    if settings.get("add_zero_attn") or tensors.get("bias_k") is not None:
        raise Unproven("settings of an attention")
    query, key, value = (_batched(given[name], 3) for name in ("query", "key", "value"))
    if not settings.get("batch_first"):
        query, key, value = (item.turned((1, 0, 2)) for item in (query, key, value))
    if not (query == key == value):
        raise Unproven("an attention of several tensors")
    own = [tensors.get(name) for name in ("in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias")]
    result, weights = self_attention(words, query, own, settings["num_heads"])
    result = result if settings.get("batch_first") else result.turned((1, 0, 2))
    if given.get("need_weights") is False:
        return result, None
    return result, weights if given.get("average_attn_weights") is False else words.reduce("mean", weights, (1,), False)


def self_attention(words: Vocabulary, value: Value, tensors: Sequence[Value | None], heads: int) -> tuple[Value, Value]:
    """What places take of one another, and the weights, of batch, places, features.

    `tensors` are what is packed, its bias, what is made of it at the end, and its bias.
    """
    packing, packed_bias, kernel, bias = tensors
    if packing is None or kernel is None or value.shape[2] % heads:
        raise Unproven("the weights of an attention")
    width = value.shape[2]
    packed = words.linear(value, packing, packed_bias)
    parts = [words.picked(packed, 2, place * width, (place + 1) * width) for place in range(3)]
    split = [part.shaped((*part.shape[:2], heads, width // heads)).turned((0, 2, 1, 3)) for part in parts]
    found, weights = words.attention(split[0], split[1], split[2], 1 / math.sqrt(width // heads))
    joined = found.turned((0, 2, 1, 3)).shaped((*value.shape[:2], width))
    return words.linear(joined, kernel, bias), weights


def _plain(name: str, *settings: tuple[str, Any]) -> Callable[[Layer, Given], Value]:
    """A function of every element, with settings and their defaults."""

    def change(layer: Layer, given: Given) -> Value:
        return layer.words.function(name, _first(given), *(layer.settings.get(key, default) for key, default in settings))

    return change


def _along(name: str) -> Callable[[Layer, Given], Value]:
    def change(layer: Layer, given: Given) -> Value:
        if layer.settings.get("dim") is None:
            raise Unproven("softmax without an axis")
        return layer.words.along(name, _first(given), (layer.settings["dim"],))

    return change


def _shuffle(layer: Layer, given: Given) -> Value:
    value = _batched(_first(given), 4)
    times = layer.settings["upscale_factor"]
    count, channels, high, wide = value.shape
    parts = value.shaped((count, channels // times**2, times, times, high, wide)).turned((0, 1, 4, 2, 5, 3))
    return parts.shaped((count, channels // times**2, high * times, wide * times))


def _upsample(layer: Layer, given: Given) -> Value:
    settings, output = layer.settings, layer.node.output
    kind = {"nearest": "nearest", "linear": "linear", "bilinear": "linear", "trilinear": "linear", "bicubic": "cubic"}.get(settings["mode"])
    if kind is None or not isinstance(output, TensorType) or not all(type(side) is int for side in output.shape):
        raise Unproven("settings of an upsampling")
    scale = None if settings.get("recompute_scale_factor") else settings.get("scale_factor")
    rank = len(output.shape) - 2
    scales = () if scale is None else scale if isinstance(scale, list) else [scale] * rank
    return layer.words.sampled(kind, bool(settings.get("align_corners")), _first(given), output.shape[2:], scales)  # type: ignore[arg-type]


LAYERS: Mapping[str, Callable[[Layer, Given], Any]] = {
    "Linear": _linear,
    "NonDynamicallyQuantizableLinear": _linear,
    **{f"Conv{n}d": _conv(n) for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": _conv(n, transposed=True) for n in (1, 2, 3)},
    **{f"MaxPool{n}d": _pool("max_pool", n) for n in (1, 2, 3)},
    **{f"AvgPool{n}d": _pool("avg_pool", n) for n in (1, 2, 3)},
    **{f"AdaptiveAvgPool{n}d": _adaptive("avg_pool", n) for n in (1, 2, 3)},
    **{f"AdaptiveMaxPool{n}d": _adaptive("max_pool", n) for n in (1, 2, 3)},
    **{f"BatchNorm{n}d": _batch_norm for n in (1, 2, 3)},
    **{f"InstanceNorm{n}d": _instance_norm for n in (1, 2, 3)},
    "LayerNorm": _layer_norm,
    "GroupNorm": _group_norm,
    "Embedding": _embedding,
    "Flatten": _flatten,
    "LSTM": _recurrent("lstm"),
    "GRU": _recurrent("gru"),
    "MultiheadAttention": _attention,
    "PixelShuffle": _shuffle,
    "Upsample": _upsample,
    "Softmax": _along("softmax"),
    "LogSoftmax": _along("log_softmax"),
    **{name: _plain(name.lower()) for name in ("ReLU", "Sigmoid", "Tanh", "SiLU", "ReLU6", "Mish", "Hardswish", "Hardsigmoid", "Softsign")},
    "SELU": _plain("selu"),
    "GELU": _plain("gelu", ("approximate", "none")),
    "LeakyReLU": _plain("leaky_relu", ("negative_slope", 0.01)),
    "ELU": _plain("elu", ("alpha", 1.0)),
}
