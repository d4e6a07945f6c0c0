import random
from fractions import Fraction
from io import BytesIO

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.errors import PlanError
from stembridge.session.rpp import Marker, Session, TempoPoint, write_session
from stembridge.session.tempo import (
    MeterChange,
    TempoChange,
    TempoMap,
    TextMarker,
    map_of,
    read_tempo_map,
    session_markers,
    tempo_points,
    write_tempo_map,
)
from stembridge.session.tempo_map import seconds_at

TICKS = st.integers(0, 200_000)
TEMPOS = st.dictionaries(TICKS, st.integers(60_000, 0xFFFFFF), max_size=8)
METERS = st.dictionaries(TICKS, st.tuples(st.integers(1, 32), st.sampled_from([1, 2, 4, 8, 16])), max_size=6)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
MARKERS = st.lists(st.tuples(TICKS, TEXTS), max_size=6)
DIVISIONS = st.sampled_from([24, 96, 480, 960, 32_767, -6_360, -7_336, -7_680 + 80])


@st.composite
def tempo_maps(draw):
    tempos = (TempoChange(*one) for one in sorted(draw(TEMPOS).items()))
    meters = (MeterChange(tick, *meter) for tick, meter in sorted(draw(METERS).items()))
    markers = (TextMarker(*one) for one in sorted(draw(MARKERS), key=lambda one: one[0]))
    return TempoMap(draw(DIVISIONS), tuple(tempos), tuple(meters), tuple(markers))


def stored(tmp_path, data):
    path = tmp_path / "tempo.mid"
    path.write_bytes(data)
    return path


def midi(*messages, **header):
    out = BytesIO()
    mido.MidiFile(tracks=[mido.MidiTrack(messages)], **header).save(file=out)
    return out.getvalue()


def test_a_map_that_is_written_is_read_back(tmp_path_factory):
    folder = tmp_path_factory.mktemp("maps")

    @settings(deadline=None, max_examples=150)
    @given(tempo_maps())
    def law(tempo_map):
        found = read_tempo_map(stored(folder, write_tempo_map(tempo_map)))
        assert found == tempo_map
        assert found.problems == ()

    law()


@settings(deadline=None, max_examples=100)
@given(tempo_maps().filter(lambda tempo_map: tempo_map.division > 0))
def test_times_are_those_that_mido_plays(tempo_map):
    played, now = [], 0.0
    for message in mido.MidiFile(file=BytesIO(write_tempo_map(tempo_map))):
        now += message.time
        if message.type == "marker":
            played.append(now)
    assert [marker.position for marker in session_markers(tempo_map)] == pytest.approx(
        played, rel=1e-9, abs=1e-9
    )


def test_times_are_exact_however_many_changes_there_are():
    tempos = tuple(TempoChange(tick, 333_333 + tick % 7) for tick in range(0, 100_000, 10))
    exact = sum(Fraction(10 * tempo.microseconds, 960_000_000) for tempo in tempos)
    assert seconds_at(TempoMap(960, tempos), [100_000]) == (float(exact),)


@pytest.mark.parametrize(
    ("division", "second"), [(-25 * 256 + 40, 1_000), (-24 * 256 + 4, 96), (-30 * 256 + 80, 2_400)]
)
def test_time_code_ticks_do_not_move_with_the_tempo(division, second):
    tempo_map = TempoMap(division, (TempoChange(0, 250_000), TempoChange(second, 1_000_000)))
    assert [(point.seconds, point.bpm) for point in tempo_points(tempo_map)] == [(0.0, 240.0), (1.0, 60.0)]


def test_29_frames_a_second_stand_for_ntsc():
    assert seconds_at(TempoMap(-29 * 256 + 100), [3_000_000]) == (1001.0,)


def test_tempo_and_meter_become_the_points_of_a_session():
    tempo_map = TempoMap(
        480,
        (TempoChange(0, 500_000), TempoChange(1_920, 400_000)),
        (MeterChange(0, 3, 4), MeterChange(2_880, 6, 8)),
        (TextMarker(1_920, "Strophe — 1"),),
    )
    assert tempo_points(tempo_map) == (
        TempoPoint(0.0, 120.0, 3, 4),
        TempoPoint(2.0, 150.0, 3, 4, sets_meter=False),
        TempoPoint(2.8, 150.0, 6, 8),
    )
    assert session_markers(tempo_map) == (Marker(2.0, "Strophe — 1"),)


