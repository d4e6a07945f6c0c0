"""The place of one stem in a mix, drifting or not, without help from other stems; pure."""

from dataclasses import replace

from stembridge.stages.drifting import guess_drifts
from stembridge.stages.exact import measure_exactly
from stembridge.stages.fine import LEAST_AGREEING, Fine, measure
from stembridge.stages.moved import Moved
from stembridge.stages.offset import DOUBTFUL_RATIO, SURE_RATIO, Offset, judged
from stembridge.stages.peaks import Peak
from stembridge.stages.search import Haystack, Place, search
from stembridge.stages.signals import Signal
from stembridge.stages.whitening import in_memory


def find_alone(haystack: Haystack, stem: Signal, limit: int | None) -> Offset:
    """Find the place of a stem in a mix.

    Args:
        haystack: the mix.
        stem: not silent, with as many channels.
        limit: the largest shift to consider, either way.

    """
    place = search(haystack, stem, limit)
    fine = _look_closely(haystack, stem, place)
    # Parts that are delayed alike do not drift: they are those of a loop.
    is_steady = place.ratio < SURE_RATIO or fine.agreeing >= LEAST_AGREEING
    if fine.drift == 0.0 and is_steady:
        return _judged(place, fine)
    drifts = (fine.drift,) if fine.drift else guess_drifts(haystack, stem, limit)
    for drift in drifts:
        found = _retimed(haystack, stem, drift, limit)
        if found is not None and (found.accepted or found.ratio < place.ratio):
            return found
    return _judged(place, fine)


def _look_closely(haystack: Haystack, stem: Signal, place: Place) -> Fine:
    fine = measure(haystack.white, stem, place.peaks[0].lag, haystack.rate)
    if fine.drift:
        return fine
    exact = measure_exactly(haystack.signal, haystack.noise, stem, fine.offset, haystack.rate)
    return replace(fine, offset=exact.offset, polarity=exact.polarity, deviation=exact.deviation)


def _judged(place: Place, fine: Fine) -> Offset:
    alike = [peak.lag for peak in place.peaks[1:] if _as_high(peak, place.peaks[0])]
    return judged(
        fine.offset,
        polarity=fine.polarity,
        drift_ppm=fine.drift * 1e6,
        ratio=place.ratio,
        deviation=fine.deviation,
        candidates=(fine.offset, *alike),
    )


def _as_high(peak: Peak, best: Peak) -> bool:
    return abs(peak.height) >= DOUBTFUL_RATIO * abs(best.height)


def _retimed(haystack: Haystack, stem: Signal, drift: float, limit: int | None) -> Offset | None:
    """Search again with the stem's clock corrected, and correct what drift is left."""
    even = in_memory(Moved(stem, 0.0, drift))
    place = search(haystack, even, limit, thorough=False)
    if place.ratio >= SURE_RATIO:
        return None
    fine = _look_closely(haystack, even, place)
    together = (1.0 + drift) * (1.0 + fine.drift) - 1.0
    return _judged(place, Fine(fine.offset, fine.polarity, fine.deviation, together))
