import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from chunk_files import FULL, metadatas, wav_bytes, write_sound
from hypothesis import given, settings

from stembridge.audio.chunks import (
    Cue,
    Metadata,
    add_to_aiff,
    read_metadata,
    read_metadata_and_problems,
)
from stembridge.errors import AudioError
from stembridge.units import Samples


def aiff_chunk(chunk_id: bytes, payload: bytes) -> bytes:
    return chunk_id + struct.pack(">I", len(payload)) + payload + bytes(len(payload) % 2)


def append(path: Path, *chunks: bytes) -> Path:
    raw = path.read_bytes() + b"".join(chunks)
    path.write_bytes(raw[:4] + struct.pack(">I", len(raw) - 8) + raw[8:])
    return path


@pytest.fixture
def aiff(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "a.aiff", "AIFF")


@given(metadatas)
@settings(deadline=None, max_examples=30)
def test_what_is_added_to_an_aiff_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, metadata: Metadata
) -> None:
    path = write_sound(tmp_path_factory.mktemp("aiff") / "a.aiff", "AIFF")
    add_to_aiff(path, metadata)
    assert read_metadata_and_problems(path) == (metadata, ())


def test_the_audio_stays_bit_for_bit(aiff: Path) -> None:
    before, _ = soundfile.read(aiff, dtype="int16")
    add_to_aiff(aiff, FULL)
    after, _ = soundfile.read(aiff, dtype="int16")
    assert np.array_equal(before, after)


def test_libsndfile_reads_the_texts(aiff: Path) -> None:
    add_to_aiff(aiff, FULL)
    with soundfile.SoundFile(aiff) as sound:
        assert (sound.title, sound.comment) == ("Töne", "quiet")


def test_adding_twice_gives_the_same_bytes_and_no_other_file(aiff: Path) -> None:
    add_to_aiff(aiff, FULL)
    once = aiff.read_bytes()
    add_to_aiff(aiff, read_metadata(aiff))
    assert aiff.read_bytes() == once
    assert [path.name for path in aiff.parent.iterdir()] == ["a.aiff"]


def test_markers_and_comments_of_other_tools_are_read(aiff: Path) -> None:
    marks = (
        struct.pack(">H", 2)
        + struct.pack(">hI", 7, 10)
        + b"\x03one"
        + struct.pack(">hI", 9, 20)
        + b"\x04four\0"
    )
    notes = struct.pack(">H", 1) + struct.pack(">IhH", 0, 9, 5) + b"hello\0"
    append(aiff, aiff_chunk(b"MARK", marks), aiff_chunk(b"COMT", notes), aiff_chunk(b"AUTH", b"Me"))
    assert read_metadata(aiff) == Metadata(
        cues=(Cue(Samples(10), "one"), Cue(Samples(20), "four", "hello")), info=(("IART", "Me"),)
    )


def test_markers_edited_since_win_over_the_carried_cues(aiff: Path) -> None:
    add_to_aiff(aiff, FULL)
    raw = aiff.read_bytes()
    mark = raw.index(b"MARK") + 12
    aiff.write_bytes(raw[:mark] + struct.pack(">I", 25) + raw[mark + 4 :])
    assert [cue.position for cue in read_metadata(aiff).cues] == [25, 100]


def test_a_damaged_marker_chunk_is_reported(aiff: Path) -> None:
    append(aiff, aiff_chunk(b"MARK", struct.pack(">H", 3) + struct.pack(">hI", 7, 10) + b"\x03one"))
    found, problems = read_metadata_and_problems(aiff)
    assert found.cues == (Cue(Samples(10), "one"),)
    assert problems == ("The MARK chunk is damaged or too long; 1 of 3 markers could be read.",)


def test_xmp_of_other_tools_is_carried(aiff: Path) -> None:
    append(aiff, aiff_chunk(b"APPL", b"XMP <x/>"))
    assert read_metadata(aiff).other == ((b"_PMX", b"<x/>"),)


def test_a_file_that_is_not_aiff_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.aiff").write_bytes(wav_bytes())
    with pytest.raises(AudioError, match="not AIFF"):
        add_to_aiff(tmp_path / "a.aiff", FULL)
    assert (tmp_path / "a.aiff").read_bytes() == wav_bytes()
