from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.stages.hearing.evidence import describe
from stembridge.stages.hearing.features import measure
from stembridge.stages.hearing.heard import decide
from stembridge.stages.hearing.levels import LevelMeter, Levels, choose_stretches
from stembridge.stages.hearing.rules import is_click, is_silent
from stembridge.stages.hearing.set_decision import find_sums, label_together
from stembridge.stages.hearing.sorts import SORTS, Family, Sort
from stembridge.stages.listen import load_model
from stembridge.stages.vocabulary import Role
from stembridge.testing import noise, pulses, tone
from stembridge.units import Hertz, Samples

RATE = Hertz(48_000)


def levels_of(*blocks: np.ndarray, channels: int = 2) -> Levels:
    meter = LevelMeter(RATE, channels)
    for block in blocks:
        meter.add(block)
    return meter.result()


def clicks(*, every_s: float = 0.5) -> np.ndarray:
    return pulses(every_s, 8.0, RATE, tone(1000.0, 0.1, RATE, decay=100.0))


@given(cuts=st.lists(st.integers(0, 96_000), max_size=6))
@settings(deadline=None, max_examples=30)
def test_levels_do_not_depend_on_how_the_sound_is_cut_into_blocks(cuts: list[int]):
    sound = noise(2.0, RATE)
    whole, parts = levels_of(sound), levels_of(*np.split(sound, sorted(cuts)))
    assert np.allclose(whole.channels, parts.channels)
    assert (whole.length, whole.peak) == (parts.length, parts.peak)


def test_width_is_what_is_lost_in_mono():
    same, opposite = tone(440.0, 1.0, RATE), tone(440.0, 1.0, RATE) * np.array([1, -1], np.float32)
    assert levels_of(same).width == pytest.approx(0.0, abs=1e-6)
    assert levels_of(opposite).width == pytest.approx(1.0, abs=1e-6)


def test_a_long_sound_is_heard_where_it_is_loud():
    quiet = 0.001 * noise(60.0, RATE)
    quiet[30 * RATE : 36 * RATE] += noise(6.0, RATE)
    (span,) = choose_stretches(levels_of(quiet))
    assert span[0] >= 29.9 * RATE
    assert span[1] <= 36.1 * RATE


@given(seconds=st.floats(0.01, 200.0))
@settings(deadline=None, max_examples=40)
def test_stretches_lie_inside_the_sound_and_apart_from_each_other(seconds: float):
    steps = max(1, round(seconds * 10))
    flat = np.random.default_rng(steps).random((steps, 1))
    levels = Levels(flat[:, 0], flat, 1.0, Samples(4800), Samples(steps * 4800 - 7))
    spans = choose_stretches(levels)
    assert spans
    assert all(0 <= start < stop <= levels.length for start, stop in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 96_000])
def test_figures_are_finite_and_the_same_at_every_rate(rate: int):
    rate = Hertz(rate)
    sound = tone(220.0, 3.0, rate, decay=1.0) + 0.01 * noise(3.0, rate)
    figures = measure([sound], rate)
    assert list(figures) == list(measure([tone(220.0, 3.0, RATE)], RATE))
    assert np.isfinite(list(figures.values())).all()
    assert 2 ** figures["pitch"] == pytest.approx(220.0, rel=0.005)


def test_figures_do_not_depend_on_loudness_or_polarity():
    sound = tone(220.0, 3.0, RATE, decay=1.0) + 0.1 * noise(3.0, RATE)
    loud, quiet = measure([sound], RATE), measure([-0.01 * sound], RATE)
    assert list(loud.values()) == pytest.approx(list(quiet.values()), rel=1e-3, abs=1e-3)


def test_a_mouth_that_moves_is_told_from_a_tone_that_only_swells():
    first, second = (
        sum(tone(220.0 * n, 6.0, RATE, level=0.2 / (1 + (n - peak) ** 2)) for n in range(1, 16))
        for peak in (3, 9)
    )
    turn = (0.5 + 0.5 * tone(1.5, 6.0, RATE, level=1.0)).astype(np.float32)
    swelling, speaking = (0.2 + turn) * first, turn * first + (1 - turn) * second
    fixed, moved = measure([swelling], RATE), measure([speaking], RATE)
    assert moved["articulation, middle"] > 3 * fixed["articulation, middle"]


