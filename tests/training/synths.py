"""Instruments from formulas: plucked strings, subtractive and FM synthesizers, organs, drum machines."""

import numpy as np
from gm_player import RATE, Note
from numpy.typing import NDArray
from scipy.signal import butter, lfilter, sosfilt

Signal = NDArray[np.float64]
Rng = np.random.Generator


def _hertz(pitch: float) -> float:
    return float(440.0 * 2 ** ((pitch - 69) / 12))


def _mix(notes: tuple[Note, ...], seconds: float, ring: float, sound_of) -> Signal:
    out = np.zeros(int((seconds + ring + 8) * RATE))
    for start, length, pitch, velocity in notes:
        if start < seconds:
            sound = (velocity / 100.0) * sound_of(pitch, min(length, seconds - start) + ring)
            at = int(start * RATE)
            out[at : at + len(sound)] += sound[: len(out) - at]
    mono = out[: int(seconds * RATE)]
    return np.stack([mono, mono], axis=1)


def plucked(notes: tuple[Note, ...], seconds: float, rng: Rng, *, low: bool = False) -> Signal:
    """Pluck strings (K. Karplus, A. Strong, 1983) at a place, with a pick or a finger; damped at note ends."""
    bright, where = rng.uniform(0.3, 0.95), rng.uniform(0.08, 0.3)
    loss, body = 1 - 10 ** rng.uniform(-3.0, -1.7), rng.uniform(0.0, 1.0)

    def note(pitch: int, length: float) -> Signal:
        period = RATE / _hertz(pitch)
        whole, frames = int(period), int(length * RATE)
        burst = lfilter([bright], [1, bright - 1], rng.uniform(-1, 1, whole))
        keep = loss ** (1.0 if low else 110.0 / _hertz(pitch) + 0.5)
        sound = _string(burst - np.roll(burst, int(where * whole)), period - whole, keep, frames)
        return sound * np.clip((frames - np.arange(frames)) / (0.05 * RATE), 0, 1)

    mixed = _mix(notes, seconds, 0.05, note)
    if body:
        mixed += body * sosfilt(butter(1, (90, 260), "band", fs=RATE, output="sos"), mixed, axis=0)
    return mixed


