"""The window of jobs."""

import pytest
from lua.model import Project
from lua.standin import NO, YES

ESCAPE, ENTER, UP, DOWN, DELETE = 27, 13, 30064, 1685026670, 6579564
REFRESH = 0.4


def job(number, state, **values):
    return {
        "id": f"job{number}", "request": f"{number:032x}", "state": state, "percent": 0, "stage": "",
        "name": f"n{number}", "preset": "four-stems", "message": "", "hint": "", "manifest": None, "log": None,
        **values,
    }  # fmt: skip


def held(studio, request=None):
    """Return the request of a job that is done and waits, because its item was deleted."""
    item = studio.item(name="song")
    (request,) = studio.separate(item)
    studio.reaper.delete_item(item)
    studio.deliver([request])
    studio.reaper.messages.clear()
    return request


def show(studio, *jobs):
    studio.daemon.list_jobs(*jobs)
    script = studio.run("Show jobs")
    studio.reaper.tick_seconds(REFRESH)
    return script


def click(studio, script, text, place=0):
    script.window.point_at(text, place)
    script.window.hold(down=True)
    studio.reaper.tick()
    script.window.hold(down=False)
    studio.reaper.tick()


def stems(studio):
    return [item for item in studio.reaper.project.items if item.ext.get("stembridge")]


def test_a_running_job_shows_how_far_it_is(studio):
    script = show(studio, job(1, "running", percent=42.4, stage="separate"))
    assert {"n1   four-stems", "42 %  separate", "Cancel"} <= set(script.window.texts)


def test_a_failed_job_shows_message_and_hint(studio):
    script = show(studio, job(1, "failed", message="The disk is full.", hint="Free 2 GB.", log="/logs/a.log"))
    assert {"failed: The disk is full. Free 2 GB.", "Retry", "Folder"} <= set(script.window.texts)


def test_what_a_row_has_no_room_for_is_shown_in_full_when_it_is_selected(studio):
    message = "/volumes/projects/a song/Media/Stembridge: Writing is not allowed: Read-only file system."
    hint = "Give the user that runs stembridge permission to write there, then retry the job."
    script = show(studio, job(1, "failed", message=message, hint=hint), job(2, "done"))
    assert " ".join(script.window.texts).count(f"failed: {message} {hint}") == 1
    script.window.press(DOWN)
    studio.reaper.tick(2)
    assert hint not in " ".join(script.window.texts)


def test_no_jobs_say_what_to_do(studio):
    script = show(studio)
    assert any("No jobs yet" in text for text in script.window.texts)


def test_a_daemon_that_is_away_is_named(studio):
    studio.daemon.beat(100.0)
    script = show(studio)
    assert any("does not answer" in text for text in script.window.texts)


def test_a_request_that_the_daemon_has_not_seen_is_listed(studio):
    studio.separate(studio.item(name="song"))
    script = show(studio)
    assert {"song   four-stems", "queued: sent"} <= set(script.window.texts)


@pytest.mark.parametrize("how", ["close", "escape"])
def test_closing_the_window_ends_it_and_cancels_nothing(studio, how):
    script = show(studio, job(1, "running"))
    script.window.close() if how == "close" else script.window.press(ESCAPE)
    studio.reaper.tick()
    assert script.ended
    assert not script.window.is_open
    assert studio.daemon.commands() == []


@pytest.mark.parametrize(
    ("state", "label", "verb"), [("running", "Cancel", "cancel"), ("failed", "Retry", "retry")]
)
def test_a_button_sends_its_command_once(studio, state, label, verb):
    script = show(studio, job(1, state), job(2, state))
    script.window.point_at(label, 1)
    script.window.hold(down=True)
    studio.reaper.tick_seconds(1.0)
    (command,) = studio.daemon.commands()
    assert command == {"version": 1, "command": verb, "id": f"{2:032x}"}


