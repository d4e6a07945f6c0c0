"""What happens between sending and inserting: errors, closed projects, restarts, a daemon that is away."""

import copy
import json
import re

import pytest
from lua.model import Project
from lua.standin import NO, YES
from lua.values import ScriptError

DAY_S = 24 * 3600


def stems(studio):
    return [item for item in studio.reaper.project.items if item.ext.get("stembridge")]


def test_nothing_is_left_running_when_nothing_is_left_to_do(studio):
    studio.deliver(studio.separate(studio.item()))
    assert studio.reaper.running_scripts == []
    assert studio.ext("pending") == ""
    assert not [key for _, key in studio.reaper.project.ext if len(key) == 32]


def test_one_background_script_looks_after_all_requests(studio):
    first = studio.separate(studio.item())
    second = studio.separate(studio.item())
    assert [script.path.name for script in studio.reaper.running_scripts] == [
        "Stembridge_Watch for stems.lua"
    ]
    studio.deliver(first + second)
    assert len(stems(studio)) == 6


def test_many_jobs_that_end_together_are_inserted_within_two_seconds(studio):
    requests = studio.separate(*(studio.item(name=f"{number}") for number in range(20)))
    for request in requests:
        studio.daemon.finish(request)
    studio.reaper.tick_seconds(2.0)
    assert len(stems(studio)) == 60
    assert len(studio.reaper.project.undo) == 20


def test_the_action_watches_itself_where_reaper_registers_no_script(studio, monkeypatch):
    monkeypatch.setattr(studio.reaper, "register", lambda _path: 0)
    studio.deliver(studio.separate(studio.item()))
    assert len(stems(studio)) == 3


def test_status_is_read_four_times_a_second_and_no_oftener(studio, monkeypatch):
    (request,) = studio.separate(studio.item())
    looks = []
    known = studio.reaper.calls.HasExtState
    monkeypatch.setattr(studio.reaper.calls, "EnumProjects", counted(studio.reaper.calls.EnumProjects, looks))
    studio.daemon.status(request, "queued")
    studio.reaper.tick_seconds(10.0)
    assert 35 <= len(looks) <= 41
    assert known("stembridge", "pending")


def counted(function, calls):
    def wrapper(*arguments):
        calls.append(arguments)
        return function(*arguments)

    return wrapper


@pytest.mark.parametrize(("age", "told"), [(0.0, False), (9.0, False), (11.0, True)])
def test_a_daemon_that_is_away_is_told_once_with_how_to_start_it(studio, age, told):
    studio.daemon.beat(age)
    studio.separate(studio.item(), studio.item())
    studio.reaper.tick_seconds(1.9)
    assert studio.reaper.messages == []
    studio.reaper.tick_seconds(20.0)
    assert len(studio.reaper.messages) == int(told)
    assert not told or "stembridge run" in studio.reaper.messages[0]


def test_a_daemon_that_comes_later_still_gets_the_work_done(studio):
    studio.daemon.beat(1000.0)
    requests = studio.separate(studio.item())
    studio.reaper.tick_seconds(5.0)
    studio.deliver(requests)
    assert len(stems(studio)) == 3


def test_a_daemon_that_ends_while_a_job_runs_is_told_once(studio):
    (request,) = studio.separate(studio.item())
    studio.daemon.status(request, "running")
    studio.reaper.tick_seconds(20.0)
    assert studio.reaper.messages == []
    studio.daemon.beat(60.0)
    studio.reaper.tick_seconds(60.0)
    (message,) = studio.reaper.messages
    assert "stembridge run" in message
    studio.deliver([request])
    assert len(stems(studio)) == 3


def test_a_computer_that_slept_is_given_time_for_the_next_beat(studio):
    (request,) = studio.separate(studio.item())
    studio.daemon.status(request, "running")
    studio.reaper.tick_seconds(10.0)
    studio.daemon.beat(3600.0)
    studio.reaper.tick_seconds(5.0)
    studio.daemon.beat()
    studio.reaper.tick_seconds(60.0)
    assert studio.reaper.messages == []


