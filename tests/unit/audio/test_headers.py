"""Headers that lie, files that are cut, things that are not sound: one clear error each, never a crash."""

import shutil
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.files import open_sound, read_blocks
from stembridge.audio.headers.read import read_header
from stembridge.errors import AudioError

CODES = {"empty", "not-audio", "unsupported", "truncated", "damaged"}
KINDS = {
    "x.wav": ("WAV", "PCM_16"),
    "x.rf64": ("RF64", "PCM_24"),
    "x.w64": ("W64", "PCM_16"),
    "x.aiff": ("AIFF", "PCM_24"),
    "x.aifc": ("AIFF", "FLOAT"),
    "x.caf": ("CAF", "PCM_16"),
    "x.flac": ("FLAC", "PCM_16"),
    "x.ogg": ("OGG", "VORBIS"),
    "x.mp3": ("MP3", "MPEG_LAYER_III"),
}


def make(folder: Path, name: str, frames: int = 20_000) -> Path:
    kind, subtype = KINDS[name]
    wave = (np.random.default_rng(1).standard_normal((frames, 2)) * 0.1).astype(np.float32)
    soundfile.write(folder / name, wave, 44_100, format=kind, subtype=subtype)
    return folder / name


def code_of(path: Path) -> str:
    with pytest.raises(AudioError) as caught:
        open_sound(path)
    assert caught.value.path == path
    assert caught.value.hint
    return caught.value.code


def patched(path: Path, at: int, fmt: str, value: int | bytes) -> Path:
    data = bytearray(path.read_bytes())
    struct.pack_into(fmt, data, at, value)
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("name", KINDS)
def test_a_whole_file_is_accepted(tmp_path: Path, name: str) -> None:
    assert open_sound(make(tmp_path, name)).frames >= 20_000


@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
@pytest.mark.parametrize("name", KINDS)
def test_a_file_that_was_cut_is_truncated(tmp_path: Path, name: str, part: float) -> None:
    path = make(tmp_path, name)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    assert code_of(path) == "truncated"


def test_an_mp3_without_its_very_last_frame_fails_when_it_is_read(tmp_path: Path) -> None:
    path = make(tmp_path, "x.mp3")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(AudioError, match="decoding ends at frame"):
        list(read_blocks(open_sound(path)))


@pytest.mark.parametrize("size", [0, 0xFFFFFFFF])
@pytest.mark.parametrize("field", [b"RIFF", b"data"])
def test_a_wav_that_was_never_finished_is_truncated(tmp_path: Path, field: bytes, size: int) -> None:
    path = make(tmp_path, "x.wav")
    patched(path, path.read_bytes().index(field) + 4, "<I", size)
    assert code_of(path) == "truncated"


@pytest.mark.parametrize(
    ("name", "at", "fmt", "value"),
    [
        ("x.rf64", 20, "<Q", 0),
        ("x.rf64", 28, "<Q", 2**64 - 1),
        ("x.w64", 16, "<Q", 0),
        ("x.aiff", 4, ">I", 0),
        ("x.aiff", 4, ">I", 0xFFFFFFFF),
        ("x.aiff", 22, ">I", 0),
        ("x.flac", 21, ">B", 0xF0),
    ],
)
def test_sizes_of_an_unfinished_writer_are_truncated(
    tmp_path: Path, name: str, at: int, fmt: str, value: int
) -> None:
    path = make(tmp_path, name, 255)
    if name == "x.flac":  # the low bits of the number of samples
        patched(path, 22, ">I", 0)
    assert code_of(patched(path, at, fmt, value)) == "truncated"


def test_a_caf_of_open_length_is_truncated(tmp_path: Path) -> None:
    path = make(tmp_path, "x.caf")
    patched(path, path.read_bytes().index(b"data") + 4, ">q", -1)
    assert code_of(path) == "truncated"


def test_a_caf_whose_chunk_leads_out_of_the_file_is_truncated(tmp_path: Path) -> None:
    path = make(tmp_path, "x.caf")
    assert code_of(patched(path, path.read_bytes().index(b"desc") + 4, ">q", 2**62)) == "truncated"


def test_a_tag_name_at_the_very_end_of_an_mp3_frame_is_sound(tmp_path: Path) -> None:
    path = make(tmp_path, "x.mp3")
    data = path.read_bytes()
    at = data.index(b"Info") if b"Info" in data else data.index(b"Xing")
    path.write_bytes((data[:at] + bytes(4) + data[at + 4 :]).replace(b"LAME", bytes(4)))
    patched(path, 252, "4s", b"Xing")
    assert read_header(path).frames is not None


def test_an_aiff_that_promises_more_frames_than_it_has_is_truncated(tmp_path: Path) -> None:
    assert code_of(patched(make(tmp_path, "x.aiff"), 22, ">I", 20_001)) == "truncated"


def test_a_size_that_wrapped_at_4_gib_is_noticed(tmp_path: Path) -> None:
    path = make(tmp_path, "x.wav")
    patched(path, 4, "<I", 36 + 4000)
    patched(path, 40, "<I", 4000)
    assert code_of(path) == "damaged"


def test_the_message_says_how_much_is_missing(tmp_path: Path) -> None:
    path = make(tmp_path, "x.wav")
    path.write_bytes(path.read_bytes()[:50_000])
    with pytest.raises(AudioError, match="ends at byte 80,044, the file at 50,000"):
        open_sound(path)


