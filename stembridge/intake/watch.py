"""Events from the file system, by watchdog: they wake a look, and carry no other meaning.

Only the top of a hot folder is watched, so that no number of folders, ``_done``'s above all, can use up the
system's watches. What happens below is found by looking, which goes on while there are folders.
"""

from collections.abc import Callable
from pathlib import Path

from watchdog.events import (
    DirCreatedEvent,
    DirModifiedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

# Without "opened" and "closed unwritten": our own reading causes those.
KINDS: list[type[FileSystemEvent]] = [
    DirCreatedEvent,
    DirModifiedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]
STOP_S = 2.0


class FolderWatch:
    """Rings when something changes at the top of one folder."""

    def __init__(self, path: Path, ring: Callable[[], None]) -> None:
        """Start watching.

        Args:
            path: the folder, which exists.
            ring: called from another thread on every event; has to return at once.

        Raises:
            OSError: if the system has no more watches to give, or no events for this folder.

        """
        self._observer = Observer()
        self._observer.schedule(_Ringer(ring), str(path), recursive=False, event_filter=KINDS)
        try:
            self._observer.start()
        except BaseException:
            self._observer.stop()
            raise

    @property
    def is_alive(self) -> bool:
        """False when events stopped coming: an emitter ends silently when its folder goes."""
        emitters = self._observer.emitters
        return self._observer.is_alive() and bool(emitters) and all(each.is_alive() for each in emitters)

    def stop(self) -> None:
        """Stop watching."""
        self._observer.stop()
        self._observer.join(STOP_S)


class _Ringer(FileSystemEventHandler):
    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring

    def on_any_event(self, event: FileSystemEvent) -> None:
        del event  # the look finds out what happened
        self._ring()
