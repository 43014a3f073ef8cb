"""The steps of a forward and what flows between them: from the nodes of a graph, or from what Keras layers are fed by.

A module with parameters is one step however often it is called; a function, or a layer without parameters, is one for each
time that one run of the module around it comes to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ...ir.architecture import Architecture
from ...ir.graph import Node, TensorType
from ..notation import arguments_text, value_text, values_text
from ..rows import Row, flat, rows
from .items import Arrow, Item, Step
from .naming import MEETINGS, operation_name
from .origins import given, origins, settings
from .palette import family

#: Arguments that say nothing, and how much of the others fits a line.
_USUAL = {
    ("stride", "1"), ("padding", "0"), ("dilation", "1"), ("groups", "1"), ("bias", "True"), ("ceil_mode", "False"), ("inplace", "True"),
}  # fmt: skip
_SILENT = re.compile(r"^\*|(^|_)(idx|index|id|device|dtype)$|drop|stochastic")
_LINE = 40

#: Looking for a way around stops after this many steps.
_FAR = 3000


@dataclass(slots=True)
class Flow:
    """The steps in the order of the run, and the arrows between them by their keys."""

    steps: dict[str, Step] = field(default_factory=dict[str, Step])
    arrows: dict[tuple[str, str], Arrow] = field(default_factory=dict[tuple[str, str], Arrow])
    facts: dict[str, Row] = field(default_factory=dict[str, Row])
    idle: tuple[str, ...] = ()
    own: frozenset[str] = frozenset()

    def arrow(self, source: str, target: str, label: str) -> Arrow:
        """The arrow between two steps, made when there is none."""
        found = self.arrows.get((source, target))
        if found is None:
            found = self.arrows[source, target] = Arrow(label)
        elif label and label not in found.label.split(" · "):
            found.label = f"{found.label} · {label}" if found.label else label
        return found


def flow(architecture: Architecture) -> Flow:
    """What there is to draw."""
    found = Flow(facts=facts(architecture), own=_own(architecture))
    architecture = replace(architecture, graph=architecture.attributes.get("layers", architecture.graph))
    nodes = _wanted(architecture)
    if nodes:
        _from_graph(architecture, nodes, found)
    elif any(module.inbound is not None for module in architecture.modules.values()):
        _from_layers(architecture, found)
    else:
        _from_names(architecture, found)
    called = {call.module for call in architecture.calls}
    if nodes and called:
        found.idle = _idle(architecture, called)
    return found


def _own(architecture: Architecture) -> frozenset[str]:
    """The modules whose classes are not the framework's."""
    return frozenset(name for name, module in architecture.modules.items() if not module.type.startswith(("torch.", "keras.")))


def facts(architecture: Architecture) -> dict[str, Row]:
    """What reports say of each module, by name; the root under the empty one."""
    return {row.name: row for _, row in flat(rows(architecture, fold=False)) if row.kind == "module"}


def _idle(architecture: Architecture, called: set[str]) -> tuple[str, ...]:
    """The outermost modules that have layers but are not called, nor anything in them."""
    taken = (origin for node in architecture.graph for origin in origins(node.attributes.get("arguments")))
    used = {str(name).rpartition(".")[0] for kind, name in taken if kind == "tensor"}
    running = called | used
    for name in called | used:
        while name:
            name = name.rpartition(".")[0]
            running.add(name)
    found: list[str] = []
    for name, module in architecture.modules.items():
        first = module.shared_with if module.shared_with is not None else name
        if not name or first in running or module.class_name == "InputLayer":
            continue
        if name.rpartition(".")[0] in running and not _inside_leaf(name, architecture):
            found.append(name)
    return tuple(found)


def _inside_leaf(name: str, architecture: Architecture) -> bool:
    """Whether the module around it is a layer of the framework, whose parts are its own business."""
    parent = architecture.modules.get(name.rpartition(".")[0])
    return parent is not None and parent.type.startswith(("torch.nn.", "keras.")) and family(parent.class_name) != "container"


# --- from the nodes of a graph ----------------------------------------------------------------------------------------


