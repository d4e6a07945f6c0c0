from pathlib import Path

import numpy as np
import pytest

from stembridge.audio.files import open_sound
from stembridge.audio.sound import Block, Encoding
from stembridge.stages.hearing.agreement import join
from stembridge.stages.hearing.heard import Heard, decide
from stembridge.stages.hearing.sorts import Family, Sort
from stembridge.stages.identify import Identity, identify_names
from stembridge.stages.listen import listen_all
from stembridge.stages.vocabulary import Role
from stembridge.testing import noise, pulses, tone, write_sound
from stembridge.units import Hertz

RATE = Hertz(48_000)


def named(name: str) -> Identity:
    (identity,) = identify_names([name])
    return identity


def heard(sort: Sort, chance: float, other: Sort = Sort.FX) -> Heard:
    return decide({sort: chance, other: 1.0 - chance}, "what was heard")


def test_a_clear_name_wins():
    identity, findings = join(named("Bass.wav"), heard(Sort.DRUMS, 0.85), least=0.8)
    assert (identity.role, findings) == (Role.BASS, ())


def test_a_sure_sound_that_a_name_contradicts_is_a_finding_and_the_name_stays():
    identity, (finding,) = join(named("Bass.wav"), heard(Sort.DRUMS, 0.97), least=0.8)
    assert identity.role is Role.BASS
    assert (finding.code, finding.measured, finding.limit) == ("name-contradicts-sound", 0.97, 0.9)
    assert "100 % sure" in finding.message
    assert "97 % sure" in finding.message


@pytest.mark.parametrize(
    ("name", "sort"),
    [
        ("Bass.wav", Sort.BASS),
        ("Vibraphone.wav", Sort.KEYS),
        ("Violin.wav", Sort.SOLO_STRINGS),
        ("Rap Vox.wav", Sort.DIALOGUE),
        ("FX.wav", Sort.LEAD_VOCAL),
        ("Instrumental.wav", Sort.DRUMS),
        ("Other.wav", Sort.GUITAR),
        ("Keys.wav", Sort.SILENCE),
    ],
)
def test_what_may_sound_like_this_contradicts_nothing(name: str, sort: Sort):
    assert join(named(name), heard(sort, 0.99), least=0.8)[1] == ()


def test_a_name_that_says_nothing_takes_the_role_of_the_sound():
    identity, findings = join(named("Track01.wav"), heard(Sort.GUITAR, 0.9), least=0.8)
    assert (identity.role, identity.stem, identity.confidence) == (Role.GUITAR, "guitar", 0.9)
    assert findings == ()
    assert "what was heard" in identity.evidence


def test_a_sound_that_is_not_sure_keeps_the_name_and_asks():
    identity, (finding,) = join(named("Track01.wav"), heard(Sort.GUITAR, 0.6, Sort.KEYS), least=0.8)
    assert identity == named("Track01.wav")
    assert (finding.code, finding.measured, finding.limit) == ("role-unsure", 0.6, 0.8)
    assert "guitar or keys" in finding.message


def test_a_name_that_is_kept_is_kept_with_its_number():
    first, second = identify_names(["01 Xyzzy.wav", "02 Plugh.wav"], parent="Song")
    kept = [join(each, heard(Sort.GUITAR, 0.6, Sort.KEYS), least=0.8)[0].stem for each in (first, second)]
    assert kept == ["01_xyzzy", "02_plugh"]


def test_a_doubtful_name_and_an_unsure_sound_that_agree_are_believed_together():
    doubtful = named("Room.wav")
    assert doubtful.confidence < 0.8
    identity, findings = join(doubtful, heard(Sort.DRUMS, 0.75), least=0.8)
    assert (identity.role, findings) == (Role.DRUMS, ())
    assert identity.confidence > max(0.8, doubtful.confidence)


def put(folder: Path, name: str, audio: Block) -> Path:
    return write_sound(folder / name, audio, RATE, encoding=Encoding.INT24)


def test_a_set_is_told_from_its_files(tmp_path: Path):
    click = pulses(0.5, 12.0, RATE, tone(1000.0, 0.1, RATE, decay=100.0))
    thump = pulses(0.5, 12.0, RATE, tone(55.0, 0.4, RATE, level=0.5, decay=12.0))
    hiss = pulses(
        0.25, 12.0, RATE, noise(0.1, RATE) * np.geomspace(1, 1e-3, 4800)[:, None].astype(np.float32)
    )
    chord = sum(tone(hertz, 12.0, RATE, level=0.08) for hertz in (220.0, 277.2, 329.6))
    mix = thump + hiss + chord
    sounds = [click, thump, hiss, chord, mix, np.zeros_like(mix)]
    paths = [put(tmp_path, f"Track{number}.wav", sound) for number, sound in enumerate(sounds)]
    found = [each.family for each in listen_all([open_sound(path) for path in paths], threads=2)]
    assert (found[0], found[4], found[5]) == (Family.CLICK, Family.MIX, Family.SILENCE)
    assert Family.MIX not in found[1:4]


def test_two_identical_files_are_heard_alike(tmp_path: Path):
    sound = pulses(0.5, 8.0, RATE, tone(55.0, 0.4, RATE, level=0.5, decay=12.0))
    paths = [put(tmp_path, name, sound) for name in ("Track1.wav", "Track2.wav")]
    first, second = listen_all([open_sound(path) for path in paths])
    assert first == second


def test_listening_twice_gives_the_same(tmp_path: Path):
    path = put(tmp_path, "Track.wav", tone(110.0, 3.0, RATE, decay=1.0))
    assert listen_all([open_sound(path)]) == listen_all([open_sound(path)], threads=2)
