"""How functions of `keras.ops` are called: templates for `drawn_arguments`, each with the functions it calls."""

from __future__ import annotations

_TEMPLATES: dict[str, str] = {
    "{x}": """abs absolute arccos arccosh arcsin arcsinh arctan arctanh ceil conj conjugate cos cosh deg2rad erf exp exp2 expm1 floor
        isfinite isinf isnan log log10 log1p log2 logical_not negative rad2deg ravel real imag reciprocal rsqrt sigmoid sign sin sinh
        softplus softsign silu swish relu relu6 sqrt square tan tanh trunc zeros_like ones_like sum mean max min any all prod
        argmax argmin transpose squeeze shape size ndim copy sort argsort cumsum flip log_sigmoid hard_sigmoid selu gelu elu leaky_relu
        logsumexp nan_to_num count_nonzero""",
    "{f}": "cbrt erf erfinv rsqrt softplus softsign silu relu relu6 sigmoid log_sigmoid hard_sigmoid selu gelu elu leaky_relu hard_tanh celu",
    "{x}, {y}": """add subtract multiply divide true_divide power maximum minimum equal not_equal less less_equal greater greater_equal
        logical_and logical_or logical_xor isclose floor_divide mod""",
    "{x}, {axes}, {flag}": "sum mean max min any all prod",
    "{f}, {axes}, {flag}": "var std median",
    "{x}, axis={axis}": "argmax argmin cumsum sort argsort expand_dims softmax log_softmax logsumexp flip squeeze unstack cumprod",
    "{g}, axis={axis}": "softmax log_softmax logsumexp normalize",
    "{x}, {new_shape}": "reshape",
    "{x}, {order}": "transpose",
    "{x}, {new_axis}": "expand_dims",
    "{x}, {axis}, {axis}": "swapaxes moveaxis",
    "[{x}, {alike}], axis={axis}": "concatenate",
    "[{x}, {same}], axis={new_axis}": "stack",
    "{x}, {cuts}, axis={axis}": "split",
    "{x}, {n}, axis={axis}": "repeat roll",
    "{x}, {times}": "tile",
    "{u}, {pairs}": "pad",
    "{x}, {wider}": "broadcast_to",
    "{x}, {i}, axis={axis}": "take",
    "{truth}, {y}, {y}": "where",
    "{x}, {decimal}, {decimal}": "clip",
    "{x}, {dtype}": "cast zeros_like ones_like",
    "{matrix}, {second}": "matmul dot",
    "'...ij,...jk->...ik', {matrix}, {second}": "einsum",
    "{matrix}, {second}, axes=1": "tensordot",
    "{w}, {n}": "one_hot",
    "{w}, {n}, axis={new_axis}": "one_hot",
    "{g}, {n}": "top_k",
    "{some_sizes}, {dtype}": "zeros ones",
    "{some_sizes}, {number}": "full",
    "{n}": "arange",
    "{n}, 7, {n}": "arange",
    "{n}, {n}": "eye",
    "{x}, {n}": "roll",
    "{x}, 0": "tril triu",
    "{matrix}": "tril triu diagonal trace",
    "{images}, {window}, {n}, {small_padding}": "conv",
    "{images}, {window_back}, {n}, {small_padding}": "conv_transpose",
    "{images}, {n}, {n}, {small_padding}": "max_pool average_pool",
    "{square}": "det inv",
    "{g}, axis={axis} ": "norm",
    "{images}, {size2}": "image.resize",
}  # fmt: skip
TEMPLATES: dict[str, list[str]] = {}
for _template, _names in _TEMPLATES.items():
    for _name in dict.fromkeys(_names.split()):
        TEMPLATES.setdefault(_name, []).append(_template)
