"""The stand-in is as strict as REAPER, or stricter."""

import inspect
import re

import pytest
from lua.model import Project
from lua.signatures import read_signatures
from lua.standin import Calls
from lua.world import RuleError

SIGNATURES = read_signatures()
CALLS = [name for name, _ in inspect.getmembers(Calls, inspect.isfunction) if not name.startswith("_")]


@pytest.fixture
def lua(studio):
    """Return a function that runs Lua as a script of its own."""

    def run(code):
        path = studio.scripts / "test.lua"
        path.write_text(code, encoding="utf-8")
        return studio.reaper.run_script(path)

    return run


@pytest.mark.parametrize("name", CALLS)
def test_every_call_has_the_name_and_arity_of_the_list(name):
    parameters = inspect.signature(getattr(Calls, name)).parameters
    assert len(parameters) - 1 == len(SIGNATURES[name].parameters)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("reaper.Nonsense()", "reaper.Nonsense does not exist"),
        ("local x = reaper.Nonsense", "reaper.Nonsense does not exist"),
        ("reaper.mine = 1", "not ours to write"),
        ("reaper.CountTracks()", "bad argument #1 to 'CountTracks'"),
        ("reaper.GetTrack(0)", "bad argument #2 to 'GetTrack'"),
        ("reaper.GetTrack(0, 0.5)", "bad argument #2 to 'GetTrack' .integer expected"),
        ("reaper.GetTrack(0, '0')", "integer expected"),
        ("reaper.GetActiveTake(nil)", "MediaItem expected"),
        ("reaper.GetActiveTake(reaper.GetTrack(0, 0))", "MediaItem expected"),
        ("reaper.MB('a', 'b')", "bad argument #3"),
        ("reaper.SetExtState('a', 'b', 5, true)", "string expected"),
        ("reaper.SetExtState('a', 'b', 'c', 1)", "boolean expected"),
        ("reaper.defer('x')", "function expected"),
        ("local n = reaper.GetTrack(0, 0).name", "'name'"),
        ("local n = gfx.nonsense", "gfx.nonsense does not exist"),
        ("os.execute('true')", "goes through a shell"),
        ("io.popen('true')", "goes through a shell"),
        ("local p = python.eval", "python"),
    ],
)
def test_what_reaper_would_not_take_is_an_error(studio, lua, code, message):
    studio.reaper.add_track("A")
    with pytest.raises(Exception, match=message):
        lua(code)


@pytest.mark.parametrize(
    "code",
    [
        "assert(math.type(reaper.GetMediaItemInfo_Value(item, 'B_LOOPSRC')) == 'float')",
        "assert(math.type(reaper.CountTracks(0)) == 'integer')",
        "assert(type(item) == 'userdata' and item == reaper.GetMediaItem(0, 0))",
        "assert(({[item] = 1})[reaper.GetMediaItem(0, 0)] == 1)",
        "assert(reaper.GetMediaItem(0, 1) == nil and reaper.GetTrack(0, 5) == nil)",
        "assert(reaper.GetExtState('a', 'b') == '' and not reaper.HasExtState('a', 'b'))",
        "reaper.SetExtState('a', 'b', 'one\\ntwo', false) assert(reaper.GetExtState('a', 'b') == 'one')",
        "assert(select('#', reaper.UpdateArrange()) == 0)",
        "assert(select('#', reaper.EnumProjects(9)) == 2)",
        "assert(reaper.PCM_Source_CreateFromFile('/nowhere.wav') == nil)",
        "assert(reaper.ExecProcess('/nowhere/x', -2) == nil)",
        "assert(reaper.GetMediaSourceFileName(section) == '')",
        "assert(select(2, reaper.GetSetMediaItemInfo_String(item, 'P_EXT:x', '', false)) == '')",
        "assert(reaper.ValidatePtr2(0, item, 'MediaItem*') and not reaper.ValidatePtr2(0, item, 'MediaTrack*'))",
    ],
)
def test_what_reaper_answers(studio, lua, code):
    from lua.world import section

    whole = studio.reaper.calls.PCM_Source_CreateFromFile(str(studio.wave()))
    studio.item(source=section(whole, 0.0, 1.0))
    lua(
        "local item = reaper.GetMediaItem(0, 0)\n"
        "local section = reaper.GetMediaItemTake_Source(reaper.GetActiveTake(item))\n" + code
    )


def test_a_handle_is_dead_after_its_item(studio, lua):
    studio.item()
    with pytest.raises(Exception, match="one that was deleted"):
        lua(
            "local i = reaper.GetMediaItem(0, 0) reaper.DeleteTrackMediaItem(reaper.GetTrack(0, 0), i)"
            " assert(not reaper.ValidatePtr2(0, i, 'MediaItem*')) reaper.GetActiveTake(i)"
        )