def _wanted(architecture: Architecture) -> dict[int, Node]:
    """The nodes that take part: modules, and the operations that lie on a way to one or to an output."""
    ends = set(outputs_of(architecture))
    wanted: set[int] = set()
    for node in reversed(architecture.graph.nodes):
        if node.index in ends or node.op in ("call_module", "output") or node.index in wanted:
            wanted.add(node.index)
            wanted.update(node.inputs)
    return {node.index: _nameless(node) for node in architecture.graph if node.index in wanted}


def _nameless(node: Node) -> Node:
    """A layer that is made where it is used is no part of the model: it is drawn as the function it is."""
    if node.op != "call_module" or node.target:
        return node
    return replace(node, op="call_function", target=str(node.attributes.get("kind") or "layer"))


def outputs_of(architecture: Architecture) -> tuple[int, ...]:
    """The nodes whose results the forward returned, as far as the graph tells."""
    nodes = architecture.graph.nodes
    said = [node for node in nodes if node.op == "output"]
    if said:
        return tuple(source for node in said for source in node.inputs)
    known = [index for result in architecture.graph.results for kind, index in origins(result) if kind == "node"]
    if known:
        return tuple(dict.fromkeys(known))
    if architecture.outputs is None or not nodes:
        return ()
    used = {source for node in nodes for source in node.inputs}
    returned = list(tensors(architecture.outputs))
    ends: list[int] = []
    for node in reversed(nodes):
        if node.index not in used and any(same_type(given, kind) for given in tensors(node.output) for kind in returned):
            ends.append(node.index)
            returned = [kind for kind in returned if not any(same_type(given, kind) for given in tensors(node.output))]
    return tuple(ends) or (nodes[-1].index,)


def same_type(first: TensorType, second: TensorType) -> bool:
    """Whether two tensors are of one shape and element type, as written."""
    return str(first) == str(second)


