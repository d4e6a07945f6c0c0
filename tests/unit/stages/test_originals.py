from dataclasses import replace
from pathlib import Path

import pytest

from stembridge.errors import AudioError, CheckError
from stembridge.request import Originals, Request
from stembridge.stages.originals import keep_page, park, put_away, take_back, was_parked
from stembridge.testing import read_tree, tree

ERROR = AudioError("It is not audio.", hint="Export it again.", code="not-audio")


def dropped(home: Path, name: str = "a.wav") -> Request:
    root = home / name
    sources = tuple(path for path in root.rglob("*") if path.is_file()) if root.is_dir() else (root,)
    return Request(sources, "source", home / "out", root.stem, root=root, home=home, originals=Originals.MOVE)


def test_a_delivered_original_is_moved_to_done(tmp_path: Path):
    tree(tmp_path, {"a.wav": "one"})
    assert put_away(dropped(tmp_path)) == tmp_path / "_done" / "a.wav"
    assert read_tree(tmp_path) == {"_done/a.wav": b"one"}


def test_an_original_is_kept_when_that_is_wanted(tmp_path: Path):
    tree(tmp_path, {"a.wav": "one"})
    assert put_away(replace(dropped(tmp_path), originals=Originals.KEEP)) is None
    assert read_tree(tmp_path) == {"a.wav": b"one"}


@pytest.mark.parametrize("name", ["a.wav", "Song"])
def test_an_earlier_original_of_the_same_name_is_not_overwritten(tmp_path: Path, name: str):
    inner = "" if name == "a.wav" else "/x.wav"
    tree(tmp_path, {f"{name}{inner}": "new", f"_done/{name}{inner}": "old"})
    moved = put_away(dropped(tmp_path, name))
    assert moved is not None
    assert sorted(read_tree(tmp_path).values()) == [b"new", b"old"]


def test_a_move_that_was_cut_short_is_completed(tmp_path: Path):
    tree(tmp_path, {"a.wav": "one", "_done/keep": ""})
    (tmp_path / "_done" / "a.wav").hardlink_to(tmp_path / "a.wav")
    put_away(dropped(tmp_path))
    assert read_tree(tmp_path) == {"_done/a.wav": b"one", "_done/keep": b""}


def test_a_folder_that_grew_meanwhile_is_left_to_be_taken_in_again(tmp_path: Path):
    tree(tmp_path, {"Song/a.wav": "one"})
    request = dropped(tmp_path, "Song")
    tree(tmp_path, {"Song/b.wav": "two", "Song/.DS_Store": ""})
    assert put_away(request) is None
    (tmp_path / "Song" / "b.wav").unlink()
    assert put_away(request) == tmp_path / "_done" / "Song"


def test_a_failed_original_has_its_reason_beside_it(tmp_path: Path):
    tree(tmp_path, {"a.wav": "one"})
    parked = park(dropped(tmp_path), ERROR, job="1234")
    assert parked == tmp_path / "failed" / "a.wav"
    note = (tmp_path / "failed" / "a.wav.reason.txt").read_text(encoding="utf-8")
    assert "It is not audio." in note
    assert "Export it again." in note
    assert "stembridge retry 1234" in note


def test_a_rejected_delivery_has_the_command_beside_it_that_tells_all(tmp_path: Path):
    tree(tmp_path, {"Song.zip": "one", "failed/Song.zip": "another"})
    rejected = CheckError("It is rejected.", code="rejected")
    parked = park(dropped(tmp_path, "Song.zip"), rejected, job="1234")
    assert parked == tmp_path / "failed" / "Song_2.zip"
    note = (tmp_path / "failed" / "Song_2.zip.reason.txt").read_text(encoding="utf-8")
    assert 'stembridge check "Song_2.zip" --preset source --report report' in note


def test_the_report_of_a_rejected_delivery_is_beside_it_and_goes_when_it_is_taken_back(tmp_path: Path):
    tree(tmp_path, {"Song.zip": "one"})
    request = dropped(tmp_path, "Song.zip")
    keep_page(request, b"<html>", job="0123456789")
    park(request, CheckError("It is rejected.", code="rejected"), job="0123456789")
    assert (tmp_path / "failed" / "Song.zip.01234567.report.html").read_bytes() == b"<html>"
    note = (tmp_path / "failed" / "Song.zip.reason.txt").read_text(encoding="utf-8")
    assert "Song.zip.01234567.report.html" in note
    take_back(request, job="0123456789")
    assert sorted(read_tree(tmp_path)) == ["Song.zip", "failed/Song.zip.reason.txt"]


def test_parking_twice_changes_nothing(tmp_path: Path):
    tree(tmp_path, {"a.wav": "one"})
    request = dropped(tmp_path)
    park(request, ERROR, job="1234")
    before = read_tree(tmp_path)
    assert park(request, ERROR, job="1234") is None
    assert read_tree(tmp_path) == before


def test_a_retry_takes_its_own_original_back(tmp_path: Path):
    tree(tmp_path, {"a.wav": "other job's"})
    park(dropped(tmp_path), ERROR, job="1111")
    tree(tmp_path, {"a.wav": "mine"})
    request = dropped(tmp_path)
    park(request, ERROR, job="2222")
    note = take_back(request, job="2222")
    assert (tmp_path / "a.wav").read_bytes() == b"mine"
    assert note is not None
    note.unlink()
    assert sorted(path.name for path in (tmp_path / "failed").iterdir()) == ["a.wav", "a.wav.reason.txt"]


def test_an_original_that_a_person_moves_back_was_parked_all_the_same(tmp_path: Path):
    tree(tmp_path, {"a.wav": "mine"})
    request = dropped(tmp_path)
    parked = park(request, ERROR, job="1234")
    assert parked is not None
    parked.rename(tmp_path / "a.wav")
    assert was_parked(request, job="1234")
    assert not was_parked(request, job="4321")
