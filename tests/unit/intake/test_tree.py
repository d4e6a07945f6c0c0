import os
import sys

import pytest

from stembridge.intake.tree import list_files, read_tree

NO_LINKS = pytest.mark.skipif(sys.platform == "win32", reason="making a link needs a privilege on Windows")


def make(root, *paths):
    for path in paths:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"x")


def names(tree):
    return {"/".join(parts) for parts in tree.files}


def test_files_are_found_at_any_depth(tmp_path):
    make(tmp_path, "a.wav", "Song/b.wav", "Song/deep/er/c.wav")
    assert names(read_tree(tmp_path)) == {"a.wav", "Song/b.wav", "Song/deep/er/c.wav"}


def test_own_folders_hidden_files_and_leftovers_are_left_out(tmp_path):
    make(
        tmp_path,
        "_done/a.wav",
        "failed/b.wav",
        ".stembridge-1/c.wav",
        "S/.DS_Store",
        "S/@eaDir/d.wav",
        "S/e.wav",
    )
    assert names(read_tree(tmp_path)) == {"S/e.wav"}


def test_a_folder_inside_a_delivery_may_be_called_failed(tmp_path):
    make(tmp_path, "Song/failed/take.wav")
    assert names(read_tree(tmp_path)) == {"Song/failed/take.wav"}


def test_temporary_files_are_noted_apart(tmp_path):
    make(tmp_path, "S/a.wav", "S/b.wav.part")
    tree = read_tree(tmp_path)
    assert names(tree) == {"S/a.wav"}
    assert set(tree.temporary) == {("S", "b.wav.part")}


def test_folders_of_somebody_else_are_left_alone(tmp_path):
    make(tmp_path, "out/a.wav", "S/out/b.wav", "in/c.wav")
    tree = read_tree(tmp_path, {str(tmp_path / "out"), str(tmp_path / "S" / "out")})
    assert names(tree) == {"in/c.wav"}


@NO_LINKS
def test_links_are_not_followed_but_noted(tmp_path):
    make(tmp_path, "secret/a.wav", "hot/b.wav")
    (tmp_path / "hot" / "folder").symlink_to(tmp_path / "secret")
    (tmp_path / "hot" / "file.wav").symlink_to(tmp_path / "secret" / "a.wav")
    tree = read_tree(tmp_path / "hot")
    assert names(tree) == {"b.wav"}
    assert tree.links == {("folder",), ("file.wav",)}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_what_is_no_regular_file_is_left_out(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    assert not read_tree(tmp_path).files


def test_a_hot_folder_that_is_gone_is_an_error_and_no_empty_tree(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_tree(tmp_path / "gone")


def test_size_and_time_stamp_are_those_of_the_file(tmp_path):
    make(tmp_path, "a.wav")
    os.utime(tmp_path / "a.wav", ns=(5, 7_000_000_000))
    (seen,) = read_tree(tmp_path).files.values()
    assert (seen.size, seen.mtime_ns) == (1, 7_000_000_000)


def test_the_files_of_a_folder_can_be_listed_alone(tmp_path):
    make(tmp_path, "a.wav", "b/c.wav", ".hidden")
    assert set(list_files(tmp_path)) == {tmp_path / "a.wav", tmp_path / "b" / "c.wav"}
