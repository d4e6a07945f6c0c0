"""Lossy origin: found after a codec, never said of sound that saw none."""

import shutil

import electronic
import numpy as np
import planted
import pytest
import soundfile
from examining import Sound, examined, found, hiss, tone

CHECK = {"lossy": "refuse"}
needs_ffmpeg = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def music(rate: int = 44_100) -> Sound:
    """A chord with harmonics over pink noise, three seconds."""
    pink = planted.dark(rate, 300.0, 0.5, 3, 3.0)
    notes = [
        tone(220.0 * 2 ** (n / 12) * k, 3.0, level=0.05 / k, rate=rate)
        for n in (0, 3, 7)
        for k in range(1, 9)
    ]
    return (0.5 * pink + np.sum(notes, axis=0)[:, np.newaxis]).astype(np.float32)


@needs_ffmpeg
@pytest.mark.parametrize("codec", ["mp3 192", "aac 128", "vorbis q3", "opus 96"])
def test_a_codec_is_found_after_a_gain(tmp_path, codec):
    decoded = planted.through_codec(music(), 44_100, codec, gain=0.7)
    finding = found(tmp_path, decoded, rate=44_100, **CHECK)["lossy-origin"]
    assert (finding.measured or 0.0) > 6.0


@needs_ffmpeg
@pytest.mark.parametrize(
    ("codec", "rate"), [("mp3 128", 44_100), ("aac 128", 48_000), ("vorbis q3", 44_100), ("opus 96", 48_000)]
)
def test_a_codec_is_found_in_a_file_that_was_cut(tmp_path, codec, rate):
    decoded = planted.through_codec(music(rate), rate, codec, gain=0.7)
    message = found(tmp_path, decoded[1_234:], rate=rate, **CHECK)["lossy-origin"].message
    assert f"It was {codec.split()[0]}".lower() in message.lower()
    assert "the codec's frame grid stands out by" in message


@needs_ffmpeg
@pytest.mark.parametrize("codec", ["mp3 192", "aac 192"])
def test_a_quantiser_shows_where_nothing_is_at_zero_but_the_noise_of_16_bits(tmp_path, codec):
    decoded = planted.through_codec(planted.dark(44_100, 150.0, 1.5, 5, 4.0), 44_100, codec, gain=0.7)
    message = found(tmp_path, decoded, rate=44_100, bits=16, **CHECK)["lossy-origin"].message
    assert "the steps of the codec's quantiser stand out by" in message


@needs_ffmpeg
def test_a_codec_is_found_at_another_rate(tmp_path):
    decoded = planted.through_codec(music(), 44_100, "mp3 128", to=48_000)
    assert (
        "MP3 at 44.1 kHz" in found(tmp_path, decoded, rate=48_000, bits=16, **CHECK)["lossy-origin"].message
    )


def test_an_mp3_under_the_name_of_a_wav_is_called_one(tmp_path):
    path = tmp_path / "Song_Keys.wav"
    soundfile.write(path, 0.1 * music(), 44_100, format="MP3")
    message = examined(path, **CHECK)["lossy-origin"].message
    assert message == "It is a lossy MP3 file, though its name ends in .wav."


@pytest.mark.parametrize("sound", [music(), hiss(3.0, rate=44_100)], ids=["music", "noise"])
def test_sound_that_saw_no_codec_is_left_alone(tmp_path, sound):
    assert "lossy-origin" not in found(tmp_path, sound, rate=44_100, bits=16, **CHECK)


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("kick", 1),
        ("blips", 1),
        ("saw on the codec grid", 0),
        ("held noise", 2),
        ("metronome", 3),
        ("fm bass", 2),
        ("pumping pad", 60),
        ("grains", 113),
        ("blips", 112),
    ],
)
def test_sparse_and_periodic_sound_is_left_alone(tmp_path, kind, number):
    stem = electronic.stem(kind, number)
    assert "lossy-origin" not in found(tmp_path, stem.sound, rate=stem.rate, bits=stem.bits, **CHECK)
