"""Stems come back where they belong."""

from pathlib import Path

import numpy as np
import pytest
import rpp
import soundfile
from lua.fake_daemon import COLOURS, shown_source
from lua.world import section

SOUND_EXACT = 1e-6


def names(studio):
    return [name for _, name in studio.reaper.project.levels()]


def stem_items(studio):
    return [item for item in studio.reaper.project.items if item.ext.get("stembridge")]


def test_stems_come_back_as_tracks_in_a_folder_under_the_item(studio):
    item = studio.item(position=2.0, length=1.5)
    studio.deliver(studio.separate(item))
    assert studio.reaper.project.levels() == [
        (0, "Song"), (1, "song stems"), (2, "Vocals"), (2, "Drums"), (2, "Bass"),
    ]  # fmt: skip
    assert not studio.reaper.messages
    assert not studio.reaper.running_scripts


def test_a_stem_has_what_the_item_has(studio):
    item = studio.item(
        position=2.0, length=1.5, D_STARTOFFS=1.25, D_PLAYRATE=1.37, D_PITCH=-2.5, B_PPITCH=0, D_PAN=-0.5,
        D_VOL=0.7, D_FADEINLEN=0.01, D_FADEOUTLEN=0.2, D_FADEOUTLEN_AUTO=0.05, C_FADEOUTSHAPE=3, D_FADEINDIR=0.4,
        D_SNAPOFFSET=0.3, I_PITCHMODE=65536,
    )  # fmt: skip
    item.take.values["D_VOL"] = -0.8
    studio.deliver(studio.separate(item))
    for stem in stem_items(studio):
        ours = {"B_LOOPSRC", "B_MUTE", "B_UISEL", "I_CUSTOMCOLOR"}
        assert {k: v for k, v in stem.values.items() if k not in ours} == {
            k: v for k, v in item.values.items() if k not in ours
        }
        ours = {"D_STARTOFFS", "I_CHANMODE", "I_CUSTOMCOLOR"}
        assert {k: v for k, v in stem.take.values.items() if k not in ours} == {
            k: v for k, v in item.take.values.items() if k not in ours
        }
        assert (stem.values["B_LOOPSRC"], stem.take.values["I_CHANMODE"]) == (0, 0)


def test_tracks_items_and_takes_carry_name_and_colour_of_their_stem(studio):
    studio.deliver(studio.separate(studio.item()))
    track = studio.reaper.project.tracks[2]
    native = int(COLOURS["Vocals"][1:], 16) | 0x1000000
    assert (track.name, track.items[0].take.name) == ("Vocals", "song - Vocals")
    assert track.values["I_CUSTOMCOLOR"] == track.items[0].values["I_CUSTOMCOLOR"] == native


@pytest.mark.parametrize(
    ("take", "folder"),
    [
        ("song.wav", "song stems"),
        ("Mix v1.2", "Mix v1.2 stems"),
        (".wav", ".wav stems"),
        ("a.mp3", "a.mp3 stems"),
    ],
)
def test_a_take_loses_the_ending_of_its_file_and_nothing_else(studio, take, folder):
    studio.deliver(studio.separate(studio.item(name=take)))
    assert names(studio)[1] == folder


def test_colours_have_the_byte_order_of_windows_there(make_studio):
    studio = make_studio(windows=True)
    studio.deliver(studio.separate(studio.item()))
    assert studio.reaper.project.tracks[2].values["I_CUSTOMCOLOR"] == 0x40B0E0 | 0x1000000


def test_the_source_is_muted_unless_the_user_wants_it_heard(studio):
    item = studio.item()
    studio.deliver(studio.separate(item))
    assert item.values["B_MUTE"] == 1
    studio.reaper.ext["stembridge", "mute_source"] = ("no", True)
    other = studio.item(position=10.0)
    studio.deliver(studio.separate(other))
    assert other.values["B_MUTE"] == 0


