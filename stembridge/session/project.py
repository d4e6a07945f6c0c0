"""A session as a DAW opens it: tracks, items, markers and tempo, as records.

Positions are seconds from the start of the session: here is the edge of the package, DAWs count in them.
"""

from dataclasses import dataclass

from stembridge.errors import DeliveryError
from stembridge.units import Hertz, Seconds


@dataclass(frozen=True)
class Marker:
    """A point on the timeline, or a region when it has a length.

    Attributes:
        position: seconds from the start of the session.
        name: what it says.
        colour: ``#rrggbb``; None for the DAW's own.
        length: seconds; None for a point.

    """

    position: Seconds
    name: str
    colour: str | None = None
    length: Seconds | None = None


@dataclass(frozen=True)
class TempoPoint:
    """A tempo and a meter that hold until the next point.

    Attributes:
        seconds: from the start of the session.
        bpm: quarter notes a minute, whatever the meter's beat is.
        numerator: beats in a bar.
        denominator: 4 for a quarter note.
        sets_meter: true when a bar starts here; false when only the tempo changes.

    """

    seconds: Seconds
    bpm: float
    numerator: int = 4
    denominator: int = 4
    sets_meter: bool = True


@dataclass(frozen=True)
class Item:
    """A stretch of a file on a track.

    Attributes:
        path: the file, relative to the session, with ``/``.
        position: seconds from the start of the session.
        length: seconds on the timeline.
        name: what the item is called.
        source_offset: seconds into the file where the item starts.
        fade_in: seconds.
        fade_out: seconds.
        play_rate: 2.0 plays the file twice as fast.
        preserve_pitch: keep the pitch when the rate is not 1.
        pitch: semitones up.
        channel_mode: REAPER's number: 0 all channels, 1 swapped, 2 downmix, 3 left, 4 right.
        volume: linear.
        polarity: -1 to turn the signal over.
        muted: true to keep it silent.

    """

    path: str
    position: Seconds
    length: Seconds
    name: str
    source_offset: Seconds = Seconds(0.0)
    fade_in: Seconds = Seconds(0.0)
    fade_out: Seconds = Seconds(0.0)
    play_rate: float = 1.0
    preserve_pitch: bool = True
    pitch: float = 0.0
    channel_mode: int = 0
    volume: float = 1.0
    polarity: int = 1
    muted: bool = False


@dataclass(frozen=True)
class Track:
    """A track, and how deep it is inside folders.

    Attributes:
        name: what it is called.
        colour: ``#rrggbb``; None for the DAW's own.
        items: what lies on it.
        is_folder: true when the deeper tracks that follow are inside it.
        depth: how many folders it is inside; 0 at the top.
        channels: the widest item.
        muted: true for a track that must not be heard with the others, such as the mixdown.

    """

    name: str
    colour: str | None = None
    items: tuple[Item, ...] = ()
    is_folder: bool = False
    depth: int = 0
    channels: int = 2
    muted: bool = False


@dataclass(frozen=True)
class Session:
    """A session.

    Attributes:
        name: what it is called.
        rate: frames a second.
        tracks: from the top down, folders before what is in them.
        markers: in any order.
        tempo: in order of time; empty when the tempo is not known.
        start: what the clock shows at the start of the session, in seconds (time code 10:00:00:00 is 36000).
        seed: what the identities of tracks and items are made from, such as the job's id; the same seed gives
            the same session.

    Raises:
        DeliveryError: if a track is deeper than the folders above it allow.

    """

    name: str
    rate: Hertz
    tracks: tuple[Track, ...]
    markers: tuple[Marker, ...] = ()
    tempo: tuple[TempoPoint, ...] = ()
    start: Seconds = Seconds(0.0)
    seed: str = ""

    def __post_init__(self) -> None:
        deepest = 0
        for track in self.tracks:
            if not 0 <= track.depth <= deepest:
                raise DeliveryError(
                    f"The track {track.name!r} is at depth {track.depth}, where {deepest} is the most.",
                    hint="Put a folder track in front of it.",
                    code="session",
                )
            deepest = track.depth + (1 if track.is_folder else 0)
