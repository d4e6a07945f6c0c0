import struct
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from chunk_files import bexts
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.bext import bext_payload, coding_history_line, new_bext, read_bext
from stembridge.audio.metadata import Bext, Loudness
from stembridge.units import Hertz, Samples

payloads = st.binary(min_size=602, max_size=900)


@given(bexts)
@settings(deadline=None)
def test_what_is_written_is_read_back(bext: Bext) -> None:
    assert read_bext(bext_payload(bext)) == (bext, ())


@given(payloads)
@settings(deadline=None)
def test_any_chunk_that_is_not_changed_keeps_its_bytes(payload: bytes) -> None:
    bext, problems = read_bext(payload)
    assert problems == ()
    assert bext_payload(bext, payload) == payload


@given(payloads)
@settings(deadline=None)
def test_one_changed_field_leaves_all_other_bytes_alone(payload: bytes) -> None:
    bext, _ = read_bext(payload)
    changed = bext_payload(replace(bext, time_reference=Samples(7)), payload)
    assert changed[:338] + changed[346:] == payload[:338] + payload[346:]
    assert changed[338:346] == struct.pack("<Q", 7)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp1252"])
def test_text_in_the_encodings_of_the_wild_is_understood(encoding: str) -> None:
    payload = "Für Élise".encode(encoding).ljust(602, b"\0")
    assert read_bext(payload)[0].description == "Für Élise"


def test_utf_8_cut_in_the_middle_of_a_character_is_still_utf_8() -> None:
    payload = ("é" + "aé" * 200).encode()[:256].ljust(602, b"\0")
    assert read_bext(payload)[0].description == "é" + "aé" * 84 + "a"


def test_text_too_long_for_its_field_is_cut_between_characters() -> None:
    payload = bext_payload(Bext(originator="aé" * 20))
    assert payload[256:288] == ("aé" * 10 + "a").encode() + b"\0"


def test_an_added_line_of_history_leaves_old_lines_in_their_encoding() -> None:
    old = bytes(602) + "A=ANALOGUE,T=Köln\r\n".encode("latin-1") + bytes(5)
    bext, _ = read_bext(old)
    payload = bext_payload(replace(bext, coding_history=bext.coding_history + "A=PCM\r\n"), old)
    assert payload[602:] == "A=ANALOGUE,T=Köln\r\nA=PCM\r\n".encode("latin-1")


@pytest.mark.parametrize("version", [0, 1])
def test_before_version_2_there_is_no_loudness(version: int) -> None:
    payload = bext_payload(Bext(version=version, loudness=Loudness(integrated=-23.0)))
    assert payload[412:422] == bytes(10)
    assert read_bext(payload)[0].loudness == Loudness()


def test_reserved_bytes_of_version_1_do_not_become_loudness() -> None:
    payload = bytes(346) + b"\1\0" + bytes(64) + b"\0\x80" * 5 + bytes(180)
    bext, _ = read_bext(payload)
    assert bext_payload(replace(bext, version=2), payload)[412:422] == b"\xff\x7f" * 5


@pytest.mark.parametrize("value", [None, float("nan"), float("-inf"), 100.0, -100.0])
def test_what_loudness_cannot_hold_is_written_as_not_set(value: float | None) -> None:
    payload = bext_payload(Bext(loudness=Loudness(integrated=value)))
    assert payload[412:414] == b"\xff\x7f"
    assert read_bext(payload)[0].loudness.integrated is None


def test_a_new_record_takes_its_date_as_an_argument() -> None:
    bext = new_bext("Reel 4", Samples(48), datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=UTC))
    assert (bext.origination_date, bext.origination_time) == ("2024-05-06", "07:08:09")
    assert (bext.originator, bext.time_reference) == ("stembridge", 48)
    assert new_bext("Reel 4", Samples(48)).origination_date == ""


@pytest.mark.parametrize(("channels", "mode"), [(1, ",M=mono"), (2, ",M=stereo"), (6, "")])
def test_a_line_of_history_names_the_mode_where_there_is_one(channels: int, mode: str) -> None:
    line = coding_history_line(Hertz(48_000), 24, channels, "stembridge 0.1.0, demo")
    assert line == f"A=PCM,F=48000,W=24{mode},T=stembridge 0.1.0; demo"
