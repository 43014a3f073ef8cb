"""What models that were built hold in plain containers, where their source does not show it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from ..ir.architecture import Architecture, Hidden
from ..ir.diagnostic import Diagnostic
from ..ir.program import ClassSource, File
from ..ir.span import Span


def held_beside(
    file: File,
    architecture: Architecture,
    containers: tuple[str, ...],
    parameters: bool,
    seen: Callable[[ClassSource], Iterable[Diagnostic]],
) -> Iterator[tuple[Hidden, Span]]:
    """The hidden layers, or parameters, of a model, each with its place in the file: the assignment, else where one is made.

    Args:
        file: What is checked.
        architecture: The model.
        containers: The kinds of containers.
        parameters: Whether parameters are asked for, or layers.
        seen: What is found in the source of a class: that is not said again.
    """
    for one in architecture.attributes.get("hidden", ()):
        if one.container not in containers or (one.what == "Parameter") is not parameters:
            continue
        cls = file.by_name.get(one.owner) if _is(one.owner_at, file) else None
        lineage = cls.lineage if cls is not None else ()
        if any(f"`self.{one.attribute}`" in finding.message for each in lineage for finding in seen(each)):
            continue
        node = next((found.node for each in lineage if each.file is file for found in each.assigned if found.name == one.attribute), None)
        if node is not None:
            yield one, file.span(node)
        elif _is(one.made_at, file):
            yield one, one.made_at._replace(file=file.path)


def _is(span: Span, file: File) -> bool:
    return bool(span.file) and os.path.abspath(span.file) == os.path.abspath(file.path)  # noqa: PTH100
