import re
import struct
import zlib
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from unit.report.pages import finding, notes, page

from stembridge.audio.files import open_sound
from stembridge.audio.sound import Block
from stembridge.report.html import render
from stembridge.report.lossy_pictures import MOST, lossy_pictures
from stembridge.report.page import Page, Spectrogram
from stembridge.report.png import encode_png
from stembridge.report.spectrogram import HEIGHT, WIDTH, draw_spectrogram, spectrogram_views
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

RATE = Hertz(32_000)
GREYS = [(17 * level, 17 * level, 17 * level) for level in range(16)]


def pixels_of(png: bytes) -> np.ndarray:
    """Read a PNG of ours again, chunk by chunk, with zlib."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + content)
        chunks[kind], at = content, at + 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, -1)[:, 1:]
    return np.stack((rows >> 4, rows & 15), axis=2).reshape(height, -1)[:, :width]


def cut_off(hz: float, seconds: float = 2.0) -> Block:
    """Noise with nothing above a frequency."""
    audio = noise(seconds, RATE)
    spectrum = np.fft.rfft(audio, axis=0)
    spectrum[np.fft.rfftfreq(len(audio), 1 / RATE) > hz] = 0.0
    return np.fft.irfft(spectrum, len(audio), axis=0).astype(np.float32)


@pytest.mark.parametrize("width", [6, 7])
def test_a_picture_is_read_as_it_was_written(width: int) -> None:
    pixels = np.random.default_rng(1).integers(0, 16, (5, width)).astype(np.uint8)
    np.testing.assert_array_equal(pixels_of(encode_png(pixels, GREYS)), pixels)


def test_what_the_codec_cut_off_is_black_and_what_it_left_is_not() -> None:
    pixels = pixels_of(draw_spectrogram(cut_off(12_000.0)))
    assert pixels.shape == (HEIGHT, WIDTH)
    edge = HEIGHT * (16_000 - 12_000) // 16_000
    assert pixels[: edge - 6].max() == 0
    assert pixels[edge + 2 :].min() > 6


@pytest.mark.parametrize("frames", [1, 100, 3_000])
def test_silence_and_short_sound_can_be_drawn(frames: int) -> None:
    assert len(set(pixels_of(draw_spectrogram(np.zeros((frames, 1), np.float32))).ravel())) == 1


def pictures(folder: Path, sound: Block, count: int = 1) -> tuple[Spectrogram, ...]:
    names = [f"Song_{number}.wav" for number in range(count)]
    sounds = {name: open_sound(write_sound(folder / name, sound, RATE)) for name in names}
    told = [finding("error", "lossy-origin", path=name, at=15.0) for name in names]
    return lossy_pictures(notes(finding(path=names[0]), *told), sounds)


def test_ten_seconds_around_the_place_are_shown_with_the_wall(tmp_path: Path) -> None:
    (picture,) = pictures(tmp_path, cut_off(12_000.0, 22.0))
    assert (picture.start, picture.seconds) == (10.0, 10.0)
    assert picture.wall_hz == pytest.approx(12_000, abs=300)
    (view,) = spectrogram_views(shown(picture)) or ()
    assert view.wall == pytest.approx(25.0, abs=2.0)
    assert [tick.label for tick in view.ticks] == ["0:10", "0:12", "0:14", "0:16", "0:18", "0:20"]
    assert [tick.label for tick in view.grid] == ["0k", "5k", "10k", "15k"]


def shown(*found: Spectrogram) -> Page:
    return page(notes=tuple(one.note for one in found), spectrograms=found)


def test_the_picture_is_in_the_page_itself(tmp_path: Path) -> None:
    (picture,) = pictures(tmp_path, noise(1.0, RATE))
    text = render(shown(picture)).decode()
    (data,) = re.findall(r'src="data:image/png;base64,([^"]+)"', text)
    assert b64decode(data) == picture.png
    assert 'id="spectrograms"' not in render(replace(shown(picture), spectrograms=())).decode()


def test_of_a_set_that_is_lossy_as_a_whole_the_page_stays_small(tmp_path: Path) -> None:
    found = pictures(tmp_path, noise(1.0, RATE), MOST + 3)
    assert len(found) == MOST
    assert len(render(shown(*found))) < 1_500_000


def test_a_finding_about_a_file_that_is_not_there_is_left_out() -> None:
    assert lossy_pictures(notes(finding("error", "lossy-origin", path="gone.wav")), {}) == ()
