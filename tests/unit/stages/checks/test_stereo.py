import numpy as np
import pytest
from examining import Sound, found, hiss, tone


def pair(left: Sound, right: Sound) -> Sound:
    return np.stack((left, right), axis=1)


SIDE = hiss(channels=1)[:, 0]
OTHER = hiss(channels=1, seed=1)[:, 0]
PLANTED = {
    "dual-mono": pair(SIDE, np.float32(0.8) * SIDE),
    "out-of-phase": pair(SIDE, -SIDE + np.float32(0.3) * OTHER),
    "dead-side": pair(SIDE, np.float32(1e-5) * OTHER),
}
WIDENED = pair(SIDE + np.float32(0.05) * OTHER, SIDE - np.float32(0.05) * OTHER)


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_fault_is_found(tmp_path, code):
    assert code in found(tmp_path, PLANTED[code])


@pytest.mark.parametrize("sound", [pair(SIDE, OTHER), WIDENED, SIDE], ids=["wide", "nearly mono", "mono"])
def test_good_sides_are_left_alone(tmp_path, sound):
    assert not found(tmp_path, sound).keys() & PLANTED.keys()


def test_dual_mono_is_found_under_dither(tmp_path):
    quiet = tone(440.0, level=0.02)
    rng = np.random.default_rng(3)
    dither = (rng.random((len(quiet), 2)) - rng.random((len(quiet), 2))) / 32_768
    assert "dual-mono" in found(tmp_path, (pair(quiet, quiet) + dither).astype(np.float32), bits=16)


def test_an_inverted_copy_is_dual_mono_and_says_so(tmp_path):
    assert "inverted" in found(tmp_path, pair(SIDE, -SIDE))["dual-mono"].message
