"""A drawing as a Mermaid flowchart, which GitHub, GitLab and notebooks render from Markdown.

GitHub draws at most 500 arrows and 50,000 characters; a drawing that is larger is closed further until it fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..ir.architecture import Architecture
from ..ir.dim import Dim
from .dot import remarks
from .notation import short_count
from .paint import clean
from .picture import Edge, Item, Picture, in_columns, in_one, picture
from .picture.palette import INKS

MOST_EDGES = 499
MOST_CHARACTERS = 49_000
_DIRECTIONS = {"TB": "TD", "LR": "LR", "BT": "BT", "RL": "RL"}
_SIGNS = str.maketrans({"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "'", "\\": "#92;", "|": "#124;", "&": "#amp;"})


def fitting(
    architecture: Architecture,
    *,
    direction: str = "TB",
    fold: bool = True,
    collapse: Sequence[str] = (),
    operations: bool = True,
    columns: int = 1,
) -> str:
    """The largest readable drawing that GitHub draws."""
    drawing = Picture("")
    for most in (260, 160, 90, 40, 15):
        drawing = in_columns(picture(architecture, fold=fold, collapse=collapse, operations=operations, most=most), columns)
        text = to_mermaid(drawing, direction=direction)
        if fits(drawing, text):
            return text
    return to_mermaid(in_one(drawing), direction=direction)  # hundreds of layers side by side, as in flat Keras models


def fits(drawing: Picture, text: str) -> bool:
    """Whether GitHub draws it."""
    return len(drawing.edges) <= MOST_EDGES and len(text) <= MOST_CHARACTERS


def to_mermaid(drawing: Picture, *, direction: str = "TB", shapes: bool = True) -> str:
    """The drawing.

    >>> to_mermaid(Picture("Net")).splitlines()[0]
    'flowchart TD'
    """
    names = {item.key: f"n{number}" for number, item in enumerate(drawing.walk())}
    lines = [f"flowchart {_DIRECTIONS[direction]}"]
    lines += [f"  %% {clean(note)}" for note in remarks(drawing)]
    for item in drawing.items:
        lines += _drawn(item, names, 1)
    lines += [_arrow(edge, names, shapes) for edge in drawing.edges]
    lines += _styles(drawing, names)
    return "\n".join(lines) + "\n"


def _drawn(item: Item, names: dict[str, str], level: int) -> Iterator[str]:
    margin = "  " * level
    if not item.children:
        yield f"{margin}{names[item.key]}{_shape(item)}"
        return
    count = f" ×{item.times}" if item.times != 1 else ""
    yield f'{margin}subgraph {names[item.key]}["{_text(item.label)}: {_text(item.type)}{count}"]'
    for child in item.children:
        yield from _drawn(child, names, level + 1)
    yield f"{margin}end"


def _shape(item: Item) -> str:
    text = _label(item)
    if item.kind in ("input", "output"):
        return f'(["{text}"])'
    if item.kind == "mark":
        return f'(("{text}"))'
    if item.kind == "operation":
        return f'(("{text}"))' if len(item.type) == 1 and item.times == 1 else f'("{text}")'
    return f'[/"{text}"/]' if item.kind == "parameter" else f'["{text}"]'


def _label(item: Item) -> str:
    times = f" ×{item.times}" if item.times != 1 else ""
    if item.kind in ("input", "output"):
        return f"<b>{_text(item.type)}</b> {_text(item.output)}".strip()
    if item.kind != "module":
        return f"{_text(item.type)}{times}"
    arguments = f" {_text(item.arguments)}" if item.arguments else ""
    place = f" · line {item.place.line}" if item.place.line else ""
    whole = "in all " if item.varied else ""
    count = "" if isinstance(item.parameters, int) and not item.parameters else f" · {whole}{_text(_count(item.parameters))}"
    return f"<b>{_text(item.type)}</b>{arguments}{times}<br/>{_text(item.label)}{count}{place}"


def _count(count: int | Dim) -> str:
    return short_count(count)


def _arrow(edge: Edge, names: dict[str, str], shapes: bool) -> str:
    arrow = "-.->" if edge.again else "==>" if edge.skip else "-->"
    text = " ".join(part for part in (edge.label if shapes and not edge.skip else "", edge.members) if part)
    label = f'|"{_text(text if len(text) <= 42 else text[:41] + "…")}"|' if text else ""
    return f"  {names[edge.source]} {arrow}{label} {names[edge.target]}"


def _styles(drawing: Picture, names: dict[str, str]) -> Iterator[str]:
    """Colours that read on a light page and on a dark one."""
    by_family: dict[str, list[str]] = {}
    for item in drawing.leaves():
        by_family.setdefault(item.family, []).append(names[item.key])
    for family, members in by_family.items():
        ink = INKS[family]
        yield f"  classDef {family} fill:{ink.fill},stroke:{ink.line},color:{ink.text}"
        yield f"  class {','.join(members)} {family}"
    boxes = [names[item.key] for item in drawing.walk() if item.children]
    if boxes:
        yield "  classDef box fill:#94a3b818,stroke:#94a3b8"
        yield f"  class {','.join(boxes)} box"
    failed = [names[item.key] for item in drawing.walk() if item.failed]
    if failed:
        yield "  classDef failed stroke:#dc2626,stroke-width:3px"
        yield f"  class {','.join(failed)} failed"


def _text(text: str) -> str:
    return clean(str(text)).translate(_SIGNS)
