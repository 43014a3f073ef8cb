"""Which of a project's models a saved one is of: each is read and laid beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from .compare.confirmation import different_tensors
from .errors import AstarchError
from .ir.architecture import Architecture
from .ir.verification import Match


def matches(
    targets: Iterable[str],
    artifact: Architecture,
    read: Callable[[str, Any], Architecture],
    inputs: Any,
    progress: Callable[[str], None],
    settings: Callable[[str, Architecture], Iterable[tuple[str, Architecture]]],
) -> list[Match]:
    """The models by how near their tensors are to those of a saved one, the exact ones first; those that cannot be read are left out.

    Args:
        targets: The models.
        artifact: What was read of the saved one.
        read: Reads a target, with inputs or without.
        inputs: What the saved one takes, for layers that make their weights when they first see an input.
        progress: Told the name of every model that is read.
        settings: What a model is with each preset that the project has for its config, by the preset's name.
    """
    found: list[Match] = []
    for target in targets:
        progress(target)
        try:
            ours = read(target, None)
            if inputs is not None and ours.framework == "keras" and not built(ours):
                ours = read(target, inputs)
        except AstarchError:
            continue
        counts = different_tensors(ours, artifact)
        if counts is not None:
            found.append(Match(target, *counts, sure=not ours.diagnostics))
        for preset, other in settings(target, ours):
            if (counts := different_tensors(other, artifact)) is not None:
                found.append(Match(target, *counts, sure=not other.diagnostics, preset=preset))
    return sorted(found, key=lambda match: (not match.exact, match.different / match.compared))


def fitting(artifact: Architecture, settings: Iterable[tuple[str, Architecture]]) -> tuple[str, Architecture] | None:
    """The first setting of a model with which it has exactly the tensors of a saved one."""
    for name, ours in settings:
        counts = different_tensors(ours, artifact)
        if counts is not None and not counts[0] and not ours.diagnostics:
            return name, ours
    return None


def built(architecture: Architecture) -> bool:
    """Whether all weights have their sizes: layers of Keras make them when they first see an input."""
    sizes = [item.shape for item in architecture.parameters.values()]
    return bool(sizes) and all(shape is not None and all(type(side) is int for side in shape) for shape in sizes)
