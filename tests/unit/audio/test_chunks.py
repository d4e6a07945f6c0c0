import json
import shutil
import struct
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from chunk_files import FRAMES, IXML, metadatas, riff_chunk, wav_bytes
from hypothesis import given, settings
from wavinfo import WavInfoReader

from stembridge.audio.chunks import (
    Bext,
    Cue,
    Loudness,
    Metadata,
    WavChunks,
    read_metadata,
    read_metadata_and_problems,
    wav_chunks,
)
from stembridge.errors import AudioError
from stembridge.units import Samples

needs_ffmpeg = pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed")
W64_TAIL = bytes.fromhex("f3acd3118cd100c04f8edb8a")
FULL = Metadata(
    bext=Bext(
        description="Reel 4",
        originator="stembridge",
        originator_reference="CH00042",
        origination_date="2024-05-06",
        origination_time="07:08:09",
        time_reference=Samples(172_800_000),
        umid=bytes(range(64)),
        loudness=Loudness(-23.0, 7.5, -1.25, -19.0, -20.5),
        coding_history="A=PCM,F=48000,W=24,M=stereo,T=stembridge\r\n",
    ),
    ixml=IXML,
    cues=(Cue(Samples(24), "verse"), Cue(Samples(100), "chorus", "loud", Samples(300))),
    info=(("INAM", "Song"), ("IART", "Band")),
)


def write(path: Path, chunks: WavChunks, **more: bytes) -> Path:
    path.write_bytes(wav_bytes(chunks, **more))
    return path


@given(metadatas)
@settings(deadline=None, max_examples=80)
def test_what_is_written_to_a_wav_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, metadata: Metadata
) -> None:
    path = write(tmp_path_factory.mktemp("wav") / "a.wav", wav_chunks(metadata))
    found, problems = read_metadata_and_problems(path)
    assert found.cues == metadata.cues
    assert replace(found, other=()) == replace(metadata, other=())
    assert sorted(found.other) == sorted(metadata.other)
    assert problems == ()


@given(metadatas)
@settings(deadline=None, max_examples=40)
def test_unchanged_metadata_keeps_its_bytes(
    tmp_path_factory: pytest.TempPathFactory, metadata: Metadata
) -> None:
    path = write(tmp_path_factory.mktemp("wav") / "a.wav", wav_chunks(metadata))
    assert wav_chunks(read_metadata(path)) == wav_chunks(metadata)


def test_wavinfo_reads_every_field(tmp_path: Path) -> None:
    found = WavInfoReader(write(tmp_path / "a.wav", wav_chunks(FULL)))
    bext = found.bext
    assert FULL.bext is not None
    assert (bext.description, bext.originator, bext.originator_ref) == ("Reel 4", "stembridge", "CH00042")
    assert (bext.originator_date, bext.originator_time) == ("2024-05-06", "07:08:09")
    assert (bext.time_reference, bext.version, bext.umid) == (172_800_000, 2, FULL.bext.umid)
    assert (bext.loudness_value, bext.loudness_range, bext.max_true_peak) == (-23.0, 7.5, -1.25)
    assert (bext.max_momentary_loudness, bext.max_shortterm_loudness) == (-19.0, -20.5)
    assert bext.coding_history == FULL.bext.coding_history
    assert found.ixml.parsed.findtext("./SPEED/FILE_SAMPLE_RATE") == "48000"
    assert (found.info.title, found.info.artist) == ("Song", "Band")


def test_wavinfo_reads_cues_and_regions(tmp_path: Path) -> None:
    found = WavInfoReader(write(tmp_path / "a.wav", wav_chunks(FULL))).cues
    assert [(cue.position, cue.sample_offset, cue.chunk_id) for cue in found.cues] == [
        (24, 24, b"data"),
        (100, 100, b"data"),
    ]
    assert [(label.name, label.text) for label in found.labels] == [(1, "verse"), (2, "chorus")]
    assert [(note.name, note.text) for note in found.notes] == [(2, "loud")]
    assert [(text.name, text.length, text.purpose) for text in found.ranges] == [(2, 300, "rgn ")]


