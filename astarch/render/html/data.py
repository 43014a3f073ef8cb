"""What the page knows, as data for its scripts; short keys, because a page may hold thousands of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...ir.architecture import Architecture
from ...ir.dim import Dim
from ...ir.span import Span
from ..holding import holder
from ..notation import arguments_text, bytes_text, count_text, shape_text, short_count, title_text, value_text, values_text
from ..picture import Item, picture
from ..picture.palette import family
from ..rows import Row, flat, rows

#: Sources beyond this many characters are left out, the largest first.
_MOST_SOURCE = 3_000_000


def page_data(architecture: Architecture, sources: Mapping[str, str], collapse: tuple[str, ...] = ()) -> dict[str, Any]:
    """Everything the page shows."""
    drawing = picture(architecture, depth=None)
    files = {path: number for number, path in enumerate(_files(architecture))}
    return {
        "title": title_text(architecture),
        "target": drawing.places.target,
        "framework": architecture.framework,
        "inputs": [[name, value_text(value)] for name, value in architecture.inputs.items()],
        "outputs": values_text(architecture.outputs) if architecture.outputs is not None else "",
        "totals": _totals(architecture),
        "modules": _modules(architecture, files),
        "items": [_item(item, files) for item in drawing.items],
        "edges": [[edge.source, edge.target, edge.label, int(edge.skip) + 2 * int(edge.again), edge.members] for edge in drawing.edges],
        "collapse": list(collapse),
        "files": [drawing.places.file(path) for path in files],
        "sources": _sources(files, sources),
        "idle": list(drawing.idle),
        "findings": [
            {"severity": one.severity, "code": one.code, "text": one.message, "help": one.help, "at": _place(one.span, files),
             "module": one.module} for one in architecture.diagnostics
        ],
        "unknown": _counted(
            [(one.reason.id, one.detail or one.reason.explanation, one.reason.hint, one.span) for one in architecture.unknown], files
        ),
        "assumed": _counted([("assumed", one.message, "", one.span) for one in architecture.assumptions], files),
        "otherwise": [
            {"text": other.condition, "at": _place(other.span, files), "parameters": count_text(other.architecture.parameter_count)}
            for other in architecture.alternatives
        ],
    }  # fmt: skip


def _files(architecture: Architecture) -> dict[str, None]:
    """Every file that a place is in, in order."""
    spans: list[Span] = []
    for module in architecture.modules.values():
        spans += (module.class_at, module.defined_at)
    spans += [call.at for call in architecture.calls]
    spans += [node.at for node in architecture.graph]
    spans += [finding.span for finding in architecture.diagnostics]
    return dict.fromkeys(span.file for span in spans if span.line)


def _sources(files: dict[str, int], sources: Mapping[str, str]) -> dict[int, str]:
    found = {number: sources[path] for path, number in files.items() if path in sources}
    while sum(map(len, found.values())) > _MOST_SOURCE:
        del found[max(found, key=lambda number: len(found[number]))]
    return found


def _totals(architecture: Architecture) -> list[list[str]]:
    whole, trainable = architecture.parameter_count, architecture.trainable_count
    found = [["Parameters", count_text(whole)]]
    if str(whole) != str(trainable):
        found.append(["Trainable", count_text(trainable)])
    sizes: int | Dim = sum(architecture.bytes.values())
    if isinstance(sizes, int) and sizes:
        found.append(["Size", bytes_text(sizes)])
    if architecture.calls and str(architecture.macs) != "0":
        found.append(["MACs", short_count(architecture.macs)])
    return [*found, ["Modules", f"{max(len(architecture.modules) - 1, 0):,}"]]


# --- modules ----------------------------------------------------------------------------------------------------------


def _modules(architecture: Architecture, files: dict[str, int]) -> list[dict[str, Any]]:
    """All modules, none folded, the root first."""
    calls: dict[str, list[Any]] = {}
    for call in architecture.calls:
        calls.setdefault(call.module, []).append(call)
    separator = "." if architecture.framework == "torch" else "/"
    own: dict[str, list[list[Any]]] = {}
    for tensor in (*architecture.parameters.values(), *architecture.buffers.values()):
        kind = ("frozen" if not getattr(tensor, "trainable", True) else "") if hasattr(tensor, "trainable") else "buffer"
        short, tied = tensor.name.rpartition(separator)[2], tensor.tied_to or ""
        fact = [short, shape_text(tensor.shape), tensor.dtype, count_text(tensor.count), kind, tied]
        own.setdefault(holder(tensor.name, architecture, separator), []).append(fact)
    listed = [(level, row) for level, row in flat(rows(architecture, fold=False)) if row.kind == "module" and row.name]
    root = _root(architecture)
    return [
        _module(0, root, architecture, calls, own, files),
        *(_module(level, row, architecture, calls, own, files) for level, row in listed),
    ]


def _root(architecture: Architecture) -> Row:
    module = architecture.modules.get("")
    place = (module.class_at if module.class_at.line else module.defined_at) if module else Span("", 0, 0, 0, 0)
    arguments = tuple(module.arguments.items()) if module else ()
    outputs = (architecture.outputs,) if architecture.outputs is not None else None
    return Row(
        "", "module", architecture.name, arguments, place, outputs=outputs, parameters=architecture.parameter_count, macs=architecture.macs
    )


def _module(
    level: int, row: Row, architecture: Architecture, calls: dict[str, list[Any]], own: dict[str, list[list[Any]]], files: dict[str, int]
) -> dict[str, Any]:
    module = architecture.modules.get(row.name)
    called = calls.get(row.same_as if row.same_as is not None else row.name, [])
    found: dict[str, Any] = {
        "n": row.name, "l": level, "t": row.type, "f": family(row.type), "a": arguments_text(dict(row.arguments)),
        "p": count_text(row.parameters), "pn": _number(row.parameters), "d": _place(row.place, files),
    }  # fmt: skip
    optional = {
        "tied": count_text(row.tied) if str(row.tied) != "0" else "",
        "m": short_count(row.macs) if row.macs is not None and str(row.macs) != "0" else "",
        "mn": _number(row.macs),
        "o": values_text(row.outputs[0]) if row.outputs else "",
        "i": [values_text(call.inputs) for call in called[:3]],
        "c": len(called),
        "ca": list(dict.fromkeys(place for call in called[:6] if (place := tuple(_place(call.at, files) or ())))),
        "k": _place(module.class_at, files) if module else None,
        "q": module.type if module else "",
        "s": row.same_as,
        "w": own.get(row.name, []),
        "x": row.failed,
    }
    found.update({key: value for key, value in optional.items() if value or (value == "" and key == "s")})
    return found


def _number(count: int | Dim | None) -> int:
    return count if isinstance(count, int) else 0


def _item(item: Item, files: dict[str, int]) -> dict[str, Any]:
    found: dict[str, Any] = {"k": item.key, "y": item.kind, "n": item.name, "t": item.type, "f": item.family, "b": item.label}
    optional = {
        "a": item.arguments, "o": item.output, "p": short_count(item.parameters) if str(item.parameters) != "0" else "",
        "m": short_count(item.macs) if item.macs is not None and str(item.macs) != "0" else "", "d": _place(item.place, files),
        "x": item.times if isinstance(item.times, int) and item.times != 1 else str(item.times) if item.times != 1 else None,
        "z": item.last if item.times != 1 else "", "c": item.calls if item.calls > 1 else 0, "e": item.failed,
        "h": [_item(child, files) for child in item.children],
    }  # fmt: skip
    found.update({key: value for key, value in optional.items() if value})
    return found


def _place(span: Span, files: dict[str, int]) -> list[int] | None:
    return [files.get(span.file, -1), span.line, span.column, span.end_line, span.end_column] if span.line else None


def _counted(remarks: list[tuple[str, str, str, Span]], files: dict[str, int]) -> list[dict[str, Any]]:
    """Remarks, equal ones once with their count."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for kind, text, hint, span in remarks:
        known = found.setdefault((kind, text, span), {"kind": kind, "text": text, "hint": hint, "at": _place(span, files), "times": 0})
        known["times"] += 1
    return list(found.values())
