import io
import random
import shutil
import stat
import struct
import subprocess
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stembridge.errors import Cancelled, IntakeError
from stembridge.request import no_progress
from stembridge.stages.archive_entries import Refused
from stembridge.stages.unpack import Room, UnpackLimits, unpack

NOISE = random.Random(1).randbytes(20_000)


def pack(path: Path, entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=method)
    return path


@pytest.fixture
def refused(tmp_path):
    """Unpack, expect one clear error and nothing left behind, and give the error."""

    def give(archive: Path, **settings) -> IntakeError:
        before = archive.read_bytes()
        with pytest.raises(IntakeError) as caught:
            unpack(archive, tmp_path / "into", **settings)
        assert not (tmp_path / "into").exists()
        assert archive.read_bytes() == before
        assert caught.value.path == archive
        assert caught.value.hint
        assert not caught.value.retryable
        return caught.value

    return give


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_file_comes_out_as_it_went_in(tmp_path, method):
    entries = {"Song/kick.wav": NOISE, "Song/sub/vöx 🎤.wav": b"2", "notes.txt": b""}
    found = unpack(pack(tmp_path / "set.zip", entries, method), tmp_path / "into")
    assert {path.relative_to(tmp_path / "into").as_posix(): path.read_bytes() for path in found} == entries


