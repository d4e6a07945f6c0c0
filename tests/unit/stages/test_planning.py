"""Laws of the plan, for any set of files; no file is read."""

import json
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.bext import new_bext
from stembridge.audio.metadata import Metadata
from stembridge.audio.sound import Container, Encoding, Sound, SoundFormat
from stembridge.errors import PlanError
from stembridge.presets import Preset, PresetStore
from stembridge.session.naming import safe_component
from stembridge.stages.plan import Plan
from stembridge.stages.planning import make_plan
from stembridge.stages.probe import Facts, Source
from stembridge.units import Hertz, Samples, samples_to_rate

SHIPPED = {
    name: PresetStore().load(name)
    for name in ("house-48k24", "source", "cd-44k16", "mastering-stems", "me-delivery")
}
WORDS = st.sampled_from(
    [
        "Song",
        "song",
        "Drums",
        "DRM",
        "Bass",
        "Vox",
        "LV",
        "Gtr L",
        "Mix",
        "01",
        "120bpm",
        "v2",
        "🎸",
        "é",
        "CON",
    ]
)
NAMES = st.lists(WORDS, min_size=1, max_size=4).map("_".join) | st.text(min_size=1, max_size=12).filter(
    lambda text: not set(text) & set("/\0")
)
RATES = st.sampled_from([Hertz(44_100), Hertz(48_000), Hertz(96_000)])
KINDS = st.sampled_from(list(Encoding))
SAID = st.none() | st.integers(1, 86_399 * 44_100)


def facts_of(name: str, *, rate: Hertz, encoding: Encoding, frames: int, said: int | None) -> Facts:
    form = SoundFormat(Container.WAV, encoding, rate, 2)
    metadata = Metadata(bext=new_bext("x", Samples(said)) if said else None)
    source = Source(Path("/in") / f"{name}.wav", PurePosixPath(f"{name}.wav"))
    return Facts(
        source,
        Sound(source.path, form, Samples(frames)),
        metadata,
        (),
        sha256(name.encode("utf-8", "replace")).hexdigest(),
    )


@st.composite
def sets(draw: st.DrawFn) -> list[Facts]:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    return [
        facts_of(
            name, rate=draw(RATES), encoding=draw(KINDS), frames=draw(st.integers(10, 10**7)), said=draw(SAID)
        )
        for name in names
    ]


PRESETS = st.sampled_from(list(SHIPPED.values()))
QUICK = settings(deadline=None, max_examples=60)


def planned(facts: list[Facts], preset: Preset) -> Plan:
    return make_plan(facts, preset, name="Dropped")


@QUICK
@given(sets(), PRESETS)
def test_law_every_source_becomes_one_output_in_the_format_that_was_asked_for(
    facts: list[Facts], preset: Preset
) -> None:
    plan = planned(facts, preset)
    made = sorted(stem.facts.source.path for stem in plan.stems)
    assert made == sorted(one.source.path for one in facts)
    for stem in plan.stems:
        source, wanted = stem.facts.sound.format, preset.format
        assert stem.format.rate == (source.rate if wanted.rate == "source" else wanted.rate)
        assert stem.format.channels == source.channels
        assert stem.format.encoding is not Encoding.LOSSY


@QUICK
@given(sets(), PRESETS)
def test_law_no_two_outputs_have_one_name_and_every_name_is_safe(facts: list[Facts], preset: Preset) -> None:
    plan = planned(facts, preset)
    names = [stem.file_name for stem in plan.stems]
    assert len({name.casefold() for name in names}) == len(names)
    components = [part for name in names for part in PurePosixPath(name).parts]
    assert all(len(part.encode()) <= 255 and safe_component(part) == part for part in components)
    assert plan.folder.parts
    assert ".." not in plan.folder.parts
    assert not plan.folder.is_absolute()


@QUICK
@given(sets(), PRESETS, st.randoms(use_true_random=False))
def test_law_the_order_of_the_sources_does_not_matter(facts: list[Facts], preset: Preset, random) -> None:
    shuffled = list(facts)
    random.shuffle(shuffled)
    one, other = planned(facts, preset).to_json(), planned(shuffled, preset).to_json()
    assert one["stems"] == other["stems"]
    assert (one["song"], one["folder"]) == (other["song"], other["folder"])


