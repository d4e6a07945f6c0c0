"""run, worker, service: the daemon, its workers, and starting it with the system."""

import sys
import threading
from pathlib import Path

import click

from stembridge.cli.output import json_option, print_json
from stembridge.cli.work import config_option


@click.command()
@config_option
def run(config: Path | None) -> None:
    """Run the daemon in the foreground. SIGINT and SIGTERM stop it cleanly."""
    from stembridge.config import load_config
    from stembridge.daemon import run_daemon
    from stembridge.logs import log_to

    settings = load_config(config)
    log_to(settings.log_folder, level=settings.log_level)
    run_daemon(settings, stop=stopped_by_signals(), config_file=config and config.absolute())


@click.command()
@config_option
@click.option("--slot", default="0", show_default=True, help="Tells workers of one machine apart.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input is closed.")
def worker(config: Path | None, slot: str, with_parent: bool) -> None:
    """Run one worker. On another machine, give it the same PostgreSQL in its configuration."""
    from stembridge.config import load_config
    from stembridge.daemon import run_worker
    from stembridge.jobs.lifeline import stop_with_parent
    from stembridge.logs import log_to

    settings = load_config(config)
    log_to(settings.log_folder, level=settings.log_level, name=f"worker-{slot}")
    stop = stopped_by_signals()
    if with_parent:
        stop_with_parent(stop)
    run_worker(settings, slot=slot, stop=stop)


@click.group()
def service() -> None:
    """Start the daemon with the system: a systemd user unit, a LaunchAgent, or a Windows task."""


@service.command()
@config_option
def install(config: Path | None) -> None:
    """Start the daemon at every login, and now."""
    from stembridge.config import load_config
    from stembridge.service import install_service

    load_config(config)  # one with mistakes is refused here, not at each login
    click.echo(install_service(config))


@service.command()
def uninstall() -> None:
    """Stop starting the daemon at login."""
    from stembridge.service import uninstall_service

    click.echo(uninstall_service())


@service.command()
@json_option
def status(as_json: bool) -> None:
    """Say whether it is installed and running."""
    from stembridge.service import service_status

    state = service_status()
    if as_json:
        print_json(state.to_json())
    else:
        click.echo(state.sentence())
    sys.exit(0 if state.running else 1)


def stopped_by_signals() -> threading.Event:
    """Return an event that SIGINT, SIGTERM and (on Windows) Ctrl-Break set."""
    from stembridge.jobs.lifeline import stop_on_signals

    stop = threading.Event()
    stop_on_signals(stop)
    return stop
