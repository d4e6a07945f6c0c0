"""Which part of each bin belongs to which stem, from what can be heard without a trained model.

* Drums are short and broad: medians over frequency against medians over time (D. FitzGerald,
  "Harmonic/percussive separation using median filtering", DAFx 2010). In the low band, where a kick looks
  like a note, they are what returns with every stroke and does not last.
* Bass is low, lasting, in the middle, on the harmonics of the lowest line.
* Vocals are in the middle and do not repeat (REPET-SIM), most of all on the harmonics of the leading pitch.
* The rest is the rest.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from stembridge.separators.pitch import Line, comb, follow_pitch
from stembridge.separators.rank import Spectrogram, median_over_frequency, median_over_time
from stembridge.separators.repetition import Likeness, band_levels, repeating_part
from stembridge.separators.stft import Spectra

STEMS = ("vocals", "drums", "bass", "other")

KICK_BELOW_HZ = 180.0
BASS_BELOW_HZ = 220.0
VOICE_ABOVE_HZ = 170.0
HISS_ABOVE_HZ = 6_000.0
SPEECH_HZ = (200.0, 4_000.0)
PRESENCE_FRAMES = 15
ACCOMPANIMENT = Likeness(count=11, apart=20, context=4)
STROKES = Likeness(count=15, apart=8, context=3)
SINGER = Line(low=80.0, high=900.0, harmonics=16, decay=0.9)
BASSIST = Line(low=30.0, high=220.0, harmonics=6, decay=0.7)
TINY = np.float32(1e-9)

Masks = NDArray[np.float32]
"""Shares of each bin, shape ``(4, times, bins)`` in the order of ``STEMS``; they sum to one."""


@dataclass(frozen=True)
class Cues:
    """What is heard in a stretch; all but ``hertz`` have the shape ``(times, bins)``.

    Attributes:
        hertz: the middle of each bin.
        level: the magnitude, over the channels.
        lasting: the median over 0.4 s.
        broad: the median over 320 Hz.
        strokes: what returns when the same drums are struck.
        accompaniment: what returns in other bars.
        middle: how alike the channels are (0 to 1); 1 for mono.

    """

    hertz: NDArray[np.float32]
    level: Spectrogram
    lasting: Spectrogram
    broad: Spectrogram
    strokes: Spectrogram
    accompaniment: Spectrogram
    middle: Spectrogram


def hear(spectra: Spectra, hertz: NDArray[np.float32]) -> Cues:
    """Listen to a stretch: spectra of one or two channels."""
    level = np.sqrt(np.mean(np.square(np.abs(spectra)), axis=0))
    broad = median_over_frequency(level, taps=15, step=2)
    struck = band_levels(broad, hertz, low=100.0, high=16_000.0, bands=30)
    heard = band_levels(level, hertz, low=60.0, high=16_000.0, bands=60)
    return Cues(
        hertz=hertz,
        level=level,
        lasting=median_over_time(level, taps=9, step=2),
        broad=broad,
        strokes=repeating_part(level, struck, STROKES),
        accompaniment=repeating_part(level, heard, ACCOMPANIMENT),
        middle=_middle(spectra),
    )


def masks(cues: Cues) -> Masks:
    """Share out each bin."""
    drums = _drums(cues)
    bass = (1 - drums) * _bass(cues)
    vocals = (1 - drums - bass) * _vocals(cues, drums)
    return np.stack([vocals, drums, bass, np.maximum(1 - vocals - drums - bass, 0)])


def _middle(spectra: Spectra) -> Spectrogram:
    if len(spectra) == 1:
        return np.ones(spectra.shape[1:], np.float32)
    left, right = spectra
    alike = uniform_filter1d((left * right.conj()).real, 3, axis=0)
    power = uniform_filter1d(np.square(np.abs(left)) + np.square(np.abs(right)), 3, axis=0)
    return np.clip(2 * alike / (power + TINY), 0, 1).astype(np.float32)


def _drums(cues: Cues) -> Spectrogram:
    share = _share(0.8 * cues.broad, cues.lasting, 3)
    low = slice(0, int(np.searchsorted(cues.hertz, KICK_BELOW_HZ)))
    lasting = median_over_time(cues.level[:, low], taps=17, step=2)
    passing = np.maximum(cues.level[:, low] - lasting, 0) + np.float32(0.3) * cues.strokes[:, low]
    share[:, low] = _share(np.minimum(cues.strokes[:, low], passing), lasting, 2)
    return share


def _bass(cues: Cues) -> Spectrogram:
    pitch = follow_pitch(np.sqrt(cues.lasting * cues.middle), float(cues.hertz[1]), BASSIST)
    near = comb(pitch, len(cues.hertz), float(cues.hertz[1]), harmonics=12, width=1.8, spread=0.03)
    low = 1 / (1 + (cues.hertz / np.float32(BASS_BELOW_HZ)) ** 8)
    return np.asarray(low * (np.float32(0.2) + np.float32(0.8) * near) * np.square(cues.middle))


def _vocals(cues: Cues, drums: Spectrogram) -> Spectrogram:
    new = _share(cues.level - cues.accompaniment, cues.accompaniment, 2)
    band = 1 - 1 / (1 + (cues.hertz / np.float32(VOICE_ABOVE_HZ)) ** 8)
    likely = new * np.square(np.square(cues.middle)) * band
    pitch = follow_pitch(np.sqrt(likely * (1 - drums) * cues.level), float(cues.hertz[1]), SINGER)
    near = comb(pitch, len(cues.hertz), float(cues.hertz[1]), harmonics=60, width=1.8, spread=0.06)
    near[:, cues.hertz > HISS_ABOVE_HZ] = np.maximum(near[:, cues.hertz > HISS_ABOVE_HZ], np.float32(0.7))
    sung = likely ** (1 - np.float32(0.6) * near) * (np.float32(0.4) + np.float32(0.6) * near)
    return np.asarray(sung * _presence(cues, sung * (1 - drums))[:, None])


def _presence(cues: Cues, sung: Spectrogram) -> NDArray[np.float32]:
    """Say for each moment how surely somebody sings (0 to 1), by the voice's part of the speech band."""
    speech = slice(*np.searchsorted(cues.hertz, SPEECH_HZ))
    power = np.square(cues.level[:, speech])
    voice = uniform_filter1d(np.sum(np.square(sung[:, speech]) * power, axis=1), PRESENCE_FRAMES)
    part = voice / (uniform_filter1d(np.sum(power, axis=1), PRESENCE_FRAMES) + TINY)
    return np.sqrt(np.clip(part / (np.percentile(part, 75) + TINY), 0, 1)).astype(np.float32)


def _share(wanted: Spectrogram, rest: Spectrogram, power: int) -> Spectrogram:
    mine, others = wanted**power, rest**power
    return np.asarray(mine / (mine + others + TINY))