@pytest.mark.parametrize(
    "tail", [b"\0", bytes(4096), b"TAG" + bytes(125), b"ID3" + bytes(500), b"LIST\4\0\0\0INFO"]
)
def test_what_players_append_to_a_wav_is_harmless(tmp_path: Path, tail: bytes) -> None:
    path = make(tmp_path, "x.wav")
    path.write_bytes(path.read_bytes() + tail)
    assert open_sound(path).frames == 20_000


def test_a_wav_without_sound_but_with_text_is_whole(tmp_path: Path) -> None:
    path = make(tmp_path, "x.wav", 0)
    data = path.read_bytes() + b"LIST\4\0\0\0INFO"
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])
    assert open_sound(path).frames == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"R", "not-audio"),
        (b"hello, this is a text file\n" * 500, "not-audio"),
        (bytes(50_000), "not-audio"),
        (b"\xff" * 200_000, "not-audio"),
        (b"\x89PNG\r\n\x1a\n" + bytes(1000), "not-audio"),
        (b"PK\3\4" + bytes(1000), "not-audio"),
        (b"RIFF\x24\0\0\0AVI " + bytes(100), "not-audio"),
        (b"\0\0\0\x20ftypM4A " + bytes(1000), "unsupported"),
        (b"wvpk" + bytes(1000), "unsupported"),
        (b"RIFX" + bytes(1000), "unsupported"),
        (b"\xff\xf1\x50\x80" + bytes(1000), "unsupported"),
        (b"RIFF\x04\0\0\0WAVE", "damaged"),
        (b"RIFF\x24\0\0\0WAVE", "truncated"),
        (b"ID3\4\0\0\0\0\x7f\x7f" + bytes(100), "truncated"),
        (b"OggS", "truncated"),
        (b"fLaC", "truncated"),
        (b"caff\0\1\0\0", "truncated"),
    ],
)
def test_what_is_not_a_sound_file_says_so(tmp_path: Path, content: bytes, code: str) -> None:
    (tmp_path / "x.wav").write_bytes(content)
    assert code_of(tmp_path / "x.wav") == code


@pytest.mark.parametrize(("tag", "bits"), [(0x0055, 16), (0x0161, 16), (0x0031, 0), (0xFFFF, 16)])
def test_an_unknown_codec_in_a_wav_is_unsupported(tmp_path: Path, tag: int, bits: int) -> None:
    path = patched(patched(make(tmp_path, "x.wav"), 20, "<H", tag), 34, "<H", bits)
    assert code_of(path) == "unsupported"


def test_a_codec_that_people_put_into_a_wav_is_called_by_its_name(tmp_path: Path) -> None:
    path = patched(make(tmp_path, "x.wav"), 20, "<H", 0xF1AC)
    with pytest.raises(AudioError, match=r"FLAC in a WAV cannot be read.*ffmpeg"):
        open_sound(path)


@pytest.mark.parametrize(
    ("at", "kind", "value", "what"),
    [
        (22, "<H", 0, "no channels"),
        (24, "<I", 0, "no sample rate"),
        (24, "<I", 1, "rate of 1 Hz"),
        (24, "<I", 2**31 - 1, "rate of 2,147,483,647 Hz"),
    ],
)
def test_a_header_that_lies_about_the_format_is_damaged(
    tmp_path: Path, at: int, kind: str, value: int, what: str
) -> None:
    path = patched(make(tmp_path, "x.wav"), at, kind, value)
    assert code_of(path) == "damaged"
    with pytest.raises(AudioError, match=what):
        open_sound(path)


def test_more_than_64_channels_are_unsupported(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "x.wav", np.zeros((10, 65)), 48_000)
    assert code_of(tmp_path / "x.wav") == "unsupported"


@settings(deadline=None, max_examples=150)
@given(
    name=st.sampled_from(list(KINDS)),
    changes=st.lists(st.tuples(st.integers(0, 250), st.integers(0, 255)), min_size=1, max_size=6),
    length=st.floats(0, 1),
)
def test_no_bytes_make_the_header_check_fail_in_another_way(
    tmp_path_factory: pytest.TempPathFactory, name: str, changes: list[tuple[int, int]], length: float
) -> None:
    path = make(tmp_path_factory.mktemp("fuzz"), name, 500)
    data = bytearray(path.read_bytes())
    for place, value in changes:
        data[place % len(data)] = value
    path.write_bytes(data[: int(len(data) * length) + 1])
    with suppress(AudioError):
        read_header(path)


@settings(deadline=None, max_examples=150)
@given(
    start=st.sampled_from(
        [b"RIFF", b"RF64", b"FORM", b"riff", b"caff", b"fLaC", b"OggS", b"ID3", b"\xff\xfb", b""]
    )
)
def test_random_bytes_are_refused(tmp_path_factory: pytest.TempPathFactory, start: bytes) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "x"
    path.write_bytes(start + np.random.default_rng(len(start)).bytes(3000))
    assert code_of(path) in CODES


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("kind", ["wav", "w64", "aiff", "caf", "flac"])
def test_a_file_that_ffmpeg_could_not_finish_is_truncated(tmp_path: Path, kind: str) -> None:
    source = make(tmp_path, "x.wav")
    command = ["ffmpeg", "-v", "error", "-i", source, "-f", kind, "pipe:1"]
    piped = subprocess.run(command, capture_output=True, check=False).stdout
    if not piped:
        pytest.skip(f"ffmpeg does not write {kind} to a pipe")
    (tmp_path / "piped").write_bytes(piped)
    assert code_of(tmp_path / "piped") == "truncated"
