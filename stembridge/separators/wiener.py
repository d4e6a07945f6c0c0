"""One pass of the multichannel Wiener filter: masks say when and at which pitch, covariances say where.

Each stem is a Gaussian with a power for each bin and a 2 x 2 spatial covariance for each frequency; the
covariances are estimated from the masked mix, then each stem is the expected value of its part of the mix.
Everything is written out for two channels.

Sources: N. Duong, E. Vincent, R. Gribonval, "Under-determined reverberant audio source separation using a
    full-rank spatial covariance model", IEEE TASLP 2010; A. Nugraha, A. Liutkus, E. Vincent, "Multichannel
    audio source separation with deep neural networks", IEEE/ACM TASLP 2016.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.separators.masks import Masks
from stembridge.separators.rank import Spectrogram, row_chunks
from stembridge.separators.stft import Spectra

DIFFUSE = np.float32(1e-3)
TINY = np.float32(1e-10)


@dataclass(frozen=True)
class Covariance:
    """A Hermitian 2 x 2 matrix for each bin: left, right, and left times conjugate right."""

    left: NDArray[np.float32]
    right: NDArray[np.float32]
    cross: NDArray[np.complex64]


def filter_stems(spectra: Spectra, masks: Masks) -> Iterator[tuple[slice, list[Spectra]]]:
    """Separate spectra of one or two channels by masks that sum to one; the stems sum to the mix.

    Args:
        spectra: the mix, shape ``(channels, times, bins)``.
        masks: shape ``(stems, times, bins)``.

    Yields:
        Some times, and the spectra of each stem there.

    """
    places = _places(spectra, masks) if len(spectra) == 2 else []
    for rows in row_chunks(spectra.shape[1]):
        mix, shares = spectra[:, rows], masks[:, rows]
        yield rows, _filter(mix, shares, places) if places else [share * mix for share in shares]


def _filter(spectra: Spectra, masks: Masks, places: Sequence[Covariance]) -> list[Spectra]:
    """Filter some rows; what rounding and the diffuse part leave over is shared by the masks."""
    power = _power(spectra)
    whitened = _whiten(spectra, _mix_covariance(masks, power, places))
    stems = [_apply(place, mask * power, whitened) for place, mask in zip(places, masks, strict=True)]
    left_over = spectra - sum(stems)
    return [stem + mask * left_over for stem, mask in zip(stems, masks, strict=True)]


def _places(spectra: Spectra, masks: Masks) -> list[Covariance]:
    """Estimate where the stems are: their covariances at each frequency, for a power of one.

    Bins count by the square of the mask, so that a stem is found where it is nearly alone.
    """
    left = np.zeros((len(masks), masks.shape[2]), np.float32)
    right, total, cross = np.zeros_like(left), np.zeros_like(left), np.zeros(left.shape, np.complex64)
    for rows in row_chunks(spectra.shape[1]):
        weight = np.square(np.square(masks[:, rows]))
        lefts, rights = spectra[:, rows]
        left += np.einsum("stf,tf->sf", weight, np.square(np.abs(lefts)))
        right += np.einsum("stf,tf->sf", weight, np.square(np.abs(rights)))
        cross += np.einsum("stf,tf->sf", weight, lefts * rights.conj())
        total += np.einsum("stf,tf->sf", weight, _power(spectra[:, rows]))
    total += TINY
    return [Covariance(*place) for place in zip(left / total, right / total, cross / total, strict=True)]


def _power(spectra: Spectra) -> Spectrogram:
    return np.asarray(np.mean(np.square(np.abs(spectra)), axis=0))


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
