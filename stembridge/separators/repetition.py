"""What repeats in music: each moment replaced by the median of the moments most like it.

Source: Z. Rafii, B. Pardo, "Music/voice separation using the similarity matrix" (REPET-SIM), ISMIR 2012.
    Here the similarity is that of a few band levels over some neighbouring frames, so the search is one
    small matrix product. What the bands listen to decides what is kept: the whole sound gives the
    accompaniment, the percussive part alone gives the drums with their pitched decay, because the notes
    that happen to sound with them differ from stroke to stroke.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from stembridge.separators.rank import Spectrogram, median_of, row_chunks


@dataclass(frozen=True)
class Likeness:
    """How moments are sought: ``count`` of them (odd), ``apart`` frames from each other.

    They are compared with ``context`` frames on either side.
    """

    count: int
    apart: int
    context: int


def repeating_part(magnitudes: Spectrogram, heard: Spectrogram, likeness: Likeness) -> Spectrogram:
    """Model each frame by the median of the frames that sound like it; never more than what is there.

    Args:
        magnitudes: what to model, shape ``(times, bins)``.
        heard: levels to compare moments by, shape ``(times, bands)``.
        likeness: how to compare.

    Returns:
        The repeating part of ``magnitudes``. A frame with too few others like it stands for the missing
        ones itself.

    """
    alike = _similar_frames(heard, likeness)
    model = np.empty_like(magnitudes)
    for rows in row_chunks(len(magnitudes)):
        model[rows] = median_of([magnitudes[column] for column in alike[rows].T])
    return np.minimum(model, magnitudes, out=model)


def band_levels(
    magnitudes: Spectrogram, hertz: NDArray[np.float32], *, low: float, high: float, bands: int
) -> Spectrogram:
    """Sum up magnitudes in bands of equal width in octaves, as roots, so that no loud band decides alone."""
    limits = np.geomspace(low, min(high, float(hertz[-1])), bands + 1)
    edges = np.unique(np.searchsorted(hertz, limits).clip(0, len(hertz) - 1))
    return np.sqrt(np.add.reduceat(magnitudes, edges, axis=1)[:, :-1])


def _similar_frames(heard: Spectrogram, likeness: Likeness) -> NDArray[np.intp]:
    """Pick for each frame the best local peaks of its similarity to all others, shape ``(times, count)``."""
    times = len(heard)
    itself = np.arange(times)
    levels = _with_context(heard / (np.linalg.norm(heard, axis=1, keepdims=True) + 1e-9), likeness.context)
    similarity = levels @ levels.T
    peaks = similarity == maximum_filter1d(similarity, 2 * likeness.apart + 1, axis=1)
    similarity[~peaks] = -1.0
    similarity[itself, itself] = -1.0
    count = min(likeness.count, times)
    best = np.argpartition(-similarity, count - 1, axis=1)[:, :count]
    found = np.take_along_axis(similarity, best, axis=1) >= 0.0
    alike = np.where(found, best, itself[:, None])
    return np.concatenate([alike, np.repeat(itself[:, None], likeness.count - count, axis=1)], axis=1)


def _with_context(levels: Spectrogram, context: int) -> Spectrogram:
    padded = np.pad(levels, ((context, context), (0, 0)), mode="edge")
    return np.concatenate([padded[shift : shift + len(levels)] for shift in range(2 * context + 1)], axis=1)
