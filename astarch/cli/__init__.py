"""The commands, one file each, loaded when they are used: arguments in, exit code out.

A new file here that defines ``command`` is a new command under the file's name.
"""

from __future__ import annotations

import gc
import pkgutil
import sys
from importlib import import_module
from typing import Any

import click

from ..errors import AstarchError
from ..version import VERSION


class Commands(click.Group):
    """The files of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands."""
        return sorted(found.name for found in pkgutil.iter_modules(__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return import_module(f".{cmd_name}", __name__).command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one may have been meant."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(args[0], self.list_commands(ctx), n=1)
            if close and "did you mean" not in error.message.lower():
                raise click.UsageError(f"{error.message} Did you mean `{close[0]}`?", error.ctx) from None
            raise


class Complaint(click.ClickException):
    """A mistake of the caller's, shown as one line and its hint."""

    exit_code = 2

    def __init__(self, error: AstarchError) -> None:
        super().__init__(error.message)
        self.hint = error.hint

    def show(self, file: Any = None) -> None:
        """Print it."""
        click.echo(f"astarch: {self.message}", file=file, err=file is None)
        if self.hint:
            click.echo(f"  {self.hint}", file=file, err=file is None)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, prog_name="astarch", message="%(prog)s %(version)s")
def commands() -> None:
    """Read the Python source of a neural network and say what the running model would be, without running it."""


def main(arguments: list[str] | None = None) -> None:
    """The program ``astarch``. Exit codes: 0 fine, 1 the model has errors, 2 the call has."""
    try:
        sys.exit(commands.main(arguments, prog_name="astarch", standalone_mode=False, obj=arguments is None) or 0)
    except AstarchError as error:
        Complaint(error).show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("astarch: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone: nothing is left to say
        sys.exit(141)
    finally:
        if arguments is None:  # the process ends: nobody gains by a last search for cycles, which took a quarter of a short check
            gc.freeze()