@needs_ffmpeg
def test_ffprobe_reads_bext_and_info(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", wav_chunks(FULL))
    command = ["ffprobe", "-v", "error", "-show_format", "-of", "json", str(path)]
    tags = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["format"]["tags"]
    assert {
        key: tags[key] for key in ("time_reference", "originator_reference", "date", "title", "artist")
    } == {
        "time_reference": "172800000",
        "originator_reference": "CH00042",
        "date": "2024-05-06",
        "title": "Song",
        "artist": "Band",
    }
    assert tags["coding_history"].startswith("A=PCM,F=48000")
    assert tags["umid"] == "0x" + bytes(range(64)).hex().upper()


@needs_ffmpeg
@pytest.mark.parametrize("name", ["a.wav", "a.w64", "rf64.wav"])
def test_the_audio_of_ffmpeg_is_followed_to_its_metadata(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    make = [
        "ffmpeg",
        "-v",
        "error",
        "-f",
        "lavfi",
        "-i",
        "sine=d=0.1:r=48000",
        "-bitexact",
        "-metadata",
        "title=T",
    ]
    make += ["-rf64", "always"] if name == "rf64.wav" else []
    bext = ["-write_bext", "1", "-metadata", "description=d", "-metadata", "time_reference=4800000000"]
    subprocess.run([*make, *(bext if name.endswith("wav") else []), str(path)], check=True)
    found, problems = read_metadata_and_problems(path)
    assert problems == ()
    if name.endswith("wav"):
        assert found.info == (("INAM", "T"),)
        assert found.bext is not None
        assert (found.bext.description, found.bext.time_reference) == ("d", 4_800_000_000)


def test_wave64_chunks_are_read_by_their_guid(tmp_path: Path) -> None:
    def w64_chunk(chunk_id: bytes, payload: bytes) -> bytes:
        return chunk_id + W64_TAIL + struct.pack("<Q", 24 + len(payload)) + payload + bytes(-len(payload) % 8)

    chunks = wav_chunks(FULL)
    parts = [*chunks.before, (b"data", bytes(2 * FRAMES + 2)), *chunks.after]
    body = b"wave" + W64_TAIL + b"".join(w64_chunk(*part) for part in parts)
    head = bytes.fromhex("726966662e91cf11a5d628db04c10000") + struct.pack("<Q", 24 + len(body))
    (tmp_path / "a.w64").write_bytes(head + body)
    assert read_metadata_and_problems(tmp_path / "a.w64") == (FULL, ())


def test_an_rf64_file_is_walked_by_its_ds64_sizes(tmp_path: Path) -> None:
    ds64 = struct.pack("<QQQI", 0, 2 * FRAMES, FRAMES, 1) + struct.pack("<4sQ", b"axml", 3)
    body = b"WAVE" + riff_chunk(b"ds64", ds64) + riff_chunk(b"data", bytes(2 * FRAMES), claimed=0xFFFFFFFF)
    body += riff_chunk(b"axml", b"<a>", claimed=0xFFFFFFFF) + riff_chunk(*wav_chunks(FULL).before[0])
    (tmp_path / "a.wav").write_bytes(b"RF64\xff\xff\xff\xff" + body)
    found = read_metadata(tmp_path / "a.wav")
    assert found.bext == FULL.bext
    assert found.other == ((b"axml", b"<a>"),)


def test_metadata_that_counts_positions_in_an_unknown_way_is_left_out_and_said_so(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", WavChunks(after=((b"smpl", bytes(36)), (b"axml", b"<a/>"))))
    found, problems = read_metadata_and_problems(path)
    assert found.other == ((b"axml", b"<a/>"),)
    assert problems == ("The smpl chunk is not carried over: the positions in it would be wrong.",)


def test_a_forgotten_padding_byte_does_not_hide_the_next_chunk(tmp_path: Path) -> None:
    tail = b"axml" + struct.pack("<I", 3) + b"<a>" + riff_chunk(*wav_chunks(FULL).before[0])
    assert read_metadata(write(tmp_path / "a.wav", WavChunks(), tail=tail)).bext == FULL.bext


def test_a_chunk_that_the_file_cuts_short_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", WavChunks(), tail=riff_chunk(b"bext", b"hello", claimed=602))
    found, problems = read_metadata_and_problems(path)
    assert found.bext is not None
    assert found.bext.description == "hello"
    assert problems == (
        "The bext chunk claims 602 bytes, but only 6 are there.",
        "The bext chunk has 6 of 602 bytes; the rest is read as empty.",
    )


@pytest.mark.parametrize("start", [b"hello", bytes(256) + b"\xff" * 32])
def test_a_damaged_chunk_is_mended_when_it_is_written_again(tmp_path: Path, start: bytes) -> None:
    path = write(tmp_path / "a.wav", WavChunks(), tail=riff_chunk(b"bext", start, claimed=602))
    again = write(tmp_path / "b.wav", wav_chunks(read_metadata(path)))
    assert read_metadata_and_problems(again) == (read_metadata(path), ())


def test_bytes_that_are_no_chunk_are_reported_inside_the_riff_only(tmp_path: Path) -> None:
    inside = write(tmp_path / "a.wav", WavChunks(), tail=b"\xff" * 16)
    outside = tmp_path / "b.wav"
    outside.write_bytes(wav_bytes() + b"\xff" * 64)
    assert "is not a chunk" in read_metadata_and_problems(inside)[1][0]
    assert read_metadata_and_problems(outside)[1] == ()


@pytest.mark.parametrize("short", [8, 9, 1000])
def test_a_riff_size_that_ends_before_the_audio_is_reported(tmp_path: Path, short: int) -> None:
    content = bytearray(wav_bytes(WavChunks(after=((b"LIST", b"INFOINAM\x02\0\0\0x\0"),))))
    struct.pack_into("<I", content, 4, len(content) - 8 - short)
    (tmp_path / "x.wav").write_bytes(content)
    metadata, problems = read_metadata_and_problems(tmp_path / "x.wav")
    assert metadata.info == (("INAM", "x"),)
    assert [text for text in problems if "chunks go on to byte" in text] == list(problems)
    assert bool(problems) == (short > 8)


def test_the_first_of_two_chunks_counts(tmp_path: Path) -> None:
    one, two = wav_chunks(FULL).before[0], wav_chunks(Metadata(bext=Bext())).before[0]
    found, problems = read_metadata_and_problems(write(tmp_path / "a.wav", WavChunks(before=(one, two))))
    assert found.bext == FULL.bext
    assert problems == ("There are 2 bext chunks; the first one counts.",)


def test_another_kind_of_file_has_no_metadata(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").write_bytes(b"ID3\x04\0\0\0\0\0\0\xff\xfb")
    assert read_metadata_and_problems(tmp_path / "a.mp3") == (Metadata(), ())


def test_a_missing_file_is_an_audio_error(tmp_path: Path) -> None:
    with pytest.raises(AudioError, match="cannot be read"):
        read_metadata(tmp_path / "none.wav")
