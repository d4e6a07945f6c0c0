"""The cache of separations: the same source, model and parameters are not computed twice.

Each entry is a folder named by its key, published with one rename, verified by its hashes before it is used. The
entries that were not used for longest go when the cache grows over its size.
"""

import hashlib
import json
import os
import shutil
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

from stembridge import __version__
from stembridge.audio.digest import sha256_of
from stembridge.audio.files import open_sound
from stembridge.audio.sound import Encoding
from stembridge.durable import write_durably
from stembridge.errors import AudioError
from stembridge.presets import Separate
from stembridge.separators.library import Opened
from stembridge.stages.mixture import Tally
from stembridge.stages.separate import Separated

INDEX = "index.json"
USED = "used"
STAGED = ".part"
GIGABYTE = 1_000_000_000
IN_USE_S = 3600.0


def cache_key(source_sha256: str, wanted: Separate, opened: Opened, encoding: Encoding) -> str:
    """Return what makes two separations the same: source, model, parameters, device, depth and version."""
    what = [__version__, source_sha256, wanted.model_dump(mode="json"), opened.model_hash, opened.device]
    return hashlib.sha256(json.dumps([*what, opened.seed, encoding.value]).encode()).hexdigest()


@dataclass(frozen=True)
class SeparationCache:
    """A folder of separations.

    Attributes:
        folder: where they are kept; None to keep none.
        most_bytes: how large it may grow.

    """

    folder: Path | None
    most_bytes: int = 20 * GIGABYTE

    def find(self, key: str) -> Separated | None:
        """Return what was made before, if it is there and unharmed; what is harmed is removed."""
        if self.folder is None or not (self.folder / key / INDEX).is_file():
            return None
        entry = self.folder / key
        try:
            (entry / USED).touch()
            found = _read(entry)
        except (OSError, ValueError, KeyError, TypeError, AudioError):
            found = None
        if found is None:
            shutil.rmtree(entry, ignore_errors=True)
        else:
            os.utime(entry)
        return found

    def keep(self, key: str, made: Separated) -> Separated:
        """Keep what was made, and return it; a cache that has no room changes nothing."""
        size = sum(sound.path.stat().st_size for sound in made.sounds.values())
        if self.folder is None or size > self.most_bytes:
            return made
        staged = self.folder / f".{key}.{uuid.uuid4().hex}{STAGED}"
        try:
            staged.mkdir(parents=True)
            _write(staged, made)
            self._publish(staged, self.folder / key)
            self._shrink(spare=key)
        except OSError:
            shutil.rmtree(staged, ignore_errors=True)
        return made

    def _publish(self, staged: Path, entry: Path) -> None:
        if entry.exists():
            shutil.rmtree(staged)
        else:
            staged.rename(entry)

    def _shrink(self, *, spare: str) -> None:
        """Remove the entries that were used longest ago; a job may still read from one that was found lately."""
        assert self.folder is not None
        entries = [entry for entry in self.folder.iterdir() if entry.is_dir()]
        entries.sort(key=lambda entry: (entry.name == spare, entry.stat().st_mtime), reverse=True)
        total, now = 0, time.time()
        for entry in entries:
            total += sum(file.stat().st_size for file in entry.iterdir())
            if total > self.most_bytes and entry.name != spare and not _is_in_use(entry, now):
                shutil.rmtree(entry, ignore_errors=True)


def _is_in_use(entry: Path, now: float) -> bool:
    """Return whether a job reads from an entry, or makes it."""
    sign = entry if entry.suffix == STAGED else entry / USED
    return sign.exists() and now - sign.stat().st_mtime < IN_USE_S


def _write(staged: Path, made: Separated) -> None:
    files = {}
    for number, (name, sound) in enumerate(made.sounds.items()):
        path = staged / f"{number}.wav"
        shutil.copyfile(sound.path, path)
        files[name] = {"file": path.name, "sha256": sha256_of(path)}
    index = {"files": files, "gain": made.gain, "tally": vars(made.tally)}
    write_durably(staged / INDEX, json.dumps(index).encode())


def _read(entry: Path) -> Separated | None:
    index = json.loads((entry / INDEX).read_text(encoding="utf-8"))
    files = index["files"]
    if any(sha256_of(entry / file["file"]) != file["sha256"] for file in files.values()):
        return None
    sounds = {name: open_sound(entry / file["file"]) for name, file in files.items()}
    return Separated(sounds, index["gain"], Tally(**index["tally"]))
