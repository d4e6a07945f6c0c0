"""Is a folder on this machine's own disk, or on a share? And is it there at all?"""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

REMOTE_TYPES = frozenset(
    {"nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "afpfs", "afs", "webdav", "davfs", "ncpfs", "9p"}
    | {"v9fs", "drvfs", "vboxsf", "prl_fs", "vmhgfs", "virtiofs", "osxfs", "grpcfuse", "fakeowner", "autofs"}
    | {"ceph", "glusterfs", "lustre", "beegfs", "gpfs", "ocfs2", "gfs2", "acfs"}
)


@dataclass(frozen=True)
class Ground:
    """What stands at a path: which folder it is (device and file number), and whether on a share."""

    identity: tuple[int, int]
    share: bool


def is_share(path: Path) -> bool:
    """Tell whether events cannot be trusted for a path: network and shared file systems, and FUSE.

    Raises:
        OSError: if the path cannot be resolved.

    """
    where = os.path.realpath(path)
    if where.startswith(("\\\\", "//")):
        return True
    mounts = [part for part in psutil.disk_partitions(all=True) if _is_within(where, part.mountpoint)]
    if not mounts:
        return False
    # Of two mounts on one point, the later one is on top.
    mount = max(enumerate(mounts), key=lambda numbered: (len(numbered[1].mountpoint), numbered[0]))[1]
    return mount.fstype.casefold() in REMOTE_TYPES or _is_remote(mount.fstype, mount.opts)


def survey(path: Path, before: Ground | None, detect: Callable[[Path], bool] = is_share) -> Ground | None:
    """Look at what stands at the path of a hot folder now.

    Args:
        path: the hot folder.
        before: what stood there at the last look, if anything.
        detect: tells a share from a local folder; asked again only when another folder stands there.

    Returns:
        What stands there; None while the folder is away: gone, not answering, or an empty mount point where a
        share used to be.

    """
    try:
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            return None
        identity = (status.st_dev, status.st_ino)
        if before is not None and before.identity == identity:
            return before
        ground = Ground(identity, detect(path))
        unmounted = before is not None and before.share and not ground.share and not any(path.iterdir())
    except OSError:
        return None
    return None if unmounted else ground


def _is_within(where: str, mountpoint: str) -> bool:
    # normcase: Windows drives come as "C:\\" and compare without case.
    inner, outer = os.path.normcase(where), os.path.normcase(mountpoint)
    return inner == outer or inner.startswith(outer.rstrip(os.sep) + os.sep)


def _is_remote(fstype: str, options: str) -> bool:
    return fstype.casefold().startswith("fuse.") or "remote" in options.split(",")
