"""Attention as one op, and the switches that choose how it is computed."""

from __future__ import annotations

from enum import Enum
from typing import Any

from ....ir.dim import same
from ...describe import kind, multiply, op, refuse, require, unknown
from ...dtypes import category
from ...shapes import broadcast, product, text
from .demands import matching
from .views import stretched


def _heads(query: Any, key: Any, value: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Key and value with their heads repeated until there are as many as in the query."""
    shapes = []
    for name, tensor in (("key", key), ("value", value)):
        have, want = tensor.shape[-3], query.shape[-3]
        require(same(want % have, 0), f"Number of heads in {name} ({have}) must divide the number of heads in query ({want})")
        shapes.append((*tensor.shape[:-3], want, *tensor.shape[-2:]))
    return shapes[0], shapes[1]


def _ask_mask(mask: Any, query: Any, shape: tuple[Any, ...]) -> None:
    if mask.dtype not in ("bool", query.dtype) and not (mask.dtype == "float32" and category(query.dtype) == 2):
        require(
            False,
            f"Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: {mask.dtype} and "
            f"query.dtype: {query.dtype} instead.",
            name="dtype-mismatch",
        )
    if len(query.shape) == 4 and len(mask.shape) == 1:
        refuse("RuntimeError", "scaled_dot_product_attention: attn_mask needs at least 2 axes")
    stretched(mask, shape, "attn_mask")


@op("torch.nn.functional.scaled_dot_product_attention")
def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: Any = None,
    enable_gqa: bool = False,
) -> Any:
    """``softmax(query @ key.T * scale + mask) @ value``.

    >>> scaled_dot_product_attention(T(2, 4, 5, 8), T(2, 4, 6, 8), T(2, 4, 6, 9))
    float32[2, 4, 5, 9]
    """
    for name, tensor in (("query", query), ("key", key), ("value", value)):
        if len(tensor.shape) < 2:
            refuse(
                "RuntimeError", f"scaled_dot_product_attention: Expected {name} to be at least 2 dimensional, but got {len(tensor.shape)}"
            )
    if query.dtype != key.dtype or query.dtype != value.dtype:
        matching("scaled_dot_product_attention", query, key, value)
    if category(query.dtype) < 2:
        require(False, f"scaled_dot_product_attention is not implemented for {query.dtype}", name="dtype-mismatch")
    if attn_mask is not None and is_causal is True:
        refuse("RuntimeError", "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    keys, values = key.shape, value.shape
    if enable_gqa is True:
        if min(len(query.shape), len(keys), len(values)) < 3:
            refuse("RuntimeError", "scaled_dot_product_attention: enable_gqa needs tensors with heads")
        keys, values = _heads(query, key, value)
    length, width = query.shape[-2:]
    require(
        same(width, keys[-1]),
        f"attention of queries of {width} features and keys of {keys[-1]}: {text(query.shape)} and {text(keys)}",
        name="attention-mismatch",
    )
    require(same(keys[-2], values[-2]), f"attention over {keys[-2]} keys and {values[-2]} values", name="attention-mismatch")
    batch = broadcast(query.shape[:-2], keys[:-2])
    if attn_mask is not None:
        _ask_mask(attn_mask, query, (*batch, length, keys[-2]))
    batch = broadcast(batch, values[:-2])
    multiply(product(batch) * length * keys[-2] * (width + values[-1]))
    return query.like((*batch, length, values[-1]))


@kind("torch.nn.attention.SDPBackend")
class SDPBackend(Enum):
    """The ways attention can be computed."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


class _Switch:
    """A context in which some backends are allowed: of no consequence for what comes out."""

    described = True
    described_as = "contextlib._GeneratorContextManager"

    def __enter__(self) -> None:
        return None

    def __exit__(self, *error: Any) -> None:
        return None


@op("torch.nn.attention.sdpa_kernel", lenient=True)
def sdpa_kernel(backends: Any, set_priority: bool = False) -> Any:
    """Allow only some backends for a while."""
    return _Switch()


@op("torch.backends.cuda.sdp_kernel", lenient=True)
def sdp_kernel(enable_flash: bool = True, enable_math: bool = True, enable_mem_efficient: bool = True, enable_cudnn: bool = True) -> Any:
    """Allow only some backends for a while (the old switch)."""
    return _Switch()


class BlockMask:
    """Which blocks of an attention matrix count: made by `create_block_mask`, read by `flex_attention`."""

    described = True
    described_as = "torch.nn.attention.flex_attention.BlockMask"

    def __init__(self, mask_mod: Any, B: Any, H: Any, Q_LEN: Any, KV_LEN: Any, BLOCK_SIZE: Any = 128) -> None:
        self.mask_mod = mask_mod
        self.shape = (1 if B is None else B, 1 if H is None else H, Q_LEN, KV_LEN)
        self.seq_lengths = (Q_LEN, KV_LEN)
        self.BLOCK_SIZE = BLOCK_SIZE if isinstance(BLOCK_SIZE, tuple) else (BLOCK_SIZE, BLOCK_SIZE)


@op("torch.nn.attention.flex_attention.create_block_mask", lenient=True)
def create_block_mask(
    mask_mod: Any,
    B: Any,
    H: Any,
    Q_LEN: Any,
    KV_LEN: Any,
    device: Any = None,
    BLOCK_SIZE: Any = 128,
    _compile: bool = False,
    **options: Any,
) -> Any:
    """A mask over blocks of the attention matrix, from a function of the places."""
    return BlockMask(mask_mod, B, H, Q_LEN, KV_LEN, BLOCK_SIZE)


@op("torch.nn.attention.flex_attention.flex_attention", lenient=True)
def flex_attention(
    query: Any,
    key: Any,
    value: Any,
    score_mod: Any = None,
    block_mask: Any = None,
    scale: Any = None,
    enable_gqa: bool = False,
    return_lse: bool = False,
    kernel_options: Any = None,
    *,
    return_aux: Any = None,
) -> Any:
    """Attention whose scores a function changes.

    >>> flex_attention(T(2, 4, 5, 8), T(2, 4, 6, 8), T(2, 4, 6, 9))
    float32[2, 4, 5, 9]
    """
    for tensor in (query, key, value):
        if not hasattr(tensor, "dtype"):
            return unknown("attention of what is not known")
        if len(tensor.shape) != 4:
            refuse("ValueError", f"Expected query, key and value to be 4D tensors, but got {len(tensor.shape)}D.")
    if return_aux is not None:
        return unknown("the auxiliary results of flex_attention")
    keys, values = key.shape, value.shape
    if enable_gqa is True:
        keys, values = _heads(query, key, value)
    else:
        require(
            same(query.shape[1], keys[1]),
            f"Expect query and key/value to have the same number of heads but got Hq={query.shape[1]} and "
            f"Hkv={keys[1]}. Try setting enable_gqa=True for GQA.",
        )
    require(
        same(query.shape[-1], keys[-1]),
        f"Expect query and key/value to have the same embedding dimension but got {query.shape[-1]} and {keys[-1]}",
    )
    require(same(keys[-2], values[-2]), f"attention over {keys[-2]} keys and {values[-2]} values")
    length, width = query.shape[-2:]
    multiply(product(query.shape[:2]) * length * keys[-2] * (width + values[-1]))
    result = query.like((*query.shape[:-1], values[-1]))
    return (result, query.like(query.shape[:-1], "float32")) if return_lse else result
