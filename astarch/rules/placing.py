"""Where a finding of a model stands when the fault shows in another file: at what the checked file has to do with it."""

from __future__ import annotations

import os
from dataclasses import replace

from ..ir.architecture import Architecture
from ..ir.diagnostic import Diagnostic, Note
from ..ir.span import Span


def at_home(finding: Diagnostic, architecture: Architecture, path: str) -> Diagnostic:
    """The finding in the file that is checked, if that built or called what fails; otherwise as it is.

    A block of another file that is made with the wrong size fails there, and is wrong here.
    """
    if is_in(finding.span, path):
        return replace(finding, span=finding.span._replace(file=path))
    built = [span._replace(file=path) for span in _ways(finding.module, architecture) if is_in(span, path)]
    called = [note.span._replace(file=path) for note in finding.notes if is_in(note.span, path)] or _calls(
        finding.module, architecture, path
    )
    if not built and not called:
        return finding
    place = (built or called)[0]
    notes = [note for note in finding.notes if note.span != place]
    if finding.span.line and finding.span not in {note.span for note in notes}:
        notes.insert(0, Note(finding.span, "here"))
    notes += [Note(span, "called here") for span in called if span != place and span not in {note.span for note in notes}]
    notes += [Note(span, "built here") for span in built[1:] if span not in {note.span for note in notes}]
    return replace(finding, span=place, notes=tuple(notes))


def is_in(span: Span, path: str) -> bool:
    """Whether a place lies in a file; readings name files from where one stands, users as they like."""
    return span.file == path or (bool(span.file) and os.path.abspath(span.file) == os.path.abspath(path))  # noqa: PTH100


def _ways(module: str, architecture: Architecture) -> list[Span]:
    """Where a module was built, and those that hold it, from the inside."""
    found: list[Span] = []
    while module:
        at = architecture.modules[module].defined_at if module in architecture.modules else None
        if at is not None and at.line and at not in found:
            found.append(at)
        module = module.rpartition(".")[0]
    return found


def _calls(module: str, architecture: Architecture, path: str) -> list[Span]:
    """Where in a file the module was called, or the nearest that holds it and was called there: the whole model at last."""
    while True:
        found = next((call.at for call in architecture.calls if call.module == module and is_in(call.at, path)), None)
        if found is not None:
            return [found._replace(file=path)]
        if not module:
            return []
        module = module.rpartition(".")[0]
