"""notify: tell the daemon that a request lies in the spool. The work is done by ``bell``, before click is there."""

import sys

import click


@click.command()
@click.argument("request_id", metavar="ID")
def notify(request_id: str) -> None:
    """Tell the daemon that the request ID lies in the spool, so that it looks at once."""
    from stembridge.cli.bell import ring

    sys.exit(ring([request_id]))
