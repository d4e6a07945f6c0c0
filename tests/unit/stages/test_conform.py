"""Laws of conforming, on real files: exact lengths, exact samples, the same bytes each time, nothing left behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.digest import sha256_of
from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.errors import AudioError, Cancelled
from stembridge.presets import PresetStore
from stembridge.request import Progress, no_progress
from stembridge.stages.conform import Conformed, conform_all
from stembridge.stages.identify import identify_names
from stembridge.stages.plan import Plan, StemPlan
from stembridge.stages.probe import Source, probe
from stembridge.stages.timeline import Placement
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz, Samples, samples_to_rate

RATES = st.sampled_from([Hertz(44_100), Hertz(48_000), Hertz(96_000)])
WHOLE = st.sampled_from([Encoding.INT16, Encoding.INT24, Encoding.INT32, Encoding.FLOAT32])
QUICK = settings(deadline=None, max_examples=15)


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as made:
        yield Path(made)


def stem_of(
    home: Path,
    frames: int,
    *,
    rate: Hertz,
    encoding: Encoding,
    to: SoundFormat,
    lead: int = 0,
    name: str = "a",
) -> StemPlan:
    audio = noise(frames / rate, rate, channels=to.channels, seed=frames)
    path = write_sound(home / f"{name}.wav", audio, rate, encoding=encoding)
    facts = probe(Source(path, PurePosixPath(path.name)))
    (identity,) = identify_names([path.name])
    converted = samples_to_rate(facts.sound.frames, rate, to.rate)
    placement = Placement(Samples(lead), Samples(max(0, converted + lead)), Samples(0))
    return StemPlan(facts, identity, None, f"{name}_out.wav", to, placement, seed=7)


def made(home: Path, *stems: StemPlan, threads: int = 1, progress: Progress = no_progress) -> list[Conformed]:
    into = home / f"out{threads}"
    into.mkdir()
    plan = Plan("Song", PurePosixPath("Song"), PresetStore().load("source"), stems)
    return list(conform_all(plan, into, {}, threads=threads, progress=progress))


def wav(rate: Hertz, encoding: Encoding, channels: int = 2) -> SoundFormat:
    return SoundFormat(Container.WAV, encoding, rate, channels)


def samples_of(path: Path) -> np.ndarray:
    return soundfile.read(path, dtype="int32", always_2d=True)[0]


@QUICK
@given(st.integers(1, 4_000), RATES, RATES, WHOLE, WHOLE, st.integers(-3_000, 3_000))
def test_law_an_output_has_exactly_the_frames_that_were_planned(
    frames: int, rate: Hertz, to_rate: Hertz, encoding: Encoding, to: Encoding, lead: int
) -> None:
    with folder() as home:
        stem = stem_of(home, frames, rate=rate, encoding=encoding, to=wav(to_rate, to), lead=lead)
        (done,) = made(home, stem)
        info = soundfile.info(done.path)
        assert (info.frames, info.samplerate, info.channels) == (stem.placement.frames, to_rate, 2)
        assert done.sha256 == sha256_of(done.path)


@QUICK
@given(
    st.integers(1, 3_000),
    st.sampled_from([(Encoding.INT16, Encoding.INT16), (Encoding.INT24, Encoding.INT24)])
    | st.sampled_from([(Encoding.INT16, Encoding.INT24), (Encoding.INT32, Encoding.INT32)]),
    st.integers(-2_000, 2_000),
    st.integers(1, 6),
)
def test_law_what_needs_no_conversion_keeps_its_samples(
    frames: int, kinds: tuple[Encoding, Encoding], lead: int, channels: int
) -> None:
    with folder() as home:
        to = wav(Hertz(48_000), kinds[1], channels)
        stem = stem_of(home, frames, rate=Hertz(48_000), encoding=kinds[0], to=to, lead=lead)
        (done,) = made(home, stem)
        before, after = samples_of(stem.facts.source.path), samples_of(done.path)
        assert np.array_equal(after[max(0, lead) :], before[max(0, -lead) :])
        assert not after[: max(0, lead)].any()
        assert not done.dithered


@QUICK
@given(st.integers(1, 3_000), RATES, RATES)
def test_law_the_same_plan_gives_the_same_bytes_on_any_number_of_threads(
    frames: int, rate: Hertz, to_rate: Hertz
) -> None:
    with folder() as home:
        to = wav(to_rate, Encoding.INT16)
        stems = [
            stem_of(home, frames + more, rate=rate, encoding=Encoding.INT24, to=to, name=f"stem{more}")
            for more in range(3)
        ]
        assert [each.sha256 for each in made(home, *stems)] == [
            each.sha256 for each in made(home, *stems, threads=3)
        ]


@QUICK
@given(st.integers(1, 3_000), st.integers(0, 2**32))
def test_law_bits_are_lost_by_no_more_than_dither_and_rounding(frames: int, seed: int) -> None:
    with folder() as home:
        to = wav(Hertz(48_000), Encoding.INT16)
        stem = stem_of(home, frames, rate=Hertz(48_000), encoding=Encoding.INT24, to=to)
        (done,) = made(home, replace(stem, seed=seed))
        error = samples_of(done.path).astype(float) - samples_of(stem.facts.source.path)
        assert done.dithered
        assert np.abs(error).max() <= 1.5 * 2**16


@pytest.mark.parametrize("at", [0.0, 0.4, 0.8])
def test_a_cancel_leaves_no_half_written_output(tmp_path: Path, at: float) -> None:
    def stop(_stage: str, done: float) -> None:
        if done > at:
            raise Cancelled

    to = wav(Hertz(48_000), Encoding.INT24)
    stems = [
        stem_of(tmp_path, 300_000, rate=Hertz(44_100), encoding=Encoding.INT16, to=to, name=name)
        for name in ("a", "b")
    ]
    with pytest.raises(Cancelled):
        made(tmp_path, *stems, threads=2, progress=stop)
    whole = samples_to_rate(Samples(300_000), Hertz(44_100), Hertz(48_000))
    assert all(soundfile.info(path).frames == whole for path in (tmp_path / "out2").iterdir())


def test_a_sample_that_is_no_number_stops_the_work_and_leaves_nothing(tmp_path: Path) -> None:
    to = wav(Hertz(48_000), Encoding.FLOAT32)
    stem = stem_of(tmp_path, 1_000, rate=Hertz(48_000), encoding=Encoding.FLOAT32, to=to)
    content = bytearray(stem.facts.source.path.read_bytes())
    content[-4:] = np.float32("nan").tobytes()
    stem.facts.source.path.write_bytes(content)
    with pytest.raises(AudioError, match="not a number"):
        made(tmp_path, stem)
    assert list((tmp_path / "out1").iterdir()) == []
