import io
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.intake.headers import CHECKS, inspect, is_finished

KINDS = [
    ("WAV", "PCM_24"),
    ("WAV", "PCM_U8"),
    ("WAVEX", "FLOAT"),
    ("RF64", "PCM_24"),
    ("W64", "PCM_24"),
    ("AIFF", "PCM_24"),
    ("CAF", "PCM_24"),
    ("FLAC", "PCM_16"),
]
SUFFIXES = {"WAVEX": "wav", "RF64": "wav"}
NOISE = np.random.default_rng(1).uniform(-0.5, 0.5, (50_001, 1))


def path_for(folder: Path, kind: str) -> Path:
    return folder / f"a.{SUFFIXES.get(kind, kind.lower())}"


def look(data: bytes, name: str) -> bool:
    return is_finished(io.BytesIO(data), len(data), Path(name))


@pytest.mark.parametrize(("kind", "subtype"), KINDS)
@pytest.mark.parametrize("frames", [1, 50_000, 50_001])
def test_a_whole_file_is_finished(tmp_path, kind, subtype, frames):
    path = path_for(tmp_path, kind)
    soundfile.write(path, NOISE[:frames], 44_100, subtype, format=kind)
    seen, finished = inspect(path)
    assert finished
    assert seen.size == path.stat().st_size


@pytest.mark.parametrize(("kind", "subtype"), KINDS)
@pytest.mark.parametrize("part", [0.0, 0.0003, 0.2, 0.5, 0.97])
def test_a_copy_that_stopped_half_way_is_not(tmp_path, kind, subtype, part):
    path = path_for(tmp_path, kind)
    soundfile.write(path, NOISE, 44_100, subtype, format=kind)
    data = path.read_bytes()
    assert not look(data[: int(len(data) * part)], path.name)


@pytest.mark.parametrize(("kind", "subtype"), KINDS)
def test_a_render_that_pauses_is_not_finished_until_it_is_closed(tmp_path, kind, subtype):
    path = path_for(tmp_path, kind)
    with soundfile.SoundFile(path, "w", 44_100, 1, subtype, format=kind) as file:
        assert not inspect(path)[1]
        file.write(NOISE)
        file.flush()
        assert not inspect(path)[1]
    assert inspect(path)[1]


@pytest.fixture
def ffmpeg():
    found = shutil.which("ffmpeg")
    if found is None:
        pytest.skip("ffmpeg is not installed")
    return found


def encode(ffmpeg, tmp_path, options, target):
    source = tmp_path / "source.wav"
    soundfile.write(source, NOISE[:9_999], 44_100, "PCM_24")
    command = [ffmpeg, "-y", "-loglevel", "error", "-i", str(source), *options, target]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


FFMPEG_KINDS = [
    ["-f", "wav"],
    ["-f", "wav", "-write_bext", "1"],
    ["-f", "wav", "-rf64", "always"],
    ["-f", "aiff"],
    ["-f", "caf"],
    ["-f", "w64"],
    ["-f", "flac"],
]


@pytest.mark.parametrize("options", FFMPEG_KINDS, ids=" ".join)
def test_what_ffmpeg_wrote_is_finished(ffmpeg, tmp_path, options):
    encode(ffmpeg, tmp_path, options, str(tmp_path / "out.wav"))
    assert inspect(tmp_path / "out.wav")[1]


@pytest.mark.parametrize("options", FFMPEG_KINDS, ids=" ".join)
def test_what_ffmpeg_could_not_go_back_to_finish_is_not(ffmpeg, tmp_path, options):
    assert not look(encode(ffmpeg, tmp_path, options, "-"), "out.wav")


FLAC_OPTIONS = [["-frame_size", "777"], ["-compression_level", "12"], ["-sample_fmt", "s32"]]


@pytest.mark.parametrize("options", FLAC_OPTIONS, ids=" ".join)
def test_a_flac_of_any_block_size_is_checked_to_its_last_frame(ffmpeg, tmp_path, options):
    encode(ffmpeg, tmp_path, ["-f", "flac", *options], str(tmp_path / "out.flac"))
    data = (tmp_path / "out.flac").read_bytes()
    assert look(data, "out.flac")
    assert not look(data[: int(len(data) * 0.5)], "out.flac")