@QUICK
@given(sets(), PRESETS)
def test_law_what_is_placed_keeps_its_sound_and_its_time(facts: list[Facts], preset: Preset) -> None:
    plan = planned(facts, preset)
    for stem in plan.stems:
        sound, place = stem.facts.sound, stem.placement
        frames = samples_to_rate(sound.frames, sound.format.rate, stem.format.rate)
        least = frames if preset.align.length == "common" else frames + place.lead
        assert place.frames >= max(0, min(least, frames + place.lead))
        bext = stem.facts.metadata.bext
        if bext is not None and preset.align.start != "trim":
            said = Fraction(bext.time_reference, sound.format.rate)
            stands = Fraction(place.position + place.lead, stem.format.rate)
            assert abs(stands - said) <= Fraction(1, stem.format.rate)


@QUICK
@given(sets(), PRESETS)
def test_law_a_plan_is_json_and_the_same_each_time(facts: list[Facts], preset: Preset) -> None:
    text = json.dumps(planned(facts, preset).to_json(), allow_nan=False)
    assert json.dumps(planned(facts, preset).to_json(), allow_nan=False) == text


def test_tracks_come_in_the_usual_order() -> None:
    names = ["Song_Mix", "Song_Vox", "Song_Gtr 10", "Song_Gtr 2", "Song_Bass", "Song_DRM"]
    facts = [
        facts_of(name, rate=Hertz(48_000), encoding=Encoding.INT24, frames=480, said=None) for name in names
    ]
    roles = [stem.identity.stem for stem in planned(facts, SHIPPED["source"]).stems]
    assert roles == ["drums", "bass", "guitar_2", "guitar_10", "vocals", "mix"]


def test_a_container_that_cannot_hold_it_is_refused_with_what_to_change() -> None:
    facts = facts_of("a", rate=Hertz(48_000), encoding=Encoding.FLOAT32, frames=480, said=None)
    flac = Preset.model_validate({"id": "x", "description": "x", "format": {"container": "flac"}})
    with pytest.raises(PlanError, match=r"FLAC cannot hold float32.*depth to 24"):
        planned([facts], flac)


@pytest.mark.parametrize(
    ("preset", "rate", "frames", "what"),
    [
        ("house-48k24", 48_000, 0, "holds no sound"),
        ("mastering-stems", 48_000, 0, "holds no sound"),
        ("house-48k24", 192_000, 1, "too short: 1 of its frames are not one at 48000 Hz"),
    ],
)
def test_a_file_without_sound_is_refused_for_what_it_is(
    preset: str, rate: int, frames: int, what: str
) -> None:
    short = facts_of("Song_Vox", rate=Hertz(rate), encoding=Encoding.INT24, frames=frames, said=None)
    whole = facts_of("Song_Bass", rate=Hertz(48_000), encoding=Encoding.INT24, frames=480, said=None)
    with pytest.raises(PlanError, match=what):
        planned([short, whole], SHIPPED[preset])


def test_a_file_that_ends_before_the_common_start_says_so() -> None:
    early = facts_of("Song_Vox", rate=Hertz(48_000), encoding=Encoding.INT24, frames=480, said=48_000)
    late = facts_of("Song_Bass", rate=Hertz(48_000), encoding=Encoding.INT24, frames=480, said=480_000)
    trimmed = Preset.model_validate({"id": "x", "description": "x", "align": {"start": "trim"}})
    with pytest.raises(PlanError, match=r"cut to the common start.*start to pad"):
        planned([early, late], trimmed)


def test_the_source_preset_does_with_the_container_what_it_says() -> None:
    facts = facts_of("Song_Bass", rate=Hertz(44_100), encoding=Encoding.INT16, frames=480, said=None)
    flac = replace(
        facts, sound=replace(facts.sound, format=replace(facts.sound.format, container=Container.FLAC))
    )
    (stem,) = planned([flac], SHIPPED["source"]).stems
    kept = (stem.format.rate, stem.format.encoding, stem.format.container)
    assert kept == (44_100, Encoding.INT16, Container.WAV)
    assert "in WAV files" in SHIPPED["source"].description


def test_an_output_that_is_numbered_for_its_name_is_told() -> None:
    facts = [
        facts_of(name, rate=Hertz(48_000), encoding=Encoding.INT24, frames=480, said=None)
        for name in ("a/Song_Bass", "b/Song_bass", "Song_Vox")
    ]
    preset = SHIPPED["source"].model_copy(update={"name": "{song}_{stem}"})
    plan = planned(facts, preset)
    assert [stem.file_name for stem in plan.stems] == ["Song_bass.wav", "Song_bass_2.wav", "Song_vocals.wav"]
    (told,) = [finding for finding in plan.findings if finding.code == "numbered"]
    assert str(told.path).startswith("b/Song_bass")
    assert "Song_bass already, so this one is Song_bass_2" in told.message