def test_a_zip_made_by_another_program_is_read(tmp_path):
    program = shutil.which("7z") or shutil.which("zip") or shutil.which("bsdtar")
    if program is None:
        pytest.skip("no other program that makes zips is installed")
    (tmp_path / "S").mkdir()
    (tmp_path / "S" / "kïck.wav").write_bytes(NOISE)
    options = {"7z": ["a", "x.zip"], "zip": ["-r", "x.zip"], "bsdtar": ["--format=zip", "-cf", "x.zip"]}
    command = [program, *options[Path(program).name], "S"]
    subprocess.run(command, cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    (found,) = unpack(tmp_path / "x.zip", tmp_path / "into")
    assert (found.name, found.read_bytes()) == ("kïck.wav", NOISE)


def test_leftovers_stay_behind_and_an_inner_zip_is_carried_unopened(tmp_path):
    inner = pack(tmp_path / "inner.zip", {"a.wav": NOISE}).read_bytes()
    archive = pack(tmp_path / "set.zip", {"__MACOSX/._a.wav": b"x", "S/a.wav": NOISE, "S/inner.zip": inner})
    found = unpack(archive, tmp_path / "into")
    assert [path.name for path in found] == ["a.wav", "inner.zip"]
    assert found[1].read_bytes() == inner


@pytest.mark.parametrize(
    ("name", "code"),
    [("../out.wav", "archive-escape"), ("/out.wav", "archive-absolute"), ("..\\out.wav", "archive-escape")],
)
def test_a_path_that_leads_out_is_refused_with_the_name_of_the_entry(tmp_path, refused, name, code):
    error = refused(pack(tmp_path / "set.zip", {"a.wav": NOISE, name: b"x"}))
    assert error.code == code
    assert repr(name) in error.message
    assert sorted(path.name for path in tmp_path.iterdir()) == ["set.zip"]


def test_a_link_is_refused(tmp_path, refused):
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        link = zipfile.ZipInfo("a.wav")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert refused(tmp_path / "set.zip").code == "archive-link"


def test_an_encrypted_entry_is_refused(tmp_path, refused):
    data = bytearray(pack(tmp_path / "set.zip", {"a.wav": NOISE}).read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    (tmp_path / "set.zip").write_bytes(data)
    assert refused(tmp_path / "set.zip").code == "archive-encrypted"


def test_an_expansion_out_of_proportion_is_refused(tmp_path, refused):
    error = refused(pack(tmp_path / "bomb.zip", {"a.wav": bytes(5_000_000)}))
    assert error.code == "archive-bomb"
    assert "expands to more than" in error.message


def test_a_stretch_of_silence_is_in_proportion(tmp_path):
    assert unpack(pack(tmp_path / "set.zip", {"a.wav": NOISE + bytes(900_000)}), tmp_path / "into")


def test_what_is_out_of_proportion_by_its_own_claim_is_refused_before_a_byte_is_written(tmp_path, refused):
    told = []
    archive = pack(tmp_path / "bomb.zip", {"a.wav": NOISE, "b.wav": bytes(9_000_000)})
    refused(archive, progress=lambda *step: told.append(step))
    assert told == []


def test_bytes_are_counted_while_they_are_written_whatever_was_claimed():
    room = Room(100, 10, no_progress)
    room.take(100, "a.wav")
    with pytest.raises(Refused):
        room.take(1, "b.wav")


def test_a_bomb_that_lies_about_its_size_is_stopped_while_it_is_written(tmp_path, refused):
    data = bytearray(pack(tmp_path / "bomb.zip", {"a.wav": bytes(5_000_000)}).read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, 1000)
    (tmp_path / "bomb.zip").write_bytes(data)
    assert refused(tmp_path / "bomb.zip").code in {"archive-bomb", "archive-damaged"}


def test_too_many_bytes_or_entries_are_refused(tmp_path, refused):
    archive = pack(tmp_path / "set.zip", {f"{number}.wav": NOISE for number in range(5)})
    assert "80,000 bytes" in refused(archive, limits=UnpackLimits(total_bytes=80_000)).message
    assert "4 entries" in refused(archive, limits=UnpackLimits(entries=4)).message


def test_a_list_of_contents_that_would_fill_the_memory_is_not_read(tmp_path, refused):
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        info = zipfile.ZipInfo("a.wav")
        info.comment = bytes(60_000)
        archive.writestr(info, b"")
    assert "10 entries" in refused(tmp_path / "set.zip", limits=UnpackLimits(entries=10)).message


def test_damage_is_told(tmp_path, refused):
    data = bytearray(pack(tmp_path / "set.zip", {"a.wav": NOISE}, zipfile.ZIP_STORED).read_bytes())
    data[5_000] ^= 1
    (tmp_path / "set.zip").write_bytes(data)
    assert refused(tmp_path / "set.zip").code == "archive-damaged"
    (tmp_path / "set.zip").write_bytes(data[:15_000])
    assert refused(tmp_path / "set.zip").code == "archive-damaged"


def test_a_method_that_is_not_known_is_told(tmp_path, refused):
    data = bytearray(pack(tmp_path / "set.zip", {"a.wav": NOISE}).read_bytes())
    data[8] = data[data.index(b"PK\x01\x02") + 10] = 9
    (tmp_path / "set.zip").write_bytes(data)
    assert refused(tmp_path / "set.zip").code == "archive-method"


def test_a_second_archive_may_join_the_first_but_not_overwrite_it(tmp_path):
    unpack(pack(tmp_path / "1.zip", {"a.wav": b"1"}), tmp_path / "into")
    unpack(pack(tmp_path / "2.zip", {"b.wav": b"2"}), tmp_path / "into")
    assert sorted(path.name for path in (tmp_path / "into").iterdir()) == ["a.wav", "b.wav"]
    with pytest.raises(IntakeError, match="is there already"):
        unpack(pack(tmp_path / "3.zip", {"a.wav": b"3"}), tmp_path / "into")


def test_progress_is_told_and_a_cancel_leaves_nothing(tmp_path):
    archive = pack(tmp_path / "set.zip", {"a.wav": NOISE, "b.wav": NOISE})
    told = []
    unpack(archive, tmp_path / "into", progress=lambda *step: told.append(step))
    assert told == [("unpack", 0.5), ("unpack", 1.0)]

    def cancel(_stage, _fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        unpack(archive, tmp_path / "other", progress=cancel)
    assert not (tmp_path / "other").exists()


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8),
    st.integers(0, 400),
)
@example([(2285, 2)], 0)  # a directory that points to a place before the beginning of the file
@example([(343384, 12)], 0)  # sound that is said to be packed by bzip2
def test_no_damage_gets_past_the_one_error(tmp_path, flips, cut):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("S/a.wav", NOISE[:200])
        archive.writestr("b.wav", NOISE[:50])
    data = bytearray(buffer.getvalue())
    for place, value in flips:
        data[place % len(data)] = value
    (tmp_path / "set.zip").write_bytes(data[: len(data) - cut % 40])
    shutil.rmtree(tmp_path / "into", ignore_errors=True)
    try:
        unpack(tmp_path / "set.zip", tmp_path / "into")
    except IntakeError:
        assert not (tmp_path / "into").exists()
