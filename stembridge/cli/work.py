"""process, plan, drop: work on files that are named on the command line."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stembridge.cli.output import json_option, print_error, print_json, shown_progress
from stembridge.errors import JobError, StembridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stembridge.config import Config
    from stembridge.jobs.engine import JobStore
    from stembridge.jobs.job import Job
    from stembridge.stages.deliver import Delivered
    from stembridge.stages.plan import Plan

paths_argument = click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path, resolve_path=True)
)
preset_option = click.option(
    "--preset", "-p", required=True, help="What is wanted: see `stembridge presets`."
)
config_option = click.option("--config", type=click.Path(path_type=Path), help="The configuration file.")


@click.command()
@paths_argument
@preset_option
@click.option(
    "--to", "destination", required=True, type=click.Path(path_type=Path), help="Where deliveries go."
)
@config_option
@json_option
def process(
    paths: tuple[Path, ...], preset: str, destination: Path, config: Path | None, as_json: bool
) -> None:
    """Conform files, folders or zips here and now, without the daemon.

    Files that are named together are one delivery; each folder and each zip is a delivery of its own. A delivery
    that fails leaves the others alone.
    """
    outcomes = list(perform_each(paths, preset, destination, config))
    for outcome in outcomes:
        if isinstance(outcome, StembridgeError):
            print_error(outcome)
    _print_delivered([each for each in outcomes if not isinstance(each, StembridgeError)], as_json=as_json)
    sys.exit(1 if any(isinstance(each, StembridgeError) for each in outcomes) else 0)


def perform_each(
    paths: tuple[Path, ...], preset: str, destination: Path, config: Path | None
) -> "Iterator[Delivered | StembridgeError]":
    """Make one delivery after the other, by the rules of a hot folder; one that fails leaves the others alone.

    Yields:
        What was delivered, or why it was not.

    """
    from stembridge.config import load_config
    from stembridge.intake.identity import content_key
    from stembridge.intake.paths import deliveries_in, requests_for
    from stembridge.pipeline import clear, perform
    from stembridge.workbench import make_bench

    settings = load_config(config)
    to = destination_in(destination, settings)
    wanted = settings.preset_store().load(preset)
    bench = make_bench(settings, workers=1)
    for group in deliveries_in(paths):
        try:
            (request,) = requests_for(group, preset=preset, destination=to)
            job = content_key(request, wanted.digest())[:16]
            with shown_progress(request.name) as progress:
                delivered = perform(request, wanted, bench, job=job, progress=progress)
            clear(request, job=job)
            yield delivered
        except StembridgeError as error:
            yield error


def destination_in(folder: Path, settings: "Config") -> Path:
    """Return the absolute path of a folder to deliver in.

    Raises:
        IntakeError: if it lies in a hot folder of the configuration, which would take the delivery in again.

    """
    from stembridge.intake.roots import destination_outside

    destination_outside(folder.absolute(), [hot.path for hot in settings.hot_folders])
    return folder.absolute()


@click.command()
@paths_argument
@preset_option
@config_option
@json_option
def plan(paths: tuple[Path, ...], preset: str, config: Path | None, as_json: bool) -> None:
    """Print what would be done, and do nothing. A delivery that cannot be planned leaves the others alone."""
    from stembridge.config import load_config
    from stembridge.intake.paths import deliveries_in, requests_for
    from stembridge.pipeline import plan_only

    wanted = load_config(config).preset_store().load(preset)
    groups, plans = deliveries_in(paths), []
    for group in groups:
        try:
            (request,) = requests_for(group, preset=preset, destination=Path.cwd())
            plans.append(plan_only(request, wanted))
        except StembridgeError as error:
            print_error(error)
    if as_json and plans:
        values = [each.to_json() for each in plans]
        print_json(values[0] if len(groups) == 1 else values)
    for each in () if as_json else plans:
        _print_plan(each)
    sys.exit(0 if len(plans) == len(groups) else 1)


@click.command()
@paths_argument
@preset_option
@click.option("--to", "destination", type=click.Path(path_type=Path), help="Where deliveries go.")
@click.option("--wait", is_flag=True, help="Wait until the jobs have ended.")
@config_option
@json_option
def drop(
    paths: tuple[Path, ...],
    preset: str,
    destination: Path | None,
    wait: bool,
    config: Path | None,
    as_json: bool,
) -> None:
    """Hand files to the running daemon. Without --to the delivery goes beside the first file."""
    from stembridge.config import load_config
    from stembridge.daemon import open_store, require_daemon
    from stembridge.desk import submit_once
    from stembridge.intake.identity import content_key
    from stembridge.intake.paths import requests_for

    settings = load_config(config)
    digest = settings.preset_store().load(preset).digest()
    require_daemon(settings)
    to = destination_in(destination or paths[0].parent, settings)
    with open_store(settings) as store:
        jobs = [
            submit_once(store, request, content_key(request, preset_digest=digest))
            for request in requests_for(paths, preset=preset, destination=to)
        ]
        if wait:
            jobs = [_wait_for(store, job) for job in jobs]
    if as_json:
        print_json([job.to_json() for job in jobs])
    else:
        for job in jobs:
            click.echo(f"{job.id}  {job.state}  {job.name}")
            for output in job.outputs:
                click.echo(f"  {output}")
    _exit_by_outcome(jobs)


def _wait_for(store: "JobStore", job: "Job") -> "Job":
    import time

    with shown_progress(job.name) as progress:
        while job.is_open:
            progress(job.stage or str(job.state), job.percent / 100.0)
            time.sleep(0.1)
            job = store.get(job.id)
    return job


def _exit_by_outcome(jobs: "list[Job]") -> None:
    from stembridge.jobs.job import State

    for job in jobs:
        if job.error and job.state is State.FAILED:
            print_error(JobError(job.error.message, hint=job.error.hint))
    sys.exit(1 if any(job.state in (State.FAILED, State.CANCELLED) for job in jobs) else 0)


def _print_delivered(made: "list[Delivered]", *, as_json: bool) -> None:
    if as_json:
        values = [each.to_json() for each in made]
        print_json(_merged(values))
        return
    for each in made:
        click.echo(str(each.folder))
        for output in each.outputs:
            click.echo(f"  {output.name}")
        for finding in each.findings:
            where = f"{finding['path']}: " if finding["path"] else ""
            click.echo(f"  {finding['severity']}: {where}{finding['message']} {finding['hint']}")


def _merged(values: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the one documented shape; with several deliveries it sums them up and lists them too."""
    if len(values) == 1:
        return values[0]
    return {
        "outputs": [path for value in values for path in value["outputs"]],
        "manifest": values[0]["manifest"] if values else None,
        "session": values[0]["session"] if values else None,
        "findings": [finding for value in values for finding in value["findings"]],
        "deliveries": values,
    }


def _print_plan(made: "Plan") -> None:
    from stembridge.units import samples_to_seconds

    click.echo(f"{made.song} -> {made.folder}/  (preset {made.preset.id})")
    for stem in made.stems:
        source, target = stem.facts.sound.format, stem.format
        click.echo(f"  {stem.facts.source.name} -> {stem.file_name}")
        click.echo(
            f"    {source.rate} Hz {source.encoding} -> {target.rate} Hz {target.encoding}, "
            f"{target.channels} ch, {samples_to_seconds(stem.placement.frames, target.rate):.3f} s, "
            f"{stem.placement.lead:+d} samples at the start"
        )
        if not stem.clock.keeps_samples:
            drift, delay = stem.clock.drift_ppm, stem.clock.delay
            click.echo(f"    clock corrected by {0.0 - drift:+.3f} ppm and moved by {delay:+.3f} of a sample")
    for sidecar in made.sidecars:
        click.echo(f"  {sidecar.name}: carried along")
    for finding in made.findings:
        where = f"{finding.path}: " if finding.path else ""
        click.echo(f"  {finding.severity}: {where}{finding.message} {finding.hint}")
