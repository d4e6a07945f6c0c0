"""What a configuration can say: the frozen record that the daemon is built from."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationInfo, field_validator

from stembridge.config_values import (
    ConfigPath,
    DatabaseUrl,
    Destination,
    Duration,
    WorkerCount,
    hide_password,
    split_destination,
)
from stembridge.preset_model import Device, FolderName, MarkerName
from stembridge.presets import PresetStore
from stembridge.request import Originals
from stembridge.units import Seconds
from stembridge.yaml_file import Value
from stembridge.yaml_model import Typed


class HotFolder(Typed):
    """A folder that people drop deliveries in.

    Attributes:
        path: the folder; one that is not there is taken for a share that is away.
        preset: what its deliveries are made into.
        destination: ``to`` in the file: where deliveries go, a path whose last parts may be a template.
        own_folder: ``folder`` in the file: the template of a delivery's own folder, where ``to`` has none.
        originals: what becomes of what was dropped: ``move`` to ``_done``, or ``keep``.
        settle: how long a file must stand still; None for the default of its kind of file system.
        watch: how changes are noticed: ``events``, ``poll``, or ``auto`` by file system.
        complete_when: the marker file that completes a delivery; None for the preset's.
        give_up: how long a file that stays unfinished is waited for before it is reported as truncated.

    """

    path: ConfigPath
    preset: str = Field(min_length=1)
    destination: Destination = Field(alias="to")
    own_folder: FolderName | None = Field(default=None, alias="folder")
    originals: Originals = Originals.MOVE
    settle: Duration | None = None
    watch: Literal["auto", "events", "poll"] = "auto"
    complete_when: MarkerName | None = None
    give_up: Duration = Seconds(600.0)

    @property
    def to(self) -> Path:
        """The folder that deliveries go to: the part of ``to`` in front of its template."""
        return Path(split_destination(self.destination)[0])

    @property
    def folder(self) -> str | None:
        """The template of a delivery's own folder below ``to``; None for the preset's."""
        return split_destination(self.destination)[1] or self.own_folder

    @field_validator("own_folder")
    @classmethod
    def _said_once(cls, folder: str | None, info: ValidationInfo) -> str | None:
        if folder is not None and split_destination(info.data.get("destination", ""))[1] is not None:
            raise ValueError("`to` has a template already; write the folder there, or take it out of `to`.")
        return folder


class Osc(Typed):
    """Where OSC commands arrive.

    Attributes:
        host: the address to listen on; another than this machine's own needs a token.
        port: the UDP port; 0 for any that is free.
        reply_port: where replies go; None for the sender's own port.
        token: what a sender must know; None on this machine's own address only.

    """

    host: str = Field(default="127.0.0.1", min_length=1)
    port: int = Field(default=9137, ge=0, le=65535)
    reply_port: int | None = Field(default=None, ge=1, le=65535)
    token: str | None = Field(default=None, min_length=8, validate_default=True)

    @field_validator("token")
    @classmethod
    def _guards_the_door(cls, token: str | None, info: ValidationInfo) -> str | None:
        host = info.data.get("host")
        if token is None and host is not None and not _is_own(host):
            raise ValueError(f"Others can reach {host}: give a token, or listen on 127.0.0.1.")
        return token


def _is_own(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _usual_roots(known: Mapping[str, Any]) -> tuple[Path, ...]:
    folders = [path for hot in known.get("hot_folders", ()) for path in (hot.path, hot.to)]
    return tuple(dict.fromkeys([Path.home(), *folders]))


class Config(Typed):
    """What the daemon is told.

    Attributes:
        hot_folders: the folders that are watched.
        workers: how many deliveries are worked on at a time; ``cores`` in the file for one a core.
        data: where stembridge keeps what it needs: jobs, logs, models, the spool.
        database: the URL of the job database; None for SQLite in the data folder.
        presets: the folder of the user's own presets.
        osc: where OSC commands arrive.
        allowed_roots: the folders that OSC and spool requests may name files in; the user's home, the hot
            folders and their destinations by default.
        spool: the folder through which REAPER talks to the daemon.
        models: where separation models are kept.
        device: where models run; anything but ``auto`` is refused when it is not there.
        rescan: seconds between two full looks into a hot folder.
        log_level: how much is logged.

    """

    data: ConfigPath
    presets: ConfigPath
    hot_folders: tuple[HotFolder, ...] = ()
    workers: WorkerCount = 1
    database: DatabaseUrl | None = None
    osc: Osc = Osc()
    allowed_roots: tuple[ConfigPath, ...] = Field(default_factory=lambda known: _usual_roots(known))
    spool: ConfigPath = Field(default_factory=lambda known: known.get("data", Path()) / "spool")
    models: ConfigPath = Field(default_factory=lambda known: known.get("data", Path()) / "models")
    device: Device = "auto"
    rescan: Duration = Field(default=Seconds(120.0), ge=1.0)
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def log_folder(self) -> Path:
        """The folder that logs are written to."""
        return self.data / "logs"

    def preset_store(self) -> PresetStore:
        """Return the presets that this configuration can name."""
        return PresetStore(self.presets)

    def to_json(self) -> dict[str, Value]:
        """Return all values, defaults included, as plain JSON for people: token and password are stars."""
        plain: dict[str, Value] = self.model_dump(mode="json", by_alias=True)
        if self.database:
            plain["database"] = hide_password(self.database)
        if self.osc.token:
            plain["osc"] = {**self.osc.model_dump(mode="json"), "token": "***"}
        return plain
