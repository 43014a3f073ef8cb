"""``astarch show TARGET``: the architecture of a model, in any form."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError

if TYPE_CHECKING:
    from ..config import Config, ModelConfig
    from ..ir.architecture import Architecture
    from ..render.paint import Page

DRAWINGS = ("html", "dot", "svg", "png", "pdf", "mermaid", "model-explorer", "annotated")
FORMATS = ("text", "json", "markdown", "csv", *DRAWINGS)

#: What the end of a file's name asks for.
SUFFIXES = {
    ".txt": "text", ".json": "json", ".md": "markdown", ".csv": "csv", ".html": "html", ".htm": "html", ".dot": "dot", ".gv": "dot",
    ".svg": "svg", ".png": "png", ".pdf": "pdf", ".mmd": "mermaid", ".mermaid": "mermaid", ".me.json": "model-explorer",
}  # fmt: skip


@click.command("show", short_help="Show what a model is, and what is wrong with it.")
@click.argument("target", required=False)
@click.option("--input", "-i", "inputs", multiple=True, metavar="SHAPE", help="What the forward is given: 1,3,224,224 or tokens=B,T:int64.")
@click.option(
    "--set", "-s", "values", multiple=True, metavar="NAME=VALUE", help="A value for an argument, a field or a size; several give a table."
)
@click.option("--free", multiple=True, metavar="NAME", help="A number to be a symbol although it has a default; `all` for every size.")
@click.option("--derivation", is_flag=True, help="Show how the input was worked out.")
@click.option("--depth", "-d", metavar="N|all|auto", help="Levels of modules to show: 3 in a table, in a drawing what stays readable.")
@click.option(
    "--columns",
    "-c",
    metavar="NAME,...",
    default="",
    help="Columns of the table: type, arguments, line, input, output, kernel, parameters, share, trainable, macs, connected.",
)
@click.option("--ops/--no-ops", "operations", default=None, help="Show functions and methods as well; of a saved graph they are shown.")
@click.option("--format", "-f", "form", type=click.Choice(FORMATS), help="How to write it; by the file's suffix, or text.")
@click.option("--fold/--no-fold", default=True, help="Draw equal neighbours once, with their count.")
@click.option("--collapse", multiple=True, metavar="PATTERN", help="Names or classes whose boxes stay closed in a drawing: 'blocks.*'.")
@click.option("--direction", type=click.Choice(("TB", "LR", "BT", "RL")), default="TB", help="Where a drawing runs: TB is top to bottom.")
@click.option("--wrap", metavar="N|off|auto", default="auto", help="Columns of a tall drawing; by default as many as make it fit a page.")
@click.option("--with", "names", multiple=True, metavar="NAME=TARGET", help="An object the target uses: config=package.module:Config().")
@click.option("--search-path", "-p", "folders", multiple=True, type=click.Path(), metavar="DIR", help="Where modules are looked for first.")
@click.option("--python", type=click.Path(), metavar="PATH", help="The environment whose packages are read, never run.")
@click.option("--budget", type=click.IntRange(min=1), metavar="STEPS", help="How many steps the analysis may take.")
@click.option("--ascii", "plain", is_flag=True, help="Draw with ASCII characters only.")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True, help="When to use colour.")
@click.option("--width", type=click.IntRange(min=20), metavar="N", help="Columns to use; those of the terminal by default.")
@click.option("--output", "-o", type=click.Path(dir_okay=False), metavar="FILE", help="Write to a file instead.")
def command(target: str | None, **options: Any) -> None:
    """Show what TARGET is: its modules, shapes, parameters, and what is wrong with it.

    TARGET is FILE.py:EXPRESSION or package.module:EXPRESSION. Without one, the models that
    pyproject.toml names are shown.
    """
    from .. import api
    from ..config import load_config
    from ..inputs import parse_settings

    config = load_config(Path.cwd())
    options["form"] = options["form"] or _form(options["output"])
    depth = _depth(options["depth"], options["form"])
    options["wrap"] = _wrap(options["wrap"])
    shown: list[str | bytes] = []
    failed = False
    settings = parse_settings(options["values"])
    for model in _models(target, options, config):
        if len(settings) > 1 and options["form"] == "text":
            shown.append(_table(model, {_label(one): one for one in settings}, options, config))
            continue
        architecture = _read(model, options, config, settings[0] if settings else {})
        failed = failed or any(finding.severity == "error" for finding in architecture.diagnostics)
        shown.append(_rendered(architecture, depth, options))
        if options["form"] == "text" and not settings and api.presets(architecture):
            shown.append(_table(model, None, options, config))
    _write(_joined(shown, options["form"]), options["output"])
    raise click.exceptions.Exit(1 if failed else 0)


def _models(target: str | None, options: dict[str, Any], config: Config) -> list[ModelConfig]:
    """What to read: the target with what the project says of it, or all that the project names."""
    from ..config import ModelConfig
    from ..inputs import parse_inputs
    from ..targets import parse_target

    if target is None:
        if not config.models:
            raise click.UsageError("Missing argument 'TARGET', and pyproject.toml names no models.")
        if options["inputs"] or options["names"]:
            raise click.UsageError("--input and --with belong to a TARGET.")
        return list(config.models)
    known = config.model(target)
    inputs = tuple(parse_inputs(options["inputs"])) or (known.inputs if known else ())
    return [ModelConfig(parse_target(target), inputs, {**(known.names if known else {}), **_names(options["names"])})]


def _names(texts: tuple[str, ...]) -> dict[str, str]:
    names: dict[str, str] = {}
    for text in texts:
        name, sign, target = text.partition("=")
        if not sign or not name.strip().isidentifier() or not target.strip():
            raise InputError(f"`--with {text}` does not say what a name means", "write --with config=package.module:Config()")
        names[name.strip()] = target.strip()
    return names


def _form(output: str | None) -> str:
    """What the end of the file's name asks for."""
    name = (output or "").lower()
    return next((SUFFIXES[suffix] for suffix in sorted(SUFFIXES, key=len, reverse=True) if name.endswith(suffix)), "text")


