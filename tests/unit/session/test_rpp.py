import re
import uuid

import pytest
import rpp
from golden.make_session import GOLDEN, example_session
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stembridge.errors import DeliveryError
from stembridge.session.rpp import (
    Item,
    Marker,
    Session,
    TempoPoint,
    Track,
    write_session,
    write_track_template,
)
from stembridge.session.rpp_text import number, quoted

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
RATES = [8_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000]
NAMES = st.one_of(st.text(max_size=40), st.text("\"'` |<>\n\u00e9{}", max_size=12))


def session(*tracks, **more):
    return Session("song", 48_000, tracks, **more)


def parse(text):
    return rpp.loads(text)


def words(element, key):
    return [child[1:] for child in element if isinstance(child, list) and child[0] == key]


def word(element, key):
    (found,) = words(element, key)
    return found


def tracks_of(text):
    return parse(text).findall("TRACK")


def test_the_golden_session_is_what_the_records_make():
    assert write_session(example_session()) == GOLDEN.read_text(encoding="utf-8")


def test_the_parser_finds_the_tracks_in_their_folders():
    tracks = tracks_of(write_session(example_session()))
    assert [word(track, "NAME") for track in tracks] == [["Spot"], ["Rhythm"], ["drums"], ["vocals"], ["mix"]]
    assert [word(track, "ISBUS") for track in tracks] == [
        ["1", "1"],
        ["1", "1"],
        ["2", "-2"],
        ["0", "0"],
        ["0", "0"],
    ]
    assert word(tracks[4], "NCHAN") == ["6"]
    assert word(tracks[4], "MUTESOLO")[0] == "1"


def test_the_parser_finds_the_item_as_it_was_described():
    (item,) = tracks_of(write_session(example_session()))[2].findall("ITEM")
    assert float(word(item, "POSITION")[0]) == pytest.approx(1 / 3, abs=1e-14)
    assert word(item, "LENGTH") == ["12.5"]
    assert word(item, "SOFFS") == ["1"]
    assert word(item, "PLAYRATE")[:3] == ["1.37", "0", "-2"]
    assert word(item, "FADEOUT")[:2] == ["1", "0.25"]
    assert word(item, "VOLPAN") == ["0.5", "0", "-1", "-1"]
    assert word(item, "CHANMODE") == ["3"]
    assert word(item.find("SOURCE"), "FILE") == ["stems/spot_drums.wav"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [("a.wav", "WAVE"), ("a.AIFF", "WAVE"), ("a.flac", "FLAC"), ("a.mp3", "MP3"), ("a.ogg", "VORBIS")],
)
def test_the_kind_of_source_follows_the_file(path, kind):
    (track,) = tracks_of(write_session(session(Track("t", items=(Item(path, 0.0, 1.0, "i"),)))))
    assert track.find("ITEM").find("SOURCE").attrib == [kind]


def test_a_colour_is_stored_as_blue_green_red_with_the_bit_that_sets_it():
    (track,) = tracks_of(write_session(session(Track("t", "#E0b040"))))
    assert int(word(track, "PEAKCOL")[0]) == 0x1000000 | 0x40B0E0


def test_markers_and_regions_are_numbered_in_order_of_time():
    found = words(parse(write_session(example_session())), "MARKER")
    assert [entry[:3] for entry in found] == [["1", "0", "verse"], ["1", "4", ""], ["2", "10", "end"]]
    assert found[0][3:6] == ["1", "0", "1"]
    assert found[2][3:6] == ["0", str(0x10000FF), "1"]


def test_the_tempo_envelope_holds_every_change_and_says_where_a_bar_is_cut_short():
    parsed = parse(write_session(example_session()))
    assert word(parsed, "TEMPO") == ["120", "4", "4"]
    assert words(parsed.find("TEMPOENVEX"), "PT") == [
        ["0", "120", "1", str(4 * 65536 + 4), "0", "1"],
        ["4", "95.995", "1"],
        ["6.5", "90", "1", str(8 * 65536 + 6), "0", "5"],
    ]


def test_a_meter_that_changes_on_a_bar_line_keeps_whole_bars():
    points = (TempoPoint(0.0, 120.0, 3, 4), TempoPoint(4.5, 120.0, 4, 4))
    parsed = parse(write_session(session(tempo=points)))
    assert words(parsed.find("TEMPOENVEX"), "PT")[1][-1] == "1"


def test_the_project_has_the_rate_the_clock_and_no_tempo_map_when_none_is_known():
    parsed = parse(write_session(session(start=36_000.0)))
    assert word(parsed, "SAMPLERATE") == ["48000", "1", "0"]
    assert word(parsed, "PROJOFFS")[0] == "36000"
    assert parsed.find("TEMPOENVEX") is None


