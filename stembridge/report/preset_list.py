"""The list of presets for scripts: names, descriptions, what each is for and which stems it makes."""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from stembridge.durable import write_replacing
from stembridge.errors import PresetError
from stembridge.presets import Preset, PresetStore
from stembridge.stages.recipe import read_recipes

VERSION = 1
EVERY_S = 30.0

log = logging.getLogger(__name__)


class PresetList:
    """Keeps ``presets.json`` in step with the presets, which people edit while the daemon runs."""

    def __init__(self, path: Path, presets: PresetStore, *, clock: Callable[[], float]) -> None:
        """Take the file to write, the presets and a monotonic clock."""
        self._path = path
        self._presets = presets
        self._clock = clock
        self._looked: float | None = None
        self._written = b""

    def refresh(self) -> None:
        """Write the list if it changed; looks at the presets at most twice a minute."""
        now = self._clock()
        if self._looked is not None and now - self._looked < EVERY_S:
            return
        self._looked = now
        content = json.dumps({"version": VERSION, "presets": self._entries()}).encode()
        if content != self._written:
            write_replacing(self._path, content)
            self._written = content

    def _entries(self) -> list[dict[str, Any]]:
        entries = []
        for name in self._presets.names():
            try:
                entries.append(_entry(self._presets.load(name)))
            except PresetError as error:
                log.warning("A preset cannot be used: %s", error)
        return entries


def _entry(preset: Preset) -> dict[str, Any]:
    separate = preset.separate
    return {
        "name": preset.id,
        "description": preset.description,
        "kind": "separate" if separate else "conform",
        "stems": [recipe.name for recipe in read_recipes(separate)] if separate else [],
    }
