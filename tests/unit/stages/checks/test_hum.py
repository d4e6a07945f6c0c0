import electronic
import numpy as np
import pytest
from examining import RATE, Sound, found, hiss, tone

SECONDS = 6.0


def hum(mains: float, level: float = 0.003) -> Sound:
    shares = {1: 1.0, 2: 0.5, 3: 0.7}
    return np.sum([tone(mains * k, SECONDS, level=level * share) for k, share in shares.items()], axis=0)


def take() -> Sound:
    """Noise bursts with pauses between them."""
    time = np.arange(round(SECONDS * RATE)) / RATE
    return hiss(SECONDS, channels=1)[:, 0] * (time % 2.0 < 0.8) + hiss(SECONDS, level=1e-4, channels=1)[:, 0]


@pytest.mark.parametrize("mains", [50.0, 60.0, 49.9, 60.1])
def test_hum_under_a_take_is_found(tmp_path, mains):
    finding = found(tmp_path, take() + hum(mains))["hum"]
    assert f"{round(mains)} Hz" in finding.message
    assert finding.measured == pytest.approx(20 * np.log10(0.003 * np.sqrt(1.74)), abs=1.5)


def test_a_take_without_hum_is_left_alone(tmp_path):
    assert "hum" not in found(tmp_path, take())


def test_hum_below_the_limit_is_let_pass(tmp_path):
    assert "hum" not in found(tmp_path, take() + hum(50.0), hum="-40 dBFS")


@pytest.mark.parametrize("frequency", [49.0, 51.9, 55.0, 58.3, 61.7])
def test_a_bass_note_beside_the_mains_is_no_hum(tmp_path, frequency):
    assert "hum" not in found(tmp_path, take() + hum(frequency, 0.1))


def test_a_tone_without_harmonics_is_no_hum(tmp_path):
    assert "hum" not in found(tmp_path, take() + tone(50.0, SECONDS, level=0.01))


def test_hum_that_is_not_there_in_the_pauses_is_music(tmp_path):
    time = np.arange(round(SECONDS * RATE)) / RATE
    assert "hum" not in found(tmp_path, take() + hum(50.0, 0.1) * (time % 2.0 < 0.8))


@pytest.mark.parametrize("kind", ["kick", "hard kick", "eight o eight", "drone", "hard gate", "pumping pad"])
@pytest.mark.parametrize("number", [0, 2])
def test_low_electronic_sound_is_no_hum(tmp_path, kind, number):
    stem = electronic.stem(kind, number)
    assert "hum" not in found(tmp_path, stem.sound, rate=stem.rate, bits=stem.bits)
