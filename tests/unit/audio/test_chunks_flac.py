import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from chunk_files import FULL, metadatas, wav_bytes, write_sound
from hypothesis import given, settings

from stembridge.audio.chunks import (
    Metadata,
    add_to_aiff,
    add_to_flac,
    read_metadata,
    read_metadata_and_problems,
    wav_chunks,
)
from stembridge.audio.flac_blocks import find_blocks
from stembridge.errors import AudioError

needs_flac = pytest.mark.skipif(not shutil.which("flac"), reason="flac is not installed")


@pytest.fixture
def flac(tmp_path: Path) -> Path:
    return write_sound(tmp_path / "a.flac", "FLAC")


@given(metadatas)
@settings(deadline=None, max_examples=30)
def test_what_is_added_to_a_flac_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, metadata: Metadata
) -> None:
    path = write_sound(tmp_path_factory.mktemp("flac") / "a.flac", "FLAC")
    add_to_flac(path, metadata)
    found, problems = read_metadata_and_problems(path)
    assert (found, problems) == (metadata, ())


def test_the_audio_stays_bit_for_bit(flac: Path) -> None:
    before, _ = soundfile.read(flac, dtype="int16")
    add_to_flac(flac, FULL)
    after, _ = soundfile.read(flac, dtype="int16")
    assert np.array_equal(before, after)


def test_adding_twice_gives_the_same_bytes_and_no_other_file(flac: Path) -> None:
    add_to_flac(flac, FULL)
    once = flac.read_bytes()
    add_to_flac(flac, read_metadata(flac))
    assert flac.read_bytes() == once
    assert [path.name for path in flac.parent.iterdir()] == ["a.flac"]


def test_metadata_is_replaced_not_piled_up(flac: Path) -> None:
    add_to_flac(flac, FULL)
    add_to_flac(flac, Metadata(info=(("INAM", "New"),)))
    assert read_metadata(flac) == Metadata(info=(("INAM", "New"),))


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
def test_ffprobe_reads_the_comments_and_ffmpeg_the_audio(flac: Path) -> None:
    add_to_flac(flac, FULL)
    command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(flac)]
    tags = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["format"]["tags"]
    assert (tags["TITLE"], tags["COMMENT"]) == ("Töne", "quiet")
    decode = ["ffmpeg", "-v", "error", "-xerror", "-i", str(flac), "-f", "null", "-"]
    assert subprocess.run(decode, check=True, capture_output=True).stderr == b""


@needs_flac
def test_flac_gives_the_chunks_back_to_a_wav(flac: Path, tmp_path: Path) -> None:
    add_to_flac(flac, FULL)
    restored = tmp_path / "back.wav"
    subprocess.run(["flac", "-s", "-d", "--keep-foreign-metadata", flac, "-o", restored], check=True)
    assert read_metadata_and_problems(restored) == (FULL, ())


@needs_flac
@pytest.mark.parametrize(("channels", "subtype"), [(1, "PCM_24"), (6, "PCM_16"), (8, "PCM_24")])
def test_flac_gives_them_back_at_any_depth_and_width(tmp_path: Path, channels: int, subtype: str) -> None:
    soundfile.write(tmp_path / "a.flac", np.zeros((99, channels)), 44_100, subtype=subtype)
    add_to_flac(tmp_path / "a.flac", FULL)
    restored = tmp_path / "back.wav"
    command = ["flac", "-s", "-d", "--keep-foreign-metadata", tmp_path / "a.flac", "-o", restored]
    subprocess.run(command, check=True)
    assert read_metadata_and_problems(restored) == (FULL, ())
    assert soundfile.info(restored).frames == 99


def test_audio_beyond_4_gib_gets_an_rf64_layout(flac: Path) -> None:
    raw = bytearray(flac.read_bytes())
    raw[21] |= 0x0F
    flac.write_bytes(raw)
    add_to_flac(flac, FULL)
    after = flac.read_bytes()
    assert after.index(b"riffRF64\xff\xff\xff\xffWAVE") < after.index(b"riffds64") < after.index(b"rifffmt ")
    assert read_metadata(flac) == FULL


@needs_flac
def test_what_flac_keeps_of_a_wav_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav_bytes(wav_chunks(FULL)))
    command = ["flac", "-s", "--keep-foreign-metadata", tmp_path / "a.wav", "-o", tmp_path / "a.flac"]
    subprocess.run(command, check=True)
    assert read_metadata_and_problems(tmp_path / "a.flac") == (FULL, ())


@needs_flac
def test_what_flac_keeps_of_an_aiff_is_read(tmp_path: Path) -> None:
    aiff = write_sound(tmp_path / "a.aiff", "AIFF")
    add_to_aiff(aiff, FULL)
    subprocess.run(["flac", "-s", "--keep-foreign-metadata", aiff, "-o", tmp_path / "a.flac"], check=True)
    assert read_metadata_and_problems(tmp_path / "a.flac") == (FULL, ())


def test_a_tag_edited_in_the_flac_wins_over_the_carried_one(flac: Path) -> None:
    add_to_flac(flac, FULL)
    with soundfile.SoundFile(flac) as sound:
        assert sound.title == "Töne"
    flac.write_bytes(flac.read_bytes().replace("TITLE=Töne".encode(), "TITLE=Tüne".encode()))
    assert read_metadata(flac).info == (("INAM", "Tüne"), *FULL.info[1:])


def test_a_comment_ends_at_a_zero_byte(flac: Path) -> None:
    add_to_flac(flac, FULL)
    flac.write_bytes(flac.read_bytes().replace(b"COMMENT=quiet", b"COMMENT=qui\0t"))
    assert ("ICMT", "qui") in read_metadata(flac).info


def test_other_comments_and_blocks_stay(flac: Path) -> None:
    raw = flac.read_bytes()
    with flac.open("rb") as file:
        comment = next(block for block in find_blocks(file) if block.type == 4)
    picture = b"\x06\x00\x00\x04face"
    flac.write_bytes(raw[: comment.start - 4] + picture + raw[comment.start - 4 :])
    add_to_flac(flac, FULL)
    with flac.open("rb") as file:
        kinds = [block.type for block in find_blocks(file)]
    assert 6 in kinds
    assert kinds[0] == 0


def test_a_chunk_too_large_for_flac_is_refused_and_the_file_stays(flac: Path) -> None:
    before = flac.read_bytes()
    with pytest.raises(AudioError, match="too large for FLAC"):
        add_to_flac(flac, Metadata(other=((b"axml", bytes(2**24)),)))
    assert flac.read_bytes() == before
    assert [path.name for path in flac.parent.iterdir()] == ["a.flac"]


def test_a_file_that_is_not_flac_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(wav_bytes())
    with pytest.raises(AudioError, match="not FLAC"):
        add_to_flac(tmp_path / "a.flac", FULL)
    assert (tmp_path / "a.flac").read_bytes() == wav_bytes()


def test_the_read_metadata_follows_an_id3_tag_in_front(flac: Path) -> None:
    add_to_flac(flac, replace(FULL, info=()))
    flac.write_bytes(b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + flac.read_bytes())
    assert read_metadata(flac).bext == FULL.bext
