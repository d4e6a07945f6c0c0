"""Lossy origin: the quantiser or the frame grid of a codec, found again in what was decoded.

A codec rounds its lines to the steps of a quantiser, and most of them to zero. Its own filterbank, at its own
alignment, shows that again; at any other alignment lines are filled by their neighbours. A file that was decoded as a
whole has its frames at a known alignment, and there the steps are looked for. If none are found, zeros are at all
others: each codec is tried at each alignment over a fraction of a second, and those at which more lines are at zero
than chance has it are looked at all over the file: a grid is believed when many places agree on it. Only steady sound
is judged: a hit on the grid of a sequencer makes dips, too, but in one frame. The wall in the spectrum, which many
genuine files have too, is told beside it and decides nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from stembridge.audio.files import read_blocks
from stembridge.audio.resample import resample_blocks
from stembridge.audio.sound import Encoding
from stembridge.stages.checks.codecs.banks import BANKS, Excerpts, Signal
from stembridge.stages.checks.codecs.traces import GRID, STEPS, Trace, traces
from stembridge.stages.checks.subject import Chunk, Subject
from stembridge.stages.finding import Finding
from stembridge.units import Hertz, Samples

Verdict = Literal["likely", "unlikely", "cannot tell"]

CELL_S = 0.25
EXCERPT_S = 0.3
APART_S = 0.5
PLACES = 17
STEP_A_SECOND = 100
"""Excerpts start at whole hundredths of a second, which are whole frames at every rate."""

QUIETEST = 1e-4
ROUNDING = 0.46
"""Of the last bit: the noise of rounding with some dither; folded to mono, the channels' noises cancel in part."""

TOLD = {
    GRID: "the codec's frame grid stands out",
    STEPS: "the steps of the codec's quantiser stand out",
}
LOSSY_ENDINGS = frozenset({".mp3", ".ogg", ".oga", ".opus"})
WALL_DB = 25.0
WALL_FROM_HZ = 10_000.0


@dataclass(frozen=True)
class Origin:
    """What was read of a file's origin.

    Attributes:
        verdict: ``likely`` lossy, ``unlikely``, or ``cannot tell`` when nothing is loud enough to show a grid.
        codec: the codec of which most stands out.
        rate: the rate at which it worked.
        what: its frame grid or its quantiser.
        deviations: how far that stands out.
        confirmed: how far the same stands out in the file without its best place.
        at: where it was read, in frames.
        wall_hz: where the spectrum falls steeply, if it does.

    """

    verdict: Verdict
    codec: str = ""
    rate: Hertz = Hertz(0)
    what: str = GRID
    deviations: float = 0.0
    confirmed: float = 0.0
    at: int = 0
    wall_hz: float | None = None


