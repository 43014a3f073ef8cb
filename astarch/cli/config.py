"""``astarch config``: the settings of a project as they are understood, and the schema of what can stand in them."""

from __future__ import annotations

import json
from pathlib import Path

import click


@click.command("config", short_help="Show the settings of a project, or their JSON Schema.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of [tool.astarch], for editors.")
def command(schema: bool) -> None:
    """Show the settings of the nearest pyproject.toml that has [tool.astarch], as they are understood."""
    from ..config import load_config, settings_schema

    if schema:
        click.echo(json.dumps(settings_schema(), indent=2))
        return
    config = load_config(Path.cwd())
    if config.file is None:
        click.echo("No pyproject.toml here or above has [tool.astarch]: the usual settings are used.")
        return
    click.echo(f"{config.file}")
    check = config.check
    rows = [("search-path", [str(folder) for folder in config.search_path]), ("python", config.python), ("budget", config.budget)]
    rows += [(f"check.{key}", value) for key, value in (
        ("select", check.select), ("ignore", check.ignore), ("extend-select", check.extend_select), ("exclude", check.exclude),
        ("per-file-ignores", check.per_file_ignores), ("output-format", check.output_format), ("baseline", check.baseline),
    )]  # fmt: skip
    for key, value in rows:
        if value:
            shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else value
            click.echo(f"  {key} = {shown}")
    for model in config.models:
        inputs = f"  inputs {', '.join(map(str, model.inputs))}" if model.inputs else ""
        click.echo(f"  model {model.target.text}{inputs}")