def _string(burst: Signal, share: float, keep: float, frames: int) -> Signal:
    """Let a burst go round a string: each turn is the one before, averaged with its neighbours and weaker."""
    whole = len(burst)
    turns = -(-frames // whole)
    out = np.zeros((turns + 1) * whole + 2)
    out[2 : whole + 2] = burst
    for turn in range(1, turns):
        at = 2 + turn * whole
        before = out[at - whole - 2 : at]
        out[at : at + whole] = 0.5 * keep * ((1 - share) * before[2:] + before[1:-1] + share * before[:-2])
    return out[2 : frames + 2]


def amplified(sound: Signal, rng: Rng) -> Signal:
    """Overdrive a guitar and play it through a loudspeaker's cabinet."""
    pushed = sosfilt(
        butter(1, 120, "high", fs=RATE, output="sos"), sound / (np.abs(sound).max() + 1e-9), axis=0
    )
    drive = 10 ** rng.uniform(0.2, 1.9)
    shaped = np.tanh(drive * pushed + rng.uniform(0, 0.2))
    cabinet = butter(3, (rng.uniform(70, 120), rng.uniform(3800, 6500)), "band", fs=RATE, output="sos")
    return sosfilt(cabinet, shaped, axis=0)


def _saw(hertz: float | Signal, frames: int, phase: float) -> Signal:
    """Make a saw whose corner is rounded over two samples, so that it hardly aliases (V. Valimaki, 2007)."""
    step = np.broadcast_to(np.asarray(hertz) / RATE, frames)
    place = (np.cumsum(step) + phase) % 1.0
    after, before = place / step, (place - 1) / step
    corner = np.where(
        after < 1, 2 * after - after**2 - 1, np.where(before > -1, before**2 + 2 * before + 1, 0.0)
    )
    return 2 * place - 1 - corner


def _square(hertz: float, frames: int, phase: float, width: float) -> Signal:
    return _saw(hertz, frames, phase) - _saw(hertz, frames, phase + width)


def _envelope(frames: int, attack: float, decay: float, sustain: float, release: float) -> Signal:
    time = np.arange(frames) / RATE
    rise = np.clip(time / max(attack, 1e-3), 0, 1)
    fall = sustain + (1 - sustain) * np.exp(-np.maximum(0, time - attack) / decay)
    return rise * fall * np.clip((frames / RATE - time) / max(release, 5e-3), 0, 1)


def subtractive(notes: tuple[Note, ...], seconds: float, rng: Rng, kind: str) -> Signal:
    """Filter saws or squares: a ``bass``, a ``lead``, a ``pad`` or a ``pluck``."""
    shapes = {
        "bass": (0.004, rng.uniform(0.1, 0.6), rng.uniform(0.2, 0.9), 0.04),
        "lead": (0.006, 0.3, rng.uniform(0.6, 1.0), 0.06),
        "pad": (rng.uniform(0.2, 1.0), 1.0, 0.9, rng.uniform(0.3, 1.0)),
        "pluck": (0.003, rng.uniform(0.08, 0.25), 0.05, 0.1),
    }
    attack, decay, sustain, release = shapes[kind]
    voices = {"bass": 1 + rng.integers(2), "lead": 1 + rng.integers(2), "pad": 3, "pluck": 2}[kind]
    spread = rng.uniform(0.03, 0.2)
    pulse, width = rng.random() < 0.4, rng.uniform(0.1, 0.5)
    sub = rng.uniform(0.2, 1.0) if kind == "bass" else 0.0
    octaves = rng.uniform(0.5, 3.0) if kind in ("bass", "pad") else rng.uniform(1.5, 5.0)
    vibrato = rng.uniform(0.0, 0.004) if kind == "lead" else 0.0

    def note(pitch: int, length: float) -> Signal:
        frames, hertz = int(length * RATE), _hertz(pitch)
        out = np.zeros(frames)
        for voice in range(int(voices)):
            tuned = hertz * 2 ** (spread / 12 * (voice - (voices - 1) / 2))
            phase = rng.random()
            out += _square(tuned, frames, phase, width) if pulse else _saw(tuned, frames, phase)
        cutoff = float(np.clip(hertz * 2**octaves, 80, 0.4 * RATE))
        out = sosfilt(butter(2, cutoff, "low", fs=RATE, output="sos"), out)
        out += sub * np.sin(2 * np.pi * hertz * np.arange(frames) / RATE)
        return out * _envelope(frames, attack, decay, sustain, release)

    mixed = _mix(notes, seconds, 0.02 if kind == "bass" else release / 2, note)
    if vibrato:
        shift = vibrato * RATE / (2 * np.pi * 5.5) * np.sin(2 * np.pi * 5.5 * np.arange(len(mixed)) / RATE)
        places = np.clip(np.arange(len(mixed)) + shift, 0, len(mixed) - 1)
        mixed = np.stack([np.interp(places, np.arange(len(mixed)), mixed[:, c]) for c in (0, 1)], axis=1)
    return mixed


def sub_bass(notes: tuple[Note, ...], seconds: float, rng: Rng) -> Signal:
    """Play an 808: a sine that falls into its pitch and dies away, with some saturation."""
    decay, drive, fall = rng.uniform(0.3, 1.5), rng.uniform(1, 4), rng.uniform(0, 12)

    def note(pitch: int, length: float) -> Signal:
        time = np.arange(int(length * RATE)) / RATE
        hertz = _hertz(pitch) * 2 ** (fall / 12 * np.exp(-time / 0.02))
        shaped = np.tanh(drive * np.sin(2 * np.pi * np.cumsum(hertz) / RATE)) / np.tanh(drive)
        return shaped * np.exp(-time / decay) * np.clip((length - time) / 0.02, 0, 1)

    return _mix(notes, seconds, 0.02, note)


def fm_keys(notes: tuple[Note, ...], seconds: float, rng: Rng) -> Signal:
    """Play an electric piano or a bell by frequency modulation (J. Chowning, 1973)."""
    ratio, index = float(rng.choice((1.0, 1.0, 2.0, 3.0, 14.0))), rng.uniform(0.3, 3.0)
    ring = rng.uniform(0.4, 2.0)

    def note(pitch: int, length: float) -> Signal:
        time = np.arange(int((length + 0.15) * RATE)) / RATE
        turn = 2 * np.pi * _hertz(pitch) * time
        bent = np.sin(turn + index * np.exp(-time / (ring / 3)) * np.sin(ratio * turn))
        return (
            bent * np.exp(-time / ring) * np.clip(time / 0.003, 0, 1) * np.clip((time[-1] - time) / 0.1, 0, 1)
        )

    return _mix(notes, seconds, 0.0, note)


def organ(notes: tuple[Note, ...], seconds: float, rng: Rng) -> Signal:
    """Add up an organ's drawbars, with a turning loudspeaker."""
    bars = rng.random(7) ** 1.5
    steps, click = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0), rng.uniform(0, 0.3)

    def note(pitch: int, length: float) -> Signal:
        frames = int(length * RATE)
        time = np.arange(frames) / RATE
        out = sum(b * np.sin(2 * np.pi * s * _hertz(pitch) * time) for b, s in zip(bars, steps, strict=True))
        out = out + click * rng.normal(size=frames) * np.exp(-time / 0.004)
        return out * _envelope(frames, 0.004, 1.0, 1.0, 0.02)

    mixed = _mix(notes, seconds, 0.02, note)
    turning = rng.uniform(0.7, 7.0)
    return mixed * (1 + 0.25 * np.sin(2 * np.pi * turning * np.arange(len(mixed)) / RATE))[:, None]


