"""How much of a drawing is shown: how deep, what closed, with operations or without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from ...ir.architecture import Architecture
from ..notation import title_text, value_text, values_text
from ..places import Places
from .flow import Flow, flow
from .folding import folded
from .items import AUTO, Edge, Item, Picture
from .nesting import nested

#: A drawing of more items and arrows than this is no longer read at a glance.
READABLE = 200

#: Longer chains of operations are cut.
_CHAIN = 4


def picture(
    architecture: Architecture,
    *,
    depth: int | str | None = AUTO,
    fold: bool = True,
    collapse: Sequence[str] = (),
    operations: bool = True,
    most: int = READABLE,
) -> Picture:
    """The drawing of an Architecture.

    Args:
        architecture: What to draw.
        depth: How many levels of boxes are open; None for all; AUTO for as many as stay readable.
        fold: Whether equal neighbours are drawn once.
        collapse: Patterns of names or classes whose boxes stay closed.
        operations: Whether functions and methods between modules are drawn.
        most: How many items and arrows AUTO allows.
    """
    found = flow(architecture)
    separator = "." if architecture.framework == "torch" else "/"
    items, edges = folded(nested(found, separator), found, fold)
    whole = _closed_by_name(_plain((items, edges)), collapse)
    if depth == AUTO:
        items, edges, level = _fitting(whole, operations, most)
        if fold and level == 1 and any(item.children for item in whole[0]):  # next to nothing would be seen
            similar = _closed_by_name(_plain(folded(nested(found, separator), found, fold, loosely=True)), collapse)
            looser = _fitting(similar, operations, most)
            items, edges = (looser if looser[2] > level else (items, edges, level))[:2]
    else:
        items, edges = _shown(whole, depth if isinstance(depth, int) else None, operations)
    return _titled(architecture, found, items, edges)


_Drawing = tuple[tuple[Item, ...], tuple[Edge, ...]]


def _titled(architecture: Architecture, found: Flow, items: tuple[Item, ...], edges: tuple[Edge, ...]) -> Picture:
    given = ", ".join(f"{name} {value_text(value)}" for name, value in architecture.inputs.items())
    return Picture(
        title=title_text(architecture),
        items=items,
        edges=edges,
        inputs=given,
        outputs=values_text(architecture.outputs) if architecture.outputs is not None else "",
        parameters=architecture.parameter_count,
        macs=architecture.macs,
        idle=found.idle,
        unknown=architecture.unknown,
        assumptions=architecture.assumptions,
        diagnostics=architecture.diagnostics,
        alternatives=architecture.alternatives,
        flows=bool(edges),
        places=Places(architecture),
    )


def _fitting(whole: _Drawing, operations: bool, most: int) -> tuple[tuple[Item, ...], tuple[Edge, ...], int]:
    """The deepest view that is not too large, and how deep it is; without operations when none is."""
    deepest = max((_levels(item) for item in whole[0]), default=1)
    choices = [(depth, True) for depth in range(deepest, 0, -1)] if operations else []
    found = whole
    for depth, with_operations in [*choices, *((depth, False) for depth in range(min(deepest, 2), 0, -1))]:
        found = _shown(whole, depth, with_operations)
        size = sum(1 for item in found[0] for _ in item.walk()) + len(found[1])
        if size <= most:
            return *found, depth
    return *found, 1


def _levels(item: Item) -> int:
    return 1 + max(map(_levels, item.children), default=0) if item.children else 1


def _shown(whole: _Drawing, depth: int | None, operations: bool) -> _Drawing:
    found = whole if depth is None else _closed(whole, lambda item, level: level >= depth)
    if not operations:
        found = _without_operations(found)
    return _chained(found)


def _plain(drawing: _Drawing) -> _Drawing:
    """A module that does nothing but one operation is a node."""
    found, edges = _closed(drawing, lambda item, level: _single(item))
    return tuple(map(_unmarked, found)), edges


def _single(item: Item) -> bool:
    return len(item.children) == 1 and item.children[0].kind == "operation"


def _unmarked(item: Item) -> Item:
    return replace(item, closed=False, children=tuple(map(_unmarked, item.children)))


def in_one(drawing: Picture) -> Picture:
    """The drawing with all between what comes in and what leaves as one closed box: what is left when nothing else fits."""
    ends = ("input", "output")
    inside = tuple(item for item in drawing.items if item.kind not in ends)
    count = sum(leaf.kind == "module" for item in inside for leaf in item.leaves())
    facts = {"parameters": drawing.parameters, "macs": drawing.macs, "children": inside, "shown": f"{count} layers"}
    box = Item("in one", "module", "", drawing.title, **facts)  # type: ignore[arg-type]
    items = [box if item is inside[0] else item for item in drawing.items if item.kind in ends or item is inside[0]] if inside else []
    shown, edges = _closed((tuple(items), drawing.edges), lambda item, level: item.key == box.key)
    return replace(drawing, items=shown, edges=edges) if inside else drawing


# --- closing boxes ----------------------------------------------------------------------------------------------------


def _closed_by_name(drawing: _Drawing, patterns: Sequence[str]) -> _Drawing:
    if not patterns:
        return drawing
    return _closed(drawing, lambda item, level: any(fnmatchcase(item.name, one) or fnmatchcase(item.type, one) for one in patterns))


def _closed(drawing: _Drawing, wanted: Callable[[Item, int], bool]) -> _Drawing:
    """Boxes that are wanted closed become nodes; arrows lead to them instead of into them."""
    moved: dict[str, str] = {}

    def visit(item: Item, level: int) -> Item:
        if not item.children:
            return item
        if wanted(item, level):
            moved.update((leaf.key, item.key) for leaf in item.leaves())
            return replace(item, children=(), closed=True)
        return replace(item, children=tuple(visit(child, level + 1) for child in item.children))

    items = tuple(visit(item, 1) for item in drawing[0])
    return items, tuple(_lifted(drawing[1], moved)) if moved else drawing[1]


def _lifted(edges: Iterable[Edge], moved: dict[str, str]) -> Iterable[Edge]:
    found: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        ends = moved.get(edge.source, edge.source), moved.get(edge.target, edge.target)
        if ends[0] == ends[1]:
            continue
        old = found.get(ends)
        if old is None:
            found[ends] = replace(edge, source=ends[0], target=ends[1])
        else:
            label = old.label if edge.label in old.label else f"{old.label} · {edge.label}"
            found[ends] = replace(old, label=label, skip=old.skip and edge.skip, again=old.again and edge.again)
    opposite = {(target, source) for source, target in found}
    for ends, edge in found.items():
        yield replace(edge, again=True) if ends in opposite and edge.again else edge


# --- operations -------------------------------------------------------------------------------------------------------


def _without_operations(drawing: _Drawing) -> _Drawing:
    """Arrows lead through what is left out."""
    gone = {leaf.key for item in drawing[0] for leaf in item.leaves() if leaf.kind in ("operation", "parameter")}
    after: dict[str, list[Edge]] = {}
    for edge in drawing[1]:
        after.setdefault(edge.source, []).append(edge)
    found: dict[tuple[str, str], Edge] = {}
    for edge in drawing[1]:
        if edge.source in gone:
            continue
        seen: set[str] = set()
        waiting = [edge]
        while waiting:
            way = waiting.pop()
            if way.target not in gone:
                found.setdefault((edge.source, way.target), replace(way, source=edge.source, skip=edge.skip or way.skip))
            elif way.target not in seen:
                seen.add(way.target)
                waiting += after.get(way.target, ())
    return tuple(_kept(drawing[0], gone)), tuple(edge for ends, edge in found.items() if ends[0] != ends[1])


def _kept(items: Iterable[Item], gone: set[str]) -> Iterable[Item]:
    for item in items:
        if item.children:
            inside = tuple(_kept(item.children, gone))
            if inside:
                yield replace(item, children=inside)
        elif item.key not in gone:
            yield item


def _chained(drawing: _Drawing) -> _Drawing:
    """Operations that follow each other with nothing between are one node."""
    into: dict[str, list[str]] = {}
    out: dict[str, list[str]] = {}
    for edge in drawing[1]:
        out.setdefault(edge.source, []).append(edge.target)
        into.setdefault(edge.target, []).append(edge.source)
    moved: dict[str, str] = {}

    def visit(items: tuple[Item, ...]) -> tuple[Item, ...]:
        found: dict[str, Item] = {}
        for item in items:
            if item.children:
                found[item.key] = replace(item, children=visit(item.children))
                continue
            before = into.get(item.key) or []
            head = moved.get(before[0], before[0]) if len(before) == 1 and item.kind == "operation" else ""
            if head in found and _extends(found[head], item, len(out[before[0]])):
                found[head] = _longer(found[head], item)
                moved[item.key] = head
            else:
                found[item.key] = item
        return tuple(found.values())

    items = visit(drawing[0])
    return items, tuple(_lifted(drawing[1], moved)) if moved else drawing[1]


def _extends(head: Item, item: Item, ways: int) -> bool:
    return head.kind == "operation" and ways == 1 and head.times == item.times and len(head.steps or "1") < _CHAIN


def _longer(head: Item, item: Item) -> Item:
    steps = (*(head.steps or (head.type,)), item.type)
    macs = head.macs if item.macs is None else item.macs if head.macs is None else head.macs + item.macs
    return replace(head, steps=steps, type=" → ".join(steps), arguments="", output=item.output, macs=macs)