class Lossy:
    """Notes where the sound has most treble, and reads those places again at the end."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject
        self._cell = round(CELL_S * subject.rate)
        self._energies: list[NDArray[np.float64]] = []
        self._offsets: list[NDArray[np.int64]] = []

    def hear(self, chunk: Chunk) -> None:
        """Take the next stretch."""
        steps = np.diff(chunk.audio[:2].mean(axis=0), prepend=np.float32(0.0))
        starts = np.arange(0, len(steps), self._cell)
        self._energies.append(np.add.reduceat(np.square(steps), starts).astype(np.float64))
        self._offsets.append(starts + chunk.start)

    def findings(self) -> Iterator[Finding]:
        """Report a lossy origin that is likely."""
        yield from lossy_findings(self._subject, self.origin())

    def origin(self) -> Origin:
        """Look for traces of codecs at the places with most treble, until there is one that is likely."""
        excerpts = [(place, _read(self._subject, place)) for place in self._places()]
        loud = [(place, signal) for place, signal in excerpts if np.sqrt(np.mean(signal**2)) > QUIETEST]
        if not loud:
            return Origin("cannot tell")
        return _judged(self._subject, loud)

    def _places(self) -> list[int]:
        """Return the frames at which the excerpts start, the best first."""
        if not self._energies:
            return []
        energies, offsets = np.concatenate(self._energies), np.concatenate(self._offsets)
        length, step = round(EXCERPT_S * self._subject.rate), self._subject.rate // STEP_A_SECOND
        last = self._subject.sound.frames - length
        places: list[int] = []
        for index in np.argsort(-energies, kind="stable")[:400]:
            place = int(min(max(0, offsets[index] - length // 3), max(0, last))) // step * step
            if all(abs(place - other) >= APART_S * self._subject.rate for other in places):
                places.append(place)
            if len(places) == PLACES:
                break
        return places


def lossy_findings(subject: Subject, origin: Origin) -> Iterator[Finding]:
    """Say what the origin is, if it is likely lossy."""
    if subject.sound.format.encoding is Encoding.LOSSY:
        yield _stored_lossy(subject)
        return
    if origin.verdict != "likely":
        return
    wall = f"; its spectrum ends at {origin.wall_hz / 1000:.1f} kHz" if origin.wall_hz else ""
    yield subject.finding(
        subject.check.lossy,
        "lossy-origin",
        f"It was {origin.codec} at {origin.rate / 1000:g} kHz before: {TOLD[origin.what]} by"
        f" {origin.deviations:.1f} standard deviations, elsewhere in the file by {origin.confirmed:.1f}{wall}.",
        measured=origin.deviations,
        limit=subject.check.lossy.limit,
        unit="standard deviations",
        at=subject.time(origin.at),
        hint="Ask for the original export; a lossy file stays lossy in any container.",
    )


def _stored_lossy(subject: Subject) -> Finding:
    """Say that a file is lossy as it is, whatever its name says; no grid is needed to know that."""
    kind = subject.sound.format.container.value.upper()
    ending = subject.facts.source.name.suffix.lower()
    named = f", though its name ends in {ending}" if ending not in LOSSY_ENDINGS else ""
    return subject.finding(
        subject.check.lossy,
        "lossy-origin",
        f"It is a lossy {kind} file{named}.",
        hint="Ask for the original export; a lossy file stays lossy in any container.",
    )


def _judged(subject: Subject, loud: Excerpts) -> Origin:
    rule, (place, first) = subject.check.lossy, loud[0]

    def rank(trace: Trace) -> tuple[bool, float]:
        grid = trace.grid
        return grid.deviations >= rule.limit and grid.confirmed >= rule.confirm, grid.deviations

    found: list[Trace] = []
    for more in traces(_at_rates(subject.rate, loud), _storage_noise(subject)):
        found.extend(more)
        if any(rank(trace)[0] for trace in found):
            break
    wall = wall_of(first, subject.rate)
    if not found:
        return Origin("cannot tell", at=place, wall_hz=wall)
    best = max(found, key=rank)
    told = (best.codec, best.rate, best.what, best.grid.deviations, best.grid.confirmed)
    return Origin("likely" if rank(best)[0] else "unlikely", *told, at=place, wall_hz=wall)


def _at_rates(rate: Hertz, loud: Excerpts) -> dict[Hertz, Excerpts]:
    """Bring all excerpts to the rates at which codecs work."""
    return {
        target: [(round(start * target / rate), at_rate(signal, rate, target)) for start, signal in loud]
        for target in BANKS
    }


def _read(subject: Subject, place: int) -> Signal:
    """Read a stretch of the file, folded to mono; its first channel where they cancel."""
    stop = min(subject.sound.frames, place + round(EXCERPT_S * subject.rate))
    blocks = list(read_blocks(subject.sound, start=Samples(place), stop=Samples(stop)))
    audio = np.concatenate(blocks)
    mono = audio[:, :2].mean(axis=1)
    return audio[:, 0] if np.mean(mono**2) < 0.1 * np.mean(audio[:, 0] ** 2) else mono


def at_rate(signal: Signal, source: Hertz, target: Hertz) -> Signal:
    """Bring an excerpt to the rate at which a codec worked."""
    if source == target:
        return signal
    frames = Samples(len(signal))
    blocks = resample_blocks(iter([signal[:, np.newaxis]]), source, target, channels=1, frames=frames)
    return np.ascontiguousarray(np.concatenate(list(blocks))[:, 0])


def wall_of(signal: Signal, rate: Hertz) -> float | None:
    """Find where a spectrum falls steeply above 10 kHz."""
    window = 2_048
    count = len(signal) // window
    if count == 0:
        return None
    frames = signal[: count * window].reshape(count, window) * np.hanning(window)
    power = np.square(np.abs(scipy.fft.rfft(frames, axis=1))).mean(axis=0)
    levels = np.convolve(10.0 * np.log10(power + 1e-14), np.ones(9) / 9.0, "same")
    reach = round(600 * window / rate)
    drops = levels[: -2 * reach] - levels[2 * reach :]
    drops[: round(WALL_FROM_HZ * window / rate)] = 0.0
    place = int(drops[: -reach or None].argmax())
    return float((place + reach) * rate / window) if drops[place] >= WALL_DB else None


def _storage_noise(subject: Subject) -> float:
    """Return the level of the noise that the file's depth brings."""
    form = subject.sound.format
    bits = 24 if form.encoding is Encoding.LOSSY else min(24, form.encoding.bits)
    return float(2.0 ** (1 - bits) * ROUNDING / np.sqrt(min(2, form.channels)))
