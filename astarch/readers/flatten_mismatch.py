"""A linear layer that gets the wrong number of features, told in full: where both numbers come from, and what would fit.

The interpreter only says that the numbers differ. Here the way of the number is followed back through the data flow to the
flatten, the map before it, and the layer that made that map.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import replace

from ..ir.architecture import Architecture, Module
from ..ir.diagnostic import Diagnostic, Note
from ..ir.dim import Dim
from ..ir.graph import Node, TensorType
from ..ir.span import Span
from .handed_down import tree_of_text, where_written
from .provenance import maker_of, named, sizes_text, with_makers
from .residual_mismatch import explained_residual

_FLATTENING = ("flatten", "view", "reshape", "Flatten")


#: The text of a file by its path; empty when there is none.
Texts = Callable[[str], str]


def explained(architecture: Architecture, texts: Texts) -> Architecture:
    """The same architecture, its mismatches explained."""
    if not any(finding.code.startswith("MDL2") for finding in architecture.diagnostics):
        return architecture
    return replace(architecture, diagnostics=tuple(_explained(architecture, finding, texts) for finding in architecture.diagnostics))


def _explained(architecture: Architecture, finding: Diagnostic, texts: Texts) -> Diagnostic:
    if not finding.code.startswith("MDL2"):
        return finding
    told = _explain(architecture, finding, texts)
    return told if told.notes else with_makers(architecture, told)


def _explain(architecture: Architecture, finding: Diagnostic, texts: Texts) -> Diagnostic:
    if finding.name == "broadcast-mismatch":
        return explained_residual(architecture, finding)
    if finding.name == "channel-mismatch":
        return _channels(architecture, finding, texts)
    node = _linear_at(architecture, finding.span) if finding.name == "linear-mismatch" else None
    module = architecture.modules.get(node.target) if node is not None else None
    if node is None or module is None or not node.inputs:
        return finding
    wanted, given = module.arguments.get("in_features"), _last_size(architecture.graph[node.inputs[0]])
    if not isinstance(wanted, int) or not isinstance(given, int) or not module.defined_at.line:
        return finding
    place, written = _argument_place(module.defined_at, texts)
    message = f"`{module.name}` takes {wanted} features and gets {given}"
    flat = _flattening(architecture, node)
    if flat is None:
        found = with_makers(architecture, replace(finding, notes=())).notes
        made = [note for note in found if note.span != module.defined_at]
        notes = (Note(place, f"takes {wanted}{written}"), *made, Note(finding.span, f"gets {given}"))
        told = replace(finding, code="MDL207", message=message, span=place, notes=notes, module=module.name)
        return where_written(architecture, told, maker_of(architecture, architecture.graph[node.inputs[0]]), texts)
    sizes = _features(architecture, flat, given)
    notes = [Note(place, f"{wanted}{written}"), Note(flat.at, f"{given} = {'·'.join(map(str, sizes))}" if len(sizes) > 1 else str(given))]
    notes += _origin(architecture, flat, sizes)
    if finding.span.line not in {note.span.line for note in notes}:
        notes.append(Note(finding.span, "called here"))
    return replace(
        finding,
        code="MDL201",
        name="flatten-linear-mismatch",
        message=message,
        span=place,
        notes=tuple(notes),
        help=_help(architecture, wanted, sizes, given),
        module=module.name,
    )


def _channels(architecture: Architecture, finding: Diagnostic, texts: Texts) -> Diagnostic:
    """Which layer takes other channels than it gets, where it was made, and who made the channels."""
    for node in architecture.graph:
        module = architecture.modules.get(node.target) if node.op == "call_module" and node.at == finding.span else None
        source = architecture.graph[node.inputs[0]] if node.inputs else None
        wanted = module.arguments.get("in_channels") if module is not None else None
        output = source.output if source is not None else None
        if module is None or source is None or not isinstance(wanted, int) or not isinstance(output, TensorType) or len(output.shape) < 3:
            continue
        given = output.shape[1]
        if not module.defined_at.line or not isinstance(given, int) or given == wanted:
            continue
        place, written = _argument_place(module.defined_at, texts)
        maker = maker_of(architecture, source)
        notes = (
            Note(place, f"takes {wanted}{written}"),
            Note(maker.at, f"{named(maker)} gives {given}"),
            Note(finding.span, "called here"),
        )
        message = f"`{module.name}` takes {wanted} channels and gets {given}"
        told = replace(finding, code="MDL202", message=message, span=place, notes=notes, module=module.name)
        return where_written(architecture, told, maker, texts)
    return finding


def _linear_at(architecture: Architecture, span: Span) -> Node | None:
    """The call of the linear layer at a place."""
    for node in architecture.graph:
        if (
            node.op == "call_module"
            and node.at == span
            and architecture.modules.get(node.target, Module("", "")).class_name.endswith("Linear")
        ):
            return node
    return None


def _last_size(node: Node) -> object:
    return node.output.shape[-1] if isinstance(node.output, TensorType) and node.output.shape else None


def _flattening(architecture: Architecture, node: Node) -> Node | None:
    """The step before, through steps that keep the shape, that merged several axes into the last one."""
    current = architecture.graph[node.inputs[0]]
    size = _last_size(current)
    for _ in range(12):
        if not current.inputs or _last_size(current) != size:
            return None
        before = architecture.graph[current.inputs[0]]
        named = current.target.rpartition(".")[2] if current.op != "call_module" else architecture.modules[current.target].class_name
        if named in _FLATTENING and isinstance(before.output, TensorType) and len(before.output.shape) > len(current.output.shape):
            return current
        current = before
    return None


def _features(architecture: Architecture, flat: Node, given: int) -> list[int]:
    """The sizes whose product was flattened; empty when they cannot be told."""
    before = architecture.graph[flat.inputs[0]].output
    sizes = list(before.shape)
    kept = len(flat.output.shape) - 1
    for first in (kept, *range(len(sizes))):
        rest = sizes[first:]
        if all(isinstance(size, int) for size in rest) and math.prod(rest) == given:
            return rest
    return []


def _origin(architecture: Architecture, flat: Node, sizes: list[int]) -> list[Note]:
    """The layer that last changed the size of the map, and what it made of what."""
    current = architecture.graph[flat.inputs[0]]
    for _ in range(40):
        if not current.inputs:
            before: TensorType | None = next((value for value in architecture.inputs.values() if isinstance(value, TensorType)), None)
        else:
            found = architecture.graph[current.inputs[0]].output
            before = found if isinstance(found, TensorType) else None
        if before is None or not isinstance(current.output, TensorType):
            return []
        if before.shape[2:] != current.output.shape[2:] and current.op == "call_module":
            return [
                Note(
                    current.at,
                    f"{named(current)} makes {sizes_text(current.output.shape[2:])} of {sizes_text(before.shape[2:])}",
                )
            ]
        if not current.inputs:
            return []
        current = architecture.graph[current.inputs[0]]
    return []


def _help(architecture: Architecture, wanted: int, sizes: list[int], given: int) -> str:
    image = next((value for value in architecture.inputs.values() if isinstance(value, TensorType) and len(value.shape) == 4), None)
    written = " * ".join(map(str, sizes)) if len(sizes) > 1 else str(given)
    if image is None or not isinstance(image.shape[-1], int) or not isinstance(image.shape[-2], int):
        return f"Linear({written}, ...) takes what arrives"
    here = f"{image.shape[-2]}×{image.shape[-1]}"
    fitting = _fitting(architecture, wanted, sizes)
    start = f"a {fitting}×{fitting} input fits this layer; " if fitting is not None else ""
    return f"{start}for {here} it would be Linear({written}, ...)"


def _fitting(architecture: Architecture, wanted: int, sizes: list[int]) -> int | None:
    """The side of a square input whose map has the wanted size, when the way there is made of convolutions and pools."""
    if len(sizes) != 3 or wanted % sizes[0]:
        return None
    side = math.isqrt(wanted // sizes[0])
    if side * side * sizes[0] != wanted:
        return None
    steps = [
        (node, architecture.modules[node.target])
        for node in architecture.graph
        if node.op == "call_module" and node.target in architecture.modules
    ]
    windows = [
        module
        for node, module in steps
        if isinstance(node.output, TensorType) and len(node.output.shape) == 4 and module.class_name in ("Conv2d", "MaxPool2d", "AvgPool2d")
    ]
    if any(module.class_name not in ("Conv2d", "MaxPool2d", "AvgPool2d") and "Pool" in module.class_name for _, module in steps):
        return None
    here = next((value.shape[-1] for value in architecture.inputs.values() if isinstance(value, TensorType) and value.shape), 0)
    if _through(windows, here) != sizes[-1]:
        return None  # something else changes the size as well
    return next((size for size in range(1, 2049) if _through(windows, size) == side), None)


def _through(windows: list[Module], size: int | Dim) -> int | Dim | None:
    for module in windows:
        numbers = [_side(module.arguments.get(name, default)) for name, default in (("kernel_size", 1), ("padding", 0), ("dilation", 1))]
        kernel, padding, dilation = numbers
        stride = _side(module.arguments.get("stride") or (1 if module.class_name == "Conv2d" else module.arguments.get("kernel_size", 1)))
        if None in (kernel, padding, dilation, stride) or module.arguments.get("ceil_mode"):
            return None
        assert kernel is not None
        assert padding is not None
        assert dilation is not None
        assert stride is not None
        size = (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1
    return size


def _side(value: object) -> int | None:
    if isinstance(value, int):
        return value
    return value[0] if isinstance(value, (list, tuple)) and value and isinstance(value[0], int) and len(set(value)) == 1 else None


def _argument_place(span: Span, texts: Texts) -> tuple[Span, str]:
    """The first argument of the call at a place, and how its number is written; the whole call when it cannot be told."""
    text = texts(span.file)
    for node in ast.walk(tree_of_text(text)) if text else ():
        if isinstance(node, ast.Call) and (node.lineno, node.col_offset + 1) == (span.line, span.column):
            first = next(
                (keyword.value for keyword in node.keywords if keyword.arg in ("in_features", "in_channels")),
                node.args[0] if node.args else None,
            )
            if first is not None:
                place = Span(span.file, first.lineno, first.col_offset + 1, first.end_lineno or 0, (first.end_col_offset or 0) + 1)
                factors = _factors(first)
                return place, f" = {'·'.join(map(str, factors))}" if len(factors) > 1 else ""
    return span, ""


def _factors(node: ast.expr) -> list[int]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        left, right = _factors(node.left), _factors(node.right)
        return [*left, *right] if left and right else []
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, int) else []
