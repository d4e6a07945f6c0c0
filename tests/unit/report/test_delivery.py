from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from stembridge.audio.bext import new_bext
from stembridge.audio.metadata import Metadata
from stembridge.presets import PresetStore
from stembridge.report.delivery import delivery_page
from stembridge.report.html import delivery_report
from stembridge.report.page import Page
from stembridge.request import no_progress
from stembridge.session.manifest import Manifest, RunEntry
from stembridge.stages.conform import Conformed, conform_all
from stembridge.stages.finding import Finding, Severity
from stembridge.stages.planning import make_plan
from stembridge.stages.probe import Source, probe_all
from stembridge.stages.record import make_manifest
from stembridge.testing import tone, write_sound
from stembridge.units import Hertz, Samples, Seconds

RATE = Hertz(44_100)
HOUR = 3_600


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    for name, starts_at in (("Song_Bass", HOUR), ("Song_Drums", HOUR + 1)):
        metadata = Metadata(bext=new_bext(name, Samples(starts_at * RATE)))
        write_sound(tmp_path / "in" / f"{name}.wav", tone(220.0, 2.0, RATE), RATE, metadata=metadata)
    return tmp_path / "in"


def reported(folder: Path, preset: str, findings: Sequence[Finding] = ()) -> Page:
    return delivery_page(*delivered(folder, preset, findings))


def delivered(
    folder: Path, preset: str, findings: Sequence[Finding]
) -> tuple[Manifest, tuple[Conformed, ...]]:
    facts = probe_all(Source(path, PurePosixPath(path.name)) for path in sorted(folder.iterdir()))
    plan = make_plan(facts, PresetStore().load(preset), name="Song")
    into = folder.with_name("out")
    into.mkdir()
    conformed = conform_all(plan, into, {}, threads=1, progress=no_progress)
    manifest = make_manifest(
        plan,
        conformed,
        job="1",
        findings=findings,
        separation=None,
        carried=[],
        session=None,
        track_template=None,
        run=RunEntry(),
    )
    return manifest, conformed


def test_each_stem_stands_where_its_time_stamp_says(sources):
    page = reported(sources, "house-48k24")
    assert page.starts_at == HOUR
    assert [(stem.role, stem.start, stem.end) for stem in page.stems] == [
        ("drums", 1.0, 3.0),
        ("bass", 0.0, 2.0),
    ]


def test_what_was_done_is_said(sources):
    drums = reported(sources, "house-48k24").stems[0]
    assert drums.changes == (
        "renamed",
        "44.1 kHz to 48 kHz, resampled",
        "16-bit to 24-bit",
        "dithered (TPDF)",
    )


def test_samples_that_were_kept_are_said_to_be_kept_and_silence_is_counted(sources):
    drums, bass = reported(sources, "mastering-stems").stems
    assert "44,100 samples (0:01.000) of silence added at the start" in drums.changes
    assert "44,100 samples (0:01.000) of silence added at the end" in bass.changes
    assert drums.changes[-1] == bass.changes[-1] == "every sample kept exactly"


@pytest.mark.parametrize("preset", ["house-48k24", "mastering-stems"])
def test_a_finding_in_a_source_is_marked_where_that_sample_is_in_the_session(sources, preset):
    found = Finding("click", Severity.WARNING, "A click.", PurePosixPath("Song_Drums.wav"), at=Seconds(0.5))
    drums, bass = reported(sources, preset, [found]).stems
    assert [mark.at for mark in drums.marks] == [1.5]
    assert not bass.notes


def test_a_finding_outside_its_file_is_listed_and_not_marked(sources):
    found = Finding(
        "click", Severity.WARNING, "A click.", PurePosixPath("Song_Drums.wav"), at=Seconds(3_600.0)
    )
    drums = reported(sources, "house-48k24", [found]).stems[0]
    assert len(drums.notes) == 1
    assert not drums.marks


def test_both_sources_of_a_joined_pair_are_shown(tmp_path):
    for side in "LR":
        write_sound(tmp_path / "in" / f"Song_Keys.{side}.wav", tone(220.0, 1.0, RATE)[:, :1], RATE)
    manifest, conformed = delivered(tmp_path / "in", "stems-for-sync", [])
    (keys,) = delivery_page(manifest, conformed).stems
    assert keys.beside is not None
    assert [keys.before.name, keys.beside.name] == ["Song_Keys.L.wav", "Song_Keys.R.wav"]
    shown = delivery_report(manifest, conformed).decode()
    assert "Song_Keys.R.wav</bdi>" in shown[shown.index('id="changes"') : shown.index('id="sources"')]


def test_the_gravest_findings_come_first(sources):
    mild = Finding("a", Severity.INFO, "Mild.")
    found = [mild, replace(mild, severity=Severity.ERROR), replace(mild, severity=Severity.WARNING)]
    notes = reported(sources, "house-48k24", found).notes
    assert [(note.number, note.finding.severity) for note in notes] == [
        (1, "error"),
        (2, "warning"),
        (3, "info"),
    ]


def test_the_spectrum_of_a_source_that_was_lossy_is_in_the_report(sources):
    lossy = Finding("lossy-origin", Severity.ERROR, "It was MP3.", path=PurePosixPath("Song_Bass.wav"))
    text = delivery_report(*delivered(sources, "house-48k24", [lossy])).decode()
    assert text.count('<img src="data:image/png;base64,') == 1
    assert 'alt="Spectrogram of Song_Bass.wav"' in text
