"""Attention: dot product, additive, many heads, grouped queries."""

from __future__ import annotations

import math
import string
from typing import Any

from ..describing import (
    KerasLayer,
    KerasTensor,
    agree,
    call,
    constraint,
    described_config,
    initializer,
    is_open,
    keep,
    layer,
    make,
    ops,
    refuse,
    regularizer,
)

_LETTERS = string.ascii_lowercase


def projection(free: int, bound: int, outputs: int) -> tuple[str, str, int]:
    """The equation of a projection, the letters of its bias, the rank of its result.

    >>> projection(2, 1, 2)
    ('abc,cde->abde', 'de', 4)
    """
    given = _LETTERS[: free + bound]
    made = _LETTERS[free + bound : free + bound + outputs]
    kernel = _LETTERS[free : free + bound] + made
    return f"{given},{kernel}->{_LETTERS[:free]}{made}", made, free + outputs


def attention_equations(rank: int, axes: tuple[int, ...]) -> tuple[str, str, int]:
    """The equations of scores and of their combination, and the rank of the scores."""
    target = _LETTERS[:rank]
    batch = [i for i in range(rank) if i not in (*axes, rank - 1)]
    offset, source = rank, ""
    for i in range(rank):
        if i in batch or i == rank - 1:
            source += target[i]
        else:
            source += _LETTERS[offset]
            offset += 1
    product = "".join([target[i] for i in batch] + [target[i] for i in axes] + [source[i] for i in axes])
    return f"{source},{target}->{product}", f"{product},{source}->{target}", len(product)


def _and(a: Any, b: Any) -> Any:
    return b if a is None else ops("logical_and", a, b)


def _mask(self: Any, query: Any, value: Any, query_mask: Any, value_mask: Any, key_mask: Any, attention_mask: Any, use_causal_mask: Any,
          window: Any) -> Any:  # fmt: skip
    found = None
    if query_mask is not None:
        found = ops("expand_dims", ops("cast", query_mask, "bool"), -1)
    for one in (value_mask, key_mask):
        if one is not None:
            found = _and(found, ops("expand_dims", ops("cast", one, "bool"), -2))
    if use_causal_mask:
        found = _and(found, self._compute_causal_mask(query, value))
    if window is not None:
        found = _and(found, self._compute_sliding_window_mask(query, value))
    if attention_mask is not None:
        attention_mask = ops("cast", attention_mask, "bool")
    return attention_mask if found is None else _and(attention_mask, found)


def _causal(query: Any, value: Any) -> Any:
    rows = query.shape[1]
    return KerasTensor((1, rows, rows if value is None else value.shape[1]), "bool")


