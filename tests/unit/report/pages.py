"""Pages made by hand, for the tests of the report."""

from dataclasses import replace
from typing import Any

import numpy as np

from stembridge.audio.overview import Overview, OverviewBuilder
from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.report.page import Mark, Note, Page, Shape, Stem
from stembridge.session.manifest import CarriedEntry, FindingEntry, LoudnessEntry, SourceEntry
from stembridge.testing import noise
from stembridge.units import Decibels, Hertz, Samples, Seconds

RATE = Hertz(48_000)
WAV = SoundFormat(Container.WAV, Encoding.INT24, RATE, 2)
CD = SoundFormat(Container.WAV, Encoding.INT16, Hertz(44_100), 2)


def overview(seconds: float = 1.0, *, level: float = 0.1) -> Overview:
    audio = np.clip(noise(seconds, RATE, level=level), -1.0, 1.0)
    builder = OverviewBuilder(Samples(len(audio)))
    builder.add(audio)
    return builder.result()


def finding(severity: str = "warning", code: str = "clipping", **more: Any) -> FindingEntry:
    return FindingEntry(code, severity, **({"message": "Something is wrong."} | more))  # type: ignore[arg-type]


def notes(*findings: FindingEntry) -> tuple[Note, ...]:
    return tuple(Note(number, one) for number, one in enumerate(findings, start=1))


def stem(label: str = "drums", *, seconds: float = 10.0, **more: Any) -> Stem:
    frames = Samples(round(seconds * RATE))
    made = Stem(
        label=label,
        role="drums",
        confidence=1.0,
        evidence='"Drums" in the name',
        is_mix=False,
        before=Shape(f"{label} in.wav", CD, Samples(round(seconds * CD.rate))),
        after=Shape(f"{label}.wav", WAV, frames),
        start=Seconds(0.0),
        shift=Samples(0),
        gain_db=Decibels(0.0),
        polarity=1,
        clipped=0,
        changes=("Renamed",),
        loudness=LoudnessEntry(-20.3, 4.0, -18.0, -19.0, -1.8, -2.3, 0.0),
        short_term=(-20.0,) * max(0, round(seconds) - 2),
        overview=overview(),
    )
    return replace(made, **more)


def marked(made: Stem, *placed: tuple[Note, float]) -> Stem:
    return replace(made, marks=tuple(Mark(note, Seconds(at)) for note, at in placed))


def page(*stems: Stem, **more: Any) -> Page:
    made = Page(
        song="Night Drive",
        preset="house-48k24",
        description="House spec",
        least_confidence=0.8,
        created="2026-11-21T03:43:54+00:00",
        starts_at=Seconds(0.0),
        job="0123456789abcdef",
        stems=stems,
        notes=(),
        sources=(
            SourceEntry(
                "/in/a.wav", "a.wav", "0" * 64, CD.rate, 2, CD.encoding, CD.container, Samples(44_100)
            ),
        ),
        carried=(CarriedEntry("Night Drive.rpp", "1" * 64),),
        separation=None,
        session="Night Drive.rpp",
        manifest="manifest.json",
        versions={"stembridge": "0.1.0", "numpy": "2.0"},
    )
    return replace(made, **more)
