import numpy as np
import placed_stems
import pytest
from placed_stems import RATE, Sound, cut_to_start

from stembridge.stages.align import ArraySignal, Offset
from stembridge.stages.among import align_among
from stembridge.stages.moved import Moved
from stembridge.units import Samples

SONG = placed_stems.song(5)
DRUMS, BASS, KEYS, GUITAR = SONG.values()
CLOSE, OVERHEAD, ROOM = (DRUMS + 0.2 * BASS, 0.5 * DRUMS + 0.1 * KEYS, 0.3 * DRUMS + 0.3 * BASS + 0.1 * KEYS)


def align(*files: Sound, starts: tuple[int, ...] | None = None) -> tuple[Offset, ...]:
    known = [Samples(start) for start in starts or (0,) * len(files)]
    return align_among([ArraySignal.of(file) for file in files], known, RATE)


def test_microphones_in_one_room_are_placed_where_most_of_them_are():
    found = align(CLOSE, cut_to_start(OVERHEAD, -4_800), ROOM)
    assert [each.samples for each in found] == [0, -4_800, 0]
    assert all(each.accepted for each in found)


def test_stems_that_share_nothing_stay_where_they_are():
    found = align(DRUMS, cut_to_start(KEYS, -4_800), GUITAR)
    assert [each.samples for each in found] == [0, 0, 0]
    assert not any(each.accepted for each in found)
    assert all("shares no sound" in each.reason for each in found)


def test_a_time_stamp_is_where_a_stem_stays_and_is_looked_for():
    found = align(CLOSE, OVERHEAD[24_000:], ROOM, GUITAR[9_000:], starts=(0, 24_000, 0, 9_000))
    assert [each.samples for each in found] == [0, 24_000, 0, 9_000]
    assert [each.accepted for each in found] == [True, True, True, False]


def test_the_way_of_the_sound_to_another_microphone_is_left_alone():
    way = round(0.006 * RATE)
    overhead = cut_to_start(OVERHEAD, -way)
    _, found, _ = align(CLOSE, overhead, ROOM)
    assert (found.samples, found.accepted) == (0, False)
    assert "6.0 ms" in found.reason
    assert found.candidates == (0, pytest.approx(-way, abs=0.1))


def test_of_two_alone_in_a_larger_set_nobody_knows_which_is_late():
    found = align(CLOSE, cut_to_start(0.5 * DRUMS, -9_600), GUITAR, KEYS)
    assert not any(each.accepted for each in found)
    assert [each.samples for each in found] == [0, 0, 0, 0]


def test_two_files_that_are_the_whole_set_are_placed_against_each_other():
    found = align(CLOSE, cut_to_start(-ROOM, -9_600))
    assert [(each.samples, each.polarity, each.accepted) for each in found] == [
        (0, 1, True),
        (-9_600, -1, True),
    ]


def test_silence_one_stem_and_none_are_taken():
    assert align() == ()
    assert [each.accepted for each in align(DRUMS)] == [False]
    silent, *_ = align(np.zeros_like(DRUMS), CLOSE, ROOM)
    assert silent.reason == "It is silent."


def test_a_mono_and_a_stereo_file_are_compared():
    found = align(CLOSE, cut_to_start(ROOM, -9_600)[:, :1])
    assert [each.samples for each in found] == [0, -9_600]


def test_a_clock_that_runs_fast_is_said_to_however_its_stem_is_reached():
    first, second = (placed_stems.song(seed, seconds=16.0)["drums"] for seed in (4, 3))
    fast = Moved(ArraySignal.of(second), 0.0, -120e-6)
    _, found, both = align(first, fast.read(0, fast.frames), first + second)
    assert (found.drift_ppm, both.drift_ppm) == (pytest.approx(120, abs=2), 0.0)
