"""Makes ``manifest.json`` beside it: run this after a change of the manifest, and read the difference."""

from dataclasses import replace
from pathlib import Path

from stembridge.audio.sound import Container, Encoding
from stembridge.session.manifest import (
    CarriedEntry,
    ExcerptEntry,
    FindingEntry,
    LoudnessEntry,
    Manifest,
    OutputEntry,
    RunEntry,
    SeparationEntry,
    SourceEntry,
    encode,
)
from stembridge.units import Decibels, Hertz, Samples, Seconds

GOLDEN = Path(__file__).with_name("manifest.json")


def example_manifest() -> Manifest:
    """Return a manifest in which every optional value is there once and absent once."""
    return Manifest(
        job="7f3c1c52d0",
        stembridge="0.1.0",
        preset_id="house-48k24",
        preset={"description": "48 kHz, 24 bits", "format": {"rate": 48_000, "depth": 24}},
        plan={"song": "spot", "stems": [{"source": "Track01.wav", "output": "spot_drums_48k24b.wav"}]},
        sources=(
            _source("Track01.wav", "a"),
            replace(
                _source("sub/Track02.wav", "b", "The bext chunk is cut short."),
                excerpt=ExcerptEntry(Samples(44_100), Samples(485_100), True, "swapped", Samples(88_200)),
            ),
        ),
        outputs=(_drums(), _silence()),
        carried=(
            CarriedEntry("notes — mix.txt", "e" * 64),
            CarriedEntry("spot.rpp", "f" * 64),
            CarriedEntry("spot.RTrackTemplate", "0" * 64),
        ),
        findings=(
            FindingEntry(
                "true-peak", "warning", "The peak is high.", "a.wav", -0.4, -1.0, "dBTP", Seconds(12.5)
            ),
            FindingEntry(
                "no-mix", "info", "There is no mix in the set.", hint="Ask the sender for the mixdown."
            ),
        ),
        session="spot.rpp",
        track_template="spot.RTrackTemplate",
        separation=SeparationEntry("htdemucs", "9" * 64, "cpu", seed=7, null_dbfs=Decibels(-146.2)),
        versions={"python": "3.11.7", "numpy": "2.1.0", "soxr": "1.0.0", "soundfile": "0.13.1"},
        run=RunEntry("2024-01-31T12:00:00+00:00", {"probe": Seconds(0.1), "conform": Seconds(2.25)}),
    )


def _source(name: str, digit: str, *problems: str) -> SourceEntry:
    form = (Hertz(44_100), 2, Encoding.INT16, Container.WAV)
    return SourceEntry(f"/share/in/{name}", name, digit * 64, *form, Samples(441_000), problems)


def _drums() -> OutputEntry:
    return OutputEntry(
        path="spot_drums_48k24b.wav",
        source="Track01.wav",
        sha256="c" * 64,
        stem="drums",
        role="drums",
        rate=Hertz(48_000),
        channels=2,
        encoding=Encoding.INT24,
        container=Container.WAV,
        frames=Samples(480_000),
        position=Samples(172_800_000),
        start_shift=Samples(-480),
        gain_db=Decibels(-1.5),
        polarity=-1,
        confidence=0.97,
        clipped=3,
        dither_seed=2_863_311_530,
        loudness=LoudnessEntry(-23.1, 6.2, -15.4, -19.9, -1.2, -1.6, 0.00012),
        beside="Track01.R.wav",
        edition="30s",
    )


def _silence() -> OutputEntry:
    form = (Hertz(48_000), 1, Encoding.FLOAT32, Container.WAV, Samples(480_000), Samples(0))
    return OutputEntry("stems/spot_fläche_48k32fb.wav", "sub/Track02.wav", "d" * 64, "fläche", None, *form)


if __name__ == "__main__":
    GOLDEN.write_bytes(encode(example_manifest()))
