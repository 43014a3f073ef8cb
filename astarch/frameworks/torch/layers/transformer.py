"""`torch.nn.modules.transformer`: encoder and decoder of "Attention is all you need"."""

from __future__ import annotations

from typing import Any

from ....ir.dim import same
from ...describe import REGISTRY, Layer, layer, refuse, require
from ..making import call, clones, in_turn, make
from ..ops import activation as _activation  # noqa: F401 # pyright: ignore[reportUnusedImport] - registers relu and gelu
from ..tensor import default_dtype, dtype_name, tensor
from .attention import canonical_mask

_MODULE = "torch.nn.modules.transformer"
_RELU = REGISTRY["torch.nn.functional.relu"]
_GELU = REGISTRY["torch.nn.functional.gelu"]


def _clones(module: Any, count: Any) -> Any:
    return make("torch.nn.ModuleList", clones(module, count))


def _output(attended: Any) -> Any:
    """The output of an attention, without its weights; what is not known stays so."""
    return attended[0] if isinstance(attended, tuple) else attended


def _function_of(activation: Any) -> Any:
    """An activation given by name."""
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        refuse("RuntimeError", f"activation should be relu/gelu, not {activation}")
    return _RELU if activation == "relu" else _GELU


def _kind_of(activation: Any) -> int:
    """1 for relu, 2 for gelu, 0 for anything else."""
    if activation is _RELU or activation is _GELU:
        return 1 if activation is _RELU else 2
    return {"torch.nn.ReLU": 1, "torch.nn.GELU": 2}.get(getattr(activation, "described_as", ""), 0)


