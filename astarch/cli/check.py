"""``astarch check PATH...``: what is wrong with the models of a project."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..config import CheckConfig, Config
    from ..ir.diagnostic import Diagnostic
    from ..render.findings.report import Report

FORMATS = ("full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "rdjson", "markdown")


@click.command("check", short_help="Find what is wrong with the models of a project.")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--select", multiple=True, metavar="RULES", help="Use these rules instead of the usual ones: MDL3, unused-layer, ALL.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these rules out.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Use these rules as well.")
@click.option("--per-file-ignores", multiple=True, metavar="PATTERN:RULE", help="Leave a rule out in files of a pattern.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Files to leave out, as in .gitignore.")
@click.option("--fix", is_flag=True, help="Mend what can be mended without changing the model or its checkpoints.")
@click.option("--unsafe-fixes", is_flag=True, help="With --fix: mend also what changes them.")
@click.option("--diff", is_flag=True, help="Show what --fix would change, and change nothing.")
@click.option("--statistics", is_flag=True, help="Count findings by rule.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever is found.")
@click.option("--min-severity", type=click.Choice(["error", "warning", "info"]), default="info", help="Report nothing milder.")
@click.option(
    "--output-format",
    "-o",
    "outputs",
    multiple=True,
    metavar="FORMAT[:DEST]",
    help=f"{', '.join(FORMATS)}; several at once: -o full -o sarif:out.sarif.",
)
@click.option("--baseline", type=click.Path(dir_okay=False), metavar="FILE", help="Findings that are known: only others are reported.")
@click.option("--update-baseline", is_flag=True, help="Write all findings of now to the baseline.")
@click.option("--ignore-comments", is_flag=True, help="Report also what comments silence.")
@click.option("--stdin-filename", default="stdin.py", metavar="NAME", help="The name of what is read from standard input.")
@click.option("--read/--no-read", "read", default=True, help="Build and run the models, or only look at their source.")
@click.option("--search-path", "-p", "folders", multiple=True, type=click.Path(), metavar="DIR", help="Where modules are looked for first.")
@click.option("--jobs", "-j", type=click.IntRange(min=0), default=1, metavar="N", help="Processes; 0 for as many as there are cores.")
@click.option("--changed-only", is_flag=True, help="Look only at files that differ from --base-ref.")
@click.option(
    "--base-ref", metavar="REV", help="With --changed-only: the revision to compare with, at where the branch left it; HEAD by default."
)
@click.option("--cache/--no-cache", default=True, help="Keep findings for files of which nothing changed.")
@click.option("--isolated", is_flag=True, help="Read no pyproject.toml.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="When to use colour.")
def command(paths: tuple[str, ...], **options: Any) -> None:
    """Find what is wrong with the models in PATHS: files, folders, or - for standard input.

    Exits with 0 when nothing is found, 1 when something is, 2 when the call is wrong.
    """
    from ..config import Config, load_config

    if options["base_ref"] and not options["changed_only"]:
        raise click.UsageError("--base-ref is used with --changed-only.")
    config = Config() if options["isolated"] else load_config(Path.cwd())
    writers = [_writer(text) for text in options["outputs"] or [config.check.output_format or "full"]]
    if paths == ("-",):
        found, sources = _from_stdin(options, config)
    else:
        found = _found(paths or (".",), options, config)
        sources = _texts(found)
    if options["fix"] or options["diff"]:
        found, changed = _mend(found, sources, paths, options, config)
    else:
        changed = False
    found = _above_baseline(found, options, config.check)
    ranks = {"error": 0, "warning": 1, "info": 2}
    found = [one for one in found if ranks[one.severity] <= ranks[options["min_severity"]]]
    if not options["diff"]:
        _report(found, sources, writers, options)
    raise click.exceptions.Exit(0 if options["exit_zero"] else 1 if (found and not options["diff"]) or (changed and options["diff"]) else 0)


def _settings(options: dict[str, Any], config: CheckConfig) -> dict[str, Any]:
    """What the command line says, on top of what the project says."""
    by_file: dict[str, list[str]] = {pattern: list(texts) for pattern, texts in config.per_file_ignores.items()}
    for text in options["per_file_ignores"]:
        pattern, colon, rule = text.rpartition(":")
        if not colon:
            raise click.BadParameter(f"{text!r} is not PATTERN:RULE.", param_hint="'--per-file-ignores'")
        by_file.setdefault(pattern, []).append(rule)
    return {
        "select": _split(options["select"]) or config.select,
        "ignore": (*config.ignore, *_split(options["ignore"])),
        "extend_select": (*config.extend_select, *_split(options["extend_select"])),
        "per_file_ignores": by_file,
        "exclude": (*config.exclude, *options["exclude"]),
    }


def _split(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def _found(paths: tuple[str, ...], options: dict[str, Any], config: Config) -> list[Diagnostic]:
    from .. import checking

    return checking.check(
        paths,
        **_settings(options, config.check),
        search_path=[*options["folders"], *config.search_path],
        models=config.models,
        read=options["read"],
        comments=not options["ignore_comments"],
        jobs=options["jobs"] or os.cpu_count() or 1,
        cache=options["cache"],
        since=(options["base_ref"] or "HEAD") if options["changed_only"] else None,
    )


def _from_stdin(options: dict[str, Any], config: Config) -> tuple[list[Diagnostic], dict[str, str]]:
    from .. import checking

    text = sys.stdin.read()
    settings = _settings(options, config.check)
    del settings["exclude"]
    found = checking.check_text(text, options["stdin_filename"], **settings, comments=not options["ignore_comments"])
    return found, {options["stdin_filename"]: text}


def _texts(found: list[Diagnostic]) -> dict[str, str]:
    from .. import checking

    files = {span.file for one in found for span in (one.span, *(note.span for note in one.notes)) if span.file}
    return {file: checking.read_source_text(file) for file in sorted(files)}


def _mend(
    found: list[Diagnostic], sources: dict[str, str], paths: tuple[str, ...], options: dict[str, Any], config: Config
) -> tuple[list[Diagnostic], bool]:
    """Apply fixes until nothing changes; notebooks are left alone."""
    from .. import checking

    changed = False
    for _ in range(10):
        count = 0
        for file in sorted({one.span.file for one in found if one.fix is not None}):
            old = sources.get(file, "")
            new, done = checking.mended(old, [one for one in found if one.span.file == file], unsafe=options["unsafe_fixes"])
            if not done or file.endswith(".ipynb"):
                continue
            count, changed = count + done, True
            if options["diff"]:
                click.echo("".join(difflib.unified_diff(old.splitlines(True), new.splitlines(True), file, file)), nl=False)
            elif paths == ("-",):
                click.echo(new, nl=False)
            else:
                Path(file).write_text(new, encoding="utf-8")
        if not count or options["diff"] or paths == ("-",):
            break
        found = _found(paths or (".",), options, config)
        sources.clear()
        sources.update(_texts(found))
    return found, changed


def _above_baseline(found: list[Diagnostic], options: dict[str, Any], config: CheckConfig) -> list[Diagnostic]:
    from .. import checking

    place = Path(options["baseline"]) if options["baseline"] else config.baseline
    if options["update_baseline"]:
        if place is None:
            raise click.UsageError("--update-baseline needs --baseline FILE.")
        place.write_text(json.dumps(checking.baseline_of(found), indent=2) + "\n", encoding="utf-8")
        return []
    if place is None:
        return found
    try:
        known = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.FileError(str(place), str(error)) from error
    new, gone = checking.beyond_baseline(known, found)
    if gone:
        click.echo(f"astarch: {len(gone)} entries of {place} no longer occur; --update-baseline drops them", err=True)
    return new


def _writer(text: str) -> tuple[Callable[[Report], str], str | None]:
    """A format, and where it goes."""
    from ..render.findings import data, pipelines, sarif, terminal

    writers: dict[str, Callable[[Report], str]] = {
        "full": terminal.full, "concise": terminal.concise, "json": data.as_json, "json-lines": data.json_lines,
        "sarif": sarif.sarif, "github": pipelines.github, "gitlab": pipelines.gitlab, "junit": pipelines.junit,
        "rdjson": data.rdjson, "markdown": pipelines.markdown,
    }  # fmt: skip
    form, colon, place = text.partition(":")
    if form not in writers:
        close = difflib.get_close_matches(form, writers, n=1)
        raise click.BadParameter(
            f"{form!r} is no format." + (f" Did you mean {close[0]!r}?" if close else ""), param_hint="'--output-format'"
        )
    return writers[form], place if colon and place not in ("", "-") else None


def _report(
    found: list[Diagnostic], sources: dict[str, str], writers: list[tuple[Callable[[Report], str], str | None]], options: dict[str, Any]
) -> None:
    from .. import checking
    from ..render.findings.report import Report
    from ..render.findings.terminal import statistics
    from ..version import VERSION
    from .show import _page

    rules = {rule["code"]: rule for rule in checking.listed()}
    for write, place in writers:
        page = _page({"output": place, "width": None, "color": options["color"], "plain": False})
        report = Report(found, sources, rules, VERSION, page, str(Path.cwd()))
        text = statistics(report) if options["statistics"] else write(report)
        if place is None:
            click.echo(text, nl=False, color=True, file=sys.stdout)
        else:
            Path(place).write_text(text, encoding="utf-8")
