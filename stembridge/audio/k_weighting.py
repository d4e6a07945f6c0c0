"""K-weighting: the filter that makes power follow how loud programme sounds (ITU-R BS.1770-5, Annex 1).

A high shelf (the head) and a high-pass (the ear's low end), both biquads. The recommendation prints their
coefficients for 48 kHz; at any other rate they come from the analogue prototypes that those coefficients
fit, through the bilinear transform, as libebur128 and ffmpeg have it.

The recursion runs as matrix products, which is several times faster than one sample after another. A
recursive filter is a linear system of an input and a state; so is a row of 64 of its steps, with longer
vectors and larger matrices. The states at the starts of rows obey a recursion of the same form, 64 times
slower, that is unrolled the same way: 16 rows make a group, and so again with 16 groups. The result is that of
``scipy.signal.sosfilt`` to the rounding of float64.

The products are stacks of small ones on purpose. A BLAS hands a large product to a thread a core, and
two jobs on two cores that both do this wait for each other: seen, ten times slower.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stembridge.errors import AudioError
from stembridge.units import Hertz, Samples

Matrix = NDArray[np.float64]

CHUNK_FRAMES = Samples(32_768)
LOWEST_RATE = Hertz(3_400)
"""The shelf turns at 1682 Hz, which must lie below half the rate."""

_ROW = 64
_GROUP = 16
_STACK = 32
_STATES = 4
_FORGOTTEN = 1e-30
"""A state this small is silence; let it be zero before its decay reaches the slow, subnormal numbers."""


def k_weighting_sections(rate: Hertz) -> Matrix:
    """Return the two biquads at ``rate`` as second-order sections, shape (2, 6), for ``sosfilt``.

    Raises:
        AudioError: if the rate is too low for the shelf to exist.

    """
    if rate < LOWEST_RATE:
        raise AudioError(
            f"Loudness is not defined at {rate} Hz; it begins at {LOWEST_RATE} Hz.",
            hint="Convert the file to a usual sample rate, or leave it unmeasured.",
        )
    return np.stack([_shelf(rate), _high_pass(rate)])


def _shelf(rate: Hertz) -> Matrix:
    frequency, quality, gain_db = 1681.974450955533, 0.7071752369554196, 3.999843853973347
    k = math.tan(math.pi * frequency / rate)
    high = 10.0 ** (gain_db / 20.0)
    band = high**0.4996667741545416
    b = [high + band * k / quality + k * k, 2.0 * (k * k - high), high - band * k / quality + k * k]
    a = [1.0 + k / quality + k * k, 2.0 * (k * k - 1.0), 1.0 - k / quality + k * k]
    return np.array([*b, *a]) / a[0]


def _high_pass(rate: Hertz) -> Matrix:
    frequency, quality = 38.13547087602444, 0.5003270373238773
    k = math.tan(math.pi * frequency / rate)
    a = [1.0 + k / quality + k * k, 2.0 * (k * k - 1.0), 1.0 - k / quality + k * k]
    return np.array([1.0, -2.0, 1.0, *(np.array(a) / a[0])])


@dataclass(frozen=True)
class _System:
    """A linear system on row vectors.

    ``output = state @ c + input @ d``, then ``state = state @ a + input @ b``.
    """

    a: Matrix
    b: Matrix
    c: Matrix
    d: Matrix


def _biquad(section: Matrix) -> _System:
    """Write a biquad as a system of two states.

    A state's decay is near 1 and the same for both, so they are chosen to keep apart what is slow from the
    small difference of the two: powers of ``a`` then neither grow nor lose digits, at any rate.
    """
    b0, b1, b2, _, a1, a2 = section
    decay, rest = -a1 / 2.0, 1.0 + a1 / 2.0
    first, second = b1 - a1 * b0, b2 - a2 * b0
    return _System(
        a=np.array([[decay, (decay * decay - a2) / rest], [rest, decay]]),
        b=np.array([[first, (second + decay * first) / rest]]),
        c=np.array([[1.0], [0.0]]),
        d=np.array([[b0]]),
    )


def _cascade(head: _System, tail: _System) -> _System:
    """Feed one system's output into another."""
    return _System(
        a=np.block([[head.a, head.c @ tail.b], [np.zeros((len(tail.a), len(head.a))), tail.a]]),
        b=np.hstack([head.b, head.d @ tail.b]),
        c=np.vstack([head.c @ tail.d, tail.c]),
        d=head.d @ tail.d,
    )


