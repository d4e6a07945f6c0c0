import json
import re
from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np
import pytest

from stembridge.audio.sound import Block, Encoding
from stembridge.check_model import Check
from stembridge.errors import CheckError
from stembridge.pipeline import Bench, perform
from stembridge.presets import Preset
from stembridge.request import Request
from stembridge.separators.library import Library
from stembridge.separators.models import ModelStore
from stembridge.stages.causes.explanation import Kind
from stembridge.stages.check import identify_editions
from stembridge.stages.check_null import CODE, CORRECTED, NO_MIX
from stembridge.stages.checkup import Checkup, check_up
from stembridge.stages.corrections import settled
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.moved import Moved
from stembridge.stages.probe import Facts, Source, probe
from stembridge.stages.separation_cache import SeparationCache
from stembridge.stages.signals import ArraySignal
from stembridge.testing import noise, read_tree, write_sound
from stembridge.units import Hertz

RATE = Hertz(16_000)
QUICK: dict[str, object] = {"lossy": "off"}


def stems() -> dict[str, Block]:
    return {name: noise(3.0, RATE, level=0.05, seed=seed) for seed, name in enumerate(("Drums", "Bass"))}


def delivery(folder: Path, mix: Block, sounds: dict[str, Block] | None = None) -> tuple[Facts, ...]:
    every = (sounds or stems()) | {"Mix": mix}
    paths = [
        write_sound(folder / f"Song_{name}.wav", sound, RATE, encoding=Encoding.INT24)
        for name, sound in every.items()
    ]
    return tuple(probe(Source(path, PurePosixPath(path.name))) for path in paths)


def checked(folder: Path, mix: Block, sounds: dict[str, Block] | None = None, **rules: object) -> Checkup:
    return check_up(delivery(folder, mix, sounds), Check.model_validate(QUICK | rules))


def told(done: Checkup) -> list[Finding]:
    return [finding for finding in done.findings if finding.code in (CODE, CORRECTED)]


def whole() -> Block:
    return np.sum(list(stems().values()), axis=0, dtype=np.float32)


def test_a_set_that_sums_to_its_mix_is_quiet_and_its_null_on_record(tmp_path: Path) -> None:
    done = checked(tmp_path, whole())
    assert told(done) == []
    assert [null["nulls"] for null in done.to_json()["nulls"]] == [True]


def test_a_set_that_does_not_is_rejected_with_the_cause_and_its_figures(tmp_path: Path) -> None:
    done = checked(tmp_path, whole() - 0.5 * stems()["Bass"])
    (finding,) = told(done)
    assert (done.verdict, finding.path) == ("rejected", PurePosixPath("Song_Bass.wav"))
    assert "The gain of Song_Bass.wav is +6.0 dB." in finding.message
    assert (finding.limit, finding.unit) == (-60.0, "dBFS")
    assert finding.measured == pytest.approx(-32.0, abs=0.5)


def test_the_worst_place_is_named(tmp_path: Path) -> None:
    mix = whole()
    mix[2 * RATE :] += noise(1.0, RATE, level=0.02, seed=7)
    (finding,) = told(checked(tmp_path, mix))
    assert (finding.path, finding.at) == (None, 2.0)


def test_the_limit_is_that_of_the_preset(tmp_path: Path) -> None:
    mix = whole() + noise(3.0, RATE, level=0.0005, seed=7)
    assert told(checked(tmp_path / "a", mix, null_below=-60)) == []
    assert len(told(checked(tmp_path / "b", mix, null_below=-80))) == 1


@pytest.mark.parametrize("rule", [{"severity": "off"}, {"limit": None}])
def test_a_check_that_is_off_measures_nothing(tmp_path: Path, rule: dict[str, object]) -> None:
    done = checked(tmp_path, 0.5 * whole(), null_below=rule)
    assert (told(done), done.nulls) == ([], ())


@pytest.mark.parametrize(
    "sounds", [{"Song_Drums": 1, "Song_Bass": 1}, {"Song_Mix": 1}, {"Song_Mix": 0, "Song_Drums": 1}]
)
def test_without_a_mix_or_stems_or_sound_there_is_nothing_to_null(
    tmp_path: Path, sounds: dict[str, int]
) -> None:
    paths = [
        write_sound(tmp_path / f"{name}.wav", sound * noise(1.0, RATE), RATE)
        for name, sound in sounds.items()
    ]
    facts = [probe(Source(path, PurePosixPath(path.name))) for path in paths]
    assert check_up(facts, Check.model_validate(QUICK)).nulls == ()


