import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.filenames import is_leftover, is_temporary, natural_order


def test_numbers_in_names_sort_by_their_value():
    names = ["Track10.wav", "track2.wav", "Track1.wav", "10.wav", "9.wav"]
    assert sorted(names, key=natural_order) == ["9.wav", "10.wav", "Track1.wav", "track2.wav", "Track10.wav"]


@settings(deadline=None, max_examples=200)
@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_names_can_be_sorted_and_the_order_is_always_the_same(names):
    backwards = names[::-1]
    assert sorted(names, key=natural_order) == sorted(backwards, key=natural_order)


LEFTOVERS = ["._kick.wav", ".DS_Store", ".stfolder", "@eaDir", "Thumbs.db", "desktop.ini", "mix.reapeaks"]
BACKUPS = ["notes.txt~", "~$sheet.xlsx", ".stembridge-1234", "__MACOSX", "Icon\r"]
TEMPORARY = ["a.wav.part", "a.TMP", "a.crdownload", "a.partial", "a.filepart", ".kick.wav.aB3dE9"]
ORDINARY = [
    "..\\kick.wav",
    "kick.wav",
    "Part 1.wav",
    "tmp.wav",
    "download.flac",
    "~vox~1.wav",
    "Kick (old).wav",
]


@pytest.mark.parametrize("name", [*LEFTOVERS, *BACKUPS])
def test_what_systems_leave_behind_is_recognised(name):
    assert is_leftover(name)


@pytest.mark.parametrize(
    "name", ["a.wav.part", "a.TMP", "a.crdownload", "a.partial", "a.filepart", ".kick.wav.aB3dE9"]
)
def test_a_temporary_name_says_that_somebody_is_still_writing(name):
    assert is_temporary(name)


@pytest.mark.parametrize(
    "name", ["kick.wav", "Part 1.wav", "tmp.wav", "download.flac", "~vox~1.wav", "Kick (old).wav"]
)
def test_ordinary_names_are_left_in_peace(name):
    assert not is_temporary(name)
    assert not is_leftover(name)