def _recursion(a: Matrix) -> _System:
    """Return the system whose state decays by ``a`` and takes its input as it is, and shows its state."""
    return _System(a, np.eye(len(a)), np.eye(len(a)), np.zeros_like(a))


def _unroll(system: _System, steps: int) -> _System:
    """Return the system that does ``steps`` steps at once, on inputs and outputs laid end to end."""
    powers = [np.eye(len(system.a))]
    for _ in range(steps):
        powers.append(powers[-1] @ system.a)
    delayed = [system.d, *(system.b @ power @ system.c for power in powers)]
    never = np.zeros_like(system.d)
    return _System(
        a=powers[steps],
        b=np.vstack([system.b @ power for power in powers[steps - 1 :: -1]]),
        c=np.hstack([power @ system.c for power in powers[:steps]]),
        d=np.block([[delayed[j - i] if j >= i else never for j in range(steps)] for i in range(steps)]),
    )


class KWeighting:
    """The K-weighting filter of some channels, with its state carried from chunk to chunk."""

    def __init__(self, rate: Hertz, channels: int) -> None:
        shelf, high_pass = map(_biquad, k_weighting_sections(rate))
        self._samples = _unroll(_cascade(shelf, high_pass), _ROW)
        self._rows = _unroll(_recursion(self._samples.a), _GROUP)
        self._groups = _unroll(_recursion(self._rows.a), _GROUP)
        self._state = np.zeros((channels, _STATES))
        self._input = np.empty((channels, CHUNK_FRAMES))
        self._output = np.empty((channels * CHUNK_FRAMES // (_ROW * _STACK), _STACK, _ROW))
        self._decay = np.empty_like(self._output)

    def filter(self, chunk: NDArray[np.float32]) -> Matrix:
        """Weight the next chunk.

        Args:
            chunk: float32, shape (channels, CHUNK_FRAMES), any strides.

        Returns:
            float64, the same shape; overwritten by the next call.

        """
        np.copyto(self._input, chunk)
        rows = self._input.reshape(self._output.shape)
        states = self._row_states(rows @ self._samples.b)
        np.matmul(rows, self._samples.d, out=self._output)
        np.matmul(states.reshape(*rows.shape[:2], _STATES), self._samples.c, out=self._decay)
        np.add(self._output, self._decay, out=self._output)
        return self._output.reshape(self._input.shape)

    def _row_states(self, pushes: Matrix) -> Matrix:
        """Find the state at the start of each row from what each row adds to it, and move on a chunk."""
        channels = len(self._state)
        rows = pushes.reshape(channels, -1, _GROUP * _STATES)
        groups = (rows @ self._rows.b).reshape(channels, -1, _GROUP * _STATES)
        starts = np.stack([self._group_states(groups[:, n]) for n in range(groups.shape[1])], axis=1)
        self._state[np.abs(self._state) < _FORGOTTEN] = 0.0
        return rows @ self._rows.d + starts.reshape(channels, -1, _STATES) @ self._rows.c

    def _group_states(self, pushes: Matrix) -> Matrix:
        """Find the state at the start of each of ``_GROUP`` groups, and move on to the end of the last."""
        starts = pushes @ self._groups.d + self._state @ self._groups.c
        self._state = pushes @ self._groups.b + self._state @ self._groups.a
        return starts