def struck_piano(notes: tuple[Note, ...], seconds: float, rng: Rng) -> Signal:
    """Strike stiff strings: partials a little sharp, that die away at two speeds, behind a thump."""
    stiff, hard = 10 ** rng.uniform(-4.2, -3.3), rng.uniform(0.5, 1.3)
    held = rng.random() < 0.5

    def note(pitch: int, length: float) -> Signal:
        hertz = _hertz(pitch)
        length = length + (0.8 if held else 0.12)
        time = np.arange(int(length * RATE)) / RATE
        out, ring = np.zeros(len(time)), 2.2 * (220.0 / hertz) ** 0.5
        for number in range(1, max(2, min(24, int(10_000 / hertz)))):
            partial = hertz * number * np.sqrt(1 + stiff * number**2)
            level = number**-hard * abs(np.sin(np.pi * number / 8.3)) + 1e-3
            die = 0.7 * np.exp(-time * number**0.6 / (0.35 * ring)) + 0.3 * np.exp(-time * number**0.4 / ring)
            out += level * die * np.sin(2 * np.pi * partial * time + rng.uniform(0, 6.3))
        thump = lfilter([0.1], [1, -0.9], rng.normal(size=len(time))) * np.exp(-time / 0.015)
        return (out + 0.4 * thump) * np.clip(time / 0.002, 0, 1) * np.clip((length - time) / 0.1, 0, 1)

    return _mix(notes, seconds, 0.0, note)


def blown(notes: tuple[Note, ...], seconds: float, rng: Rng) -> Signal:
    """Blow a pipe, a reed or a horn: harmonics that brighten with the breath, noise, a late vibrato."""
    odd, slope = rng.random() < 0.3, rng.uniform(0.6, 2.2)
    breath, depth, speed = 10 ** rng.uniform(-3, -1), rng.uniform(0, 30), rng.uniform(4.5, 6.5)
    formant, rise = rng.uniform(500, 2500), rng.uniform(0.02, 0.12)

    def note(pitch: int, length: float) -> Signal:
        frames = int(length * RATE)
        time = np.arange(frames) / RATE
        wave = depth * np.clip((time - 0.2) / 0.3, 0, 1) * np.sin(2 * np.pi * speed * time)
        scoop = -60 * rng.random() * np.exp(-time / 0.04)
        hertz = _hertz(pitch) * 2 ** ((wave + scoop) / 1200)
        turn = 2 * np.pi * np.cumsum(hertz) / RATE
        swell = np.clip(time / rise, 0, 1) * (0.8 + 0.2 * np.sin(2 * np.pi * 0.4 * time + rng.uniform(0, 6)))
        out = np.zeros(frames)
        for number in range(1, max(2, min(28, int(11_000 / _hertz(pitch))))):
            if odd and number % 2 == 0 and number < 8:
                continue
            near = 1 + 1.5 * np.exp(-(((number * _hertz(pitch) - formant) / 500) ** 2))
            out += near * number**-slope * swell ** (1 + 0.25 * number) * np.sin(number * turn)
        air = sosfilt(butter(1, (800, 7000), "band", fs=RATE, output="sos"), rng.normal(size=frames))
        return (out + breath * 6 * air * swell) * np.clip((length - time) / 0.04, 0, 1)

    return _mix(notes, seconds, 0.03, note)


