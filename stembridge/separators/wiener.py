"""One pass of the multichannel Wiener filter: masks say when and at which pitch, covariances say where.

Each stem is a Gaussian with a power for each bin and a 2 x 2 spatial covariance for each frequency; the
covariances are estimated from the masked mix, then each stem is the expected value of its part of the mix.
Everything is written out for two channels.

Sources: N. Duong, E. Vincent, R. Gribonval, "Under-determined reverberant audio source separation using a
    full-rank spatial covariance model", IEEE TASLP 2010; A. Nugraha, A. Liutkus, E. Vincent, "Multichannel
    audio source separation with deep neural networks", IEEE/ACM TASLP 2016.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.separators.masks import Masks
from stembridge.separators.rank import Spectrogram
from stembridge.separators.stft import Spectra

DIFFUSE = np.float32(1e-3)
TINY = np.float32(1e-10)


@dataclass(frozen=True)
class Covariance:
    """A Hermitian 2 x 2 matrix for each bin: left, right, and left times conjugate right."""

    left: NDArray[np.float32]
    right: NDArray[np.float32]
    cross: NDArray[np.complex64]


def filter_stems(spectra: Spectra, masks: Masks, wanted: Sequence[int]) -> list[Spectra]:
    """Separate spectra of one or two channels by masks that sum to one; the stems sum to the mix.

    Args:
        spectra: the mix, shape ``(channels, times, bins)``.
        masks: shape ``(stems, times, bins)``.
        wanted: the places of the stems to make.

    Returns:
        The spectra of the wanted stems.

    """
    if len(spectra) == 1:
        return [masks[stem] * spectra for stem in wanted]
    power = np.mean(np.square(np.abs(spectra)), axis=0)
    places = [_place(spectra, power, mask) for mask in masks]
    whitened = _whiten(spectra, _mix_covariance(masks, power, places))
    stems = [_apply(place, mask * power, whitened) for place, mask in zip(places, masks, strict=True)]
    left_over = spectra - sum(stems)
    return [stems[stem] + masks[stem] * left_over for stem in wanted]


def _place(spectra: Spectra, power: Spectrogram, mask: Spectrogram) -> Covariance:
    """Estimate where a stem is: its covariance at each frequency, for a power of one."""
    weight = np.square(mask)
    left, right = spectra
    total = np.sum(weight * power, axis=0) + TINY
    cross = np.sum(weight * left * right.conj(), axis=0) / total
    return Covariance(
        left=np.sum(weight * np.square(np.abs(left)), axis=0) / total,
        right=np.sum(weight * np.square(np.abs(right)), axis=0) / total,
        cross=cross.astype(np.complex64),
    )


def _mix_covariance(masks: Masks, power: Spectrogram, places: Sequence[Covariance]) -> Covariance:
    left, right = np.zeros_like(power), np.zeros_like(power)
    cross = np.zeros(power.shape, np.complex64)
    for mask, place in zip(masks, places, strict=True):
        own = mask * power
        left += own * place.left
        right += own * place.right
        cross += own * place.cross
    return Covariance(left, right, cross)


def _whiten(spectra: Spectra, mix: Covariance) -> Spectra:
    """Multiply the mix by the inverse of its covariance, made invertible by a diffuse part."""
    diffuse = DIFFUSE * (mix.left + mix.right) + TINY
    left, right = mix.left + diffuse, mix.right + diffuse
    determinant = left * right - np.square(np.abs(mix.cross))
    whitened = np.empty_like(spectra)
    whitened[0] = (right * spectra[0] - mix.cross * spectra[1]) / determinant
    whitened[1] = (left * spectra[1] - mix.cross.conj() * spectra[0]) / determinant
    return whitened


def _apply(place: Covariance, power: Spectrogram, whitened: Spectra) -> Spectra:
    stem = np.empty_like(whitened)
    stem[0] = power * (place.left * whitened[0] + place.cross * whitened[1])
    stem[1] = power * (place.cross.conj() * whitened[0] + place.right * whitened[1])
    return stem
