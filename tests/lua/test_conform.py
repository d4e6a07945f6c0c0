"""A delivery is sent as a folder, and comes back as tracks when the user wants them."""

import json
from pathlib import Path

import pytest
from lua.standin import NO, YES


def send(studio):
    studio.reaper.say("file", str(studio.wave("delivery/01 Kick.wav")))
    studio.reaper.say("form", {"Preset": "house-48k24"})
    studio.run("Conform a delivery...")
    (request,) = studio.daemon.requests()
    return request


def conformed(studio, request, stems=2, **values):
    made = [
        {
            "name": f"Track {n}",
            "path": str(studio.wave(f"out/{n}.wav", seconds=n)),
            "role": None,
            "colour": None,
            **{key: each[n - 1] for key, each in values.items()},
        }
        for n in range(1, stems + 1)
    ]
    whole = {
        "handles": {"before": 0, "after": 0},
        "length": 0,
        "play_rate": 1,
        "manifest": "/out/manifest.json",
    }
    studio.daemon.status(
        request, "done", stems=[{**stem, "channels": 2, "rate": 48000} for stem in made], **whole
    )


def test_the_folder_of_the_chosen_file_is_sent(studio):
    request = send(studio)
    del request["id"]
    del request["project"]
    assert request == {
        "version": 1, "kind": "conform", "preset": "house-48k24", "script_version": "0.1.0",
        "path": str(studio.media / "delivery"), "destination": None,
    }  # fmt: skip


def test_a_folder_is_chosen_where_an_extension_has_a_window_for_that(make_studio):
    studio = make_studio(extensions=["JS"])
    studio.reaper.say("folder", "/deliveries/new")
    studio.reaper.say("form", {"Preset": "source"})
    studio.run("Conform a delivery...")
    assert studio.daemon.requests()[0]["path"] == "/deliveries/new"
    assert studio.ext("conform_preset") == "source"


@pytest.mark.parametrize(("file", "form"), [("", []), ("/a/b.wav", [None])])
def test_a_choice_that_is_cancelled_sends_nothing(studio, file, form):
    studio.reaper.say("file", file)
    studio.reaper.say("form", *form)
    studio.run("Conform a delivery...")
    assert studio.daemon.requests() == []


@pytest.mark.parametrize(("answer", "tracks"), [(YES, ["delivery stems", "Track 1", "Track 2"]), (NO, [])])
def test_a_conformed_delivery_is_offered(studio, answer, tracks):
    studio.reaper.project.cursor = 12.5
    request = send(studio)
    conformed(studio, request)
    studio.reaper.say("box", answer)
    studio.reaper.tick_seconds(3.0)
    assert "delivery: conformed, 2 files." in studio.reaper.messages[0]
    assert [track.name for track in studio.reaper.project.tracks] == tracks
    assert [(item.position, item.length) for item in studio.reaper.project.items] == [(12.5, 1), (12.5, 2)][
        : len(tracks)
    ]


def test_files_that_start_later_are_inserted_later_and_a_mixdown_is_muted(studio):
    studio.reaper.project.cursor = 12.5
    request = send(studio)
    conformed(studio, request, start=[0.0, 5.25], muted=[False, True])
    studio.reaper.say("box", YES)
    studio.reaper.tick_seconds(3.0)
    assert [item.position for item in studio.reaper.project.items] == [12.5, 17.75]
    assert [track.values["B_MUTE"] for track in studio.reaper.project.tracks] == [0, 0, 1]


def test_a_delivery_without_files_to_insert_is_told(studio):
    request = send(studio)
    studio.daemon.status(request, "done", stems=[], manifest="/out/manifest.json")
    studio.reaper.tick_seconds(1.0)
    assert studio.reaper.messages == ["delivery: conformed. See /out/manifest.json"]
    assert studio.reaper.running_scripts == []


def test_a_request_is_taken_by_the_daemon(studio):
    spool_request = pytest.importorskip("stembridge.intake.spool_request")
    request = send(studio)
    taken = spool_request.read_request(json.loads(json.dumps(request)), name=request["id"])
    assert Path(taken.path).name == "delivery"
