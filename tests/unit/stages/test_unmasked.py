"""A stem placed by the few times and frequencies that others leave free."""

import numpy as np
import placed_stems
import pytest
from placed_stems import RATE, mixed
from scipy.signal import butter, sosfiltfilt

from stembridge.stages.exact import measure_exactly
from stembridge.stages.moved import Moved
from stembridge.stages.signals import ArraySignal
from stembridge.stages.unmasked import Cells, Held, hold
from stembridge.stages.whitening import Frames, Noise

SONG = placed_stems.song(6)
BASS = sosfiltfilt(butter(4, 300, fs=RATE, output="sos"), SONG["bass"], axis=0).astype(np.float32)
GRID = Frames(2_048, "hann")


def cells(mix: np.ndarray, stem: np.ndarray) -> Cells:
    last = len(mix) // GRID.hop - 1
    return Cells.of(ArraySignal.of(mix.astype(np.float32)), ArraySignal.of(stem), GRID, [(3, last)])


def doubled(stem: np.ndarray, late: float) -> np.ndarray:
    """What plays the same notes a little later and much louder, but rests for a fifth of the time."""
    plays = np.arange(len(stem)) % (2 * RATE) < 1.6 * RATE
    return 6.0 * Moved(ArraySignal.of(stem), late).read(0, len(stem)) * plays[:, np.newaxis]


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("start", [-1.4, 1.4])
def test_what_plays_along_louder_and_later_does_not_pull_a_stem_that_it_leaves_free_at_times(sign, start):
    mix = sign * 0.5 * BASS + doubled(BASS, 7.0)
    held = hold(cells(mix, BASS), Held(start, sign * 0.6))
    assert held.delay == pytest.approx(0.0, abs=0.1)
    assert held.gain == pytest.approx(sign * 0.5, rel=0.05)


def test_a_silent_stem_stays_where_it_is_said_to_be():
    assert hold(cells(BASS, np.zeros_like(BASS)), Held(1.5, 0.7)) == Held(1.5, 0.7)


def test_a_part_of_a_sample_is_told():
    late = Moved(ArraySignal.of(BASS), 0.37).read(0, len(BASS))
    rest = mixed(SONG) - SONG["bass"]
    held = hold(cells(rest + late, BASS), Held(1.0, 0.8))
    assert held.delay == pytest.approx(0.37, abs=0.2)


def test_a_bass_far_below_a_song_is_placed_to_the_sample():
    rest = mixed(SONG) - SONG["bass"]
    quiet = 0.1 * np.sqrt(np.mean(rest**2) / np.mean(BASS**2)) * BASS
    mix = ArraySignal.of((rest - quiet).astype(np.float32))
    found = measure_exactly(mix, Noise.of(mix, RATE), ArraySignal.of(BASS), 2.0, RATE)
    assert abs(found.offset) < 0.5
    assert found.polarity == -1


def test_a_cut_through_the_mix_and_the_stem_tells_no_place():
    rest = mixed(SONG) - SONG["bass"]
    quiet = 0.1 * np.sqrt(np.mean(rest**2) / np.mean(BASS**2)) * BASS
    end = len(rest) - 700
    ramp = np.linspace(0.0, 1.0, 4_000)[:, np.newaxis] ** 2
    rest[end - 4_000 : end] += 0.2 * ramp
    quiet[end - 4_000 : end] -= 0.02 * ramp
    mix, stem = (ArraySignal.of(sound[:end].astype(np.float32)) for sound in (rest + quiet, quiet))
    found = measure_exactly(mix, Noise.of(mix, RATE), stem, 2.0, RATE)
    assert abs(found.offset) < 0.5
