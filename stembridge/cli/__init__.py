"""The commands: the only package that prints and exits.

REAPER may start a command for every click, so nothing heavy is imported before a command needs it: the table
below holds the names and one-line descriptions, and a command's module is imported when the command is called.
"""

import sys
from importlib import import_module

import click

from stembridge import __version__

COMMANDS = {
    "run": ("service", "Run the daemon in the foreground."),
    "demo": ("demo", "Make a small delivery, run the daemon over it, show the result."),
    "process": ("work", "Conform files, folders or zips here and now, without the daemon."),
    "separate": ("separate", "Separate files into stems here and now, without the daemon."),
    "plan": ("work", "Print what would be done, and do nothing."),
    "drop": ("work", "Hand files to the running daemon."),
    "jobs": ("jobs", "List the newest jobs."),
    "job": ("jobs", "Show one job."),
    "cancel": ("jobs", "Cancel a job; nothing of it is left behind."),
    "retry": ("jobs", "Try a failed or cancelled job again."),
    "presets": ("settings", "List, show and check presets."),
    "config": ("settings", "Show and check the configuration."),
    "doctor": ("doctor", "Say what works on this machine, and what does not."),
    "worker": ("service", "Run one worker against the configured database."),
    "service": ("service", "Start the daemon with the system: install, uninstall, status."),
}


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


def main() -> None:
    """Run the command line; every expected error becomes one sentence and an exit code."""
    from stembridge.errors import ConfigError, PresetError, StembridgeError

    try:
        commands()
    except StembridgeError as error:
        from stembridge.cli.output import print_error

        print_error(error)
        sys.exit(2 if isinstance(error, ConfigError | PresetError) else 1)