@pytest.mark.parametrize("rate", [0.5, 1.0, 1.37, 2.0])
@pytest.mark.parametrize("kind", ["file", "section", "reversed"])
def test_the_same_sample_sounds_at_the_same_time_and_the_stems_sum_to_it(studio, rate, kind):
    offset = 0.4 + 1 / 3
    item = studio.item(source=make_source(studio, kind), length=1.1, D_STARTOFFS=offset, D_PLAYRATE=rate)
    item.values["D_POSITION"] = 3.3
    (request,) = studio.separate(item)
    studio.deliver([request])
    audio, hz = shown_source(request)
    at = np.arange(0, 1.1 * rate, 1 / hz)
    expected = sample(audio, hz, at + offset)
    heard = np.zeros_like(expected)
    for stem in stem_items(studio):
        assert (stem.position, stem.length, stem.take.values["D_PLAYRATE"]) == (3.3, 1.1, rate)
        played, stem_hz = soundfile.read(stem.take.source.path, always_2d=True)
        heard += sample(played, stem_hz, at + stem.take.values["D_STARTOFFS"])
    assert np.abs(heard - expected).max() < SOUND_EXACT


def make_source(studio, kind):
    wave = studio.wave(seconds=4.0)
    if kind == "file":
        return wave
    whole = studio.reaper.calls.PCM_Source_CreateFromFile(str(wave))
    return section(whole, 0.25, 3.5, reversed_=kind == "reversed")


def sample(audio, hz, seconds):
    """Play a sound at given times, interpolated between its samples."""
    return np.stack([np.interp(seconds * hz, np.arange(len(audio)), c) for c in audio.T], axis=1)


def test_one_undo_takes_all_of_a_job_back(studio):
    item = studio.item()
    studio.reaper.add_track("Next")
    before = studio.reaper.project.levels()
    studio.deliver(studio.separate(item))
    assert [text for text, _ in studio.reaper.project.undo] == ["Stembridge: insert stems of song"]
    studio.reaper.calls.Undo_DoUndo2(None)
    assert studio.reaper.project.levels() == before
    assert studio.reaper.project.items[0].values["B_MUTE"] == 0


@pytest.mark.parametrize(
    ("tracks", "chosen"),
    [
        ([("A", 0), ("B", 0)], 0),
        ([("A", 1), ("B", 0), ("C", -1), ("D", 0)], 2),
        ([("A", 1), ("B", 1), ("C", -2), ("D", 0)], 2),
        ([("A", 1), ("B", 0), ("C", -1), ("D", 0)], 0),
        ([("A", 1), ("B", 1), ("C", -2), ("D", 0)], 1),
    ],
)
def test_other_tracks_keep_their_place_in_the_folders(studio, tracks, chosen):
    made = [studio.reaper.add_track(name, depth=depth) for name, depth in tracks]
    before = studio.reaper.project.levels()
    studio.deliver(studio.separate(studio.item(made[chosen])))
    after = studio.reaper.project.levels()
    old = {name for name, _ in tracks}
    level = before[chosen][0]
    assert [entry for entry in after if entry[1] in old] == before
    assert [entry[0] for entry in after if entry[1] not in old] == [level + 1, *[level + 2] * 3]


def test_existing_children_come_first_and_stay_untouched(studio):
    parent = studio.reaper.add_track("Parent", depth=1)
    child = studio.reaper.add_track("Child", depth=-1)
    kept = studio.reaper.add_item(child, studio.wave("kept.wav"))
    studio.deliver(studio.separate(studio.item(parent)))
    assert names(studio)[:3] == ["Parent", "Child", "song stems"]
    assert child.items == [kept]


def test_several_items_on_several_tracks_all_come_back(studio):
    first, second = studio.reaper.add_track("First"), studio.reaper.add_track("Second")
    items = [
        studio.item(first, name="a"),
        studio.item(second, name="b"),
        studio.item(first, name="c", position=9.0),
    ]
    requests = studio.separate(*items)
    studio.deliver(requests)
    assert len(requests) == 3
    assert len(stem_items(studio)) == 9
    assert {len(name) > 0 for name in names(studio)} == {True}


