"""A drawing as SVG, PNG or PDF, laid out by graphviz: the `graphviz` extra, and the program `dot` it calls."""

from __future__ import annotations

import re

import graphviz
from graphviz.backend.execute import run_check

from .dot import column_dots, heading, to_dot
from .picture.items import Picture

FORMS = ("svg", "png", "pdf")

#: graphviz makes what says something under the pointer a link, which pages underline and readers announce; a title is what is meant.
_LINK = re.compile(rb'<a xlink:title="([^"]*)">')

#: What is said of a node with two frames, and its size there.
_DOUBLE = re.compile(r"^\t*n\d+\s*\[(?:(?!\];$).)*?peripheries=2.*?\];$", re.MULTILINE | re.DOTALL)
_SIZE = re.compile(r"\b(?:height|width)=[\d.]+,?\n\t*|,\n\t*width=[\d.]+(?=\];$)")

#: At which of their ends columns, or rows, are lined up.
_BEGINNING = {"TB": "t", "BT": "b", "LR": "l", "RL": "r"}

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
    if picture.columns:
        drawn = _packed(picture, form, direction, shapes)
    else:
        drawn = graphviz.Source(to_dot(picture, direction=direction, shapes=shapes)).pipe(format=form)
    return _LINK.sub(rb"<g><title>\1</title>", drawn).replace(b"</a>", b"</g>") if form == "svg" else drawn


def _packed(picture: Picture, form: str, direction: str, shapes: bool) -> bytes:
    """The columns laid out one by one, then side by side: laid out together, each would have the gaps of all others."""
    laid = [graphviz.Source(column).pipe(format="dot") for column in column_dots(picture, direction=direction, shapes=shapes)]
    array = f"-array_u{_BEGINNING[direction]}{len(laid) if direction in ('TB', 'BT') else 1}"
    done = run_check(["gvpack", array, "-m18"], input=b"".join(laid), capture_output=True)
    together = _DOUBLE.sub(_measured_again, done.stdout.decode()).rstrip().removesuffix("}")
    return graphviz.Source(f"{together}\n{heading(picture)}\n}}\n", engine="neato").pipe(format=form, neato_no_op=2)


def _measured_again(node: re.Match[str]) -> str:
    """The node without its size: it is that of the outer frame, which graphviz would take for that of the inner one."""
    return _SIZE.sub("", node[0])
