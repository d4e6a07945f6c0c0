"""A delivery with a tempo map, a cue sheet and checks, from its folder to its session."""

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import rpp

from stembridge.audio.chunks import read_metadata
from stembridge.audio.sound import Encoding
from stembridge.check_model import Check
from stembridge.intake.paths import requests_for
from stembridge.pipeline import Bench, perform
from stembridge.preset_model import Preset
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.session.tempo import (
    MeterChange,
    TempoChange,
    TempoMap,
    TextMarker,
    read_tempo_map,
    write_tempo_map,
)
from stembridge.stages.deliver import Delivered
from stembridge.stages.separation_cache import SeparationCache
from stembridge.testing import noise, tree, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)
MAP = TempoMap(
    960,
    (TempoChange(0, 500_000), TempoChange(3_840, 400_000)),
    (MeterChange(0, 4, 4), MeterChange(3_840, 3, 4)),
    (TextMarker(1_920, "Strophe für Zoë"),),
)


def deliver(folder: Path, files: dict[str, bytes | str], **values: object) -> Delivered:
    for seed, name in enumerate(("Drums", "Bass")):
        sound = noise(3.0, RATE, level=0.05, seed=seed)
        if name == "Bass":
            sound[RATE : RATE + 2_400] = 0.0
        write_sound(folder / "Song" / f"Song_{name}.wav", sound, RATE, encoding=Encoding.FLOAT32)
    tree(folder / "Song", files)
    return performed(folder, "Song", **values)


def performed(folder: Path, name: str, **values: object) -> Delivered:
    preset = Preset(id="test", description="A test", **values)
    (request,) = requests_for([folder / name], preset="test", destination=folder / "out")
    bench = Bench(Library(ModelStore(folder / "models")), SeparationCache(folder / "cache"))
    return perform(request, preset, bench, job="a" * 16)


def markers(delivered: Delivered) -> list[tuple[float, str]]:
    assert delivered.session
    project = rpp.loads(delivered.session.read_text("utf-8"))
    return [(float(each[2]), each[3]) for each in project.findall("MARKER")]


def test_tempo_and_markers_come_into_session_files_and_a_map_of_their_own(tmp_path: Path):
    files = {"tempo.mid": write_tempo_map(MAP), "cues.csv": "#,Name,Start,End,Length\nM1,Hit,0:01.500,,\n"}
    delivered = deliver(tmp_path, files)
    project = rpp.loads(delivered.session.read_text("utf-8"))
    points = [each[1:3] for each in project.find("TEMPOENVEX").findall("PT")]
    assert points == [["0", "120"], ["2", "150"]]
    assert markers(delivered) == [(1.0, "Strophe für Zoë"), (1.5, "Hit")]
    again = read_tempo_map(delivered.folder / "Song.mid")
    assert (again.tempos, again.meters) == (MAP.tempos, MAP.meters)
    assert [marker.text for marker in again.markers] == ["Strophe für Zoë", "Hit"]
    assert (delivered.folder / "Extras" / "tempo.mid").read_bytes() == write_tempo_map(MAP)
    root = ET.fromstring(read_metadata(delivered.outputs[0]).ixml.encode())
    assert root.findtext("ASWG/tempo") == "120"
    positions = [point.findtext("SYNC_POINT_LOW") for point in root.iter("SYNC_POINT")]
    assert positions == ["48000", "72000"]


def test_each_song_of_a_delivery_has_its_own_tempo_and_markers(tmp_path: Path):
    songs = {"Midnight": (400_000, "Nacht"), "Sunrise": (600_000, "Morgen")}
    for name, (tempo, text) in songs.items():
        for seed, stem in enumerate(("Drums", "Bass")):
            sound = noise(3.0, RATE, level=0.05, seed=seed)
            write_sound(tmp_path / "Album" / f"{name}_{stem}.wav", sound, RATE, encoding=Encoding.FLOAT32)
        told = TempoMap(960, (TempoChange(0, tempo),), (), (TextMarker(960, text),))
        tree(tmp_path / "Album", {f"{name}.mid": write_tempo_map(told)})
    delivered = performed(tmp_path, "Album")
    for name, (tempo, text) in songs.items():
        again = read_tempo_map(delivered.folder / name / f"{name}.mid")
        assert [change.microseconds for change in again.tempos] == [tempo]
        assert [marker.text for marker in again.markers] == [text]
        root = ET.fromstring(
            read_metadata(delivered.folder / name / f"{name}_drums_48k32fb.wav").ixml.encode()
        )
        assert root.findtext("ASWG/tempo") == f"{60_000_000 / tempo:g}"
        assert [point.findtext("SYNC_POINT_COMMENT") for point in root.iter("SYNC_POINT")] == [text]
    assert [each["code"] for each in delivered.findings] == ["several-tempos"]


def test_a_damaged_map_is_carried_along_and_the_delivery_goes_on(tmp_path: Path):
    delivered = deliver(tmp_path, {"tempo.mid": b"MThd nonsense", "cues.csv": b"\x00\xff\x00"})
    assert [(each["code"], each["severity"]) for each in delivered.findings] == [("midi", "warning")]
    assert (delivered.folder / "Extras" / "tempo.mid").read_bytes() == b"MThd nonsense"
    assert not (delivered.folder / "Song.mid").exists()


def test_findings_of_the_checks_are_markers_of_the_session(tmp_path: Path):
    check = Check.model_validate({"lossy": "off", "dropouts": "warn"})
    delivered = deliver(tmp_path, {}, check=check)
    found = [(at, name) for at, name in markers(delivered) if name.startswith("bass: ")]
    assert [round(at, 3) for at, _ in found] == [1.0]
    assert np.isclose(delivered.findings[0]["at"], 1.0, atol=1e-4)


def test_a_preset_may_want_no_tempo_map(tmp_path: Path):
    delivered = deliver(tmp_path, {"t.mid": write_tempo_map(MAP)}, session={"tempo_map": False})
    assert not (delivered.folder / "Song.mid").exists()
