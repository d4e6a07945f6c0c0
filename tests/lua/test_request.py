"""What is sent is the item, not a render of it."""

import json
import re

import pytest
from lua.standin import NO, YES
from lua.world import section


def files_in(folder):
    return [path.name for path in folder.iterdir()]


def test_a_request_says_all_about_the_item(studio):
    wave = studio.wave("a song 100% 'so' \"ünïcode\".wav", seconds=3.0)
    studio.reaper.project.rate = 96000
    item = studio.item(
        source=wave, position=1.5, length=0.75, D_STARTOFFS=0.1, D_PLAYRATE=1.37, D_PITCH=3, B_PPITCH=0, D_PAN=0.25,
        D_VOL=0.5, D_FADEINLEN=0.01, D_FADEOUTLEN=0.02, I_CHANMODE=3, B_LOOPSRC=0,
    )  # fmt: skip
    item.take.values["D_VOL"] = -1.0
    (request,) = studio.separate(item)
    track = studio.reaper.project.tracks[0]
    assert re.fullmatch(r"[0-9a-f]{32}", request.pop("id"))
    assert request == {
        "version": 1, "kind": "separate", "preset": "four-stems", "script_version": "0.1.0", "stems": None,
        "handles": 1, "destination": None,
        "project": {
            "path": "", "record_path": studio.reaper.project.record_path, "rate": 96000, "name": "",
        },
        "item": {
            "guid": item.guid, "take_guid": item.take.guid, "track_guid": track.guid, "position": 1.5,
            "length": 0.75, "start_offset": 0.1, "play_rate": 1.37, "preserve_pitch": False, "pitch": 3,
            "volume": 0.5, "take_volume": -1, "pan": 0.25, "fade_in": 0.01, "fade_out": 0.02, "loop": False,
            "channel_mode": 3, "name": wave.name,
        },
        "source": {
            "path": str(wave), "type": "WAVE", "length": 3, "rate": 48000, "channels": 2, "section": None,
        },
    }  # fmt: skip


@pytest.mark.parametrize("backwards", [False, True])
def test_a_section_is_named_with_the_file_behind_it(studio, backwards):
    wave = studio.wave()
    whole = studio.reaper.calls.PCM_Source_CreateFromFile(str(wave))
    (request,) = studio.separate(
        studio.item(source=section(whole, 0.5, 2.0, reversed_=backwards), length=1.0)
    )
    assert request["source"]["path"] == str(wave)
    assert request["source"]["section"] == {"offset": 0.5, "length": 2, "reversed": backwards}


def test_a_source_that_is_only_reversed_is_all_of_its_file(studio):
    whole = studio.reaper.calls.PCM_Source_CreateFromFile(str(studio.wave(seconds=4.0)))
    (request,) = studio.separate(studio.item(source=section(whole, 0.0, 0.0, reversed_=True), length=1.0))
    assert request["source"]["section"] == {"offset": 0, "length": 4, "reversed": True}


def test_the_project_is_named_with_its_recording_path(studio, tmp_path):
    studio.reaper.save(tmp_path / "My song.rpp")
    (request,) = studio.separate(studio.item())
    assert request["project"]["path"] == str(tmp_path / "My song.rpp")
    assert request["project"]["name"] == "My song.rpp"
    assert request["project"]["rate"] == 0


def test_a_project_that_remembers_a_request_wants_to_be_saved(studio):
    before = studio.reaper.project.changes
    studio.separate(studio.item())
    assert studio.reaper.project.changes > before


def test_nothing_half_written_is_left_in_the_spool(studio):
    studio.separate(studio.item(), studio.item())
    files = files_in(studio.daemon.spool / "requests")
    assert len(files) == 2
    assert all(re.fullmatch(r"[0-9a-f]{32}\.json", name) for name in files)


def test_a_rename_that_fails_is_no_obstacle(studio, monkeypatch):
    monkeypatch.setattr("lua.script._rename_like_windows", lambda _old, _new: (None, b"no such folder", 2))
    studio.reaper.windows = True
    (request,) = studio.separate(studio.item())
    assert files_in(studio.daemon.spool / "requests") == [f"{request['id']}.json"]


def test_without_a_selection_the_user_is_told(studio):
    assert studio.separate() == []
    assert studio.reaper.messages == ["Select one or more audio items first."]


def test_without_an_installed_daemon_the_user_is_told_how(studio):
    (studio.scripts / "bridge.json").unlink()
    assert studio.separate(studio.item()) == []
    assert "stembridge reaper install" in studio.reaper.messages[0]


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2}', '{"version": 1, "port": 9137}'])
def test_a_bridge_of_another_kind_is_refused(studio, text):
    (studio.scripts / "bridge.json").write_text(text, encoding="utf-8")
    assert studio.separate(studio.item()) == []
    assert "stembridge reaper install" in studio.reaper.messages[0]


