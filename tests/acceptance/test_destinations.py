"""Destinations that are full, read-only or gone in the middle of the work: what waits, what is parked, what is told."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from acceptance.daemon_rig import COMMAND, Desk, at_desk, hash_of, long_sound, sound, visible

from stembridge.jobs.job import Job, State
from stembridge.testing import wait_until

PRIVATE = ["unshare", "--mount", "--propagation", "private"]
needs_mounts = pytest.mark.skipif(
    not hasattr(os, "geteuid")
    or os.geteuid() != 0
    or shutil.which("nsenter") is None
    or shutil.which("unshare") is None
    or subprocess.run([*PRIVATE, "true"], check=False, capture_output=True).returncode != 0,
    reason="only root may make mounts of its own",
)


class Disk:
    """A small file system that the daemon alone sees at its destination."""

    def __init__(self, folder: Path, options: str) -> None:
        self._folder = folder
        script = f'mount -t tmpfs -o {options} none "$0" && exec "$@"'
        self.prefix = [*PRIVATE, "sh", "-c", script, str(folder)]

    def change(self, desk: Desk, options: str) -> None:
        assert desk.daemon is not None
        line = ["mount", "-o", f"remount,{options}", str(self._folder)]
        subprocess.run(["nsenter", f"--target={desk.daemon.pid}", "--mount", *line], check=True)

    def files(self, desk: Desk) -> list[str]:
        assert desk.daemon is not None
        return visible(Path(f"/proc/{desk.daemon.pid}/root{self._folder}"))


def named(jobs: list[Job], name: str) -> Job:
    return next(job for job in jobs if job.name == name)


@needs_mounts
def test_a_full_disk_is_waited_for_while_what_fits_is_delivered(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "Project", "size=2m")
    with at_desk(tmp_path, prefix=disk.prefix) as desk:
        original = hash_of(sound(desk.inbox / "big.wav", seconds=20.0))
        wait_until(lambda: any(job.attempts > 1 for job in desk.jobs()), what="a second attempt")
        sound(desk.inbox / "small.wav")
        desk.wait_jobs(1)
        big = named(desk.jobs(), "big")
        assert big.state in (State.QUEUED, State.RUNNING, State.WAITING)
        assert hash_of(desk.inbox / "big.wav") == original
        disk.change(desk, "size=32m")
        desk.wait_jobs(2)
        wait_until(lambda: (desk.done / "big.wav").is_file())
        files = disk.files(desk)
        assert hash_of(desk.done / "big.wav") == original
        assert {"big/manifest.json", "small/manifest.json"} <= set(files)
        assert not desk.failed.exists()


@needs_mounts
def test_a_read_only_destination_parks_with_a_reason_and_is_retried_when_it_is_mended(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "Project", "size=8m")
    with at_desk(tmp_path, prefix=disk.prefix) as desk:
        disk.change(desk, "ro")
        original = hash_of(sound(desk.inbox / "song.wav"))
        (failed,) = desk.wait_jobs(1, State.FAILED)
        wait_until(lambda: (desk.failed / "song.wav").is_file())
        assert failed.error is not None
        assert failed.error.code == "read-only"
        assert hash_of(desk.failed / "song.wav") == original
        assert "permission" in (desk.failed / "song.wav.reason.txt").read_text(encoding="utf-8")
        assert disk.files(desk) == []
        disk.change(desk, "rw")
        desk.run("retry", failed.id, check=True)
        desk.wait_jobs(1)
        wait_until(lambda: (desk.done / "song.wav").is_file())
        assert "song/manifest.json" in disk.files(desk)


def test_process_says_that_the_destination_vanished_and_keeps_the_source(tmp_path: Path) -> None:
    source, to = long_sound(tmp_path / "long.wav", seconds=300), tmp_path / "out"
    original = hash_of(source)
    line = [*COMMAND, "process", str(source), "--preset", "house-48k24", "--to", str(to)]
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") as work:
        wait_until(lambda: any(to.rglob("*.wav")), seconds=60.0, what="the first bytes of an output")
        to.rename(tmp_path / "away")
        said, complaint = work.communicate(timeout=120)
    assert (work.returncode, said) == (1, "")
    assert complaint.count("error: ") == 1
    assert "The destination is not there any more" in complaint
    assert "Traceback" not in complaint
    assert not to.exists()
    assert hash_of(source) == original
    assert not any((tmp_path / "away").rglob("manifest.json"))
