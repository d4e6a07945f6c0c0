"""The modified discrete cosine transform, and the windows that codecs take it with.

Sine and Kaiser-Bessel-derived windows: ISO/IEC 14496-3 (AAC). Power-sine windows: Xiph Vorbis I, RFC 6716 (CELT).
"""

import numpy as np
import scipy.fft
from numpy.typing import NDArray

Window = NDArray[np.float32]


def sine_window(length: int) -> Window:
    """Return half a sine, shape (length,)."""
    return np.asarray(np.sin(np.pi / length * (np.arange(length) + 0.5)), np.float32)


def kaiser_window(length: int, alpha: float = 4.0) -> Window:
    """Return the Kaiser-Bessel-derived window of AAC, shape (length,)."""
    sums = np.cumsum(np.kaiser(length // 2 + 1, np.pi * alpha))
    rise = np.sqrt(sums[:-1] / sums[-1])
    return np.concatenate((rise, rise[::-1])).astype(np.float32)


def power_window(length: int, overlap: int | None = None) -> Window:
    """Return the window of Vorbis and CELT, shape (length,).

    Args:
        length: twice the lines.
        overlap: the frames that rise, half the length without it; flat and zero parts fill the rest.

    """
    rising = overlap or length // 2
    rise = np.sin(np.pi / 2 * np.sin(np.pi / 2 * (np.arange(rising) + 0.5) / rising) ** 2)
    rest = (length // 2 - rising) // 2
    half = np.concatenate((np.zeros(rest), rise, np.ones(rest)))
    return np.concatenate((half, half[::-1])).astype(np.float32)


def mdct(frames: NDArray[np.float32], window: Window) -> NDArray[np.float32]:
    """Window frames, shape (..., 2 * lines), and transform them to lines, shape (..., lines); keeps energy."""
    quarter = frames.shape[-1] // 4
    a, b, c, d = (slice(part * quarter, (part + 1) * quarter) for part in range(4))
    folded = np.empty((*frames.shape[:-1], 2 * quarter), np.float32)
    low, high = folded[..., :quarter], folded[..., quarter:]
    np.multiply(frames[..., c][..., ::-1], -window[c][::-1], out=low)
    low -= frames[..., d] * window[d]
    np.multiply(frames[..., a], window[a], out=high)
    high -= frames[..., b][..., ::-1] * window[b][::-1]
    return np.asarray(scipy.fft.dct(folded, type=4, norm="ortho", axis=-1, overwrite_x=True), np.float32)
