from pathlib import Path, PurePosixPath

import pytest
import rpp
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.check_model import Check
from stembridge.intake.paths import requests_for
from stembridge.pipeline import Bench, perform
from stembridge.preset_model import Preset
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.checkup import check_up
from stembridge.stages.deliver import Delivered
from stembridge.stages.edition_identities import identify_pieces
from stembridge.stages.edition_names import read_version
from stembridge.stages.editions import Piece, tell_editions
from stembridge.stages.output_names import name_sets
from stembridge.stages.probe import Source, probe
from stembridge.stages.separation_cache import SeparationCache
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)
BAND = ("Drums", "Bass", "Vox")
Lengths = dict[str, float]


def pieces(files: Lengths) -> list[Piece]:
    return [Piece(PurePosixPath(f"{name}.wav"), duration) for name, duration in files.items()]


def told(files: Lengths) -> dict[str, str]:
    return {
        name: member.edition.label for name, member in zip(files, tell_editions(pieces(files)), strict=True)
    }


def alike(names: str, duration: float = 60.0) -> Lengths:
    return dict.fromkeys(names.split(), duration)


@pytest.mark.parametrize(
    ("name", "duration", "version"),
    [
        ("Song_30s_Drums", 2.0, "30s"),
        ('Song 15" Mix', 2.0, "15s"),
        ("Song-60sec", 2.0, "60s"),
        ("Song_30", 30.4, "30s"),
        ("Song_30", 90.0, ""),
        ("Song_Alt Mix 2", 2.0, "alt 2"),
        ("Song_Inst", 2.0, "instrumental"),
        ("Song (Radio Edit)", 2.0, "radio edit"),
        ("Song Full Length", 2.0, "full"),
        ("Instruments", 2.0, ""),
        ("Altos", 2.0, ""),
    ],
)
def test_a_version_is_read_from_a_name(name: str, duration: float, version: str):
    assert read_version(name, duration).version == version


@pytest.mark.parametrize(
    "files",
    [
        alike("Song_Drums Song_Bass Song_Mix"),
        alike("Drums/audio Bass/audio Mix/audio"),
        alike("01/audio 02/audio 03/audio"),
        alike("Stems/Song_Drums Stems/Song_Bass Mix/Song"),
        alike("Rhythm/Drums Rhythm/Bass Melodic/Keys Melodic/Gtr"),
        alike("Song_Gtr_Bob Song_Gtr_Ann Song_Vox_Bob Song_Vox_Ann"),
        alike("Song_Vocals Song_Instrumental"),
        alike("Song_Drums Song_Bass Song_Bass_Alt Song_Mix"),
        alike("Song_30s_Drums Song_30s_Bass"),
        {"Song_80s Synth": 60.0, "Song_Drums": 60.0, "Song_60s Organ": 60.0, "Song_Gtr 10": 10.0},
        {f"Track{number:02}": 30.0 for number in range(1, 31)},
    ],
)
def test_what_may_be_one_set_is_one_set(files: Lengths):
    assert set(told(files).values()) <= {"", "full"}
    assert len(set(told(files).values())) == 1


def test_files_named_alike_in_folders_of_songs_are_told_apart():
    found = told(alike("Alpha/Drums Alpha/Bass Beta/Drums Beta/Bass"))
    assert found == {"Alpha/Drums": "Alpha", "Alpha/Bass": "Alpha", "Beta/Drums": "Beta", "Beta/Bass": "Beta"}
    assert set(told(alike("Alpha/Track01 Alpha/Track02 Beta/Track01 Beta/Track02")).values()) == {
        "Alpha",
        "Beta",
    }


def test_songs_in_one_folder_are_told_by_what_their_names_begin_with():
    found = told(alike("Alpha_Drums Alpha_Bass Alpha Beta_Drums Beta_Bass Beta_Mix"))
    assert found["Alpha"] == found["Alpha_Bass"] == "Alpha"
    assert found["Beta_Mix"] == found["Beta_Drums"] == "Beta"


def test_songs_of_one_artist_are_told_where_their_lengths_differ():
    names = [f"Ann - {song}_{stem}" for song in ("Alpha", "Beta") for stem in BAND]
    differing = {name: 60.0 if "Alpha" in name else 70.0 for name in names}
    assert set(told(differing).values()) == {"Ann - Alpha", "Ann - Beta"}
    assert set(told(dict.fromkeys(names, 60.0)).values()) == {""}


def test_cuts_and_mixes_of_one_song_are_told_apart():
    files = {"Song_Full": 120.0, "Song_30": 30.5, "Song_15": 15.2, "Song_Alt Mix": 120.0, "Song_Inst": 120.0}
    assert list(told(files).values()) == ["full", "30s", "15s", "alt", "instrumental"]


def test_an_instrumental_beside_a_band_is_no_stem():
    found = told(alike("Song_Drums Song_Bass Song_Vox Song_Mix Song_Instrumental"))
    assert found["Song_Instrumental"] == "instrumental"
    assert found["Song_Mix"] == found["Song_Vox"] == "full"


