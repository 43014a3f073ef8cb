"""``astarch verify TARGET --against ARTIFACT``: whether a saved model, or the live one, is the one that the source describes."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ..ir.verification import Verification

FORMATS = ("text", "json", "markdown")
EXPORTS = ("onnx", "saved_model", "pt2")


@click.command("verify", short_help="Confirm a model against a saved one.")
@click.argument("target")
@click.option("--against", "-a", "artifacts", multiple=True, required=True, metavar="FILE|live",
              help="A saved model; it is read, never run. The word `live` runs TARGET itself, in another process.")  # fmt: skip
@click.option("--input", "-i", "inputs", multiple=True, metavar="SHAPE", help="What the forward is given: 1,3,224,224 or tokens=B,T:int64.")
@click.option("--set", "-s", "values", multiple=True, metavar="NAME=VALUE", help="A value for an argument, a field or a size.")
@click.option("--format", "-f", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to write it.")
@click.option("--all", "every", is_flag=True, help="List what was confirmed as well.")
@click.option("--search-path", "-p", "folders", multiple=True, type=click.Path(), metavar="DIR", help="Where modules are looked for first.")
@click.option("--python", type=click.Path(), metavar="PATH", help="The environment whose packages are read; with `live`, what runs.")
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), metavar="S", help="With `live`: the seconds it may take; else 120.")
@click.option("--memory-limit", type=click.IntRange(1), metavar="MIB", help="With `live`: the MiB of memory it may use; else 8192.")
@click.option("--export", type=click.Choice(EXPORTS), help="With `live`: save the model on the way, to the file of -o.")
@click.option("--output", "-o", type=click.Path(), metavar="FILE", help="Where --export saves the model.")
def command(target: str, artifacts: tuple[str, ...], **options: Any) -> None:
    """Hold TARGET against saved models: what they confirm, what they contradict, and what they cannot tell.

    TARGET is what `astarch show` takes. With a folder for TARGET, or a file of several models, those
    in it are found that have exactly the tensors of the saved one.

    `--against live` is the only thing here that runs a model: it imports TARGET in a process of its
    own, with limits, and holds what the source says against what the model itself says.

    Exit codes: 0 nothing is contradicted, 1 something is, 2 the call is wrong.
    """
    from .. import api
    from ..inputs import parse_settings
    from ..ir.verification import Verdict
    from ..version import VERSION

    settings = parse_settings(options["values"])
    if len(settings) > 1:
        raise click.UsageError("--set gives each name one value here: one model is held against what is saved.")
    given = {"search_path": options["folders"], "python": options["python"], **({"set": settings[0]} if settings else {})}
    live = {name: options[name] for name in ("time_limit", "memory_limit", "export", "output") if options[name] is not None}
    if live and api.LIVE not in artifacts:
        raise click.UsageError(f"--{next(iter(live)).replace('_', '-')} goes with --against live.")
    if _holds_several(target):
        _matches(target, artifacts, options["form"], given)
    texts: list[str] = []
    contradicted = False
    for artifact in artifacts:
        found = api.verify(target, artifact, inputs=list(options["inputs"]) or None, live=live, **given)
        contradicted = contradicted or found.verdict is Verdict.CONTRADICTED
        texts.append(_written(found, options["form"], options["every"], VERSION))
    click.echo("\n".join(texts), nl=False)
    raise click.exceptions.Exit(1 if contradicted else 0)


def _written(found: Verification, form: str, every: bool, version: str) -> str:
    from ..render import verification

    if form == "json":
        return verification.to_json(found, version=version)
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    return verification.to_markdown(found) if form == "markdown" else verification.to_text(found, every=every, width=width)


def _matches(folder: str, artifacts: tuple[str, ...], form: str, given: dict[str, Any]) -> None:
    """Say which models of a folder have the tensors of a saved one, or how near the nearest come."""
    from .. import api
    from ..render import verification

    if api.LIVE in artifacts:
        raise click.UsageError("A folder is not run live: name a model in it.")
    missed = False
    write = {"json": verification.matches_json, "markdown": verification.matches_markdown}.get(form, verification.matches_text)
    for artifact in artifacts:
        found = api.which(folder, artifact, progress=_progress(), **given)
        _progress()("")
        missed = missed or not any(match.exact for match in found)
        click.echo(write(folder, artifact, found), nl=False)
    raise click.exceptions.Exit(1 if missed else 0)


def _progress() -> Callable[[str], None]:
    """Says on the terminal what is being read, each in place of the one before; nothing takes the last one away."""
    if not sys.stderr.isatty():
        return lambda name: None
    room = max(shutil.get_terminal_size().columns - 1, 10)
    return lambda name: click.echo(f"\r\x1b[2K{name[:room]}", err=True, nl=False, color=True)


def _holds_several(target: str) -> bool:
    """Whether the models in it are asked about: a folder, or a file without the name of one of the several in it."""
    from .. import api

    place = Path(target)
    return place.is_dir() or (place.suffix == ".py" and place.is_file() and len(api.find(place)) > 1)
