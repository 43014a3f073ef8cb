"""Putting the page together: template, style, scripts, data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from importlib import resources

from ...ir.architecture import Architecture
from ..notation import title_text
from ..picture.palette import INKS
from .data import page_data

_SCRIPTS = ("dagre.min.js", "text.js", "layout.js", "graph.js", "tree.js", "details.js", "main.js")


def to_html(
    architecture: Architecture, *, sources: Mapping[str, str] | None = None, version: str = "", collapse: tuple[str, ...] = ()
) -> str:
    """The page.

    Args:
        architecture: What to show.
        sources: Text of the files it comes from, by path.
        version: That of astarch, for the foot of the page.
        collapse: Patterns of names or classes whose boxes are closed at first.

    >>> to_html(Architecture("net.py:Net")).startswith("<!doctype html>")
    True
    """
    data = page_data(architecture, sources or {}, collapse)
    data["version"] = version
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    parts = {
        "TITLE": escape(title_text(architecture)),
        "STYLE": _file("style.css") + _colours(),
        "DATA": text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"),
        "SCRIPTS": "\n".join(f"<script>\n{_script(name)}\n</script>" for name in _SCRIPTS),
    }
    page = _file("page.html")
    pieces = page.split("@@")  # the parts themselves may hold anything
    return "".join(parts.get(piece, piece) for piece in pieces)


def _file(name: str) -> str:
    return resources.files(__name__.rpartition(".")[0]).joinpath(name).read_text(encoding="utf-8")


def _script(name: str) -> str:
    return _file(name).replace("</script", "<\\/script")


def _colours() -> str:
    """The colours of the families, for light and for dark."""
    light = "".join(f".f-{name}{{--fill:{ink.fill};--line:{ink.line};--ink:{ink.text}}}" for name, ink in INKS.items())
    dark = "".join(f".dark .f-{name}{{--fill:{ink.dark_fill};--line:{ink.dark_line};--ink:{ink.dark_text}}}" for name, ink in INKS.items())
    return light + dark
