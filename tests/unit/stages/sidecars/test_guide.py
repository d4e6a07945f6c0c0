from fractions import Fraction
from pathlib import Path, PurePosixPath

import pytest

from stembridge.session.project import TempoPoint
from stembridge.session.tempo import MeterChange, TempoChange, TempoMap, TextMarker, write_tempo_map
from stembridge.stages.editions import Edition
from stembridge.stages.guidance import from_start, lay_out, told_of
from stembridge.stages.probe import Source, probe
from stembridge.stages.sidecars.guide import Guide, read_guide
from stembridge.stages.sidecars.song_guide import SongGuide, guides_of
from stembridge.testing import noise, tree, write_sound
from stembridge.units import Hertz, Samples

RATE = Hertz(48_000)
MAP = TempoMap(
    480,
    (TempoChange(0, 500_000), TempoChange(1_920, 400_000)),
    (MeterChange(0, 4, 4), MeterChange(1_920, 3, 4)),
    (TextMarker(960, "Strophe für Zoë"),),
)


def guide(folder: Path, files: dict[str, bytes | str], frame_rate: float | None = None) -> Guide:
    tree(folder, files)
    sound = write_sound(folder / "Song.wav", noise(0.1, RATE), RATE)
    sidecars = [Source(folder / name, PurePosixPath(name)) for name in files]
    return read_guide(sidecars, [probe(Source(sound, PurePosixPath("Song.wav")))], frame_rate=frame_rate)


def told(folder: Path, files: dict[str, bytes | str], frame_rate: float | None = None) -> SongGuide:
    """Return what is told of a delivery that is one song."""
    return guides_of(guide(folder, files, frame_rate), {Edition(): 60.0})[Edition()]


def codes(found: Guide | SongGuide) -> list[str]:
    return [finding.code for finding in found.findings]


def test_a_tempo_map_is_found_and_laid_out(tmp_path: Path):
    found = lay_out(told(tmp_path, {"x.mid": write_tempo_map(MAP)}), Fraction(0), Fraction(60), bpm=None)
    assert found.tempo == (TempoPoint(0.0, 120.0), TempoPoint(2.0, 150.0, 3, 4))
    assert [(marker.position, marker.name) for marker in found.markers] == [(1.0, "Strophe für Zoë")]


def test_latin_1_is_read_and_told(tmp_path: Path):
    data = write_tempo_map(MAP).replace(
        "Strophe für Zoë".encode(), "Strophe f\xfcr Zo\xeb..".encode("latin-1")
    )
    found = guide(tmp_path, {"x.mid": data})
    assert found.maps[0].tempo.markers[0].text == "Strophe für Zoë.."
    assert codes(found) == ["midi"]


@pytest.mark.parametrize("data", [b"", b"MThd", b"RIFF1234", write_tempo_map(MAP)[:40], b"MThd" + bytes(10)])
def test_a_damaged_tempo_map_is_told_and_stops_nothing(data: bytes, tmp_path: Path):
    found = guide(tmp_path, {"x.mid": data, "y.csv": "Name,Start\nHit,0:01.000\n"})
    assert (found.maps, codes(found), len(found.sheets)) == ((), ["midi"], 1)
    assert found.findings[0].path == PurePosixPath("x.mid")
    assert found.findings[0].severity == "warning"


def test_of_two_maps_the_one_that_is_called_so_is_taken_and_the_other_told(tmp_path: Path):
    other = TempoMap(480, (TempoChange(0, 600_000), TempoChange(9, 1), TempoChange(10, 600_000)))
    files = {"bass.mid": write_tempo_map(other), "Song Tempo Map.mid": write_tempo_map(MAP)}
    found = told(tmp_path, files)
    assert found.tempo == MAP
    assert [(each.code, str(each.path)) for each in found.findings] == [("tempo-differs", "bass.mid")]


def test_maps_that_differ_in_folders_of_their_own_are_none_of_the_delivery(tmp_path: Path):
    other = TempoMap(480, (TempoChange(0, 600_000),))
    found = told(tmp_path, {"A/tempo.mid": write_tempo_map(other), "B/tempo.mid": write_tempo_map(MAP)})
    assert (found.tempo, codes(found)) == (None, ["tempo-differs"] * 2)
    same = told(tmp_path / "same", {"A/tempo.mid": write_tempo_map(MAP), "B/tempo.mid": write_tempo_map(MAP)})
    assert (same.tempo, codes(same)) == (MAP, [])