def test_folders_of_versions_and_of_songs_work_together():
    found = told(
        alike("Alpha/Full/Drums Alpha/Full/Bass Alpha/30s/Drums Alpha/30s/Bass Beta/Drums Beta/Bass")
    )
    assert sorted(set(found.values())) == ["Alpha 30s", "Alpha full", "Beta"]


def test_stems_are_called_alike_whatever_their_version():
    names = [f"Song_{version}_{stem}" for version in ("60s", "30s") for stem in BAND]
    found = identify_pieces(pieces(dict.fromkeys(names, 3.0)), parent=None)
    assert [identity.stem for _, identity in found] == ["drums", "bass", "vocals"] * 2
    assert [identity.path for _, identity in found] == [f"{name}.wav" for name in names]


@given(
    st.lists(st.sampled_from([f"{s}{v}{n}" for s in ("", "A/", "B/") for v in ("", "30s_") for n in BAND]))
)
@settings(deadline=None, max_examples=60)
def test_the_order_of_the_files_plays_no_part(names: list[str]):
    files = dict.fromkeys(names, 9.0)
    assert told(files) == told(dict(reversed(files.items())))


def deliver(folder: Path, files: Lengths, **values: object) -> Delivered:
    for seed, (name, seconds) in enumerate(files.items()):
        write_sound(folder / "In" / f"{name}.wav", noise(seconds, RATE, level=0.05, seed=seed), RATE)
    preset = Preset(id="test", description="A test", **values)
    (request,) = requests_for([folder / "In"], preset="test", destination=folder / "out")
    bench = Bench(Library(ModelStore(folder / "models")), SeparationCache(folder / "cache"))
    return perform(request, preset, bench, job="a" * 16)


def test_each_version_is_conformed_as_a_set_of_its_own(tmp_path: Path):
    files = {"Song_Drums": 2.0, "Song_Bass": 1.9, "Song_30s_Drums": 1.0, "Song_30s_Bass": 0.9}
    delivered = deliver(tmp_path, files, align={"length": "common"}, name="{song}_{stem}")
    outputs = {path.relative_to(delivered.folder).as_posix(): path for path in delivered.outputs}
    assert list(outputs) == [
        *("full/Song_drums.wav", "full/Song_bass.wav"),
        *("30s/Song 30s_drums.wav", "30s/Song 30s_bass.wav"),
    ]
    frames = [probe(Source(path, PurePosixPath("x"))).sound.frames for path in outputs.values()]
    assert frames == [96_000, 96_000, 48_000, 48_000]
    project = rpp.loads(delivered.session.read_text("utf-8"))
    tracks = [(each.find("NAME")[1], each.find("MUTESOLO")[1]) for each in project.findall("TRACK")]
    assert tracks == [
        ("full", "0"),
        ("drums", "0"),
        ("bass", "0"),
        ("30s", "1"),
        ("drums", "0"),
        ("bass", "0"),
    ]
    files = [each[1] for each in project.iter() if isinstance(each, list) and each[:1] == ["FILE"]]
    assert all((delivered.folder / file).is_file() for file in files)


def test_songs_named_alike_in_sub_folders_are_delivered_side_by_side(tmp_path: Path):
    delivered = deliver(tmp_path, {f"{song}/{stem}": 0.5 for song in ("Alpha", "Beta") for stem in BAND})
    folders = {path.parent.name: path.name for path in delivered.outputs}
    assert folders == {"Alpha": "Alpha_vocals_48k16b.wav", "Beta": "Beta_vocals_48k16b.wav"}
    assert delivered.folder.name == "In"


def test_sets_are_checked_each_by_itself(tmp_path: Path):
    files = {
        "Song_Drums": 2.0,
        "Song_Bass": 2.0,
        "Song_30s_Drums": 1.0,
        "Song_30s_Keys": 1.0,
        "Song_30s_Bass": 0.5,
    }
    paths = [
        write_sound(tmp_path / f"{name}.wav", noise(seconds, RATE, level=0.05, seed=seed), RATE)
        for seed, (name, seconds) in enumerate(files.items())
    ]
    facts = [probe(Source(path, PurePosixPath(path.name))) for path in paths]
    check = Check.model_validate({"lossy": "off", "stems": {"wanted": ["drums", "bass", "keys"]}})
    found = {(each.code, str(each.path), each.message[:6]) for each in check_up(facts, check).findings}
    assert found == {
        ("unequal-length", "Song_30s_Bass.wav", "Its le"),
        ("missing-stem", "None", "full: "),
        ("no-mix", "None", "full: "),
        ("no-mix", "None", "30s: T"),
    }


def test_songs_that_some_file_system_takes_for_one_lie_side_by_side():
    assert len({name.casefold() for name in name_sets(["Why", "WHY", "Why?"])}) == 3
    assert name_sets([""]) == [""]


def test_the_report_says_which_version_a_stem_is_of(tmp_path: Path):
    files = {f"Song_{version}Drums": seconds for version, seconds in (("", 2.0), ("30s_", 1.0))}
    files |= {name.replace("Drums", "Bass"): seconds for name, seconds in files.items()}
    page = (deliver(tmp_path, files).folder / "report.html").read_text("utf-8")
    assert "full: drums" in page
    assert "30s: bass" in page
