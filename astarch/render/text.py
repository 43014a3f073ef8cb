"""An Architecture for a terminal: a heading, the module tree, findings, what is not known or assumed, totals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..ir.architecture import Architecture
from ..ir.dim import Dim
from ..ir.dtype import bits
from ..ir.span import NOWHERE, Span
from ..ir.unknown import Unknown
from .alternatives import effect_text
from .frames import frames, wrapped
from .inference import derivation_text, inference_text
from .notation import bytes_text, count_text, shape_text, short_count, title_text, value_text, values_text
from .operations import is_saved_graph, operations_table, telling
from .paint import Page, clean
from .rows import flat, rows
from .table import Table, table

#: How many of a kind of remark are shown before the rest is counted.
_SHOWN = 8


def to_text(
    architecture: Architecture,
    *,
    page: Page | None = None,
    depth: int | None = 3,
    operations: bool = False,
    sources: Mapping[str, str] | None = None,
    derivation: bool = False,
    columns: Sequence[str] = (),
) -> str:
    """The report.

    Args:
        architecture: What to show.
        page: Width, characters and colour.
        depth: How many levels of modules; None for all.
        operations: Whether functions and methods of the forward get rows.
        sources: Text of the files that findings mention, by path.
        derivation: Whether to show how the input was worked out.
        columns: Those of the table beside the module, by their names in `render.table.COLUMNS`; without any, what fits.
    """
    page = page or Page()
    sections = [
        _heading(architecture, page),
        _tensors(architecture, page, depth)
        if "format" in architecture.attributes
        else _modules(architecture, page, depth, operations, columns),
        operations_table(architecture, page) if operations and is_saved_graph(architecture) else "",
        frames(architecture.diagnostics, sources or {}, page),
        derivation_text(architecture.inference, page)
        if derivation and architecture.inference is not None and architecture.inference.inputs
        else "",
        _alternatives(architecture, page),
        _unknown(architecture, page),
        _requirements(architecture, page),
        _assumptions(architecture, page),
        _totals(architecture, page),
    ]
    return page.written("\n\n".join(section for section in sections if section) + "\n")


def _heading(architecture: Architecture, page: Page) -> str:
    """The class and its place; what goes in and what comes out."""
    name = clean(title_text(architecture))
    place = place_text(_root_place(architecture))
    room = page.width - len(name) - 2
    gap = page.fit_end(place, room) if place and room > 8 else ""
    fill = " " * (page.width - len(name) - len(gap)) if gap else ""
    lines = [f"{page.paint(page.fit(name, page.width), 'title')}{fill}{page.paint(gap, 'dim')}"]
    about = architecture.attributes
    if "format" in about:
        opset = ", ".join(f"{'opset' if domain == 'ai.onnx' else domain} {number}" for domain, number in (about.get("opset") or {}).items())
        signature = f"signature {about['signature']}" if about.get("signature") else ""
        under = f"the tensors under {about['under']}" if about.get("under") else ""
        parts = (about["format"], opset, about.get("producer"), signature, under)
        lines.append(page.paint(page.fit(clean(f" {page.glyphs.dot} ".join(str(part) for part in parts if part)), page.width), "dim"))
    if architecture.target and architecture.target not in (name, f"{_root_place(architecture).file}:{architecture.name}"):
        lines.append(page.paint(page.fit(clean(architecture.target), page.width), "dim"))
    if architecture.inputs or architecture.outputs is not None:
        given = ", ".join(f"{clean(key)} {value_text(value, page.glyphs)}" for key, value in architecture.inputs.items())
        gives = f" {page.glyphs.arrow} {values_text(architecture.outputs, page.glyphs)}" if architecture.outputs is not None else ""
        lines += wrapped(f"{given or '()'}{gives}", page.width)
    if architecture.inference is not None:
        lines += wrapped(inference_text(architecture.inference, page.glyphs), page.width)
    return "\n".join(lines)


def _root_place(architecture: Architecture) -> Span:
    """Where the class of the whole is defined, or where it is constructed."""
    root = architecture.modules.get("")
    if root is None:
        return NOWHERE
    return root.class_at if root.class_at.line else root.defined_at


def place_text(span: Span) -> str:
    """A place as ``file:line``, nothing when no source says it."""
    return f"{clean(span.file)}:{span.line}" if span.line else ""


def _modules(architecture: Architecture, page: Page, depth: int | None, operations: bool, columns: Sequence[str]) -> str:
    tree = rows(architecture, operations=operations, inputs="input" in columns)
    if not tree:
        return ""
    home = _root_place(architecture).file
    shown: Table = table(list(flat(tree, depth)), page, forward=_has_forward(architecture), heading=home, chosen=columns)
    return "\n".join(shown.lines + [page.paint(line, "dim") for note in shown.notes for line in wrapped(note, page.width)])


def _tensors(architecture: Architecture, page: Page, depth: int | None) -> str:
    """The modules of a saved model with every tensor that it holds."""
    tree = rows(architecture, tensors=True)
    told = is_saved_graph(architecture) and architecture.framework == "keras"
    levels = [(level, replace(row, arguments=() if told else telling(row.arguments))) for level, row in flat(tree, depth)]
    return "\n".join(table(levels, page, forward=True, heading=_root_place(architecture).file, saved=True).lines) if levels else ""


def _has_forward(architecture: Architecture) -> bool:
    return bool(architecture.calls) or any(module.output_shapes is not None for module in architecture.modules.values())


def _alternatives(architecture: Architecture, page: Page) -> str:
    """Under which conditions the model is another, and in what."""
    lines: list[str] = []
    for alternative in architecture.alternatives[:_SHOWN]:
        place = place_text(alternative.span)
        what = effect_text(architecture, alternative.architecture, page.glyphs)
        lines += _item(f"if {clean(alternative.condition)}: {what}", place, page)
    return _section("Otherwise", len(architecture.alternatives), lines, page)


def _unknown(architecture: Architecture, page: Page) -> str:
    """What is not known, by reason, each reason with its hint."""
    by_reason: dict[Any, list[Unknown]] = {}
    for unknown in architecture.unknown:
        by_reason.setdefault(unknown.reason, []).append(unknown)
    lines: list[str] = []
    for reason, found in by_reason.items():
        lines += [f"  {line}" for line in wrapped(f"{len(found)} {reason.id}: {reason.explanation}; {reason.hint}", page.width - 2)]
        places = Counter((clean(unknown.detail), place_text(unknown.span)) for unknown in found)
        for (detail, place), times in list(places.items())[:_SHOWN]:
            again = f" {page.glyphs.times}{times}" if times > 1 else ""
            lines += _item(f"{detail or 'here'}{again}", place, page, 4)
        if len(places) > _SHOWN:
            lines.append(f"    {page.glyphs.ellipsis} and {len(places) - _SHOWN} more places")
    return _section("Not known", len(architecture.unknown), lines, page)


def _requirements(architecture: Architecture, page: Page) -> str:
    """What sizes must satisfy, each fact once."""
    found = {clean(str(item.fact)): place_text(item.span) for item in reversed(architecture.requirements)}
    lines = [line for fact, place in reversed(found.items()) for line in _item(fact, place, page)]
    return _section("Requires", len(found), lines, page)


def _assumptions(architecture: Architecture, page: Page) -> str:
    found = Counter((clean(assumption.message), place_text(assumption.span)) for assumption in architecture.assumptions)
    lines: list[str] = []
    for (message, place), times in list(found.items())[:_SHOWN]:
        lines += _item(f"{message}{f' {page.glyphs.times}{times}' if times > 1 else ''}", place, page)
    if len(found) > _SHOWN:
        lines.append(f"  {page.glyphs.ellipsis} and {len(found) - _SHOWN} more")
    return _section("Assumed", len(architecture.assumptions), lines, page)


def _section(title: str, count: int, lines: list[str], page: Page) -> str:
    return "\n".join([f"{page.paint(title, 'title')} ({count})", *lines]) if count else ""


def _item(text: str, place: str, page: Page, indent: int = 2) -> list[str]:
    """A remark and its place, on one line where there is room."""
    margin = " " * indent
    if place and len(text) + len(place) + indent + 2 <= page.width:
        return [f"{margin}{text}  {page.paint(place, 'dim')}"]
    lines = [f"{margin}{line}" for line in wrapped(text, page.width - indent)]
    return lines + ([f"{margin}  {page.paint(page.fit_end(place, page.width - indent - 2), 'dim')}"] if place else [])


def _totals(architecture: Architecture, page: Page) -> str:
    facts = [("Parameters", _parameters(architecture)), ("Buffers", _buffers(architecture)), ("Size", _size(architecture))]
    if (architecture.calls or "format" in architecture.attributes) and not _equal(architecture.macs, 0):
        facts.append(("Compute", _compute(architecture)))
    if architecture.calls and isinstance(architecture.activation_bytes, Dim):
        facts.append(("Activations", f"{bytes_text(architecture.activation_bytes)}, all results of one forward together"))
    facts.append(("Known", _known(architecture)))
    lines: list[str] = []
    for label, text in facts:
        if text:
            first, *more = wrapped(text, max(page.width - 12, 20))
            lines += [f"{page.paint(label, 'title')}{' ' * (12 - len(label))}{first}", *(f"{' ' * 12}{line}" for line in more)]
    return "\n".join(lines)


def _parameters(architecture: Architecture) -> str:
    unique, listed, trainable = architecture.parameter_count, architecture.listed_parameter_count, architecture.trainable_count
    text = count_text(unique)
    if not _equal(unique, listed):
        text += f" unique, {count_text(listed)} as listed (tied ones under each name)"
    if "trained" not in architecture.attributes.get("holds", ("trained",)):
        pass  # the file does not say which of them are trained
    elif _equal(trainable, unique):
        text += ", all trainable" if unique else ""
    elif _equal(trainable, 0):
        text += ", all frozen"
    else:
        text += f", {count_text(trainable)} trainable, {count_text(unique - trainable)} frozen"
    missing = sum(parameter.shape is None for parameter in architecture.parameters.values())
    return f"{text}, and {missing} of unknown shape" if missing else text


def _buffers(architecture: Architecture) -> str:
    buffers = [buffer for buffer in architecture.buffers.values() if buffer.tied_to is None]
    kept: int | Dim = sum(buffer.count for buffer in buffers if buffer.persistent)
    passing: int | Dim = sum(buffer.count for buffer in buffers if not buffer.persistent)
    if not buffers:
        return ""
    where = "" if "format" in architecture.attributes else " in the state dict"
    parts = [] if _equal(kept, 0) else [f"{count_text(kept)}{where}"]
    return ", ".join(parts + ([] if _equal(passing, 0) else [f"{count_text(passing)} not persistent"]))


def _size(architecture: Architecture) -> str:
    sizes = architecture.bytes
    total: int | Dim = sum(sizes.values())
    if not sizes:
        return ""
    kinds = ", ".join(f"{dtype} {bytes_text(count)}" for dtype, count in sizes.items() if bits(dtype))
    return f"{bytes_text(total)} ({kinds})" if len(sizes) > 1 else kinds


def _compute(architecture: Architecture) -> str:
    macs = architecture.macs
    flops = 2 * macs
    if isinstance(macs, int) and isinstance(flops, int):
        return f"{short_count(macs)} MACs = {short_count(flops)} FLOPs, two per MAC, of matmul, convolution and attention ({macs:,} MACs)"
    if not isinstance(macs, int) and short_count(macs) != count_text(macs):
        return f"{short_count(macs)} MACs ({count_text(macs)}); FLOPs are two per MAC; of matmul, convolution and attention"
    return f"{count_text(macs)} MACs; FLOPs are two per MAC; of matmul, convolution and attention"


def _known(architecture: Architecture) -> str:
    """How much of it is known, in counts."""
    parameters = list(architecture.parameters.values())
    pairs = [
        (len(architecture.modules) - ("" in architecture.modules), None, "module"),
        (sum(parameter.shape is not None for parameter in parameters), len(parameters), "parameter shape"),
    ]
    if architecture.calls:
        gave = [all(_whole(value) for value in call.outputs) for call in architecture.calls]
        pairs.append((sum(gave), len(gave), "output"))
    texts = [_known_of(known, whole, word) for known, whole, word in pairs]
    count = len(architecture.unknown)
    return f"{', '.join(texts)}; {f'{count} not known' if count else 'nothing unknown'}"


def _known_of(known: int, whole: int | None, word: str) -> str:
    of = f" of {whole:,}" if whole is not None and whole != known else ""
    return f"{known:,}{of} {word}{'' if known == 1 and not of else 's'}"


def _whole(value: Any) -> bool:
    """Whether nothing in a value is unknown."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, Mapping):
        return all(_whole(item) for item in value.values())
    if isinstance(value, tuple | list):
        return all(_whole(item) for item in value)
    return "?" not in shape_text(value.shape) if hasattr(value, "shape") else True


def _equal(first: int | Dim, second: int | Dim) -> bool:
    return str(first) == str(second)