@layer("keras.layers.MultiHeadAttention", "keras.src.layers.attention.multi_head_attention")
class MultiHeadAttention(KerasLayer):
    """Attention with several heads."""

    def __init__(self, num_heads: Any, key_dim: Any, value_dim: Any = None, dropout: Any = 0.0, use_bias: Any = True,
                 output_shape: Any = None,
                 attention_axes: Any = None, sliding_window: Any = None, flash_attention: Any = None,
                 kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, use_gate: Any = False, seed: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        for name, value in (("num_heads", num_heads), ("key_dim", key_dim), ("value_dim", value_dim)):
            if value is not None and (isinstance(value, (str, float)) or (isinstance(value, int) and value <= 0)):
                refuse("ValueError", f"`{name}` must be a positive integer. Received: {name}={value}")
        self.supports_masking = True
        held = self.__dict__
        held.update({"_num_heads": num_heads, "_key_dim": key_dim, "_value_dim": value_dim or key_dim, "_dropout": dropout,
                     "_use_bias": use_bias, "_use_gate": use_gate, "_flash_attention": flash_attention or False, "seed": seed})  # fmt: skip
        held["_output_shape"] = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape) if output_shape else output_shape
        held["_kernel_initializer"], held["_bias_initializer"] = initializer(kernel_initializer), initializer(bias_initializer)
        held["_kernel_regularizer"], held["_bias_regularizer"] = regularizer(kernel_regularizer), regularizer(bias_regularizer)
        held["_activity_regularizer"] = held["activity_regularizer"] = regularizer(activity_regularizer)
        held["_kernel_constraint"], held["_bias_constraint"] = constraint(kernel_constraint), constraint(bias_constraint)
        held["_attention_axes"] = (
            (attention_axes,) if isinstance(attention_axes, int) else tuple(attention_axes) if attention_axes else None
        )
        held["_sliding_window"] = sliding_window
        held["_inverse_sqrt_key_dim"] = 1.0 / math.sqrt(float(key_dim)) if isinstance(key_dim, int) else 1.0

    @property
    def num_heads(self) -> Any:
        return self.__dict__["_num_heads"]

    @property
    def key_dim(self) -> Any:
        return self.__dict__["_key_dim"]

    @property
    def value_dim(self) -> Any:
        return self.__dict__["_value_dim"]

    @property
    def dropout(self) -> Any:
        return self.__dict__["_dropout"]

    @property
    def use_bias(self) -> Any:
        return self.__dict__["_use_bias"]

    @property
    def attention_axes(self) -> Any:
        return self.__dict__["_attention_axes"]

    @property
    def query_dense(self) -> Any:
        return self.__dict__["_query_dense"]

    @property
    def key_dense(self) -> Any:
        return self.__dict__["_key_dense"]

    @property
    def value_dense(self) -> Any:
        return self.__dict__["_value_dense"]

    @property
    def output_dense(self) -> Any:
        return self.__dict__["_output_dense"]

    def _get_common_kwargs_for_sublayer(self) -> dict[str, Any]:
        held = self.__dict__
        return {
            "kernel_regularizer": held["_kernel_regularizer"], "bias_regularizer": held["_bias_regularizer"],
            "activity_regularizer": held["_activity_regularizer"], "kernel_constraint": held["_kernel_constraint"],
            "bias_constraint": held["_bias_constraint"], "dtype": held["_dtype_policy"], "kernel_initializer": held["_kernel_initializer"],
            "bias_initializer": held["_bias_initializer"],
        }  # fmt: skip

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        for a, b in zip(value_shape[1:-1], key_shape[1:-1], strict=False):
            if not is_open(a) and not is_open(b) and not agree(a, b):
                refuse("ValueError", f"All dimensions of `value` and `key`, except the last one, must be equal. Received: "
                       f"value_shape={value_shape} and "
                       f"key_shape={key_shape}")  # fmt: skip
        heads, held = self.num_heads, self.__dict__
        self._query_dense = _projected(self, query_shape, [heads, self.key_dim], "query")
        self._key_dense = _projected(self, key_shape, [heads, self.key_dim], "key")
        if held["_use_gate"]:
            self._gate_dense = _projected(self, query_shape, [heads, self.value_dim], "gate", activation="sigmoid")
        self._value_dense = _projected(self, value_shape, [heads, self.value_dim], "value")
        self._build_attention(len(value_shape) + 1)
        self._output_dense = self._make_output_dense(query_shape, self._get_common_kwargs_for_sublayer(), "attention_output")
        self._output_dense.build((*query_shape[:-1], heads, self.value_dim))

    def _make_output_dense(self, query_shape: Any, common_kwargs: Any, name: Any = None) -> Any:
        wanted = list(self.__dict__["_output_shape"] or [query_shape[-1]])
        equation, axes, rank = projection(len(query_shape) - 1, 2, len(wanted))
        return make("keras.layers.EinsumDense", equation, output_shape=[None] * (rank - 1 - len(wanted)) + wanted,
                    bias_axes=axes if self.use_bias else None, name=name, **common_kwargs)  # fmt: skip

    def _build_attention(self, rank: Any) -> None:
        held = self.__dict__
        axes = held["_attention_axes"]
        held["_attention_axes"] = tuple(range(1, rank - 2)) if axes is None else tuple(a if a >= 0 else rank - 1 + a for a in axes)
        scores, combined, score_rank = attention_equations(rank, held["_attention_axes"])
        held["_dot_product_equation"], held["_combine_equation"] = scores, combined
        last = tuple(range(score_rank - len(held["_attention_axes"]), score_rank))
        self._softmax = make("keras.layers.Softmax", axis=last, dtype=held["_dtype_policy"])
        self._dropout_layer = make("keras.layers.Dropout", rate=held["_dropout"], dtype=held["_dtype_policy"], seed=self.seed)

    def _masked_softmax(self, attention_scores: Any, attention_mask: Any = None) -> Any:
        if attention_mask is not None:
            place = -len(self.__dict__["_attention_axes"]) * 2 - 1
            for _ in range(len(attention_scores.shape) - len(attention_mask.shape)):
                attention_mask = ops("expand_dims", attention_mask, axis=place)
        return call(self._softmax, attention_scores, mask=attention_mask)

    def _compute_attention(self, query: Any, key: Any, value: Any, attention_mask: Any = None, training: Any = None,
                           return_attention_scores: Any = False, use_causal_mask: Any = False) -> Any:  # fmt: skip
        held = self.__dict__
        if not (held["_dropout"] > 0.0 or return_attention_scores or len(query.shape) != 4):
            return ops("dot_product_attention", query=query, key=key, value=value, mask=attention_mask, is_causal=use_causal_mask), None
        query = ops("multiply", query, ops("cast", held["_inverse_sqrt_key_dim"], query.dtype))
        scores = ops("einsum", held["_dot_product_equation"], key, query)
        scores = self._masked_softmax(scores, attention_mask)
        final = call(self._dropout_layer, scores, training=training) if held["_dropout"] > 0.0 else scores
        return ops("einsum", held["_combine_equation"], final, value), scores

    def call(self, query: Any, value: Any, key: Any = None, query_mask: Any = None, value_mask: Any = None, key_mask: Any = None,
             attention_mask: Any = None, return_attention_scores: Any = False, training: Any = None,
             use_causal_mask: Any = False) -> Any:  # fmt: skip
        key = value if key is None else key
        query_mask = query.mask
        attention_mask = self._compute_attention_mask(query, value, query_mask=query_mask, value_mask=value_mask, key_mask=key_mask,
                                                      attention_mask=attention_mask, use_causal_mask=use_causal_mask)  # fmt: skip
        gate = call(self._gate_dense, query) if self.__dict__["_use_gate"] else None
        query, key, value = call(self._query_dense, query), call(self._key_dense, key), call(self._value_dense, value)
        output, scores = self._compute_attention(query, key, value, attention_mask, training, return_attention_scores)
        output = call(self._output_dense, output if gate is None else ops("multiply", output, gate))
        if query_mask is not None:
            output.mask = query_mask
        return (output, scores) if return_attention_scores else output

    def _compute_attention_mask(self, query: Any, value: Any, query_mask: Any = None, value_mask: Any = None, key_mask: Any = None,
                                attention_mask: Any = None, use_causal_mask: Any = False) -> Any:  # fmt: skip
        return _mask(
            self, query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask, self.__dict__["_sliding_window"]
        )

    def _compute_causal_mask(self, query: Any, value: Any = None) -> Any:
        return _causal(query, value)

    def _compute_sliding_window_mask(self, query: Any, value: Any = None) -> Any:
        return _causal(query, value)

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> Any:
        wanted = self.__dict__["_output_shape"]
        return (*query_shape[:-1], *wanted) if wanted else tuple(query_shape)

    def compute_output_spec(self, query: Any, value: Any, key: Any = None, query_mask: Any = None, value_mask: Any = None,
                            key_mask: Any = None,
                            attention_mask: Any = None, return_attention_scores: Any = False, training: Any = None,
                            use_causal_mask: Any = False) -> Any:  # fmt: skip
        wanted = self.__dict__["_output_shape"]
        shape = (*query.shape[:-1], *wanted) if wanted else tuple(query.shape)
        made = KerasTensor(shape, self.compute_dtype, None, True)
        if not return_attention_scores:
            return made
        length = query.shape[1]
        return made, KerasTensor((query.shape[0], self.num_heads, length, length), self.compute_dtype, None, True)

    def get_config(self) -> dict[str, Any]:
        return described_config(self)


