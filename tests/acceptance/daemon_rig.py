"""A real daemon on real folders for the acceptance tests, and what a whole delivery has to look like."""

import hashlib
import io
import json
import struct
import subprocess
import sys
import wave
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from stembridge.jobs.engine import JobStore
from stembridge.jobs.job import Job, State
from stembridge.session.manifest import read_manifest
from stembridge.testing import noise, wait_until, write_sound
from stembridge.units import Hertz

COMMAND = [sys.executable, "-m", "stembridge.cli"]
RATE = Hertz(44_100)
SETTLE_S = 0.3
QUICK_RETRY = 0.2


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def sound(path: Path, *, seed: int = 1, seconds: float = 0.2) -> Path:
    """Write a short file of noise, a different one for each seed."""
    return write_sound(path, noise(seconds, RATE, seed=seed), RATE)


def long_sound(path: Path, *, seconds: int = 600) -> Path:
    """Write minutes of silence at once: a file with a hole, which keeps a worker busy for a while."""
    whole = wav_bytes(frames=1)
    size = 4 * seconds * int(RATE)
    with path.with_suffix(".part").open("wb") as file:
        file.write(whole[:4] + struct.pack("<I", size + 36) + whole[8:40] + struct.pack("<I", size))
        file.truncate(44 + size)
    return path.with_suffix(".part").rename(path)