def test_a_map_opens_in_a_session():
    tempo_map = map_of([TempoPoint(0.0, 120.0), TempoPoint(4.0, 90.0, 3, 4)], [Marker(2.0, "verse")])
    text = write_session(
        Session("s", 48_000, (), markers=session_markers(tempo_map), tempo=tempo_points(tempo_map))
    )
    assert "PT 4 89.9999" in text
    assert 'MARKER 1 2 "verse"' in text


def test_an_empty_map_is_120_in_four_four():
    assert tempo_points(TempoMap()) == (TempoPoint(0.0, 120.0, 4, 4),)


BPMS = st.floats(20, 400)
GAPS = st.lists(st.tuples(st.floats(0.1, 30), BPMS), min_size=1, max_size=12)


@settings(deadline=None, max_examples=150)
@given(BPMS, GAPS)
def test_a_session_made_a_map_keeps_its_times_to_half_a_tick(first, gaps):
    points = [TempoPoint(0.0, first)]
    for gap, bpm in gaps:
        points.append(TempoPoint(points[-1].seconds + gap, bpm))
    found = tempo_points(map_of(points))
    assert len(found) == len(points)
    for before, point, made in zip([points[0], *points], points, found, strict=False):
        assert abs(made.seconds - point.seconds) <= 0.5001 * 60 / before.bpm / 960
        assert made.bpm == pytest.approx(point.bpm, rel=4e-6)


def test_the_tracks_of_a_file_share_one_time(tmp_path):
    tempo = mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=1_000_000, time=480)])
    marker = mido.MidiTrack(
        [mido.Message("note_on", time=100), mido.MetaMessage("cue_marker", text="x", time=860)]
    )
    out = BytesIO()
    mido.MidiFile(tracks=[marker, tempo], ticks_per_beat=480).save(file=out)
    assert session_markers(read_tempo_map(stored(tmp_path, out.getvalue()))) == (Marker(1.5, "x"),)


def test_text_that_is_not_utf8_is_read_as_latin1_and_said(tmp_path):
    found = read_tempo_map(stored(tmp_path, midi(mido.MetaMessage("marker", text="caf\xe9"))))
    assert found.markers == (TextMarker(0, "café"),)
    assert "Latin-1" in found.problems[0]


def test_a_tempo_of_zero_is_left_out_and_said(tmp_path):
    found = read_tempo_map(stored(tmp_path, midi(mido.MetaMessage("set_tempo", tempo=0, time=5))))
    assert found.tempos == ()
    assert found.problems == ("A set tempo at tick 5 makes no sense and was left out.",)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "ends too early"),
        (b"RIFF" + bytes(40), "MThd not found"),
        (midi(mido.MetaMessage("marker", text="x"))[:-5], "ends too early"),
        (midi(type=2), "type 2"),
        (midi(ticks_per_beat=0), "how long a tick is"),
        (midi(ticks_per_beat=-12 * 256 + 4), "how long a tick is"),
        (bytes(17 * 1024 * 1024), "larger than 16 MiB"),
    ],
)
def test_a_damaged_file_is_refused_with_what_to_do(tmp_path, data, message):
    path = stored(tmp_path, data)
    with pytest.raises(PlanError, match=message) as caught:
        read_tempo_map(path)
    assert caught.value.path == path
    assert "Export" in caught.value.hint


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(PlanError, match="cannot be read"):
        read_tempo_map(tmp_path / "none.mid")


def test_random_damage_is_read_or_refused_and_nothing_else(tmp_path):
    whole = write_tempo_map(map_of([TempoPoint(0.0, 120.0), TempoPoint(2.0, 90.0, 3, 4)], [Marker(1.0, "é")]))
    chance = random.Random(1)
    refused = 0
    for _ in range(1_500):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            tempo_points(read_tempo_map(stored(tmp_path, bytes(data))))
        except PlanError:
            refused += 1
    assert 0 < refused < 1_500


def test_a_damaged_file_leaves_the_reading_of_the_next_one_as_it_was(tmp_path):
    good = write_tempo_map(map_of([], [Marker(0.0, "é")]))
    with pytest.raises(PlanError):
        read_tempo_map(stored(tmp_path, good[:-5]))
    assert read_tempo_map(stored(tmp_path, good)).markers == (TextMarker(0, "é"),)
