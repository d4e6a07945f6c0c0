"""The settings, and the line in the user's startup script."""

import re
from pathlib import Path

import pytest

CAPTIONS = {
    "Preset": "six-stems", "Preset for deliveries": "house", "Stems (empty: all)": "vocals bass",
    "Handles in seconds": "0.5", "Folder (empty: beside the media)": "/stems, of mine",
    "Stems as tracks or takes": "Takes",
    "One set of tracks per track (yes/no)": "n", "Mute the source (yes/no)": "No",
    "Colour the stems (yes/no)": "yes",
}  # fmt: skip
AT_START = "Offer stems at start (yes/no)"


def startup_file(studio):
    return studio.reaper.resources / "Scripts" / "__startup.lua"


def test_settings_are_kept_and_used(studio):
    studio.reaper.say("form", CAPTIONS)
    studio.run("Settings")
    (request,) = studio.separate(studio.item())
    assert (request["preset"], request["stems"], request["handles"]) == ("six-stems", ["vocals", "bass"], 0.5)
    assert request["destination"] == "/stems, of mine"
    assert (studio.ext("put"), studio.ext("share"), studio.ext("mute_source")) == ("takes", "no", "no")


@pytest.mark.parametrize(
    ("typed", "stems"),
    [
        ("vocals, bass;drums", ["vocals", "bass", "drums"]),
        ("all but drums", ["all but drums"]),
        ("rhythm: drums + bass, vocals", ["rhythm: drums + bass", "vocals"]),
        (" ,; ", None),
    ],
)
def test_stems_are_names_or_recipes(studio, typed, stems):
    studio.reaper.say("form", {"Stems (empty: all)": typed})
    studio.run("Settings")
    (request,) = studio.separate(studio.item())
    assert request["stems"] == stems


def test_every_setting_is_in_the_readme(studio):
    studio.reaper.say("form", None)
    studio.run("Settings")
    shown = [caption.split(" (")[0] for caption in studio.reaper.forms[0][1]]
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| setting | default |")[2].partition("\n\n")[0]
    assert re.findall(r"^\| ([A-Z][^|]+?) \|", table, re.MULTILINE) == shown


def test_what_was_set_is_shown_next_time(studio):
    studio.reaper.say("form", CAPTIONS, None)
    studio.run("Settings")
    studio.run("Settings")
    shown = studio.reaper.forms[-1][1]
    assert (shown["Preset"], shown["Stems as tracks or takes"], shown[AT_START]) == (
        "six-stems",
        "takes",
        "no",
    )


@pytest.mark.parametrize(
    ("caption", "answer"),
    [
        ("Preset", ""),
        ("Handles in seconds", "-1"),
        ("Handles in seconds", "1e9"),
        ("Stems as tracks or takes", "both"),
        ("Mute the source (yes/no)", "perhaps"),
    ],
)
def test_a_wrong_answer_is_named_and_asked_again(studio, caption, answer):
    studio.reaper.say("form", {caption: answer}, None)
    studio.run("Settings")
    assert studio.reaper.messages[0].startswith(f"{caption}: ")
    assert studio.reaper.forms[1][1][caption] == answer
    assert not studio.ext("preset")


def test_a_cancelled_form_changes_nothing(studio):
    studio.reaper.say("form", None)
    studio.run("Settings")
    assert not studio.reaper.ext


@pytest.mark.parametrize("text", [None, "", "print('mine')", "print('mine')\n"])
def test_the_line_in_the_startup_script_comes_and_goes(studio, text):
    path = startup_file(studio)
    if text is not None:
        path.write_text(text)
    studio.reaper.say("form", {AT_START: "yes"}, {AT_START: "yes"}, {AT_START: "no"})
    studio.run("Settings")
    studio.run("Settings")
    assert path.read_text().count("Stembridge: offer") == 1
    studio.run("Settings")
    assert path.read_text().strip() == (text or "").strip()


def test_the_startup_script_is_copied_before_it_is_changed(studio):
    path = startup_file(studio)
    path.write_text("print('mine')")
    studio.reaper.say("form", {AT_START: "yes"})
    studio.run("Settings")
    assert path.with_name("__startup.lua.before-stembridge").read_text() == "print('mine')"


def test_a_startup_script_that_cannot_be_copied_is_not_changed(studio):
    path = startup_file(studio)
    path.write_text("print('mine')")
    path.with_name("__startup.lua.before-stembridge").mkdir()
    studio.reaper.say("form", {AT_START: "yes"})
    studio.run("Settings")
    assert path.read_text() == "print('mine')"
    assert "__startup.lua cannot be written" in studio.reaper.messages[0]


@pytest.mark.parametrize("text", [None, "local all_done = true\nreturn all_done"])
def test_the_line_starts_the_watch_when_something_is_pending(studio, text):
    if text is not None:
        startup_file(studio).write_text(text)
    studio.reaper.say("form", {AT_START: "yes"})
    studio.run("Settings")
    studio.separate(studio.item())
    studio.reaper.restart()
    studio.reaper.run_script(startup_file(studio))
    assert [script.path.name for script in studio.reaper.running_scripts] == [
        "Stembridge_Watch for stems.lua"
    ]


def test_the_line_is_harmless_when_the_scripts_were_removed(studio):
    studio.reaper.say("form", {AT_START: "yes"})
    studio.run("Settings")
    (studio.scripts / "startup.lua").unlink()
    studio.reaper.run_script(startup_file(studio))
    assert studio.reaper.running_scripts == []