@settings(deadline=None, max_examples=300)
@example("'\"` all")
@given(NAMES)
def test_any_name_is_read_back(name):
    line = CONTROLS.sub(" ", name)
    expected = line.replace("`", "'") if {'"', "'", "`"} <= set(line) else line
    marker = Marker(1.0, name)
    parsed = parse(
        write_session(session(Track(name, items=(Item("a.wav", 0.0, 1.0, name),)), markers=(marker,)))
    )
    (track,) = parsed.findall("TRACK")
    assert word(track, "NAME") == [expected]
    assert word(track.find("ITEM"), "NAME") == [expected]
    assert word(parsed, "MARKER")[2] == expected


@pytest.mark.parametrize(
    ("name", "text"),
    [("a", '"a"'), ('a"b', "'a\"b'"), ("a\"'b", "`a\"'b`"), ("a\"'`b", "`a\"''b`"), ("", '""')],
)
def test_the_quote_is_the_first_that_is_not_in_the_name(name, text):
    assert quoted(name) == text


@settings(deadline=None, max_examples=1_000)
@given(st.sampled_from(RATES), st.data())
def test_a_position_lands_on_its_sample_for_a_day_at_any_rate(rate, data):
    sample = data.draw(st.integers(0, 24 * 3600 * rate))
    text = number(sample / rate)
    assert round(float(text) * rate) == sample
    assert abs(float(text) * rate - sample) < 1e-4
    assert "e" not in text


def test_the_end_of_a_day_at_192_khz_is_exact():
    rate, last = 192_000, 24 * 3600 * 192_000 - 1
    (track,) = tracks_of(
        write_session(session(Track("t", items=(Item("a.wav", last / rate, 1 / rate, "i"),))))
    )
    assert round(float(word(track.find("ITEM"), "POSITION")[0]) * rate) == last


def test_identities_are_all_different_and_come_from_the_seed():
    text = write_session(example_session())
    found = re.findall(r"\{[0-9A-F-]{36}\}", text)
    assert len(set(found)) == len(found) - 5, "a track says its own twice"
    assert all(uuid.UUID(one).version == 5 for one in found)
    assert text == write_session(example_session())
    assert not set(found) & set(
        re.findall(r"\{[0-9A-F-]{36}\}", write_session(session(Track("Spot"), seed="x")))
    )


def test_a_template_has_the_tracks_and_no_items():
    wrapped = parse(f"<X\n{write_track_template(example_session())}>\n")
    tracks = wrapped.findall("TRACK")
    assert len(tracks) == 5
    assert all(track.find("ITEM") is None for track in tracks)


def test_a_template_with_media_names_the_files_in_full():
    text = write_track_template(example_session(), media="/share/out/")
    assert 'FILE "/share/out/stems/spot_drums.wav"' in text


@pytest.mark.parametrize(
    ("tracks", "message"),
    [
        ((Track("t", "red"),), "colour"),
        ((Track("t", items=(Item("a.txt", 0.0, 1.0, "i"),)),), "kind of file"),
        ((Track("t", items=(Item("\"'`.wav", 0.0, 1.0, "i"),)),), "cannot store the path"),
        ((Track("t", items=(Item("a\nb.wav", 0.0, 1.0, "i"),)),), "cannot store the path"),
        ((Track("t", items=(Item("a.wav", float("nan"), 1.0, "i"),)),), "number nan"),
    ],
)
def test_what_reaper_cannot_store_is_refused(tracks, message):
    with pytest.raises(DeliveryError, match=message):
        write_session(session(*tracks))


def test_a_track_deeper_than_its_folders_is_refused():
    with pytest.raises(DeliveryError, match="depth 1"):
        session(Track("a"), Track("b", depth=1))


DEPTHS = st.lists(st.booleans(), min_size=1, max_size=12)


@settings(deadline=None, max_examples=100)
@given(DEPTHS, st.data())
def test_folders_open_and_close_in_balance(folders, data):
    depth, tracks = 0, []
    for place, is_folder in enumerate(folders):
        depth = data.draw(st.integers(0, depth))
        tracks.append(Track(str(place), is_folder=is_folder, depth=depth))
        depth += is_folder
    found, at = [], 0
    for track in tracks_of(write_session(session(*tracks))):
        found.append(at)
        at += int(word(track, "ISBUS")[1])
    assert found == [track.depth for track in tracks]
    assert at == 0
