"""WAV files as we write them, judged by ffprobe, ffmpeg, soundfile and the bytes themselves."""

import hashlib
import io
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.files import SoundWriter, open_sound, read_raw_blocks
from stembridge.audio.metadata import Bext, Loudness, Metadata, WavChunks
from stembridge.audio.riff import RiffWriter, wav_head
from stembridge.audio.samples import RAW_TYPES
from stembridge.audio.sound import Container, Encoding, RawBlock, SoundFormat
from stembridge.errors import ConformError
from stembridge.units import Hertz, Samples

RATE = Hertz(48_000)
WRITTEN = (Encoding.INT16, Encoding.INT24, Encoding.INT32, Encoding.FLOAT32, Encoding.FLOAT64)
FFMPEG_CODECS = {
    Encoding.INT16: "pcm_s16le",
    Encoding.INT24: "pcm_s24le",
    Encoding.INT32: "pcm_s32le",
    Encoding.FLOAT32: "pcm_f32le",
    Encoding.FLOAT64: "pcm_f64le",
}
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def wav(encoding: Encoding, channels: int, mask: int | None = None) -> SoundFormat:
    return SoundFormat(Container.WAV, encoding, RATE, channels, mask)


def random_block(encoding: Encoding, frames: int, channels: int, seed: int = 1) -> RawBlock:
    kind = RAW_TYPES[encoding]
    generator = np.random.default_rng(seed)
    if not encoding.is_integer:
        return generator.standard_normal((frames, channels)).astype(kind)
    info = np.iinfo(kind)
    block = generator.integers(info.min, info.max, (frames, channels), dtype=kind, endpoint=True)
    return block & kind(~0xFF) if encoding is Encoding.INT24 else block


def written(form: SoundFormat, block: RawBlock, chunks: WavChunks, *, rf64_over: int = 0xFFFFFFFE) -> bytes:
    file = io.BytesIO()
    writer = RiffWriter(file, form, chunks, rf64_over=rf64_over)
    writer.write(block)
    writer.finish()
    return file.getvalue()


def read_back(path: Path) -> RawBlock:
    sound = open_sound(path)
    kind = RAW_TYPES[sound.format.encoding]
    return np.concatenate([np.zeros((0, sound.format.channels), kind), *read_raw_blocks(sound, frames=100)])


def chunk_ids(data: bytes) -> list[bytes]:
    ids, at = [], 12
    while at < len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        ids.append(name)
        at += 8 + size + size % 2
    assert at == len(data)
    return ids


@settings(deadline=None, max_examples=80)
@given(
    encoding=st.sampled_from(WRITTEN),
    channels=st.integers(1, 64),
    frames=st.integers(0, 500),
    cut=st.integers(0, 500),
    rf64=st.booleans(),
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory,
    encoding: Encoding,
    channels: int,
    frames: int,
    cut: int,
    rf64: bool,
) -> None:
    path = tmp_path_factory.mktemp("law") / "sound.wav"
    block = random_block(encoding, frames, channels)
    with SoundWriter(path, wav(encoding, channels), rf64_over=0 if rf64 else 0xFFFFFFFE) as writer:
        writer.write(block[:cut])
        writer.write(block[cut:])
    sound = open_sound(path)
    assert (sound.frames, sound.format.encoding, sound.format.channels) == (frames, encoding, channels)
    assert np.array_equal(read_back(path), block)


@pytest.mark.parametrize("encoding", WRITTEN)
def test_special_floats_and_extreme_integers_keep_their_bits(tmp_path: Path, encoding: Encoding) -> None:
    kind = RAW_TYPES[encoding]
    if encoding.is_integer:
        values = [np.iinfo(kind).min, -256, 0, 256, np.iinfo(kind).max & ~0xFF]
    else:
        values = [np.finfo(kind).smallest_subnormal, -0.0, 1.0, -3.7, np.finfo(kind).max]
    block = np.array(values, kind)[:, None]
    with SoundWriter(tmp_path / "x.wav", wav(encoding, 1)) as writer:
        writer.write(block)
    assert read_back(tmp_path / "x.wav").tobytes() == block.tobytes()


@needs_ffmpeg
@pytest.mark.parametrize("channels", [1, 2, 3, 6, 8, 24, 64])
@pytest.mark.parametrize("encoding", WRITTEN)
def test_ffmpeg_reads_the_same_samples(tmp_path: Path, encoding: Encoding, channels: int) -> None:
    block = random_block(encoding, 999, channels)
    with SoundWriter(tmp_path / "x.wav", wav(encoding, channels)) as writer:
        writer.write(block)
    little = block.astype(block.dtype.newbyteorder("<"))
    pcm = little.tobytes()
    if encoding is Encoding.INT24:
        pcm = little.view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()
    command = [
        "ffmpeg",
        "-v",
        "error",
        "-i",
        tmp_path / "x.wav",
        "-c:a",
        FFMPEG_CODECS[encoding],
        "-f",
        "md5",
        "-",
    ]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    assert told.stderr == ""
    assert told.stdout.strip() == f"MD5={hashlib.md5(pcm).hexdigest()}"


