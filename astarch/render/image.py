"""A drawing as SVG, PNG or PDF, laid out by graphviz: the `graphviz` extra, and the program `dot` it calls."""

from __future__ import annotations

import re

import graphviz

from .dot import to_dot
from .picture.items import Picture

FORMS = ("svg", "png", "pdf")

#: graphviz makes what says something under the pointer a link, which pages underline and readers announce; a title is what is meant.
_LINK = re.compile(rb'<a xlink:title="([^"]*)">')

#: The program `dot` cannot be found.
NotInstalled = graphviz.ExecutableNotFound


def to_image(picture: Picture, form: str, *, direction: str = "TB", shapes: bool = True) -> bytes:
    """The drawing.

    Args:
        picture: What to draw.
        form: ``svg``, ``png`` or ``pdf``.
        direction: As `to_dot` takes it.
        shapes: Whether arrows say what flows along them.

    Raises:
        NotInstalled: The program `dot` is not installed.
    """
    drawn = graphviz.Source(to_dot(picture, direction=direction, shapes=shapes)).pipe(format=form)
    return _LINK.sub(rb"<g><title>\1</title>", drawn).replace(b"</a>", b"</g>") if form == "svg" else drawn
