"""What lies in a hot folder: one pass over the directories, files told by their relative paths."""

import os
import stat
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from pathlib import Path

from stembridge.filenames import is_temporary
from stembridge.intake.group import Parts
from stembridge.intake.names import is_ignored, is_own_folder
from stembridge.intake.settle import Seen


@dataclass
class Tree:
    """One look at a hot folder.

    Attributes:
        files: what may be taken in, with size and time stamp.
        temporary: files that somebody is still writing under another name.
        folders: the folders of deliveries at the top.
        links: links, which are never followed.
        unreadable: files and folders that exist but cannot be looked at, with the reason.

    """

    files: dict[Parts, Seen] = field(default_factory=dict)
    temporary: dict[Parts, Seen] = field(default_factory=dict)
    folders: set[Parts] = field(default_factory=set)
    links: set[Parts] = field(default_factory=set)
    unreadable: dict[Parts, str] = field(default_factory=dict)

    def hides(self, parts: Parts) -> bool:
        """Tell whether a path is, or lies below, something that cannot be looked at."""
        return any(parts[: len(hidden)] == hidden for hidden in self.unreadable)


def read_tree(root: Path, leave_alone: Set[str] = frozenset()) -> Tree:
    """List the regular files of a hot folder; links are never followed.

    Args:
        root: the hot folder.
        leave_alone: absolute paths inside it that are not its own: a destination, another hot folder.

    Raises:
        OSError: if the hot folder itself cannot be read, as when its share is away.

    """
    tree = Tree()
    pending: list[tuple[str, Parts]] = [(os.fspath(root), ())]
    while pending:
        folder, parts = pending.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            if not parts:
                raise
            _note_unreadable(error, parts, tree)
            continue
        below = [(entry.path, (*parts, entry.name)) for entry in entries if entry.path not in leave_alone]
        pending += [(path, name) for path, name in below if _look(path, name, tree)]
    return tree


def list_files(folder: Path) -> Iterator[Path]:
    """Find the files of a folder that belong to a delivery, as a hot folder would, in no order.

    Raises:
        OSError: if the folder cannot be read.

    """
    return (folder.joinpath(*parts) for parts in read_tree(folder).files)


def _look(path: str, parts: Parts, tree: Tree) -> bool:
    """Note one entry; True for a folder to be entered."""
    name = parts[-1]
    ignored = is_ignored(name)
    if ignored and not is_temporary(name):
        return False
    try:
        # Not DirEntry.stat(): on Windows that shows the directory's copy, stale while a file is open.
        status = os.stat(path, follow_symlinks=False)  # noqa: PTH116 - a Path for each of 5,000 files is dear
    except OSError as error:
        _note_unreadable(error, parts, tree)
        return False
    if _is_link(status):
        tree.links.add(parts)
        return False
    if stat.S_ISREG(status.st_mode):
        files = tree.temporary if ignored else tree.files
        files[parts] = Seen(status.st_size, status.st_mtime_ns)
    own = len(parts) == 1 and is_own_folder(name)
    enter = stat.S_ISDIR(status.st_mode) and not ignored and not own
    if enter and len(parts) == 1:
        tree.folders.add(parts)
    return enter


def _note_unreadable(error: OSError, parts: Parts, tree: Tree) -> None:
    if not isinstance(error, FileNotFoundError):  # gone between the listing and the look
        tree.unreadable[parts] = error.strerror or str(error)


def _is_link(status: os.stat_result) -> bool:
    junction = getattr(status, "st_reparse_tag", 0) == getattr(stat, "IO_REPARSE_TAG_MOUNT_POINT", -1)
    return stat.S_ISLNK(status.st_mode) or junction
