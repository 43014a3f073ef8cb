"""The model as ``print(model)`` shows it, each line annotated with its share of parameters and MACs, as ptflops does."""

from __future__ import annotations

from collections.abc import Iterator

from ..ir.architecture import Architecture
from ..ir.dim import Dim
from .notation import arguments_text, title_text
from .paint import clean
from .rows import Row, rows

_UNITS = ((10**9, "G"), (10**6, "M"), (10**3, "k"))


def to_annotated(architecture: Architecture, *, depth: int | None = None) -> str:
    """The tree.

    >>> to_annotated(Architecture("net.py:Net"))
    'net.py:Net(0, 0.000% Params, 0 Mac, 0.000% MACs)\\n'
    """
    whole = architecture.parameter_count, architecture.macs
    shares = _shares(whole[0], whole[1], whole)
    tree = [row for row in rows(architecture) if row.kind == "module"]
    if len(tree) == 1 and not tree[0].name:
        tree = []
    inside = [line for row in tree for line in _lines(row, whole, 1, depth)]
    name = clean(title_text(architecture))
    return "\n".join([f"{name}({shares},", *inside, ")"] if inside else [f"{name}({shares})"]) + "\n"


def _lines(row: Row, whole: tuple[int | Dim, int | Dim], level: int, depth: int | None) -> Iterator[str]:
    margin = "  " * level
    last = row.name.rpartition(".")[2]
    name = f"{last}-{row.last.rpartition('.')[2]}" if row.times > 1 else last
    times = f"{row.times} x " if row.times > 1 else ""
    if row.same_as is not None:
        yield f"{margin}({clean(name)}): {clean(row.type)}(shared with {clean(row.same_as)})"
        return
    shares = _shares(row.parameters, 0 if row.macs is None else row.macs, whole)
    inner = [child for child in row.rows if child.kind == "module"]
    if inner and (depth is None or level < depth):
        yield f"{margin}({clean(name)}): {times}{clean(row.type)}({shares},"
        for child in inner:
            yield from _lines(child, whole, level + 1, depth)
        yield f"{margin})"
        return
    arguments = arguments_text(dict(row.arguments))
    yield f"{margin}({clean(name)}): {times}{clean(row.type)}({shares}{', ' + clean(arguments) if arguments else ''})"


def _shares(parameters: int | Dim, macs: int | Dim, whole: tuple[int | Dim, int | Dim]) -> str:
    return f"{_count(parameters).strip()}, {_share(parameters, whole[0])} Params, {_count(macs)}Mac, {_share(macs, whole[1])} MACs"


def _count(count: int | Dim) -> str:
    """In ptflops' words: ``9.41 k``, ``118.01 M``."""
    if not isinstance(count, int):
        return f"{count} "
    for size, unit in _UNITS:
        if count >= size:
            return f"{count / size:.2f} {unit}"
    return f"{count} "


def _share(part: int | Dim, whole: int | Dim) -> str:
    if isinstance(part, int) and isinstance(whole, int):
        return f"{100 * part / whole if whole else 0:.3f}%"
    return "?%"