@pytest.mark.parametrize("channels", [1, 8])
def test_a_flac_that_ends_in_silence_is_finished(tmp_path, channels):
    sound = np.repeat(np.concatenate([NOISE, np.zeros((30_000, 1))]), channels, axis=1)
    soundfile.write(tmp_path / "a.flac", sound, 48_000, "PCM_24")
    assert inspect(tmp_path / "a.flac")[1]


@pytest.mark.parametrize(("kind", "subtype"), KINDS[:-1])
def test_a_file_that_grew_past_what_its_header_says_is_not_finished(tmp_path, kind, subtype):
    path = path_for(tmp_path, kind)
    soundfile.write(path, NOISE, 44_100, subtype, format=kind)
    assert not look(path.read_bytes() + bytes(4_800), path.name)


@pytest.mark.parametrize("tag", [b"ID3\4\0", b"\0TAG", b"APETAGEX", b"LYRICSBEGIN"])
@pytest.mark.parametrize(("kind", "subtype"), [KINDS[0], KINDS[3], KINDS[5]])
def test_the_tag_of_a_music_player_behind_the_end_is_forgiven(tmp_path, kind, subtype, tag):
    path = path_for(tmp_path, kind)
    soundfile.write(path, NOISE, 44_100, subtype, format=kind)
    tagged = path.read_bytes() + tag + bytes(500)
    assert look(tagged, path.name)
    assert not look(tagged.replace(tag, bytes(len(tag))), path.name)


def test_a_missing_pad_byte_is_forgiven(tmp_path):
    soundfile.write(tmp_path / "a.wav", NOISE[:1], 44_100, "PCM_U8")
    data = (tmp_path / "a.wav").read_bytes()
    assert look(data[:-1], "a.wav")


def test_a_zip_is_finished_when_its_list_of_contents_is_there(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("sound " * 1000, encoding="utf-8")
    data = Path(shutil.make_archive(str(tmp_path / "out"), "zip", tmp_path / "in")).read_bytes()
    assert look(data, "set.zip")
    assert not look(data[:-30], "set.zip")


@pytest.mark.parametrize("name", ["a.wav", "a.FLAC", "a.zip", "a.mp3"])
def test_an_empty_sound_or_a_header_of_zeros_is_not_finished(name):
    assert not look(b"", name)
    assert not look(bytes(5000), name)


def test_an_empty_file_of_another_kind_is_finished():
    assert look(b"", "delivery.done")


def test_what_is_no_audio_at_all_is_finished_so_that_the_work_can_say_so():
    assert look(b"this is a shopping list", "song.wav")


RIFF_TO_COME = b"RIFF\xff\xff\xff\xffWAVEdata"
MAGICS = st.sampled_from([*CHECKS, RIFF_TO_COME, b"riff\x2e\x91\xcf\x11", b"fLaC\x00\x00\x00\x22"])


@settings(deadline=None, max_examples=300)
@given(MAGICS, st.binary(max_size=600), st.sampled_from(["a.wav", "a.zip", "a"]))
def test_no_bytes_make_the_check_fail(magic, rest, name):
    assert look(magic + rest, name) in (True, False)


def test_a_header_of_endless_empty_chunks_is_given_up():
    data = b"RIFF" + (8 * 40_000 + 4).to_bytes(4, "little") + b"WAVE" + b"junk\0\0\0\0" * 40_000
    assert not look(data, "a.wav")


def test_a_file_whose_last_chunk_is_still_to_come_is_not_finished(tmp_path):
    with soundfile.SoundFile(tmp_path / "a.wav", "w", 44_100, 1, "PCM_16") as file:
        file.write(NOISE)
        file.title = "written after the sound"
    data = (tmp_path / "a.wav").read_bytes()
    assert data.index(b"LIST") > data.index(b"data")
    assert look(data, "a.wav")
    assert not look(data[: data.index(b"LIST")], "a.wav")