def test_the_next_item_of_a_track_goes_onto_the_same_stem_tracks(studio):
    track = studio.reaper.add_track("Song")
    studio.deliver(
        studio.separate(studio.item(track, length=2.0), studio.item(track, position=5.0, length=2.0))
    )
    assert names(studio) == ["Song", "song stems", "Vocals", "Drums", "Bass"]
    assert [item.position for item in studio.reaper.project.tracks[2].items] == [0.0, 5.0]


def test_items_that_fade_into_each_other_share_their_stem_tracks(studio):
    track = studio.reaper.add_track("Song")
    first = studio.item(track, length=2.0, D_FADEOUTLEN_AUTO=0.01)
    second = studio.item(track, position=1.99, length=2.0, D_FADEINLEN_AUTO=0.01, D_FADEOUTLEN_AUTO=0.2)
    third = studio.item(track, position=3.79, length=2.0, D_FADEINLEN_AUTO=0.2)
    studio.deliver(studio.separate(first, second, third))
    assert names(studio) == ["Song", "song stems", "Vocals", "Drums", "Bass"]
    fades = sorted(item.values["D_FADEINLEN_AUTO"] for item in studio.reaper.project.tracks[2].items)
    assert fades == [-1.0, 0.01, 0.2]


def test_an_item_that_overlaps_gets_stem_tracks_of_its_own(studio):
    track = studio.reaper.add_track("Song")
    studio.deliver(
        studio.separate(studio.item(track, length=2.0), studio.item(track, position=1.0, length=2.0))
    )
    assert names(studio).count("Vocals") == 2


def test_a_set_of_tracks_for_every_item_where_the_user_wants_that(studio):
    studio.reaper.ext["stembridge", "share"] = ("no", True)
    track = studio.reaper.add_track("Song")
    studio.deliver(
        studio.separate(studio.item(track, length=2.0), studio.item(track, position=5.0, length=2.0))
    )
    assert names(studio).count("Vocals") == 2


def test_the_same_job_twice_does_nothing(studio):
    item = studio.item()
    (first,) = studio.separate(item)
    status = studio.daemon.finish(first)
    studio.reaper.tick_seconds(1.0)
    before = studio.reaper.project.levels()
    (second,) = studio.separate(item)
    studio.daemon.finish(second, job=status["job"])
    studio.reaper.tick_seconds(1.0)
    assert studio.reaper.project.levels() == before
    assert studio.ext("pending") == ""


def test_two_copies_of_an_item_get_stems_each_from_one_job(studio):
    wave = studio.wave()
    first, second = studio.item(source=wave), studio.item(source=wave)
    for request in studio.separate(first, second):
        studio.daemon.finish(request, job="one job")
    studio.reaper.tick_seconds(1.0)
    assert names(studio).count("Vocals") == 2


def test_stems_as_takes_of_the_item(studio):
    studio.reaper.ext["stembridge", "put"] = ("takes", True)
    item = studio.item(position=2.0, length=1.5, D_STARTOFFS=1.25, D_PLAYRATE=1.37)
    item.take.values["D_VOL"] = -0.8
    studio.deliver(studio.separate(item))
    assert len(studio.reaper.project.tracks) == 1
    assert [take.name for take in item.takes] == ["song.wav", "song - Vocals", "song - Drums", "song - Bass"]
    assert item.active == 1
    assert {take.values["D_VOL"] for take in item.takes} == {-0.8}
    assert item.values["B_MUTE"] == 0


def test_a_wide_stem_gets_a_wide_track(studio):
    item = studio.item(source=studio.wave(channels=5))
    studio.deliver(studio.separate(item))
    assert {track.values["I_NCHAN"] for track in studio.reaper.project.tracks[1:]} == {6}


