"""Align: where each stem of a set belongs in its mix, how sure that is, and what it does there; pure.

Method: a matched filter with the mix whitened by its own time-varying spectrum (``whitening``), over all lags at
which half of the stem's energy lies inside the mix (``search``); a close look at the parts of the stem for
fractions of samples, spread and drift (``fine``); then all stems together, each against what the others leave
(``joint``), and, for what fits in several places, the null that each place brings (``settle``).

A place is accepted when its peak stands alone and is known to the sample; a loop, a stem from another song and a
stem buried in the mix are not, and the candidates are named. Nothing here moves a stem.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from stembridge.errors import AlignmentError
from stembridge.stages.joint import measure_gains, refine_together
from stembridge.stages.lonely import find_alone
from stembridge.stages.offset import Offset, not_found
from stembridge.stages.search import Haystack
from stembridge.stages.settle import settle_by_null
from stembridge.stages.signals import ArraySignal, Excerpt, Signal, energies, like, stretches
from stembridge.units import Hertz, Samples

SILENT_ENERGY = 1e-12
"""Mean square below which a signal is silence: -120 dBFS."""
BLOCK = 1 << 15
BLOCKS_AT_ONCE = 8
ALONE = 0.7
"""The share of the work that is done when each stem has been placed by itself."""

Advance = Callable[[float], None]
"""Told how much is done, 0 to 1; raises ``Cancelled`` to stop."""

__all__ = ["ArraySignal", "Offset", "align_stems", "find_offset", "is_silent"]


def find_offset(reference: Signal, stem: Signal, rate: Hertz, *, limit: Samples | None = None) -> Offset:
    """Find where one stem belongs in a mix.

    Args:
        reference: the mix, mono or any number of channels, full scale at 1.0.
        stem: at the same rate; mono spreads to the mix's channels, other layouts are folded to mono first.
        rate: frames a second of both.
        limit: the largest shift to consider, either way; all that make sense without it.

    Raises:
        AlignmentError: if either is silent.

    """
    if is_silent(stem):
        raise AlignmentError(
            "A silent file has no place in a mix.", code="silent", hint="Check the export range."
        )
    return align_stems(reference, [stem], rate, limit=limit)[0]


def align_stems(
    reference: Signal,
    stems: Sequence[Signal],
    rate: Hertz,
    *,
    limit: Samples | None = None,
    threads: int = 1,
    advance: Advance = lambda _done: None,
) -> tuple[Offset, ...]:
    """Find where each stem of a set belongs in its mix.

    Args:
        reference: the mix.
        stems: at the same rate, of any lengths; a silent one is not accepted.
        rate: frames a second of all.
        limit: the largest shift to consider, either way.
        threads: how many stems are searched for side by side.
        advance: told how much is done.

    Raises:
        AlignmentError: if the mix is silent.

    """
    if is_silent(reference):
        raise AlignmentError(
            "The mix is silent: there is nothing to align to.", code="silent", hint="Choose another file."
        )
    shaped = [like(stem, reference) for stem in stems]
    haystack = Haystack.of(reference, rate)
    heard = [index for index, stem in enumerate(shaped) if not is_silent(stem)]
    sounding = [shaped[index] for index in heard]
    found = _find_each(haystack, sounding, limit, threads, advance)
    found = refine_together(haystack, sounding, found, limit)
    found = settle_by_null(haystack, sounding, found)
    advance(0.5 + ALONE / 2)
    found = refine_together(haystack, sounding, found, limit)
    found = measure_gains(haystack, sounding, found)
    advance(1.0)
    placed = dict(zip(heard, found, strict=True))
    silent = not_found("It is silent, or its channels cancel.")
    return tuple(placed.get(index, silent) for index in range(len(stems)))


def _find_each(
    haystack: Haystack, stems: Sequence[Signal], limit: int | None, threads: int, advance: Advance
) -> list[Offset]:
    found = []
    with ThreadPoolExecutor(threads, thread_name_prefix="align") as pool:
        try:
            for offset in pool.map(lambda stem: find_alone(haystack, stem, limit), stems):
                found.append(offset)
                advance(ALONE * len(found) / len(stems))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return found


def is_silent(signal: Signal) -> bool:
    """Tell whether there is nothing to hear anywhere in a signal: no block above -120 dBFS."""
    least = SILENT_ENERGY * BLOCK * signal.channels
    parts = (
        Excerpt(signal, start, stop - start)
        for start, stop in stretches(signal.frames, BLOCKS_AT_ONCE * BLOCK)
    )
    return not any(np.any(energies(part, BLOCK) > least) for part in parts)
