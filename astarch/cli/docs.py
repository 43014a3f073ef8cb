"""``astarch docs``: tables, pictures and numbers in documents, made from source and kept fresh."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError, ReadError

if TYPE_CHECKING:
    from ..ir.architecture import Architecture
    from ..render.blocks import Block

_SUFFIXES = (".md", ".markdown", ".rst", ".txt", ".qmd", ".mdx")


@click.command("docs", short_help="Keep tables, pictures and numbers in documents fresh.")
@click.argument("paths", nargs=-1)
@click.option("--write", "mode", flag_value="write", help="Replace what is stale.")
@click.option("--check", "mode", flag_value="check", help="Only say what is stale, and fail if anything is; the default for documents.")
@click.option(
    "--site", type=click.Path(file_okay=False), metavar="DIR", help="Write, or check, a page for every class of the models named."
)
@click.option("--input", "-i", "inputs", multiple=True, metavar="SHAPE", help="For --site: what the forward is given.")
@click.option("--search-path", "-p", "folders", multiple=True, type=click.Path(), metavar="DIR", help="Where modules are looked for first.")
def command(paths: tuple[str, ...], mode: str | None, site: str | None, inputs: tuple[str, ...], folders: tuple[str, ...]) -> None:
    """Keep what is between `<!-- astarch:begin model=net.py:Net view=table -->` and `<!-- astarch:end -->` fresh.

    PATHS are documents and folders of them; with --site, targets or Python files and folders. Exit code 1
    when --check finds something stale.
    """
    if not paths:
        raise click.UsageError("Missing argument 'PATHS'.")
    if site is not None:
        stale = _site(paths, Path(site), inputs, folders, mode or "write")
    else:
        stale = sum(_refresh(document, mode or "check", folders) for document in _documents(paths))
    if stale and mode != "write":
        how = f"--write --site {site}" if site is not None else "--write"
        click.echo(f"{stale} stale; `astarch docs {how} {' '.join(paths)}` refreshes them", err=True)
        raise click.exceptions.Exit(1)


def _documents(paths: tuple[str, ...]) -> Iterator[Path]:
    for path in map(Path, paths):
        if path.is_dir():
            yield from sorted(file for file in path.rglob("*") if file.suffix in _SUFFIXES and file.is_file())
        elif path.is_file():
            yield path
        else:
            raise ReadError(f"there is no document `{path}`")


def _refresh(document: Path, mode: str, folders: tuple[str, ...]) -> int:
    """Refresh one document; how many blocks were stale."""
    from .. import api
    from ..render.blocks import BlockError, refreshed

    text = document.read_bytes().decode("utf-8")
    if "astarch:begin" not in text:
        return 0
    try:
        fresh, stale = refreshed(text, lambda block: _read(block, folders), api.sources)
    except BlockError as error:
        raise InputError(f"{document}: {error}") from error
    for one in stale:
        click.echo(f"{document}:{one.line}: {'refreshed' if mode == 'write' else 'stale'}")
        if mode == "check":
            changes = list(unified_diff(one.was.splitlines(), one.is_now.splitlines(), lineterm="", n=0))
            click.echo("\n".join(f"  {line}" for line in changes[2:14]))
    if stale and mode == "write":
        document.write_bytes(fresh.encode("utf-8"))
    return len(stale)


_known: dict[tuple[Any, ...], Any] = {}


def _read(block: Block, folders: tuple[str, ...]) -> Architecture:
    """The model of a block; one that several blocks show is read once."""
    from .. import api
    from ..config import load_config
    from ..inputs import parse_inputs

    model = block.options["model"]
    key = (model, block.inputs, block.names, folders)
    if key not in _known:
        config = load_config(Path.cwd())
        listed = config.model(model)
        inputs = tuple(parse_inputs(block.inputs)) or (listed.inputs if listed else ())
        names = {**(listed.names if listed else {}), **dict(text.split("=", 1) for text in block.names)}
        found = api.read(model, inputs=list(inputs), names=names, search_path=[*folders, *config.search_path], python=config.python)
        if "" not in found.modules:
            raise ReadError(f"`{model}` gives no model", next((one.message for one in found.diagnostics), ""))
        _known[key] = found
    return _known[key]


def _site(paths: tuple[str, ...], folder: Path, inputs: tuple[str, ...], folders: tuple[str, ...], mode: str) -> int:
    """A page for every class; with ``check``, how many are not what they should be."""
    from .. import api
    from ..inputs import parse_inputs
    from ..render.site import pages

    targets = [target for path in paths for target in ([path] if ":" in path else [found.target for found in api.find(path)])]
    architectures = [api.read(target, inputs=parse_inputs(inputs), search_path=list(folders)) for target in targets]
    sources = {file: text for architecture in architectures for file, text in api.all_sources(architecture).items()}
    made = pages(architectures, sources)
    if mode == "check":
        stale = [
            name for name, text in made.items() if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
        ]
        for name in stale:
            click.echo(f"{folder / name}: stale")
        return len(stale)
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    click.echo(f"{len(made)} pages in {folder}")
    return 0
