"""A batch of deliveries, killed at random instants, and the proof that nothing of it was lost."""

import random
import threading
import zipfile
from pathlib import Path

from acceptance.daemon_rig import Desk, delivered_sources, deliveries, hash_of, sound, wav_bytes

from stembridge.jobs.job import State
from stembridge.testing import wait_until


class Batch:
    """Files, folders and zips, dropped into a hot folder."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.dropped: dict[str, str] = {}
        self.hashes: list[str] = []
        self.count = 0

    def drop_files(self, count: int, *, seconds: float = 0.2) -> None:
        """Drop files one by one, each a delivery of its own."""
        for _ in range(count):
            self._note(sound(self._desk.inbox / f"song{self.count:04}.wav", seed=self.count, seconds=seconds))
            self.count += 1

    def drop_folders(self, count: int, *, seconds: float = 0.2) -> None:
        """Drop folders of three stems."""
        for _ in range(count):
            folder = self._desk.inbox / f"Album{self.count:04}"
            for stem in ("Drums", "Bass", "Vox"):
                seed = 10_000 + 3 * self.count + len(stem)
                self._note(sound(folder / f"Album_{stem}.wav", seed=seed, seconds=seconds))
            self.count += 1

    def drop_zip(self) -> None:
        """Drop a zip of two stems."""
        stems = {f"Pack_{stem}.wav": wav_bytes(seed=self.count * 7 + len(stem)) for stem in ("Keys", "Gtrs")}
        path = self._desk.home / f"Pack{self.count:04}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name, content in stems.items():
                archive.writestr(name, content)
        placed = path.rename(self._desk.inbox / path.name)
        self.dropped[placed.name] = hash_of(placed)
        self.hashes += [_hash(content) for content in stems.values()]
        self.count += 1

    def _note(self, path: Path) -> None:
        self.dropped[path.relative_to(self._desk.inbox).as_posix()] = hash_of(path)
        self.hashes.append(hash_of(path))

    def kill_again_and_again(self, times: int, *, seed: int) -> None:
        """Start the daemon, kill it and its workers at a random instant, and so on.

        Three in four kills come shortly after a job was begun, the others while everything is starting.
        """
        chance = random.Random(seed)
        for number in range(times):
            self._desk.start(wait=False)
            if number % 4:
                self._wait_for_work()
            threading.Event().wait(chance.uniform(0.0, 0.7))  # the instant is the point
            everyone = self._desk.processes()
            self._desk.kill(chance.sample(everyone, len(everyone)))

    def _wait_for_work(self) -> None:
        with self._desk.store() as store:
            before = store.counts().get(State.DONE, 0)

            def at_work() -> bool:
                counts = store.counts()
                return counts.get(State.DONE, 0) > before or counts.get(State.DONE, 0) == self.count

            wait_until(at_work, seconds=60.0, what="work between two kills")

    def wait(self, *, seconds: float = 60.0) -> None:
        """Let a daemon that is left in peace finish."""
        if self._desk.daemon is None:
            self._desk.start()
        self._desk.wait_jobs(self.count, seconds=seconds)
        self._desk.wait_settled(seconds)

    def check(self) -> None:
        """Nothing lost, nothing partial, nothing twice, no source changed, no litter."""
        desk = self._desk
        assert {job.state for job in desk.jobs()} == {State.DONE}
        assert len(deliveries(desk.project)) == self.count
        assert delivered_sources(desk.project) == sorted(self.hashes)
        put_away = {
            path.relative_to(desk.done).as_posix(): path for path in desk.done.rglob("*") if path.is_file()
        }
        assert {name: hash_of(path) for name, path in put_away.items()} == self.dropped
        assert not (desk.project / ".stembridge").exists()
        assert not desk.failed.exists()


def _hash(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()
