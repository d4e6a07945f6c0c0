"""Electronic stems by formulas: good sound that is sparse, periodic, exactly on a grid, gated or made of few samples.

Checks that look for the traces of machines (frame grids, hum, clicks, flat tops, walls in the spectrum) meet here
what machines make on purpose. No stem has a fault.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

Mono = NDArray[np.float64]
Sound = NDArray[np.float32]
Random = np.random.Generator
SECONDS = 8.0
FORMATS = ((44_100, 16), (48_000, 24), (44_100, 24), (48_000, 16))
MINOR = np.array((0, 3, 7, 10, 12))


@dataclass(frozen=True)
class Stem:
    """A stem and the format it is delivered in; sound of shape (frames, 2)."""

    name: str
    sound: Sound
    rate: int
    bits: int


@dataclass(frozen=True)
class Desk:
    """What a formula is given: the rate, a tempo, chance, and time in seconds."""

    rate: int
    beat: float
    random: Random

    @property
    def time(self) -> Mono:
        """Every frame's time."""
        return np.arange(round(SECONDS * self.rate)) / self.rate

    def steps(self, share: float = 1.0) -> tuple[Mono, NDArray[np.int64]]:
        """Return the time since the last step of the sequencer, and that step's number."""
        length = self.beat * share
        number = np.floor(self.time / length + 1e-9)
        return self.time - number * length, number.astype(np.int64)

    def notes(self, root: float, share: float = 1.0) -> tuple[Mono, Mono]:
        """Return the time since each note began, and the phase in cycles of a minor arpeggio."""
        since, number = self.steps(share)
        pitch = root * 2.0 ** (MINOR[number % 5] / 12)
        return since, np.cumsum(pitch) / self.rate

    def noise(self) -> Mono:
        """White noise, as loud as a sine of -9 dBFS."""
        return 0.25 * self.random.standard_normal(len(self.time))


def _plucks(desk: Desk) -> Mono:
    since, phase = desk.notes(440.0)
    return 0.4 * np.sin(2 * np.pi * phase) * np.exp(-6 * since)


def _sine_arpeggio(desk: Desk) -> Mono:
    since, phase = desk.notes(261.63, 0.25)
    return 0.3 * np.sin(2 * np.pi * phase) * np.exp(-12 * since) * np.minimum(1, since / 0.002)


def _kick(desk: Desk) -> Mono:
    since, _ = desk.steps()
    phase = 55.0 * since + 6.0 * (1 - np.exp(-30 * since))
    return 0.8 * np.sin(2 * np.pi * phase) * np.exp(-9 * since)


def _hard_kick(desk: Desk) -> Mono:
    since, _ = desk.steps()
    phase = 49.0 * since + 4.0 * (1 - np.exp(-40 * since))
    return 0.7 * np.tanh(4 * np.sin(2 * np.pi * phase) * np.exp(-7 * since)) * (since < 0.8 * desk.beat)


def _eight_o_eight(desk: Desk) -> Mono:
    since, number = desk.steps(4.0)
    pitch = np.where(number % 2, 51.9, 49.0)
    return (
        0.7
        * np.tanh(1.5 * np.sin(2 * np.pi * pitch * since) * np.exp(-1.2 * since))
        * np.minimum(1, (4 * desk.beat - since) / 0.02)
    )


def _square(desk: Desk) -> Mono:
    _, phase = desk.notes(220.0, 0.5)
    return 0.3 * np.sign(np.sin(2 * np.pi * phase))


def _pulse(desk: Desk) -> Mono:
    since, phase = desk.notes(330.0, 0.25)
    return 0.3 * np.where(phase % 1.0 < 0.125, 1.75, -0.25) * np.maximum(0, 15 - np.floor(since * 60)) / 15


def _four_bit_triangle(desk: Desk) -> Mono:
    _, phase = desk.notes(110.0)
    return 0.5 * (np.round(15 * np.abs(2 * (phase % 1.0) - 1)) / 7.5 - 1.0)