def _projected(self: Any, shape: Any, last: list[Any], name: str, **kwargs: Any) -> Any:
    equation, axes, rank = projection(len(shape) - 1, 1, 2)
    made = make("keras.layers.EinsumDense", equation, output_shape=[None] * (rank - 1 - len(last)) + last,
                bias_axes=axes if self.use_bias else None,
                name=name, **kwargs, **self._get_common_kwargs_for_sublayer())  # fmt: skip
    made.build(shape)
    return made


@layer("keras.layers.GroupQueryAttention", "keras.src.layers.attention.grouped_query_attention")
class GroupedQueryAttention(KerasLayer):
    """Attention where several query heads share a key and value head."""

    def __init__(self, head_dim: Any, num_query_heads: Any, num_key_value_heads: Any, dropout: Any = 0.0, use_bias: Any = True,
                 sliding_window: Any = None, flash_attention: Any = None, kernel_initializer: Any = "glorot_uniform",
                 bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
                 activity_regularizer: Any = None,
                 kernel_constraint: Any = None, bias_constraint: Any = None, use_gate: Any = False, seed: Any = None,
                 **kwargs: Any) -> None:  # fmt: skip
        if isinstance(num_query_heads, int) and isinstance(num_key_value_heads, int) and num_query_heads % num_key_value_heads:
            refuse("ValueError", "`num_query_heads` must be divisible by `num_key_value_heads`.")
        self.supports_masking = True
        keep(self, locals(), "head_dim", "num_query_heads", "num_key_value_heads", "dropout", "use_bias", "sliding_window",
             "kernel_initializer",
             "bias_initializer", "kernel_regularizer", "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint",
             "use_gate",
             "seed")  # fmt: skip
        self.num_repeats = num_query_heads // num_key_value_heads

    def _get_common_kwargs_for_sublayer(self) -> dict[str, Any]:
        return {
            "kernel_regularizer": self.kernel_regularizer, "bias_regularizer": self.bias_regularizer,
            "activity_regularizer": self.activity_regularizer, "kernel_constraint": self.kernel_constraint,
            "bias_constraint": self.bias_constraint, "dtype": self.__dict__["_dtype_policy"], "kernel_initializer": self.kernel_initializer,
            "bias_initializer": self.bias_initializer,
        }  # fmt: skip

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = value_shape if key_shape is None else key_shape
        if not agree(query_shape[-1], value_shape[-1]):
            refuse("ValueError", f"The last dimension of `query_shape` and `value_shape` must be equal, but are {query_shape[-1]}, "
                   f"{value_shape[-1]}.")  # fmt: skip
        self.feature_dim = query_shape[-1]
        few, many, size = self.num_key_value_heads, self.num_query_heads, self.head_dim
        self._query_dense = self._dense("bqm,muh->bquh", (None, many, size), "uh", "query", query_shape)
        self._key_dense = self._dense("bkm,mvh->bkvh", (None, few, size), "vh", "key", key_shape)
        if self.use_gate:
            self._gate_dense = self._dense("bqm,muh->bquh", (None, many, size), "uh", "gate", query_shape, activation="sigmoid")
        self._value_dense = self._dense("bkm,mvh->bkvh", (None, few, size), "vh", "value", value_shape)
        self._softmax = make("keras.layers.Softmax", axis=-1, dtype=self.__dict__["_dtype_policy"])
        self._dropout_layer = make("keras.layers.Dropout", rate=self.dropout, dtype=self.__dict__["_dtype_policy"], seed=self.seed)
        self._output_dense = self._dense("bquh,uhm->bqm", (None, self.feature_dim), "m", "attention_output", (None, None, many, size))

    def _dense(self, equation: Any, shape: Any, axes: Any, name: Any, given: Any, **kwargs: Any) -> Any:
        made = make("keras.layers.EinsumDense", equation, output_shape=shape, bias_axes=axes if self.use_bias else None, name=name,
                    **kwargs,
                    **self._get_common_kwargs_for_sublayer())  # fmt: skip
        made.build(given)
        return made

    def call(self, query: Any, value: Any, key: Any = None, query_mask: Any = None, value_mask: Any = None, key_mask: Any = None,
             attention_mask: Any = None, return_attention_scores: Any = False, training: Any = None,
             use_causal_mask: Any = False) -> Any:  # fmt: skip
        key = value if key is None else key
        mask = self._compute_attention_mask(query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask)
        gate = call(self._gate_dense, query) if self.use_gate else None
        query, key, value = call(self._query_dense, query), call(self._key_dense, key), call(self._value_dense, value)
        key, value = ops("repeat", key, self.num_repeats, axis=2), ops("repeat", value, self.num_repeats, axis=2)
        output = ops("dot_product_attention", query, key, value, mask=None if mask is None else ops("cast", mask, "bool"))
        output = call(self._output_dense, output if gate is None else ops("multiply", output, gate))
        batch, length, heads = query.shape[0], query.shape[1], self.num_query_heads
        return (output, KerasTensor((batch, heads, length, key.shape[1]), output.dtype)) if return_attention_scores else output

    def _compute_attention_mask(self, query: Any, value: Any, query_mask: Any = None, value_mask: Any = None, key_mask: Any = None,
                                attention_mask: Any = None, use_causal_mask: Any = False) -> Any:  # fmt: skip
        return _mask(self, query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask, self.sliding_window)

    def _compute_causal_mask(self, query: Any, value: Any = None) -> Any:
        return _causal(query, value)

    def _compute_sliding_window_mask(self, query: Any, value: Any = None) -> Any:
        return _causal(query, value)

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> Any:
        return tuple(query_shape)

    def compute_output_spec(self, query: Any, value: Any, key: Any = None, query_mask: Any = None, value_mask: Any = None,
                            key_mask: Any = None,
                            attention_mask: Any = None, return_attention_scores: Any = False, training: Any = None,
                            use_causal_mask: Any = False) -> Any:  # fmt: skip
        made = KerasTensor(query.shape, self.compute_dtype, None, True)
        if not return_attention_scores:
            return made
        scores = (query.shape[0], self.num_query_heads, query.shape[1], (value if key is None else key).shape[1])
        return made, KerasTensor(scores, self.compute_dtype, None, True)


