"""``astarch diff``: what changed between two models, or in a whole repository, and whether old checkpoints still load."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..config import Config
    from ..ir.change import Comparison, Review

FORMATS = ("text", "json", "markdown", "mermaid", "html", "github", "hook")


@click.command("diff", short_help="Compare two models, or two states of a repository.")
@click.argument("targets", nargs=-1, metavar="OLD NEW | [PATHS]...")
@click.option("--against", "-a", metavar="REV", help="Compare the whole repository with a revision, e.g. origin/main.")
@click.option("--base", "-b", metavar="REV", help="The revision after, with -a; the working tree by default.")
@click.option("--exact", is_flag=True, help="With -a: compare with that very revision, not with where the two histories parted.")
@click.option(
    "--input", "-i", "inputs", multiple=True, metavar="SHAPE", help="What the forward is given: 1,3,224,224; tried out by default."
)
@click.option("--fail-on", type=click.Choice(["breaking", "behaviour", "any"]), help="Exit with 1 when a model changed that gravely.")
@click.option("--format", "-f", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to write it.")
@click.option("--all", "every", is_flag=True, help="Show every change, however many.")
@click.option(
    "--summary", type=click.Path(dir_okay=False), metavar="FILE", help="Append the Markdown report too, e.g. $GITHUB_STEP_SUMMARY."
)
@click.option("--with", "names", multiple=True, metavar="NAME=TARGET", help="An object the target uses: config=package.module:Config().")
@click.option("--search-path", "-p", "folders", multiple=True, type=click.Path(), metavar="DIR", help="Where modules are looked for first.")
@click.option("--python", type=click.Path(), metavar="PATH", help="The environment whose packages are read, never run.")
@click.option("--budget", type=click.IntRange(min=1), metavar="STEPS", help="How many steps the analysis of a model may take.")
@click.option("--ascii", "plain", is_flag=True, help="Write ASCII characters only.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="When to use colour.")
@click.option("--width", type=click.IntRange(min=20), metavar="N", help="Columns to use; those of the terminal by default.")
@click.option("--output", "-o", type=click.Path(dir_okay=False), metavar="FILE", help="Write to a file instead.")
def command(targets: tuple[str, ...], **options: Any) -> None:
    """Say what changed between OLD and NEW, and whether old checkpoints still load.

    OLD and NEW are targets as `astarch show` takes them: FILE.py:EXPRESSION, REVISION:FILE.py:EXPRESSION,
    or a saved model. With -a, every model of the repository (or of PATHS) that changed since a revision,
    through its own file or through one that it imports.

    Exit code: 0, or 1 when --fail-on says so, or 2 when the call is wrong.
    """
    from ..config import load_config

    config = load_config(Path.cwd())
    result = _repository(targets, options, config) if options["against"] else _pair(targets, options, config)
    _write(_rendered(result, options), options["output"])
    if options["summary"]:
        _append(result, options["summary"])
    raise click.exceptions.Exit(1 if _fails(result, options["fail_on"]) else 0)


def _pair(targets: tuple[str, ...], options: dict[str, Any], config: Config) -> Comparison:
    """Two targets."""
    from .. import api
    from ..inputs import parse_inputs
    from .show import _names

    if len(targets) != 2:
        raise click.UsageError("Give two targets, OLD and NEW, or a revision with -a.")
    if options["base"]:
        raise click.UsageError("-b goes with -a.")
    known = config.model(targets[1]) or config.model(targets[0])
    inputs = tuple(parse_inputs(options["inputs"])) or (known.inputs if known else ())
    return api.diff(
        *targets,
        inputs=list(inputs) or None,
        search_path=[*options["folders"], *config.search_path],
        names={**(known.names if known else {}), **_names(options["names"])},
        python=options["python"] or config.python,
        budget=options["budget"] or config.budget,
    )


def _repository(paths: tuple[str, ...], options: dict[str, Any], config: Config) -> Review:
    """A whole repository."""
    from .. import api

    for path in paths:
        if not Path(path).exists():
            raise click.UsageError(f"There is no file or folder {path!r}.")
    if options["inputs"] or options["names"]:
        raise click.UsageError("--input and --with go with OLD and NEW; with -a pyproject.toml says what models are given.")
    terminal = sys.stderr.isatty()

    def progress(name: str) -> None:
        if terminal:
            click.echo(f"\r\x1b[2Kreading {name}"[:90], err=True, nl=False, color=True)

    try:
        return api.diff_repository(
            options["against"],
            options["base"],
            paths=paths,
            since_fork=not options["exact"],
            search_path=[*options["folders"], *config.search_path],
            models=config.models,
            python=options["python"] or config.python,
            budget=options["budget"] or config.budget,
            progress=progress,
        )
    finally:
        if terminal:
            click.echo("\r\x1b[2K", err=True, nl=False, color=True)


def _fails(result: Comparison | Review, level: str | None) -> bool:
    from ..ir.change import Review

    if level is None:
        return False
    if isinstance(result, Review):
        return any(one.fails(level) for one in result.comparisons) or (level == "any" and bool(result.failures))
    return result.fails(level)


def _rendered(result: Comparison | Review, options: dict[str, Any]) -> str:
    """The report in the form that was asked for."""
    from ..ir.change import Review

    form = options["form"]
    if form == "text":
        from ..render.difference.text import to_text
        from .show import _page

        return to_text(result, page=_page(options), every=options["every"])
    if form == "json":
        from ..render.difference.json import to_json
        from ..version import VERSION

        return to_json(result, version=VERSION)
    if form == "markdown":
        from ..render.difference.markdown import to_markdown

        return to_markdown(result)
    if form == "github":
        from ..render.difference.github import to_github

        return to_github(result, root=os.environ.get("GITHUB_WORKSPACE") or str(Path.cwd()))
    if form == "html":
        from ..render.difference.html import to_html

        return to_html(result)
    comparisons = result.comparisons if isinstance(result, Review) else (result,)
    from ..render.difference.hook import hook
    from ..render.difference.mermaid import to_mermaid

    write = hook if form == "hook" else to_mermaid
    return "\n".join(filter(None, map(write, comparisons)))


def _append(result: Comparison | Review, file: str) -> None:
    from ..render.difference.markdown import to_markdown

    try:
        with Path(file).open("a", encoding="utf-8") as handle:
            handle.write(to_markdown(result))
    except OSError as error:
        raise click.FileError(file, error.strerror or str(error)) from error


def _write(text: str, output: str | None) -> None:
    if output is None:
        click.echo(text, nl=False, color=True)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.FileError(output, error.strerror or str(error)) from error