def test_keys_move_and_command(studio):
    script = show(studio, *(job(number, "running") for number in range(1, 4)))
    script.window.press(DOWN, DOWN, DOWN, UP, DELETE)
    studio.reaper.tick_seconds(1.0)
    assert [command["id"] for command in studio.daemon.commands()] == [f"{2:032x}"]


def test_a_key_does_nothing_that_the_row_does_not_offer(studio):
    script = show(studio, job(1, "done"))
    script.window.press(DELETE, ENTER, ord("r"), ord("o"))
    studio.reaper.tick_seconds(1.0)
    assert studio.daemon.commands() == []
    assert studio.reaper.opened == studio.reaper.console == []


def test_a_long_list_scrolls(studio):
    script = show(studio, *(job(number, "done") for number in range(20)))
    assert "n19   four-stems" not in script.window.texts
    script.window.press(*[DOWN] * 19)
    studio.reaper.tick()
    assert "n19   four-stems" in script.window.texts
    for _ in range(30):
        script.window.scroll(120.0)
        studio.reaper.tick()
    assert script.window.texts[0] == "n0   four-stems"


def test_a_job_that_waits_is_inserted_at_its_remembered_place(studio):
    request = held(studio)
    script = show(studio)
    assert any("no longer in the project" in text for text in script.window.texts)
    click(studio, script, "Insert")
    assert [stem.position for stem in stems(studio)] == [request["item"]["position"]] * 3
    assert studio.ext("pending") == ""
    studio.reaper.tick_seconds(1.0)
    assert stems(studio)[0].take.source.peak_calls[-1] == 2


def test_stems_of_a_deleted_track_come_at_the_end_of_the_project(studio):
    held(studio)
    studio.reaper.calls.DeleteTrack(studio.reaper.project.tracks[0])
    studio.reaper.add_track("Folder", depth=1)
    studio.reaper.add_track("Child", depth=-1)
    script = show(studio)
    script.window.press(ENTER)
    studio.reaper.tick()
    assert studio.reaper.project.levels()[2:] == [(0, "song stems"), (1, "Vocals"), (1, "Drums"), (1, "Bass")]


def test_a_job_is_inserted_when_its_project_is_in_front_again(studio):
    requests = studio.separate(studio.item())
    home = studio.reaper.project
    studio.reaper.open_project(Project())
    studio.deliver(requests)
    script = show(studio)
    click(studio, script, "Insert")
    assert "not in front" in studio.reaper.messages[-1]
    studio.reaper.project = home
    click(studio, script, "Insert")
    assert len(stems(studio)) == 3


@pytest.mark.parametrize(("answer", "inserted"), [(YES, 3), (NO, 0)])
def test_stems_of_a_closed_project_can_go_into_the_one_in_front(studio, answer, inserted):
    requests = studio.separate(studio.item(name="song"))
    studio.reaper.close_project(studio.reaper.project)
    studio.deliver(requests)
    script = show(studio)
    studio.reaper.say("box", answer)
    click(studio, script, "Insert")
    assert len(stems(studio)) == inserted


def listed(request):
    return job(1, "done") | {"request": request["id"], "name": "song"}


def test_a_second_insert_of_a_job_says_that_it_is_there(studio):
    request = held(studio)
    script = show(studio, listed(request))
    for _ in range(2):
        click(studio, script, "Insert")
        studio.reaper.tick_seconds(REFRESH)
    assert len(stems(studio)) == 3
    assert studio.reaper.messages == ["song: these stems are in the project already."]


def test_a_job_that_another_project_sent_is_not_inserted_twice_either(studio):
    (request,) = studio.separate(studio.item())
    studio.deliver([request])
    studio.reaper.project.ext.clear()
    studio.reaper.say("box", YES)
    click(studio, show(studio, listed(request)), "Insert")
    assert len(stems(studio)) == 3


def test_an_insertion_that_was_undone_can_be_made_again(studio):
    item = studio.item(position=2.0)
    (request,) = studio.separate(item)
    studio.deliver([request])
    studio.reaper.calls.Undo_DoUndo2(None)
    click(studio, show(studio, listed(request)), "Insert")
    assert [stem.position for stem in stems(studio)] == [2.0] * 3
    assert studio.reaper.project.levels()[1] == (1, "song stems")


