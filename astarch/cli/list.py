"""``astarch list PATH``: every model in a file or a folder."""

from __future__ import annotations

import json
from typing import Any

import click


@click.command("list", short_help="List the models of a file or a folder.")
@click.argument("path", default=".", type=click.Path())
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to write it.")
def command(path: str, form: str) -> None:
    """List the models defined or built in a file or a folder."""
    from .. import api

    found = api.find(path)
    if form == "json":
        rows = [{"name": one.name, "kind": one.kind, "file": str(one.file), "line": one.line, "target": one.target} for one in found]
        click.echo(json.dumps(rows, indent=2))
    elif found:
        click.echo(_table(found))
    else:
        click.echo(f"no model in {path}", err=True)


def _table(found: list[Any]) -> str:
    """One line each: what `astarch show` takes, and where it stands."""
    cells = [(one.target, one.kind, f"{one.file}:{one.line}") for one in found]
    widths = [max(len(row[column]) for row in cells) for column in range(2)]
    return "\n".join(f"{target:<{widths[0]}}  {kind:<{widths[1]}}  {place}" for target, kind, place in cells)
