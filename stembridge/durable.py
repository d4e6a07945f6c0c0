"""Writing that survives a power cut: whole or not at all."""

import os
import time
from pathlib import Path

READER_S = 0.01
"""How long others hold a small file open that they read."""

TRIES = 20


def sync_file(path: Path) -> None:
    """Make sure that a file's bytes are on the disk."""
    with path.open("rb+") as stream:
        os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder are on the disk. Windows keeps them by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_durably(path: Path, content: bytes) -> None:
    """Write a small file whole or not at all, and make sure that it is on the disk."""
    temporary = _beside(path)
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    _put_in_place(temporary, path)
    sync_folder(path.parent)


def write_replacing(path: Path, content: bytes) -> None:
    """Write a small file that others read while it changes: they see the old content or the new one."""
    temporary = _beside(path)
    temporary.write_bytes(content)
    _put_in_place(temporary, path)


def _put_in_place(temporary: Path, path: Path) -> None:
    """Take the name of a file; on Windows that has to wait while somebody reads the old one."""
    for _ in range(TRIES):
        try:
            temporary.replace(path)
        except PermissionError:
            time.sleep(READER_S)
        else:
            return
    temporary.replace(path)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
