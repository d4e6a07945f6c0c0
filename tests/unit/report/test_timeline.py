import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unit.report.pages import finding, marked, notes, page, stem

from stembridge.report.timeline import MOST_TICKS, lay_out, ticks_of
from stembridge.units import Seconds


def test_stems_stand_at_their_place_in_the_session():
    drawn = lay_out(page(stem("a", seconds=10.0), stem("b", seconds=5.0, start=Seconds(15.0))))
    assert drawn is not None
    assert [(lane.left, lane.width) for lane in drawn.lanes] == [(0.0, 50.0), (75.0, 25.0)]
    assert [lane.waveform.columns for lane in drawn.lanes] == [500, 250]


def test_a_finding_stands_at_its_time():
    (note,) = notes(finding(at=2.5))
    drawn = lay_out(page(marked(stem(seconds=10.0), (note, 2.5))))
    assert drawn is not None
    assert [mark.at for mark in drawn.lanes[0].marks] == [25.0]


@pytest.mark.parametrize(
    ("seconds", "labels"),
    [
        (6.0, ["0:00", "0:01", "0:02"]),
        (300.0, ["0:00", "1:00", "2:00"]),
        (7_200.0, ["0:00", "30:00", "1:00:00"]),
    ],
)
def test_times_are_round(seconds, labels):
    assert [tick.label for tick in ticks_of(Seconds(seconds))][:3] == labels


@settings(deadline=None, max_examples=200)
@given(st.floats(0.01, 90_000.0))
def test_there_are_never_too_many_times_and_none_outside(seconds):
    ticks = ticks_of(Seconds(seconds))
    assert len(ticks) <= MOST_TICKS + 1
    assert all(0.0 <= tick.at <= 100.0 for tick in ticks)


def test_a_delivery_without_sound_has_no_time_line():
    assert lay_out(page()) is None
