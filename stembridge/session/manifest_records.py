"""What a manifest holds, as records; ``manifest.schema.json`` says the same to other programs.

Every figure is finite or None: silence has no loudness, and a set that was not measured has no null depth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stembridge.audio.sound import Container, Encoding
from stembridge.units import Decibels, Hertz, Samples, Seconds

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class LoudnessEntry:
    """The loudness and peaks of a file, by ITU-R BS.1770 and EBU R 128; None where there is none to measure.

    Attributes:
        integrated: programme loudness, LUFS.
        range: loudness range, LU.
        momentary: the highest momentary loudness, LUFS.
        short_term: the highest short-term loudness, LUFS.
        true_peak: dBTP.
        sample_peak: dBFS.
        dc: the largest mean of a channel, full scale at 1.0.

    """

    integrated: float | None = None
    range: float | None = None
    momentary: float | None = None
    short_term: float | None = None
    true_peak: float | None = None
    sample_peak: float | None = None
    dc: float | None = None


@dataclass(frozen=True)
class ExcerptEntry:
    """The part of a file that was worked on: frames, and where the first played one stands on its timeline."""

    start: Samples
    stop: Samples
    reversed: bool
    channel_mode: str
    position: Samples


@dataclass(frozen=True)
class SourceEntry:
    """A file as it came in: where it was, what it was called inside its delivery, and what it is.

    Of a file that only a part was worked on, hash, length and format are those of the part.
    """

    path: str
    name: str
    sha256: str
    rate: Hertz
    channels: int
    encoding: Encoding
    container: Container
    frames: Samples
    problems: tuple[str, ...] = ()
    excerpt: ExcerptEntry | None = None


@dataclass(frozen=True)
class OutputEntry:
    """A file that was delivered, and everything that was done to make it.

    Attributes:
        path: relative to the manifest, with ``/``.
        source: the name of the source it was made from.
        position: where its first frame stands, in samples since midnight (or since the start of the session,
            when no file carries a time stamp).
        start_shift: frames of silence put in front; negative when frames were cut there.
        polarity: -1 when the signal was turned over.
        drift_ppm: by how many parts in a million its clock ran fast, which was taken out.
        delay: the part of a sample that it was moved by beside ``start_shift``; positive when it comes later.
        confidence: how sure the role is, 0 to 1; None when nothing said.
        clipped: samples that went over full scale and were limited to it.
        dither_seed: the seed of the dither; None when nothing was dithered.
        beside: the name of the source of the right channel, where two mono files became one stereo file.
        edition: the song or version it belongs to; None where the delivery is one set.

    """

    path: str
    source: str
    sha256: str
    stem: str
    role: str | None
    rate: Hertz
    channels: int
    encoding: Encoding
    container: Container
    frames: Samples
    position: Samples
    start_shift: Samples = Samples(0)
    gain_db: Decibels = Decibels(0.0)
    polarity: Literal[1, -1] = 1
    drift_ppm: float = 0.0
    delay: float = 0.0
    confidence: float | None = None
    clipped: int = 0
    dither_seed: int | None = None
    loudness: LoudnessEntry = LoudnessEntry()
    beside: str | None = None
    edition: str | None = None


@dataclass(frozen=True)
class CarriedEntry:
    """A file that travels along unchanged, or that was written beside the outputs: path and hash."""

    path: str
    sha256: str


@dataclass(frozen=True)
class FindingEntry:
    """A verdict with its measurement, its limit, where it is and what to do."""

    code: str
    severity: Literal["info", "warning", "error"]
    message: str
    path: str | None = None
    measured: float | None = None
    limit: float | None = None
    unit: str = ""
    at: Seconds | None = None
    hint: str = ""


@dataclass(frozen=True)
class SeparationEntry:
    """How the stems were separated.

    Attributes:
        model: its name.
        model_hash: SHA-256 of its files; None for a model that has none.
        device: what it ran on.
        seed: the seed of random shifts; None when there were none.
        null_dbfs: what is left when the written stems are subtracted from their source, RMS; -200 for digital
            silence, None when the stems need not sum to it.
        null_exact: true when digital silence is left.

    """

    model: str
    model_hash: str | None
    device: str
    seed: int | None = None
    null_dbfs: Decibels | None = None
    null_exact: bool = False


@dataclass(frozen=True)
class NullBandEntry:
    """What is left of a mix in an octave: its middle, the level, and the level against the mix's."""

    hz: float
    null_dbfs: Decibels
    relative_db: Decibels | None


@dataclass(frozen=True)
class NullEntry:
    """What a mix leaves when its stems are taken away, RMS over all channels; -200 for digital silence.

    Attributes:
        mix: the name of the mix's source.
        null_dbfs: over the whole mix.
        relative_db: the same against the mix's level; None for a silent mix.
        worst_dbfs: in the loudest second.
        worst_at: where that second starts.
        limit_dbfs: what may be left in any second.
        cause: why it is left, in words; empty where it nulls.
        bands: by octave.
        step_s: the length of each of ``levels``.
        levels: over time, the loudest second of each step.

    """

    mix: str
    null_dbfs: Decibels
    relative_db: Decibels | None
    worst_dbfs: Decibels
    worst_at: Seconds
    limit_dbfs: Decibels
    cause: str
    bands: tuple[NullBandEntry, ...]
    step_s: Seconds
    levels: tuple[Decibels, ...]


@dataclass(frozen=True)
class RunEntry:
    """The only part that differs when the same work is done again.

    Attributes:
        created: when it was made, ISO 8601.
        timings: the seconds that each stage took.
        report: the report for people, which shows when it was made.

    """

    created: str | None = None
    timings: Mapping[str, Seconds] = field(default_factory=dict)
    report: CarriedEntry | None = None


@dataclass(frozen=True)
class Manifest:
    """Everything about one delivery; written last, it is the commit mark.

    Attributes:
        job: the id of the job.
        stembridge: the version that made it.
        preset_id: the preset's name.
        preset: the preset, whole.
        plan: what was to be done, as it was printed.
        sources: the files that came in.
        outputs: the files that were delivered, in track order.
        carried: other files of the delivery.
        findings: what a person should know.
        session: the DAW session, relative to the manifest; None when there is none.
        track_template: the tracks of the session as a template, likewise.
        separation: how the stems were separated; None when they were delivered as such.
        nulls: the sum of the delivered stems against their mix, of each set where that was checked.
        versions: Python and the libraries that touched the sound.
        run: when it was made and how long it took.

    """

    job: str
    stembridge: str
    preset_id: str
    preset: Mapping[str, Any]
    plan: Mapping[str, Any]
    sources: tuple[SourceEntry, ...]
    outputs: tuple[OutputEntry, ...]
    carried: tuple[CarriedEntry, ...] = ()
    findings: tuple[FindingEntry, ...] = ()
    session: str | None = None
    track_template: str | None = None
    separation: SeparationEntry | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    run: RunEntry = RunEntry()
    nulls: tuple[NullEntry, ...] = ()
    schema: int = SCHEMA_VERSION