def wav_bytes(*, seed: int = 1, frames: int = 4410) -> bytes:
    content = io.BytesIO()
    with wave.open(content, "wb") as file:
        file.setparams((2, 2, int(RATE), 0, "NONE", ""))
        file.writeframes(hashlib.shake_256(bytes([seed % 256, seed // 256])).digest(frames * 4))
    return content.getvalue()


def visible(folder: Path) -> list[str]:
    """List what a person sees in a folder: every file, hidden ones too, but not lock files."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def check_delivery(folder: Path) -> dict[str, Any]:
    """Check that a delivery is whole: a manifest that fits its schema, and every file as it says."""
    manifest = read_manifest(folder / "manifest.json")
    entries = (*manifest["outputs"], *manifest["carried"], manifest["run"]["report"])
    for entry in entries:
        assert hash_of(folder / entry["path"]) == entry["sha256"], entry["path"]
    for name in (manifest["session"], manifest["track_template"]):
        assert name is None or (folder / name).is_file()
    known = {entry["path"] for entry in entries} | {"manifest.json"}
    assert set(visible(folder)) == known
    return manifest


def deliveries(destination: Path) -> list[Path]:
    """List the deliveries in a destination; anything that is not one, or not whole, is a mistake."""
    found = sorted(path for path in destination.iterdir() if path.name != ".stembridge")
    for folder in found:
        check_delivery(folder)
    return found


def delivered_sources(destination: Path) -> list[str]:
    """List the hashes of the sources of all deliveries."""
    manifests = [check_delivery(folder) for folder in deliveries(destination)]
    return sorted(source["sha256"] for manifest in manifests for source in manifest["sources"])


def command(
    *arguments: str | Path, check: bool = False, **options: Any
) -> "subprocess.CompletedProcess[str]":
    """Run one command of stembridge to its end."""
    line = [*COMMAND, *map(str, arguments)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", check=check, timeout=120, **options)


class Desk:
    """A home with a hot folder, a destination, a configuration and, when started, a daemon."""

    def __init__(
        self,
        home: Path,
        *,
        workers: int = 1,
        preset: str = "source",
        settings: str = "",
        folder_settings: str = "",
        settle_s: float = SETTLE_S,
        give_up_s: float = 2.0,
        prefix: Sequence[str] = (),
        inbox: Path | None = None,
        project: Path | None = None,
    ) -> None:
        self.home = home
        self.inbox = inbox or home / "Inbox"
        self.project = project or home / "Project"
        self.config = home / "stembridge.yaml"
        self.data = home / "data"
        self.daemon: subprocess.Popen[bytes] | None = None
        self._prefix = list(prefix)
        for folder in (self.inbox, self.project):
            folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(
            f"data: {self.data}\nworkers: {workers}\nosc: {{port: 0}}\n{settings}\n"
            f"hot_folders:\n  - path: {self.inbox}\n    to: {self.project}\n    preset: {preset}\n"
            f"    settle: {settle_s} s\n    give_up: {give_up_s} s\n{folder_settings}",
            encoding="utf-8",
        )

    @property
    def done(self) -> Path:
        return self.inbox / "_done"

    @property
    def failed(self) -> Path:
        return self.inbox / "failed"

    @property
    def log(self) -> str:
        return (self.home / "daemon.log").read_text(encoding="utf-8")

    def start(self, *, wait: bool = True) -> "Desk":
        """Start the daemon, and wait until it is at work."""
        line = [*self._prefix, *COMMAND, "run", "--config", str(self.config)]
        with (self.home / "daemon.log").open("ab") as log:
            self.daemon = subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if wait:
            wait_until(self.beats, what="the daemon's first sign of life")
        return self

    def beats(self) -> bool:
        assert self.daemon is not None
        assert self.daemon.poll() is None, self.log
        beat = self.data / "spool" / "heartbeat.json"
        with suppress(OSError, ValueError):
            pid = json.loads(beat.read_text(encoding="utf-8"))["pid"]
            return any(process.pid == pid for process in self.processes())
        return False

    def processes(self) -> list[psutil.Process]:
        """Return the daemon and everything it started."""
        assert self.daemon is not None
        with suppress(psutil.NoSuchProcess):
            top = psutil.Process(self.daemon.pid)
            return [top, *top.children(recursive=True)]
        return []

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Hold the workers still, so that what they do does not run ahead of the test."""
        _, *workers = self.processes()
        for worker in workers:
            worker.suspend()
        try:
            yield
        finally:
            for worker in workers:
                with suppress(psutil.NoSuchProcess):
                    worker.resume()

    def stop(self) -> int:
        """Stop the daemon as a person would, and return its exit code."""
        assert self.daemon is not None
        everyone = self.processes()
        self.daemon.terminate()
        code = self.daemon.wait(60)
        _, alive = psutil.wait_procs(everyone, timeout=30)
        assert not alive, f"orphans: {alive}"
        self.daemon = None
        return code

    def kill(self, everyone: Sequence[psutil.Process] | None = None) -> None:
        """Kill the daemon and all its workers, as a power cut would."""
        assert self.daemon is not None
        for process in everyone or self.processes():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.daemon.wait()
        self.daemon = None

    def close(self) -> None:
        if self.daemon is not None:
            self.kill()

    def jobs(self) -> list[Job]:
        with self.store() as store:
            return store.list(limit=10_000)

    @contextmanager
    def store(self) -> Iterator[JobStore]:
        from stembridge.config import load_config
        from stembridge.daemon import open_store

        with open_store(load_config(self.config)) as store:
            yield store

    def wait_jobs(self, count: int, *states: State, seconds: float = 60.0) -> list[Job]:
        """Wait until so many jobs are in one of the states; ``done`` by default."""
        wanted = states or (State.DONE,)
        with self.store() as store:

            def there() -> bool:
                return sum(store.counts().get(state, 0) for state in wanted) >= count

            try:
                wait_until(there, seconds=seconds, what=f"{count} jobs {[str(state) for state in wanted]}")
            except TimeoutError as error:
                raise AssertionError(f"{error}; {store.counts()}\n{self.log[-3000:]}") from error
            return store.list(limit=10_000)

    def settled(self) -> bool:
        """Tell whether nothing is left to do: no open job, nothing in the hot folder, no staging."""
        waiting = [path for path in self.inbox.iterdir() if path.name not in ("_done", "failed")]
        return not waiting and not (self.project / ".stembridge").exists()

    def wait_settled(self, seconds: float = 30.0) -> None:
        wait_until(self.settled, seconds=seconds, what="the end of all work")

    def run(self, *arguments: str | Path, **options: Any) -> "subprocess.CompletedProcess[str]":
        """Run one command against this desk's configuration."""
        return command(*arguments, "--config", self.config, **options)


@contextmanager
def at_desk(home: Path, **options: Any) -> Iterator[Desk]:
    """Start a daemon for the length of a block; it must stop in good order if the block ends well."""
    desk = Desk(home, **options).start()
    try:
        yield desk
        if desk.daemon is not None:
            assert desk.stop() == 0, desk.log
    finally:
        desk.close()


def wait_for(condition: Callable[[], bool], what: str = "it", seconds: float = 30.0) -> None:
    wait_until(condition, seconds=seconds, what=what)
