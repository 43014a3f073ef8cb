"""Where a finding of a model stands when the fault shows in another file: at what the checked file has to do with it."""

from __future__ import annotations

from dataclasses import replace

from ..ir.architecture import Architecture
from ..ir.diagnostic import Diagnostic, Note
from ..ir.span import Span


def at_home(finding: Diagnostic, architecture: Architecture, path: str) -> Diagnostic:
    """The finding in the file that is checked, if that built or called what fails; otherwise as it is.

    A block of another file that is made with the wrong size fails there, and is wrong here.
    """
    if finding.span.file == path:
        return finding
    built = [span for span in _ways(finding.module, architecture) if span.file == path]
    called = [note.span for note in finding.notes if note.span.file == path]
    if not built and not called:
        return finding
    place = (built or called)[0]
    notes = [note for note in finding.notes if note.span != place]
    if finding.span not in {note.span for note in notes}:
        notes.insert(0, Note(finding.span, "here"))
    notes += [Note(span, "built here") for span in built[1:] if span not in {note.span for note in notes}]
    return replace(finding, span=place, notes=tuple(notes))


def _ways(module: str, architecture: Architecture) -> list[Span]:
    """Where a module was built, and those that hold it, from the inside."""
    found: list[Span] = []
    while module:
        at = architecture.modules[module].defined_at if module in architecture.modules else None
        if at is not None and at.line and at not in found:
            found.append(at)
        module = module.rpartition(".")[0]
    return found