def test_a_project_remembers_the_last_twenty_insertions_only(studio):
    track = studio.reaper.add_track("Song")
    for number in range(25):
        studio.deliver(studio.separate(studio.item(track, position=10.0 * number, length=1.0)))
    assert len([key for _, key in studio.reaper.project.ext if key.startswith("done:")]) == 20


def test_a_failed_job_that_is_tried_again_is_inserted_when_it_is_done(studio):
    (request,) = studio.separate(studio.item())
    studio.daemon.status(request, "failed", message="Out of memory.")
    studio.reaper.tick_seconds(1.0)
    script = show(studio)
    click(studio, script, "Retry")
    studio.reaper.tick_seconds(1.0)
    assert len(studio.reaper.messages) == 1
    studio.daemon.status(request, "running")
    studio.reaper.tick_seconds(1.0)
    studio.deliver([request])
    assert len(stems(studio)) == 3


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_a_job_that_ended_badly_while_reaper_was_closed_can_be_tried_again(studio, state):
    (request,) = studio.separate(studio.item(position=2.0))
    studio.daemon.status(request, state, message="Out of memory.")
    studio.reaper.restart()
    studio.reaper.run_script(studio.scripts / "startup.lua")
    studio.reaper.tick_seconds(1.0)
    click(studio, show(studio, listed(request) | {"state": state}), "Retry")
    studio.deliver([request])
    assert [stem.position for stem in stems(studio)] == [2.0] * 3
    assert studio.reaper.messages == []


def test_a_job_that_fails_again_is_told_again(studio):
    (request,) = studio.separate(studio.item())
    studio.daemon.status(request, "failed", message="Out of memory.")
    studio.reaper.tick_seconds(1.0)
    click(studio, show(studio), "Retry")
    studio.daemon.status(request, "failed", message="Out of memory again.")
    studio.reaper.tick_seconds(1.0)
    assert len(studio.reaper.messages) == 2


def test_a_folder_is_opened_or_its_path_shown(make_studio):
    done = job(1, "done", manifest="/music/$(rm) it's/manifest.json")
    studio = make_studio(extensions=["SWS"])
    click(studio, show(studio, done), "Folder")
    assert studio.reaper.opened == ["/music/$(rm) it's"]


def test_without_the_extension_a_folder_is_shown(studio):
    click(studio, show(studio, job(1, "done", manifest="/music/a/manifest.json")), "Folder")
    assert studio.reaper.console == ["Stembridge: /music/a\n"]


def test_the_window_comes_back_where_it_was(studio):
    script = show(studio)
    script.window.press(ESCAPE)
    studio.reaper.tick()
    assert studio.ext("window") == "0 100 100 620 420"
    assert show(studio).window.is_open


def test_text_that_is_too_wide_is_cut_between_characters(studio):
    script = show(studio, job(1, "failed", message="ü" * 300, hint="日本" * 50))
    (cut,) = [text for text in script.window.texts if text.startswith("failed") and text.endswith("...")][:1]
    assert cut.endswith("ü...")
    assert len(cut) * 7 <= 620


@pytest.mark.parametrize("text", ["", "[]", '{"jobs": 5}', '{"jobs": [{"state": 5}]}'])
def test_a_list_that_cannot_be_read_is_empty(studio, text):
    studio.daemon.list_jobs()
    (studio.daemon.spool / "jobs.json").write_text(text)
    script = studio.run("Show jobs")
    studio.reaper.tick_seconds(1.0)
    assert any("No jobs yet" in text for text in script.window.texts)


@pytest.mark.parametrize(("version", "options"), [("6.47", []), ("7.30", [5])])
def test_a_second_start_closes_the_window_where_reaper_can(make_studio, version, options):
    studio = make_studio(version=version)
    show(studio)
    assert studio.reaper.options == options