SLOW, FAST = (TempoMap(480, (TempoChange(0, tempo),)) for tempo in (900_000, 300_000))
SONGS = {Edition("Alpha Dawn"): 90.0, Edition("Beta", "full"): 90.0, Edition("Beta", "30s"): 30.0}


@pytest.mark.parametrize(
    ("names", "tempos"),
    [
        (("Alpha_Dawn.mid", "Beta tempo.mid"), (SLOW, FAST, FAST)),
        (("Alpha Dawn/tempo.mid", "Beta/tempo.mid"), (SLOW, FAST, FAST)),
        (("tempo.mid", "Beta_30s.mid"), (SLOW, SLOW, FAST)),
        (("Beta_full.mid", "Beta 30.mid"), (None, SLOW, FAST)),
        (("tempo.mid", "Beta.mid"), (SLOW, FAST, FAST)),
    ],
    ids=str,
)
def test_a_map_that_is_called_after_a_song_is_for_that_song_alone(
    names: tuple[str, str], tempos: tuple[TempoMap | None, ...], tmp_path: Path
):
    found = guide(
        tmp_path, {name: write_tempo_map(each) for name, each in zip(names, (SLOW, FAST), strict=True)}
    )
    every = guides_of(found, SONGS)
    assert tuple(each.tempo for each in every.values()) == tempos
    assert [codes(each) for each in every.values()] == [[]] * 3


def test_a_cue_sheet_of_a_song_is_for_that_song_alone(tmp_path: Path):
    found = guides_of(guide(tmp_path, {"Beta.csv": "Name,Start\nHit,0:01.000\n"}), SONGS)
    assert [len(each.sheets) for each in found.values()] == [0, 1, 1]


def test_names_give_the_tempo_where_no_map_does():
    assert lay_out(SongGuide(), Fraction(0), Fraction(9), bpm=96.0).tempo == (TempoPoint(0.0, 96.0),)


def test_cues_count_from_midnight_or_from_the_start(tmp_path: Path):
    sheets = {"a.txt": "10:00:02:12 Hit\n", "b.txt": "0:03.000 Hat\n", "c.txt": "9:00.000 Far\n"}
    found = lay_out(told(tmp_path, sheets, 25.0), Fraction(36_000), Fraction(36_010), bpm=None)
    assert [(marker.position, marker.name) for marker in found.markers] == [(2.48, "Hit"), (3.0, "Hat")]
    assert [(each.code, str(each.path)) for each in found.findings] == [("cues-outside", "c.txt")]


def test_frames_without_a_frame_rate_are_not_guessed(tmp_path: Path):
    found = guide(tmp_path, {"a.txt": "00:00:02:12 Hit\n"})
    assert (codes(found), found.sheets) == (["cue-frame-rate"], ())


def test_a_checksum_list_and_a_letter_are_no_cue_sheets(tmp_path: Path):
    found = guide(tmp_path, {"md5sums.txt": "0:01.000 Hit\n", "letter.txt": "Hello.\n", "x.csv": b"\0\1"})
    assert found == Guide()


def test_a_later_start_keeps_the_tempo_that_holds_there(tmp_path: Path):
    whole = lay_out(told(tmp_path, {"x.mid": write_tempo_map(MAP)}), Fraction(10), Fraction(70), bpm=None)
    late = from_start(whole, Fraction(13))
    assert late.tempo == (TempoPoint(0.0, 150.0, 3, 4),)
    assert late.markers == ()
    early = from_start(whole, Fraction(9))
    assert early.tempo == (TempoPoint(0.0, 120.0), TempoPoint(3.0, 150.0, 3, 4))
    assert early.markers[0].position == 2.0


def test_a_file_is_told_its_own_markers_in_its_own_samples(tmp_path: Path):
    whole = lay_out(told(tmp_path, {"x.mid": write_tempo_map(MAP)}), Fraction(10), Fraction(70), bpm=None)
    own = told_of(whole, Samples(480_000), Samples(96_000), RATE)
    assert (own.bpm, own.meter, [cue.position for cue in own.cues]) == (120.0, "4/4", [48_000])
    assert told_of(whole, Samples(480_000), Samples(40_000), RATE).cues == ()
