"""`torch.nn.modules.activation.MultiheadAttention`: attention with learned projections."""

from __future__ import annotations

from typing import Any

from ....ir.dim import less, same
from ...describe import Layer, layer, refuse, require
from ..making import make, rule
from ..ops.demands import FLOATING
from ..ops.multihead import multi_head_attention_forward
from ..tensor import param


def canonical_mask(name: str, mask: Any, dtype: str) -> Any:
    """A mask as numbers to add; truth values become zeros and minus infinity."""
    if mask is None or mask.dtype in FLOATING:
        return mask
    if mask.dtype != "bool":
        refuse("AssertionError", f"only bool and floating types of {name} are supported")
    return mask.like(dtype=dtype)


def _swapped(input: Any) -> Any:
    """The first two axes exchanged."""
    if len(input.shape) < 2:
        refuse("IndexError", "Dimension out of range")
    return input.like((input.shape[1], input.shape[0], *input.shape[2:]))


@layer("torch.nn.MultiheadAttention", "torch.nn.modules.activation")
class MultiheadAttention(Layer):
    """Attention with several heads: every query looks at all keys and gives a mixture of the values."""

    def __init__(self, embed_dim: Any, num_heads: Any, dropout: Any = 0.0, bias: bool = True, add_bias_kv: bool = False,
                 add_zero_attn: bool = False, kdim: Any = None, vdim: Any = None, batch_first: bool = False, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        if less(embed_dim, 1) or less(num_heads, 1):
            refuse("ValueError", f"embed_dim and num_heads must be greater than 0, got {embed_dim} and {num_heads} instead")
        self.embed_dim = embed_dim
        self.kdim = kdim if kdim is not None else embed_dim
        self.vdim = vdim if vdim is not None else embed_dim
        self._qkv_same_embed_dim = bool(same(self.kdim, embed_dim)) and bool(same(self.vdim, embed_dim))
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        answer = same(embed_dim % num_heads, 0)
        if answer is False:
            refuse("AssertionError", "embed_dim must be divisible by num_heads")
        require(answer, f"embed_dim {embed_dim} is divisible by num_heads {num_heads}")
        self._make_projections(embed_dim, bias, dtype, device)
        self.out_proj = make("torch.nn.modules.linear.NonDynamicallyQuantizableLinear", embed_dim, embed_dim, bias=bias, device=device,
                             dtype=dtype)  # fmt: skip
        if add_bias_kv:
            self.bias_k = param(1, 1, embed_dim, dtype=dtype, device=device)
            self.bias_v = param(1, 1, embed_dim, dtype=dtype, device=device)
        else:
            self.bias_k = self.bias_v = None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _make_projections(self, embed_dim: Any, bias: bool, dtype: Any, device: Any) -> None:
        if self._qkv_same_embed_dim:
            self.in_proj_weight = param(3 * embed_dim, embed_dim, dtype=dtype, device=device)
            self.register_parameter("q_proj_weight", None)
            self.register_parameter("k_proj_weight", None)
            self.register_parameter("v_proj_weight", None)
        else:
            self.q_proj_weight = param(embed_dim, embed_dim, dtype=dtype, device=device)
            self.k_proj_weight = param(embed_dim, self.kdim, dtype=dtype, device=device)
            self.v_proj_weight = param(embed_dim, self.vdim, dtype=dtype, device=device)
            self.register_parameter("in_proj_weight", None)
        if bias:
            self.in_proj_bias = param(3 * embed_dim, dtype=dtype, device=device)
        else:
            self.register_parameter("in_proj_bias", None)

    def _reset_parameters(self) -> None:
        pass

    def forward(self, query: Any, key: Any, value: Any, key_padding_mask: Any = None, need_weights: bool = True, attn_mask: Any = None,
                average_attn_weights: bool = True, is_causal: bool = False) -> Any:  # fmt: skip
        key_padding_mask = canonical_mask("key_padding_mask", key_padding_mask, query.dtype)
        attn_mask = canonical_mask("attn_mask", attn_mask, query.dtype)
        swapping = self.batch_first and len(query.shape) == 3
        if swapping:
            query, key, value = _swapped(query), _swapped(key), _swapped(value)
        output, weights = multi_head_attention_forward(
            query, key, value, self.embed_dim, self.num_heads, self.in_proj_weight, self.in_proj_bias, self.bias_k, self.bias_v,
            self.add_zero_attn, self.dropout, self.out_proj.weight, self.out_proj.bias, training=self.training,
            key_padding_mask=key_padding_mask, need_weights=need_weights, attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim, q_proj_weight=self.q_proj_weight, k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight, average_attn_weights=average_attn_weights, is_causal=is_causal,
        )  # fmt: skip
        return (_swapped(output) if swapping else output), weights

    def merge_masks(self, attn_mask: Any, key_padding_mask: Any, query: Any) -> Any:
        """One mask of both, and which kind it is: 1 for padding only, 2 otherwise."""
        if attn_mask is None:
            return key_padding_mask, None if key_padding_mask is None else 1
        batch, length = query.shape[0], query.shape[1]
        if len(attn_mask.shape) == 3:
            merged = rule("torch.Tensor.view")(attn_mask, batch, -1, length, length)
        else:
            merged = attn_mask.like((batch, self.num_heads, length, length))
        return merged, 2