def test_a_job_that_fails_is_told_in_one_sentence_with_the_log(studio):
    (request,) = studio.separate(studio.item(name="song"))
    studio.daemon.status(
        request, "failed", code="disk", message="The disk is full.", hint="Free 2 GB.", log="/a.log"
    )
    studio.reaper.tick_seconds(1.0)
    assert studio.reaper.messages == ["song: The disk is full. Free 2 GB.\nLog: /a.log"]
    assert studio.reaper.running_scripts == []


@pytest.mark.parametrize("state", ["waiting", "queued"])
def test_what_a_job_waits_for_is_told_once_and_the_job_goes_on(studio, state):
    (request,) = studio.separate(studio.item(name="song"))
    missing = {"message": "The model htdemucs is not here.", "hint": "Run: stembridge models fetch htdemucs"}
    for attempt in range(3):
        studio.daemon.status(request, state, percent=attempt, log="/logs/stembridge.log", **missing)
        studio.reaper.tick_seconds(1.0)
    assert studio.reaper.messages == [
        "song waits: The model htdemucs is not here. Run: stembridge models fetch htdemucs\nLog: /logs/stembridge.log"
    ]
    studio.deliver([request])
    assert len(stems(studio)) == 3


def test_several_failures_are_told_together(studio):
    for request in studio.separate(studio.item(name="a"), studio.item(name="b")):
        studio.daemon.status(request, "rejected", message="Not allowed.")
    studio.reaper.tick_seconds(1.0)
    assert sorted(studio.reaper.messages[0].splitlines()) == ["a: Not allowed.", "b: Not allowed."]


def test_a_cancelled_job_ends_without_a_word(studio):
    (request,) = studio.separate(studio.item())
    studio.daemon.status(request, "cancelled")
    studio.reaper.tick_seconds(1.0)
    assert studio.reaper.messages == []
    assert studio.reaper.running_scripts == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"state": 7}', "\udcff"])
def test_a_status_that_cannot_be_read_is_read_again(studio, text):
    (request,) = studio.separate(studio.item())
    path = studio.daemon.spool / "status" / f"{request['id']}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8", errors="surrogateescape")
    studio.reaper.tick_seconds(1.0)
    studio.deliver([request])
    assert len(stems(studio)) == 3
    assert studio.reaper.messages == []


def test_nothing_is_inserted_into_another_project(studio):
    requests = studio.separate(studio.item())
    home = studio.reaper.project
    studio.reaper.open_project(Project())
    studio.deliver(requests)
    assert (len(home.tracks), len(studio.reaper.project.tracks)) == (1, 0)
    assert "Its project is not in front" in studio.reaper.messages[0]
    assert "Show jobs" in studio.reaper.messages[0]
    studio.reaper.project = home
    studio.reaper.tick_seconds(5.0)
    assert len(home.tracks) == 1


def test_nothing_is_inserted_when_the_project_is_closed(studio):
    requests = studio.separate(studio.item())
    studio.reaper.close_project(studio.reaper.project)
    studio.deliver(requests)
    assert studio.reaper.project.tracks == []
    assert "Its project is closed" in studio.reaper.messages[0]


def test_nothing_is_inserted_for_an_item_that_is_gone(studio):
    item = studio.item()
    requests = studio.separate(item)
    studio.reaper.delete_item(item)
    studio.deliver(requests)
    assert len(studio.reaper.project.tracks) == 1
    assert "no longer in the project" in studio.reaper.messages[0]


def change_take(studio, item):
    item.take.guid = "{OTHER}"


def change_source(studio, item):
    item.take.source = studio.reaper.calls.PCM_Source_CreateFromFile(str(studio.wave("other.wav")))


def show_more(studio, item):
    item.values["D_LENGTH"] = 4.0


def show_earlier(studio, item):
    item.take.values["D_STARTOFFS"] = 0.0


def play_one_side(studio, item):
    item.take.values["I_CHANMODE"] = 3.0


