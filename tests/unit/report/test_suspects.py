"""What the report of a check says beside each stem of a set that does not sum to its mix."""

import re
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from stembridge.audio.sound import Block, Encoding
from stembridge.check_model import Check
from stembridge.presets import PresetStore
from stembridge.report.checked import checked_page
from stembridge.report.html import check_report
from stembridge.stages.checkup import Checkup, check_up
from stembridge.stages.moved import Moved
from stembridge.stages.probe import Source, probe
from stembridge.stages.signals import ArraySignal
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz

RATE = Hertz(16_000)
NAMES = ("Drums", "Bass", "Keys")


def drifting(sound: Block, ppm: float) -> Block:
    fast = Moved(ArraySignal.of(sound), 0.0, -ppm * 1e-6)
    return fast.read(0, fast.frames)


def late(sound: Block, samples: int) -> Block:
    return np.pad(sound, ((samples, 0), (0, 0)))[: len(sound)]


def checked(folder: Path, changes: dict[str, float | int]) -> Checkup:
    sounds = {name: noise(4.0, RATE, level=0.05, seed=seed) for seed, name in enumerate(NAMES)}
    sent = {
        name: late(sound, change) if isinstance(change := changes.get(name, 1.0), int) else sound * change
        for name, sound in sounds.items()
    }
    return checked_set(folder, sounds, sent)


def checked_set(folder: Path, sounds: dict[str, Block], sent: dict[str, Block]) -> Checkup:
    mix = np.sum(list(sounds.values()), axis=0, dtype=np.float32)
    facts = []
    for name, sound in (sent | {"Mix": mix}).items():
        path = write_sound(
            folder / f"Song_{name}.wav", sound.astype(np.float32), RATE, encoding=Encoding.INT24
        )
        facts.append(probe(Source(path, PurePosixPath(path.name))))
    return check_up(facts, Check.model_validate({"lossy": "off"}))


def flags(done: Checkup) -> dict[str, list[str]]:
    page = checked_page(done, PresetStore().load("vendor-any"), song="Song", created=None)
    return {stem.label: [flag.text for flag in stem.flags] for stem in page.stems}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"Bass": -1.0}, {"bass": ["inverted"]}),
        ({"Drums": 300}, {"drums": ["300 samples late"]}),
        ({"Keys": 2.0}, {"keys": ["gain +6.0 dB"]}),
        ({"Bass": -1.0, "Drums": 300}, {"bass": ["inverted"], "drums": ["300 samples late"]}),
    ],
    ids=str,
)
def test_each_stem_that_is_wrong_says_so_and_no_other(tmp_path, changes, told):
    shown = flags(checked(tmp_path, changes))
    assert {label: texts for label, texts in shown.items() if texts} == told


def test_a_set_that_sums_to_its_mix_accuses_nobody(tmp_path):
    assert not any(flags(checked(tmp_path, {})).values())


def test_a_stem_whose_clock_drifts_says_so_and_no_other(tmp_path):
    sounds = {name: noise(16.0, RATE, level=0.05, seed=seed) for seed, name in enumerate(NAMES)}
    shown = flags(checked_set(tmp_path, sounds, sounds | {"Keys": drifting(sounds["Keys"], 120.0)}))
    assert {label for label, texts in shown.items() if texts} == {"keys"}
    assert re.fullmatch(r"clock 1(19\.\d\d|20\.\d\d) ppm fast", shown["keys"][0])


def test_an_accusation_stands_in_the_table_with_the_number_of_its_finding(tmp_path):
    done = checked(tmp_path, {"Bass": -1.0, "Drums": 300})
    preset = PresetStore().load("vendor-any")
    text = check_report(done, preset, song="Song", created=None).decode()
    number = [finding.code for finding in done.findings].index("does-not-null") + 1
    assert f'aria-label="Finding {number}:' in text[text.index('id="files"') : text.index('id="timeline"')]
    assert "300 samples late" in text
