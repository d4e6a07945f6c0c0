"""Every moment of an item finds in the cut exactly the sample that the item plays from its file."""

from contextlib import suppress
from dataclasses import replace
from math import ceil, floor
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stembridge.audio.sound import Container, Encoding, Sound, SoundFormat
from stembridge.errors import IntakeError
from stembridge.request import ChannelMode
from stembridge.stages.item_range import Item, ItemRange, Section, find_range
from stembridge.units import Hertz, Samples, Seconds

RATE = 48_000
SECOND = Seconds(1.0)
PLAIN = Item(position=Seconds(10.0), length=Seconds(4.0), start_offset=Seconds(2.0))


def sound(frames: int = 10 * RATE, rate: int = RATE, channels: int = 2) -> Sound:
    form = SoundFormat(Container.WAV, Encoding.INT24, Hertz(rate), channels)
    return Sound(Path("/in/song.wav"), form, Samples(frames))


def frame_of_item(at: float, section: Section | None, rate: int) -> int:
    """The frame of the file that is heard at a source second."""
    if section is None:
        return floor(at * rate)
    if section.reversed:
        return ceil((section.offset + section.length - at) * rate) - 1
    return floor((section.offset + at) * rate)


def frame_of_cut(at: float, item: Item, cut: ItemRange, rate: int) -> int:
    """The frame of the file that stands in the cut where the item plays a source second."""
    index = floor((at - item.start_offset + cut.before) * rate)
    return cut.excerpt.stop - 1 - index if cut.excerpt.reversed else cut.excerpt.start + index


def range_or_none(item: Item, file: Sound, section: Section | None, handles: Seconds) -> ItemRange | None:
    with suppress(IntakeError):
        return find_range(item, file, section=section, handles=handles)
    return None


SECONDS = st.floats(0.0, 8.0)
SECTIONS = st.none() | st.builds(
    Section, st.floats(0.0, 6.0).map(Seconds), st.floats(0.5, 6.0).map(Seconds), st.booleans()
)
ITEMS = st.builds(
    Item,
    position=SECONDS,
    length=st.floats(0.01, 8.0),
    start_offset=st.floats(-2.0, 8.0),
    play_rate=st.sampled_from([0.5, 1.0, 1.37, 2.0]),
)


@given(ITEMS, SECTIONS, st.sampled_from([44_100, 48_000, 96_000]), st.floats(0.0, 1.0), st.floats(0.0, 2.0))
@settings(deadline=None, max_examples=400)
def test_the_cut_plays_what_the_item_plays(item, section, rate, where, handles):
    file = sound(10 * rate, rate)
    cut = range_or_none(item, file, section, Seconds(handles))
    assume(cut is not None)
    at = item.start_offset + where * item.length * item.play_rate
    edge = (frame_of_item(at - 1e-6, section, rate), frame_of_item(at + 1e-6, section, rate))
    assume(edge[0] == edge[1])
    length = section.length if section else 10.0
    if 0.0 <= at <= length and 0 <= edge[0] < file.frames:
        assert frame_of_cut(at, item, cut, rate) == edge[0]
        assert cut.excerpt.start <= edge[0] < cut.excerpt.stop


@given(ITEMS, st.floats(0.0, 2.0))
@settings(deadline=None)
def test_handles_stay_inside_the_file_and_after_the_start_of_the_project(item, handles):
    cut = range_or_none(item, sound(), None, Seconds(handles))
    assume(cut is not None)
    assert 0 <= cut.excerpt.start < cut.excerpt.stop <= 10 * RATE
    assert cut.before <= min(handles, item.position * item.play_rate) + 1 / RATE
    assert 0.0 <= cut.after <= handles + 1 / RATE
    assert cut.excerpt.position >= 0


def test_a_plain_item_gets_its_range_a_handle_on_each_side_and_its_place():
    cut = find_range(PLAIN, sound(), section=None, handles=SECOND)
    assert (cut.excerpt.start, cut.excerpt.stop) == (1 * RATE, 7 * RATE)
    assert (cut.before, cut.after, cut.length, cut.loops) == (1.0, 1.0, 6.0, False)
    assert cut.excerpt.position == 9 * RATE


def test_at_double_rate_a_second_of_handle_is_half_a_second_of_project():
    cut = find_range(replace(PLAIN, play_rate=2.0), sound(12 * RATE), section=None, handles=SECOND)
    assert (cut.excerpt.start, cut.excerpt.stop) == (1 * RATE, 11 * RATE)
    assert cut.excerpt.position == 9.5 * RATE


def test_a_section_that_runs_backwards_is_counted_from_its_end():
    section = Section(Seconds(1.0), Seconds(8.0), reversed=True)
    cut = find_range(PLAIN, sound(), section=section, handles=Seconds(0.0))
    assert (cut.excerpt.start, cut.excerpt.stop, cut.excerpt.reversed) == (3 * RATE, 7 * RATE, True)


def test_handles_do_not_leave_the_section():
    section = Section(Seconds(1.0), Seconds(6.5))
    cut = find_range(PLAIN, sound(), section=section, handles=SECOND)
    assert (cut.excerpt.start, cut.excerpt.stop) == (2 * RATE, 7.5 * RATE)
    assert cut.after == pytest.approx(0.5)


def test_an_item_that_goes_round_gets_the_whole_source_once():
    item = replace(PLAIN, length=Seconds(25.0), start_offset=Seconds(12.0), loops=True)
    cut = find_range(item, sound(), section=None, handles=SECOND)
    assert (cut.excerpt.start, cut.excerpt.stop, cut.loops) == (0, 10 * RATE, True)
    assert (cut.before, cut.length) == (2.0, 10.0)


def test_an_item_that_could_go_round_but_does_not_is_cut_like_any_other():
    cut = find_range(replace(PLAIN, loops=True), sound(), section=None, handles=SECOND)
    assert not cut.loops
    assert cut.length == 6.0


def test_a_loop_of_no_whole_number_of_samples_is_refused():
    section, item = Section(Seconds(1.0), Seconds(2.00001)), replace(PLAIN, length=Seconds(9.0), loops=True)
    with pytest.raises(IntakeError, match="whole number of samples"):
        find_range(item, sound(), section=section, handles=SECOND)


def test_an_item_that_plays_nothing_is_refused():
    with pytest.raises(IntakeError, match="nothing of its source"):
        find_range(replace(PLAIN, start_offset=Seconds(11.0)), sound(), section=None, handles=SECOND)


@pytest.mark.parametrize(("number", "mode"), list(enumerate(ChannelMode)))
def test_channel_modes_are_those_of_reaper(number, mode):
    cut = find_range(replace(PLAIN, channel_mode=number), sound(), section=None, handles=SECOND)
    assert cut.excerpt.channel_mode is mode


def test_a_mono_file_sounds_the_same_in_every_mode():
    cut = find_range(replace(PLAIN, channel_mode=2), sound(channels=1), section=None, handles=SECOND)
    assert cut.excerpt.channel_mode is ChannelMode.NORMAL


@pytest.mark.parametrize(("mode", "channels"), [(2, 6), (5, 2), (-1, 2)])
def test_other_channel_modes_are_refused_with_a_way_out(mode, channels):
    with pytest.raises(IntakeError, match="channel mode") as refused:
        find_range(replace(PLAIN, channel_mode=mode), sound(channels=channels), section=None, handles=SECOND)
    assert "41999" in refused.value.hint
