"""What is cut out of a file is what lies there, sample by sample."""

from pathlib import Path

import numpy as np
import pytest

from stembridge.audio.chunks import read_metadata
from stembridge.audio.files import open_sound, read_blocks, read_raw_blocks
from stembridge.audio.metadata import Bext, Cue, Metadata
from stembridge.audio.sound import Container, Encoding, RawBlock
from stembridge.errors import IntakeError
from stembridge.request import ChannelMode, Excerpt, Request
from stembridge.stages.excerpt import cut_excerpt
from stembridge.stages.sources import gather
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz, Samples

RATE = Hertz(44_100)
LONG = 4.0  # more than two blocks, so that the seams are crossed


def whole(path: Path) -> RawBlock:
    return np.concatenate(list(read_raw_blocks(open_sound(path))))


def cut(path: Path, **wanted: object) -> Path:
    excerpt = Excerpt(Samples(1000), Samples(150_000), **wanted)  # type: ignore[arg-type]
    return cut_excerpt(path, excerpt, path.with_name("cut.wav"))


@pytest.mark.parametrize("encoding", [Encoding.INT16, Encoding.INT24, Encoding.INT32, Encoding.FLOAT32])
def test_a_plain_range_keeps_its_samples_and_its_encoding(tmp_path, encoding):
    path = write_sound(tmp_path / "song.wav", noise(LONG, RATE), RATE, encoding=encoding)
    out = cut(path)
    assert np.array_equal(whole(out), whole(path)[1000:150_000])
    assert open_sound(out).format == open_sound(path).format


def test_a_flac_is_cut_into_a_wav_of_the_same_samples(tmp_path):
    path = write_sound(
        tmp_path / "song.flac", noise(LONG, RATE), RATE, encoding=Encoding.INT24, container=Container.FLAC
    )
    assert np.array_equal(whole(cut(path)), whole(path)[1000:150_000])


def test_a_reversed_range_runs_backwards_across_blocks(tmp_path):
    path = write_sound(tmp_path / "song.wav", noise(LONG, RATE), RATE)
    assert np.array_equal(whole(cut(path, reversed=True)), whole(path)[1000:150_000][::-1])


@pytest.mark.parametrize(
    ("mode", "channels"), [(ChannelMode.SWAPPED, [1, 0]), (ChannelMode.LEFT, [0]), (ChannelMode.RIGHT, [1])]
)
def test_channels_are_picked(tmp_path, mode, channels):
    path = write_sound(tmp_path / "song.wav", noise(LONG, RATE), RATE)
    assert np.array_equal(whole(cut(path, channel_mode=mode)), whole(path)[1000:150_000][:, channels])


@pytest.mark.parametrize("encoding", [Encoding.INT16, Encoding.INT24, Encoding.INT32])
def test_a_downmix_is_half_the_sum_without_rounding(tmp_path, encoding):
    path = write_sound(tmp_path / "song.wav", noise(LONG, RATE), RATE, encoding=encoding)
    out = whole(cut(path, channel_mode=ChannelMode.DOWNMIX)).astype(np.float64)
    full = 1.0 if encoding is Encoding.INT32 else 2.0**31
    source = whole(path)[1000:150_000].astype(np.float64) / 2.0 ** (15 if encoding is Encoding.INT16 else 31)
    assert np.array_equal(out / full, source.sum(axis=1, keepdims=True) / 2)


def test_the_cut_carries_its_place_and_the_cues_inside_it(tmp_path):
    said = Metadata(bext=Bext(description="Take 3"), cues=(Cue(Samples(500)), Cue(Samples(2000), "verse")))
    path = write_sound(tmp_path / "song.wav", noise(LONG, RATE), RATE, metadata=said)
    found = read_metadata(cut(path, position=Samples(441_000)))
    assert found.bext is not None
    assert (found.bext.time_reference, found.bext.description) == (441_000, "Take 3")
    assert [(cue.position, cue.label) for cue in found.cues] == [(1000, "verse")]


def test_a_file_that_became_shorter_is_refused(tmp_path):
    path = write_sound(tmp_path / "song.wav", noise(1.0, RATE), RATE)
    with pytest.raises(IntakeError, match="not the one that the item was made of"):
        cut(path)


def test_a_request_for_an_excerpt_has_the_excerpt_as_its_only_source(tmp_path):
    path = write_sound(tmp_path / "Song_Mix.wav", noise(LONG, RATE), RATE)
    wanted = Excerpt(Samples(0), Samples(RATE))
    request = Request((path,), "source", tmp_path / "out", "Song", excerpt=wanted)
    (source,) = gather(request, unpack_into=tmp_path / "unpacked").audio
    assert source.name.name == "Song_Mix.wav"
    assert sum(len(block) for block in read_blocks(open_sound(source.path))) == RATE
