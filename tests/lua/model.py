"""The project of the stand-in: what REAPER keeps, without REAPER."""

import uuid
from dataclasses import dataclass, field

ITEM_VALUES = {
    "D_POSITION": 0.0,
    "D_LENGTH": 0.0,
    "D_VOL": 1.0,
    "D_SNAPOFFSET": 0.0,
    "D_FADEINLEN": 0.0,
    "D_FADEOUTLEN": 0.0,
    "D_FADEINLEN_AUTO": -1.0,
    "D_FADEOUTLEN_AUTO": -1.0,
    "D_FADEINDIR": 0.0,
    "D_FADEOUTDIR": 0.0,
    "C_FADEINSHAPE": 0.0,
    "C_FADEOUTSHAPE": 0.0,
    "C_BEATATTACHMODE": -1.0,
    "C_LOCK": 0.0,
    "B_MUTE": 0.0,
    "B_LOOPSRC": 1.0,
    "B_UISEL": 0.0,
    "I_CUSTOMCOLOR": 0.0,
    "I_GROUPID": 0.0,
}
TAKE_VALUES = {
    "D_STARTOFFS": 0.0,
    "D_VOL": 1.0,
    "D_PAN": 0.0,
    "D_PANLAW": -1.0,
    "D_PLAYRATE": 1.0,
    "D_PITCH": 0.0,
    "B_PPITCH": 1.0,
    "I_CHANMODE": 0.0,
    "I_PITCHMODE": -1.0,
    "I_STRETCHFLAGS": 0.0,
    "F_STRETCHFADESIZE": 0.0025,
    "I_CUSTOMCOLOR": 0.0,
}
TRACK_VALUES = {
    "I_FOLDERDEPTH": 0.0,
    "I_NCHAN": 2.0,
    "I_CUSTOMCOLOR": 0.0,
    "I_SELECTED": 0.0,
    "B_MUTE": 0.0,
    "B_MAINSEND": 1.0,
    "C_BEATATTACHMODE": -1.0,
    "D_VOL": 1.0,
    "D_PAN": 0.0,
}


def new_guid() -> str:
    """Return a GUID as REAPER writes it."""
    return "{" + str(uuid.uuid4()).upper() + "}"


@dataclass(eq=False)
class Source:
    """A PCM_source; a SECTION has a parent and no file."""

    path: str = ""
    type: str = "WAVE"
    length: float = 0.0
    rate: int = 48000
    channels: int = 2
    parent: "Source | None" = None
    offset: float = 0.0
    reversed: bool = False
    in_quarters: bool = False
    owned: bool = False
    dead: bool = False
    peaks_left: int = 2
    peak_calls: list[int] = field(default_factory=list)


@dataclass(eq=False)
class Take:
    """A take of an item."""

    source: Source | None = None
    name: str = ""
    guid: str = field(default_factory=new_guid)
    values: dict[str, float] = field(default_factory=lambda: dict(TAKE_VALUES))
    ext: dict[str, str] = field(default_factory=dict)
    fx: int = 0
    stretch_markers: int = 0
    envelopes: int = 0
    dead: bool = False


@dataclass(eq=False)
class Item:
    """An item on a track."""

    guid: str = field(default_factory=new_guid)
    values: dict[str, float] = field(default_factory=lambda: dict(ITEM_VALUES))
    takes: list[Take] = field(default_factory=list)
    active: int = 0
    ext: dict[str, str] = field(default_factory=dict)
    dead: bool = False

    @property
    def take(self) -> Take:
        """The active take."""
        return self.takes[self.active]

    @property
    def position(self) -> float:
        """Seconds from the start of the project."""
        return self.values["D_POSITION"]

    @property
    def length(self) -> float:
        """Seconds on the timeline."""
        return self.values["D_LENGTH"]

    @property
    def selected(self) -> bool:
        """Whether the user selected it."""
        return self.values["B_UISEL"] != 0


@dataclass(eq=False)
class Track:
    """A track; its folder depth is relative to the next track."""

    name: str = ""
    guid: str = field(default_factory=new_guid)
    values: dict[str, float] = field(default_factory=lambda: dict(TRACK_VALUES))
    items: list[Item] = field(default_factory=list)
    ext: dict[str, str] = field(default_factory=dict)
    dead: bool = False

    @property
    def depth(self) -> int:
        """I_FOLDERDEPTH."""
        return int(self.values["I_FOLDERDEPTH"])


@dataclass(eq=False)
class Project:
    """A project tab."""

    path: str = ""
    record_path: str = ""
    rate: int = 0
    cursor: float = 0.0
    tracks: list[Track] = field(default_factory=list)
    ext: dict[tuple[str, str], str] = field(default_factory=dict)
    undo: list[tuple[str, list[Track]]] = field(default_factory=list)
    undo_depth: int = 0
    before: list[Track] = field(default_factory=list)
    changes: int = 0
    dead: bool = False

    @property
    def items(self) -> list[Item]:
        """Every item, track by track."""
        return [item for track in self.tracks for item in track.items]

    def levels(self) -> list[tuple[int, str]]:
        """How deep every track lies in folders, and its name."""
        found, level = [], 0
        for track in self.tracks:
            found.append((level, track.name))
            level = max(0, level + track.depth)
        return found


def bury(tracks: list[Track]) -> None:
    """Mark tracks and all that is in them as deleted."""
    for track in tracks:
        track.dead = True
        for item in track.items:
            bury_item(item)


def bury_item(item: Item) -> None:
    """Mark an item and its takes as deleted."""
    item.dead = True
    for take in item.takes:
        take.dead = True
