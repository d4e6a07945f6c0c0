"""doctor: what works on this machine, what does not, and what to do about it."""

import sys
from pathlib import Path

import click

from stembridge.cli.output import json_option, print_json
from stembridge.cli.work import config_option

SIGNS = {"good": ("ok", "green"), "note": ("--", "yellow"), "bad": ("!!", "red")}


@click.command()
@config_option
@json_option
def doctor(config: Path | None, as_json: bool) -> None:
    """Say what works on this machine, and what does not. Exit code 1 when something must be mended."""
    from stembridge.config import load_config
    from stembridge.diagnosis import examine

    results = examine(load_config(config))
    if as_json:
        print_json([result.to_json() for result in results])
    else:
        for result in results:
            sign, colour = SIGNS[result.state]
            click.echo(f"{click.style(sign, fg=colour)}  {result.about:12} {result.text}")
            if result.hint:
                click.echo(f"    {'':12} {result.hint}")
    sys.exit(1 if any(result.state == "bad" for result in results) else 0)
