"""Whether an Architecture is whole: every name it mentions exists, and every step comes after those it uses.

A reader that makes one that is not has a fault; tests run this over everything that is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .architecture import Architecture, Buffer, Parameter
from .graph import Graph

#: The node words of torch.fx.
OPERATIONS = ("placeholder", "get_attr", "call_module", "call_function", "call_method", "output")
SEVERITIES = ("error", "warning", "info")


def problems(architecture: Architecture) -> tuple[str, ...]:
    """What is not whole, a sentence each; empty when all is well.

    >>> from astarch.ir.architecture import Call
    >>> problems(Architecture("net.py:Net", calls=(Call("conv", (), {}, ()),)))
    ('call 0: there is no module `conv`',)
    """
    return tuple(_problems(architecture))


def _problems(architecture: Architecture) -> Iterator[str]:
    yield from _names(architecture)
    yield from _ties("parameter", architecture.parameters)
    yield from _ties("buffer", architecture.buffers)
    yield from _calls(architecture)
    yield from _graph(architecture.graph, architecture.modules)
    yield from _diagnostics(architecture)
    for alternative in architecture.alternatives:
        yield from (f"alternative `{alternative.condition}`: {problem}" for problem in _problems(alternative.architecture))


def _names(architecture: Architecture) -> Iterator[str]:
    kinds: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("module", architecture.modules),
        ("parameter", architecture.parameters),
        ("buffer", architecture.buffers),
    )
    for kind, items in kinds:
        for name, item in items.items():
            if item.name != name:
                yield f"{kind} `{name}` is called `{item.name}`"
    keras = architecture.framework != "torch"
    for name, module in architecture.modules.items():
        parent = name.rpartition(".")[0]
        if not keras and name and parent not in architecture.modules:
            yield f"module `{name}`: there is no module `{parent}`"
        if module.shared_with is not None:
            first = architecture.modules.get(module.shared_with)
            if first is None:
                yield f"module `{name}` is shared with `{module.shared_with}`, which does not exist"
            elif first.shared_with is not None:
                yield f"module `{name}` is shared with `{module.shared_with}`, which is not the first name"


def _ties(kind: str, items: Mapping[str, Parameter] | Mapping[str, Buffer]) -> Iterator[str]:
    order = {name: place for place, name in enumerate(items)}
    for name, item in items.items():
        if item.tied_to is None:
            continue
        first = items.get(item.tied_to)
        if first is None:
            yield f"{kind} `{name}` is tied to `{item.tied_to}`, which does not exist"
        elif first.tied_to is not None or order[item.tied_to] > order[name]:
            yield f"{kind} `{name}` is tied to `{item.tied_to}`, which is not the first name"
        elif first.shape != item.shape or first.dtype != item.dtype:
            yield f"{kind} `{name}` is tied to `{item.tied_to}`, but they differ"


def _calls(architecture: Architecture) -> Iterator[str]:
    for place, call in enumerate(architecture.calls):
        if call.module not in architecture.modules:
            yield f"call {place}: there is no module `{call.module}`"
        if not isinstance(call.outputs, tuple):
            yield f"call {place}: its outputs are no tuple"
        if call.depth < 0:
            yield f"call {place}: its depth is negative"


def _graph(graph: Graph, modules: Mapping[str, Any]) -> Iterator[str]:
    for place, node in enumerate(graph):
        if node.index != place:
            yield f"node {place} has the index {node.index}"
        if node.op not in OPERATIONS:
            yield f"node {place}: `{node.op}` is no node word"
        for source in node.inputs:
            if not 0 <= source < len(graph):
                yield f"node {place} uses node {source}, which does not exist"
            elif source >= place:
                yield f"node {place} uses node {source}, which comes later"
        if len(set(node.inputs)) != len(node.inputs):
            yield f"node {place} names an input twice"
        if node.op == "call_module" and node.target not in modules:
            yield f"node {place}: there is no module `{node.target}`"
        if node.module not in modules:
            yield f"node {place}: there is no module `{node.module}` for it to run in"


def _diagnostics(architecture: Architecture) -> Iterator[str]:
    for diagnostic in architecture.diagnostics:
        if diagnostic.severity not in SEVERITIES:
            yield f"diagnostic {diagnostic.code}: `{diagnostic.severity}` is no severity"
        if diagnostic.module and diagnostic.module not in architecture.modules:
            yield f"diagnostic {diagnostic.code}: there is no module `{diagnostic.module}`"