def tensors(value: Any) -> Iterator[TensorType]:
    """The tensors anywhere in a value."""
    if isinstance(value, TensorType):
        yield value
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from tensors(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from tensors(item)
    elif hasattr(value, "fields"):
        yield from tensors(dict(value.fields))


def _from_graph(architecture: Architecture, nodes: dict[int, Node], found: Flow) -> None:
    keys = _keys(architecture, nodes, found.facts)
    for index, node in nodes.items():
        key = keys[index]
        if node.op == "output":
            continue
        if key not in found.steps:
            found.steps[key] = _step(key, node, found.facts)
        step = found.steps[key]
        for source in node.inputs:
            if source in keys and keys[source] != key:
                arrow = found.arrow(keys[source], key, shown(nodes[source].output))
                arrow.again = arrow.again or found.steps[keys[source]].first > step.first
            elif source in keys:
                step.item = replace(step.item, calls=max(step.item.calls, 2))
    _given(architecture, nodes, keys, found)
    _ends(architecture, nodes, keys, found)
    _mark_skips(nodes, keys, found)


def _keys(architecture: Architecture, nodes: dict[int, Node], known: dict[str, Row]) -> dict[int, str]:
    """By node: the key of its step. What one run of a module does twice is two steps, what two runs do is one."""
    runs: dict[str, int] = {}
    for call in architecture.calls:
        runs[call.module] = runs.get(call.module, 0) + 1
    groups: dict[tuple[str, ...], list[int]] = {}
    for index, node in nodes.items():
        place = "" if node.op == "call_module" else str(node.at)
        groups.setdefault((node.op, node.target, node.module, place), []).append(index)
    keys: dict[int, str] = {}
    for (op, target, owner, place), members in groups.items():
        row = known.get(target) if op == "call_module" else None
        if row is not None and str(row.parameters) + str(row.tied) != "00":
            keys.update(dict.fromkeys(members, target))
            continue
        times = runs.get(owner, 1)
        each = len(members) // times if times > 1 and len(members) % times == 0 else len(members)
        for number, index in enumerate(members):
            keys[index] = f"{target if row else owner}\0{op}\0{target}\0{place}\0{number % each}"
    return _named(keys, nodes)


def _named(keys: dict[int, str], nodes: dict[int, Node]) -> dict[int, str]:
    """Short keys: the module's name, counted where a name comes again."""
    names: dict[str, str] = {}
    taken: dict[str, int] = {}
    for index in sorted(keys):
        key = keys[index]
        if key in names:
            continue
        node = nodes[index]
        if node.op == "call_module":
            name = node.target
        elif node.op in ("placeholder", "get_attr"):
            name = f"{node.op}:{node.target}"
        else:
            name = f"{node.module}:{operation_name(node.target)}"
        taken[name] = taken.get(name, 0) + 1
        names[key] = name if taken[name] == 1 else f"{name}#{taken[name]}"
    return {index: names[key] for index, key in keys.items()}


def _step(key: str, node: Node, known: dict[str, Row]) -> Step:
    if node.op == "call_module" and node.target in known:
        return Step(key, node.target, replace(module_item(known[node.target], key), output=shown(node.output)), node.index, node.output)
    if node.op == "placeholder":
        item = Item(key, "input", node.target, node.target, family="terminal", output=shown(node.output))
        return Step(key, "", item, node.index, node.output)
    if node.op == "get_attr":
        item = Item(key, "parameter", node.target, node.target.rpartition(".")[2], family="parameter", output=shown(node.output))
        return Step(key, node.module, item, node.index, node.output)
    name = operation_name(node.target)
    kind = family(name) if family(name) not in ("other", "container", "linear") else "operation"
    if name == "[ ]" and settings(node):
        name = f"[{settings(node)}]" if len(settings(node)) <= 20 else "[…]"
    words = "" if name.startswith("[") else settings(node)
    item = Item(
        key, "operation", node.module, name, words, kind, node.at, shown(node.output), macs=None if str(node.macs) == "0" else node.macs
    )
    return Step(key, node.module, item, node.index, node.output)


def _given(architecture: Architecture, nodes: dict[int, Node], keys: dict[int, str], found: Flow) -> None:
    """Inputs and loose parameters, where a reader says who uses them; they come before all else."""
    users: dict[tuple[str, Any], dict[str, None]] = {}
    for index, node in nodes.items():
        for origin in given(node):
            if origin[0] == "input" or origin[1] in architecture.parameters:
                users.setdefault(origin, {})[keys[index]] = None
    steps = dict(found.steps)
    found.steps.clear()
    for (kind, name), used in users.items():
        value = architecture.inputs.get(name) if kind == "input" else None
        key = f"placeholder:{name}" if kind == "input" else f"parameter:{name}"
        if kind == "input":
            found.steps[key] = Step(key, "", Item(key, "input", name, name, family="terminal", output=shown(value)), -1, value)
        else:
            shape = value_text(TensorType(architecture.parameters[name].shape or ()))
            owner, _, short = name.rpartition(".")
            first = min(step.first for user, step in steps.items() if user in used)
            item = Item(key, "parameter", owner, short, family="parameter", output=shape, place=architecture.parameters[name].at)
            found.steps[key] = Step(key, owner, item, first)
        for user in used:
            found.arrow(key, user, found.steps[key].item.output)
    found.steps.update(steps)


def module_item(row: Row, key: str) -> Item:
    """How a module is drawn."""
    from_arguments = _arguments(row)
    outputs = values_text(row.outputs[0]) if row.outputs else ""
    return Item(
        key=key, kind="module", name=row.name, type=row.type, arguments=from_arguments, family=family(row.type), place=row.place,
        output=outputs, parameters=row.parameters + row.tied, macs=row.macs, calls=max(1, len(row.outputs or ())), last=row.name,
        failed=row.failed,
    )  # fmt: skip


def _arguments(row: Row) -> str:
    """What sets a module apart from others of its class, in a line."""
    if family(row.type) == "container":
        return ""
    usual = {*_USUAL, ("name", row.name.rpartition("/")[2])}
    telling = {name: value for name, value in row.arguments if not _SILENT.search(name) and (name, str(value)) not in usual}
    pieces = [piece for piece in arguments_text(telling).split(", ") if "…" not in piece]
    text = ", ".join(pieces)
    while len(text) > _LINE and len(pieces) > 1:
        pieces.pop()
        text = ", ".join([*pieces, "…"])
    return text if len(text) <= 2 * _LINE else ""


def shown(value: Any) -> str:
    """The tensors of a value, short."""
    found = list(dict.fromkeys(value_text(kind) for kind in tensors(value)))
    return ", ".join(found[:3]) + (", …" if len(found) > 3 else "")


def _ends(architecture: Architecture, nodes: dict[int, Node], keys: dict[int, str], found: Flow) -> None:
    """Where values come in and where they leave."""
    told = any(step.item.kind == "input" for step in found.steps.values())
    if not told and not any("arguments" in node.attributes for node in nodes.values()):
        _entrances(architecture, nodes, keys, found)
    leaving = [index for index in outputs_of(architecture) if index in keys]
    if leaving:
        text = values_text(architecture.outputs) if architecture.outputs is not None else ""
        item = Item("output", "output", "", "output", family="terminal", output=text if len(text) <= 60 else shown(architecture.outputs))
        found.steps["output"] = Step("output", "", item, len(architecture.graph) + 1)
        for index in leaving:
            found.arrow(keys[index], "output", shown(nodes[index].output))


def _entrances(architecture: Architecture, nodes: dict[int, Node], keys: dict[int, str], found: Flow) -> None:
    """Inputs that the graph does not name lead to the modules that were given a tensor like them from nowhere else."""
    entered: dict[str, int] = {}
    given = {name: next(tensors(value), None) for name, value in architecture.inputs.items()}
    for node in nodes.values():
        if node.op != "call_module" or node.inputs:
            continue
        calls = [call for call in architecture.calls if call.module == node.target]
        for name, kind in given.items():
            if kind and any(same_type(kind, one) for call in calls for one in tensors(call.inputs)):
                entered[f"{name}\0{keys[node.index]}"] = node.index
    steps = dict(found.steps)
    found.steps.clear()
    for name, kind in given.items():
        key = f"placeholder:{name}"
        item = Item(key, "input", name, name, family="terminal", output=shown(kind))
        found.steps[key] = Step(key, "", item, -1, kind)
    found.steps.update(steps)
    for entry in entered:
        name, _, key = entry.partition("\0")
        found.arrow(f"placeholder:{name}", key, shown(given[name]))


def _mark_skips(nodes: dict[int, Node], keys: dict[int, str], found: Flow) -> None:
    """An arrow into a meeting of ways is a skip when another way from its source leads to the same meeting."""
    takers: dict[str, list[int]] = {}
    for index, node in nodes.items():
        for kind, name in given(node):
            takers.setdefault(f"placeholder:{name}" if kind == "input" else f"parameter:{name}", []).append(index)
    for node in nodes.values():
        if node.op == "call_module" or operation_name(node.target) not in MEETINGS:
            continue
        around = [
            keys[one] for one in node.inputs if one in keys and any(_leads(one, other, nodes) for other in node.inputs if other > one)
        ]
        for source, users in takers.items():
            ways = [user for user in users if user < node.index]
            if node.index in users and any(way == end or _leads(way, end, nodes) for way in ways for end in node.inputs):
                around.append(source)
        for source in around:
            if (source, keys[node.index]) in found.arrows:
                found.arrows[source, keys[node.index]].skip = True


def _leads(first: int, last: int, nodes: dict[int, Node]) -> bool:
    """Whether something flows from the first node to the last."""
    seen, waiting = {last}, [last]
    while waiting and len(seen) < _FAR:
        for source in nodes[waiting.pop()].inputs:
            if source == first:
                return True
            if source > first and source in nodes and source not in seen:
                seen.add(source)
                waiting.append(source)
    return False


# --- without a graph --------------------------------------------------------------------------------------------------


def _from_layers(architecture: Architecture, found: Flow) -> None:
    """Keras layers know what they are fed by."""
    for number, (name, module) in enumerate(architecture.modules.items()):
        if name and module.inbound is not None and name in found.facts:
            item = module_item(found.facts[name], name)
            if module.class_name == "InputLayer":
                item = replace(item, kind="input", family="terminal")
            found.steps[name] = Step(name, name, item, number)
    for name in list(found.steps):
        for source in architecture.modules[name].inbound or ():
            if source in found.steps:
                found.arrow(source, name, found.steps[source].item.output)


def _from_names(architecture: Architecture, found: Flow) -> None:
    """Nothing was run: the modules alone, those of a Sequential in their order."""
    names = list(architecture.modules)
    inner = {name.rpartition(".")[0] for name in names if name}
    for number, name in enumerate(names):
        if name and name not in inner and name in found.facts:
            found.steps[name] = Step(name, name, module_item(found.facts[name], name), number)