def _held_noise(desk: Desk) -> Mono:
    since, _ = desk.steps(0.5)
    held = np.repeat(desk.random.choice((-1.0, 1.0), len(since) // 8 + 1), 8)[: len(since)]
    return 0.25 * held * np.maximum(0, 15 - np.floor(since * 90)) / 15


def _bell(desk: Desk) -> Mono:
    since, phase = desk.notes(523.25, 2.0)
    index = 4 * np.exp(-2 * since)
    return 0.3 * np.sin(2 * np.pi * phase + index * np.sin(7 * np.pi * phase)) * np.exp(-2.5 * since)


def _fm_bass(desk: Desk) -> Mono:
    since, phase = desk.notes(55.0, 0.5)
    index = 3 * np.exp(-8 * since)
    return 0.5 * np.sin(2 * np.pi * phase + index * np.sin(2 * np.pi * phase)) * np.exp(-3 * since)


def _additive_pad(desk: Desk) -> Mono:
    swell = np.sin(np.pi * (desk.time % 4.0) / 4.0)
    partials = [np.sin(2 * np.pi * 110 * k * desk.time + k * k) / k for k in range(1, 24)]
    return 0.15 * swell * np.sum(partials, axis=0)


def _drone(desk: Desk) -> Mono:
    return 0.1 * np.sum([np.sin(2 * np.pi * 55 * k * desk.time) / k for k in range(1, 6)], axis=0)


def _super_saw(desk: Desk) -> Mono:
    detune, phases = desk.random.uniform(-0.01, 0.01, 7), desk.random.random(7)
    saws = [2 * ((220 * 2**d * desk.time + phase) % 1.0) - 1 for d, phase in zip(detune, phases, strict=True)]
    return 0.08 * np.sum(saws, axis=0)


def _saw_on_the_codec_grid(desk: Desk) -> Mono:
    """A single cycle of 1024 frames, as wavetables are: as long as a codec's frame."""
    frames = np.arange(len(desk.time))
    return 0.3 * (2 * (frames % 1024) / 1024 - 1)


def _blips(desk: Desk) -> Mono:
    """A tone whose period divides every codec's frame."""
    since, _ = desk.steps(0.5)
    period = 64 if desk.rate == 48_000 else 36
    return 0.4 * np.sin(2 * np.pi * np.arange(len(since)) / period) * (since < 0.1)


def _trance_gate(desk: Desk) -> Mono:
    since, number = desk.steps(0.25)
    opened = np.minimum(1, since / 0.003) * np.clip((0.15 * desk.beat - since) / 0.003, 0, 1)
    return _super_saw(desk) * opened * (number % 4 != 3)


def _hard_gate(desk: Desk) -> Mono:
    since, number = desk.steps(0.25)
    return _additive_pad(desk) * (since < 0.12 * desk.beat) * (number % 3 != 1)


def _hats(desk: Desk) -> Mono:
    """One sample of noise, the same in each hit."""
    since, _ = desk.steps(0.25)
    hit = np.diff(desk.random.standard_normal(desk.rate), prepend=0.0)
    return 0.1 * hit[np.rint(since * desk.rate).astype(int)] * np.exp(-40 * since)


def _clap(desk: Desk) -> Mono:
    since, number = desk.steps()
    bursts = np.exp(-60 * (since % 0.012)) * (since < 0.036) + np.exp(-15 * since)
    return sosfilt(butter(2, (800, 4000), "bandpass", fs=desk.rate, output="sos"), desk.noise()) * (
        bursts * (number % 2)
    )


def _acid(desk: Desk) -> Mono:
    since, phase = desk.notes(65.4, 0.25)
    saw = 2 * (phase % 1.0) - 1
    sos = butter(2, (300, 1200), "bandpass", fs=desk.rate, output="sos")
    return 0.5 * sosfilt(sos, saw) * np.exp(-4 * since)


def _crushed(desk: Desk) -> Mono:
    sound = _additive_pad(desk) + 0.3 * _bell(desk)
    held = np.repeat(sound[::6], 6)[: len(sound)]
    return np.round(held * 64) / 64


def _grains(desk: Desk) -> Mono:
    """Grains of 1024 frames every 512: synthesis on a frame grid, without a codec."""
    sound, grain = np.zeros(len(desk.time) + 2048), np.hanning(1024)
    for start in range(0, len(desk.time), 512):
        pitch = 440 * 2 ** desk.random.uniform(-1.0, 1.0)
        sound[start : start + 1024] += 0.2 * grain * np.sin(2 * np.pi * pitch * np.arange(1024) / desk.rate)
    return sound[: len(desk.time)]


def _spectral_gate(desk: Desk) -> Mono:
    """Noise and a pad, with the quiet bins of an overlapping transform set to zero, as denoisers do."""
    size, hop = 2048, 512
    source = np.pad(0.2 * desk.noise() + _additive_pad(desk), size)
    made, window = np.zeros(len(source) + size), np.hanning(size + 1)[:-1]
    for start in range(0, len(source) - size, hop):
        bins = np.fft.rfft(window * source[start : start + size])
        bins[np.abs(bins) < np.quantile(np.abs(bins), 0.7)] = 0.0
        made[start : start + size] += window * np.fft.irfft(bins) / 1.5
    return made[size : size + len(desk.time)]


def _string(desk: Desk) -> Mono:
    """Karplus and Strong: a burst of noise in a damped delay line."""
    delay = desk.rate // 147
    burst = np.zeros(len(desk.time))
    for start in np.arange(0, SECONDS, desk.beat):
        at = round(start * desk.rate)
        burst[at : at + delay] = desk.random.uniform(-0.4, 0.4, len(burst[at : at + delay]))
    return lfilter([1.0, -1.0], [1.0, *np.zeros(delay - 1), -0.498, -0.498], 0.6 * burst)


def _riser(desk: Desk) -> Mono:
    phase = 2 * np.pi * 40 * (SECONDS / 6) * 2 ** (6 * desk.time / SECONDS) / np.log(2)
    return 0.3 * np.sin(phase)


def _noise_riser(desk: Desk) -> Mono:
    return 0.6 * desk.noise() * (desk.time / SECONDS) ** 2


def _pumping_pad(desk: Desk) -> Mono:
    since, _ = desk.steps()
    return _additive_pad(desk) * np.minimum(1, 0.05 + since / (0.5 * desk.beat))


def _ring(desk: Desk) -> Mono:
    since, phase = desk.notes(300.0)
    return 0.3 * np.sin(2 * np.pi * phase) * np.sin(2 * np.pi * 1337 * desk.time) * np.exp(-3 * since)


def _lead(desk: Desk) -> Mono:
    since, phase = desk.notes(440.0)
    saw = 2 * ((phase + 0.1 * np.sin(2 * np.pi * 5 * desk.time)) % 1.0) - 1
    return (
        0.3 * np.tanh(2 * saw) * np.minimum(1, since / 0.01) * np.clip((0.9 * desk.beat - since) / 0.02, 0, 1)
    )


def _metronome(desk: Desk) -> Mono:
    since, number = desk.steps()
    return 0.5 * np.sin(2 * np.pi * np.where(number % 4, 800, 1600) * since) * np.exp(-80 * since)


def _dub_stabs(desk: Desk) -> Mono:
    since, number = desk.steps(2.0)
    chord = np.sum([np.sign(np.sin(2 * np.pi * f * since)) for f in (220.0, 261.6, 329.6)], axis=0)
    dry = 0.1 * chord * np.exp(-20 * since) * (number % 2 == 0)
    echoes = [np.pad(0.6**k * dry, (round(0.75 * k * desk.beat * desk.rate), 0)) for k in range(5)]
    return np.sum([echo[: len(dry)] for echo in echoes], axis=0)


KINDS: Mapping[str, Callable[[Desk], Mono]] = {
    formula.__name__.strip("_").replace("_", " "): formula
    for formula in (
        *(_plucks, _sine_arpeggio, _kick, _hard_kick, _eight_o_eight, _square, _pulse, _four_bit_triangle),
        *(_held_noise, _bell, _fm_bass, _additive_pad, _drone, _super_saw, _saw_on_the_codec_grid, _blips),
        *(_trance_gate, _hard_gate, _hats, _clap, _acid, _crushed, _grains, _spectral_gate, _string),
        *(_riser, _noise_riser, _pumping_pad, _ring, _lead, _metronome, _dub_stabs),
    )
}
TEMPOS = (0.5, 0.48, 60 / 140, 60 / 97)
"""Seconds a beat: 120 and 125 a minute are whole numbers of codec frames at 48 kHz."""


def stem(kind: str, number: int) -> Stem:
    """Make a stem of a kind; numbers differ in format, tempo, width and fade."""
    rate, bits = FORMATS[number % len(FORMATS)]
    desk = Desk(rate, TEMPOS[(number // 2) % len(TEMPOS)], np.random.default_rng(number))
    mono = KINDS[kind](desk)
    late = np.pad(mono, (round(0.011 * rate), 0))[: len(mono)]
    sound = np.stack((mono, 0.8 * mono + 0.2 * late if number % 3 else mono), axis=1)
    edge = np.minimum(1.0, np.minimum(desk.time, SECONDS - desk.time) / 0.005)
    return Stem(f"{kind} {number}", (sound * edge[:, np.newaxis]).astype(np.float32), rate, bits)


def stems(variants: int = 2) -> Iterator[Stem]:
    """Make stems of all kinds, 64 with two variants of each."""
    for index, kind in enumerate(KINDS):
        for variant in range(variants):
            yield stem(kind, variants * index + variant + index // 4)
