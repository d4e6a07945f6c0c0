"""Plan: everything that will be done to a delivery, as a value that can be printed before it is done; pure.

``planning`` makes one; the pipeline carries it out; the manifest stores it.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import PurePosixPath
from typing import Any, Literal

from stembridge import __version__
from stembridge.audio.reclock import UNTOUCHED, Clock
from stembridge.audio.sound import SoundFormat
from stembridge.presets import Preset
from stembridge.session.manifest_records import NullEntry
from stembridge.stages.finding import Finding
from stembridge.stages.guidance import Guidance, Told
from stembridge.stages.identify import Identity
from stembridge.stages.offset import Offset
from stembridge.stages.probe import Facts, Source
from stembridge.stages.recipe import Recipe
from stembridge.stages.timeline import Placement
from stembridge.units import Decibels, Samples

NO_GAIN = Decibels(0.0)


@dataclass(frozen=True)
class StemPlan:
    """What will be done to make one output.

    Attributes:
        facts: what the source is.
        identity: what the output holds.
        separated: what is separated from the source; None when the output is the source itself.
        file_name: what the output is called, inside the delivery's folder.
        format: what the output is.
        placement: how the output is moved in time, in samples at the output rate.
        seed: the seed of the dither, from the source's hash, so that the same source gives the same bytes.
        told: what it is told of the tempo and the markers.
        edition: the song or version it belongs to; empty where the delivery is one set.
        offset: where its sound belongs, in samples at its mix's rate; None when that was not looked for.
        polarity: -1 to turn it over.
        beside: the source of the right channel, where two mono files become one stereo file.
        folded: true where one of two equal channels is delivered.
        gain_db: the gain of the whole set.
        clock: how its speed and its place between two samples are corrected.

    """

    facts: Facts
    identity: Identity
    separated: Recipe | None
    file_name: str
    format: SoundFormat
    placement: Placement
    seed: int
    told: Told = field(default_factory=Told)
    edition: str = ""
    offset: Offset | None = None
    polarity: Literal[1, -1] = 1
    beside: Facts | None = None
    folded: bool = False
    gain_db: Decibels = NO_GAIN
    clock: Clock = UNTOUCHED

    @property
    def natural_frames(self) -> Samples:
        """How long its source is at the output's rate and with its clock corrected, wherever it is placed."""
        sound = self.facts.sound
        return self.clock.frames(sound.frames, sound.format.rate, self.format.rate)

    @property
    def sources(self) -> tuple[Facts, ...]:
        """What it is made of: one file, or a left and a right one."""
        return (self.facts,) if self.beside is None else (self.facts, self.beside)


@dataclass(frozen=True)
class Plan:
    """What will be done to a delivery.

    Attributes:
        song: what the delivery is called.
        folder: the delivery's own folder, relative to the destination.
        preset: the preset, whole, so that the plan can be carried out again.
        stems: one an output, in track order.
        sidecars: files that are carried along unchanged.
        findings: what a person should know before it starts.
        guidance: tempo and markers of each song or version, by its name, from the sidecars.
        nulls: what the stems leave of their mix, where that was checked.

    """

    song: str
    folder: PurePosixPath
    preset: Preset
    stems: tuple[StemPlan, ...]
    sidecars: tuple[Source, ...] = ()
    findings: tuple[Finding, ...] = ()
    guidance: Mapping[str, Guidance] = field(default_factory=dict)
    nulls: tuple[NullEntry, ...] = ()

    @property
    def sources(self) -> tuple[Facts, ...]:
        """All sources, each once, in the order of the outputs."""
        return tuple({facts.source.path: facts for stem in self.stems for facts in stem.sources}.values())

    @property
    def shown(self) -> Guidance:
        """What its session shows: tempo and markers of the first song, the only one that is not muted."""
        return next(iter(self.guidance.values()), Guidance())

    def to_json(self) -> dict[str, Any]:
        """Return the plan as JSON types: the same for the same input on any machine."""
        return {
            "version": __version__,
            "song": self.song,
            "folder": self.folder.as_posix(),
            "preset": self.preset.id,
            "stems": [_stem_json(stem) for stem in self.stems],
            "sidecars": [sidecar.name.as_posix() for sidecar in self.sidecars],
            "tempo": [asdict(point) for point in self.shown.tempo],
            "markers": [asdict(marker) for marker in self.shown.markers],
            "findings": [finding.to_json() for finding in self.findings],
        }


def _stem_json(stem: StemPlan) -> dict[str, Any]:
    return {
        "source": stem.facts.source.name.as_posix(),
        "beside": stem.beside.source.name.as_posix() if stem.beside else None,
        "gain_db": stem.gain_db,
        "separated": stem.separated.name if stem.separated else None,
        "output": stem.file_name,
        "edition": stem.edition or None,
        "role": stem.identity.role.value if stem.identity.role else None,
        "evidence": stem.identity.evidence,
        "confidence": stem.identity.confidence,
        "from": _format_json(stem.facts.sound.format),
        "to": _format_json(stem.format),
        "lead": stem.placement.lead,
        "frames": stem.placement.frames,
        "position": stem.placement.position,
        "offset": stem.offset.to_json() if stem.offset else None,
        "polarity": stem.polarity,
        "drift_ppm": round(stem.clock.drift_ppm, 4),
        "delay": round(stem.clock.delay, 4),
        "seed": stem.seed,
        "bpm": stem.told.bpm,
        "meter": stem.told.meter or None,
    }


def _format_json(form: SoundFormat) -> dict[str, Any]:
    return {
        "container": form.container.value,
        "encoding": form.encoding.value,
        "rate": form.rate,
        "channels": form.channels,
    }
