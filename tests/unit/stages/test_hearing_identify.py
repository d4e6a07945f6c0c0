import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from stembridge.audio.sound import Block
from stembridge.cli.identify import identify
from stembridge.pipeline import Bench, perform, plan_only
from stembridge.presets import Identify, PresetStore
from stembridge.request import Request
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.hearing.model import RoleModel
from stembridge.stages.listen import MODEL_FILE, load_model
from stembridge.stages.separation_cache import SeparationCache
from stembridge.stages.vocabulary import Role
from stembridge.testing import noise, pulses, tone, write_sound
from stembridge.units import Hertz

RATE = Hertz(44_100)
KEYS = {"path", "role", "family", "confidence", "runner_up", "evidence"}


def clicks() -> Block:
    return pulses(0.5, 9.0, RATE, tone(1000.0, 0.1, RATE, decay=100.0))


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    folder = tmp_path / "Song"
    write_sound(folder / "Track01.wav", clicks(), RATE)
    write_sound(folder / "Track02.wav", 0 * noise(9.0, RATE), RATE)
    write_sound(folder / "Bass.wav", tone(55.0, 9.0, RATE), RATE)
    return folder


def test_identify_prints_one_row_a_file(delivery: Path):
    done = CliRunner().invoke(identify, [str(delivery), "--json"])
    rows = {row["path"]: row for row in json.loads(done.stdout)}
    assert all(row.keys() == KEYS for row in rows.values())
    assert {path: row["family"] for path, row in rows.items()} == {
        "Track01.wav": "click",
        "Track02.wav": "silence",
        "Bass.wav": "bass",
    }


def test_identify_says_of_which_version_a_file_is(tmp_path: Path):
    for version, seconds in (("", 9.0), ("_30s", 3.0)):
        for name in ("Drums", "Bass"):
            write_sound(tmp_path / "Song" / f"Song{version}_{name}.wav", tone(55.0, seconds, RATE), RATE)
    rows = json.loads(CliRunner().invoke(identify, [str(tmp_path / "Song"), "--json"]).stdout)
    evidence = {row["path"]: row["evidence"] for row in rows}
    assert 'It is of the set "30s"' in evidence["Song_30s_Bass.wav"]
    assert 'It is of the set "full"' in evidence["Song_Bass.wav"]


def test_identify_by_sound_takes_no_notice_of_names(tmp_path: Path):
    path = write_sound(tmp_path / "Bass.wav", 0 * noise(3.0, RATE), RATE)
    done = CliRunner().invoke(identify, [str(path), "--by-sound", "--json"])
    assert json.loads(done.stdout)[0]["role"] == "silence"


def test_identify_says_where_a_name_contradicts_the_sound(tmp_path: Path):
    path = write_sound(tmp_path / "Bass.wav", clicks(), RATE)
    done = CliRunner().invoke(identify, [str(path)])
    assert "warning: The name says bass" in done.stdout
    assert "it sounds like click (97 % sure)" in done.stdout
    (row,) = json.loads(CliRunner().invoke(identify, [str(path), "--json"]).stdout)
    assert (row["role"], row["runner_up"]) == ("bass", "click")
    assert "it sounds like click" in row["evidence"]


def test_identify_changes_nothing(delivery: Path):
    before = {path: path.stat().st_mtime_ns for path in delivery.rglob("*")}
    CliRunner().invoke(identify, [str(delivery)])
    assert before == {path: path.stat().st_mtime_ns for path in delivery.rglob("*")}


@pytest.mark.parametrize("audio", [True, False])
def test_a_plan_listens_only_where_the_preset_wants_that(delivery: Path, tmp_path: Path, audio: bool):
    preset = PresetStore().load("house-48k24").model_copy(update={"identify": Identify(audio=audio)})
    sources = tuple(sorted(delivery.iterdir()))
    plan = plan_only(Request(sources, preset.id, tmp_path, "Song", root=delivery), preset)
    roles = {stem.facts.source.path.name: stem.identity.role for stem in plan.stems}
    assert roles["Bass.wav"] is Role.BASS
    assert (roles["Track01.wav"] is Role.CLICK) is audio


def test_a_file_nobody_is_sure_of_keeps_its_name_and_the_report_asks(tmp_path: Path):
    ring = np.float32(0.5) * noise(6.0, RATE) * (1 + tone(3.0, 6.0, RATE, level=1.0))
    sources = tuple(
        write_sound(tmp_path / "Song" / name, ring, RATE) for name in ("07 Xyzzy.wav", "08 Plugh.wav")
    )
    preset = PresetStore().load("source")
    preset = preset.model_copy(update={"identify": Identify(audio=True, least_confidence=1.0)})
    request = Request(sources, preset.id, tmp_path / "out", "Song", root=tmp_path / "Song")
    bench = Bench(Library(ModelStore(tmp_path / "models")), SeparationCache(tmp_path / "cache"))
    done = perform(request, preset, bench, job="a" * 16)
    names = sorted(path.name for path in done.folder.glob("*.wav"))
    assert names == ["Song_07_xyzzy_44.1k16b.wav", "Song_08_plugh_44.1k16b.wav"]
    assert "Neither its name nor its sound says surely" in (done.folder / "report.html").read_text("utf-8")


def test_the_model_comes_with_the_package_and_is_small():
    held = files("stembridge.stages").joinpath(MODEL_FILE).read_bytes()
    assert len(held) < 1_500_000
    assert RoleModel.from_json(held.decode("utf-8")).sorts == load_model().sorts
