"""The table of an Architecture as Markdown, for a README, a model card or a review comment."""

from __future__ import annotations

from ..ir.architecture import Architecture
from .notation import arguments_text, count_text, short_count, title_text, value_text, values_text
from .operations import is_saved_graph, saved_operations
from .paint import clean
from .places import Places
from .rows import Row, flat, rows


def to_markdown(architecture: Architecture, *, depth: int | None = 3, operations: bool = False) -> str:
    """A heading, the table, the findings and the totals.

    >>> to_markdown(Architecture("net.py:Net")).splitlines()[0]
    '### net.py:Net'
    """
    given = ", ".join(f"{clean(name)} {value_text(value)}" for name, value in architecture.inputs.items())
    gives = f" → {values_text(architecture.outputs)}" if architecture.outputs is not None else ""
    lines = [f"### {_cell(title_text(architecture))}", ""]
    lines += [f"`{_code(given)}{_code(gives)}`", ""] if given or gives else []
    saved = "format" in architecture.attributes
    if saved:
        lines += _saved(architecture, depth, operations)
    else:
        shown = list(flat(rows(architecture, operations=operations), depth))
        counted = any(row.macs is not None and str(row.macs) != "0" for _, row in shown)
        whole = ["| Module | Type | Output | Parameters | MACs |", "|:--|:--|:--|--:|--:|", *(_line(level, row) for level, row in shown)]
        lines += whole if counted else [f"{line.removesuffix('|').rpartition('|')[0]}|" for line in whole]
    lines += ["", f"{count_text(architecture.parameter_count)} parameters"]
    if "trained" in architecture.attributes.get("holds", ("trained",)):
        lines[-1] += f", {count_text(architecture.trainable_count)} trainable"
    if architecture.calls:
        lines[-1] += f", {short_count(architecture.macs)} MACs"
    places = Places(architecture)
    for finding in architecture.diagnostics:
        place = f" ({places.line(finding.span)})" if finding.span.line else ""
        lines += ["", f"**{finding.severity} {finding.code}**: {_cell(finding.message)}{_cell(place)}"]
    if architecture.unknown:
        lines += [
            "",
            f"{len(architecture.unknown)} not known: " + "; ".join(sorted({item.reason.explanation for item in architecture.unknown})),
        ]
    return "\n".join(lines) + "\n"


def _saved(architecture: Architecture, depth: int | None, operations: bool) -> list[str]:
    """The tensors of a saved model, and its operations in order."""
    lines = ["| Module | Type | Shape | Parameters |", "|:--|:--|:--|--:|"]
    for level, row in flat(rows(architecture, tensors=True), depth):
        cells = _line(level, row).split(" | ")
        lines.append(" | ".join([*cells[:2], cells[2] if row.kind != "module" else "", cells[3]]) + " |")
    if operations and is_saved_graph(architecture):
        lines += ["", "| # | Operation | Inputs | Output | Attributes |", "|--:|:--|:--|:--|:--|"]
        for one in saved_operations(architecture):
            lines.append(
                f"| {_cell(one.number)} | `{_code(one.type)}` | {_cell(one.inputs)} | {_cell(one.output)} | {_cell(one.attributes)} |"
            )
    return lines


def _line(level: int, row: Row) -> str:
    margin = "&nbsp;" * 4 * (level - 1)
    repeat = f" ×{row.times}" if row.times > 1 else ""
    name = f"`{_code(row.name)}`{repeat}" if row.name else "·"
    arguments = arguments_text(dict(row.arguments)) if row.kind == "module" else ", ".join(text for _, text in row.arguments)
    kind = f"= {row.same_as}" if row.same_as is not None else f"{row.type}({arguments})" if arguments else row.type
    output = "✗" if row.failed else values_text(row.outputs[0]) if row.outputs else "–"
    each = f"{row.times}×" if row.times > 1 else ""
    count = f"{each}{count_text(row.parameters)}" if str(row.parameters) != "0" else "–"
    macs = f"{each}{short_count(row.macs)}" if row.macs is not None and str(row.macs) != "0" else "–"
    shown = f"`{_code(kind)}`" if kind else ""
    return f"| {margin}{name} | {shown} | {_cell(output)} | {_cell(count)} | {_cell(macs)} |"


def _cell(text: str) -> str:
    """Text that Markdown leaves alone."""
    cleaned = clean(text).replace("\\", "\\\\")
    for sign in "|*_`<>[]":
        cleaned = cleaned.replace(sign, f"\\{sign}")
    return cleaned


def _code(text: str) -> str:
    """Text for between backquotes in a table."""
    return clean(text).replace("`", "'").replace("|", "\\|")
