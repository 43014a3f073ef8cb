"""What constructors and forwards take, and what is wrong with a call of them."""

from __future__ import annotations

import ast
from typing import NamedTuple

from ..ir.program import Definition

#: What every module has: methods and attributes of `torch.nn.Module` (torch 2.13).
MODULE_METHODS = frozenset(
    [
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "type",
        "xpu",
        "zero_grad",
    ]
)
MODULE_ATTRIBUTES = frozenset({"training", "T_destination", "dump_patches"})


class Signature(NamedTuple):
    """What can be given: names by position, names by keyword only, how many must be, and whether anything else may be."""

    positional: tuple[str, ...]
    keyword_only: tuple[str, ...]
    required: frozenset[str]
    any_positional: bool = False
    any_keyword: bool = False


def _described(text: str) -> Signature:
    """``in out *bias``: names before the star are required."""
    needed, _, rest = text.partition("*")
    return Signature((*needed.split(), *rest.split()), (), frozenset(needed.split()))


_CONV = "in_channels out_channels kernel_size * stride padding dilation groups bias padding_mode device dtype"
_NORM = "num_features * eps momentum affine track_running_stats {}device dtype"

_LAYERS: dict[str, Signature] = {
    "Linear": _described("in_features out_features * bias device dtype"),
    "Bilinear": _described("in1_features in2_features out_features * bias device dtype"),
    "Embedding": _described(
        "num_embeddings embedding_dim * padding_idx max_norm norm_type scale_grad_by_freq sparse _weight _freeze device dtype"
    ),
    "LayerNorm": _described("normalized_shape * eps elementwise_affine bias device dtype"),
    "GroupNorm": _described("num_groups num_channels * eps affine {}device dtype".format("")),
    "MultiheadAttention": _described("embed_dim num_heads * dropout bias add_bias_kv add_zero_attn kdim vdim batch_first device dtype"),
    "Dropout": _described("* p inplace"),
    "Dropout2d": _described("* p inplace"),
    "ReLU": _described("* inplace"),
    "GELU": _described("* approximate"),
    "Softmax": _described("* dim"),
    "Flatten": _described("* start_dim end_dim"),
    "MaxPool2d": _described("kernel_size * stride padding dilation return_indices ceil_mode"),
    "AvgPool2d": _described("kernel_size * stride padding ceil_mode count_include_pad divisor_override"),
    "AdaptiveAvgPool2d": _described("output_size"),
    **{f"Conv{dim}d": _described(_CONV) for dim in "123"},
}

#: What the forward of a layer takes: least and most arguments.
FORWARD_COUNTS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(
        ("Linear", "Embedding", "LayerNorm", "GroupNorm", "Conv1d", "Conv2d", "Conv3d", "Dropout", "ReLU", "GELU", "SiLU", "Softmax"),
        (1, 1),
    ),
    **dict.fromkeys(
        (
            "BatchNorm1d",
            "BatchNorm2d",
            "BatchNorm3d",
            "MaxPool2d",
            "AvgPool2d",
            "AdaptiveAvgPool2d",
            "Flatten",
            "Sigmoid",
            "Tanh",
            "Sequential",
        ),
        (1, 1),
    ),
    **dict.fromkeys(("LSTM", "GRU", "RNN"), (1, 2)),
    "MultiheadAttention": (3, 8),
    "Bilinear": (2, 2),
}


def layer_signature(layer: str) -> Signature | None:
    """What the constructor of a torch layer takes, when it is known here."""
    return _LAYERS.get(layer)


def signature_of(function: Definition) -> Signature:
    """What a method takes, beside ``self``."""
    args = function.args
    names = [arg.arg for arg in (*args.posonlyargs, *args.args)]
    free = {arg.arg for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default is not None}
    keyword_only = tuple(arg.arg for arg in args.kwonlyargs)
    required = {*names[: len(names) - len(args.defaults)][1:], *(set(keyword_only) - free)}
    return Signature(tuple(names[1:]), keyword_only, frozenset(required), args.vararg is not None, args.kwarg is not None)


def written(name: str, signature: Signature) -> str:
    """A signature as one writes it: ``Conv2d(in_channels, out_channels, kernel_size, stride=..., ...)``; of many options the first."""
    needed = [name for name in signature.positional if name in signature.required]
    free = [f"{name}=..." for name in signature.positional if name not in signature.required]
    named = [name if name in signature.required else f"{name}=..." for name in signature.keyword_only]
    options = [*free[:4], *(["..."] if len(free) > 4 else []), *(["*", *named] if named and not signature.any_positional else named)]
    return f"{name}({', '.join([*needed, *options])})"


def complaint(signature: Signature, call: ast.Call) -> str:
    """What is wrong with a call, in the middle of a sentence; empty when nothing is. The call must have no stars."""
    names = signature.positional
    if len(call.args) > len(names) and not signature.any_positional:
        return f"takes at most {len(names)} argument{'s' * (len(names) != 1)} and gets {len(call.args)}"
    given = {*names[: len(call.args)]}
    for keyword in call.keywords:
        assert keyword.arg is not None
        if keyword.arg in given:
            return f"gets `{keyword.arg}` twice"
        if keyword.arg not in names and keyword.arg not in signature.keyword_only and not signature.any_keyword:
            return f"takes no argument `{keyword.arg}`"
        given.add(keyword.arg)
    missing = [name for name in (*names, *signature.keyword_only) if name in signature.required and name not in given]
    return f"needs {', '.join(f'`{name}`' for name in missing)}" if missing else ""