def bowed(notes: tuple[Note, ...], seconds: float, rng: Rng, players: int) -> Signal:
    """Bow one string or a section's: saws through a body's resonances, each player a little off."""
    depth, rise = rng.uniform(5, 30), rng.uniform(0.05, 0.3)

    def note(pitch: int, length: float) -> Signal:
        frames = int(length * RATE)
        time = np.arange(frames) / RATE
        out = np.zeros(frames)
        for _ in range(players):
            speed, late = rng.uniform(4.8, 6.4), rng.uniform(0, 6.3)
            wave = (
                depth * np.clip(time / 0.5, 0, 1) * np.sin(2 * np.pi * speed * time + late) + rng.normal() * 6
            )
            out += _saw(_hertz(pitch) * 2 ** (wave / 1200), frames, rng.random())
        out += 0.04 * np.std(out) * rng.normal(size=frames)
        return out * np.clip(time / rise, 0, 1) * np.clip((length - time) / 0.1, 0, 1)

    mixed = _mix(notes, seconds, 0.1, note)
    body = sum(
        rng.uniform(0.5, 2.0)
        * sosfilt(butter(1, (f / 1.2, f * 1.2), "band", fs=RATE, output="sos"), mixed, axis=0)
        for f in rng.uniform(200, 4000, 5)
    )
    return sosfilt(
        butter(1, rng.uniform(3000, 8000), "low", fs=RATE, output="sos"), 0.4 * mixed + body, axis=0
    )


def drum_machine(notes: tuple[Note, ...], seconds: float, rng: Rng) -> Signal:
    """Play a kit's notes by an analogue drum machine's circuits."""
    tail, snap, metal = rng.uniform(0.1, 0.5), rng.uniform(0.08, 0.25), rng.uniform(300, 540)

    def kick(time: Signal) -> Signal:
        hertz = 48 + 200 * np.exp(-time / 0.02)
        return np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * np.exp(-time / tail)

    def snare(time: Signal) -> Signal:
        noise = sosfilt(butter(1, 1200, "high", fs=RATE, output="sos"), rng.normal(size=len(time)))
        return 0.6 * np.sin(2 * np.pi * 185 * time) * np.exp(-time / 0.06) + 0.5 * noise * np.exp(
            -time / snap
        )

    def hat(time: Signal, ring: float) -> Signal:
        tone = sum(np.sign(np.sin(2 * np.pi * metal * r * time)) for r in (1.0, 1.34, 1.8, 2.2, 2.7, 3.3))
        noisy = tone + rng.normal(size=len(time)) * 2
        return 0.15 * sosfilt(butter(2, 6500, "high", fs=RATE, output="sos"), noisy) * np.exp(-time / ring)

    def tom(time: Signal, pitch: int) -> Signal:
        hertz = _hertz(pitch - 4) * (1 + 0.5 * np.exp(-time / 0.03))
        return np.sin(2 * np.pi * np.cumsum(hertz) / RATE) * np.exp(-time / 0.25)

    def note(pitch: int, _length: float) -> Signal:
        time = np.arange(int(0.9 * RATE)) / RATE
        if pitch in (35, 36):
            return kick(time)
        if pitch in (37, 38, 39, 40):
            return snare(time)
        if pitch in (42, 44):
            return hat(time, 0.03)
        if pitch in (46, 49, 51, 57):
            return hat(time, 0.3 if pitch != 49 else 0.6)
        return tom(time, pitch)

    return _mix(notes, seconds, 0.0, note)
