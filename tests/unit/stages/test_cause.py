"""Faults planted in small sets of noise bands that come and go, each named by what it is."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import butter, fftconvolve, lfilter, sosfilt

from stembridge.audio.sound import Block
from stembridge.stages.cause import Diagnosis, diagnose
from stembridge.stages.causes.explanation import Kind
from stembridge.stages.causes.words import sentence
from stembridge.stages.moved import Moved
from stembridge.stages.null import measure_null
from stembridge.stages.signals import ArraySignal
from stembridge.units import Hertz, Samples

RATE = Hertz(12_000)
SECONDS = 8
BANDS = {"Drums": (60, 4_500), "Bass": (50, 200), "Keys": (300, 1_500), "Vocals": (250, 3_000)}


def stem(low: float, high: float, seed: int, seconds: int = SECONDS) -> Block:
    """Return noise of a band whose level moves every third of a second."""
    rng = np.random.default_rng(seed)
    sound = sosfilt(
        butter(2, (low, high), "bandpass", fs=RATE, output="sos"),
        rng.standard_normal((seconds * RATE, 2)),
        axis=0,
    )
    places = np.arange(0, len(sound), RATE // 3)
    moves = np.interp(np.arange(len(sound)), places, rng.random(len(places)))
    loud = sound * np.square(moves)[:, None]
    return np.asarray(0.1 * loud / loud.std(), np.float32)


@pytest.fixture(scope="module")
def stems() -> dict[str, Block]:
    return {name: stem(*band, seed) for seed, (name, band) in enumerate(BANDS.items())}


@pytest.fixture(scope="module")
def longer() -> dict[str, Block]:
    return {name: stem(*band, seed, 24) for seed, (name, band) in enumerate(BANDS.items())}


def total(stems: dict[str, Block]) -> Block:
    return np.sum(list(stems.values()), axis=0, dtype=np.float32)


def cause_of(mix: Block, stems: dict[str, Block]) -> Diagnosis:
    signals = [ArraySignal.of(sound) for sound in stems.values()]
    reference = ArraySignal.of(np.asarray(mix, np.float32))
    null = measure_null(reference, signals, RATE)
    return diagnose(reference, signals, RATE, null, limit_dbfs=-90.0, most_shift=Samples(RATE // 4))


def told(mix: Block, stems: dict[str, Block]) -> list[str]:
    """Return the sentences of the causes that are sure."""
    found = cause_of(mix, stems)
    null = measure_null(ArraySignal.of(mix), [ArraySignal.of(sound) for sound in stems.values()], RATE)
    return [sentence(each, list(stems), null, RATE) for each in found.causes if found.sure]


def delayed(sound: Block, samples: int) -> Block:
    return np.roll(np.pad(sound, ((0, max(0, samples)), (0, 0))), samples, axis=0)[: len(sound)]


def test_a_set_that_sums_to_its_mix_has_no_cause(stems: dict[str, Block]) -> None:
    dithered = total(stems) + np.random.default_rng(9).normal(0.0, 1e-6, (SECONDS * RATE, 2))
    assert cause_of(dithered, stems).causes == ()


@settings(deadline=None, max_examples=8)
@given(
    name=st.sampled_from(list(BANDS)), decibels=st.floats(-12.0, 12.0).filter(lambda gain: abs(gain) > 0.1)
)
def test_the_gain_of_a_stem_is_measured(stems: dict[str, Block], name: str, decibels: float) -> None:
    wrong = stems | {name: stems[name] * np.float32(10.0 ** (decibels / 20.0))}
    (cause,) = cause_of(total(stems), wrong).causes
    assert (cause.kind, list(stems)[cause.stems[0]]) == (Kind.GAIN, name)
    assert cause.value == pytest.approx(decibels, abs=0.01)


def test_the_gain_is_said_as_it_is(stems: dict[str, Block]) -> None:
    wrong = stems | {"Bass": stems["Bass"] * np.float32(10.0**0.05)}
    assert told(total(stems), wrong) == ["The gain of Bass is +1.0 dB."]


def test_an_inverted_stem_is_named(stems: dict[str, Block]) -> None:
    assert told(total(stems), stems | {"Keys": -stems["Keys"]}) == ["Keys is inverted."]


@pytest.mark.parametrize(("name", "samples"), [("Drums", 1), ("Vocals", 480), ("Bass", -160)])
def test_a_stem_out_of_place_is_named_with_its_samples(
    stems: dict[str, Block], name: str, samples: int
) -> None:
    found = cause_of(total(stems), stems | {name: delayed(stems[name], samples)})
    assert [(each.kind, list(stems)[each.stems[0]], each.value) for each in found.causes] == [
        (Kind.LATE, name, samples)
    ]


def test_a_missing_stem_is_told_by_where_its_energy_lies(stems: dict[str, Block]) -> None:
    rest = {name: sound for name, sound in stems.items() if name != "Bass"}
    (said,) = told(total(stems), rest)
    assert said == "A stem is missing (energy mostly 45-350 Hz)."


def test_a_stem_that_is_not_in_the_mix_is_named(stems: dict[str, Block]) -> None:
    mix = total(stems) - stems["Keys"]
    assert told(mix, stems) == ["Keys is not in the mix."]


def test_a_stem_from_another_song_is_named(stems: dict[str, Block]) -> None:
    foreign = stems | {"Vocals": stem(250, 3_000, 77)}
    (said,) = told(total(stems), foreign)
    assert said.startswith("Vocals is not in the mix, and what is there in its place is not in the set")


def test_a_missing_effects_return_is_named_with_what_feeds_it(stems: dict[str, Block]) -> None:
    rng = np.random.default_rng(4)
    tail = rng.standard_normal(RATE) * 10.0 ** (-3.0 * np.arange(RATE) / RATE)
    wet = fftconvolve(stems["Vocals"].mean(axis=1), tail / np.linalg.norm(tail))[: SECONDS * RATE]
    mix = total(stems) + 0.3 * np.pad(wet, (320, 0))[: len(wet), None]
    assert told(mix, stems) == ["An effects return is missing: a reverb or delay of Vocals."]


def test_an_equaliser_on_the_mix_bus_is_named(stems: dict[str, Block]) -> None:
    mix = lfilter([1.0, -0.4], [1.0, -0.1], total(stems), axis=0)
    assert told(mix, stems) == ["The mix went through an equaliser that the stems did not go through."]


def test_a_compressor_on_the_mix_bus_is_named(stems: dict[str, Block]) -> None:
    mix = total(stems)
    level = lfilter([0.002], [1.0, -0.998], np.square(mix).mean(axis=1))
    gain = (1.0 + level / level.mean()) ** -0.25
    (said,) = told(mix * gain[:, None].astype(np.float32), stems)
    assert said.startswith("The mix went through a compressor or limiter")


def test_a_clipped_mix_is_named(stems: dict[str, Block]) -> None:
    mix = total(stems)
    ceiling = 0.3 * np.abs(mix).max()
    (said,) = told(np.clip(mix, -ceiling, ceiling), stems)
    assert said.startswith("The mix went through a compressor or limiter")


def test_a_fade_of_the_mix_is_no_compressor(stems: dict[str, Block]) -> None:
    fade = np.linspace(1.0, 0.3, SECONDS * RATE, dtype=np.float32)[:, None]
    (said,) = told(total(stems) * fade, stems)
    assert "a fade or automation" in said


def test_the_whole_set_at_another_gain_is_one_cause(stems: dict[str, Block]) -> None:
    assert told(0.5 * total(stems), stems) == ["The gain of the whole set is +6.0 dB."]


def test_the_whole_set_late_is_one_cause(stems: dict[str, Block]) -> None:
    late = {name: delayed(sound, 64) for name, sound in stems.items()}
    assert told(total(stems), late) == ["The whole set is 64 samples late (5.33 ms)."]


def drifting(sound: Block, ppm: float, late: float = 0.0) -> Block:
    fast = Moved(ArraySignal.of(sound), late, -ppm * 1e-6)
    return fast.read(0, len(sound))


@pytest.mark.parametrize(
    ("name", "ppm", "late", "said"),
    [
        (
            "Vocals",
            120.0,
            0,
            r"runs 1[12]\d\.\d\d ppm fast: by its end it is 34\.\d\d samples late \(2\.88 ms\)\.",
        ),
        (
            "Keys",
            -60.0,
            0,
            r"runs [56]\d\.\d\d ppm slow: by its end it is 17\.\d\d samples early \(1\.44 ms\)\.",
        ),
        ("Drums", 200.0, 480, r".* late \(4\.80 ms\), and it starts 4[78]\d\S* samples late \(\S+ ms\)\."),
    ],
)
def test_a_stem_whose_clock_drifts_is_named_with_its_speed(
    longer: dict[str, Block], name: str, ppm: float, late: int, said: str
) -> None:
    found = cause_of(total(longer), longer | {name: drifting(longer[name], ppm, late)})
    (cause,) = found.causes
    assert (found.sure, cause.kind, list(longer)[cause.stems[0]]) == (True, Kind.CLOCK, name)
    assert cause.value == pytest.approx(ppm, abs=0.1)
    assert re.fullmatch(f"The clock of {name} {said}", sentence(cause, list(longer), found.left, RATE))


def test_two_stems_of_one_recorder_both_drift(longer: dict[str, Block]) -> None:
    sent = longer | {name: drifting(longer[name], 90.0) for name in ("Keys", "Vocals")}
    found = cause_of(total(longer), sent)
    assert found.sure
    assert sorted((list(longer)[each.stems[0]], each.kind) for each in found.causes) == [
        ("Keys", Kind.CLOCK),
        ("Vocals", Kind.CLOCK),
    ]


def test_of_a_stem_that_drifts_and_one_that_is_missing_both_are_told(longer: dict[str, Block]) -> None:
    sent = {name: sound for name, sound in longer.items() if name != "Drums"}
    found = cause_of(total(longer), sent | {"Vocals": drifting(sent["Vocals"], 90.0)})
    assert [each.kind for each in found.causes] == [Kind.CLOCK, Kind.MISSING]


FAULTS = {
    "Bass inverted": lambda mix, sent: (mix, sent | {"Bass": -sent["Bass"]}),
    "Drums +2 dB": lambda mix, sent: (mix, sent | {"Drums": sent["Drums"] * np.float32(10.0**0.1)}),
    "Keys late": lambda mix, sent: (mix, sent | {"Keys": delayed(sent["Keys"], 100)}),
    "Vocals not in the mix": lambda mix, sent: (mix - sent["Vocals"], sent),
    "Drums missing": lambda mix, sent: (mix, {name: sent[name] for name in sent if name != "Drums"}),
}


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (("Bass inverted", "Keys late"), [(Kind.LATE, "Keys"), (Kind.POLARITY, "Bass")]),
        (("Bass inverted", "Drums +2 dB"), [(Kind.GAIN, "Drums"), (Kind.POLARITY, "Bass")]),
        (("Keys late", "Vocals not in the mix"), [(Kind.EXTRA, "Vocals"), (Kind.LATE, "Keys")]),
        (("Bass inverted", "Drums missing"), [(Kind.MISSING, None), (Kind.POLARITY, "Bass")]),
    ],
)
def test_two_faults_are_both_found(
    stems: dict[str, Block], faults: tuple[str, str], expected: list[tuple[Kind, str | None]]
) -> None:
    mix, sent = total(stems), dict(stems)
    for fault in faults:
        mix, sent = FAULTS[fault](mix, sent)
    found = cause_of(mix, sent)
    assert found.sure
    named = [(each.kind, list(sent)[each.stems[0]] if each.stems else None) for each in found.causes]
    assert sorted(named, key=lambda each: each[0].value) == sorted(expected, key=lambda each: each[0].value)


def test_a_stem_inverted_beside_an_equaliser_is_named(stems: dict[str, Block]) -> None:
    mix = lfilter([1.0, -0.12], [1.0, -0.05], total(stems), axis=0)
    found = cause_of(np.asarray(mix, np.float32), stems | {"Bass": -stems["Bass"]})
    assert found.sure
    assert (found.causes[0].kind, list(stems)[found.causes[0].stems[0]]) == (Kind.POLARITY, "Bass")


def test_gains_of_two_stems_are_told_in_one(stems: dict[str, Block]) -> None:
    wrong = stems | {
        "Bass": stems["Bass"] * np.float32(10.0**0.05),
        "Keys": stems["Keys"] * np.float32(10.0**-0.1),
    }
    assert told(total(stems), wrong) == [
        "The gains of several stems are not those of the mix: Bass +1.0 dB, Keys -2.0 dB."
    ]


def test_a_small_gain_beside_a_missing_stem_is_never_sure(stems: dict[str, Block]) -> None:
    rest = {name: sound for name, sound in stems.items() if name != "Drums"}
    found = cause_of(total(stems), rest | {"Keys": stems["Keys"] * np.float32(1.1)})
    assert not found.sure or [each.kind for each in found.causes] == [Kind.MISSING]


def test_of_two_files_that_are_the_same_neither_is_blamed(stems: dict[str, Block]) -> None:
    found = cause_of(total(stems), stems | {"Bass copy": stems["Bass"]})
    assert not found.sure
    assert found.runner_up is not None
    assert {*found.causes[0].stems, *found.runner_up.stems} == {1, 4}


def test_a_silent_stem_has_no_gain_and_disturbs_nothing(stems: dict[str, Block]) -> None:
    found = cause_of(total(stems), stems | {"Empty": np.zeros_like(stems["Bass"])})
    assert found.causes == ()
    assert [level.gain_db is None for level in found.levels] == [False, False, False, False, True]


def test_the_levels_of_the_stems_in_the_mix_are_told(stems: dict[str, Block]) -> None:
    found = cause_of(total(stems), stems | {"Keys": -0.5 * stems["Keys"]})
    keys = found.levels[list(stems).index("Keys")]
    assert (keys.gain_db, keys.polarity) == (pytest.approx(6.02, abs=0.01), -1)
