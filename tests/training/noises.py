"""Effects, foley and ambience from formulas."""

from collections.abc import Callable

import numpy as np
from gm_player import RATE
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt
from voices import spoken

Signal = NDArray[np.float64]
Rng = np.random.Generator


def _time(seconds: float) -> Signal:
    return np.arange(int(seconds * RATE)) / RATE


def band(sound: Signal, low: float, high: float) -> Signal:
    return sosfilt(butter(2, (low, min(high, 0.45 * RATE)), "band", fs=RATE, output="sos"), sound)


def swept(sound: Signal, hertz: Signal, quality: float) -> Signal:
    """Filter by a resonance that moves."""
    out, state = np.zeros(len(sound)), np.zeros(2)
    for start in range(0, len(sound), 256):
        centre = min(hertz[start], 0.42 * RATE)
        radius = np.exp(-np.pi * centre / quality / RATE)
        feedback = [1, -2 * radius * np.cos(2 * np.pi * centre / RATE), radius**2]
        part, state = lfilter([1 - radius, 0, radius - 1], feedback, sound[start : start + 256], zi=state)
        out[start : start + 256] = part
    return out


def riser(seconds: float, rng: Rng) -> Signal:
    time = _time(seconds)
    climb = (time / seconds) ** rng.uniform(0.7, 2)
    if rng.random() < 0.4:
        climb = 1 - climb
    hertz = rng.uniform(150, 500) * 2 ** (rng.uniform(2, 5) * climb)
    noise = swept(rng.normal(size=len(time)), hertz, rng.uniform(1, 8))
    tone = np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * rng.choice((0.0, 0.0, 0.5))
    wobble = 1 + rng.choice((0.0, 0.8)) * np.sin(2 * np.pi * np.cumsum(2 + 14 * climb) / RATE)
    return (noise / np.abs(noise).max() + tone) * wobble * (0.05 + climb)


def _events(seconds: float, rng: Rng, gaps: tuple[float, float], sound_of: Callable[[], Signal]) -> Signal:
    out, at = np.zeros(int(seconds * RATE)), rng.uniform(0, gaps[0])
    while at < seconds:
        sound = sound_of() * rng.uniform(0.4, 1.0)
        start = int(at * RATE)
        out[start : start + len(sound)] += sound[: len(out) - start]
        at += rng.uniform(*gaps)
    return out


def impacts(seconds: float, rng: Rng) -> Signal:
    def boom() -> Signal:
        time = _time(rng.uniform(1.0, 3.0))
        drop = rng.uniform(30, 70) * (1 + rng.uniform(0, 4) * np.exp(-time / 0.1))
        low = np.sin(2 * np.pi * np.cumsum(drop) / RATE) * np.exp(-time / rng.uniform(0.2, 0.9))
        crack = lfilter([0.2], [1, -0.8], rng.normal(size=len(time))) * np.exp(-time / rng.uniform(0.05, 0.6))
        return low + rng.uniform(0.3, 1.5) * crack

    return _events(seconds, rng, (1.5, 4.0), boom)


def whooshes(seconds: float, rng: Rng) -> Signal:
    def whoosh() -> Signal:
        time = _time(rng.uniform(0.4, 1.8))
        arc = np.abs(np.sin(np.pi * time / time[-1])) ** rng.uniform(1, 3)
        return swept(rng.normal(size=len(time)), 200 + rng.uniform(800, 4000) * arc, 2.0) * arc

    return _events(seconds, rng, (0.7, 3.0), whoosh)


def lasers(seconds: float, rng: Rng) -> Signal:
    def laser() -> Signal:
        time = _time(rng.uniform(0.1, 0.9))
        hertz = rng.uniform(100, 3000) * 2 ** (rng.uniform(-4, 4) * time / time[-1])
        wave = np.sin(
            2 * np.pi * np.cumsum(hertz) / RATE
            + rng.uniform(0, 8) * np.sin(2 * np.pi * rng.uniform(5, 400) * time)
        )
        return wave * np.exp(-time / rng.uniform(0.1, 0.6))

    return _events(seconds, rng, (0.3, 1.8), laser)


