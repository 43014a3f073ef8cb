"""A drawing in the language of graphviz; what opens in `dot`, in Netron, in any editor with a preview."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import pairwise
from typing import NamedTuple

from ..ir.dim import Dim
from .notation import short_count
from .paint import clean
from .picture.items import Edge, Item, Picture
from .picture.palette import INKS, Ink
from .places import Places

#: Directions in which a drawing may run.
DIRECTIONS = ("TB", "LR", "BT", "RL")
_FONT = "Helvetica,Arial,sans-serif"

#: Between parts of a label; a plain space at the start of a text is lost where a page shows the drawing.
_GAP = "\u00a0\u00a0"


def to_dot(picture: Picture, *, direction: str = "TB", shapes: bool = True) -> str:
    """The drawing.

    Args:
        picture: What to draw.
        direction: ``TB`` from top to bottom, ``LR`` from left to right, or against either.
        shapes: Whether arrows say what flows along them.

    >>> to_dot(Picture("Net")).splitlines()[0]
    'digraph "Net" {'
    """
    names = _names(picture)
    lines = [f"digraph {_quoted(picture.title)} {{", *_settings(direction), f"  graph [{heading(picture)}]"]
    if picture.columns:
        lines += _columns(picture, names)
    for item in () if picture.columns else picture.items:
        lines += _drawn(item, names, picture.places, 1)
    lines += [_arrow(edge, names, shapes) for edge in _told(picture)]
    return "\n".join([*lines, "}"]) + "\n"


def column_dots(picture: Picture, *, direction: str = "TB", shapes: bool = True) -> list[str]:
    """The columns of a drawing that is broken, each as a graph of its own without a heading."""
    names = _names(picture)
    arrows = list(_told(picture))
    found: list[str] = []
    for number, items in enumerate(columns_of(picture)):
        inside = {leaf.key for item in items for leaf in item.leaves()}
        lines = [f"digraph {{ sortv={number + 1}", *_settings(direction)]
        for item in items:
            lines += _drawn(item, names, picture.places, 1)
        lines += [_arrow(edge, names, shapes) for edge in arrows if edge.source in inside]
        found.append("\n".join([*lines, "}"]) + "\n")
    return found


def _names(picture: Picture) -> dict[str, str]:
    return {item.key: f"n{number}" for number, item in enumerate(picture.walk())}


def _settings(direction: str) -> Iterator[str]:
    yield f'  graph [rankdir={direction} fontname="{_FONT}" fontsize=11 bgcolor=white pad=0.3 nodesep=0.28 ranksep=0.34'
    yield "         compound=true newrank=true splines=spline]"
    yield f'  node [fontname="{_FONT}" fontsize=10 shape=box style="rounded,filled" penwidth=1 margin="0.12,0.06" height=0.3]'
    yield f'  edge [fontname="{_FONT}" fontsize=8 fontcolor="#64748b" color="#64748b" penwidth=1 arrowsize=0.6 weight=8]'


def heading(picture: Picture) -> str:
    """The title and what is said below it, as settings of a graph."""
    return f"labelloc=t labeljust=l label=<{_heading(picture)}>"


def _heading(picture: Picture) -> str:
    """The class, what it has and does, and what must not be overlooked."""
    lines = [f'<font point-size="16"><b>{_text(picture.title)}</b></font>']
    facts = [f"{short_count(picture.parameters)} parameters"] if _some(picture.parameters) else []
    facts += [f"{short_count(picture.macs)} MACs"] if _some(picture.macs) else []
    lines += [f'<font color="#475569">{_text(" · ".join(facts))}</font>'] if facts else []
    lines += [f'<font color="#b45309">{_text(note)}</font>' for note in remarks(picture)]
    return '<br align="left"/>'.join(lines) + '<br align="left"/>'


def remarks(picture: Picture) -> list[str]:
    """What a reader of the drawing must know: what is wrong, unknown, not drawn, otherwise."""
    notes = [f"{finding.severity} {finding.code}: {finding.message}" for finding in picture.diagnostics[:3]]
    if picture.unknown:
        reasons = dict.fromkeys(f"{one.detail or one.reason.id}" for one in picture.unknown)
        notes.append(f"{len(picture.unknown)} not known: " + "; ".join(list(reasons)[:3]))
    if picture.idle:
        notes.append("not called: " + ", ".join(picture.idle[:5]) + (" …" if len(picture.idle) > 5 else ""))
    notes += [f"otherwise if {other.condition} (line {other.span.line})" for other in picture.alternatives[:4]]
    if not picture.flows and picture.items:
        notes.append("modules only: no input was given, so nothing was run")
    return [clean(note if len(note) <= 100 else note[:99] + "…") for note in notes]


def _columns(picture: Picture, names: dict[str, str]) -> Iterator[str]:
    """Columns side by side, their heads on one line."""
    heads: list[str] = []
    for number, items in enumerate(columns_of(picture)):
        heads.append(names[next(leaf.key for item in items for leaf in item.leaves())])
        yield f'  subgraph "cluster_column{number}" {{'
        yield '  graph [peripheries=0 label="" margin=14]'
        for item in items:
            yield from _drawn(item, names, picture.places, 1)
        yield "  }"
    yield f"  {{ rank=same {' -> '.join(heads)} [style=invis] }}"


def columns_of(picture: Picture) -> list[tuple[Item, ...]]:
    """What stands in each column of a drawing that is broken."""
    return [picture.items[start:end] for start, end in pairwise((*picture.columns, len(picture.items)))]


# --- boxes and nodes --------------------------------------------------------------------------------------------------


def _drawn(item: Item, names: dict[str, str], places: Places, level: int) -> Iterator[str]:
    margin = "  " * level
    if not item.children:
        yield f"{margin}{names[item.key]} [{_look(item)} {_tip(item, places)}]"
        return
    ink = _box_ink(item, level)
    yield f'{margin}subgraph "cluster_{names[item.key]}" {{'
    yield f'{margin}  graph [label=<{_box_label(item)}> labeljust=l labelloc=t style="rounded,filled" margin=12'
    colours = _attributes(color=ink.line, fillcolor=ink.fill, fontcolor=ink.text)
    yield f"{margin}         {colours} {_tip(item, places)} penwidth=1 peripheries=1 fontsize=10]"
    for child in item.children:
        yield from _drawn(child, names, places, level + 1)
    yield f"{margin}}}"


class Shade(NamedTuple):
    """The colours of a box."""

    fill: str
    line: str
    text: str


_SHADES = ("#f8fafc", "#f1f5f9", "#e8eef5", "#dfe7f0")


def _box_ink(item: Item, level: int) -> Shade:
    return Shade(_SHADES[min(level - 1, 3)], "#f59e0b" if item.times > 1 else "#cbd5e1", "#334155")


def _box_label(item: Item) -> str:
    count = f'{_GAP}<font color="#b45309"><b>×{item.times}</b></font>' if item.times != 1 else ""
    calls = f'{_GAP}<font color="#be185d">called {item.calls} times</font>' if item.calls > 1 else ""
    facts = _facts(item)
    more = f'<br align="left"/><font point-size="8" color="#64748b">{_text(facts)}</font>' if facts else ""  # arrows enter in the middle
    return f'<b>{_text(item.label)}</b>{_GAP}{_text(item.type)}{count}{calls}{more}<br align="left"/>'


def _facts(item: Item) -> str:
    each = "in all " if item.varied else "each " if item.times != 1 else ""
    parts = [f"{each}{short_count(item.parameters)} params"] if _some(item.parameters) else []
    return " · ".join([*parts, *([f"line {item.place.line}"] if item.place.line else [])])


def _look(item: Item) -> str:
    ink = INKS[item.family]
    if item.kind in ("input", "output"):
        label = f"<b>{_text(item.type)}</b>" + (f'{_GAP}<font point-size="8">{_text(item.output)}</font>' if item.output else "")
        return f'label=<{label}> shape=box style="rounded,filled" {_inked(ink)}'
    if item.kind == "mark":
        return f"label=<<b>{_text(item.type)}</b>> shape=circle width=0.26 fixedsize=true margin=0 style=filled {_inked(ink)}"
    if item.kind in ("operation", "parameter"):
        return _light(item, ink)
    border = ' penwidth=2.2 color="#dc2626"' if item.failed else " peripheries=2" if item.times != 1 else ""
    return f"label=<{_module_label(item)}> {_inked(ink)}{border}"


def _light(item: Item, ink: Ink) -> str:
    """Operations and loose parameters are smaller and without a frame that catches the eye."""
    short = (
        f'{_GAP}<font point-size="7" color="#94a3b8">{_text(item.arguments)}</font>' if item.arguments and len(item.arguments) <= 24 else ""
    )
    times = f'{_GAP}<font color="#b45309"><b>×{item.times}</b></font>' if item.times != 1 else ""
    round_sign = len(item.type) == 1
    shape = "shape=circle width=0.24 fixedsize=true margin=0" if round_sign and not times else 'shape=box height=0.2 margin="0.08,0.02"'
    style = '"filled"' if round_sign and not times else '"rounded,filled,dashed"' if item.kind == "parameter" else '"rounded,filled"'
    size = 11 if round_sign else 9
    label = _text(item.type) if round_sign and not times else f"{_text(item.type)}{short}{times}"
    return f"label=<{label}> {shape} style={style} fontsize={size} {_inked(ink)}"


def _module_label(item: Item) -> str:
    """The class, what it was made with, its name and its line."""
    times = f'{_GAP}<font color="#b45309"><b>×{item.times}</b></font>' if item.times != 1 else ""
    calls = f'{_GAP}<font color="#be185d">×{item.calls} calls</font>' if item.calls > 1 and _some(item.parameters) else ""
    more = "\u00a0⊞" if item.closed else ""
    first = f"<b>{_text(item.type)}</b>{more}"
    first += f"{_GAP}{_text(item.arguments)}" if item.arguments else ""
    place = f" · line {item.place.line}" if item.place.line else ""
    count = f" · {'in all ' if item.varied else ''}{short_count(item.parameters)}" if _some(item.parameters) else ""
    second = f'<font point-size="8" color="#64748b">{_text(item.label)}{_text(count)}{place}</font>'
    return f"{first}{times}{calls}<br/>{second}"


def _inked(ink: Ink) -> str:
    return _attributes(fillcolor=ink.fill, color=ink.line, fontcolor=ink.text)


def _tip(item: Item, places: Places) -> str:
    """What a pointer resting on it shows, in forms that can."""
    output = f"→ {item.output}" if item.output else ""
    told = (item.name or item.type, output, places.line(item.place))
    return _attributes(tooltip=" ".join(part for part in told if part))


# --- arrows -----------------------------------------------------------------------------------------------------------


def _told(picture: Picture) -> Iterator[Edge]:
    """The arrows, a shape that several from one node share said once: on the way through, not on the way around."""
    said: set[tuple[str, str]] = set()
    for edge in sorted(picture.edges, key=lambda edge: (edge.skip, edge.again)):
        told = (edge.source, edge.label)
        yield edge if told not in said else Edge(edge.source, edge.target, "", edge.skip, edge.again, edge.members)
        said.add(told)


def _arrow(edge: Edge, names: dict[str, str], shapes: bool) -> str:
    label = " ".join(part for part in (edge.label if shapes else "", edge.members) if part)
    looks = [f"label={_quoted(' ' + _cut(label))}"] if label else []
    if edge.again:
        looks += ['style=dashed color="#be185d" constraint=false']
    elif edge.skip:
        looks += ['color="#0ea5e9" penwidth=1.6 weight=1']
    return f"  {names[edge.source]} -> {names[edge.target]}" + (f" [{' '.join(looks)}]" if looks else "")


def _cut(text: str) -> str:
    return text if len(text) <= 42 else text[:41] + "…"


def _attributes(**values: str) -> str:
    return " ".join(f"{name}={_quoted(value)}" for name, value in values.items() if value)


def _quoted(text: str) -> str:
    return '"' + clean(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _text(text: str) -> str:
    return escape(clean(text), quote=False)


def _some(count: int | Dim | None) -> bool:
    return count is not None and not (isinstance(count, int) and count == 0)
