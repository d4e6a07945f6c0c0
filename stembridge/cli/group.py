"""The group of all commands, and what becomes of errors."""

import sys
from importlib import import_module
from pathlib import Path

import click

from stembridge import __version__
from stembridge.cli import COMMANDS


class _Commands(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, _context: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = import_module(f"stembridge.cli.{COMMANDS[name][0]}")
        command: click.Command = getattr(module, name)
        return command

    def format_commands(self, _context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="stembridge")
def commands() -> None:
    """Separate, rename, align, check and conform stems beside your DAW.

    Exit codes: 0 done, 1 the work failed, 2 wrong use.
    """


def run() -> None:
    """Run the command that the arguments name; every expected error becomes one sentence and an exit code."""
    from stembridge.errors import ConfigError, PresetError, StembridgeError

    try:
        commands()
    except StembridgeError as error:
        from stembridge.cli.output import print_error

        print_error(error)
        sys.exit(2 if isinstance(error, ConfigError | PresetError) else 1)
    except OSError as error:
        from stembridge.cli.output import print_error

        path = Path(str(error.filename)) if error.filename else None
        hint = "Check that the file or folder is there, and that you may read and write it."
        message = f"The system said: {error.strerror or error}."
        print_error(StembridgeError(message, path=path, hint=hint))
        sys.exit(1)
