"""The ways in which a working model is broken: each a function from a source to the edits it could make.

An edit keeps the number of lines, so that a line of the mutant is a line of the original.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..source import Edit, Source
from . import axes, calls, classes, layers, sizes, spelling, statements

KINDS: dict[str, Callable[[Source], Iterator[Edit]]] = {
    function.__name__: function for file in (sizes, spelling, calls, layers, classes, statements, axes) for function in file.KINDS
}
