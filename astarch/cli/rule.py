"""``astarch rule NAME``: what a rule means."""

from __future__ import annotations

import json

import click


@click.command("rule", short_help="Explain a rule, or list them all.")
@click.argument("name", required=False)
@click.option("--all", "every", is_flag=True, help="List all rules.")
@click.option("--output-format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to write it.")
def command(name: str | None, every: bool, form: str) -> None:
    """Explain the rule NAME, by its code or its name: why it matters, wrong and right code, what its fix does."""
    from .. import checking

    if name is None and not every:
        raise click.UsageError("Name a rule, or say --all.")
    if name is not None:
        text = checking.explain(name)
        if form == "json":
            rows = [row for row in checking.listed() if name.upper() == row["code"] or name.lower() == row["name"]]
            text = json.dumps(rows[0], indent=2) + "\n"
        click.echo(text, nl=False)
        return
    rows = checking.listed()
    if form == "json":
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        state = "" if row["default"] else "  (off)"
        click.echo(f"{row['code']}  {row['severity']:<7}  {row['name']:<40}  {row['summary']}{state}")
