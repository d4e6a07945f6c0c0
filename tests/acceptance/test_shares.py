"""A share that goes away and comes back: its jobs wait, then they are done, and nothing is called failed."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from acceptance.daemon_rig import Desk, at_desk, deliveries, hash_of, long_sound, sound, visible

from stembridge.jobs.job import State

PRIVATE = ["unshare", "--mount", "--propagation", "private"]
needs_mounts = pytest.mark.skipif(
    not hasattr(os, "geteuid")
    or os.geteuid() != 0
    or shutil.which("unshare") is None
    or subprocess.run([*PRIVATE, "true"], check=False, capture_output=True).returncode != 0,
    reason="only root may make mounts of its own",
)


class Share:
    """A folder that is mounted for the daemon alone."""

    def __init__(self, home: Path) -> None:
        self.content = home / "server"
        self.mount_point = home / "mnt"
        self.content.mkdir()
        self.mount_point.mkdir()

    @property
    def prefix(self) -> list[str]:
        script = 'mount --bind "$0" "$1" && shift && exec "$@"'
        return [*PRIVATE, "sh", "-c", script, str(self.content), str(self.mount_point)]

    def leave(self, desk: Desk) -> None:
        self._inside(desk, "umount", "--lazy", str(self.mount_point))

    def come_back(self, desk: Desk) -> None:
        self._inside(desk, "mount", "--bind", str(self.content), str(self.mount_point))

    def _inside(self, desk: Desk, *line: str) -> None:
        assert desk.daemon is not None
        subprocess.run(["nsenter", f"--target={desk.daemon.pid}", "--mount", *line], check=True)


def goes_on_after(desk: Desk, inbox: Path, leave: Callable[[], None], come_back: Callable[[], None]) -> None:
    """Drop three files, let the share leave while the first is worked on, and let it come back."""
    long_sound(inbox / "first.wav", seconds=300)
    desk.wait_jobs(1, State.RUNNING)
    with desk.frozen():
        hashes = [hash_of(sound(inbox / f"song{number}.wav", seed=number)) for number in (1, 2)]
        desk.wait_jobs(2, State.QUEUED)
        leave()
    jobs = desk.wait_jobs(1, State.WAITING)
    waiting = next(job for job in jobs if job.state is State.WAITING)
    assert waiting.error is not None
    assert "share is back" in waiting.error.hint
    come_back()
    jobs = desk.wait_jobs(3, seconds=90.0)
    assert {job.state for job in jobs} == {State.DONE}
    assert not (inbox / "failed").exists()
    assert sorted(hash_of(inbox / "_done" / f"song{number}.wav") for number in (1, 2)) == sorted(hashes)


def test_a_hot_folder_that_is_swapped_away_and_back(tmp_path: Path) -> None:
    away = tmp_path / "Inbox.away"
    with at_desk(tmp_path, preset="house-48k24") as desk:
        goes_on_after(
            desk, desk.inbox, lambda: away_with(desk.inbox, away), lambda: away_with(away, desk.inbox)
        )
        assert len(deliveries(desk.project)) == 3


def away_with(folder: Path, to: Path) -> None:
    folder.rename(to)


def test_a_destination_that_is_swapped_away_and_back(tmp_path: Path) -> None:
    away = tmp_path / "away"
    project = tmp_path / "share" / "Project"
    with at_desk(tmp_path, preset="house-48k24", project=project) as desk:
        goes_on_after(
            desk,
            desk.inbox,
            lambda: away_with(project.parent, away),
            lambda: away_with(away, project.parent),
        )
        desk.wait_settled()
        assert len(deliveries(project)) == 3


@needs_mounts
def test_a_hot_folder_on_a_share_that_is_unmounted_and_mounted_again(tmp_path: Path) -> None:
    share = Share(tmp_path)
    with at_desk(tmp_path, preset="house-48k24", inbox=share.mount_point, prefix=share.prefix) as desk:
        goes_on_after(desk, share.content, lambda: share.leave(desk), lambda: share.come_back(desk))
        assert len(deliveries(desk.project)) == 3
        assert visible(share.mount_point) == []


@needs_mounts
def test_a_destination_on_a_share_that_is_unmounted_and_mounted_again(tmp_path: Path) -> None:
    share = Share(tmp_path)
    project = share.mount_point / "Project"
    (share.content / "Project").mkdir()
    with at_desk(tmp_path, preset="house-48k24", project=project, prefix=share.prefix) as desk:
        project.rmdir()  # what stands below the mount is an empty mount point
        goes_on_after(desk, desk.inbox, lambda: share.leave(desk), lambda: share.come_back(desk))
        assert len(deliveries(share.content / "Project")) == 3
        assert list(share.mount_point.iterdir()) == []
