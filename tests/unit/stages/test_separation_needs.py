"""What a separation needs is known before it starts, and what does not fit is refused."""

from dataclasses import replace
from pathlib import Path

import pytest
from demucs_models import FOUR, loaded, small_htdemucs

from stembridge.audio.sound import Container, Encoding, Sound, SoundFormat
from stembridge.errors import DeliveryError, SeparationError
from stembridge.presets import Separate
from stembridge.separators.demucs import DemucsSeparator
from stembridge.separators.library import Opened
from stembridge.separators.spectral import Spectral
from stembridge.stages.mixture import Mixture, make_mixture
from stembridge.stages.recipe import read_recipes
from stembridge.stages.separation_needs import Needs, needs_of, refuse_what_does_not_fit
from stembridge.units import Hertz, Samples

HOUR = 3600 * 48_000
FITS = Needs(memory_bytes=1000, free_bytes=2000, seconds=1.0, disk_bytes=1000)


def sound(frames: int, channels: int = 2) -> Sound:
    form = SoundFormat(Container.WAV, Encoding.INT24, Hertz(48_000), channels)
    return Sound(Path("reel.wav"), form, Samples(frames))


def mixture(*stems: str) -> Mixture:
    return make_mixture(read_recipes(Separate(stems=stems or tuple(FOUR))), FOUR, "other")


@pytest.fixture(params=["demucs", "spectral"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    if request.param == "spectral":
        return Opened(Spectral(), None, "cpu", estimate=Spectral().cost)
    separator = DemucsSeparator(loaded(tmp_path, small_htdemucs()), device="cpu")
    return Opened(separator, "0" * 64, "cpu", estimate=separator.cost)


def test_eight_hours_take_the_memory_of_a_minute_and_the_time_of_eight_hours(opened: Opened) -> None:
    minute, reel = (
        needs_of([(sound(frames), Encoding.INT24)], mixture(), opened) for frames in (HOUR // 60, 8 * HOUR)
    )
    assert reel.memory_bytes == minute.memory_bytes < 2e9
    assert reel.seconds == pytest.approx(480 * minute.seconds)


def test_the_disk_holds_answers_outputs_and_delivery(opened: Opened) -> None:
    answers, outputs = 3 * 4, 2 * 4 * 3
    needs = needs_of([(sound(8 * HOUR), Encoding.INT24)], mixture(), opened)
    assert needs.disk_bytes == 8 * HOUR * 2 * (answers + outputs)


def test_more_channels_take_more_time_and_as_much_memory(opened: Opened) -> None:
    stereo, surround = (
        needs_of([(sound(HOUR, channels), Encoding.INT24)], mixture(), opened) for channels in (2, 6)
    )
    assert surround.seconds == pytest.approx(4 * stereo.seconds)
    assert surround.memory_bytes == stereo.memory_bytes


def test_what_fits_is_let_through(tmp_path: Path) -> None:
    refuse_what_does_not_fit(FITS, tmp_path)
    refuse_what_does_not_fit(replace(FITS, memory_bytes=10**18, free_bytes=None), tmp_path)


def test_too_little_memory_is_refused_with_both_figures(tmp_path: Path) -> None:
    with pytest.raises(
        SeparationError, match=r"needs about 5\.0 GB of memory and 2\.0 GB are free"
    ) as caught:
        refuse_what_does_not_fit(replace(FITS, memory_bytes=5 * 10**9, free_bytes=2 * 10**9), tmp_path)
    assert (caught.value.code, caught.value.retryable) == ("memory", True)
    assert caught.value.hint


def test_too_small_a_disk_is_refused_with_both_figures(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match=r"needs 1000000\.0 GB on the destination's disk") as caught:
        refuse_what_does_not_fit(replace(FITS, disk_bytes=10**15), tmp_path)
    assert (caught.value.code, caught.value.retryable) == ("disk-full", True)
    assert caught.value.hint