@pytest.mark.parametrize("change", [change_take, change_source, show_more, show_earlier, play_one_side])
def test_nothing_is_inserted_for_an_item_that_shows_something_else_now(studio, change):
    item = studio.item(length=0.5, D_STARTOFFS=1.5)
    requests = studio.separate(item)
    change(studio, item)
    studio.deliver(requests)
    assert len(studio.reaper.project.tracks) == 1
    assert "item" in studio.reaper.messages[0]


def test_nothing_is_inserted_for_an_item_that_goes_round_no_more(studio):
    item = studio.item(length=9.0)
    (request,) = studio.separate(item)
    item.values["B_LOOPSRC"] = 0.0
    studio.deliver([request], loop=True)
    assert stems(studio) == []
    assert "goes round no more" in studio.reaper.messages[0]


def test_an_item_moved_to_another_track_gets_its_stems_there(studio):
    item = studio.item()
    requests = studio.separate(item)
    old, new = studio.reaper.project.tracks[0], studio.reaper.add_track("Elsewhere")
    old.items.remove(item)
    new.items.append(item)
    studio.deliver(requests)
    assert [name for _, name in studio.reaper.project.levels()][:3] == ["Song", "Elsewhere", "song stems"]


def start_up(studio):
    """Start REAPER again with the line that the settings put into its startup script."""
    studio.reaper.restart()
    studio.reaper.run_script(studio.scripts / "startup.lua")


@pytest.mark.parametrize(("answer", "inserted"), [(YES, 3), (NO, 0)])
def test_stems_that_were_finished_while_reaper_was_closed_are_offered_once(studio, answer, inserted):
    requests = studio.separate(studio.item(name="song"))
    studio.reaper.restart()
    studio.daemon.finish(requests[0])
    studio.reaper.say("box", answer)
    studio.reaper.run_script(studio.scripts / "startup.lua")
    studio.reaper.tick_seconds(3.0)
    assert "song: 3 stems are ready." in studio.reaper.messages[0]
    assert len(stems(studio)) == inserted
    studio.reaper.tick_seconds(10.0)
    assert len(studio.reaper.messages) == 1


def test_stems_are_offered_when_their_project_is_opened_later(studio):
    requests = studio.separate(studio.item())
    studio.daemon.finish(requests[0])
    studio.reaper.restart()
    home = studio.reaper.project
    studio.reaper.projects, studio.reaper.project = [home, empty := Project()], empty
    studio.reaper.run_script(studio.scripts / "startup.lua")
    studio.reaper.tick_seconds(10.0)
    assert studio.reaper.messages == []
    studio.reaper.project = home
    studio.reaper.say("box", YES)
    studio.reaper.tick_seconds(4.0)
    assert len(stems(studio)) == 3


def test_a_project_remembers_its_requests_where_reaper_does_not(studio):
    requests = studio.separate(studio.item(), studio.item())
    studio.reaper.restart()
    studio.reaper.ext["stembridge", "pending"] = (f"{requests[0]['id']}@1700000000", True)
    studio.reaper.run_script(studio.scripts / "startup.lua")
    for request in requests:
        studio.daemon.finish(request)
    studio.reaper.say("box", YES, YES)
    studio.reaper.tick_seconds(6.0)
    assert len(stems(studio)) == 6


def test_a_project_that_was_closed_unsaved_is_asked_before_its_stems_come_again(studio):
    (request,) = studio.separate(studio.item(name="song"))
    saved = copy.deepcopy(studio.reaper.project)
    studio.deliver([request])
    studio.reaper.open_project(saved)
    studio.reaper.say("box", NO)
    studio.run("Show jobs")
    studio.separate(studio.item(name="other"))
    studio.reaper.tick_seconds(3.0)
    assert stems(studio) == []
    assert "song: 3 stems are ready." in studio.reaper.messages[0]


def test_a_start_with_nothing_to_do_starts_nothing(studio):
    studio.reaper.run_script(studio.scripts / "startup.lua")
    assert studio.reaper.running_scripts == []


