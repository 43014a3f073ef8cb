"""`multi_head_attention_forward`: all of `torch.nn.MultiheadAttention` but its parameters."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import multiply, op, refuse, require
from ...shapes import text
from .contraction import linear
from .demands import FLOATING, matching
from .loss import same_shape


def _batched(query: Any, key: Any, value: Any, key_padding_mask: Any, attn_mask: Any, num_heads: Any) -> bool:
    """Whether there is a batch axis; refuses ranks that do not go together."""
    rank = len(query.shape)
    if rank not in (2, 3):
        refuse("AssertionError", f"query should be unbatched 2D or batched 3D tensor but received {rank}-D query tensor")
    if len(key.shape) != rank or len(value.shape) != rank:
        refuse("AssertionError",
               f"expected `key` and `value` to be {rank}-D like `query` but found {len(key.shape)}-D and {len(value.shape)}-D")  # fmt: skip
    if key_padding_mask is not None and len(key_padding_mask.shape) != rank - 1:
        refuse("AssertionError", f"expected `key_padding_mask` to be {rank - 1}-D but found {len(key_padding_mask.shape)}-D")
    if attn_mask is not None:
        if len(attn_mask.shape) not in (2, 3):
            refuse("AssertionError", f"expected `attn_mask` to be 2-D or 3-D but found {len(attn_mask.shape)}-D")
        if rank == 2 and len(attn_mask.shape) == 3:
            wanted = (num_heads, query.shape[0], key.shape[0])
            if not same_shape(attn_mask.shape, wanted):
                refuse("AssertionError", f"Expected `attn_mask` shape to be {wanted} but got {list(attn_mask.shape)}")
    return rank == 3


def canonical(name: str, mask: Any) -> None:
    """A mask holds truth values, or numbers to add."""
    if mask is not None and mask.dtype != "bool" and mask.dtype not in FLOATING:
        refuse("AssertionError", f"only bool and floating types of {name} are supported")


def _mask_shape(attn_mask: Any, batch: Any, heads: Any, target: Any, source: Any) -> None:
    wanted = (target, source) if len(attn_mask.shape) == 2 else (batch * heads, target, source)
    if not same_shape(attn_mask.shape, wanted):
        require(False, f"the shape of the {len(wanted)}D attn_mask is {text(attn_mask.shape)}, but should be {text(wanted)}",
                name="mask-mismatch")  # fmt: skip


def _projected(query: Any, key: Any, value: Any, weights: tuple[Any, Any, Any], in_proj_weight: Any, in_proj_bias: Any,
               separate: Any) -> Any:  # fmt: skip
    """The key after projection; counts all three."""
    if separate:
        for weight in weights:
            if weight is None:
                refuse("AssertionError", "use_separate_proj_weight is True but a projection weight is None")
    elif in_proj_weight is None:
        refuse("AssertionError", "use_separate_proj_weight is False but in_proj_weight is None")
    else:
        third = in_proj_weight.shape[0] // 3
        weights = (in_proj_weight.like((third, in_proj_weight.shape[1])),) * 3
    matching("multi_head_attention_forward", query, weights[0], in_proj_bias)
    results = [linear(input, weight, None) for input, weight in zip((query, key, value), weights, strict=True)]
    return results[1]


@op("torch.nn.functional.multi_head_attention_forward")
def multi_head_attention_forward(
    query: Any, key: Any, value: Any, embed_dim_to_check: Any, num_heads: Any, in_proj_weight: Any, in_proj_bias: Any, bias_k: Any,
    bias_v: Any, add_zero_attn: bool, dropout_p: Any, out_proj_weight: Any, out_proj_bias: Any, training: bool = True,
    key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None, use_separate_proj_weight: bool = False,
    q_proj_weight: Any = None, k_proj_weight: Any = None, v_proj_weight: Any = None, static_k: Any = None, static_v: Any = None,
    average_attn_weights: bool = True, is_causal: bool = False,
) -> Any:  # fmt: skip
    """Attention with several heads over (time, batch, features): the output and the weights, or None instead of them."""
    batched = _batched(query, key, value, key_padding_mask, attn_mask, num_heads)
    canonical("key_padding_mask", key_padding_mask)
    if is_causal and attn_mask is None:
        refuse("RuntimeError", "Need attn_mask if specifying the is_causal hint.")
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None
    canonical("attn_mask", attn_mask)
    target, source = query.shape[0], key.shape[0]
    batch, width = (query.shape[1] if batched else 1), query.shape[-1]
    if same(width, embed_dim_to_check) is False:
        refuse("AssertionError", f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    if same(width % num_heads, 0) is False:
        refuse("AssertionError", f"embed_dim {width} not divisible by num_heads {num_heads}")
    kept = -1 if use_separate_proj_weight else None
    if not same_shape(key.shape[:kept], value.shape[:kept]):
        refuse("AssertionError", f"key's shape {list(key.shape)} does not match value's {list(value.shape)}")
    if batched:
        require(same(key.shape[1], batch), f"attention: query has a batch of {batch} and key of {key.shape[1]}")
    _projected(query, key, value, (q_proj_weight, k_proj_weight, v_proj_weight), in_proj_weight, in_proj_bias, use_separate_proj_weight)
    if attn_mask is not None:
        _mask_shape(attn_mask, batch, num_heads, target, source)
    if (bias_k is None) != (bias_v is None):
        refuse("AssertionError", "bias_k and bias_v are set together")
    if static_k is not None:
        source = static_k.shape[1]
    padded = (1 if bias_k is not None else 0) + (1 if add_zero_attn else 0)
    if key_padding_mask is not None:
        wanted = (batch, key.shape[0]) if batched else (key.shape[0],)
        if not same_shape(key_padding_mask.shape, wanted):
            require(False, f"expected key_padding_mask of shape {text(wanted)}, but got {text(key_padding_mask.shape)}",
                    name="mask-mismatch")  # fmt: skip
    source = source + padded
    multiply(2 * batch * width * target * source)
    linear(query.like((target, batch, width)), out_proj_weight, None)
    output = query.like((*query.shape[:-1], out_proj_weight.shape[0]))
    if not need_weights:
        return output, None
    heads = () if average_attn_weights else (num_heads,)
    return output, query.like((batch, *heads, target, source) if batched else (*heads, target, source))
