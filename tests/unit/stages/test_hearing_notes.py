import numpy as np
import pytest

from stembridge.stages.hearing.features import measure
from stembridge.testing import tone
from stembridge.units import Hertz

RATE = Hertz(44_100)


def sung(cents: np.ndarray) -> dict[str, float]:
    """Measure a voice of ten harmonics whose pitch goes by steps of a millisecond."""
    seconds = len(cents) / 1000
    time = np.arange(round(seconds * RATE)) / RATE
    hertz = 220.0 * 2 ** (np.interp(time, np.arange(len(cents)) / 1000, cents) / 1200)
    turn = 2 * np.pi * np.cumsum(hertz) / RATE
    wave = sum(np.sin(number * turn) / number for number in range(1, 11))
    return measure([wave[:, None].astype(np.float32)], RATE)


def test_a_voice_that_trembles_is_told_from_one_that_does_not():
    time = np.arange(4000) / 1000
    trembling, still = sung(50 * np.sin(2 * np.pi * 5.5 * time)), sung(np.zeros(4000))
    assert trembling["share of trembling"] > 0.8
    assert trembling["size of trembling"] > still["size of trembling"] + 3
    assert still["share of trembling"] < 0.2


def test_a_note_that_is_reached_from_below_starts_low():
    time = np.arange(3000) / 1000
    assert sung(-150 * np.exp(-time / 0.05))["start of notes, mean"] < -20
    assert sung(np.zeros(3000))["start of notes, mean"] == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("decay", [2.0, 4.0])
def test_partials_fade_as_fast_as_the_string_does(decay: float):
    figures = measure([tone(600.0, 3.0, RATE, decay=decay)], RATE)
    assert figures["fade of peaks, middle, 50 %"] == pytest.approx(-decay * 20 / np.log(10), rel=0.05)
    assert measure([tone(600.0, 3.0, RATE)], RATE)["steady peaks, middle"] > 0.95


def test_a_chord_has_more_partials_than_a_note():
    note, chord = (
        sum(tone(hertz, 2.0, RATE) for hertz in some) for some in ((220.0,), (220.0, 277.2, 329.6))
    )
    assert measure([chord], RATE)["strong peaks"] == pytest.approx(3.0, abs=0.2)
    assert measure([note], RATE)["strong peaks"] == pytest.approx(1.0, abs=0.2)


def test_a_note_that_starts_at_once_is_noisier_at_first_than_later():
    string = sum(tone(300.0 * number, 1.0, RATE, level=0.1) for number in range(1, 30))
    blown = string * np.clip(np.arange(len(string)) / (0.1 * RATE), 0, 1)[:, None].astype(np.float32)
    at_once, slowly = (
        measure([np.tile(np.pad(each, ((4000, 0), (0, 0))), (4, 1))], RATE)["noise of onset, middle"]
        for each in (string, blown)
    )
    assert at_once > slowly + 3