def test_peaks_are_built_over_turns_and_finished_once(studio):
    studio.deliver(studio.separate(studio.item()))
    for stem in stem_items(studio):
        assert stem.take.source.peak_calls == [0, 1, 1, 2]


def test_a_stem_that_is_deleted_while_its_peaks_are_built_is_no_error(studio):
    (request,) = studio.separate(studio.item())
    studio.daemon.finish(request)
    while not stem_items(studio):
        studio.reaper.tick()
    for stem in stem_items(studio):
        studio.reaper.delete_item(stem)
    studio.reaper.tick_seconds(1.0)
    assert not studio.reaper.running_scripts
    assert not studio.reaper.messages


def test_an_item_that_was_moved_and_trimmed_meanwhile_is_followed(studio):
    item = studio.item(position=2.0, length=1.5, D_STARTOFFS=1.0)
    (request,) = studio.separate(item)
    item.values.update({"D_POSITION": 7.0, "D_LENGTH": 1.0})
    item.take.values["D_STARTOFFS"] = 1.25
    studio.deliver([request])
    for stem in stem_items(studio):
        assert (stem.position, stem.length, stem.take.values["D_STARTOFFS"]) == (7.0, 1.0, 1.25)


def test_an_item_that_goes_round_in_its_source_goes_round_in_its_stems(studio):
    (request,) = studio.separate(studio.item(length=9.0))
    studio.deliver([request], loop=True)
    assert {stem.values["B_LOOPSRC"] for stem in stem_items(studio)} == {1}


def test_silence_before_the_source_stays_before_the_stems(studio):
    (request,) = studio.separate(studio.item(length=2.0, D_STARTOFFS=-0.5))
    studio.deliver([request])
    assert {stem.take.values["D_STARTOFFS"] for stem in stem_items(studio)} == {-0.5}


def test_nothing_is_inserted_when_one_stem_cannot_be_read(studio):
    (request,) = studio.separate(studio.item())
    status = studio.daemon.finish(request)
    Path(status["stems"][2]["path"]).unlink()
    studio.reaper.tick_seconds(1.0)
    assert names(studio) == ["Song"]
    assert not studio.reaper.project.undo
    assert "A stem cannot be read" in studio.reaper.messages[0]


def test_a_failure_half_way_is_taken_back(studio, monkeypatch):
    (request,) = studio.separate(studio.item())
    calls = []
    whole = studio.reaper.calls.AddMediaItemToTrack

    def fail_at_the_second(track):
        calls.append(track)
        return None if len(calls) == 2 else whole(track)

    monkeypatch.setattr(studio.reaper.calls, "AddMediaItemToTrack", fail_at_the_second)
    studio.deliver([request])
    assert names(studio) == ["Song"]
    assert "were not inserted" in studio.reaper.messages[0]


def test_the_saved_project_says_the_same(studio, tmp_path):
    item = studio.item(position=2.0, length=1.5, D_STARTOFFS=1.25, D_PLAYRATE=2.0, D_FADEINLEN=0.01)
    studio.deliver(studio.separate(item))
    studio.reaper.save(tmp_path / "song.rpp")
    project = rpp.loads((tmp_path / "song.rpp").read_text(encoding="utf-8"))
    tracks = project.findall("TRACK")
    assert [field(track, "ISBUS") for track in tracks] == [
        ["1", "1"],
        ["1", "1"],
        ["0", "0"],
        ["0", "0"],
        ["2", "-2"],
    ]
    for track in tracks[2:]:
        made = track.find("ITEM")
        assert (field(made, "POSITION"), field(made, "LENGTH"), field(made, "LOOP")) == (
            ["2"],
            ["1.5"],
            ["0"],
        )
        assert (field(made, "SOFFS"), field(made, "PLAYRATE")[0]) == (["1"], "2")
        assert Path(field(made.find("SOURCE"), "FILE")[0]).is_file()


def field(element, name):
    return list(next(entry for entry in element if isinstance(entry, list) and entry[0] == name)[1:])
