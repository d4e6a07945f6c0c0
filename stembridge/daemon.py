"""The daemon: builds the parts, starts them in order, stops them in reverse."""

import logging
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stembridge.aftermath import Aftermath, clear_leftovers, put_aside_late
from stembridge.clients import Clients
from stembridge.config import Config
from stembridge.config import HotFolder as Configured
from stembridge.desk import submit_once
from stembridge.errors import JobError, StembridgeError
from stembridge.follower import Follower
from stembridge.heartbeat import Beat, Heartbeat, read_beat
from stembridge.intake.hot_folder import HotFolder, WatchMode
from stembridge.intake.hot_folders import Intake
from stembridge.intake.identity import content_key
from stembridge.jobs.database import sqlite_url
from stembridge.jobs.engine import JobStore
from stembridge.jobs.job import Failure, Outcome, State
from stembridge.jobs.locks import DAEMON, hold
from stembridge.jobs.pool import WorkerPool
from stembridge.presets import PresetStore
from stembridge.request import Progress, Request
from stembridge.stages.originals import park, put_away

SIGNAL_S = 1.0

log = logging.getLogger(__name__)


def run_daemon(config: Config, *, stop: threading.Event, config_file: Path | None = None) -> None:
    """Run until ``stop`` is set.

    Args:
        config: the configuration.
        stop: set it, from any thread or a signal handler, to end.
        config_file: where the configuration was read from, for the workers; None to let them look for it.

    Raises:
        JobError: if a daemon is running on the same data already.

    """
    config.data.mkdir(parents=True, exist_ok=True)
    presets = config.preset_store()
    with ExitStack() as parts:
        parts.enter_context(hold(config.data, DAEMON, wait_s=5.0))
        store = parts.enter_context(open_store(config))
        clear_leftovers(store)
        pool = WorkerPool(
            lambda slot: _worker_command(slot, config_file),
            config.workers,
            on_death=lambda slot, _code: store.worker_died(str(slot)),
        )
        aftermath = Aftermath()
        clients = Clients(config, store, presets)
        follower = Follower(store, [aftermath.tell, clients.tell])
        intake = Intake(
            [_hot_folder(folder, presets, config.rescan) for folder in config.hot_folders],
            lambda request, key: _submit(store, request, key),
            key=lambda request: content_key(request, presets.load(request.preset).digest()),
        )
        heartbeat = Heartbeat(
            config.spool / "heartbeat.json", port=lambda: clients.port, token=config.osc.token is not None
        )
        clients.prepare()
        for part in (pool, follower, clients, intake, heartbeat):
            part.start()
            parts.callback(part.stop)
        log.info("stembridge is running: %s.", _in_words(config), extra={"action": "started"})
        while not stop.wait(SIGNAL_S):  # a signal that comes as a wait without end begins would not end it
            continue
        log.info("Stopping.", extra={"action": "stopping"})


def run_worker(config: Config, *, slot: str, stop: threading.Event) -> None:
    """Do jobs until ``stop`` is set.

    Raises:
        JobError: if a worker with this slot is running on this machine already.

    """
    from stembridge.jobs.worker import serve
    from stembridge.pipeline import perform
    from stembridge.stages.choice import choose_stems
    from stembridge.workbench import make_bench

    presets = config.preset_store()
    bench = make_bench(config)

    def work(job: str, request: Request, progress: Progress) -> Outcome:
        preset = choose_stems(presets.load(request.preset), request.stems)
        made = perform(request, preset, bench, job=job, progress=progress)
        return Outcome(made.outputs, made.manifest, made.session, {"findings": len(made.findings)})

    serve(database_url(config), slot=slot, work=work, on_failed=_park, on_done=_clear, stop=stop)


def database_url(config: Config) -> str:
    """Return the URL of the job database."""
    return config.database or sqlite_url(config.data / "jobs.sqlite")


@contextmanager
def open_store(config: Config) -> Iterator[JobStore]:
    """Open the job database for as long as the block lasts."""
    store = JobStore(database_url(config))
    try:
        yield store
    finally:
        store.close()


def daemon_beat(config: Config) -> Beat | None:
    """Return the daemon's last sign of life, or None when it is not running."""
    return read_beat(config.spool / "heartbeat.json", now=time.time())


def require_daemon(config: Config) -> Beat:
    """Return the daemon's last sign of life.

    Raises:
        JobError: if it is not running.

    """
    beat = daemon_beat(config)
    if beat is None:
        raise JobError(
            "The daemon is not running.",
            hint="Start it with: stembridge run (or work without it: stembridge process).",
            code="no-daemon",
        )
    return beat


def _park(job: str, request: Request, failure: Failure) -> None:
    from stembridge.pipeline import clear

    clear(request, job=job)
    park(request, StembridgeError(failure.message, hint=failure.hint, code=failure.code), job=job)


def _clear(job: str, request: Request) -> None:
    from stembridge.pipeline import clear

    clear(request, job=job)


def _submit(store: JobStore, request: Request, key: str) -> None:
    """Hand a delivery in. What was delivered before, and is still there, is only put away."""
    if put_aside_late(store, request, key):
        log.info("%s was cancelled; it is put aside.", request.name, extra={"action": "cancelled"})
        return
    job = submit_once(store, request, key)
    if job.state is State.DONE:
        put_away(request)
        log.info("%s was delivered before: %s.", request.name, job.manifest, extra={"action": "known"})
    else:
        log.info("%s is job %s.", request.name, job.id, extra={"action": "submitted", "job": job.id})


def _worker_command(slot: int, config_file: Path | None) -> list[str]:
    command = [sys.executable, "-m", "stembridge.cli", "worker", "--slot", str(slot), "--with-parent"]
    return command if config_file is None else [*command, "--config", str(config_file)]


def _hot_folder(folder: Configured, presets: PresetStore, rescan_s: float) -> HotFolder:
    return HotFolder(
        path=folder.path,
        preset=folder.preset,
        destination=folder.to,
        folder=folder.folder,
        originals=folder.originals,
        quiet_s=folder.settle,
        watch=WatchMode(folder.watch),
        complete_when=folder.complete_when or presets.load(folder.preset).complete_when or "",
        give_up_s=folder.give_up,
        rescan_s=rescan_s,
    )


def _in_words(config: Config) -> str:
    folders = len(config.hot_folders)
    return f"{folders} hot folder{'s' * (folders != 1)}, {config.workers} worker{'s' * (config.workers != 1)}"