CURABLE = {
    "it is MIDI": lambda item: setattr(item.take.source, "type", "MIDI"),
    "it is a subproject": lambda item: setattr(item.take.source, "type", "RPP_PROJECT"),
    "it is a video": lambda item: setattr(item.take.source, "type", "VIDEO"),
    "it has stretch markers": lambda item: setattr(item.take, "stretch_markers", 2),
    "it has take FX": lambda item: setattr(item.take, "fx", 1),
    "it has take envelopes": lambda item: setattr(item.take, "envelopes", 1),
    "its source is not a file": lambda item: setattr(item.take.source, "path", ""),
}
HOPELESS = {
    "its file is missing": lambda item: setattr(item.take.source, "path", "/nowhere/a.wav"),
    "its media is offline": lambda item: setattr(item.take.source, "rate", 0),
    "it holds no audio": lambda item: item.takes.clear(),
}


@pytest.mark.parametrize("reason", CURABLE)
def test_what_a_render_cures_is_rendered_when_the_user_agrees(studio, reason):
    fit, item = studio.item(name="fit"), studio.item(name="odd")
    CURABLE[reason](item)
    studio.reaper.say("box", YES)
    requests = studio.separate(fit, item)
    assert reason in studio.reaper.messages[0]
    assert {request["item"]["name"] for request in requests} == {"fit", "odd render"}
    assert fit.selected
    assert item.selected
    assert len(fit.takes) == 1
    assert [text for text, _ in studio.reaper.project.undo] == ["Stembridge: render before separation"]


def test_what_the_user_does_not_want_rendered_is_left_out(studio):
    fit, item = studio.item(name="fit"), studio.item(name="odd")
    item.take.fx = 1
    studio.reaper.say("box", NO)
    (request,) = studio.separate(fit, item)
    assert request["item"]["name"] == "fit"
    assert len(item.takes) == 1


@pytest.mark.parametrize("reason", HOPELESS)
def test_what_nothing_cures_is_refused_with_the_reason(studio, reason):
    fit, item = studio.item(name="fit"), studio.item(name="odd")
    HOPELESS[reason](item)
    (request,) = studio.separate(fit, item)
    assert request["item"]["name"] == "fit"
    assert reason in studio.reaper.messages[0]


def test_a_section_of_a_section_is_rendered_first(studio):
    whole = studio.reaper.calls.PCM_Source_CreateFromFile(str(studio.wave()))
    item = studio.item(source=section(section(whole, 0.5, 3.0), 0.1, 2.0), length=1.0)
    studio.reaper.say("box", NO)
    assert studio.separate(item) == []


def test_a_name_that_is_not_utf8_is_refused_and_the_others_are_sent(studio):
    fit, item = studio.item(name="fit"), studio.item(name="bad \udcff")
    (request,) = studio.separate(fit, item)
    assert request["item"]["name"] == "fit"
    assert "UTF-8" in studio.reaper.messages[0]


def test_a_preset_is_chosen_from_what_the_daemon_offers(studio):
    studio.daemon.list_presets(
        {"name": "six-stems", "description": "Six", "kind": "separate", "stems": ["vocals", "piano"]},
        {"name": "house", "description": "Conform", "kind": "conform", "stems": []},
    )
    item = studio.item()
    studio.reaper.say("menu", "six-stems: Six")
    studio.reaper.say(
        "form", {"Stems: vocals piano (empty: all)": "vocals, piano", "Handles in seconds": "2,5"}
    )
    studio.reaper.select(item)
    studio.run("Separate selected items with preset...")
    (request,) = studio.daemon.requests()
    assert (request["preset"], request["stems"], request["handles"]) == (
        "six-stems",
        ["vocals", "piano"],
        2.5,
    )
    (again,) = studio.separate(item)
    assert (again["preset"], again["stems"], again["handles"]) == ("six-stems", ["vocals", "piano"], 2.5)


def test_a_preset_is_typed_where_the_daemon_offers_none(studio):
    studio.reaper.say("form", {"Preset": "mine"}, {"Handles in seconds": "many"}, {"Handles in seconds": "0"})
    studio.reaper.select(studio.item())
    studio.run("Separate selected items with preset...")
    (request,) = studio.daemon.requests()
    assert (request["preset"], request["handles"]) == ("mine", 0)
    assert studio.reaper.messages == ["Handles are seconds from 0 to 60."]


@pytest.mark.parametrize("answers", [[None], [{"Preset": "x"}, None], [{"Preset": ""}]])
def test_a_form_that_is_cancelled_sends_nothing(studio, answers):
    studio.reaper.say("form", *answers)
    studio.reaper.select(studio.item())
    studio.run("Separate selected items with preset...")
    assert studio.daemon.requests() == []


def test_a_request_is_taken_by_the_daemon(studio):
    spool_request = pytest.importorskip("stembridge.intake.spool_request")
    (request,) = studio.separate(studio.item())
    assert spool_request.read_request(json.loads(json.dumps(request)), name=request["id"]).id == request["id"]
