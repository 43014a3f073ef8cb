"""Inputs to try when nobody says what a forward is given: what its first layer takes, in the usual sizes."""

from __future__ import annotations

from collections.abc import Iterator

from ..inputs import InputSpec
from ..ir.architecture import Architecture, Module

#: Pictures are tried from large to small: a model for large ones often fails on small ones, seldom the other way.
_PICTURES = (224, 32, 64, 28)
_IDS = ("input_ids", "ids", "tokens", "idx", "token_ids", "input")


def probes(model: Architecture) -> Iterator[list[InputSpec]]:
    """Inputs worth trying, the likeliest first; none when the forward takes several that nothing is known of."""
    required = [name for name, kind, default in model.attributes.get("forward", ()) if default is None and kind == ""]
    if len(required) != 1 and not (required and required[0] in _IDS):
        return
    for module in model.modules.values():
        shapes = list(_shapes(module))
        if shapes:
            for shape, dtype in shapes:
                yield [InputSpec(None, shape, dtype)]
            return


def _shapes(module: Module) -> Iterator[tuple[tuple[int, ...], str]]:
    arguments, name = module.arguments, module.class_name
    first = next(
        (value for key, value in arguments.items() if key in ("in_channels", "in_features", "num_features", "input_size", "*0")), None
    )
    if name in ("Embedding", "EmbeddingBag"):
        yield (2, 16), "int64"
    elif not isinstance(first, int) or isinstance(first, bool):
        return
    elif name.startswith("Conv2d") or name == "BatchNorm2d":
        for size in _PICTURES:
            yield (2, first, size, size), "float32"
    elif name in ("Conv1d", "BatchNorm1d"):
        yield (2, first, 128), "float32"
    elif name in ("Conv3d", "BatchNorm3d"):
        yield (2, first, 16, 64, 64), "float32"
    elif name in ("LSTM", "GRU", "RNN"):
        yield (2, 16, first), "float32"
    elif name == "Linear":
        yield (2, first), "float32"
        yield (2, 16, first), "float32"
        root = round(first**0.5)
        if root * root == first:
            yield (2, 1, root, root), "float32"
