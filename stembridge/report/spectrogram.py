"""A spectrogram as a small picture, with its times and frequencies beside it; pure."""

from base64 import b64encode
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.report.page import Note, Page, Spectrogram
from stembridge.report.png import COLOURS, encode_png
from stembridge.report.timeline import Tick, share, ticks_between
from stembridge.units import Hertz, Seconds

WIDTH, HEIGHT = 600, 180
WINDOW = 2_048
STEP_DB = 6.0
"""Each colour is this much louder than the one before; what is below the first is black."""

GRID_HZ = (5_000, 10_000, 20_000)
MOST_LINES = 6
_STOPS = ((13, 16, 19), (9, 62, 72), (11, 107, 117), (84, 191, 201), (240, 226, 170), (255, 255, 255))


@dataclass(frozen=True)
class SpectrogramView:
    """A picture and what stands beside it, in percent of it.

    Attributes:
        note: the finding that it shows.
        image: the picture as a data URI.
        ticks: the times.
        grid: the frequencies in kHz, from the top.
        wall: where the spectrum ends, from the top; None where it does not.

    """

    note: Note
    image: str
    ticks: tuple[Tick, ...]
    grid: tuple[Tick, ...]
    wall: float | None


def spectrogram_views(page: Page) -> tuple[SpectrogramView, ...] | None:
    """Lay out the spectrograms of a page; None where it has none."""
    return tuple(_view(one) for one in page.spectrograms) or None


def draw_spectrogram(audio: Block) -> bytes:
    """Draw a stretch of sound as PNG, from silence and 96 dB below its loudest place to that.

    Args:
        audio: shape (frames, channels), of any length; no more than two channels are looked at.

    """
    return encode_png(_pixels(_powers(audio)), _palette())


def _powers(audio: Block) -> NDArray[np.float64]:
    """Return the power in each place of the picture, shape (HEIGHT, WIDTH), the highest frequency first."""
    enough = np.pad(audio[:, :2], ((0, max(0, WINDOW - len(audio))), (0, 0)))
    starts = np.linspace(0, len(enough) - WINDOW, WIDTH).astype(int)
    frames = enough[starts[:, None] + np.arange(WINDOW)]
    spectra = np.fft.rfft(frames * np.hanning(WINDOW)[None, :, None], axis=1)
    powers = np.square(np.abs(spectra)).sum(axis=2)
    edges = np.linspace(0, WINDOW // 2 + 1, HEIGHT + 1).astype(int)
    rows = np.add.reduceat(powers, edges[:-1], axis=1) / np.diff(edges)
    return rows.T[::-1]


def _pixels(powers: NDArray[np.float64]) -> NDArray[np.uint8]:
    below = 10.0 * np.log10((powers + 1e-12) / (powers.max() + 1e-12))
    steps = np.clip(np.floor(below / STEP_DB), -COLOURS, -1)
    return np.asarray(COLOURS + steps, np.uint8)


def _palette() -> list[tuple[int, int, int]]:
    """Mix the colours between the stops, from dark to light."""
    places = np.linspace(0, len(_STOPS) - 1, COLOURS)
    mixed = [np.interp(places, range(len(_STOPS)), channel) for channel in zip(*_STOPS, strict=True)]
    return [(round(red), round(green), round(blue)) for red, green, blue in zip(*mixed, strict=True)]


def _view(one: Spectrogram) -> SpectrogramView:
    top = one.rate / 2
    step = next((step for step in GRID_HZ if top / step <= MOST_LINES), GRID_HZ[-1])
    return SpectrogramView(
        one.note,
        f"data:image/png;base64,{b64encode(one.png).decode()}",
        ticks_between(one.start, Seconds(one.start + one.seconds)),
        tuple(Tick(_down(hz, one.rate), f"{hz // 1000}k") for hz in range(0, int(top) + 1, step)),
        None if one.wall_hz is None else _down(one.wall_hz, one.rate),
    )


def _down(hz: float, rate: Hertz) -> float:
    return share(rate / 2 - hz, rate / 2)