@needs_ffmpeg
@pytest.mark.parametrize(
    ("channels", "mask", "layout"), [(6, 0x3F, "5.1"), (6, 0x60F, "5.1(side)"), (8, 0x63F, "7.1")]
)
def test_ffprobe_sees_the_speakers_of_the_mask(tmp_path: Path, channels: int, mask: int, layout: str) -> None:
    with SoundWriter(tmp_path / "x.wav", wav(Encoding.INT24, channels, mask)) as writer:
        writer.write(random_block(Encoding.INT24, 10, channels))
    command = ["ffprobe", "-v", "error", "-show_entries", "stream=channel_layout", "-of", "csv=p=0"]
    told = subprocess.run([*command, tmp_path / "x.wav"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == layout
    assert open_sound(tmp_path / "x.wav").format.channel_mask == mask


@pytest.mark.parametrize(
    ("encoding", "channels", "mask", "tag", "size"),
    [
        (Encoding.INT16, 2, None, 1, 16),
        (Encoding.INT16, 2, 0x3, 1, 16),
        (Encoding.INT16, 1, 0x1, 0xFFFE, 40),
        (Encoding.INT16, 3, None, 0xFFFE, 40),
        (Encoding.INT24, 1, None, 0xFFFE, 40),
        (Encoding.FLOAT32, 2, None, 3, 18),
        (Encoding.FLOAT32, 6, 0x3F, 0xFFFE, 40),
    ],
)
def test_the_format_chunk_is_extensible_where_microsoft_asks_for_it(
    encoding: Encoding, channels: int, mask: int | None, tag: int, size: int
) -> None:
    head = wav_head(wav(encoding, channels, mask), WavChunks(), Samples(0))
    at = head.index(b"fmt ")
    assert struct.unpack_from("<IH", head, at + 4) == (size, tag)


def test_chunks_are_padded_and_in_order() -> None:
    chunks = WavChunks(before=((b"bext", b"odd"),), after=((b"cue ", b"x"), (b"LIST", b"INFO")))
    data = written(wav(Encoding.INT24, 1), random_block(Encoding.INT24, 3, 1), chunks)
    assert chunk_ids(data) == [b"JUNK", b"fmt ", b"bext", b"data", b"cue ", b"LIST"]
    assert struct.unpack_from("<I", data, 4)[0] == len(data) - 8


def test_floats_have_a_fact_chunk_and_nobody_has_a_peak_chunk() -> None:
    data = written(wav(Encoding.FLOAT32, 2), random_block(Encoding.FLOAT32, 7, 2), WavChunks())
    assert chunk_ids(data) == [b"JUNK", b"fmt ", b"fact", b"data"]
    assert struct.unpack_from("<I", data, data.index(b"fact") + 8) == (7,)


@pytest.mark.parametrize("over", [0, 1])
def test_a_file_becomes_rf64_just_above_the_limit(over: int) -> None:
    block = random_block(Encoding.INT16, 100, 2)
    plain = written(wav(Encoding.INT16, 2), block, WavChunks())
    data = written(wav(Encoding.INT16, 2), block, WavChunks(), rf64_over=len(plain) - 8 - over)
    assert data[:4] == (b"RF64" if over else b"RIFF")
    assert len(data) == len(plain)
    assert data[80:] == plain[80:]


def test_the_ds64_chunk_has_the_true_sizes() -> None:
    block = random_block(Encoding.INT24, 101, 1)
    data = written(wav(Encoding.INT24, 1), block, WavChunks(after=((b"LIST", b"INFO"),)), rf64_over=0)
    assert struct.unpack_from("<4sI4s4sI", data) == (b"RF64", 0xFFFFFFFF, b"WAVE", b"ds64", 28)
    assert struct.unpack_from("<QQQI", data, 20) == (len(data) - 8, 303, 101, 0)


def test_a_header_for_more_than_4_gib_is_true() -> None:
    frames = Samples(3 * 2**30)
    head = wav_head(wav(Encoding.FLOAT32, 2), WavChunks(), frames)
    assert struct.unpack_from("<QQQ", head, 20) == (len(head) - 8 + frames * 8, frames * 8, frames)
    assert struct.unpack_from("<4sI", head, len(head) - 8) == (b"data", 0xFFFFFFFF)
    assert struct.unpack_from("<I", head, head.index(b"fact") + 8) == (3 * 2**30,)


@needs_ffmpeg
def test_ffprobe_reads_an_rf64_file_of_ours(tmp_path: Path) -> None:
    with SoundWriter(tmp_path / "x.wav", wav(Encoding.INT24, 2), rf64_over=1000) as writer:
        writer.write(random_block(Encoding.INT24, 48_000, 2))
    command = ["ffprobe", "-v", "error", "-show_entries", "stream=duration_ts,codec_name", "-of", "csv=p=0"]
    told = subprocess.run([*command, tmp_path / "x.wav"], capture_output=True, text=True, check=True)
    assert (told.stdout.strip(), told.stderr) == ("pcm_s24le,48000", "")


def test_figures_known_at_the_end_can_still_be_written(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    with SoundWriter(path, wav(Encoding.INT16, 1), metadata=Metadata(bext=Bext())) as writer:
        writer.write(random_block(Encoding.INT16, 50, 1))
        before = path.stat().st_size
        writer.revise(Metadata(bext=Bext(loudness=Loudness(integrated=-23.0))))
    data = path.read_bytes()
    at = data.index(b"bext") + 8
    assert struct.unpack_from("<h", data, at + 412) == (-2300,)
    assert len(data) >= before


def test_metadata_cannot_grow_under_the_sound(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    with (
        pytest.raises(ConformError, match="no longer grow"),
        SoundWriter(path, wav(Encoding.INT16, 1)) as writer,
    ):
        writer.revise(Metadata(bext=Bext()))
    assert not path.exists()
