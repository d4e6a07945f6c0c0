"""A small renderer of saved projects: what the items of a ``.rpp`` sound like, by position, offset and rate alone."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rpp
import soundfile

REVERSED = 2


@dataclass(frozen=True)
class Placed:
    """An item of a saved project: what it plays of its file, and when."""

    name: str
    path: Path
    position: float
    length: float
    offset: float
    play_rate: float
    muted: bool
    loops: bool
    section: tuple[float, float, bool] | None

    def frame_at(self, seconds: float, rate: int, frames: int) -> float:
        """Return the frame of the file that sounds so many seconds after the start of the item."""
        start, length, backwards = self.section or (0.0, frames / rate, False)
        inside = self.offset + seconds * self.play_rate
        return (start + length - inside if backwards else start + inside) * rate

    def render(self, rate: int) -> np.ndarray:
        """Play the item at a rate of the project, shape (frames, channels), straight between the samples."""
        audio, hz = soundfile.read(self.path, always_2d=True)
        times = np.arange(int(self.length * rate)) / rate
        step = -1 if self.section and self.section[2] else 0  # backwards a sample sounds before its start
        frames = np.array([self.frame_at(time, hz, len(audio)) for time in times]) + step
        return np.stack([np.interp(frames, np.arange(len(audio)), one, 0.0, 0.0) for one in audio.T], axis=1)


def read_tracks(path: Path) -> list[list[Placed]]:
    """Return the items of each track of a saved project."""
    project = rpp.loads(path.read_text(encoding="utf-8"))
    return [[_placed(item) for item in track.findall("ITEM")] for track in project.findall("TRACK")]


def levels(path: Path) -> list[tuple[int, str]]:
    """Return how deep every track of a saved project lies, and its name."""
    found, level = [], 0
    for track in rpp.loads(path.read_text(encoding="utf-8")).findall("TRACK"):
        found.append((level, value(track, "NAME")))
        kind, step = values(track, "ISBUS")
        level += int(step) if kind in ("1", "2") else 0
    return found


def values(element: rpp.Element, name: str) -> list[str]:
    """Return what stands behind the first word of that name."""
    return list(next(entry for entry in element if isinstance(entry, list) and entry[0] == name)[1:])


def value(element: rpp.Element, name: str) -> str:
    """Return the first thing behind a word."""
    return values(element, name)[0]


def _placed(item: rpp.Element) -> Placed:
    source = item.find("SOURCE")
    file, section = source, None
    if source.attrib[0] == "SECTION":
        file = source.find("SOURCE")
        backwards = int(value(source, "MODE")) & REVERSED != 0
        section = (_number(source, "STARTPOS"), _number(source, "LENGTH"), backwards)
    return Placed(
        name=value(item, "NAME"),
        path=Path(value(file, "FILE")),
        position=_number(item, "POSITION"),
        length=_number(item, "LENGTH"),
        offset=_number(item, "SOFFS"),
        play_rate=_number(item, "PLAYRATE"),
        muted=value(item, "MUTE") == "1",
        loops=value(item, "LOOP") == "1",
        section=section,
    )


def _number(element: Any, name: str) -> float:
    return float(value(element, name))
