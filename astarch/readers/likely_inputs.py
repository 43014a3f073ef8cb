"""What a model most likely takes, told by its first layer: so that a check can run models nobody gave an input for.

The sizes that the layer does not fix are symbols. Whether the guess was right is seen afterwards: the first layer that runs
must be the one that was looked at, and must get exactly what was guessed.
"""

from __future__ import annotations

from ..inputs import InputSpec
from ..ir.architecture import Architecture, Call, Module
from ..ir.graph import TensorType

#: Symbols for the axes after batch and channels.
_SPACE = {"Conv1d": ("L",), "Conv2d": ("H", "W"), "Conv3d": ("D", "H", "W")}


def likely_input(architecture: Architecture) -> InputSpec | None:
    """The input of a model whose first layer says it; None when it does not."""
    first = _first(architecture)
    if first is None:
        return None
    width = first.arguments.get("in_channels" if first.class_name in _SPACE else "in_features")
    if not isinstance(width, int) or isinstance(width, bool):
        return None
    if first.class_name in _SPACE:
        return InputSpec(None, ("N", width, *_SPACE[first.class_name]))
    return InputSpec(None, ("N", width)) if first.class_name == "Linear" else None


def was_right(architecture: Architecture) -> bool:
    """Whether the first layer with weights that ran is the one the guess came from, and got the model's own input."""
    first = _first(architecture)
    given = next(iter(architecture.inputs.values()), None)
    leaves = [call for call in architecture.calls if _has_weights(architecture, call)]
    if first is None or not leaves or not isinstance(given, TensorType) or leaves[0].module != first.name:
        return False
    got = leaves[0].inputs[0] if leaves[0].inputs else None
    return (
        isinstance(got, TensorType)
        and len(got.shape) == len(given.shape)
        and all(str(a) == str(b) for a, b in zip(got.shape, given.shape, strict=True))
    )


def _first(architecture: Architecture) -> Module | None:
    """The first layer of torch that has parameters of its own."""
    owners = {name.rpartition(".")[0] for name in architecture.parameters}
    found = next((module for name, module in architecture.modules.items() if name in owners), None)
    return found if found is not None and found.type.startswith("torch.nn.modules.") else None


def _has_weights(architecture: Architecture, call: Call) -> bool:
    return f"{call.module}.weight" in architecture.parameters
