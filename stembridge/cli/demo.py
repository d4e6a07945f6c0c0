"""demo: the main job, offline, with the real daemon: a small delivery dropped into a hot folder."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from stembridge.errors import JobError

if TYPE_CHECKING:
    from stembridge.jobs.job import Job

CONFIG = """\
# Made by `stembridge demo`. Run it again with: stembridge run --config {config}
data: {data}
osc: {{port: 0}}
hot_folders:
  - path: {inbox}
    to: {project}
    preset: house-48k24
"""


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to work; a new folder here by default.",
)
def demo(folder: Path | None) -> None:
    """Make a small delivery, run the daemon over it, show the result."""
    home = _fresh(folder or Path("stembridge-demo"))
    config = _configure(home)
    click.echo(f"Starting the daemon in {home} ...")
    daemon = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "stembridge.cli", "run", "--config", str(config)],
        stdout=subprocess.DEVNULL,
        stderr=(home / "daemon.log").open("wb"),
        env={name: value for name, value in os.environ.items() if name != "STEMBRIDGE_DATA"},
    )
    try:
        job = _deliver(home, config, daemon)
    finally:
        daemon.terminate()
        daemon.wait()
    _show(home, job)


def _fresh(folder: Path) -> Path:
    home = folder.absolute()
    number = 2
    while home.exists() and any(home.iterdir()):
        home = folder.absolute().with_name(f"{folder.name}-{number}")
        number += 1
    home.mkdir(parents=True, exist_ok=True)
    return home


def _configure(home: Path) -> Path:
    config = home / "stembridge.yaml"
    places = {"data": home / "data", "inbox": home / "Inbox", "project": home / "Project"}
    places["inbox"].mkdir()
    places["project"].mkdir()
    quoted = {name: json.dumps(str(path), ensure_ascii=False) for name, path in places.items()}
    config.write_text(CONFIG.format(config=config, **quoted), encoding="utf-8")
    return config


def _deliver(home: Path, config: Path, daemon: "subprocess.Popen[bytes]") -> "Job":
    from stembridge.config import load_config
    from stembridge.daemon import daemon_beat, open_store
    from stembridge.testing import SONG_RATE, small_song, write_sound

    settings = load_config(config, environ={})
    _wait(lambda: daemon_beat(settings) is not None, daemon)
    song, inbox = home / "Demo Song", home / "Inbox"
    click.echo(f"Dropping a song of five files at {SONG_RATE} Hz, 16 bits, into {inbox} ...")
    for name, audio in small_song().items():
        write_sound(song / f"Demo Song_{name}.wav", audio, SONG_RATE)
    song.rename(inbox / song.name)
    with open_store(settings) as store:
        _wait(lambda: any(not job.is_open for job in store.list()), daemon)
        return store.list()[0]


def _wait(condition: Callable[[], bool], daemon: "subprocess.Popen[bytes]") -> None:
    while not condition():
        if daemon.poll() is not None:
            raise JobError("The daemon ended by itself.", hint="Its log is daemon.log in the demo's folder.")
        time.sleep(0.1)


def _show(home: Path, job: "Job") -> None:
    if job.manifest is None:
        reason = job.error.message if job.error else str(job.state)
        raise JobError(f"The demo's job did not end well: {reason}", hint=job.error.hint if job.error else "")
    click.echo("Delivered:")
    for path in sorted(home.rglob("*")):
        relative = path.relative_to(home)
        hidden = relative.parts[0] == "data" or any(part.startswith(".") for part in relative.parts)
        if path.is_file() and not hidden:
            click.echo(f"  {relative.as_posix()}")
    click.echo(f"Manifest: {job.manifest}")
    click.echo(f"Report:   {job.manifest.parent / 'report.html'}")
