"""The verb `check`: files are found, their sources surveyed, their models read, and every rule is asked."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from .config import ModelConfig
from .environment import project_root
from .errors import AstarchError, ConfigError, ReadError
from .inputs import InputSpec
from .ir.architecture import Architecture
from .ir.diagnostic import Diagnostic
from .ir.program import File
from .ir.span import Span
from .readers import python as reading
from .readers.discover import models_of
from .readers.likely_inputs import likely_input, was_right
from .readers.python import read_source
from .readers.survey import Survey, python_files
from .rules.baseline import counted as baseline_of
from .rules.baseline import unknown_to as beyond_baseline
from .rules.catalog import rule_named, rules
from .rules.rule import Rule
from .rules.runner import check_file, order
from .rules.settings import Settings
from .source.edits import apply
from .source.index import SourceError
from .source.project import read_text
from .targets import Target

__all__ = ["baseline_of", "beyond_baseline", "check", "check_text", "explain", "listed", "mended", "read_source_text"]

#: Steps that reading one model may take in a check: one model that is too large must not hold up a repository. Models that
#: nobody asked for get fewer: what they say must be worth the wait.
STEPS = 3_000_000
FREE_STEPS = 800_000

#: More models than this of one file are not built: builders of one file mostly make the same classes.
MOST_MODELS = 12


@dataclass(frozen=True, slots=True)
class _Job:
    """What a worker needs to check files of its own."""

    settings: Settings
    folders: tuple[Path, ...]
    models: tuple[ModelConfig, ...]
    read: bool


def check(
    paths: Sequence[str | Path] = (".",),
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    per_file_ignores: Mapping[str, Iterable[str]] | None = None,
    exclude: Sequence[str] = (),
    search_path: Iterable[str | Path] = (),
    models: Sequence[ModelConfig] = (),
    read: bool = True,
    comments: bool = True,
    jobs: int = 1,
) -> list[Diagnostic]:
    """What is wrong with the models of files and folders, in the order of the text.

    Args:
        paths: Files and folders.
        select: Rules to use instead of the usual ones: codes (``MDL301``), their beginnings (``MDL3``), names, ``ALL``.
        ignore: Rules to leave out.
        extend_select: Rules to use as well.
        per_file_ignores: Rules to leave out, by file pattern.
        exclude: Patterns of files to leave out.
        search_path: Folders in which modules are looked for first.
        models: Targets with their inputs; other models are built with their defaults.
        read: Whether models are built and run, or only their source is looked at.
        comments: Whether comments in the source silence findings.
        jobs: How many processes to use; the result does not depend on it.

    Raises:
        AstarchError: A path or a rule that does not exist.
    """
    settings = _chosen(select, ignore, extend_select, per_file_ignores, comments)
    places = [Path(path) for path in paths]
    for place in places:
        if not place.exists():
            raise ReadError(f"there is no file or folder `{place}`")
    files = python_files(places, exclude)
    folders = _folders(places, search_path)
    job = _Job(settings, folders, tuple(models), read)
    if jobs > 1 and len(files) > 1:
        chunks = [files[start::jobs] for start in range(min(jobs, len(files)))]
        with ProcessPoolExecutor(len(chunks), get_context("spawn")) as pool:
            found = [finding for part in pool.map(_check_files, chunks, [job] * len(chunks)) for finding in part]
    else:
        found = _check_files(files, job)
    return sorted(found, key=order)


def check_text(
    text: str,
    path: str = "stdin.py",
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    per_file_ignores: Mapping[str, Iterable[str]] | None = None,
    comments: bool = True,
) -> list[Diagnostic]:
    """What is wrong with the models of a text, as if it stood in a file; the models are not run."""
    settings = _chosen(select, ignore, extend_select, per_file_ignores, comments)
    try:
        return check_file(Survey([Path.cwd()]).text("__stdin__", text, path), (), settings)
    except SourceError as error:
        return [_syntax_error(error, path)]


def _chosen(
    select: Iterable[str],
    ignore: Iterable[str],
    extend_select: Iterable[str],
    per_file_ignores: Mapping[str, Iterable[str]] | None,
    comments: bool,
) -> Settings:
    by_file = {pattern: tuple(texts) for pattern, texts in (per_file_ignores or {}).items()}
    settings = Settings(tuple(select), tuple(ignore), tuple(extend_select), by_file, comments)
    if unknown := settings.unknown():
        raise ConfigError(f"there is no rule `{unknown[0]}`", _close_rule(unknown[0]))
    return settings


def mended(text: str, findings: Iterable[Diagnostic], *, unsafe: bool = False) -> tuple[str, int]:
    """A text with the fixes of its findings applied, and how many were."""
    fixes = [finding.fix for finding in findings if finding.fix is not None and (finding.fix.safe or unsafe)]
    new, done = apply(text, fixes)
    return new, len(done)


def explain(code: str) -> str:
    """What a rule means, as Markdown.

    Raises:
        ConfigError: There is no such rule.
    """
    rule = rule_named(code)
    if rule is None:
        raise ConfigError(f"there is no rule `{code}`", _close_rule(code))
    return _documented(rule)


def listed() -> list[dict[str, Any]]:
    """All rules, as data."""
    return [
        {
            "code": rule.code,
            "name": rule.name,
            "summary": rule.summary,
            "severity": rule.severity,
            "confidence": rule.confidence,
            "framework": rule.framework,
            "status": rule.status,
            "since": rule.since,
            "default": rule.default,
            "explanation": _documented(rule),
        }
        for rule in rules()
    ]


def _documented(rule: Rule) -> str:
    parts = [f"# {rule.name} ({rule.code})", rule.sections[""]]
    state = f"{rule.severity}, {rule.confidence}, {rule.framework}, since {rule.since}"
    parts.append(state if rule.default else f"{state}; off unless selected")
    parts += [f"## {title}\n\n{body}" for title, body in rule.sections.items() if title]
    bad, good = _examples(rule.bad), _examples(rule.good)
    parts += [f"## Example\n\n{_fenced(bad[0])}"] if bad else []
    parts += [f"Use instead:\n\n{_fenced(good[0])}"] if good else []
    parts += ["## References\n\n" + "\n".join(f"- {link}" for link in rule.references)] if rule.references else []
    return "\n\n".join(part for part in parts if part) + "\n"


def _examples(texts: str | tuple[str, ...]) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else texts


def _fenced(text: str) -> str:
    from textwrap import dedent

    return f"```python\n{dedent(text).strip()}\n```"


def _close_rule(text: str) -> str:
    from difflib import get_close_matches

    names = [name for rule in rules() for name in (rule.code, rule.name)]
    close = get_close_matches(text, names, n=1)
    return f"did you mean `{close[0]}`?" if close else "`astarch rule --all` lists them"


def _folders(places: list[Path], search_path: Iterable[str | Path]) -> tuple[Path, ...]:
    found = [Path(folder) for folder in search_path]
    for place in places:
        start = place.absolute() if place.is_dir() else place.absolute().parent
        root = project_root(start)
        found += [folder for folder in (root, start) if folder]
    return tuple(dict.fromkeys(found))


def _check_files(files: list[Path], job: _Job) -> list[Diagnostic]:
    survey = Survey(job.folders)
    reading._projects.clear()  # files may have changed since the last check of this process
    found: list[Diagnostic] = []
    for path in files:
        try:
            file = survey.open(path)
        except SourceError as error:
            found.append(_syntax_error(error, str(path)))
            continue
        architectures = list(_architectures(file, path, job)) if job.read else []
        found += check_file(file, architectures, job.settings)
        survey.program.forget()
    return found


def _syntax_error(error: SourceError, path: str) -> Diagnostic:
    line, column = max(error.line, 1), max(error.column, 1)
    return Diagnostic("MDL000", "syntax-error", "error", error.message, Span(path, line, column, line, column + 1))


def _architectures(file: File, path: Path, job: _Job) -> Iterable[Architecture]:
    """The models of a file, as far as they can be built: those the project names, and those that need no arguments."""
    named = [model for model in job.models if model.target.is_source and _same(model.target.path, path)]
    for model in named:
        yield from _read(model.target, list(model.inputs), job, dict(model.names), str(path))
    done = {model.target.expression for model in named}
    free = [found for found in models_of(file) if found.framework == "torch" and not found.needs and found.name not in done]
    if "torch" not in file.text:
        return
    for found in free[:MOST_MODELS]:
        target = Target(f"{path}:{found.name}()", str(path), f"{found.name}()")
        for architecture in _read(target, [], job, {}, str(path), FREE_STEPS):
            kept = [finding for finding in architecture.diagnostics if not _is_refusal(file, finding)]
            yield replace(architecture, diagnostics=tuple(kept))
            if not kept and not architecture.unknown:
                yield from _run_as_likely(architecture, target, job, str(path))


def _run_as_likely(architecture: Architecture, target: Target, job: _Job, shown: str) -> Iterable[Architecture]:
    """The model run on what its first layer takes: shapes that cannot fit whatever the other sizes are."""
    guess = likely_input(architecture)
    if guess is None:
        return
    for run in _read(target, [guess], job, {}, shown, FREE_STEPS):
        if was_right(run) and not run.unknown:
            yield replace(run, diagnostics=tuple(one for one in run.diagnostics if one.code.startswith("MDL2") or _is_unbound(one)))


def _is_unbound(finding: Diagnostic) -> bool:
    """Whether a name is read that nothing binds: that fails for every input that comes this far."""
    return finding.name == "program-error" and finding.message.startswith(("raises NameError", "raises UnboundLocalError"))


def _same(text: str, path: Path) -> bool:
    return Path(text).absolute() == path.absolute()


def _read(
    target: Target, inputs: list[InputSpec], job: _Job, names: dict[str, str], shown: str, steps: int = STEPS
) -> Iterable[Architecture]:
    try:
        architecture = read_source(target, inputs, list(job.folders), names, steps)
    except (AstarchError, SourceError):
        return
    absolute = str(Path(shown).absolute())
    yield replace(architecture, diagnostics=tuple(_renamed(finding, absolute, shown) for finding in architecture.diagnostics))


def _renamed(finding: Diagnostic, absolute: str, shown: str) -> Diagnostic:
    """Findings name files as the user did."""
    if absolute == shown:
        return finding
    name = lambda span: span._replace(file=shown) if span.file == absolute else span  # noqa: E731
    return replace(finding, span=name(finding.span), notes=tuple(replace(note, span=name(note.span)) for note in finding.notes))


def _is_refusal(file: File, finding: Diagnostic) -> bool:
    """Whether the program itself refuses to be built with its defaults: that is its good right."""
    if finding.name != "program-error":
        return False
    if finding.message.startswith(
        (
            "raises NotImplementedError",
            "raises ImportError",
            "raises ModuleNotFoundError",
            "raises KeyError",
            "raises FileNotFoundError",
            "raises OSError",
        )
    ):
        return True
    if finding.span.file != file.path or "'NoneType'" in finding.message:  # a default of None that stands for "to be given"
        return True
    return any(
        isinstance(node, (ast.Raise, ast.Assert)) and node.lineno <= finding.span.line <= (node.end_lineno or 0)
        for kind in (ast.Raise, ast.Assert)
        for node in file.all(kind)
    )


def read_source_text(path: str) -> str:
    """The text of a file, for fixes and frames; empty when it cannot be read."""
    try:
        return read_text(path)
    except SourceError:
        return ""