@layer("torch.nn.Transformer", _MODULE)
class Transformer(Layer):
    """Encoder and decoder."""

    def __init__(self, d_model: Any = 512, nhead: Any = 8, num_encoder_layers: Any = 6, num_decoder_layers: Any = 6,
                 dim_feedforward: Any = 2048, dropout: Any = 0.1, activation: Any = _RELU, custom_encoder: Any = None,
                 custom_decoder: Any = None, layer_norm_eps: Any = 1e-05, batch_first: bool = False, norm_first: bool = False,
                 bias: bool = True, device: Any = None, dtype: Any = None) -> None:  # fmt: skip
        arguments = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias, device, dtype)
        if custom_encoder is not None:
            self.encoder = custom_encoder
        else:
            encoder_layer = make("torch.nn.TransformerEncoderLayer", *arguments)
            norm = make("torch.nn.LayerNorm", d_model, eps=layer_norm_eps, bias=bias, device=device, dtype=dtype)
            self.encoder = make("torch.nn.TransformerEncoder", encoder_layer, num_encoder_layers, norm)
        if custom_decoder is not None:
            self.decoder = custom_decoder
        else:
            decoder_layer = make("torch.nn.TransformerDecoderLayer", *arguments)
            norm = make("torch.nn.LayerNorm", d_model, eps=layer_norm_eps, bias=bias, device=device, dtype=dtype)
            self.decoder = make("torch.nn.TransformerDecoder", decoder_layer, num_decoder_layers, norm)
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self) -> None:
        pass

    def forward(self, src: Any, tgt: Any, src_mask: Any = None, tgt_mask: Any = None, memory_mask: Any = None,
                src_key_padding_mask: Any = None, tgt_key_padding_mask: Any = None, memory_key_padding_mask: Any = None,
                src_is_causal: Any = None, tgt_is_causal: Any = None, memory_is_causal: bool = False) -> Any:  # fmt: skip
        place = 0 if self.batch_first else 1
        if len(src.shape) == 3:
            require(same(src.shape[place], tgt.shape[place]), "the batch number of src and tgt must be equal")
        for input in (src, tgt):
            if same(input.shape[-1], self.d_model) is False:
                refuse("RuntimeError", "the feature number of src and tgt must be equal to d_model")
        memory = call(self.encoder, src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return call(self.decoder, tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
                    memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal,
                    memory_is_causal=memory_is_causal)  # fmt: skip

    @staticmethod
    def generate_square_subsequent_mask(sz: Any, device: Any = None, dtype: Any = None) -> Any:
        """A mask that hides what comes later."""
        known = range(sz) if type(sz) is int and sz <= 32 else ()
        values = [float("-inf") if column > row else 0.0 for row in known for column in known]
        return tensor((sz, sz), dtype_name(dtype) or default_dtype(), values or None)


@layer("torch.nn.TransformerEncoder", _MODULE)
class TransformerEncoder(Layer):
    """A stack of encoder layers, each a copy of the one given."""

    def __init__(self, encoder_layer: Any, num_layers: Any, norm: Any = None, enable_nested_tensor: bool = True,
                 mask_check: bool = True) -> None:  # fmt: skip
        self.layers = _clones(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.use_nested_tensor = False
        self.mask_check = mask_check

    def forward(self, src: Any, mask: Any = None, src_key_padding_mask: Any = None, is_causal: Any = None) -> Any:
        src_key_padding_mask = canonical_mask("src_key_padding_mask", src_key_padding_mask, src.dtype)
        mask = canonical_mask("mask", mask, src.dtype)
        output = in_turn(self.layers, src, src_mask=mask, is_causal=is_causal is True, src_key_padding_mask=src_key_padding_mask)
        return output if self.norm is None else call(self.norm, output)


@layer("torch.nn.TransformerDecoder", _MODULE)
class TransformerDecoder(Layer):
    """A stack of decoder layers, each a copy of the one given."""

    def __init__(self, decoder_layer: Any, num_layers: Any, norm: Any = None) -> None:
        self.layers = _clones(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
                memory_key_padding_mask: Any = None, tgt_is_causal: Any = None, memory_is_causal: bool = False) -> Any:  # fmt: skip
        output = in_turn(self.layers, tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
                         memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal is True,
                         memory_is_causal=memory_is_causal)  # fmt: skip
        return output if self.norm is None else call(self.norm, output)


def _attention(d_model: Any, nhead: Any, dropout: Any, bias: bool, batch_first: bool, factory: dict[str, Any]) -> Any:
    return make("torch.nn.MultiheadAttention", d_model, nhead, dropout=dropout, bias=bias, batch_first=batch_first, **factory)


@layer("torch.nn.TransformerEncoderLayer", _MODULE)
class TransformerEncoderLayer(Layer):
    """Self-attention and two linear layers, each behind or before a normalization."""

    def __init__(self, d_model: Any, nhead: Any, dim_feedforward: Any = 2048, dropout: Any = 0.1, activation: Any = _RELU,
                 layer_norm_eps: Any = 1e-05, batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        factory = {"device": device, "dtype": dtype}
        self.self_attn = _attention(d_model, nhead, dropout, bias, batch_first, factory)
        self.linear1 = make("torch.nn.Linear", d_model, dim_feedforward, bias=bias, **factory)
        self.dropout = make("torch.nn.Dropout", dropout)
        self.linear2 = make("torch.nn.Linear", dim_feedforward, d_model, bias=bias, **factory)
        self.norm_first = norm_first
        self.norm1 = make("torch.nn.LayerNorm", d_model, eps=layer_norm_eps, bias=bias, **factory)
        self.norm2 = make("torch.nn.LayerNorm", d_model, eps=layer_norm_eps, bias=bias, **factory)
        self.dropout1 = make("torch.nn.Dropout", dropout)
        self.dropout2 = make("torch.nn.Dropout", dropout)
        activation = _function_of(activation)
        self.activation_relu_or_gelu = _kind_of(activation)
        self.activation = activation

    def forward(self, src: Any, src_mask: Any = None, src_key_padding_mask: Any = None, is_causal: bool = False) -> Any:
        src_key_padding_mask = canonical_mask("src_key_padding_mask", src_key_padding_mask, src.dtype)
        src_mask = canonical_mask("src_mask", src_mask, src.dtype)
        x = src
        if self.norm_first:
            x = x + self._sa_block(call(self.norm1, x), src_mask, src_key_padding_mask, is_causal=is_causal)
            return x + self._ff_block(call(self.norm2, x))
        x = call(self.norm1, x + self._sa_block(x, src_mask, src_key_padding_mask, is_causal=is_causal))
        return call(self.norm2, x + self._ff_block(x))

    def _sa_block(self, x: Any, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False) -> Any:
        x = call(self.self_attn, x, x, x, attn_mask=attn_mask, key_padding_mask=key_padding_mask, need_weights=False,
                 is_causal=is_causal)  # fmt: skip
        return call(self.dropout1, _output(x))

    def _ff_block(self, x: Any) -> Any:
        x = call(self.linear2, call(self.dropout, call(self.activation, call(self.linear1, x))))
        return call(self.dropout2, x)


@layer("torch.nn.TransformerDecoderLayer", _MODULE)
class TransformerDecoderLayer(Layer):
    """Self-attention, attention to the memory and two linear layers."""

    def __init__(self, d_model: Any, nhead: Any, dim_feedforward: Any = 2048, dropout: Any = 0.1, activation: Any = _RELU,
                 layer_norm_eps: Any = 1e-05, batch_first: bool = False, norm_first: bool = False, bias: bool = True, device: Any = None,
                 dtype: Any = None) -> None:  # fmt: skip
        factory = {"device": device, "dtype": dtype}
        self.self_attn = _attention(d_model, nhead, dropout, bias, batch_first, factory)
        self.multihead_attn = _attention(d_model, nhead, dropout, bias, batch_first, factory)
        self.linear1 = make("torch.nn.Linear", d_model, dim_feedforward, bias=bias, **factory)
        self.dropout = make("torch.nn.Dropout", dropout)
        self.linear2 = make("torch.nn.Linear", dim_feedforward, d_model, bias=bias, **factory)
        self.norm_first = norm_first
        self.norm1 = make("torch.nn.LayerNorm", d_model, eps=layer_norm_eps, bias=bias, **factory)
        self.norm2 = make("torch.nn.LayerNorm", d_model, eps=layer_norm_eps, bias=bias, **factory)
        self.norm3 = make("torch.nn.LayerNorm", d_model, eps=layer_norm_eps, bias=bias, **factory)
        self.dropout1 = make("torch.nn.Dropout", dropout)
        self.dropout2 = make("torch.nn.Dropout", dropout)
        self.dropout3 = make("torch.nn.Dropout", dropout)
        self.activation = _function_of(activation)

    def forward(self, tgt: Any, memory: Any, tgt_mask: Any = None, memory_mask: Any = None, tgt_key_padding_mask: Any = None,
                memory_key_padding_mask: Any = None, tgt_is_causal: bool = False, memory_is_causal: bool = False) -> Any:  # fmt: skip
        x = tgt
        if self.norm_first:
            x = x + self._sa_block(call(self.norm1, x), tgt_mask, tgt_key_padding_mask, tgt_is_causal)
            x = x + self._mha_block(call(self.norm2, x), memory, memory_mask, memory_key_padding_mask, memory_is_causal)
            return x + self._ff_block(call(self.norm3, x))
        x = call(self.norm1, x + self._sa_block(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal))
        x = call(self.norm2, x + self._mha_block(x, memory, memory_mask, memory_key_padding_mask, memory_is_causal))
        return call(self.norm3, x + self._ff_block(x))

    def _sa_block(self, x: Any, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False) -> Any:
        x = call(self.self_attn, x, x, x, attn_mask=attn_mask, key_padding_mask=key_padding_mask, is_causal=is_causal,
                 need_weights=False)  # fmt: skip
        return call(self.dropout1, _output(x))

    def _mha_block(self, x: Any, mem: Any, attn_mask: Any, key_padding_mask: Any, is_causal: bool = False) -> Any:
        x = call(self.multihead_attn, x, mem, mem, attn_mask=attn_mask, key_padding_mask=key_padding_mask, is_causal=is_causal,
                 need_weights=False)  # fmt: skip
        return call(self.dropout2, _output(x))

    def _ff_block(self, x: Any) -> Any:
        x = call(self.linear2, call(self.dropout, call(self.activation, call(self.linear1, x))))
        return call(self.dropout3, x)