def siren(seconds: float, rng: Rng) -> Signal:
    time = _time(seconds)
    shape = np.sin(2 * np.pi * rng.uniform(0.2, 3) * time)
    shape = np.sign(shape) if rng.random() < 0.3 else shape
    hertz = rng.uniform(400, 1100) * 2 ** (rng.uniform(0.2, 0.7) * shape)
    return np.tanh(rng.uniform(1, 5) * np.sin(2 * np.pi * np.cumsum(hertz) / RATE))


def engine(seconds: float, rng: Rng) -> Signal:
    time = _time(seconds)
    turns = rng.uniform(15, 60) * (
        1 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.05, 0.3) * time + rng.uniform(0, 6))
    )
    beat = np.maximum(0, np.sin(2 * np.pi * np.cumsum(turns) / RATE)) ** rng.uniform(2, 9)
    return beat * lfilter([0.1], [1, -0.9], rng.normal(size=len(time))) + 0.2 * beat


def glitches(seconds: float, rng: Rng) -> Signal:
    def glitch() -> Signal:
        frames = int(rng.uniform(0.01, 0.2) * RATE)
        held = int(rng.uniform(4, 200))
        steps = np.repeat(rng.uniform(-1, 1, frames // held + 1), held)[:frames]
        return steps * rng.choice((1.0, 0.3))

    return _events(seconds, rng, (0.05, 0.9), glitch)


def wind(seconds: float, rng: Rng) -> Signal:
    time = _time(seconds)
    slow = sum(np.sin(2 * np.pi * f * time + rng.uniform(0, 6)) for f in rng.uniform(0.05, 0.5, 4)) / 4
    return swept(rng.normal(size=len(time)), 350 * 2 ** (1.2 * slow), rng.uniform(1, 4)) * (1.1 + slow)


def rain(seconds: float, rng: Rng) -> Signal:
    frames = int(seconds * RATE)
    drops = rng.normal(size=frames) * (rng.random(frames) < rng.uniform(0.001, 0.05)) * 8
    return band(rng.normal(size=frames), 800, 12_000) * rng.uniform(0.2, 1) + band(drops, 1500, 9000)


def room_tone(seconds: float, rng: Rng) -> Signal:
    time = _time(seconds)
    noise = lfilter([0.02], [1, -0.98], rng.normal(size=len(time)))
    hum = sum(
        rng.uniform(0, 0.03) * np.sin(2 * np.pi * rng.choice((50, 60)) * n * time) for n in (1, 2, 3, 4)
    )
    return noise + rng.choice((0, 1)) * hum + 0.02 * rng.normal(size=len(time))


def crowd(seconds: float, rng: Rng) -> Signal:
    out = np.zeros(int(seconds * RATE))
    for _ in range(9):
        sound = spoken(seconds, rng)[: len(out)]
        out[: len(sound)] += rng.uniform(0.2, 1) * np.roll(sound, rng.integers(RATE))
    return band(out, 120, rng.uniform(2500, 7000)) + 0.02 * rng.normal(size=len(out))


def crickets(seconds: float, rng: Rng) -> Signal:
    time, out = _time(seconds), 0.01 * rng.normal(size=int(seconds * RATE))
    for _ in range(int(rng.integers(2, 6))):
        chirp = np.maximum(0, np.sin(2 * np.pi * rng.uniform(12, 40) * time))
        pause = np.sin(2 * np.pi * rng.uniform(0.4, 2) * time + rng.uniform(0, 6)) > rng.uniform(-0.5, 0.5)
        out += rng.uniform(0.1, 1) * chirp * pause * np.sin(2 * np.pi * rng.uniform(2500, 6000) * time)
    return out


def traffic(seconds: float, rng: Rng) -> Signal:
    time = _time(seconds)
    out = lfilter([0.05], [1, -0.95], rng.normal(size=len(time))) * 0.5
    for _ in range(int(rng.integers(1, 4))):
        near = np.exp(-(((time - rng.uniform(0, seconds)) / rng.uniform(0.6, 2)) ** 2))
        out += near * band(rng.normal(size=len(time)), 80, rng.uniform(800, 3000))
    return out


def footsteps(seconds: float, rng: Rng) -> Signal:
    low, pace = rng.uniform(80, 300), rng.uniform(0.35, 0.8)

    def step() -> Signal:
        time = _time(0.25)
        heel = band(rng.normal(size=len(time)), low, low * 5) * np.exp(-time / 0.02)
        sole = band(rng.normal(size=len(time)), 1000, 7000) * np.exp(-(((time - 0.09) / 0.04) ** 2))
        return heel * 3 + sole * rng.uniform(0.1, 0.8)

    return _events(seconds, rng, (pace * 0.88, pace * 1.12), step) + 1e-3 * rng.normal(
        size=int(seconds * RATE)
    )


def cloth(seconds: float, rng: Rng) -> Signal:
    def rustle() -> Signal:
        time = _time(rng.uniform(0.1, 0.8))
        grain = lfilter([0.1], [1, -0.9], np.abs(rng.normal(size=len(time)))) ** 2
        return (
            band(rng.normal(size=len(time)), 600, rng.uniform(3000, 9000))
            * grain
            * np.sin(np.pi * time / time[-1])
        )

    return _events(seconds, rng, (0.2, 1.6), rustle) + 1e-3 * rng.normal(size=int(seconds * RATE))


def jingles(seconds: float, rng: Rng) -> Signal:
    def ring() -> Signal:
        time = _time(rng.uniform(0.1, 0.4))
        tones = sum(np.sin(2 * np.pi * f * time) for f in rng.uniform(2000, 9000, 5))
        return tones * np.exp(-time / rng.uniform(0.01, 0.1))

    return _events(seconds, rng, (0.02, 0.5), ring) + 1e-3 * rng.normal(size=int(seconds * RATE))


def knocks(seconds: float, rng: Rng) -> Signal:
    modes = rng.uniform(80, 1500, 4)

    def knock() -> Signal:
        time = _time(0.3)
        wood = sum(np.sin(2 * np.pi * f * time) * np.exp(-time * f / 12) for f in modes)
        return wood + 0.5 * rng.normal(size=len(time)) * np.exp(-time / 0.004)

    return _events(seconds, rng, (0.08, 1.9), knock) + 1e-3 * rng.normal(size=int(seconds * RATE))


def beeps(seconds: float, rng: Rng) -> Signal:
    """Beep as machines, telephones and games do."""
    scale = rng.uniform(300, 3000, int(rng.integers(1, 6)))

    def beep() -> Signal:
        time = _time(float(rng.choice((0.05, 0.1, 0.3))))
        turn = 2 * np.pi * rng.choice(scale) * time
        wave = np.sin(turn) if rng.random() < 0.5 else np.sign(np.sin(turn))
        return wave * (1 + np.sin(2 * np.pi * rng.uniform(8, 40) * time)) * 0.5

    return _events(seconds, rng, (0.06, float(rng.choice((0.2, 1.2)))), beep)


def blasts(seconds: float, rng: Rng) -> Signal:
    """Fire shots, break things and slam doors: noise that dies away in several steps, at no rhythm."""

    def blast() -> Signal:
        time = _time(rng.uniform(0.3, 2.0))
        fall = np.exp(-time / rng.uniform(0.01, 0.1)) + rng.uniform(0.05, 0.4) * np.exp(
            -time / rng.uniform(0.1, 0.7)
        )
        low = rng.uniform(40, 200)
        return band(rng.normal(size=len(time)), low, low * 2 ** rng.uniform(2, 7)) * fall

    return _events(seconds, rng, (0.3, rng.uniform(1.0, 4.0)), blast) + 1e-3 * rng.normal(
        size=int(seconds * RATE)
    )


FX = (beeps, blasts, riser, riser, impacts, whooshes, lasers, siren, engine, glitches)
AMBIENCE = (wind, rain, room_tone, crowd, crickets, traffic)
FOLEY = (footsteps, cloth, jingles, knocks)