def test_a_click_track_is_not_part_of_the_sum(tmp_path: Path) -> None:
    assert told(checked(tmp_path, whole(), stems() | {"Click": noise(3.0, RATE, seed=9)})) == []


def test_the_mix_may_be_named_on_the_way(tmp_path: Path) -> None:
    facts = delivery(tmp_path, whole())
    done = check_up(facts[:2], Check.model_validate(QUICK), mix=facts[0])
    assert [null.mix for null in done.nulls] == ["Song_Drums.wav"]


def late(samples: int) -> dict[str, Block]:
    return stems() | {"Bass": np.roll(stems()["Bass"], samples, axis=0)}


def perform_set(folder: Path, sounds: dict[str, Block], *, mix: Block | None = None, **align: object) -> Path:
    delivery(folder / "in", whole() if mix is None else mix, sounds)
    told = {"id": "strict", "description": "A preset that checks", "check": QUICK, "align": align}
    preset = Preset.model_validate(told | {"format": {"dual_mono": "fold"}})
    bench = Bench(Library(ModelStore(folder / "models")), SeparationCache(folder / "cache"))
    sources = tuple(sorted((folder / "in").iterdir()))
    request = Request(sources, "strict", folder / "out", "Song")
    return perform(request, preset, bench, job="a" * 16).folder


def test_a_hot_folder_refuses_a_set_that_does_not_null(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"Song_Bass\.wav is 320 samples late"):
        perform_set(tmp_path, late(320))
    assert read_tree(tmp_path / "out") == {}


def test_what_conforming_puts_right_is_a_warning(tmp_path: Path) -> None:
    out = perform_set(tmp_path, late(320), reference="mix", start="pad", length="common")
    page = (out / "report.html").read_text("utf-8")
    assert "As they came the stems did not sum to the mix. Song_Bass.wav is 320 samples late" in page
    assert "It is put right in what is delivered." in page
    assert "Song_Mix.wav</bdi>, with the files as they came: " in page


def test_what_conforming_puts_right_is_no_question_to_the_vendor(tmp_path: Path) -> None:
    out = perform_set(tmp_path, late(320), reference="mix", start="pad", length="common")
    assert "Message to the vendor" not in (out / "report.html").read_text("utf-8")


def test_what_is_folded_or_given_one_length_is_told_as_done(tmp_path: Path) -> None:
    mono = np.repeat(stems()["Bass"][:, :1], 2, axis=1)
    drums = np.concatenate([stems()["Drums"], np.zeros((RATE, 2), np.float32)])
    out = perform_set(tmp_path, {"Drums": drums, "Bass": mono}, mix=stems()["Drums"] + mono, length="common")
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    told = {each["code"]: (each["severity"], each["hint"]) for each in manifest["findings"]}
    assert told["dual-mono"] == ("info", "It is delivered as mono.")
    assert told["unequal-length"][1].startswith("All files are delivered with one length")


def test_a_stem_that_is_moved_but_not_turned_over_is_refused(tmp_path: Path) -> None:
    sounds = stems() | {"Bass": -late(320)["Bass"]}
    with pytest.raises(CheckError, match=r"Song_Bass\.wav is 320 samples late .*, and inverted"):
        perform_set(tmp_path, sounds, reference="mix", start="pad", length="common")


def test_a_stem_whose_place_is_not_sure_enough_to_be_moved_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"Song_Bass\.wav is 8,000 samples late"):
        perform_set(tmp_path, late(8_000), reference="mix", start="pad", length="common", limit="0.1 s")


@pytest.mark.parametrize(("gain", "severity"), [(1.0, "info"), (0.5, "warning")])
def test_nothing_is_asked_about_the_place_of_a_stem_whose_set_sums_to_its_mix(
    tmp_path: Path, gain: float, severity: str
) -> None:
    done = checked(tmp_path, np.float32(gain) * whole())
    asked = Finding("alignment-unsure", Severity.WARNING, "It stays.", PurePosixPath("Song_Bass.wav"))
    (unsure,) = settled([asked], done.nulls)
    assert unsure.severity == severity
    assert ("nothing is to be done" in unsure.hint) is (severity == "info")


