import unicodedata
from pathlib import PurePosixPath, PureWindowsPath
from zipfile import ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.stages.archive_entries import Refused, choose_entries, decoded_name


def paths(*names):
    return [str(entry.path) for entry in choose_entries([ZipInfo(name) for name in names])]


@pytest.mark.parametrize(
    "name", ["../a.wav", "a/../../b.wav", "..\\a.wav", "a\\..\\..\\b.wav", "..", "a/.. /b.wav", "a/.../b.wav"]
)
def test_a_name_that_leads_out_is_refused(name):
    with pytest.raises(Refused, match="points out of the archive"):
        paths(name)


@pytest.mark.parametrize(
    "name", ["/etc/passwd", "\\a.wav", "\\\\server\\x\\a.wav", "C:\\a.wav", "c:a.wav", "//x/y"]
)
def test_an_absolute_name_is_refused(name):
    with pytest.raises(Refused, match="is an absolute path"):
        paths(name)


def test_backslashes_are_separators():
    assert paths("Stems\\", "Stems\\kick.wav", "Stems/vox.wav") == ["Stems/kick.wav", "Stems/vox.wav"]


def test_what_some_system_cannot_write_is_made_safe():
    assert paths("1:2?.wav", "aux.wav", "Stems./x .wav") == ["1_2_.wav", "_aux.wav", "Stems/x .wav"]


ALIKE = [("a.wav", "a.wav"), ("a.wav", "A.WAV"), ("caf\u00e9.wav", "cafe\u0301.wav"), ("a?.wav", "a*.wav")]
FILE_AND_FOLDER = [("a", "a/b.wav"), ("a/b.wav", "A")]


@pytest.mark.parametrize("names", [*ALIKE, *FILE_AND_FOLDER])
def test_two_entries_that_are_one_file_on_some_system_are_refused(names):
    with pytest.raises(Refused, match="same name"):
        paths(*names)


def test_what_systems_leave_behind_is_left_out():
    assert paths("__MACOSX/._a.wav", "a.wav", ".DS_Store", "S/Thumbs.db", "S/", "S/b.wav") == [
        "a.wav",
        "S/b.wav",
    ]


def test_a_name_in_utf8_that_does_not_say_so_is_read_as_it_was_meant():
    assert decoded_name(ZipInfo("Größe.wav".encode().decode("cp437"))) == "Größe.wav"
    assert decoded_name(ZipInfo("Gr\u00f6\u00dfe.wav")) == "Gr\u00f6\u00dfe.wav"


def test_links_and_devices_are_refused():
    for kind in (0o120777, 0o020666, 0o010666):
        info = ZipInfo("a.wav")
        info.external_attr = kind << 16
        with pytest.raises(Refused):
            choose_entries([info])


NAMES = st.lists(st.text(st.sampled_from("aA./\\:. \u00e9\u0301*~\x07"), min_size=1, max_size=10), max_size=6)


@settings(deadline=None, max_examples=400)
@given(NAMES)
def test_law_what_is_accepted_stays_inside_and_never_collides(names):
    try:
        entries = choose_entries([ZipInfo(name) for name in names])
    except Refused:
        return
    for entry in entries:
        assert not entry.path.is_absolute()
        assert not {"..", "."} & set(entry.path.parts)
        assert PureWindowsPath(str(entry.path)).parts == entry.path.parts
    folded = [unicodedata.normalize("NFC", str(entry.path).casefold()) for entry in entries]
    assert len(set(folded)) == len(folded)
    assert not {str(parent) for path in folded for parent in PurePosixPath(path).parents} & set(folded)


@pytest.mark.parametrize(
    "name", [".", "a\x01.wav", "/".join(["x" * 150] * 9)], ids=["dot", "control", "long"]
)
def test_a_name_that_cannot_be_written_anywhere_is_refused(name):
    with pytest.raises(Refused):
        paths(name)


def test_a_folder_entry_that_names_the_archive_itself_is_no_file():
    assert paths("./", "./a.wav") == ["a.wav"]