def _joined(shown: list[str | bytes], form: str) -> str | bytes:
    """Several reports after each other, where their form allows it."""
    if len(shown) > 1 and form in ("html", "svg", "png", "pdf", "model-explorer"):
        raise click.UsageError(f"A {form} file holds one model: name a TARGET.")
    return shown[0] if len(shown) == 1 else "\n".join(text for text in shown if isinstance(text, str))


def _depth(text: str | None, form: str) -> int | str | None:
    if text is None:
        return "auto" if form in DRAWINGS else 3
    if text in ("all", "inf"):
        return None
    if text == "auto":
        return text
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise click.BadParameter(f"{text!r} is neither a number above 0 nor `all` nor `auto`.", param_hint="'--depth'")


def _columns(text: str) -> list[str]:
    """The columns that were asked for, each under the name it has here."""
    from difflib import get_close_matches

    from ..render.table import COLUMNS

    known = {other: name for name, others in COLUMNS.items() for other in (name, *others)}
    asked = [name.strip().lower() for name in text.split(",") if name.strip()]
    for name in asked:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f" Did you mean {near[0]}?" if near else f" There are {', '.join(COLUMNS)}."
            raise click.BadParameter(f"{name!r} is no column.{hint}", param_hint="'--columns'")
    return list(dict.fromkeys(known[name] for name in asked))


def _wrap(text: str) -> int | str:
    if text == "auto":
        return text
    if text == "off":
        return 1
    if text.isdecimal() and int(text) > 0:
        return int(text)
    raise click.BadParameter(f"{text!r} is neither a number above 0 nor `off` nor `auto`.", param_hint="'--wrap'")


def _read(model: ModelConfig, options: dict[str, Any], config: Config, values: dict[str, Any]) -> Architecture:
    from .. import api

    with _progress(model.target.text):
        return api.read(model.target, set=values, **_asked(model, options, config))


