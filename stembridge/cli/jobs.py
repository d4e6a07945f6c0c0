"""jobs, job, cancel, retry: what the daemon is doing and has done."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from stembridge.cli.output import json_option, print_json
from stembridge.cli.work import config_option

TIMES = ("created", "updated")


@click.command()
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many, newest first."
)
@config_option
@json_option
def jobs(limit: int, config: Path | None, as_json: bool) -> None:
    """List the newest jobs."""
    from stembridge.config import load_config
    from stembridge.daemon import open_store

    with open_store(load_config(config)) as store:
        listed = store.list(limit=limit)
    if as_json:
        print_json([each.to_json() for each in listed])
        return
    for each in listed:
        why = f"  {each.error.message}" if each.error else ""
        click.echo(f"{each.id}  {each.state:9}  {each.percent:3.0f} %  {each.preset:16}  {each.name}{why}")


@click.command()
@click.argument("job_id")
@config_option
@json_option
def job(job_id: str, config: Path | None, as_json: bool) -> None:
    """Show one job."""
    from stembridge.config import load_config
    from stembridge.daemon import open_store

    with open_store(load_config(config)) as store:
        value = store.get(job_id).to_json()
    if as_json:
        print_json(value)
        return
    for key, shown in value.items():
        if shown not in (None, "", []):
            click.echo(f"{key}:{_said(key, shown)}")


def _said(key: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"\n  {one}" for one in value)
    if isinstance(value, dict):
        return "".join(f"\n  {name}: {one}" for name, one in value.items())
    if key in TIMES:
        return f" {datetime.fromtimestamp(value, UTC).astimezone():%Y-%m-%d %H:%M:%S}"
    return f" {value}"


@click.command()
@click.argument("job_id")
@config_option
@json_option
def cancel(job_id: str, config: Path | None, as_json: bool) -> None:
    """Cancel a job; nothing of it is left behind."""
    from stembridge.config import load_config
    from stembridge.daemon import open_store

    with open_store(load_config(config)) as store:
        cancelled = store.cancel(job_id)
    if as_json:
        print_json(cancelled.to_json())
    else:
        click.echo(f"{cancelled.id}  {cancelled.state}")


@click.command()
@click.argument("job_id")
@config_option
@json_option
def retry(job_id: str, config: Path | None, as_json: bool) -> None:
    """Try a failed or cancelled job again."""
    from stembridge.config import load_config
    from stembridge.daemon import open_store
    from stembridge.desk import retry_job

    settings = load_config(config)
    with open_store(settings) as store:
        again = retry_job(store, settings.preset_store(), job_id)
    if as_json:
        print_json(again.to_json())
    else:
        click.echo(f"{again.id}  {again.state}")
