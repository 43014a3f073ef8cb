"""What a model most likely takes, told by its first layer: so that a check can run models nobody gave an input for.

The sizes that the layer does not fix are symbols. Whether the guess was right is seen afterwards: the first layer that runs
must be the one that was looked at, and must get exactly what was guessed.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..inputs import InputSpec
from ..ir.architecture import Architecture, Module
from ..ir.graph import TensorType

#: Symbols for the axes after batch and channels.
_SPACE = {"Conv1d": ("L",), "Conv2d": ("H", "W"), "Conv3d": ("D", "H", "W")}


def likely_input(architecture: Architecture) -> InputSpec | None:
    """The input of a model whose first layer is a convolution; others take several ranks."""
    first = _first(architecture)
    if first is None:
        return None
    width = first.arguments.get("in_channels")
    if first.class_name in _SPACE and isinstance(width, int) and not isinstance(width, bool):
        return InputSpec(None, ("N", width, *_SPACE[first.class_name]))
    return None


def furthest(tried: Sequence[Architecture]) -> Architecture | None:
    """Of runs that all failed, each on another input worth trying, the one that came furthest; None when it is not certain that they did.

    One must have given its input to the layer that told it, and every one must have failed for certain.
    """
    if not all(any(finding.severity == "error" for finding in run.diagnostics) for run in tried):
        return None
    right = [run for run in tried if was_right(run) and not run.unknown]
    return max(right, key=lambda run: len(run.calls), default=None)


def was_right(architecture: Architecture) -> bool:
    """Whether the first layer with weights that ran is the one the guess came from, and got the model's own input."""
    first = _first(architecture)
    given = next(iter(architecture.inputs.values()), None)
    owners = _owners(architecture)
    leaves = [call for call in architecture.calls if call.module in owners and _is_layer(architecture.modules[call.module])]
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
    owners = _owners(architecture)
    return next((module for name, module in architecture.modules.items() if name in owners and _is_layer(module)), None)


def _owners(architecture: Architecture) -> set[str]:
    """The modules that have parameters of their own."""
    return {name.rpartition(".")[0] for name in architecture.parameters}


def _is_layer(module: Module) -> bool:
    return module.type.startswith("torch.nn.modules.")
