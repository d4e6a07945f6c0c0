"""notify: tell the daemon that a request lies in the spool. The work is done by ``bell``, before click is there."""

import sys
from pathlib import Path

import click

from stembridge.cli.work import config_option


@click.command()
@click.argument("request_id", metavar="ID")
@config_option
def notify(request_id: str, config: Path | None) -> None:
    """Tell the daemon that the request ID lies in the spool, so that it looks at once."""
    from stembridge.cli.bell import ring

    sys.exit(ring([*(["--config", str(config)] if config else []), request_id]))
