"""The views of a model that a document may hold: a table, a tree, a picture, a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..ir.architecture import Architecture
from ..ir.dim import Dim
from .annotated import to_annotated
from .markdown import to_markdown
from .mermaid import fitting, to_mermaid
from .notation import count_text, short_count, title_text, values_text
from .paint import Page
from .picture import picture
from .places import Places
from .text import to_text

#: What `view` can show.
VIEWS = ("table", "tree", "mermaid", "annotated", "summary", "parameters", "trainable", "macs", "output")

#: Views of one line, which may stand inside a sentence.
SHORT = ("summary", "parameters", "trainable", "macs", "output")


def view(
    architecture: Architecture,
    name: str,
    *,
    depth: int | None = None,
    direction: str = "TB",
    sources: Mapping[str, str] | None = None,
) -> str:
    """One view, as Markdown.

    Args:
        architecture: What to show.
        name: One of `VIEWS`.
        depth: How many levels of modules.
        direction: Where a picture runs.
        sources: Text of the files that findings are shown in, by path.

    >>> view(Architecture("net.py:Net"), "parameters")
    '0'
    """
    if name == "table":
        return to_markdown(architecture, depth=depth or 3).partition("\n")[2].strip("\n")
    if name == "tree":
        named = replace(architecture, target=Places(architecture).target)  # not by the folders of the machine that makes the document
        return f"```text\n{to_text(named, page=Page(100), depth=depth or 3, sources=sources or {})}```"
    if name == "mermaid":
        if depth is None:
            return f"```mermaid\n{fitting(architecture, direction=direction)}```"
        return f"```mermaid\n{to_mermaid(picture(architecture, depth=depth), direction=direction)}```"
    if name == "annotated":
        return f"```text\n{to_annotated(architecture, depth=depth)}```"
    return _number(architecture, name)


def _number(architecture: Architecture, name: str) -> str:
    from_inputs = architecture.calls and str(architecture.macs) != "0"
    if name == "parameters":
        return _count(architecture.parameter_count)
    if name == "trainable":
        return _count(architecture.trainable_count)
    if name == "macs":
        return _count(architecture.macs, short=True)
    if name == "summary":
        macs = f", {_count(architecture.macs, short=True)} MACs" if from_inputs else ""
        return f"{title_text(architecture)}: {_count(architecture.parameter_count)} parameters{macs}"
    if name == "output":
        return values_text(architecture.outputs) if architecture.outputs is not None else "?"
    raise KeyError(name)


def _count(count: int | Dim, short: bool = False) -> str:
    """A number; a formula is code, because its stars would be taken for emphasis."""
    text = short_count(count) if short else count_text(count)
    return text if isinstance(count, int) else f"`{text}`"
