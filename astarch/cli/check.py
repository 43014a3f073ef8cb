"""``astarch check PATH...``: what is wrong with the models of a project."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..checking.mending import Mended
    from ..config import Config, ModelConfig
    from ..ir.cells import Cells
    from ..ir.diagnostic import Diagnostic
    from ..render.findings.report import Report

    Writer = Callable[[Report], str]

FORMATS = ("full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "rdjson", "markdown")


@click.command("check", short_help="Find what is wrong with the models of a project.")
@click.argument("paths", nargs=-1, type=click.Path())
@click.option("--select", multiple=True, metavar="RULES", help="Use these rules instead of the usual ones: MDL3, unused-layer, ALL.")
@click.option("--ignore", multiple=True, metavar="RULES", help="Leave these rules out.")
@click.option("--extend-select", multiple=True, metavar="RULES", help="Use these rules as well.")
@click.option("--per-file-ignores", multiple=True, metavar="PATTERN:RULE", help="Leave a rule out in files of a pattern.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Files to leave out, as in .gitignore.")
@click.option("--force-exclude", is_flag=True, help="Leave them out also when they are named.")
@click.option("--respect-gitignore/--no-respect-gitignore", default=True, help="Whether .gitignore leaves out files.")
@click.option("--show-files", is_flag=True, help="List the files that would be checked.")
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
    envvar="ASTARCH_OUTPUT_FORMAT",
    metavar="FORMAT[:DEST]",
    help=f"{', '.join(FORMATS)}; several at once: -o full -o sarif:out.sarif.",
)
@click.option("--output-file", type=click.Path(dir_okay=False), metavar="FILE", help="Where to write what would go to standard output.")
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
@click.option("--config", "config_file", type=click.Path(dir_okay=False), metavar="FILE", help="The pyproject.toml to read.")
@click.option("--isolated", is_flag=True, help="Read no pyproject.toml.")
@click.option("--quiet", "-q", is_flag=True, help="Say nothing but findings.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="When to use colour.")
def command(paths: tuple[str, ...], **options: Any) -> None:
    """Find what is wrong with the models in PATHS: files, folders, or - for standard input.

    Exits with 0 when nothing is found, 1 when something is, 2 when the call is wrong.
    """
    from .. import checking

    if click.get_current_context().obj:  # nobody else works in this process
        checking.end_with_command()
    if options["base_ref"] and not options["changed_only"]:
        raise click.UsageError("--base-ref is used with --changed-only.")
    if options["update_baseline"] and not (options["baseline"] or _config(options).check.baseline):
        raise click.UsageError("--update-baseline needs --baseline FILE.")
    config = _config(options)
    _complain_of(config)
    writers = [_writer(text, options["output_file"]) for text in options["outputs"] or [config.check.output_format or "full"]]
    run = Run(paths or (".",), options, config)
    if options["show_files"]:
        click.echo("".join(f"{path}\n" for path in checking.python_files(*run.files())), nl=False)
        return
    found = run.found()
    if options["update_baseline"]:
        run.keep(found)
        return
    mending = options["fix"] or options["diff"]
    changed = run.mend(found) if mending else False
    if changed and not options["diff"]:
        found = run.found()
    if not options["diff"]:
        _report(found, run, writers, to_stdout=not (mending and run.is_stdin))
    raise click.exceptions.Exit(0 if options["exit_zero"] else int(changed if options["diff"] else bool(found)))


def _config(options: dict[str, Any]) -> Config:
    from ..config import Config, load_config, read_config

    if options["config_file"]:
        return read_config(Path(options["config_file"]))
    return Config() if options["isolated"] else load_config(Path.cwd())


def _complain_of(config: Config) -> None:
    """Say where the project's settings name a rule or a format that does not exist."""
    from .. import checking
    from ..errors import ConfigError

    check, place = config.check, f"{config.file}: `{{}}` in tool.astarch.check"
    given = {"select": check.select, "ignore": check.ignore, "extend-select": check.extend_select}
    given["per-file-ignores"] = tuple(text for texts in check.per_file_ignores.values() for text in texts)
    for key, texts in given.items():
        unknown = checking.unknown_rule(texts)
        if unknown is not None:
            raise ConfigError(f"{place.format(key)} names no rule: `{unknown[0]}`", unknown[1])
    form = (check.output_format or "full").partition(":")[0]
    if form not in FORMATS:
        close = difflib.get_close_matches(form, FORMATS, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"known are {', '.join(FORMATS)}"
        raise ConfigError(f"{place.format('output-format')} is no format: {form!r}", hint)


@dataclass
class Run:
    """One check: what is looked at, as the command line and the project say.

    Args:
        paths: Files and folders, or ``-``.
        options: What the command line says.
        config: What the project says.
    """

    paths: tuple[str, ...]
    options: dict[str, Any]
    config: Config

    @cached_property
    def is_stdin(self) -> bool:
        """Whether the code comes from standard input."""
        return self.paths == ("-",)

    @cached_property
    def given(self) -> bytes:
        """What stands in standard input."""
        return sys.stdin.buffer.read()

    @cached_property
    def models(self) -> list[ModelConfig]:
        """The models that the project names, their files found from the folder of its settings."""
        if self.config.file is None:
            return list(self.config.models)
        folder = self.config.file.parent.absolute()
        return [
            replace(one, target=replace(one.target, path=os.path.relpath(folder / one.target.path))) if one.target.is_source else one
            for one in self.config.models
        ]

    def files(self) -> tuple[list[Path], tuple[str, ...], bool, bool]:
        """What `python_files` asks for."""
        options = self.options
        exclude = (*self.config.check.exclude, *options["exclude"])
        return [Path(path) for path in self.paths], exclude, options["respect_gitignore"], options["force_exclude"]

    def found(self) -> list[Diagnostic]:
        """The findings that are to be reported."""
        from .. import checking

        if self.is_stdin:
            path = self.options["stdin_filename"]
            text, found = checking.opened(self.given, path)
            found = found or self.look(text, path)
        else:
            options = self.options
            found = checking.check(
                self.paths,
                **self._settings(),
                exclude=self.files()[1],
                force_exclude=options["force_exclude"],
                respect_gitignore=options["respect_gitignore"],
                search_path=[*options["folders"], *self.config.search_path],
                models=self.models,
                read=options["read"],
                comments=not options["ignore_comments"],
                jobs=options["jobs"] or os.cpu_count() or 1,
                cache=options["cache"],
                since=(options["base_ref"] or "HEAD") if options["changed_only"] else None,
            )
            if not found and not options["changed_only"] and not options["quiet"] and not checking.python_files(*self.files()):
                click.echo("astarch: there are no Python files or notebooks here", err=True)
        return self._reported(found, tell=not self.options["quiet"])

    def _reported(self, found: list[Diagnostic], *, tell: bool) -> list[Diagnostic]:
        """The findings that are grave enough and not known; only they are mended, too."""
        ranks = {"error": 0, "warning": 1, "info": 2}
        least = ranks[self.options["min_severity"]]
        return self._above_baseline([one for one in found if ranks[one.severity] <= least], tell=tell)

    def look(self, text: str, path: str) -> list[Diagnostic]:
        """The findings in a text."""
        from .. import checking

        return checking.check_text(
            text,
            path,
            **self._settings(),
            comments=not self.options["ignore_comments"],
            read=self.options["read"],
            search_path=[*self.options["folders"], *self.config.search_path],
            models=self.models,
        )

    def mend(self, found: list[Diagnostic]) -> bool:
        """Apply the fixes of findings, or show what they would change; whether there are any."""
        from ..checking.mending import mend

        count, files, keys = 0, 0, list[str]()
        paths = {one.span.file for one in found if one.fix is not None}
        if self.is_stdin and not paths and not self.options["diff"]:
            sys.stdout.buffer.write(self.given)
        for file in sorted(paths):
            data = self.given if self.is_stdin else Path(file).read_bytes()
            here = [one for one in found if one.span.file == file]
            folders = [Path(folder) for folder in (*self.options["folders"], *self.config.search_path)]
            again = lambda text, file=file: self._reported(self.look(text, file), tell=False)  # noqa: E731
            new = mend(data, file, here, again, unsafe=self.options["unsafe_fixes"], folders=folders)
            count, files = count + new.count, files + bool(new.count)
            keys += [f"{file}: {change}" for change in new.keys]
            self._put(new)
        if not self.options["quiet"]:
            self._tell(count, files, keys)
        return bool(count)

    def _put(self, new: Mended) -> None:
        """Write a mended file to where it came from, or what changes in it."""
        if self.options["diff"]:
            click.echo(new.diff(), nl=False)
        elif self.is_stdin:
            sys.stdout.buffer.write(new.new)
            self.given = new.new
        elif new.count:
            try:
                Path(new.path).write_bytes(new.new)
            except OSError as error:
                raise click.FileError(new.path, error.strerror) from error

    def _tell(self, count: int, files: int, keys: list[str]) -> None:
        word = "Would fix" if self.options["diff"] else "Fixed"
        if count:
            click.echo(f"{word} {count} finding{'s' * (count > 1)} in {files} file{'s' * (files > 1)}.", err=True)
        for text in keys:
            click.echo(text, err=True)

    def _settings(self) -> dict[str, Any]:
        """Which rules are on: what the command line says, on top of what the project says."""
        options, config = self.options, self.config.check
        by_file: dict[str, list[str]] = {pattern: list(texts) for pattern, texts in config.per_file_ignores.items()}
        pattern = ""
        for text in _split(options["per_file_ignores"]):
            named, colon, rule = text.rpartition(":")
            pattern = named if colon else pattern
            if not pattern:
                raise click.BadParameter(f"{text!r} is not PATTERN:RULE.", param_hint="'--per-file-ignores'")
            by_file.setdefault(pattern, []).append(rule)
        return {
            "select": _split(options["select"]) or config.select,
            "ignore": (*config.ignore, *_split(options["ignore"])),
            "extend_select": (*config.extend_select, *_split(options["extend_select"])),
            "per_file_ignores": by_file,
        }

    def keep(self, found: list[Diagnostic]) -> None:
        """Write all findings to the baseline."""
        from .. import checking

        place = self._baseline()
        assert place is not None
        place.write_text(json.dumps(checking.baseline_of(self._placed(found, place)), indent=2) + "\n", encoding="utf-8")
        if not self.options["quiet"]:
            click.echo(f"Wrote {len(found)} finding{'s' * (len(found) != 1)} to {place}.", err=True)

    def _above_baseline(self, found: list[Diagnostic], *, tell: bool) -> list[Diagnostic]:
        """The findings that the baseline does not know."""
        from .. import checking

        place = self._baseline()
        if place is None or self.options["update_baseline"]:
            return found
        try:
            known = json.loads(place.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise click.FileError(str(place), str(error)) from error
        placed = self._placed(found, place)
        new, gone = checking.beyond_baseline(known, placed)
        if gone and tell and not self.options["changed_only"]:
            click.echo(f"astarch: {len(gone)} entries of {place} no longer occur; --update-baseline drops them", err=True)
        kept = {id(one) for one in new}
        return [one for one, other in zip(found, placed, strict=True) if id(other) in kept]

    def _baseline(self) -> Path | None:
        return Path(self.options["baseline"]) if self.options["baseline"] else self.config.check.baseline

    @staticmethod
    def _placed(found: list[Diagnostic], place: Path) -> list[Diagnostic]:
        """Findings with files named from the folder of the baseline, wherever they are looked for from."""
        root = str(place.absolute().parent)
        return [replace(one, span=one.span._replace(file=os.path.relpath(one.span.file, root).replace(os.sep, "/"))) for one in found]

    def texts(self, found: list[Diagnostic]) -> dict[str, str]:
        """The texts of the files that findings mention."""
        from .. import checking

        files = {span.file for one in found for span in (one.span, *(note.span for note in one.notes)) if span.file}
        texts = {file: checking.read_source_text(file) for file in sorted(files)}
        if self.is_stdin:
            texts[self.options["stdin_filename"]], _ = checking.opened(self.given, self.options["stdin_filename"])
        return texts

    def cells(self, files: Iterable[str]) -> dict[str, Cells]:
        """Of notebooks, where their cells stand."""
        from .. import checking

        if self.is_stdin and self.options["stdin_filename"].endswith(".ipynb") and not checking.opened(self.given, "a.ipynb")[1]:
            return {self.options["stdin_filename"]: checking.cells_of(self.given.decode("utf-8-sig"), "-")}
        return {file: cells for file in files if (cells := checking.read_cells(file)) is not None}


def _split(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for text in texts for part in text.split(",") if part.strip())


def _writer(text: str, usual: str | None) -> tuple[Writer, str | None]:
    """A format, and where it goes."""
    from ..render.findings import data, pipelines, sarif, terminal

    writers: dict[str, Writer] = {
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
    return writers[form], place if colon and place not in ("", "-") else usual


def _report(found: list[Diagnostic], run: Run, writers: list[tuple[Writer, str | None]], *, to_stdout: bool) -> None:
    from .. import checking
    from ..render.findings import data, sarif, terminal
    from ..render.findings.report import Report
    from ..version import VERSION
    from .show import _page

    options, sources = run.options, run.texts(found)
    cells = run.cells(sources)
    told = {one.code for one in found} if any(write in (data.as_json, data.json_lines, sarif.sarif) for write, _ in writers) else set[str]()
    rules = {rule["code"]: rule for rule in checking.listed(told)} if told else {}
    for write, place in writers:
        page = _page({"output": place, "width": None, "color": options["color"], "plain": False})
        report = Report(found, sources, rules, VERSION, page, str(Path.cwd()), cells)
        if options["statistics"]:
            write = data.statistics if write in (data.as_json, data.json_lines) else terminal.statistics
        text = write(report)
        if place is None:
            quiet = options["quiet"] and not found and write in (terminal.full, terminal.concise, terminal.statistics)
            click.echo("" if quiet else text, nl=False, color=True, err=not to_stdout)
            continue
        try:
            Path(place).write_text(text, encoding="utf-8")
        except OSError as error:
            raise click.FileError(place, error.strerror) from error