def test_stems_without_a_mix_are_said_to_be_unchecked(tmp_path: Path) -> None:
    facts = delivery(tmp_path, whole())
    found = [
        each for each in check_up(facts[:2], Check.model_validate(QUICK)).findings if each.code == NO_MIX
    ]
    assert [each.severity for each in found] == ["info"]
    assert all(each.code != NO_MIX for each in check_up(facts, Check.model_validate(QUICK)).findings)


@pytest.mark.parametrize("is_corrected", [True, False])
def test_a_clock_that_conforming_corrects_is_a_warning_and_else_an_error(
    tmp_path: Path, is_corrected: bool
) -> None:
    drums, bass = (noise(16.0, RATE, level=0.05, seed=seed) for seed in range(2))
    fast = Moved(ArraySignal.of(bass), 0.0, -120e-6)
    facts = delivery(tmp_path, drums + bass, {"Drums": drums, "Bass": fast.read(0, fast.frames)})
    known = {"Song_Bass.wav": frozenset({Kind.CLOCK})} if is_corrected else {}
    (finding,) = told(check_up(facts, Check.model_validate(QUICK), corrected=known))
    assert re.search(r"The clock of Song_Bass\.wav runs 1[12]\d\.\d\d ppm fast", finding.message)
    assert finding.severity == ("warning" if is_corrected else "error")
    assert ("It is put right" in finding.hint) is is_corrected


def test_what_a_hot_folder_refuses_gets_its_report_there(tmp_path: Path) -> None:
    home = tmp_path / "hot"
    delivery(home / "Song", whole(), late(320))
    preset = Preset.model_validate({"id": "strict", "description": "A preset that checks", "check": QUICK})
    bench = Bench(Library(ModelStore(tmp_path / "models")), SeparationCache(tmp_path / "cache"))
    sources = tuple(sorted((home / "Song").iterdir()))
    request = Request(sources, "strict", tmp_path / "out", "Song", root=home / "Song", home=home)
    with pytest.raises(CheckError, match="320 samples late"):
        perform(request, preset, bench, job="a" * 16)
    page = (home / "failed" / "Song.aaaaaaaa.report.html").read_text("utf-8")
    assert "Song_Bass.wav is 320 samples late" in page
    assert "Message to the vendor" in page


def unnamed(folder: Path, mix: Block, sounds: dict[str, Block]) -> tuple[Path, ...]:
    """Write a set whose names say nothing, its mix in the middle."""
    drums, bass = sounds.values()
    return tuple(
        write_sound(folder / f"Track0{number}.wav", sound, RATE, encoding=Encoding.INT24)
        for number, sound in enumerate((drums, mix, bass), start=1)
    )


def hears(folder: Path, sounds: dict[str, Block]) -> Path:
    sources = unnamed(folder / "in", whole(), sounds)
    preset = Preset.model_validate(
        {"id": "hears", "description": "A preset that listens", "check": QUICK, "identify": {"audio": True}}
    )
    bench = Bench(Library(ModelStore(folder / "models")), SeparationCache(folder / "cache"))
    return perform(Request(sources, "hears", folder / "out", "Song"), preset, bench, job="a" * 16).folder


def test_a_mix_that_only_its_sound_tells_is_nulled_against(tmp_path: Path) -> None:
    manifest = json.loads((hears(tmp_path, stems()) / "manifest.json").read_text("utf-8"))
    assert [(null["mix"], null["cause"]) for null in manifest["nulls"]] == [("Track02.wav", "")]


def test_a_mix_that_only_its_sound_tells_can_reject_the_set(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"The gain of Track03\.wav is \+1\.0 dB"):
        hears(tmp_path, stems() | {"Bass": np.float32(10 ** (1 / 20)) * stems()["Bass"]})


@pytest.mark.parametrize(("rest", "verdict"), [(0.0, "rejected"), (0.05, "notes")])
def test_a_mix_that_only_its_sound_tells_rejects_nothing_that_no_cause_explains(
    tmp_path: Path, rest: float, verdict: str
) -> None:
    short = {name: sound[: RATE // 2] for name, sound in stems().items()}
    mix = short["Drums"] - short["Bass"] + noise(0.5, RATE, level=rest, seed=8)
    facts = delivery(tmp_path, mix, short)
    named = identify_editions(facts)
    heard = [(edition, replace(each, heard=each.is_mix)) for edition, each in named]
    done = check_up(facts, Check.model_validate(QUICK), identities=heard)
    assert (done.verdict, len(told(done))) == (verdict, 1)
