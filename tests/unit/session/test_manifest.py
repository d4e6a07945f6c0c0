import dataclasses
import json
import math
import types
import typing

import pytest
from golden.make_manifest import GOLDEN, example_manifest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from stembridge.audio.sound import Container, Encoding
from stembridge.errors import DeliveryError
from stembridge.session import manifest as subject
from stembridge.session.manifest import LoudnessEntry, RunEntry, encode, load_schema, read_manifest, validate
from stembridge.stages.finding import Finding, Severity

RECORDS = {
    "source": subject.SourceEntry,
    "excerpt": subject.ExcerptEntry,
    "output": subject.OutputEntry,
    "loudness": subject.LoudnessEntry,
    "carried": subject.CarriedEntry,
    "finding": subject.FindingEntry,
    "separation": subject.SeparationEntry,
    "run": subject.RunEntry,
    "": subject.Manifest,
}


def schema_of(name):
    whole = load_schema()
    return whole["$defs"][name] if name else whole


def golden():
    return json.loads(GOLDEN.read_text(encoding="utf-8"))


def changed(**changes):
    return golden() | changes


def test_the_golden_manifest_is_what_the_records_make():
    assert encode(example_manifest()) == GOLDEN.read_bytes()


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(load_schema())


@pytest.mark.parametrize("name", RECORDS)
def test_the_schema_and_the_record_have_the_same_keys_and_all_are_required(name):
    keys = {field.name for field in dataclasses.fields(RECORDS[name])}
    assert set(schema_of(name)["properties"]) == keys
    assert set(schema_of(name)["required"]) == keys
    assert schema_of(name)["additionalProperties"] is False


@pytest.mark.parametrize("name", RECORDS)
def test_the_schema_allows_null_where_the_record_allows_none(name):
    hints = typing.get_type_hints(RECORDS[name])
    for key, part in schema_of(name)["properties"].items():
        whole = {"$defs": load_schema()["$defs"], **part}
        assert Draft202012Validator(whole).is_valid(None) == (
            types.NoneType in typing.get_args(hints[key])
        ), key


@pytest.mark.parametrize("name", RECORDS)
def test_every_key_of_the_schema_is_described(name):
    whole = load_schema()
    for key, part in schema_of(name)["properties"].items():
        named = whole["$defs"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part
        assert part.get("description") or named["description"], key


@pytest.mark.parametrize(("name", "choices"), [("encoding", Encoding), ("container", Container)])
def test_the_schema_knows_every_kind_of_sound(name, choices):
    assert schema_of(name)["enum"] == [choice.value for choice in choices]


def test_a_finding_of_a_check_fits():
    finding = Finding("dc", Severity.ERROR, "There is DC.", measured=0.1, limit=0.01, unit="")
    entry = subject.FindingEntry(**finding.to_json())
    encode(dataclasses.replace(example_manifest(), findings=(entry,)))


FIGURES = st.one_of(st.none(), st.floats(), st.floats(-200, 200))


@settings(deadline=None, max_examples=60)
@example(LoudnessEntry(-math.inf, None, math.nan, math.inf, -0.5))
@given(st.builds(LoudnessEntry, range=st.none(), **dict.fromkeys(["integrated", "true_peak", "dc"], FIGURES)))
def test_a_figure_that_is_not_finite_becomes_null(loudness):
    output = dataclasses.replace(example_manifest().outputs[0], loudness=loudness)
    data = json.loads(encode(dataclasses.replace(example_manifest(), outputs=(output,))))
    for key, value in data["outputs"][0]["loudness"].items():
        before = getattr(loudness, key)
        assert value == (before if before is not None and math.isfinite(before) else None)


def test_the_same_work_differs_in_nothing_but_the_run():
    first = json.loads(encode(example_manifest()))
    again = json.loads(encode(dataclasses.replace(example_manifest(), run=RunEntry("2025-02-03T04:05:06Z"))))
    assert first.pop("run") != again.pop("run")
    assert first == again


def test_a_manifest_is_read_back(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_bytes(encode(example_manifest()))
    assert read_manifest(path) == golden()


def test_a_name_that_is_not_unicode_survives(tmp_path):
    path = tmp_path / "manifest.json"
    path.write_bytes(encode(dataclasses.replace(example_manifest(), job="caf\udce9")))
    assert read_manifest(path)["job"] == "caf\udce9"


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (changed(extra=1), "extra"),
        (changed(session="../x.rpp"), "session"),
        (changed(session="/x.rpp"), "session"),
        (changed(session="a\\b.rpp"), "session"),
        (changed(carried=[{"path": "a", "sha256": "E" * 64}]), r"carried\[0\].sha256"),
        (changed(schema=0), "schema"),
        (changed(schema=2), "version 2"),
        ({}, "'schema' is a required"),
        ([], "the top"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused_with_the_place(data, place):
    with pytest.raises(DeliveryError, match=place) as caught:
        validate(data)
    assert caught.value.hint
    assert caught.value.code == "manifest"


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b'{"run": NaN}', b"[" * 100_000])
def test_a_damaged_manifest_is_refused_with_its_path(tmp_path, text):
    path = tmp_path / "manifest.json"
    path.write_bytes(text)
    with pytest.raises(DeliveryError, match="manifest") as caught:
        read_manifest(path)
    assert caught.value.path == path


def test_a_manifest_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(DeliveryError, match="cannot be read"):
        read_manifest(tmp_path / "manifest.json")


def test_nothing_that_does_not_fit_is_ever_written():
    output = dataclasses.replace(example_manifest().outputs[0], sha256="")
    with pytest.raises(DeliveryError, match="sha256"):
        encode(dataclasses.replace(example_manifest(), outputs=(output,)))
