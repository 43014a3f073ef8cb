"""What layers are made with, in one form for all: names for positional arguments, defaults, and sizes for every axis."""

# ruff: noqa: RUF024 - the shared values are only read
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ir.architecture import Module

_CONV = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, "padding_mode": "zeros"}
_NORM = {"eps": 1e-05, "momentum": 0.1, "affine": True, "track_running_stats": True}
_RNN = {"num_layers": 1, "bias": True, "batch_first": False, "dropout": 0.0, "bidirectional": False}

#: What a layer of torch is made with when nothing is said.
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d"), _CONV),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), {**_CONV, "output_padding": 0}),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "BatchNorm3d"), _NORM),
    **dict.fromkeys(("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"), {**_NORM, "affine": False, "track_running_stats": False}),
    **dict.fromkeys(("MaxPool1d", "MaxPool2d", "MaxPool3d"), {"padding": 0, "dilation": 1, "ceil_mode": False, "return_indices": False}),
    **dict.fromkeys(("AvgPool1d", "AvgPool2d", "AvgPool3d"), {"padding": 0, "ceil_mode": False, "count_include_pad": True}),
    **dict.fromkeys(("LSTM", "GRU"), _RNN),
    "RNN": {**_RNN, "nonlinearity": "tanh"},
    "LayerNorm": {"eps": 1e-05, "elementwise_affine": True},
    "GroupNorm": {"eps": 1e-05, "affine": True},
    "MultiheadAttention": {"dropout": 0.0, "batch_first": False, "add_zero_attn": False},
    "LeakyReLU": {"negative_slope": 0.01, "inplace": False},
    "ELU": {"alpha": 1.0},
    "GELU": {"approximate": "none"},
    "Softmax": {"dim": None},
    "Dropout": {"p": 0.5},
    "Dropout2d": {"p": 0.5},
    "Embedding": {"padding_idx": None, "max_norm": None, "sparse": False},
    "Flatten": {"start_dim": 1, "end_dim": -1},
    "PixelShuffle": {},
    "Upsample": {"size": None, "scale_factor": None, "mode": "nearest", "align_corners": None},
}

#: The constructor of a recurrent layer takes its arguments by position alone.
_RECURRENT = ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional")

#: What says nothing of the model.
_IDLE = {"device", "dtype", "inplace", "generator", "_weight"}


def settings_of(kind: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """What a layer is made with, defaults included.

    >>> settings_of("MaxPool2d", {"kernel_size": 2})["stride"]
    2
    """
    given = dict(arguments)
    if kind in ("LSTM", "GRU", "RNN"):
        for place, name in enumerate(_RECURRENT):
            for key in (f"*{place}", ("args", "kwargs")[place] if place < 2 else ""):
                if key in given:
                    given[name] = given.pop(key)
    found = {**DEFAULTS.get(kind, {}), **given}
    if "Pool" in kind and "Adaptive" not in kind and found.get("stride") in (None, []):
        found["stride"] = found.get("kernel_size")
    return {name: value for name, value in found.items() if name not in _IDLE}


def module_settings(module: Module) -> dict[str, Any]:
    """What a module is made with; the defaults of torch are those of its own layers, not of a class that is only called the same."""
    if module.type.startswith("torch."):
        return settings_of(module.class_name, module.arguments)
    return {name: value for name, value in module.arguments.items() if name not in _IDLE}


def plain(value: Any) -> bool:
    """Whether a value can be compared: numbers, texts and lists of them."""
    if isinstance(value, tuple | list):
        return all(plain(item) for item in value)
    return value is None or isinstance(value, bool | int | float | str)


def alike(first: Any, second: Any) -> bool:
    """Whether two settings mean the same: ``3`` is ``[3, 3]``, and a float is what float32 makes of it.

    >>> alike(3, (3, 3)), alike(1, 2)
    (True, False)
    """
    if isinstance(first, tuple | list) and isinstance(second, tuple | list):
        if len(first) != len(second) and min(len(first), len(second)) == 1:
            wide, narrow = (first, second) if len(first) > len(second) else (second, first)
            return all(alike(item, narrow[0]) for item in wide)
        return len(first) == len(second) and all(alike(one, other) for one, other in zip(first, second, strict=True))
    if isinstance(first, tuple | list):
        return bool(first) and all(alike(item, second) for item in first)
    if isinstance(second, tuple | list):
        return alike(second, first)
    if isinstance(first, float) or isinstance(second, float):
        numbers = isinstance(first, int | float) and isinstance(second, int | float)
        return numbers and abs(first - second) <= 1e-6 * max(abs(first), abs(second), 1e-30)
    return first == second and isinstance(first, str) == isinstance(second, str)
