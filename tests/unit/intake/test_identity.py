import os
from dataclasses import replace
from pathlib import Path

import pytest

from stembridge.errors import NotReadyError
from stembridge.intake.identity import content_key, file_key
from stembridge.request import Excerpt, Origin, Request
from stembridge.units import Samples


def drop(folder: Path, **files: bytes) -> Request:
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / f"{name}.wav").write_bytes(content)
    sources = tuple(sorted(folder.iterdir()))
    return Request(sources, "house-48k24", Path("/out"), "Song", root=folder)


def test_the_same_files_wanted_in_the_same_way_are_the_same_work_wherever_they_lie(tmp_path):
    one, two = drop(tmp_path / "a", kick=b"1", vox=b"2"), drop(tmp_path / "b", kick=b"1", vox=b"2")
    turned = replace(two, sources=two.sources[::-1], origin=Origin.OSC, id="7")
    assert content_key(one) == content_key(turned)
    assert len(content_key(one)) == 64


@pytest.mark.parametrize(
    "change",
    [{"preset": "source"}, {"destination": Path("/elsewhere")}, {"folder": "{song}"}, {"name": "Song 2"}],
    ids=str,
)
def test_whatever_is_wanted_differently_is_other_work(tmp_path, change):
    request = drop(tmp_path / "a", kick=b"1")
    assert content_key(request) != content_key(replace(request, **change))


def test_other_bytes_other_names_or_an_edited_preset_are_other_work(tmp_path):
    keys = [
        content_key(drop(tmp_path / "a", kick=b"1", vox=b"2")),
        content_key(drop(tmp_path / "b", kick=b"2", vox=b"1")),
        content_key(drop(tmp_path / "c", kick=b"1", voice=b"2")),
        content_key(drop(tmp_path / "d", kick=b"1", vox=b"2"), preset_digest="edited"),
    ]
    assert len(set(keys)) == 4


def test_a_file_that_is_gone_is_waited_for(tmp_path):
    request = drop(tmp_path / "a", kick=b"1")
    request.sources[0].unlink()
    with pytest.raises(NotReadyError, match="cannot be read"):
        content_key(request)


def test_a_name_that_is_no_unicode_has_a_key(tmp_path):
    try:
        request = drop(tmp_path / "a", **{"k\udcffck": b"1"})
    except (OSError, UnicodeError):
        pytest.skip("this file system only takes names in Unicode")
    assert content_key(request)


def test_without_reading_a_file_its_time_stamp_and_what_is_wanted_of_it_make_the_key(tmp_path):
    request = drop(tmp_path / "a", kick=b"1")
    excerpt = replace(request, excerpt=Excerpt(Samples(0), Samples(9)))
    keys = [file_key(request), file_key(excerpt), file_key(replace(request, stems=("vocals",)))]
    os.utime(request.sources[0], ns=(1, 1))
    assert len({*keys, file_key(request), content_key(request)}) == 5
    assert file_key(request) == file_key(replace(request, id="7", origin=Origin.OSC))


def test_an_excerpt_is_other_work_than_all_of_the_file(tmp_path):
    request = drop(tmp_path / "a", kick=b"1")
    assert content_key(request) != content_key(replace(request, excerpt=Excerpt(Samples(0), Samples(9))))
