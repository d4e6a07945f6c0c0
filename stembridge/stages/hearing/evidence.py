"""Evidence: what was heard, in words and figures that a person can check by ear."""

from collections.abc import Mapping

from stembridge.stages.hearing.levels import Levels
from stembridge.stages.hearing.spectra import EDGES_HZ

CLEAR_SHARE = 0.4
LEADING_DB = -10.0
"""The share of the energy that the first or the second harmonic of one note has at least."""

SHARP_DB = 12.0
TREMBLING = 4.0
SPARSE = 0.5


def describe(figures: Mapping[str, float], levels: Levels) -> str:
    """Say in one line what a sound is like: where its energy is, its pitch, its strokes, how much of it sounds."""
    if not figures:
        return "too short to tell"
    parts = [_energy(figures), _pitch(figures), _strokes(figures)]
    if levels.activity < SPARSE:
        parts.append(f"sounds {100 * levels.activity:.0f} % of the time")
    return ", ".join(parts)


def _energy(figures: Mapping[str, float]) -> str:
    """Name the narrowest row of bands around the loudest one that holds two thirds of the energy."""
    bands = [(low, high) for low, high in zip(EDGES_HZ[0:-2:2], EDGES_HZ[2::2], strict=True)]
    shares = [10 ** (figures[f"share of {low}-{high} Hz"] / 10) for low, high in bands]
    first = last = shares.index(max(shares))
    while sum(shares[first : last + 1]) < 2 / 3 * sum(shares):
        below = shares[first - 1] if first > 0 else -1.0
        above = shares[last + 1] if last + 1 < len(shares) else -1.0
        first, last = (first - 1, last) if below > above else (first, last + 1)
    held = 100 * sum(shares[first : last + 1]) / sum(shares)
    return f"{held:.0f} % of the energy in {bands[first][0]}-{bands[last][1]} Hz"


def _pitch(figures: Mapping[str, float]) -> str:
    """Tell one note from several: a chord's common period is far below what sounds, so nothing is at its octave."""
    if figures["clear share"] < CLEAR_SHARE:
        return "no clear pitch" if figures["lasting share"] < 0.6 else "several pitches at once"
    if max(figures["harmonic 1"], figures["harmonic 2"]) < LEADING_DB:
        return "several pitches at once"
    vibrato = ", with vibrato" if 2 ** figures["vibrato"] - 1 > 4 * TREMBLING else ""
    return f"one clear pitch around {2 ** figures['pitch']:.0f} Hz{vibrato}"


def _strokes(figures: Mapping[str, float]) -> str:
    rate = figures["onsets a second"]
    if rate < 0.3:
        return "no strokes"
    manner = "sharp" if figures["attack"] > SHARP_DB else "soft"
    return f"{rate:.1f} {manner} onsets a second"
