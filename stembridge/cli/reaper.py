"""reaper: the REAPER side: install, uninstall, doctor, and the index for ReaPack."""

import sys
from pathlib import Path

import click

from stembridge.cli.output import json_option, print_json
from stembridge.cli.work import config_option

USUAL_PORT = 9137

resource_option = click.option(
    "--resource-path",
    "resources",
    type=click.Path(file_okay=False, path_type=Path),
    help="REAPER's resource folder (Options > Show resource path), for a portable installation.",
)


@click.group()
def reaper() -> None:
    """Bring the actions into REAPER."""


@reaper.command()
@resource_option
@config_option
def install(resources: Path | None, config: Path | None) -> None:
    """Copy the scripts, tell them where the daemon is, and register the actions."""
    from stembridge.config import find_config, load_config
    from stembridge.daemon import daemon_beat
    from stembridge.reaper_install.bridge import bridge_to
    from stembridge.reaper_install.install import install
    from stembridge.reaper_install.places import find_resources, is_reaper_running

    settings = load_config(config)
    beat = daemon_beat(settings)
    port = beat.port if beat else settings.osc.port or USUAL_PORT
    bridge = bridge_to(settings.spool, port, config=config or find_config())
    for sentence in install(find_resources(resources), bridge, is_running=is_reaper_running):
        click.echo(sentence)
    if beat is None:
        click.echo(
            "The daemon is not running: start it with `stembridge run`, or `stembridge service install`."
        )


@reaper.command()
@resource_option
def uninstall(resources: Path | None) -> None:
    """Take the scripts and actions out of REAPER again."""
    from stembridge.reaper_install.install import uninstall
    from stembridge.reaper_install.places import find_resources, is_reaper_running

    for sentence in uninstall(find_resources(resources), is_running=is_reaper_running):
        click.echo(sentence)


@reaper.command()
@resource_option
@config_option
@json_option
def doctor(resources: Path | None, config: Path | None, as_json: bool) -> None:
    """Say what is wrong between REAPER and the daemon, and what to do."""
    from stembridge.config import load_config
    from stembridge.daemon import daemon_beat
    from stembridge.reaper_install.doctor import examine_reaper
    from stembridge.reaper_install.places import find_resources

    settings = load_config(config)
    results = examine_reaper(find_resources(resources), settings.spool, daemon_beat(settings))
    if as_json:
        print_json([result.to_json() for result in results])
    else:
        for result in results:
            mark = {"good": "ok  ", "note": "note", "bad": "BAD "}[result.state]
            click.echo(f"{mark}  {result.about}: {result.text}")
            if result.hint:
                click.echo(f"        {result.hint}")
    sys.exit(1 if any(result.state == "bad" for result in results) else 0)


@reaper.command()
@click.option("--url", required=True, help="Where the folder of the scripts can be downloaded from.")
@click.option("--to", "file", type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
def index(url: str, file: Path | None) -> None:
    """Write the index.xml that ReaPack reads."""
    from datetime import UTC, datetime

    from stembridge.data import data_folder
    from stembridge.reaper_install.actions import FOLDER
    from stembridge.reaper_install.index import make_index

    text = make_index(data_folder("reaper_scripts") / FOLDER, url=url, time=datetime.now(UTC))
    if file is None:
        click.echo(text, nl=False)
    else:
        file.write_text(text, encoding="utf-8")
