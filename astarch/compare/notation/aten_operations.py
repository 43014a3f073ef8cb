"""The operations of ATen in index notation, as exported programs and TorchScript state them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...ir.graph import Node
from .index_notation import Unproven, Value
from .torch_layers import self_attention
from .torch_terms import FUNCTIONS
from .vocabulary import Vocabulary

#: What operations are given, in order, where it is not stated by name: what all overloads that are known here agree on.
_SIGNATURES = """
add sub rsub mul: input other alpha
div: input other rounding_mode
pow: input exponent
matmul maximum minimum expand_as view_as reshape_as type_as: input other
view: input size
reshape: input shape
select: input dim index
slice: input dim start end step
narrow: input dim start length
mean sum: input dim keepdim dtype
amax amin: input dim keepdim
size sym_size squeeze unsqueeze unbind: input dim
transpose: input dim0 dim1
permute: input dims
split split_with_sizes: input split_size dim
chunk: input chunks dim
flatten: input start_dim end_dim
unflatten: input dim sizes
expand: input size implicit
softmax log_softmax: input dim dtype
embedding: weight indices padding_idx scale_grad_by_freq sparse
zeros ones: size
full: size fill_value
upsample_nearest1d upsample_nearest2d upsample_nearest3d: input output_size scale_factors
upsample_linear1d upsample_bilinear2d upsample_trilinear3d upsample_bicubic2d: input output_size align_corners scale_factors
_native_multi_head_attention: query key value embed_dim num_head qkv_weight qkv_bias proj_weight proj_bias mask need_weights average mask_type
"""
_NAMES: Mapping[str, tuple[str, ...]] = {
    name: tuple(names.split())
    for names_of, _, names in (line.partition(":") for line in _SIGNATURES.strip().splitlines())
    for name in names_of.split()
}
#: What says nothing of what is computed.
_SILENT = frozenset(
    (
        *("device", "layout", "pin_memory", "memory_format", "non_blocking", "copy", "cudnn_enabled", "cudnn_enable", "benchmark"),
        *("deterministic", "allow_tf32", "generator", "sparse", "scale_grad_by_freq", "padding_idx", "implicit", "half_to_float"),
    )
)
#: Under other names elsewhere.
_RENAMED = {"self": "input", "train": "training", "mat2": "other", "a": "input", "b": "other"}


def bound(base: str, stated: Mapping[str, Any]) -> dict[str, Any]:
    """What an operation is given, by the names that its function has; None is what stands for nothing.

    >>> bound("transpose", {"self": 1, "dim0": 2, "2": 3})
    {'input': 1, 'dim0': 2, 'dim1': 3}
    """
    names, found = _NAMES.get(base, ("input", "other")), dict[str, Any]()
    for place, (name, value) in enumerate(stated.items()):
        if name.isdecimal():
            name = names[int(name)] if int(name) < len(names) else f"*{place}"
        name = _RENAMED.get(name, name)
        if name not in _SILENT and (name, value) != ("enable_gqa", False) and (value is not None or name in ("dim", "output_size")):
            found[name] = value
    return found


Given = dict[str, Any]


def _only(given: Mapping[str, Any], *names: str) -> None:
    if not set(given) <= set(names):
        raise Unproven(", ".join(sorted(set(given) - set(names))))


def _sum(sign: float) -> Callable[[Vocabulary, Given, Node], Value]:
    def change(words: Vocabulary, given: Given, node: Node) -> Value:
        _only(given, "input", "other", "alpha")
        one, other = words.valued(given["input"]), words.valued(given["other"])
        return words.add(one, other.times(sign * given.get("alpha", 1)))

    return change


def _rsub(words: Vocabulary, given: Given, node: Node) -> Value:
    return _sum(-1.0)(words, {**given, "input": given["other"], "other": given["input"]}, node)


def _sizes(value: Value, wanted: Sequence[int]) -> list[int]:
    """Sizes, of which one may be left open."""
    found = list(wanted)
    if -1 in found:
        found[found.index(-1)] = math.prod(value.shape) // max(1, -math.prod(found))
    return found


def _view(words: Vocabulary, given: Given, node: Node) -> Value:
    _only(given, "input", "size", "shape")
    return given["input"].shaped(_sizes(given["input"], given["size"] if "size" in given else given["shape"]))


def _like(words: Vocabulary, given: Given, node: Node) -> Value:
    return given["input"].shaped(given["other"].shape)


def _flatten(words: Vocabulary, given: Given, node: Node) -> Value:
    _only(given, "input", "start_dim", "end_dim")
    shape = given["input"].shape
    start, end = given.get("start_dim", 0) % len(shape), given.get("end_dim", -1) % len(shape)
    return given["input"].shaped((*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


def _unflatten(words: Vocabulary, given: Given, node: Node) -> Value:
    value, dim = given["input"], given["dim"] % len(given["input"].dims)
    shape, sizes = value.shape, list(given["sizes"])
    if -1 in sizes:
        sizes[sizes.index(-1)] = shape[dim] // max(1, -math.prod(sizes))
    return value.shaped((*shape[:dim], *sizes, *shape[dim + 1 :]))


def _squeeze(words: Vocabulary, given: Given, node: Node) -> Value:
    _only(given, "input", "dim")
    value, dims = given["input"], given.get("dim")
    if dims is None:
        dims = range(len(value.dims))
    gone = {dim % len(value.dims) for dim in ([dims] if type(dims) is int else dims)}
    return value.shaped([side for place, side in enumerate(value.shape) if side != 1 or place not in gone])


def _unsqueeze(words: Vocabulary, given: Given, node: Node) -> Value:
    value = given["input"]
    place = given["dim"] % (len(value.dims) + 1)
    return value.shaped((*value.shape[:place], 1, *value.shape[place:]))


def _select(words: Vocabulary, given: Given, node: Node) -> Value:
    _only(given, "input", "dim", "index")
    return words.one(given["input"], given["dim"], given["index"])


def _slice(words: Vocabulary, given: Given, node: Node) -> Value:
    _only(given, "input", "dim", "start", "end", "step")
    value, dim = given["input"], given.get("dim") or 0
    part = slice(given.get("start"), given.get("end"), given.get("step"))
    return words.picked(value, dim, *part.indices(value.shape[dim]))


def _narrow(words: Vocabulary, given: Given, node: Node) -> Value:
    return words.picked(given["input"], given["dim"], given["start"], given["start"] + given["length"])


def _expand(words: Vocabulary, given: Given, node: Node) -> Value:
    value, wanted = given["input"], list(given["size"])
    have = (1,) * (len(wanted) - len(value.dims)) + value.shape
    return words.stretched(value, [old if new == -1 else new for old, new in zip(have, wanted, strict=True)])


def _split(words: Vocabulary, given: Given, node: Node) -> tuple[Value, ...]:
    value = given["input"]
    dim = (given.get("dim") or 0) % len(value.dims)
    size = value.shape[dim]
    cut: Any = -(-size // given["chunks"]) if "chunks" in given else given["split_size" if "split_size" in given else "split_sizes"]
    sizes = list(cut) if isinstance(cut, list) else [min(cut, size - start) for start in range(0, size, cut)]
    starts = [sum(sizes[:place]) for place in range(len(sizes))]
    if sum(sizes) != size:
        raise Unproven("sizes")
    return tuple(words.picked(value, dim, start, start + side) for start, side in zip(starts, sizes, strict=True))


def _unbind(words: Vocabulary, given: Given, node: Node) -> tuple[Value, ...]:
    value, dim = given["input"], given.get("dim") or 0
    return tuple(words.one(value, dim, place) for place in range(value.shape[dim]))


def _reduced(name: str) -> Callable[[Vocabulary, Given, Node], Value]:
    def change(words: Vocabulary, given: Given, node: Node) -> Value:
        _only(given, "input", "dim", "keepdim")
        value, dims = given["input"], given.get("dim")
        dims = range(len(value.dims)) if dims is None or dims == [] else dims if isinstance(dims, list) else [dims]
        return words.reduce(name, value, list(dims), bool(given.get("keepdim")))

    return change


def _along(name: str) -> Callable[[Vocabulary, Given, Node], Value]:
    def change(words: Vocabulary, given: Given, node: Node) -> Value:
        _only(given, "input", "dim")
        return words.along(name, given["input"], (given["dim"],))

    return change


def _embedding(words: Vocabulary, given: Given, node: Node) -> Value:
    _only(given, "weight", "indices")
    return words.lookup(given["weight"], given["indices"])


def _filled(number: float | None) -> Callable[[Vocabulary, Given, Node], Value]:
    def change(words: Vocabulary, given: Given, node: Node) -> Value:
        known = given["fill_value"] if number is None else number
        return words.filled(float(known), given["size"])

    return change


def _convolution(words: Vocabulary, given: Given, node: Node) -> Value:
    """The one operation that tracing writes for all of them."""
    transposed, more = given.pop("transposed"), given.pop("output_padding")
    rank = len(given["input"].dims) - 2
    if transposed:
        return FUNCTIONS[f"conv_transpose{rank}d"](words, {**given, "output_padding": more}, node)
    return FUNCTIONS[f"conv{rank}d"](words, given, node)


def _hardtanh(words: Vocabulary, given: Given, node: Node) -> Value:
    _only(given, "input", "min_val", "max_val")
    if (given.get("min_val"), given.get("max_val")) == (0, 6):
        return words.function("relu6", given["input"])
    raise Unproven("hardtanh")


def _elu(words: Vocabulary, given: Given, node: Node) -> Value:
    _only(given, "input", "alpha", "scale", "input_scale")
    if given.get("scale", 1) != 1 or given.get("input_scale", 1) != 1:
        raise Unproven("elu")
    return words.each("elu", given["input"], float(given.get("alpha", 1.0)))


def _resized(kind: str) -> Callable[[Vocabulary, Given, Node], Value]:
    def change(words: Vocabulary, given: Given, node: Node) -> Value:
        _only(given, "input", "output_size", "align_corners", "scale_factors")
        value, scales = given["input"], list(given.get("scale_factors") or ())
        sizes = given.get("output_size") or [math.floor(side * scale) for side, scale in zip(value.shape[2:], scales, strict=True)]
        return words.sampled(kind, bool(given.get("align_corners")), value, sizes, scales)

    return change


def _instance_norm(words: Vocabulary, given: Given, node: Node) -> Value:
    given.pop("momentum", None)
    _only(given, "input", "weight", "bias", "use_input_stats", "eps")
    if not given.get("use_input_stats"):
        raise Unproven("running statistics")
    value = given["input"]
    return words.grouped(value, value.shape[1], given.get("eps", 1e-05), given.get("weight"), given.get("bias"))


def _fast_attention(words: Vocabulary, given: Given, node: Node) -> tuple[Value, Any]:
    """What an attention of torch does where it needs no gradients: the same."""
    if given["query"] != given["key"] or given["key"] != given["value"] or "mask" in given or given.get("need_weights"):
        raise Unproven("an attention of several tensors")
    tensors = [given.get(name) for name in ("qkv_weight", "qkv_bias", "proj_weight", "proj_bias")]
    return self_attention(words, given["query"], tensors, given["num_head"])[0], ()


#: Each by the name that it has without its overload.
OPERATIONS: Mapping[str, Callable[[Vocabulary, Given, Node], Any]] = {
    **{
        name: change
        for name, change in FUNCTIONS.items()
        if name not in ("getitem", "embedding", "interpolate", "chunk", "split", "unbind")
    },
    "add": _sum(1.0),
    "sub": _sum(-1.0),
    "rsub": _rsub,
    **dict.fromkeys(("view", "reshape", "_unsafe_view"), _view),
    **dict.fromkeys(("view_as", "reshape_as"), _like),
    "flatten": _flatten,
    "unflatten": _unflatten,
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
    "select": _select,
    "slice": _slice,
    "narrow": _narrow,
    "expand": _expand,
    "expand_as": lambda words, given, node: words.stretched(given["input"], given["other"].shape),
    **dict.fromkeys(("split", "split_with_sizes", "chunk"), _split),
    "unbind": _unbind,
    "mean": _reduced("mean"),
    "sum": _reduced("sum"),
    "amax": _reduced("max"),
    "amin": _reduced("min"),
    **dict.fromkeys(("softmax", "_softmax"), _along("softmax")),
    **dict.fromkeys(("log_softmax", "_log_softmax"), _along("log_softmax")),
    "embedding": _embedding,
    "zeros": _filled(0.0),
    "ones": _filled(1.0),
    "full": _filled(None),
    "_convolution": _convolution,
    "hardtanh": _hardtanh,
    "elu": _elu,
    "instance_norm": _instance_norm,
    **{f"upsample_nearest{rank}d": _resized("nearest") for rank in (1, 2, 3)},
    **{name: _resized("linear") for name in ("upsample_linear1d", "upsample_bilinear2d", "upsample_trilinear3d")},
    "upsample_bicubic2d": _resized("cubic"),
    "_native_multi_head_attention": _fast_attention,
}