def test_what_failed_in_another_session_is_not_brought_up_again(studio):
    (request,) = studio.separate(studio.item())
    studio.daemon.status(request, "failed", message="No.")
    start_up(studio)
    studio.reaper.tick_seconds(5.0)
    assert studio.reaper.messages == []
    assert studio.ext("pending") == ""


def test_a_request_that_nobody_remembers_is_forgotten_after_a_week(studio):
    (request,) = studio.separate(studio.item())
    start_up(studio)
    studio.reaper.now = lambda: 1_700_000_000.0 + 9 * DAY_S
    studio.reaper.tick_seconds(5.0)
    assert studio.ext("pending") == ""
    assert request["id"] not in {key for _, key in studio.reaper.project.ext}


def test_an_error_over_one_job_does_not_stop_the_others(studio, monkeypatch):
    requests = studio.separate(studio.item(name="bad"), studio.item(name="good"))
    studio.daemon.finish(requests[0], stems=[{"name": 5, "path": {}}])
    studio.deliver(requests[1:])
    assert len(stems(studio)) == 3
    assert re.search(r"bad: .*The script failed", studio.reaper.messages[0])


def test_an_error_in_every_turn_is_told_once_and_ends_the_watch(studio, monkeypatch):
    def broken(_index):
        raise ScriptError("no projects today")

    studio.separate(studio.item())
    monkeypatch.setattr(studio.reaper.calls, "EnumProjects", broken)
    studio.reaper.tick_seconds(20.0)
    first, last = studio.reaper.messages
    assert "no projects today" in first
    assert "stopped" in last
    assert "stack traceback" in studio.reaper.console[0]
    assert studio.reaper.running_scripts == []


def test_the_bell_is_a_process_with_nothing_of_the_user_on_its_command_line(studio):
    studio.separate(studio.item(), studio.item())
    (command,) = studio.reaper.processes
    assert re.fullmatch(r'"[^"]+/stembridge program/stembridge" notify [0-9a-f]{32}', command)


def test_the_bell_is_a_datagram_where_sockets_are_installed(make_studio):
    import socket

    from pythonosc.osc_message import OscMessage

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(5)
        studio = make_studio(sockets=True)
        bridge = studio.scripts / "bridge.json"
        bridge.write_text(bridge.read_text().replace("9137", str(server.getsockname()[1])))
        requests = studio.separate(studio.item(), studio.item())
        messages = [OscMessage(server.recv(2048)) for _ in requests]
    assert studio.reaper.processes == []
    assert {message.address for message in messages} == {"/stembridge/submit"}
    assert {message.params[0] for message in messages} == {request["id"] for request in requests}


def test_a_command_that_is_not_there_is_not_started(studio):
    (studio.scripts.parents[2] / "stembridge program" / "stembridge").unlink()
    assert len(studio.separate(studio.item())) == 1
    assert studio.reaper.processes == []


def test_the_bell_names_the_configuration_that_the_installer_was_told(studio):
    bridge = json.loads((studio.scripts / "bridge.json").read_text(encoding="utf-8"))
    bridge["config"] = "/home/me/my music.yaml"
    (studio.scripts / "bridge.json").write_text(json.dumps(bridge), encoding="utf-8")
    studio.separate(studio.item())
    (command,) = studio.reaper.processes
    assert re.search(r' notify --config "/home/me/my music.yaml" [0-9a-f]{32}$', command)


@pytest.mark.parametrize("word", ['we"ird', "new\nline"])
@pytest.mark.parametrize("place", ["arguments", "config"])
def test_a_command_that_could_be_read_as_another_is_not_started(studio, word, place):
    bridge = json.loads((studio.scripts / "bridge.json").read_text(encoding="utf-8"))
    bridge[place] = [word] if place == "arguments" else word
    (studio.scripts / "bridge.json").write_text(json.dumps(bridge), encoding="utf-8")
    assert len(studio.separate(studio.item())) == 1
    assert studio.reaper.processes == []