def test_deferred_functions_wait_for_the_next_turn(studio, lua):
    script = lua(
        "local n = 0 local function f() n = n + 1 if n < 3 then reaper.defer(f) end end reaper.defer(f)"
    )
    assert not script.ended
    studio.reaper.tick(2)
    assert not script.ended
    studio.reaper.tick()
    assert script.ended


def test_a_script_ends_with_what_it_kept_for_the_end(studio, lua):
    lua(
        "reaper.atexit(function() reaper.SetExtState('a', 'end', 'yes', false) end) reaper.defer(function() end)"
    )
    assert ("a", "end") not in studio.reaper.ext
    studio.reaper.tick()
    assert studio.reaper.ext["a", "end"] == ("yes", False)


@pytest.mark.parametrize(
    "code",
    [
        "reaper.Undo_BeginBlock2(0)",
        "reaper.Undo_EndBlock2(0, 'x', -1)",
        "reaper.PreventUIRefresh(1)",
        "reaper.MB('Well?', 'T', 4)",
        "pcall(reaper.MB, 'Well?', 'T', 4)",
        "reaper.GetMediaItemInfo_Value(reaper.GetMediaItem(0, 0), 'D_NONSENSE')",
        "reaper.ExecProcess('/bin/true', 0)",
        "reaper.Main_OnCommand(40000, 0)",
        "local t = reaper.GetActiveTake(reaper.GetMediaItem(0, 0))"
        " reaper.PCM_Source_BuildPeaks(reaper.GetMediaItemTake_Source(t), 2)",
        "stray = 1",
    ],
)
def test_a_broken_rule_is_told_even_when_the_script_hides_it(studio, lua, code):
    studio.item()
    with pytest.raises((RuleError, Exception), match=r"."):
        lua(code)
    assert studio.reaper.faults


def test_directories_are_listed_from_a_cache_until_it_is_dropped(studio, tmp_path):
    folder = tmp_path / "files"
    folder.mkdir()
    calls = studio.reaper.calls
    assert calls.EnumerateFiles(str(folder), 0) is None
    (folder / "a").touch()
    assert calls.EnumerateFiles(str(folder), 0) is None
    calls.EnumerateFiles(str(folder), -1)
    assert calls.EnumerateFiles(str(folder), 0) == "a"


def test_a_rename_on_windows_replaces_nothing(make_studio, tmp_path):
    studio = make_studio(windows=True)
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    module = studio.reaper.require(studio.scripts, "lib.json")
    module.run(f"assert(os.rename({str(tmp_path / 'a')!r}, {str(tmp_path / 'b')!r}) == nil)")
    assert (tmp_path / "b").read_text() == "b"


@pytest.mark.parametrize(("version", "there"), [("6.47", "false"), ("7.30", "true")])
def test_newer_calls_are_missing_in_older_versions(make_studio, version, there):
    studio = make_studio(version=version)
    studio.reaper.require(studio.scripts, "lib.json").run(
        f"assert((reaper.set_action_options ~= nil) == {there} and reaper.APIExists('set_action_options') == {there})"
    )


def test_a_restart_keeps_what_was_saved_and_nothing_else(studio):
    item = studio.item()
    studio.reaper.calls.SetExtState("a", "kept", "1", True)
    studio.reaper.calls.SetExtState("a", "lost", "1", False)
    studio.reaper.open_project(Project())
    studio.reaper.close_project(studio.reaper.project)
    studio.reaper.restart()
    assert set(studio.reaper.ext) == {("a", "kept")}
    assert studio.reaper.project.items[0].guid == item.guid
    assert studio.reaper.project.items[0] is not item


def test_an_undo_brings_back_what_was_and_kills_handles(studio):
    calls = studio.reaper.calls
    item = studio.item()
    calls.Undo_BeginBlock2(None)
    calls.SetMediaItemInfo_Value(item, "D_POSITION", 5.0)
    calls.Undo_EndBlock2(None, "Move", -1)
    assert calls.Undo_DoUndo2(None) == 1
    assert studio.reaper.project.items[0].position == 0.0
    assert item.dead
    assert calls.Undo_DoUndo2(None) == 0


def test_the_list_of_calls_is_read_whole():
    lines = [line for line in re.findall(r"^[^#\n]+$", _api_text(), re.MULTILINE) if line]
    assert len(SIGNATURES) == len(lines)
    assert SIGNATURES["EnumProjects"].returns == ("ReaProject", "string?")
    assert SIGNATURES["UpdateArrange"].returns == ()
    assert SIGNATURES["GetTrack"].parameters == ("ReaProject|nil|0", "integer")


def _api_text():
    from lua.signatures import API_FILE

    return API_FILE.read_text(encoding="utf-8")
