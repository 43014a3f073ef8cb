"""The operations of a saved graph, each with its number, inputs, output and attributes, for a terminal and for Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..ir.architecture import Architecture
from ..ir.dtype import bits
from ..ir.graph import Node, TensorType
from ..ir.unknown import Unknown
from .notation import value_text
from .paint import Page, clean

_CALLS = ("call_function", "call_method", "call_module")
_GAP = 2
#: The overloads that torch puts behind an operation's name say nothing of what it computes.
_OVERLOADS = ("default", "using_ints", "Tensor", "Scalar", "int", "dim")


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as a report states it; its inputs are numbers of operations, or names of tensors and values."""

    number: str
    type: str
    name: str
    inputs: str
    output: str
    attributes: str
    module: str


def is_saved_graph(architecture: Architecture) -> bool:
    """Whether it was read from a file that keeps its operations."""
    return "format" in architecture.attributes and any(node.op in _CALLS for node in architecture.graph)


def saved_operations(architecture: Architecture, page: Page | None = None) -> list[Operation]:
    """The operations in order; constants stand where they are used."""
    page = page or Page()
    numbers: dict[int, str] = {}
    for node in architecture.graph:
        if node.op in _CALLS and not _constant(node):
            numbers[node.index] = f"#{len(numbers) + 1}"
    return [
        Operation(
            number=numbers[node.index],
            type=_type(node, architecture),
            name=clean(node.target if node.op == "call_module" else node.name),
            inputs=", ".join(_source(architecture.graph[source], numbers, page) for source in node.inputs) or page.glyphs.dash,
            output=_output(node.output, page),
            attributes=attributes_text(_settings(node, architecture), page),
            module=node.module,
        )
        for node in architecture.graph
        if node.index in numbers
    ]


def attributes_text(attributes: Mapping[str, Any], page: Page | None = None) -> str:
    """Attributes as ``strides=[1, 1], padding='SAME'``; those that only repeat the type of the elements, or are empty, left out.

    >>> attributes_text({"strides": [2, 2], "T": "float32", "explicit_paddings": [], "epsilon": 1e-05})
    'strides=[2,2], epsilon=1e-05'
    """
    page = page or Page()
    return ", ".join(f"{clean(key)}={_value(value, page)}" for key, value in attributes.items() if _telling(value))


def operations_table(architecture: Architecture, page: Page) -> str:
    """The operations as lines of at most the page's width, below the module or scope they stand in."""
    found = saved_operations(architecture, page)
    if not found:
        return ""
    scopes = [one.module for one in found]
    columns = [
        ("", [one.number for one in found], "dim"),
        ("Operation", [one.type for one in found], "name"),
        ("Name", [_inside(one.name, scope) for one, scope in zip(found, scopes, strict=True)], "dim"),
        ("Inputs", [one.inputs for one in found], ""),
        ("Output", [one.output for one in found], ""),
        ("Attributes", [one.attributes for one in found], "dim"),
    ]
    columns = [column for column in columns if any(column[1])]
    for title in ("Name", "Output"):
        if _least(columns) > page.width:
            columns = [column for column in columns if column[0] != title]
    widths = _widths(columns, page.width)
    lines = [_head(columns, widths, page)]
    last = None
    for place, scope in enumerate(scopes):
        if scope != last and any(scopes):
            lines.append(page.paint(page.fit(clean(scope) or "(root)", page.width), "title"))
        last = scope
        lines += _row([(cells[place], style) for _, cells, style in columns], widths, page)
    return "\n".join(lines)


def _constant(node: Node) -> bool:
    return node.op == "call_function" and node.target in ("Const", "Constant") and not node.inputs


def _settings(node: Node, architecture: Architecture) -> Mapping[str, Any]:
    """What an operation is made with; of a layer, what its module was made with."""
    module = architecture.modules.get(node.target) if node.op == "call_module" else None
    if module is None:
        return node.attributes
    return dict(telling(module.arguments.items()))


def _output(value: Any, page: Page) -> str:
    """What an operation gives; a graph that does not keep the type of a result says nothing of it."""
    if isinstance(value, tuple):
        return f"({', '.join(_output(item, page) or '?' for item in value)})"
    return value_text(value, page.glyphs) if value is not None else ""


def telling(arguments: Iterable[tuple[str, Any]]) -> tuple[tuple[str, Any], ...]:
    """What a layer was saved with, as far as it says something of the layer: not its name, not how its weights began."""
    silent = ("_initializer", "_regularizer", "_constraint")
    kept = ((key, value) for key, value in arguments if key != "name" and not key.endswith(silent) and _telling(value))
    return tuple((key, value) for key, value in kept if not (key == "trainable" and value is True))


