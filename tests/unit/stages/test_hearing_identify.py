import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from stembridge.cli.identify import identify
from stembridge.pipeline import plan_only
from stembridge.presets import Identify, PresetStore
from stembridge.request import Request
from stembridge.stages.vocabulary import Role
from stembridge.testing import noise, pulses, tone, write_sound
from stembridge.units import Hertz

RATE = Hertz(44_100)
KEYS = {"path", "role", "family", "confidence", "runner_up", "evidence"}


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    folder = tmp_path / "Song"
    write_sound(folder / "Track01.wav", pulses(0.5, 9.0, RATE, tone(1000.0, 0.1, RATE, decay=100.0)), RATE)
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


def test_identify_by_sound_takes_no_notice_of_names(tmp_path: Path):
    path = write_sound(tmp_path / "Bass.wav", 0 * noise(3.0, RATE), RATE)
    done = CliRunner().invoke(identify, [str(path), "--by-sound", "--json"])
    assert json.loads(done.stdout)[0]["role"] == "silence"


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
