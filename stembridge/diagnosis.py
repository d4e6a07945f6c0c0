"""Diagnosis: what works on this machine, one sentence each."""

import os
import platform
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from stembridge.config import Config
from stembridge.config_model import HotFolder
from stembridge.heartbeat import read_beat
from stembridge.intake.filesystem import is_share

LIBRARIES = (
    "soundfile",
    "soxr",
    "numpy",
    "scipy",
    "watchdog",
    "dbos",
    "torch",
    "demucs",
    "python-osc",
    "mido",
)
LEAST_FREE = 2 << 30


@dataclass(frozen=True)
class Result:
    """One thing that was looked at.

    Attributes:
        about: what.
        state: ``good``; ``note`` for what is worth knowing; ``bad`` for what must be mended.
        text: what was found.
        hint: what to do.

    """

    about: str
    state: Literal["good", "note", "bad"]
    text: str
    hint: str = ""

    def to_json(self) -> dict[str, str]:
        """Return the result as JSON types."""
        return asdict(self)


def examine(config: Config) -> tuple[Result, ...]:
    """Look at everything that the daemon needs."""
    looks: tuple[Callable[[Config], Iterator[Result]], ...] = (
        _python, _libraries, _ffmpeg, _devices, _models, _data, _hot_folders, _daemon,
    )  # fmt: skip
    return tuple(result for look in looks for result in look(config))


def _python(_config: Config) -> Iterator[Result]:
    good = sys.version_info >= (3, 11)
    hint = "" if good else "Install Python 3.11 or newer."
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    yield Result("Python", "good" if good else "bad", text, hint)


def _libraries(_config: Config) -> Iterator[Result]:
    missing = [name for name in LIBRARIES if not _installed(name)]
    if missing:
        yield Result("Libraries", "bad", f"missing: {', '.join(missing)}", "Install stembridge again.")
        return
    yield Result("Libraries", "good", ", ".join(f"{name} {version(name)}" for name in LIBRARIES))


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True


def _ffmpeg(_config: Config) -> Iterator[Result]:
    found = shutil.which("ffmpeg")
    use = "not needed; it converts what cannot be read here, like m4a, wma and ac3"
    text = f"{found or 'not found'} ({use})"
    yield Result("ffmpeg", "good" if found else "note", text)


def _devices(_config: Config) -> Iterator[Result]:
    cores = os.cpu_count() or 1
    if find_spec("torch") is None:
        yield Result("Devices", "bad", "torch is not installed", "Install stembridge again.")
        return
    from stembridge.separators.demucs import available_devices

    yield Result("Devices", "good", f"{', '.join(available_devices())}; {cores} cores")


def _data(config: Config) -> Iterator[Result]:
    trouble = _unwritable(config.data)
    if trouble:
        yield Result("Data", "bad", f"{config.data}: {trouble}", "Name another folder with `data:`.")
        return
    if database_trouble(config):
        yield Result("Job database", "bad", database_trouble(config))
    free = shutil.disk_usage(_existing(config.data)).free
    state: Literal["good", "note"] = "good" if free >= LEAST_FREE else "note"
    yield Result("Data", state, f"{config.data}, {free / (1 << 30):.0f} GiB free")


def database_trouble(config: Config, *, detect: Callable[[Path], bool] = is_share) -> str:
    """Say what is wrong with the place of the job database; empty when nothing is.

    Args:
        config: the configuration.
        detect: tells a share from a local folder.

    """
    if (config.database and not config.database.startswith("sqlite")) or not detect(_existing(config.data)):
        return ""
    return (
        f"The job database would lie on a share ({config.data}), and SQLite needs a local disk: "
        "name a local folder with `data:`, or a PostgreSQL with `database:`."
    )


def _hot_folders(config: Config) -> Iterator[Result]:
    if not config.hot_folders:
        yield Result(
            "Hot folders", "note", "none", "Add `hot_folders:` to stembridge.yaml; the README has an example."
        )
    for folder in config.hot_folders:
        yield _hot_folder(folder)


def _hot_folder(folder: HotFolder) -> Result:
    about = "Hot folder"
    if not folder.path.is_dir():
        hint = "Mount the share or make the folder; the daemon goes on waiting."
        return Result(about, "note", f"{folder.path} is not there", hint)
    trouble = _unwritable(folder.path) or _unwritable(folder.to)
    if trouble:
        return Result(
            about, "bad", f"{folder.path}: {trouble}", "Give the daemon's user permission to write there."
        )
    kind = "share, looked into by polling" if is_share(folder.path) else "local, watched by events"
    return Result(about, "good", f"{folder.path} -> {folder.to}, preset {folder.preset} ({kind})")


def _unwritable(folder: Path) -> str:
    existing = _existing(folder)
    if not existing.is_dir():
        return f"{existing} is not a folder"
    return "" if os.access(existing, os.W_OK) else f"{existing} may not be written to"


def _existing(folder: Path) -> Path:
    return next(parent for parent in (folder, *folder.parents) if parent.exists())


def _models(config: Config) -> Iterator[Result]:
    from stembridge.separators.models import ModelStore

    here = [model.name for model in ModelStore(config.models).listed() if model.here]
    if here:
        yield Result("Models", "good", f"{', '.join(here)}, and the built-in spectral")
    else:
        hint = "Get one with: stembridge models fetch htdemucs"
        yield Result("Models", "note", f"none in {config.models}; the built-in spectral works", hint)


def _daemon(config: Config) -> Iterator[Result]:
    beat = read_beat(config.spool / "heartbeat.json", now=time.time())
    if beat is None:
        yield Result("Daemon", "note", "not running", "Start it with: stembridge run")
    else:
        yield Result("Daemon", "good", f"version {beat.version}, process {beat.pid}, OSC port {beat.port}")