def _type(node: Node, architecture: Architecture) -> str:
    """The operation's name, without the home and overload that torch gives it; of a layer, its class."""
    if node.op == "call_module" and node.target in architecture.modules:
        return clean(architecture.modules[node.target].class_name)
    parts = node.target.split(".")
    if len(parts) > 2 and parts[-1] in _OVERLOADS:
        parts.pop()
    return clean(parts[-1] if parts[0] in ("torch", "aten", "ops", "_operator") else ".".join(parts))


def _source(node: Node, numbers: Mapping[int, str], page: Page) -> str:
    """What an input is: another operation's number, a tensor's name, a constant's value."""
    if node.index in numbers:
        return numbers[node.index]
    known = next((node.attributes[key] for key in ("value", "value_ints", "value_int", "value_float") if key in node.attributes), None)
    if known is not None and not isinstance(known, TensorType | Unknown) and (_constant(node) or node.op == "get_attr"):
        return _value(known, page)
    return clean(node.name or node.target) if _constant(node) else clean(node.target)


def _value(value: Any, page: Page) -> str:
    """A value as the format has it, lists in full while they are short."""
    if isinstance(value, bool | int | float) or value is None:
        return str(value)
    if isinstance(value, str):
        return repr(clean(value)) if len(value) <= 60 else repr(clean(value[:59]) + page.glyphs.ellipsis)
    if isinstance(value, list | tuple):
        items = [_value(item, page) for item in value[:12]] + ([page.glyphs.ellipsis] if len(value) > 12 else [])
        return f"[{','.join(items)}]"
    return value_text(value, page.glyphs)


def _telling(value: Any) -> bool:
    if value is None or isinstance(value, Unknown) or (isinstance(value, str | list | tuple) and not value):
        return False
    return not (isinstance(value, str) and bits(value) > 0) and value != "?"


def _inside(name: str, scope: str) -> str:
    """A name without the scope it stands under, however the exporter joins the two."""
    if not scope:
        return name
    return name.removeprefix(f"{scope}/") if name.startswith(f"{scope}/") else name.rpartition("/")[2]


# --- laying it out --------------------------------------------------------------------------------------------------------

#: How wide each column may become before its cells go on below.
_MOST = {"": 8, "Operation": 28, "Name": 30, "Inputs": 40, "Output": 24}
#: What gives way first: what can go on below.
_YIELDING = (("Attributes", 30), ("Inputs", 20), ("Name", 14), ("Attributes", 20), ("Inputs", 12), ("Output", 8), ("Name", 6), ("Operation", 9),
             ("Attributes", 6), ("Inputs", 5))  # fmt: skip


def _least(columns: list[tuple[str, list[str], str]]) -> int:
    """The width that all columns need at least to be readable."""
    least = {"Attributes": 20, "Inputs": 12, "Output": 8, "Name": 6, "Operation": 9}
    return sum(least.get(title, 3) for title, _, _ in columns) + _GAP * (len(columns) - 1)


def _widths(columns: list[tuple[str, list[str], str]], width: int) -> list[int]:
    """The widths of the columns: the last one has what the others leave."""
    natural = [max(len(title), *map(len, cells)) for title, cells, _ in columns]
    found = [min(size, _MOST.get(title, size)) for (title, _, _), size in zip(columns, natural, strict=True)]
    places = {title: place for place, (title, _, _) in enumerate(columns)}
    for title, least in _YIELDING:
        excess = sum(found) + _GAP * (len(found) - 1) - width
        if excess > 0 and title in places:
            found[places[title]] = max(found[places[title]] - excess, min(least, found[places[title]]))
    return found


def _head(columns: list[tuple[str, list[str], str]], widths: list[int], page: Page) -> str:
    cells = [page.paint(f"{title:<{size}}", "dim") for (title, _, _), size in zip(columns, widths, strict=True)]
    return (" " * _GAP).join(cells).rstrip()


def _row(cells: list[tuple[str, str]], widths: list[int], page: Page) -> Iterator[str]:
    """One operation: its cells side by side, what is too long going on below."""
    last = len(cells) - 1  # attributes begin with what they are called: of those, the end is left out
    folded = [_folded(text, size, page, whole=place != last) for place, ((text, _), size) in enumerate(zip(cells, widths, strict=True))]
    for line in range(max(map(len, folded))):
        pieces = []
        for lines, (_, style), size in zip(folded, cells, widths, strict=True):
            text = lines[line] if line < len(lines) else ""
            pieces.append(page.paint(text, style) + " " * (size - len(text)))
        yield (" " * _GAP).join(pieces).rstrip()


def _folded(text: str, width: int, page: Page, *, whole: bool) -> list[str]:
    """The text in lines of a width, broken after commas; a word that is longer loses its beginning, or its end."""
    if len(text) <= width:
        return [text]
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [(page.fit_end if whole else page.fit)(line, width) for line in lines] or [""]
