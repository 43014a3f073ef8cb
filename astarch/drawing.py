"""Drawings of an Architecture in every form, and how a notebook shows one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .errors import ReadError
from .ir.architecture import Architecture
from .version import VERSION

if TYPE_CHECKING:
    from .render.picture import Picture

#: What `draw` can make.
DRAWINGS = ("html", "dot", "svg", "png", "pdf", "mermaid", "model-explorer", "annotated")


def draw(
    architecture: Architecture,
    form: str,
    *,
    depth: int | str | None = "auto",
    fold: bool = True,
    collapse: Sequence[str] = (),
    direction: str = "TB",
    operations: bool = True,
    wrap: int | str = "auto",
) -> str | bytes:
    """A drawing of an Architecture; bytes for ``svg``, ``png`` and ``pdf``.

    Args:
        architecture: What to draw.
        form: One of `DRAWINGS`.
        depth: How many levels of boxes are open; None for all; ``"auto"`` for as many as stay readable.
        fold: Whether equal neighbours are drawn once, with their count.
        collapse: Patterns of names or classes whose boxes stay closed.
        direction: ``TB``, ``LR``, ``BT`` or ``RL``.
        operations: Whether functions and methods are drawn.
        wrap: Into how many columns a tall drawing is broken at most; ``"auto"`` for as many as make ``svg``, ``png`` and ``pdf`` fit a page.

    Raises:
        AstarchError: The form needs graphviz, and it is not there.
    """
    if form == "html":
        from .render.html import to_html

        return to_html(architecture, sources=all_sources(architecture), version=VERSION, collapse=tuple(collapse))
    if form == "annotated":
        from .render.annotated import to_annotated

        return to_annotated(architecture, depth=depth if isinstance(depth, int) else None)
    if form == "model-explorer":
        from .render.model_explorer import to_model_explorer

        return to_model_explorer(architecture)
    if form == "mermaid" and depth == "auto":
        from .render.mermaid import fitting

        columns = 1 if wrap == "auto" else int(wrap)
        return fitting(architecture, direction=direction, fold=fold, collapse=collapse, operations=operations, columns=columns)
    from .render.picture import in_columns, picture

    drawing = picture(architecture, depth=depth, fold=fold, collapse=collapse, operations=operations)
    if wrap != "auto" or form in ("svg", "png", "pdf"):  # what other programs read is left whole
        drawing = in_columns(drawing, wrap, direction in ("TB", "BT"))
    return _drawn(drawing, form, direction)


def _drawn(drawing: Picture, form: str, direction: str) -> str | bytes:
    if form == "mermaid":
        from .render.mermaid import to_mermaid

        return to_mermaid(drawing, direction=direction)
    if form == "dot":
        from .render.dot import to_dot

        return to_dot(drawing, direction=direction)
    try:
        from .render.image import NotInstalled, to_image
    except ImportError:
        raise ReadError(f"drawing {form} needs the package graphviz", 'install it with: pip install "astarch[graphviz]"') from None
    try:
        return to_image(drawing, form, direction=direction)
    except NotInstalled:
        raise ReadError(f"drawing {form} needs the program `dot`", "install graphviz: https://graphviz.org/download") from None


def all_sources(architecture: Architecture) -> dict[str, str]:
    """The text of every file that a model comes from, as far as it can be read; what a page shows beside the graph."""
    spans = [span for module in architecture.modules.values() for span in (module.class_at, module.defined_at)]
    spans += [call.at for call in architecture.calls] + [node.at for node in architecture.graph]
    files = dict.fromkeys(span.file for span in spans if span.line)
    return {**_texts(files), **sources(architecture)}


def _texts(files: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for file in files:
        try:
            found[file] = Path(file).read_text(encoding="utf-8", errors="replace")
        except (OSError, ValueError):
            continue
    return found


def _mimebundle(architecture: Architecture, include: Any = None, exclude: Any = None) -> dict[str, str]:
    """What a notebook shows: the page in a frame, or the text where there are no frames."""
    from .render.text import to_text

    return {"text/plain": to_text(architecture, sources=sources(architecture)), "text/html": _framed(architecture)}


def _framed(architecture: Architecture) -> str:
    from html import escape

    page = draw(architecture, "html")
    assert isinstance(page, str)
    frame = "width:100%;height:640px;border:1px solid #8884;border-radius:8px"
    may = "allow-scripts allow-downloads"
    return f'<iframe title="{escape(architecture.name)}" style="{frame}" sandbox="{may}" srcdoc="{escape(page)}"></iframe>'


def sources(architecture: Architecture) -> dict[str, str]:
    """The text of every file that a finding mentions, as far as it can be read; what renderers show lines from."""
    files = {span.file for finding in architecture.diagnostics for span in (finding.span, *(note.span for note in finding.notes))}
    return _texts(filter(None, files))


# Notebooks ask the object itself how it looks; nouns know no renderer, so the door answers for them.
for _name, _answer in (("_repr_mimebundle_", _mimebundle), ("_repr_html_", _framed)):
    setattr(Architecture, _name, _answer)
