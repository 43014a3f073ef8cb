"""From sources and architectures to findings: every active rule is run, comments silence, one cause gives one finding."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from ..ir.architecture import Architecture
from ..ir.change import Comparison
from ..ir.diagnostic import Diagnostic, order
from ..ir.program import File
from ..ir.span import Span
from .catalog import rule_named
from .leftovers import leftovers
from .placing import at_home
from .reach import never_run
from .rule import Rule
from .settings import Settings
from .suppression import silence

_FRAMEWORKS = re.compile(r"\b(torch|keras|tensorflow|nn|timm|transformers|lightning|einops)\b")
_RANK = {"error": 0, "warning": 1, "info": 2}


def check_comparison(comparison: Comparison, settings: Settings) -> Iterable[Diagnostic]:
    """The findings in one model that was read before a change and after it."""
    for rule in settings.active():
        yield from rule.check_comparison(comparison)


def check_file(
    file: File,
    architectures: Iterable[Architecture],
    settings: Settings,
    changed: Iterable[Diagnostic] | None = None,
    of_models: Iterable[Diagnostic] = (),
    read: bool = True,
) -> list[Diagnostic]:
    """The findings in one file.

    Args:
        file: What to check.
        architectures: The models of this file, as far as they were read; their findings in other files are left out.
        settings: Which rules are on.
        changed: What was found by comparing with an older state; None when there is none to compare with.
        of_models: What `found_in_models` found.
        read: Whether the models of the file were run.
    """
    used = _used(file, settings, changed is not None)
    off = settings.ignored_in(file.path)
    found = [*_source_findings(file, used), *_model_findings(file, architectures, used), *of_models]
    found += [finding for finding in changed or () if finding.code not in off]
    found = [finding for finding in found if finding.span.file == file.path]
    dead = never_run(file) if found else frozenset[int]()
    found = [finding for finding in found if finding.span.line not in dead]
    kept, comments = silence(file, _once(found)) if settings.comments else (_once(found), [])
    if settings.comments:
        kept += leftovers(file, comments, used, read)
    return sorted(kept, key=order)


def found_in_models(file: File, architectures: Iterable[Architecture], settings: Settings) -> list[Diagnostic]:
    """The findings in the models of one file, before comments silence any."""
    return list(_model_findings(file, architectures, _used(file, settings, False)))


def _used(file: File, settings: Settings, beside_older: bool) -> list[Rule]:
    off = settings.ignored_in(file.path)
    return [rule for rule in settings.active() if rule.code not in off and (beside_older or not rule.needs_revision)]


def _source_findings(file: File, used: list[Rule]) -> Iterable[Diagnostic]:
    if not _FRAMEWORKS.search(file.text):
        return
    for rule in _with(used, "check_file"):
        yield from _asked(rule, file, rule.check_file, file)
    of_classes = _with(used, "check_class")
    for cls in file.classes:
        if not cls.framework:
            continue
        for rule in of_classes:
            if rule.framework in ("both", cls.framework):
                yield from _asked(rule, file, rule.check_class, cls)


def _with(used: list[Rule], check: str) -> list[Rule]:
    """The rules that have something to say in some check."""
    return [rule for rule in used if getattr(type(rule), check) is not getattr(Rule, check)]


def _model_findings(file: File, architectures: Iterable[Architecture], used: list[Rule]) -> Iterable[Diagnostic]:
    names = {rule.name for rule in used}
    for architecture in architectures:
        for finding in architecture.diagnostics:
            known = rule_named("undefined-name" if _is_unbound(finding) else finding.name) or (
                rule_named("shape-mismatch") if finding.code.startswith("MDL2") else None
            )
            if known is None or known.name in names:
                placed = at_home(finding, architecture, file.path)
                yield replace(placed, code=known.code, name=known.name) if known is not None else placed
        for rule in () if architecture.attributes.get("guessed input") else _with(used, "check_architecture"):
            found = _asked(rule, file, rule.check_architecture, architecture)
            yield from (at_home(finding, architecture, file.path) for finding in found)
        for rule in _with(used, "check_run"):
            found = _asked(rule, file, rule.check_run, file, architecture)
            yield from (at_home(finding, architecture, file.path) for finding in found)


def _asked(rule: Rule, file: File, check: Callable[..., Iterable[Diagnostic]], *subjects: Any) -> Iterator[Diagnostic]:
    """What a rule finds; a fault of the rule is said aloud, and must not cost what others find."""
    try:
        yield from check(*subjects)
    except Exception as error:
        warnings.warn(
            f"astarch failed to check {file.path} for {rule.name}, please report it: {type(error).__name__}: {error}", stacklevel=2
        )


def _is_unbound(finding: Diagnostic) -> bool:
    """Whether a program failed for a name that nothing binds: its source says the same."""
    return finding.name == "program-error" and finding.message.startswith("raises NameError: name ")


def _once(findings: Iterable[Diagnostic]) -> list[Diagnostic]:
    """One finding per cause: the same rule at the same place, said once; an error beside a milder finding of its kind wins.

    That the program raises an error is not worth saying where a rule says why.
    """
    found: dict[tuple[Span, str], Diagnostic] = {}
    for finding in findings:
        key = (finding.span, finding.code)
        if key not in found or _RANK[finding.severity] < _RANK[found[key].severity]:
            found[key] = finding
    told = {(one.span.file, one.span.line, one.code) for one in found.values() if not one.module}  # the source says it, and its run again
    found = {key: one for key, one in found.items() if not one.module or (one.span.file, one.span.line, one.code) not in told}
    explained = {line for one in found.values() if one.severity == "error" and one.name != _RAISES for line in _lines(one)}
    return [one for one in found.values() if one.name != _RAISES or one.span.line not in explained]


_RAISES = "program-error"


def _lines(finding: Diagnostic) -> Iterable[int]:
    """The lines of a file that a finding speaks of; of what is long only the first."""
    for span in (finding.span, *(note.span for note in finding.notes if note.span.file == finding.span.file)):
        yield from range(span.line, span.end_line + 1 if span.end_line - span.line < 3 else span.line + 1)
