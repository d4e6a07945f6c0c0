"""Laws and cases of alignment: what is put in is taken out, and what is not sure is refused."""

import numpy as np
import placed_stems
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from placed_stems import RATE, Sound, at_level, cut_to_start, mixed

from stembridge.errors import AlignmentError
from stembridge.stages.align import ArraySignal, Offset, align_stems, find_offset
from stembridge.stages.moved import Moved

SONG = placed_stems.song(1)
OTHER_SONG = placed_stems.song(7)
MIX = mixed(SONG)
NAMES = st.sampled_from(list(SONG))


def find(mix: Sound, stem: Sound, limit: int | None = None) -> Offset:
    return find_offset(ArraySignal.of(mix), ArraySignal.of(stem), RATE, limit=limit)


def align(mix: Sound, *stems: Sound) -> tuple[Offset, ...]:
    return align_stems(ArraySignal.of(mix), [ArraySignal.of(stem) for stem in stems], RATE)


def looped(sound: Sound, frames: int) -> Sound:
    return np.tile(sound[:frames], (len(sound) // frames + 1, 1))[: len(sound)]


@settings(deadline=None, max_examples=15)
@given(
    name=NAMES,
    shift=st.integers(-60_000, 40_000),
    polarity=st.sampled_from((1, -1)),
    gain_db=st.floats(-30.0, 20.0),
)
def test_any_shift_polarity_and_gain_put_in_is_taken_out(name, shift, polarity, gain_db):
    file = polarity * 10 ** (-gain_db / 20) * cut_to_start(SONG[name], shift)
    found = find(MIX, file)
    if found.accepted:
        assert (found.samples, found.polarity) == (shift, polarity)
    assert found.accepted or shift > 30_000, "most of the stem is in the file"


@settings(deadline=None, max_examples=4)
@given(
    shifts=st.tuples(*[st.integers(-20_000, 20_000)] * 4),
    polarities=st.tuples(*[st.sampled_from((1, -1))] * 4),
    gains_db=st.tuples(*[st.floats(-12.0, 12.0)] * 4),
)
def test_a_whole_set_is_taken_apart_with_its_gains(shifts, polarities, gains_db):
    whole = {name: np.pad(stem, ((24_000, 24_000), (0, 0))) for name, stem in SONG.items()}
    put_in = list(zip(whole.values(), shifts, polarities, gains_db, strict=True))
    files = [sign * 10 ** (-gain / 20) * cut_to_start(stem, shift) for stem, shift, sign, gain in put_in]
    found = align(mixed(whole), *files)
    assert [each.samples for each in found] == list(shifts)
    assert [each.polarity for each in found] == list(polarities)
    assert [each.gain_db for each in found] == pytest.approx(gains_db, abs=0.01)
    assert all(each.accepted and abs(each.offset - each.samples) < 0.05 for each in found)


@pytest.mark.parametrize("name", ["drums", "keys", "guitar"])
def test_a_stem_20_db_below_the_rest_is_placed(name):
    rest = MIX - SONG[name]
    found = find(rest + at_level(SONG[name], rest, -20.0), cut_to_start(SONG[name], 4_411))
    assert (found.samples, found.accepted) == (4_411, True)


@pytest.mark.parametrize("name", list(SONG))
@pytest.mark.parametrize("level", [-45.0, -60.0])
def test_a_buried_stem_is_placed_rightly_or_not_at_all(name, level):
    rest = MIX - SONG[name]
    found = find(rest + at_level(SONG[name], rest, level), cut_to_start(SONG[name], 4_411))
    assert not found.accepted or found.samples == 4_411
    assert found.accepted or found.reason


@pytest.mark.parametrize("name", list(SONG))
def test_a_stem_of_another_song_is_refused(name):
    found = find(MIX, OTHER_SONG[name])
    assert not found.accepted
    assert found.confidence < 0.9
    assert found.reason


def test_a_loop_is_refused_with_its_candidates_a_loop_apart():
    loop = looped(SONG["drums"], 12_000)
    found = find(MIX - SONG["drums"] + loop, loop[12_000:-24_000])
    assert not found.accepted
    assert len(found.candidates) > 1
    assert all(
        abs(candidate % 12_000) < 1 or abs(candidate % 12_000 - 12_000) < 1 for candidate in found.candidates
    )


def test_a_loop_in_a_whole_set_is_placed_where_nothing_is_left():
    loop = np.pad(looped(SONG["drums"], 12_000), ((12_000, 36_000), (0, 0)))
    stems = {name: np.pad(stem, ((12_000, 36_000), (0, 0))) for name, stem in SONG.items()} | {"drums": loop}
    drums, *others = align(mixed(stems), cut_to_start(loop, 12_000), *list(stems.values())[1:])
    assert all(each.accepted for each in others)
    assert (drums.samples, drums.accepted) == (12_000, True)


def test_a_click_track_that_the_mix_does_not_hold_is_refused():
    click = np.zeros_like(MIX)
    click[::12_000] = 0.5
    assert not find(MIX, click).accepted


def test_a_mono_stem_is_found_in_a_stereo_mix():
    mono = cut_to_start(SONG["bass"], -777)[:, :1]
    found = find(MIX, mono)
    assert (found.samples, found.accepted) == (-777, True)


def test_a_stem_longer_than_the_mix_is_placed():
    long = np.concatenate([OTHER_SONG["keys"], SONG["keys"], OTHER_SONG["keys"][:30_000]])
    found = find(MIX, long)
    assert (found.samples, found.accepted) == (-len(OTHER_SONG["keys"]), True)


def test_a_stem_that_is_only_an_excerpt_is_placed():
    found = find(MIX, SONG["guitar"][50_000:100_000])
    assert (found.samples, found.accepted) == (50_000, True)


def test_the_mix_itself_belongs_at_its_own_start():
    found = find(MIX, MIX)
    assert (found.samples, found.accepted, found.gain_db) == (0, True, pytest.approx(0.0, abs=1e-3))


def test_a_limit_is_kept():
    assert not find(MIX, cut_to_start(SONG["keys"], 9_000), limit=2_000).accepted
    assert find(MIX, cut_to_start(SONG["keys"], 1_999), limit=2_000).samples == 1_999


def test_two_identical_files_are_both_placed():
    found = align(MIX, *(cut_to_start(SONG["keys"], 500) for _ in range(2)))
    assert [each.samples for each in found] == [500, 500]


def test_silence_is_refused_in_words():
    nothing = np.zeros_like(MIX)
    with pytest.raises(AlignmentError, match="silent file"):
        find(MIX, nothing)
    with pytest.raises(AlignmentError, match="mix is silent"):
        find(nothing, MIX)


def test_a_silent_stem_does_not_disturb_the_others():
    silent, keys = align(MIX, np.zeros((10, 2), np.float32), cut_to_start(SONG["keys"], 500))
    assert (silent.accepted, silent.confidence) == (False, 0.0)
    assert "silent" in silent.reason
    assert (keys.samples, keys.accepted) == (500, True)


def test_a_part_of_a_sample_is_reported():
    late = Moved(ArraySignal.of(SONG["guitar"]), 0.37)
    found = find(MIX - SONG["guitar"] + late.read(0, len(MIX)), SONG["guitar"])
    assert found.offset == pytest.approx(0.37, abs=0.05)
    assert found.samples == 0


@pytest.mark.parametrize("ppm", [-120.0])
def test_the_drift_of_a_clock_is_measured(ppm):
    song = placed_stems.song(3, seconds=16.0)
    fast = Moved(ArraySignal.of(song["keys"]), 0.0, -ppm * 1e-6 / (1 + ppm * 1e-6))
    found = find(mixed(song), fast.read(0, fast.frames))
    assert found.drift_ppm == pytest.approx(ppm, abs=0.5)


def test_the_json_has_what_is_documented():
    found = find(MIX, cut_to_start(SONG["keys"], 500)).to_json()
    documented = {"offset", "offset_samples", "polarity", "gain_db", "drift_ppm", "confidence", "accepted"}
    assert set(found) == documented | {"candidates", "reason"}
    assert (found["offset_samples"], found["accepted"]) == (500, True)