def _asked(model: ModelConfig, options: dict[str, Any], config: Config) -> dict[str, Any]:
    """What a reading is asked for."""
    from .. import api

    return {
        "inputs": list(model.inputs) or api.AUTO,
        "search_path": [*options["folders"], *config.search_path],
        "names": model.names,
        "python": options["python"] or config.python,
        "budget": options["budget"] or config.budget,
        "free": options["free"],
    }


def _table(model: ModelConfig, table: dict[str, dict[str, Any]] | None, options: dict[str, Any], config: Config) -> str:
    """The model at several settings; at its project's presets when none are given."""
    from .. import api
    from ..render.settings import settings_text

    with _progress(model.target.text):
        found = api.settings(model.target, table, **_asked(model, options, config))
    page = _page(options)
    return page.written(settings_text(found, page) + "\n")


def _label(values: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in values.items())


@contextmanager
def _progress(target: str) -> Generator[None]:
    """A line on the terminal while the work goes on; it goes when the work is done."""
    if not sys.stderr.isatty():
        yield
        return
    message = f"reading {target}"[: max(shutil.get_terminal_size().columns - 1, 10)]
    click.echo(message, err=True, nl=False)
    try:
        yield
    finally:
        click.echo("\r\x1b[2K", err=True, nl=False, color=True)


def _rendered(architecture: Architecture, depth: int | str | None, options: dict[str, Any]) -> str | bytes:
    """The report in the form that was asked for."""
    saved = "format" in architecture.attributes
    operations = saved if options["operations"] is None else options["operations"]
    depth = None if saved and options["depth"] is None and options["form"] not in DRAWINGS else depth
    if options["form"] in DRAWINGS:
        from ..api import draw

        asked = {name: options[name] for name in ("fold", "collapse", "direction", "wrap")}
        return draw(architecture, options["form"], depth=depth, **asked)
    if isinstance(depth, str):
        from ..render.rows import readable_depth

        depth = readable_depth(architecture)
    if options["form"] == "json":
        from ..render.json import to_json
        from ..version import VERSION

        return to_json(architecture, version=VERSION)
    if options["form"] == "text":
        from .. import api
        from ..render.text import to_text

        sources = api.sources(architecture)
        return to_text(
            architecture, page=_page(options), depth=depth, derivation=options["derivation"], operations=operations, sources=sources,
            columns=_columns(options["columns"]),
        )  # fmt: skip
    if options["form"] == "markdown":
        from ..render.markdown import to_markdown

        return to_markdown(architecture, depth=depth, operations=operations)
    from ..render.csv import to_csv

    return to_csv(architecture, depth=depth, operations=operations)


def _page(options: dict[str, Any]) -> Page:
    """The page that standard output is."""
    from ..render.paint import ASCII, ROUND, Page

    to_file = options["output"] is not None
    terminal = not to_file and sys.stdout.isatty()
    encoding = ("utf-8" if to_file else getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "")
    width = options["width"] or (shutil.get_terminal_size((100, 24)).columns if terminal or "COLUMNS" in os.environ else 100)
    color = options["color"] == "always" or (options["color"] == "auto" and not to_file and _wants_color(terminal))
    plain = options["plain"] or not encoding.startswith("utf")
    return Page(max(width, 20), ASCII if plain else ROUND, color)


def _wants_color(terminal: bool) -> bool:
    """The terminal's own wish, and those of https://no-color.org and https://force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (terminal and os.environ.get("TERM") != "dumb")


def _write(text: str | bytes, output: str | None) -> None:
    if output is None:
        if isinstance(text, bytes) and not text.startswith(b"<") and sys.stdout.isatty():
            raise click.UsageError("A terminal shows no pictures: name a file with -o.")
        click.echo(text, nl=False, color=True)
        return
    try:
        Path(output).write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    except OSError as error:
        raise click.FileError(output, error.strerror or str(error)) from error
