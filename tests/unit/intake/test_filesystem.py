from pathlib import Path, PureWindowsPath

import pytest

from stembridge.intake import filesystem
from stembridge.intake.filesystem import is_share, survey


@pytest.fixture
def mounts(monkeypatch):
    """Give the machine other mounts than it has: what mount(8) would take a privilege and a server to do."""
    from psutil._ntuples import sdiskpart

    def give(*rows):
        found = [sdiskpart(*row) for row in rows]
        monkeypatch.setattr(filesystem.psutil, "disk_partitions", lambda **_: found)

    return give


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.rclone", "9p", "smbfs"])
def test_network_file_systems_are_shares(mounts, tmp_path, kind):
    mounts(("/dev/sda", "/", "ext4", "rw"), ("server:/x", str(tmp_path), kind, "rw"))
    assert is_share(tmp_path / "hot")
    assert not is_share(tmp_path.parent)


@pytest.mark.parametrize("kind", ["ext4", "apfs", "btrfs", "fuseblk", "tmpfs"])
def test_a_local_disk_is_none(mounts, tmp_path, kind):
    mounts(("/dev/sda", "/", kind, "rw"))
    assert not is_share(tmp_path)


def test_of_two_mounts_on_one_point_the_last_counts(mounts, tmp_path):
    mounts(("auto", str(tmp_path), "autofs", ""), ("/dev/sdb", str(tmp_path), "ext4", ""))
    assert not is_share(tmp_path)


def test_a_mount_whose_name_only_begins_alike_does_not_count(mounts, tmp_path):
    mounts(("/dev/sda", "/", "ext4", "rw"), ("server:/x", str(tmp_path / "hot"), "nfs", "rw"))
    assert not is_share(tmp_path / "hotter")


def test_a_drive_that_windows_calls_remote_is_a_share(mounts, tmp_path):
    mounts(("Z:", "/", "NTFS", "rw,remote"))
    assert is_share(tmp_path)


def test_a_windows_network_path_is_a_share(monkeypatch):
    monkeypatch.setattr(filesystem.os.path, "realpath", str)
    assert is_share(PureWindowsPath(r"\\server\share\hot"))


def test_this_machine_can_be_asked(tmp_path):
    assert is_share(tmp_path) in (True, False)


def test_a_folder_that_is_not_there_or_is_a_file_is_away(tmp_path):
    (tmp_path / "file").touch()
    assert survey(tmp_path / "gone", None) is None
    assert survey(tmp_path / "file", None) is None


def test_the_kind_is_asked_again_only_when_another_folder_stands_there(tmp_path):
    asked: list[Path] = []

    def detect(path):
        asked.append(path)
        return False

    (tmp_path / "hot").mkdir()
    first = survey(tmp_path / "hot", None, detect)
    assert survey(tmp_path / "hot", first, detect) is first
    (tmp_path / "hot").rename(tmp_path / "old")
    (tmp_path / "hot").mkdir()
    assert survey(tmp_path / "hot", first, detect) != first
    assert len(asked) == 2


def test_the_empty_mount_point_of_a_share_is_away_and_not_an_empty_hot_folder(tmp_path):
    hot = tmp_path / "hot"
    hot.mkdir()
    mounted = survey(hot, None, lambda _path: True)
    hot.rename(tmp_path / "unmounted")
    hot.mkdir()
    assert survey(hot, mounted, lambda _path: False) is None
    (hot / "a.wav").touch()
    assert survey(hot, mounted, lambda _path: False) is not None
