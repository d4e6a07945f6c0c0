"""What a report shows, as records; pure. An adapter (``delivery.py``) makes them, ``html.py`` draws them.

Times are seconds from the start of the session, which is where its earliest file starts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stembridge.audio.overview import Overview
from stembridge.audio.sound import SoundFormat
from stembridge.session.manifest import (
    CarriedEntry,
    FindingEntry,
    LoudnessEntry,
    NullEntry,
    SeparationEntry,
    SourceEntry,
)
from stembridge.units import Decibels, Hertz, Samples, Seconds


@dataclass(frozen=True)
class Shape:
    """One side of a before and after: what a file is called and how it is stored."""

    name: str
    format: SoundFormat
    frames: Samples

    @property
    def seconds(self) -> Seconds:
        """Its length."""
        return Seconds(self.frames / self.format.rate)


@dataclass(frozen=True)
class Note:
    """A finding with its number on the page.

    Attributes:
        number: 1 for the first.
        finding: what was found.

    """

    number: int
    finding: FindingEntry


@dataclass(frozen=True)
class Mark:
    """A finding at its place on the time line."""

    note: Note
    at: Seconds


@dataclass(frozen=True)
class Flag:
    """A finding about a file, in a few words."""

    note: Note
    text: str


@dataclass(frozen=True)
class Stem:
    """One file of the set.

    Attributes:
        label: what it is called on a track.
        role: what it is in the mix; None when nothing says.
        confidence: how sure that is, 0 to 1; None when nothing says.
        evidence: why, in words.
        is_mix: true for the full mix.
        before: the file as it came in.
        after: the file as it is delivered.
        start: where it starts in the session.
        shift: frames of silence put in front; negative when frames were cut there.
        gain_db: the gain that was applied.
        polarity: -1 when it was turned over.
        clipped: samples that were limited to full scale.
        changes: what was done to it, in words.
        loudness: its figures.
        short_term: LUFS of the 3 s that end at second 3, 4, 5, ... of the file; None where silent.
        overview: its shape.
        notes: the findings about it.
        marks: those that have a place in it.
        flags: what is wrong with it, in a few words.
        beside: the file of its right side, where two files were joined.

    """

    label: str
    role: str | None
    confidence: float | None
    evidence: str
    is_mix: bool
    before: Shape
    after: Shape
    start: Seconds
    shift: Samples
    gain_db: Decibels
    polarity: Literal[1, -1]
    clipped: int
    changes: tuple[str, ...]
    loudness: LoudnessEntry
    short_term: tuple[float | None, ...]
    overview: Overview
    notes: tuple[Note, ...] = ()
    marks: tuple[Mark, ...] = ()
    flags: tuple[Flag, ...] = ()
    beside: Shape | None = None

    @property
    def end(self) -> Seconds:
        """Where it ends in the session."""
        return Seconds(self.start + self.after.seconds)

    @property
    def is_silent(self) -> bool:
        """True when every sample is zero."""
        return self.loudness.sample_peak is None


@dataclass(frozen=True)
class Spectrogram:
    """A picture of the frequencies of a stretch of a file.

    Attributes:
        note: the finding that it shows.
        png: the picture, from 0 Hz at its bottom to half the rate at its top.
        rate: the rate of the file.
        start: where in the file it starts.
        seconds: how long the stretch is.
        wall_hz: where the spectrum falls steeply; None where it does not.

    """

    note: Note
    png: bytes
    rate: Hertz
    start: Seconds
    seconds: Seconds
    wall_hz: float | None


@dataclass(frozen=True)
class Page:
    """Everything that a report shows.

    Attributes:
        song: what the delivery is called.
        preset: the preset's name.
        description: the preset's own line about itself.
        least_confidence: below it a role is not taken for certain.
        created: when the delivery was made, ISO 8601; None when that is not known.
        starts_at: where the session starts, in seconds since midnight.
        job: the id of the job; empty when there is none.
        stems: in track order.
        notes: the findings, the gravest first.
        sources: the files that came in.
        carried: other files of the delivery.
        separation: how the stems were separated; None when they came in as such.
        session: the DAW session, relative to the report.
        manifest: the manifest, relative to the report.
        versions: each program that touched the sound, with its version.
        nulls: what the stems leave of their mix.
        kind: what the page is.
        spectrograms: of the files whose origin is lossy.

    """

    song: str
    preset: str
    description: str
    least_confidence: float
    created: str | None
    starts_at: Seconds
    job: str
    stems: tuple[Stem, ...]
    notes: tuple[Note, ...]
    sources: tuple[SourceEntry, ...]
    carried: tuple[CarriedEntry, ...]
    separation: SeparationEntry | None
    session: str | None
    manifest: str | None
    versions: Mapping[str, str]
    nulls: tuple[NullEntry, ...] = ()
    kind: str = "Delivery report"
    spectrograms: tuple[Spectrogram, ...] = ()

    @property
    def duration(self) -> Seconds:
        """From the start of the first file to the end of the last."""
        return Seconds(max((stem.end for stem in self.stems), default=0.0))
