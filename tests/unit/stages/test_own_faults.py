"""A fault that a file has by itself is named as what keeps its set from nulling."""

from pathlib import Path, PurePosixPath

import numpy as np
import pytest
import soundfile

from stembridge.audio.sound import Block, Encoding
from stembridge.check_model import Check
from stembridge.stages.checkup import Checkup, check_up
from stembridge.stages.finding import Finding
from stembridge.stages.probe import Source, probe
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

RATE = Hertz(16_000)


def checked(folder: Path, leave_out: str = "", besides: str = "", **sent: Block) -> Checkup:
    """Check a set whose mix is that of its three stems as they were made."""
    made = {name: noise(6.0, RATE, level=0.05, seed=seed) for seed, name in enumerate(("Drums", "Bass"))}
    made["Keys"] = keys()
    mix = np.sum(list(made.values()), axis=0, dtype=np.float32)
    facts = []
    for name, sound in (made | sent | {"Mix": mix}).items():
        if name == leave_out:
            continue
        path = write_sound(folder / f"Song_{name}.wav", sound, RATE, encoding=Encoding.FLOAT32)
        facts.append(probe(Source(path, PurePosixPath(path.name))))
    if besides:
        facts.append(probe(Source(folder / besides, PurePosixPath(besides))))
    return check_up(facts, Check.model_validate({"lossy": "off"}))


def told(done: Checkup) -> Finding:
    (finding,) = (finding for finding in done.findings if finding.code == "does-not-null")
    return finding


def keys() -> Block:
    """A chord with echoes, others on each side."""
    time = np.arange(6 * RATE) / RATE
    dry = 0.02 * sum(np.sin(2 * np.pi * hertz * time + hertz) for hertz in (311.0, 466.2, 622.3, 1108.7))
    dry += 0.02 * noise(6.0, RATE, channels=1, seed=2)[:, 0]
    return np.stack([dry + 0.4 * np.roll(dry, 370), dry + 0.4 * np.roll(dry, 530)], axis=1).astype(np.float32)


def test_a_stem_that_ends_early_is_the_cause_and_none_is_missing(tmp_path):
    done = checked(tmp_path, Keys=keys()[: 5 * RATE])
    assert "Song_Keys.wav ends before the mix does" in told(done).message
    assert told(done).path == PurePosixPath("Song_Keys.wav")
    assert told(done).hint == "Ask for Song_Keys.wav up to the end of the mix."


def test_a_stem_of_less_than_a_second_is_not_blamed_for_what_is_left_from_the_start(tmp_path):
    done = checked(tmp_path, leave_out="Bass", Keys=keys()[: RATE // 2])
    assert "ends before" not in told(done).message


def test_a_stem_that_ends_early_is_not_blamed_for_what_is_left_before(tmp_path):
    louder = 2.0 * noise(6.0, RATE, level=0.05, seed=1)
    assert "ends before" not in told(checked(tmp_path, Keys=keys()[: 5 * RATE], Bass=louder)).message


def test_a_silent_stem_is_the_cause_and_none_is_missing(tmp_path):
    done = checked(tmp_path, Keys=0.0 * keys())
    assert told(done).message.startswith(
        "The stems do not sum to the mix. Song_Keys.wav is silent, and the mix"
    )
    assert told(done).path == PurePosixPath("Song_Keys.wav")


def test_a_stem_that_drops_out_is_the_cause_and_none_is_missing(tmp_path):
    broken = keys()
    broken[3 * RATE + 4_000 : 3 * RATE + 5_000] = 0.0
    done = checked(tmp_path, Keys=broken)
    assert "only where Song_Keys.wav drops out or clicks" in told(done).message
    assert [each["cause"]["kind"] for each in done.to_json()["nulls"]] == ["broken-stem"]


@pytest.mark.parametrize("side", [0.0, 1.0], ids=["dead", "the same"])
def test_a_stem_that_lost_a_side_is_asked_about_before_an_effect_that_is_missing(tmp_path, side):
    mono = keys()
    mono[:, 1] = side * mono[:, 0]
    finding = told(checked(tmp_path, Keys=mono))
    assert (
        "Not sure: The two sides of Song_Keys.wav are not those that it has in the mix; or:"
        in finding.message
    )
    assert finding.hint == "Ask for Song_Keys.wav with both sides, as it is in the mix."


def test_a_right_side_that_is_not_there_is_asked_for(tmp_path):
    done = checked(tmp_path, **{"Keys.L": keys()[:, :1]}, leave_out="Keys")
    assert "Not sure: The two sides of Song_Keys.L.wav are not those" in told(done).message


def test_a_lossy_stem_is_asked_for_before_a_stem_that_is_missing(tmp_path):
    soundfile.write(tmp_path / "Song_Keys.mp3", keys(), RATE)
    finding = told(checked(tmp_path, leave_out="Keys", besides="Song_Keys.mp3"))
    assert "Not sure: What is left is the noise of the lossy codec that Song_Keys.mp3 went through; or:" in (
        finding.message
    )


def test_a_dc_offset_is_the_cause_and_no_equaliser(tmp_path):
    finding = told(checked(tmp_path, Keys=keys() + np.float32(0.02)))
    assert (
        finding.message == "The stems do not sum to the mix. What is left is the DC offset of Song_Keys.wav."
    )


def test_a_stem_that_is_not_there_is_still_missing(tmp_path):
    done = checked(tmp_path, Keys=noise(6.0, RATE, level=0.0001, seed=9))
    assert "silent" not in told(done).message
