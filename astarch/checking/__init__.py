"""The verb `check`: files are found, their sources surveyed, their models read, and every rule is asked."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..config import ModelConfig
from ..environment import project_root
from ..errors import ConfigError, ReadError
from ..ir.diagnostic import Diagnostic, order
from ..readers.listing import python_files
from ..rules.baseline import counted as baseline_of
from ..rules.baseline import unknown_to as beyond_baseline
from ..rules.catalog import matching, rule_named, rules
from ..rules.rule import Rule
from ..rules.settings import Settings
from .job import Job, end_with_command

if TYPE_CHECKING:
    from ..ir.architecture import Architecture
    from ..ir.cells import Cells
    from ..ir.program import File
    from ..readers.survey import Survey

__all__ = [
    "baseline_of",
    "beyond_baseline",
    "cells_of",
    "check",
    "check_text",
    "end_with_command",
    "explain",
    "listed",
    "model_classes",
    "opened",
    "python_files",
    "read_cells",
    "read_source_text",
    "unknown_rule",
]


def check(
    paths: Sequence[str | Path] = (".",),
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    per_file_ignores: Mapping[str, Iterable[str]] | None = None,
    exclude: Sequence[str] = (),
    force_exclude: bool = False,
    respect_gitignore: bool = True,
    search_path: Iterable[str | Path] = (),
    models: Sequence[ModelConfig] = (),
    read: bool = True,
    comments: bool = True,
    jobs: int = 1,
    cache: bool = False,
    since: str | None = None,
) -> list[Diagnostic]:
    """What is wrong with the models of files and folders, in the order of the text.

    Args:
        paths: Files and folders.
        select: Rules to use instead of the usual ones: codes (``MDL301``), their beginnings (``MDL3``), names, ``ALL``.
        ignore: Rules to leave out.
        extend_select: Rules to use as well.
        per_file_ignores: Rules to leave out, by file pattern.
        exclude: Patterns of files to leave out.
        force_exclude: Whether they, and ``.gitignore``, leave out also files that are named.
        respect_gitignore: Whether ``.gitignore`` leaves out files.
        search_path: Folders in which modules are looked for first.
        models: Targets with their inputs; other models are built with their defaults.
        read: Whether models are built and run, or only their source is looked at.
        comments: Whether comments in the source silence findings.
        jobs: How many processes to use; the result does not depend on it.
        cache: Whether findings are kept from one run to the next, for files of which nothing changed that they depend on.
        since: A git revision: only files that differ from it are checked.

    Raises:
        AstarchError: A path or a rule that does not exist.
    """
    settings = _chosen(select, ignore, extend_select, per_file_ignores, comments)
    places = [Path(path) for path in paths]
    for place in places:
        if not place.exists():
            raise ReadError(f"there is no file or folder `{place}`")
    wanted = python_files(places, exclude, respect_gitignore, force_exclude)
    folders = _folders(places, search_path)
    changed = None
    if since is not None:
        from .changed import beside_the_old, changed_files

        wanted = changed_files(wanted, since)
        changed = beside_the_old(wanted, since, settings, models, folders) if read else None
    job = Job(settings, folders, tuple(models), read, changed)
    if not cache:
        from .files import checked

        return sorted((finding for one in checked(wanted, job, jobs) for finding in one.findings), key=order)
    return sorted(_with_what_is_known(wanted, job, jobs), key=order)


def _with_what_is_known(wanted: list[Path], job: Job, jobs: int) -> Iterator[Diagnostic]:
    """The findings in files, of which only those are checked of which not all is known: for none nothing is loaded that checks."""
    from .known import Known

    known = Known.of(job, wanted)
    new = [path for path in wanted if not known.knows(path)]
    if new:
        from .files import checked

        known.learn(job, checked(new, job, jobs, known.kept))
    else:
        known.learn(job, [])
    return (finding for path in wanted for finding in known.findings(path))


def check_text(
    text: str,
    path: str = "stdin.py",
    *,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    extend_select: Iterable[str] = (),
    per_file_ignores: Mapping[str, Iterable[str]] | None = None,
    comments: bool = True,
    read: bool = False,
    search_path: Iterable[str | Path] = (),
    models: Sequence[ModelConfig] = (),
) -> list[Diagnostic]:
    """What is wrong with the models of a text, as if it stood in a file.

    Args:
        text: The code; of a notebook, that of its cells (see `code_of`).
        path: The file it is to stand in.
        select: As in `check`.
        ignore: As in `check`.
        extend_select: As in `check`.
        per_file_ignores: As in `check`.
        comments: As in `check`.
        read: Whether models are built and run.
        search_path: As in `check`.
        models: As in `check`.
    """
    from ..readers.survey import Survey
    from ..rules.runner import check_file
    from ..source.index import SourceError
    from .files import syntax_error

    settings = _chosen(select, ignore, extend_select, per_file_ignores, comments)
    folders = _folders([Path(path)], search_path) if read else (Path.cwd(),)
    survey = Survey(folders)
    try:
        file = survey.text("__stdin__", text, path)
    except SourceError as error:
        return [syntax_error(error, path)]
    found = [*_read_text(file, text, survey, folders, models)] if read else []
    return check_file(file, found, settings, read=read)


def opened(data: bytes, path: str) -> tuple[str, list[Diagnostic]]:
    """The code in the bytes of a file, and what is found when they are none."""
    from ..source.index import SourceError
    from ..source.project import decoded
    from .files import syntax_error

    try:
        return decoded(data, path), []
    except SourceError as error:
        return "", [syntax_error(error, path)]


def model_classes(text: str, path: str = "stdin.py") -> frozenset[int]:
    """The lines on which the classes of a text are named that are modules or layers, wherever what they inherit from stands."""
    from ..readers.survey import Survey
    from ..source.index import SourceError

    try:
        file = Survey(_folders([Path(path)], ())).text("__stdin__", text, path)
    except SourceError:
        return frozenset()
    return frozenset(cls.node.lineno for cls in file.classes if cls.framework)


def _read_text(
    file: File, text: str, survey: Survey, folders: tuple[Path, ...], configured: Sequence[ModelConfig]
) -> Iterable[Architecture]:
    """The models of a text that is to stand in a file."""
    from .models import Job as Reading
    from .models import WatchedProject, architectures
    from .sites import Sites

    place = Path(file.path)
    project = WatchedProject(folders, {str(place.absolute()): text})
    job = Reading(tuple(configured), project, Sites(survey, project.looked_into))
    return (architecture for _, read in architectures(file, place, job) for architecture in read)


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


def explain(code: str) -> str:
    """What a rule means, as Markdown.

    Raises:
        ConfigError: There is no such rule.
    """
    rule = rule_named(code)
    if rule is None:
        raise ConfigError(f"there is no rule `{code}`", _close_rule(code))
    return _documented(rule)


def listed(codes: Container[str] | None = None) -> list[dict[str, Any]]:
    """Rules, as data: those of some codes, or all."""
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
        if codes is None or rule.code in codes
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


def unknown_rule(texts: Iterable[str]) -> tuple[str, str] | None:
    """The first text that means no rule, and what may have been meant."""
    text = next((text for text in texts if not matching(text)), None)
    return None if text is None else (text, _close_rule(text))


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


def read_source_text(path: str) -> str:
    """The text of a file, for frames; empty when it cannot be read."""
    from ..source.index import SourceError
    from ..source.project import read_text

    try:
        return read_text(path)
    except SourceError:
        return ""


def cells_of(text: str, path: str) -> Cells:
    """Where the cells of a notebook stand in its code."""
    from ..source.notebook import cells_of

    return cells_of(text, path)


def read_cells(path: str) -> Cells | None:
    """Where the cells of a notebook stand in its text; None for other files."""
    if not path.endswith(".ipynb"):
        return None
    from ..source.index import SourceError

    try:
        return cells_of(Path(path).read_text(encoding="utf-8-sig"), path)
    except (OSError, UnicodeDecodeError, SourceError):
        return None
