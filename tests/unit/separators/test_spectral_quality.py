"""What ``spectral`` reaches on a song made here: it must not get worse."""

from dataclasses import replace

import music
import numpy as np
import pytest
from songs import HELD_OUT

from stembridge.separators.spectral import Spectral
from stembridge.units import Hertz, Samples

FLOORS_DB = {"vocals": 3.2, "drums": 3.1, "bass": 2.0, "other": 4.7}


@pytest.mark.skipif(bool(music.missing()), reason=music.missing())
def test_the_stems_of_a_song_are_told_apart() -> None:
    truth = music.render(replace(HELD_OUT[3], seconds=10.0))
    mix = np.sum(list(truth.values()), axis=0)
    made = Spectral().separate(
        [mix],
        Hertz(music.RATE),
        channels=2,
        frames=Samples(len(mix)),
        stems=music.STEMS,
        progress=lambda _: None,
    )
    blocks = list(made)
    for stem, floor in FLOORS_DB.items():
        estimate = np.concatenate([block[stem] for block in blocks])
        assert music.sdr(truth[stem], estimate) > floor, stem
