"""Where the shapes of a finding come from: who made what arrives at the place that fails."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..ir.architecture import Architecture
from ..ir.diagnostic import Diagnostic, Note
from ..ir.graph import Node, TensorType
from ..ir.span import NOWHERE

#: So many of the tensors that meet are traced.
_MOST_INPUTS = 3

#: Further back than this nobody follows.
_MOST_STEPS = 40


#: How operators are written.
_PLAIN = {"add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "matmul": "@", "pow": "**"}
_SIGNS = {f"__{place}{name}__": sign + ("=" if place == "i" else "") for name, sign in _PLAIN.items() for place in ("", "r", "i")} | {
    "__getitem__": "[...]"
}


def with_makers(architecture: Architecture, finding: Diagnostic) -> Diagnostic:
    """The same finding, with a note at each step that made a shape that meets another here."""
    node = _failing(architecture, finding)
    if node is None:
        return finding
    notes: list[Note] = []
    module = architecture.modules.get(node.target) if node.op == "call_module" and node.target else None
    if module is not None and module.defined_at.line:
        notes.append(Note(module.defined_at, f"`{module.name}` is made here"))
    inputs = {name: value for name, value in architecture.inputs.items() if isinstance(value, TensorType)}
    if not node.inputs and len(inputs) == 1:
        notes += [Note(NOWHERE, f"the input `{name}` is {sizes_text(value.shape)}") for name, value in inputs.items()]
    for index in node.inputs[:_MOST_INPUTS]:
        maker = maker_of(architecture, architecture.graph[index])
        shape = _shape(maker)
        if maker.at == finding.span:
            continue
        if not shape:
            notes += [Note(maker.at, f"{named(maker)} gives it")] if maker.op.startswith("call") else []
            continue
        if maker.op == "placeholder":
            notes.append(Note(maker.at, f"the input `{maker.target}` is {shape}"))
        elif maker.op != "get_attr":
            notes.append(Note(maker.at, f"{named(maker)} gives {shape}"))
        else:
            notes.append(Note(maker.at, f"`{maker.target}` is {shape}"))
    return replace(finding, notes=tuple(dict.fromkeys((*finding.notes, *notes))))


def named(node: Node) -> str:
    """What makes something, in words: a layer by its name, a step by that of its function, an operator by its sign."""
    step = node.target.rpartition(".")[2]
    name = node.target if node.op == "call_module" else _SIGNS.get(step) or step.strip("_")
    return f"`{name}`" if name else "this"


def _failing(architecture: Architecture, finding: Diagnostic) -> Node | None:
    """The step at the place of a finding; of several, that of its module."""
    nodes = [node for node in architecture.graph if node.at == finding.span]
    return next((node for node in nodes if finding.module in (node.target, node.module)), nodes[0] if len(nodes) == 1 else None)


def maker_of(architecture: Architecture, node: Node) -> Node:
    """The step that gave a tensor its shape: an activation or a norm after it did not."""
    for _ in range(_MOST_STEPS):
        if len(node.inputs) != 1:
            return node
        before = architecture.graph[node.inputs[0]]
        if not _shape(before) or _shape(before) != _shape(node):
            return node
        node = before
    return node


def sizes_text(sizes: Iterable[object]) -> str:
    """Sizes as people write them; a formula of several terms in brackets."""
    return "×".join(f"({text})" if " " in text else text for text in map(str, sizes))


def _shape(node: Node) -> str:
    return sizes_text(node.output.shape) if isinstance(node.output, TensorType) else ""
