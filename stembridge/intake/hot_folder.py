"""A hot folder: where it is, and what is wanted of the deliveries that people drop in it."""

import os
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from stembridge.errors import ConfigError
from stembridge.intake.group import Delivery
from stembridge.intake.settle import Gate
from stembridge.request import Origin, Originals, Request

LOCAL_QUIET_S = 2.0
SHARE_QUIET_S = 10.0


class WatchMode(StrEnum):
    """How changes are noticed: by events on local folders and by polling on shares, unless it is set."""

    AUTO = "auto"
    EVENTS = "events"
    POLL = "poll"


@dataclass(frozen=True)
class HotFolder:
    """A folder that people drop deliveries in, and what is wanted of them.

    Attributes:
        path: the folder, absolute.
        preset: the name of the preset.
        destination: the folder that deliveries are published in; it may lie inside ``path``.
        folder: template of a delivery's own folder, in place of the preset's; None for the preset's.
        originals: what becomes of what was dropped.
        quiet_s: seconds a file has to stand still; None for 2 on a local folder and 10 on a share.
        watch: how changes are noticed.
        complete_when: glob of the file that marks a dropped folder as complete; empty for none.
        give_up_s: seconds after which a file with an unfinished header is handed on, to be reported.
        poll_s: seconds between two looks where there are no events.
        rescan_s: seconds between two looks where there are, because an event may be lost.

    """

    path: Path
    preset: str
    destination: Path
    folder: str | None = None
    originals: Originals = Originals.MOVE
    quiet_s: float | None = None
    watch: WatchMode = WatchMode.AUTO
    complete_when: str = ""
    give_up_s: float = 600.0
    poll_s: float = 2.0
    rescan_s: float = 60.0

    def __post_init__(self) -> None:
        if _same_place(self.path, self.destination):
            raise ConfigError(
                "The destination of a hot folder is the hot folder itself.",
                path=self.path,
                hint="Name another folder; one inside the hot folder will do.",
            )

    def gate(self, *, share: bool) -> Gate:
        """Tell how long a file has to stand still here."""
        usual = SHARE_QUIET_S if share else LOCAL_QUIET_S
        return Gate(usual if self.quiet_s is None else self.quiet_s, self.give_up_s)

    def request(self, delivery: Delivery) -> Request:
        """Ask for the work on one delivery."""
        return Request(
            sources=tuple(self.path.joinpath(*parts) for parts in delivery.sources),
            preset=self.preset,
            destination=self.destination,
            name=delivery.name,
            folder=self.folder,
            root=self.path / delivery.root,
            home=self.path,
            originals=self.originals,
            origin=Origin.HOT_FOLDER,
        )


def _same_place(one: Path, other: Path) -> bool:
    return os.path.normcase(os.path.abspath(one)) == os.path.normcase(os.path.abspath(other))  # noqa: PTH100
