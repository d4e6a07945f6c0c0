import numpy as np
import pytest
from examining import RATE, Sound, found, hiss, tone

SILENCE = np.zeros(2 * RATE, np.float32)


def between_samples() -> Sound:
    """A sine at a quarter of the rate whose peaks all lie between its samples, 3 dB above them."""
    return (0.9 * np.sin(np.pi / 2 * np.arange(RATE) + np.pi / 4)).astype(np.float32)


def padded(sound: Sound, *, before: float = 0.0, after: float = 0.0) -> Sound:
    return np.pad(sound, (round(before * RATE), round(after * RATE)))


def take(floor: float) -> Sound:
    """Two seconds of tone, two of pause, over noise."""
    sounding = np.concatenate((tone(440.0), SILENCE))
    return sounding + hiss(4.0, level=10 ** (floor / 20), channels=1)[:, 0]


PLANTED = {
    "true-peak": (between_samples(), {"true_peak": "-1 dBTP"}),
    "headroom": (tone(440.0, level=0.8), {"headroom": "-6 dBFS"}),
    "loudness": (tone(997.0, 4.0, level=0.5), {"loudness": {"target": "-23 LUFS", "of": "all"}}),
    "dc": (tone(440.0, level=0.2) + np.float32(0.01), {}),
    "silent": (SILENCE, {}),
    "leading-silence": (padded(tone(440.0), before=1.5), {"edges": {"leading": "1 s"}}),
    "trailing-silence": (padded(tone(440.0), after=1.5), {"edges": {"trailing": "1 s"}}),
    "noise-floor": (take(-50.0), {"noise_floor": "-60 dBFS"}),
}
QUIET = {
    "true-peak": (tone(440.0, level=0.8), {"true_peak": "-1 dBTP"}),
    "headroom": (tone(440.0, level=0.4), {"headroom": "-6 dBFS"}),
    "loudness": (tone(997.0, 4.0, level=0.1), {"loudness": {"target": "-23 LUFS", "of": "all"}}),
    "dc": (tone(440.0, level=0.2) + np.float32(0.001), {}),
    "silent": (tone(440.0, level=0.001), {}),
    "leading-silence": (padded(tone(440.0), before=0.5), {"edges": {"leading": "1 s"}}),
    "trailing-silence": (padded(tone(440.0), after=0.5), {"edges": {"trailing": "1 s"}}),
    "noise-floor": (take(-75.0), {"noise_floor": "-60 dBFS"}),
}


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_fault_is_found(tmp_path, code):
    sound, rules = PLANTED[code]
    assert code in found(tmp_path, sound, **rules)


@pytest.mark.parametrize("code", QUIET)
def test_a_good_sound_is_left_alone(tmp_path, code):
    sound, rules = QUIET[code]
    assert code not in found(tmp_path, sound, **rules)


def test_a_finding_has_its_figure_its_limit_and_its_place(tmp_path):
    finding = found(tmp_path, padded(tone(440.0), after=1.5), edges={"trailing": "1 s"})["trailing-silence"]
    assert (finding.measured, finding.limit, finding.unit) == (pytest.approx(1.5, abs=0.001), 1.0, "s")
    assert finding.at == pytest.approx(2.0, abs=0.001)


def test_the_true_peak_is_that_between_the_samples(tmp_path):
    finding = found(tmp_path, between_samples(), true_peak=-1.0)["true-peak"]
    assert finding.measured == pytest.approx(20 * np.log10(0.9), abs=0.2)
