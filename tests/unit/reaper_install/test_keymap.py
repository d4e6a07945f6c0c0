"""What becomes of reaper-kb.ini, which is the user's own."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.reaper_install.actions import ACTIONS
from stembridge.reaper_install.keymap import missing, register, unregister

OTHERS = [
    'SCR 4 0 RSabc "Custom: lyrics.lua" Cockos/lyrics.lua',
    'SCR 4 32060 RSdef "Custom: notes.lua" "My Scripts/notes.lua"',
    'ACT 1 0 "0a1b" "Custom: two" 40043 _RSabc',
    "KEY 9 77 _RSabc 0\t\t # Main : Ctrl+M",
    "",
    "# SCR is what scripts begin with",
    "SCRIPT of another kind",
]
LINES = st.lists(
    st.sampled_from(OTHERS)
    | st.text(st.characters(exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"), max_size=30)
)


@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(deadline=None)
def test_taking_out_what_was_put_in_leaves_the_file_as_it_was(lines, end, ended):
    text = end.join(lines) + (end if lines and ended else "")
    put = register(text, ACTIONS)
    assert not missing(put, ACTIONS)
    out = unregister(put, ACTIONS)
    assert out in (text, text + ("\r\n" if "\r\n" in text else "\n"))


def test_actions_are_put_in_once_however_often():
    once = register("", ACTIONS)
    assert register(once, ACTIONS) == once
    assert once.count("SCR 4 0 RS") == len(ACTIONS)


def test_the_lines_are_what_reaper_writes():
    first = register("", ACTIONS).splitlines()[0]
    assert re.fullmatch(
        r'SCR 4 0 RS[0-9a-f]{40} "Custom: Stembridge: Separate selected items" '
        r'"Stembridge/Stembridge_Separate selected items\.lua"',
        first,
    )


@pytest.mark.parametrize(
    "path",
    [
        "Stembridge/Stembridge_Show jobs.lua",
        "Stembridge\\Stembridge_Show jobs.lua",
        "stembridge/STEMBRIDGE_show jobs.lua",
    ],
)
def test_what_the_user_registered_by_hand_is_not_registered_again(path):
    by_hand = f'SCR 4 0 RSffff "Script: Show my jobs" "{path}"\n'
    put = register(by_hand, ACTIONS)
    assert put.lower().count("show jobs.lua") == 1
    assert put.count("SCR") == len(ACTIONS)


def test_a_script_of_the_midi_editor_is_not_the_action():
    midi = f'SCR 4 32060 RSffff "Custom: x" "{ACTIONS[0].path}"\n'
    assert register(midi, ACTIONS).count(ACTIONS[0].file) == 2
    assert unregister(midi, ACTIONS) == midi


def test_commands_are_stable_so_that_shortcuts_survive():
    assert all(re.fullmatch(r"RS[0-9a-f]{40}", action.command) for action in ACTIONS)
    assert len({action.command for action in ACTIONS}) == len(ACTIONS)
