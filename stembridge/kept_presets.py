"""Presets kept in memory for who is asked often: read again only when a file that they are made of has changed."""

import os
import threading
from typing import Protocol

from stembridge.data import data_folder
from stembridge.presets import Preset, PresetStore

_State = tuple[tuple[str, int, int], ...]


class PresetSource(Protocol):
    """Where presets come from."""

    def load(self, name: str) -> Preset:
        """Read a preset; see ``PresetStore.load``."""


class KeptPresets:
    """Remembers what a store read. Safe to use from several threads."""

    def __init__(self, store: PresetStore) -> None:
        """Take the store."""
        self._store = store
        self._lock = threading.Lock()
        self._kept: dict[str, Preset] = {}
        self._state: _State = ()

    def load(self, name: str) -> Preset:
        """Read a preset, or return what was read before; see ``PresetStore.load``."""
        with self._lock:
            state = self._look()
            if state != self._state:
                self._kept.clear()
                self._state = state
            if name not in self._kept:
                self._kept[name] = self._store.load(name)
            return self._kept[name]

    def _look(self) -> _State:
        """Tell name, size and time stamp of every preset file; much cheaper than reading one."""
        folders = [
            folder for folder in (data_folder("presets"), self._store.user_folder) if folder is not None
        ]
        entries = [entry for folder in folders if folder.is_dir() for entry in os.scandir(folder)]
        found = [(entry.path, entry.stat()) for entry in entries]
        return tuple(sorted((path, status.st_size, status.st_mtime_ns) for path, status in found))
