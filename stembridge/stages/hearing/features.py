"""The figures by which a sound is told: one vector of named numbers for all stretches that were heard."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stembridge.audio.sound import Block
from stembridge.stages.hearing.articulation import articulation_figures
from stembridge.stages.hearing.intonation import intonation_figures
from stembridge.stages.hearing.motion import motion_figures
from stembridge.stages.hearing.partials import partial_figures
from stembridge.stages.hearing.pitch import pitch_figures, track_pitch
from stembridge.stages.hearing.spectra import analyse, as_mono
from stembridge.stages.hearing.strokes import stroke_figures
from stembridge.stages.hearing.timbre import timbre_figures
from stembridge.units import Hertz

Vector = NDArray[np.float64]

LEAST_S = 0.25
"""A stretch that is shorter is no use."""


def measure(stretches: Sequence[Block], rate: Hertz) -> dict[str, float]:
    """Measure what a sound is like. Its loudness and its place between the loudspeakers play no part.

    Args:
        stretches: float32, each of shape (frames, channels); only what is heard, not the whole sound.
        rate: frames a second.

    Returns:
        Figures by name, always the same names in the same order; none if there is too little to hear.

    """
    sounds = [as_mono(each) for each in stretches if len(each) >= LEAST_S * rate]
    loudest = max((float(np.abs(sound).max()) for sound in sounds), default=0.0)
    if loudest == 0.0:
        return {}
    scaled = [sound / np.float32(loudest) for sound in sounds]
    spectra = [analyse(sound, rate) for sound in scaled]
    figures = dict(timbre_figures(spectra))
    figures |= motion_figures(spectra)
    figures |= stroke_figures(scaled, spectra, rate)
    tracks = [track_pitch(sound, rate) for sound in scaled]
    figures |= pitch_figures(tracks)
    figures |= articulation_figures(spectra, tracks)
    figures |= intonation_figures(tracks)
    figures |= partial_figures(scaled, rate)
    return figures