@layer("keras.layers.Attention", "keras.src.layers.attention.attention")
class Attention(KerasLayer):
    """Attention of queries to values."""

    def __init__(self, use_scale: Any = False, score_mode: Any = "dot", dropout: Any = 0.0, seed: Any = None, **kwargs: Any) -> None:
        if score_mode not in ("dot", "concat"):
            refuse(
                "ValueError",
                f"Invalid value for argument score_mode. Expected one of {{'dot', 'concat'}}. Received: score_mode={score_mode}",
            )
        self.use_scale, self.score_mode, self.dropout, self.seed = use_scale, score_mode, dropout, seed
        if dropout > 0:
            self.seed_generator = make("keras.random.SeedGenerator", seed)

    def build(self, input_shape: Any) -> None:
        _check(self, input_shape)
        self.scale = self.add_weight(name="scale", shape=(), initializer="ones", dtype=self.dtype) if self.use_scale else None
        self.concat_score_weight = None
        if self.score_mode == "concat":
            self.concat_score_weight = self.add_weight(name="concat_score_weight", shape=(), initializer="ones", dtype=self.dtype)

    def call(
        self, inputs: Any, mask: Any = None, training: Any = False, return_attention_scores: Any = False, use_causal_mask: Any = False
    ) -> Any:
        _check(self, inputs)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        output = ops("matmul", scores := ops("matmul", query, ops("swapaxes", key, -2, -1)), value)
        return (output, scores) if return_attention_scores else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None if mask is None or mask[0] is None else mask[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(self, inputs: Any, mask: Any = None, return_attention_scores: Any = False, training: Any = None,
                            use_causal_mask: Any = False) -> Any:  # fmt: skip
        _check(self, inputs)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        made = KerasTensor((*query.shape[:-1], value.shape[-1]), self.compute_dtype, None, True)
        if not return_attention_scores:
            return made
        return made, KerasTensor((*query.shape[:-1], key.shape[-2]), self.compute_dtype, None, True)


def _check(self: Any, inputs: Any) -> None:
    if not isinstance(inputs, list):
        refuse(
            "ValueError",
            f"{self.py_class.name} layer must be called on a list of inputs, namely [query, value] or [query, value, key]. Received: "
            f"{inputs}.",
        )
    if not 2 <= len(inputs) <= 3:
        refuse("ValueError", f"{self.py_class.name} layer accepts inputs list of length 2 or 3. Received length: {len(inputs)}.")


@layer("keras.layers.AdditiveAttention", "keras.src.layers.attention.additive_attention")
class AdditiveAttention(Attention):
    """Attention by a learned sum."""

    def __init__(self, use_scale: Any = True, dropout: Any = 0.0, **kwargs: Any) -> None:
        Attention.__init__(self, use_scale, "dot", dropout, kwargs.get("seed"))

    takes = ("seed",)

    def build(self, input_shape: Any) -> None:
        _check(self, input_shape)
        self.scale = None
        if self.use_scale:
            self.scale = self.add_weight(name="scale", shape=[input_shape[0][-1]], initializer="glorot_uniform", dtype=self.dtype)
