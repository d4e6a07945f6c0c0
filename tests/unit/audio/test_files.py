"""Sound files in and out, with ffmpeg as the other side; what is broken gets one clear error."""

import hashlib
import math
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.files import SoundWriter, open_sound, read_blocks, read_raw_blocks
from stembridge.audio.metadata import Bext, Metadata
from stembridge.audio.samples import RAW_TYPES
from stembridge.audio.sound import BLOCK_FRAMES, Container, Encoding, RawBlock, SoundFormat
from stembridge.errors import AudioError, ConformError, DeliveryError
from stembridge.units import Hertz, Samples

RATE = Hertz(44_100)
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def ffmpeg(*arguments: str | Path) -> bytes:
    return subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], capture_output=True, check=True).stdout


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Three seconds of stereo, 44.1 kHz and 16 bits."""
    wave = np.sin(np.arange(132_300) * 0.05) * 0.3
    soundfile.write(tmp_path / "tone.wav", np.column_stack([wave, -wave]), RATE, subtype="PCM_16")
    return tmp_path / "tone.wav"


def converted(tone: Path, name: str, *options: str) -> Path:
    ffmpeg("-i", tone, *options, tone.with_name(name))
    return tone.with_name(name)


def samples(encoding: Encoding, frames: int, channels: int) -> RawBlock:
    kind = RAW_TYPES[encoding]
    generator = np.random.default_rng(frames)
    if not encoding.is_integer:
        return generator.standard_normal((frames, channels)).astype(kind)
    info = np.iinfo(kind)
    block = generator.integers(info.min, info.max, (frames, channels), dtype=kind, endpoint=True)
    return block & kind(~0xFF) if encoding is Encoding.INT24 else block


def write(path: Path, block: RawBlock, encoding: Encoding, container: Container = Container.WAV) -> Path:
    with SoundWriter(path, SoundFormat(container, encoding, RATE, block.shape[1])) as writer:
        writer.write(block)
    return path


def write_all(writing: SoundWriter, blocks: Iterator[RawBlock]) -> None:
    with writing as writer:
        for block in blocks:
            writer.write(block)


@needs_ffmpeg
@pytest.mark.parametrize(
    ("name", "options", "container", "encoding"),
    [
        ("x.wav", ["-c:a", "pcm_u8"], Container.WAV, Encoding.INT8),
        ("x.wav", ["-c:a", "pcm_s24le"], Container.WAV, Encoding.INT24),
        ("x.wav", ["-c:a", "pcm_s32le"], Container.WAV, Encoding.INT32),
        ("x.wav", ["-c:a", "pcm_f32le"], Container.WAV, Encoding.FLOAT32),
        ("x.wav", ["-c:a", "pcm_f64le"], Container.WAV, Encoding.FLOAT64),
        ("x.wav", ["-c:a", "pcm_mulaw"], Container.WAV, Encoding.LOSSY),
        ("x.wav", ["-rf64", "always"], Container.WAV, Encoding.INT16),
        ("x.w64", ["-c:a", "pcm_s24le"], Container.W64, Encoding.INT24),
        ("x.aiff", ["-c:a", "pcm_s24be"], Container.AIFF, Encoding.INT24),
        ("x.aifc", ["-c:a", "pcm_f32be", "-f", "aiff"], Container.AIFF, Encoding.FLOAT32),
        ("x.caf", ["-c:a", "pcm_s24be"], Container.CAF, Encoding.INT24),
        ("x.flac", [], Container.FLAC, Encoding.INT16),
        ("x.flac", ["-sample_fmt", "s32"], Container.FLAC, Encoding.INT24),
        ("x.mp3", [], Container.MP3, Encoding.LOSSY),
        ("x.ogg", ["-c:a", "libvorbis"], Container.OGG, Encoding.LOSSY),
    ],
)
def test_every_kind_is_recognised_and_read(
    tone: Path, name: str, options: list[str], container: Container, encoding: Encoding
) -> None:
    sound = open_sound(converted(tone, name, *options))
    assert sound.format == SoundFormat(container, encoding, RATE, 2, sound.format.channel_mask)
    assert sound.frames == 132_300
    blocks = list(read_blocks(sound, frames=40_000))
    assert [len(block) for block in blocks] == [40_000, 40_000, 40_000, 12_300]
    reference = np.concatenate(list(read_blocks(open_sound(tone))))
    assert np.abs(np.concatenate(blocks) - reference)[:130_000].max() < 0.03


@needs_ffmpeg
def test_opus_is_read_at_its_own_rate(tone: Path) -> None:
    sound = open_sound(converted(tone, "x.opus", "-c:a", "libopus"))
    assert (sound.format.rate, sound.frames) == (48_000, 144_000)


@needs_ffmpeg
def test_bw64_is_read_like_its_twin_rf64(tone: Path) -> None:
    path = converted(tone, "x.wav", "-rf64", "always", "-c:a", "pcm_s24le")
    twin = tone.with_name("bw64.wav")
    twin.write_bytes(b"BW64" + path.read_bytes()[4:])
    first, second = (np.concatenate(list(read_raw_blocks(open_sound(p)))) for p in (path, twin))
    assert np.array_equal(first, second)


@needs_ffmpeg
def test_an_mp3_of_constant_rate_without_a_tag_is_read_whole(tone: Path) -> None:
    sound = open_sound(converted(tone, "x.mp3", "-write_xing", "0", "-b:a", "128k"))
    assert sound.frames == 116 * 1152
    assert sum(len(block) for block in read_blocks(sound)) == sound.frames


@needs_ffmpeg
def test_an_mp3_of_variable_rate_without_a_tag_is_refused_and_not_cut(tone: Path) -> None:
    path = converted(tone, "x.mp3", "-write_xing", "0", "-q:a", "2")
    with pytest.raises(AudioError, match="does not say how long") as caught:
        open_sound(path)
    assert caught.value.code == "unsupported"


@settings(deadline=None, max_examples=40)
@given(
    container=st.sampled_from([Container.AIFF, Container.FLAC, Container.WAV]),
    encoding=st.sampled_from([Encoding.INT16, Encoding.INT24]),
    channels=st.integers(1, 8),
    frames=st.integers(1, 5000),
)
def test_every_container_gives_back_what_it_got(
    tmp_path_factory: pytest.TempPathFactory,
    container: Container,
    encoding: Encoding,
    channels: int,
    frames: int,
) -> None:
    block = samples(encoding, frames, channels)
    sound = open_sound(write(tmp_path_factory.mktemp("law") / "x", block, encoding, container))
    assert sound.format == SoundFormat(container, encoding, RATE, channels, sound.format.channel_mask)
    assert np.array_equal(np.concatenate(list(read_raw_blocks(sound, frames=1000))), block)


@settings(deadline=None, max_examples=30)
@given(places=st.lists(st.integers(0, 1000), min_size=2, max_size=5), frames=st.integers(1, 400))
def test_a_file_read_in_parts_is_the_file(
    tmp_path_factory: pytest.TempPathFactory, places: list[int], frames: int
) -> None:
    block = samples(Encoding.INT16, 1000, 2)
    sound = open_sound(write(tmp_path_factory.mktemp("law") / "x.wav", block, Encoding.INT16))
    edges = [Samples(place) for place in sorted({0, 1000, *places})]
    parts = [
        part
        for start, stop in pairwise(edges)
        for part in read_raw_blocks(sound, frames=frames, start=start, stop=stop)
    ]
    assert np.array_equal(np.concatenate(parts), block)


@needs_ffmpeg
@pytest.mark.parametrize("channels", [1, 2, 6, 64])
@pytest.mark.parametrize("encoding", [e for e in Encoding if e.bits >= 16 and e is not Encoding.LOSSY])
def test_a_copy_has_the_pcm_of_its_source(tmp_path: Path, encoding: Encoding, channels: int) -> None:
    codec = {"int": "pcm_s{}le", "flo": "pcm_f{}le"}[encoding[:3]].format(encoding.bits)
    raw = np.random.default_rng(1).standard_normal((5000, channels)) * 0.2
    arguments = [
        "-f",
        "f64le",
        "-ar",
        "48000",
        "-ac",
        str(channels),
        "-i",
        "-",
        "-c:a",
        codec,
        tmp_path / "a.wav",
    ]
    subprocess.run(["ffmpeg", "-v", "error", *arguments], input=raw.tobytes(), check=True)
    sound = open_sound(tmp_path / "a.wav")
    with SoundWriter(tmp_path / "b.wav", sound.format, frames_expected=sound.frames) as writer:
        for block in read_raw_blocks(sound, frames=777):
            writer.write(block)
    first, second = (
        ffmpeg("-i", tmp_path / name, "-c:a", codec, "-f", "md5", "-") for name in ("a.wav", "b.wav")
    )
    assert first == second


@pytest.mark.parametrize("container", [Container.WAV, Container.AIFF, Container.FLAC])
def test_the_same_sound_gives_the_same_bytes(tmp_path: Path, container: Container) -> None:
    block = samples(Encoding.INT24, 3000, 2)
    hashes = {
        hashlib.sha256(write(tmp_path / str(n), block, Encoding.INT24, container).read_bytes()).hexdigest()
        for n in range(2)
    }
    assert len(hashes) == 1


def test_floats_are_read_at_full_scale(tmp_path: Path) -> None:
    path = write(tmp_path / "x.wav", np.array([[-32768, 16384]], np.int16), Encoding.INT16)
    (block,) = read_blocks(open_sound(path))
    assert block.tolist() == [[-1.0, 0.5]]


@pytest.mark.parametrize("encoding", [Encoding.FLOAT32, Encoding.FLOAT64])
@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_sample_that_is_no_number_is_refused_with_its_place(
    tmp_path: Path, encoding: Encoding, bad: float
) -> None:
    block = np.zeros((BLOCK_FRAMES + 44_100, 2), RAW_TYPES[encoding])
    block[BLOCK_FRAMES + 5, 1] = bad
    sound = open_sound(write(tmp_path / "x.wav", block, encoding))
    with pytest.raises(AudioError, match=r"Sample 65,541 \(1\.486 s\) of channel 2") as caught:
        list(read_raw_blocks(sound))
    assert (caught.value.code, caught.value.path) == ("not-finite", sound.path)


def test_a_double_that_no_float_can_hold_is_refused(tmp_path: Path) -> None:
    sound = open_sound(write(tmp_path / "x.wav", np.array([[0.0], [1e300]]), Encoding.FLOAT64))
    with pytest.raises(AudioError, match="Sample 1 "):
        list(read_blocks(sound))
    assert len(list(read_raw_blocks(sound))) == 1


def test_a_file_that_shrinks_after_it_was_opened_is_noticed(tone: Path) -> None:
    sound = open_sound(tone)
    with tone.open("rb+") as file:
        file.truncate(44 + 4 * 100_000)
    with pytest.raises(AudioError, match="at frame 100,000") as caught:
        list(read_blocks(sound))
    assert caught.value.code == "truncated"


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_sound(tmp_path / "none.wav")


def test_frames_outside_the_file_are_a_mistake_of_the_caller(tone: Path) -> None:
    with pytest.raises(ValueError, match="132301"):
        next(read_blocks(open_sound(tone), stop=Samples(132_301)))


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    for container in (Container.WAV, Container.FLAC, Container.AIFF):
        form = SoundFormat(container, Encoding.INT16, RATE, 1)
        with SoundWriter(tmp_path / "whole", form) as writer:
            writer.write(samples(Encoding.INT16, 100, 1))
        blocks = iter([samples(Encoding.INT16, 100, 1), samples(Encoding.INT16, 100, 2)])
        with pytest.raises(ConformError, match="channels"):
            write_all(SoundWriter(tmp_path / "half", form), blocks)
        assert [path.name for path in tmp_path.iterdir()] == ["whole"]
        (tmp_path / "whole").unlink()


@contextmanager
def file_sizes_up_to(most: int) -> Iterator[None]:
    """Let every write beyond a size fail, as on a disk that is full."""
    resource = pytest.importorskip("resource", reason="this system has no limit of file sizes")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    ("frames", "most"), [(300, 0), (300, 100), (300, 600), (20_000, 1000), (20_000, 30_000)]
)
@pytest.mark.parametrize("container", [Container.WAV, Container.FLAC, Container.AIFF])
def test_a_disk_that_fills_up_leaves_nothing(
    tmp_path: Path, container: Container, frames: int, most: int
) -> None:
    with pytest.raises(DeliveryError) as caught, file_sizes_up_to(most):
        write(tmp_path / "x", samples(Encoding.INT16, frames, 2), Encoding.INT16, container)
    assert caught.value.retryable
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_never_touched(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(b"mine")
    with pytest.raises(DeliveryError, match="already"):
        write(path, samples(Encoding.INT16, 10, 1), Encoding.INT16)
    assert path.read_bytes() == b"mine"


def test_a_folder_that_is_away_can_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="No such file") as caught:
        write(tmp_path / "away" / "x.wav", samples(Encoding.INT16, 10, 1), Encoding.INT16)
    assert caught.value.retryable


@pytest.mark.parametrize("frames", [99, 101])
def test_a_length_other_than_the_expected_one_is_refused(tmp_path: Path, frames: int) -> None:
    form = SoundFormat(Container.WAV, Encoding.INT16, RATE, 1)
    expected = Samples(100)
    writing = SoundWriter(tmp_path / "x.wav", form, frames_expected=expected)
    with pytest.raises(ConformError, match="instead of 100"), writing as writer:
        writer.write(samples(Encoding.INT16, frames, 1))
    assert not (tmp_path / "x.wav").exists()


@pytest.mark.parametrize(
    ("encoding", "block"),
    [
        (Encoding.INT16, np.zeros((1, 1), np.float32)),
        (Encoding.INT24, np.zeros((1, 1), np.float64)),
        (Encoding.INT24, np.zeros((1, 1), np.int16)),
        (Encoding.INT24, np.ones((1, 1), np.int32)),
        (Encoding.FLOAT32, np.zeros((1, 1), np.int16)),
        (Encoding.INT16, np.zeros((1, 2), np.int16)),
        (Encoding.INT16, np.zeros(1, np.int16)),
    ],
)
def test_blocks_that_would_lose_something_are_refused(
    tmp_path: Path, encoding: Encoding, block: RawBlock
) -> None:
    form = SoundFormat(Container.WAV, encoding, RATE, 1)
    writing = SoundWriter(tmp_path / "x.wav", form)
    with (
        pytest.raises(ConformError, match=r"written from|more than 24 bits|does not have"),
        writing as writer,
    ):
        writer.write(block)


@pytest.mark.parametrize(
    ("container", "encoding", "rate", "channels", "frames"),
    [
        (Container.FLAC, Encoding.FLOAT32, 48_000, 2, None),
        (Container.FLAC, Encoding.INT32, 48_000, 2, None),
        (Container.FLAC, Encoding.INT24, 48_000, 64, None),
        (Container.FLAC, Encoding.INT24, 88_201, 2, None),
        (Container.FLAC, Encoding.INT24, 48_000, 2, 0),
        (Container.AIFF, Encoding.FLOAT64, 48_000, 2, None),
        (Container.AIFF, Encoding.INT24, 48_000, 64, 2**25),
        (Container.WAV, Encoding.LOSSY, 48_000, 2, None),
        (Container.WAV, Encoding.INT16, 48_000, 65, None),
        (Container.WAV, Encoding.INT16, 0, 2, None),
        (Container.MP3, Encoding.LOSSY, 48_000, 2, None),
    ],
)
def test_what_a_container_cannot_hold_is_said_before_the_work(
    tmp_path: Path, container: Container, encoding: Encoding, rate: int, channels: int, frames: int | None
) -> None:
    form = SoundFormat(container, encoding, Hertz(rate), channels)
    expected = None if frames is None else Samples(frames)
    with pytest.raises(ConformError) as caught:
        SoundWriter(tmp_path / "x", form, frames_expected=expected)
    assert caught.value.hint


@pytest.mark.parametrize("container", [Container.WAV, Container.AIFF, Container.FLAC])
def test_metadata_goes_into_every_container(tmp_path: Path, container: Container) -> None:
    metadata = Metadata(bext=Bext(description="Café, take 3"))
    form = SoundFormat(container, Encoding.INT24, RATE, 2)
    block = samples(Encoding.INT24, 500, 2)
    with SoundWriter(tmp_path / "x", form, metadata=metadata) as writer:
        writer.write(block)
    assert b"take 3" in (tmp_path / "x").read_bytes()
    assert np.array_equal(next(read_raw_blocks(open_sound(tmp_path / "x"))), block)
