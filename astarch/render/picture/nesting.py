"""Putting steps into the boxes of the modules they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .flow import Flow, module_item
from .items import Item

#: Modules nested deeper than any real network stay in the box at this level.
_DEEPEST = 60


@dataclass(slots=True)
class _Box:
    """A module with what is drawn in it, in the order of the run."""

    name: str
    inside: list[Item | _Box] = field(default_factory=list["Item | _Box"])


def nested(flow: Flow, separator: str) -> tuple[Item, ...]:
    """The steps in their boxes, in the order in which they are first run."""
    root = _Box("")
    boxes = {"": root}
    for step in flow.steps.values():
        is_module = step.item.kind == "module"
        around = _parent(step.owner, flow, separator) if is_module else step.owner
        _box(around, boxes, flow, separator).inside.append(step.item)
    return _closed(root, flow)


def _parent(name: str, flow: Flow, separator: str) -> str:
    parent = name.rpartition(separator)[0]
    while parent and parent not in flow.facts:
        parent = parent.rpartition(separator)[0]
    return parent


def _box(name: str, boxes: dict[str, _Box], flow: Flow, separator: str) -> _Box:
    """The box of a module, made where it is first needed; one that is a step itself holds nothing."""
    if name in flow.steps or (name and name not in flow.facts) or name.count(separator) > _DEEPEST:
        return _box(_parent(name, flow, separator), boxes, flow, separator)
    found = boxes.get(name)
    if found is None:
        found = boxes[name] = _Box(name)
        _box(_parent(name, flow, separator), boxes, flow, separator).inside.append(found)
    return found


def _closed(box: _Box, flow: Flow) -> tuple[Item, ...]:
    items: list[Item] = []
    for inside in box.inside:
        if isinstance(inside, Item):
            items.append(inside)
        else:
            item = module_item(flow.facts[inside.name], inside.name)
            items.append(replace(item, children=_closed(inside, flow)))
    return tuple(items)