def test_nothing_to_hear_gives_no_figures_and_no_chances():
    assert measure([np.zeros((RATE, 2), np.float32)], RATE) == {}
    assert measure([noise(0.1, RATE)], RATE) == {}
    assert load_model().chances({}) == {}
    assert decide({}, "").role is None


def test_chances_sum_to_one():
    chances = load_model().chances(measure([noise(4.0, RATE)], RATE))
    assert sum(chances.values()) == pytest.approx(1.0)
    assert chances.keys() == set(Sort) - {Sort.CLICK, Sort.SILENCE}


def test_dither_is_silence_and_a_whisper_is_none():
    assert is_silent(levels_of(2e-5 * noise(1.0, RATE)))
    assert not is_silent(levels_of(2e-2 * noise(1.0, RATE)))


def test_even_strokes_that_are_all_alike_are_a_click_track():
    assert is_click([clicks()], RATE)
    accented = clicks() + pulses(2.0, 8.0, RATE, tone(1500.0, 0.1, RATE, decay=100.0))
    assert is_click([accented], RATE)


def test_uneven_strokes_are_no_click_track():
    rng, sound = np.random.default_rng(1), np.zeros((8 * RATE, 2), np.float32)
    hit = tone(1000.0, 0.1, RATE, decay=100.0)
    for start in np.cumsum(rng.uniform(0.3, 0.7, 14)):
        at = int(start * RATE)
        sound[at : at + len(hit)] += hit[: len(sound) - at]
    assert not is_click([sound], RATE)


def test_a_kick_or_a_noise_between_the_strokes_is_no_click_track():
    assert not is_click([pulses(0.5, 8.0, RATE, tone(55.0, 0.15, RATE, decay=40.0))], RATE)
    assert not is_click([clicks() + 0.02 * noise(8.0, RATE)], RATE)


def test_the_sum_of_the_others_is_found():
    parts = [
        noise(1.0, RATE, channels=1, seed=seed)[:, 0] * gain for seed, gain in ((1, 1.0), (2, 0.5), (3, 0.8))
    ]
    mix = np.tanh(np.sum(parts, axis=0)).astype(np.float32)
    assert find_sums([parts[0], mix, *parts[1:]]) == (False, True, False, False)
    assert not any(find_sums(parts))


def test_two_sides_of_one_stem_are_no_mix():
    left = noise(1.0, RATE, channels=1)[:, 0]
    assert not any(find_sums([left, left, 0.1 * noise(1.0, RATE, channels=1, seed=2)[:, 0]]))


def test_of_two_likely_drums_the_less_likely_becomes_percussion():
    sure = {Sort.DRUMS: 0.95, Sort.PERCUSSION: 0.05}
    torn = {Sort.DRUMS: 0.55, Sort.PERCUSSION: 0.45}
    first, second = label_together([sure, torn], [False, False])
    assert first[Sort.DRUMS] > 0.9
    assert second[Sort.PERCUSSION] > second[Sort.DRUMS]


def test_a_file_alone_stays_what_it_is():
    chances = {Sort.DRUMS: 0.55, Sort.PERCUSSION: 0.45}
    (alone,) = label_together([chances], [False])
    assert alone == pytest.approx(chances)


@pytest.mark.parametrize(
    ("pitches", "words"),
    [((220.0,), "one clear pitch around 220 Hz"), ((220.0, 277.2, 329.6), "several pitches at once")],
)
def test_evidence_tells_a_note_from_a_chord(pitches: tuple[float, ...], words: str):
    sound = sum(tone(hertz, 3.0, RATE, level=0.1) for hertz in pitches)
    assert words in describe(measure([sound], RATE), levels_of(sound))


def test_an_unsure_sort_gives_the_role_of_its_family():
    heard = decide({Sort.LEAD_VOCAL: 0.5, Sort.BACKING_VOCALS: 0.4, Sort.WIND: 0.1}, "")
    assert (heard.role, heard.family, heard.runner_up) == (Role.VOCALS, Family.VOCALS, Family.MELODY)
    assert heard.confidence == pytest.approx(0.9)


def test_a_sure_sort_gives_its_own_role():
    heard = decide({Sort.LEAD_VOCAL: 0.85, Sort.BACKING_VOCALS: 0.05, Sort.WIND: 0.1}, "")
    assert (heard.role, heard.confidence) == (Role.LEAD_VOCAL, 0.85)


def test_every_sort_has_a_family_and_a_role():
    assert SORTS.keys() == set(Sort)
