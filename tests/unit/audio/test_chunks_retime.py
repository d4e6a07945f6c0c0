import xml.etree.ElementTree as ET
from dataclasses import replace
from fractions import Fraction

import pytest
from chunk_files import IXML, metadatas
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stembridge.audio.chunks import Bext, Cue, Loudness, Metadata
from stembridge.audio.retime import (
    at_depth,
    at_position,
    at_rate,
    at_speed,
    shifted,
    shifted_and_problems,
    with_history,
    with_loudness,
)
from stembridge.units import Hertz, Samples

rates = st.sampled_from([8_000, 44_100, 47_952, 48_000, 48_048, 88_200, 96_000, 192_000]).map(Hertz)
SYNC = (
    "<BWFXML><SYNC_POINT_LIST><SYNC_POINT><SYNC_POINT_TYPE>RELATIVE</SYNC_POINT_TYPE>"
    "<SYNC_POINT_LOW>480</SYNC_POINT_LOW><SYNC_POINT_HIGH>0</SYNC_POINT_HIGH>"
    "<SYNC_POINT_EVENT_DURATION>48</SYNC_POINT_EVENT_DURATION></SYNC_POINT>"
    "<SYNC_POINT><SYNC_POINT_TYPE>ABSOLUTE</SYNC_POINT_TYPE><SYNC_POINT_LOW>960</SYNC_POINT_LOW>"
    "<SYNC_POINT_HIGH>1</SYNC_POINT_HIGH></SYNC_POINT></SYNC_POINT_LIST></BWFXML>"
)
MIRROR = (
    "<BWFXML><BEXT><BWF_VERSION>1</BWF_VERSION><BWF_TIME_REFERENCE_LOW>480</BWF_TIME_REFERENCE_LOW>"
    "<BWF_TIME_REFERENCE_HIGH>2</BWF_TIME_REFERENCE_HIGH><BWF_LOUDNESS_VALUE>-2400</BWF_LOUDNESS_VALUE>"
    "<BWF_MAX_TRUE_PEAK_LEVEL>-1.50</BWF_MAX_TRUE_PEAK_LEVEL>"
    "<BWF_CODING_HISTORY>A=ANALOGUE&lt;x></BWF_CODING_HISTORY></BEXT></BWFXML>"
)


def value(document: str | None, path: str) -> str:
    return ET.fromstring(document or "").findtext(path) or ""


@given(metadatas, rates, rates)
@settings(deadline=None)
def test_positions_follow_the_rate_to_the_nearest_sample(
    metadata: Metadata, source: Hertz, target: Hertz
) -> None:
    after = at_rate(metadata, source, target)
    for old, new in zip(metadata.cues, after.cues, strict=True):
        assert abs(new.position - Fraction(old.position * target, source)) <= Fraction(1, 2)
        assert (new.label, new.note) == (old.label, old.note)
        if old.length and new.length and new.length > 1:
            end = Fraction((old.position + old.length) * target, source)
            assert abs(new.position + new.length - end) <= Fraction(1, 2)
    assert (after.info, after.other) == (metadata.info, metadata.other)


@given(metadatas, rates)
@settings(deadline=None)
def test_twice_the_rate_and_back_changes_nothing(metadata: Metadata, rate: Hertz) -> None:
    assume(metadata.bext is None or metadata.bext.time_reference < 2**63)
    metadata = replace(metadata, ixml=metadata.ixml and metadata.ixml.replace("48000", str(rate)))
    assert at_rate(at_rate(metadata, rate, Hertz(2 * rate)), Hertz(2 * rate), rate) == metadata


def test_the_ixml_says_the_new_rate_and_the_same_instant() -> None:
    after = at_rate(Metadata(ixml=IXML), Hertz(48_000), Hertz(96_000)).ixml
    assert after == IXML.replace("172800000", "345600000").replace(
        "<FILE_SAMPLE_RATE>48000", "<FILE_SAMPLE_RATE>96000"
    ).replace("<TIMESTAMP_SAMPLE_RATE>48000", "<TIMESTAMP_SAMPLE_RATE>96000")


def test_a_time_stamp_that_crosses_32_bits_moves_to_the_high_half() -> None:
    document = IXML.replace("172800000", "4000000000")
    after = at_rate(Metadata(ixml=document), Hertz(48_000), Hertz(96_000)).ixml
    assert value(after, "SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI") == "1"
    assert value(after, "SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO") == str(8_000_000_000 - 2**32)


def test_a_time_stamp_at_a_rate_of_its_own_stays() -> None:
    document = IXML.replace("<TIMESTAMP_SAMPLE_RATE>48000", "<TIMESTAMP_SAMPLE_RATE>48048")
    after = at_rate(Metadata(ixml=document), Hertz(48_000), Hertz(96_000)).ixml
    assert after == document.replace("<FILE_SAMPLE_RATE>48000", "<FILE_SAMPLE_RATE>96000")


def test_sync_points_follow_the_rate() -> None:
    after = at_rate(Metadata(ixml=SYNC), Hertz(48_000), Hertz(24_000)).ixml
    assert value(after, ".//SYNC_POINT_LOW") == "240"
    assert value(after, ".//SYNC_POINT_EVENT_DURATION") == "24"
    assert value(after, ".//SYNC_POINT[2]/SYNC_POINT_LOW") == str((2**32 + 960) // 2)


def test_silence_in_front_moves_relative_sync_points_only() -> None:
    after = shifted(Metadata(ixml=SYNC), Samples(20), Samples(1000)).ixml
    assert after == SYNC.replace(">480<", ">500<")


def test_the_depth_is_said_anew() -> None:
    assert at_depth(Metadata(ixml=IXML), 16).ixml == IXML.replace("DEPTH>24<", "DEPTH>16<")
    assert at_depth(Metadata(), 16) == Metadata()


def test_silence_in_front_makes_the_file_start_earlier() -> None:
    before = Metadata(bext=Bext(time_reference=Samples(172_800_000)), ixml=IXML, cues=(Cue(Samples(5)),))
    after, problems = shifted_and_problems(before, Samples(48_000), Samples(100_000))
    assert after.bext == Bext(time_reference=Samples(172_752_000))
    assert after.ixml == IXML.replace("172800000", "172752000")
    assert after.cues == (Cue(Samples(48_005)),)
    assert problems == ()


def test_cues_come_later_in_a_sound_that_ran_slow_and_its_start_stays() -> None:
    stamped = Bext(time_reference=Samples(172_800_000))
    before = Metadata(bext=stamped, cues=(Cue(Samples(100_000), length=Samples(50_000)),))
    after = at_speed(before, 0.999)
    assert (after.bext, after.cues) == (stamped, (Cue(Samples(100_100), length=Samples(50_050)),))


def test_a_start_before_midnight_is_clamped_and_said_so() -> None:
    after, problems = shifted_and_problems(Metadata(bext=Bext()), Samples(7), Samples(100))
    assert after.bext == Bext()
    assert problems == ("The file would start 7 samples before midnight; its time reference is set to 0.",)


@pytest.mark.parametrize(
    ("cue", "by", "expected"),
    [
        (Cue(Samples(10)), -10, Cue(Samples(0))),
        (Cue(Samples(9)), -10, None),
        (Cue(Samples(90)), 10, Cue(Samples(100))),
        (Cue(Samples(91)), 10, None),
        (Cue(Samples(5), length=Samples(10)), -10, Cue(Samples(0), length=Samples(5))),
        (Cue(Samples(5), length=Samples(5)), -10, None),
        (Cue(Samples(85), length=Samples(10)), 10, Cue(Samples(95), length=Samples(5))),
        (Cue(Samples(90), length=Samples(10)), 10, None),
    ],
)
def test_cues_are_cut_with_the_audio(cue: Cue, by: int, expected: Cue | None) -> None:
    after, problems = shifted_and_problems(Metadata(cues=(cue,)), Samples(by), Samples(100))
    assert after.cues == (() if expected is None else (expected,))
    assert len(problems) == (expected is None)


def test_times_in_an_adm_document_are_said_to_stay() -> None:
    metadata = Metadata(other=((b"axml", b"<x/>"),))
    assert shifted_and_problems(metadata, Samples(0), Samples(9))[1] == ()
    assert "axml" in shifted_and_problems(metadata, Samples(1), Samples(9))[1][0]


def test_loudness_makes_the_chunk_version_2_and_is_mirrored() -> None:
    bext = Bext(version=1, loudness=Loudness())
    after = with_loudness(Metadata(bext=bext, ixml=MIRROR), Loudness(-23.004, float("-inf"), -0.996))
    assert after.bext == replace(bext, version=2, loudness=Loudness(-23.0, None, -1.0))
    assert after.ixml == MIRROR.replace("VERSION>1", "VERSION>2").replace("-2400", "-2300").replace(
        "-1.50", "-1.00"
    )


def test_loudness_that_was_wrong_in_ixml_alone_is_set_right() -> None:
    after = with_loudness(Metadata(bext=Bext(version=2), ixml=MIRROR), Loudness())
    assert value(after.ixml, "BEXT/BWF_LOUDNESS_VALUE") == ""


def test_a_position_is_said_wherever_there_is_a_place_for_it() -> None:
    pulled = IXML.replace("<TIMESTAMP_SAMPLE_RATE>48000", "<TIMESTAMP_SAMPLE_RATE>96000")
    after = at_position(Metadata(bext=Bext(), ixml=pulled), Samples(2**33 + 1), Hertz(48_000))
    assert after.bext == Bext(time_reference=Samples(2**33 + 1))
    assert value(after.ixml, "SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI") == "4"
    assert value(after.ixml, "SPEED/TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO") == "2"
    assert at_position(Metadata(), Samples(5), Hertz(48_000)) == Metadata()


def test_a_line_of_history_ends_as_the_standard_says() -> None:
    once = with_history(Metadata(bext=Bext(coding_history="A=ANALOGUE<x>"), ixml=MIRROR), "A=PCM,T=b\n")
    assert once.bext == Bext(coding_history="A=ANALOGUE<x>\r\nA=PCM,T=b\r\n")
    assert value(once.ixml, "BEXT/BWF_CODING_HISTORY").split() == ["A=ANALOGUE<x>", "A=PCM,T=b"]
    twice = with_history(once, "A=PCM,T=c").bext
    assert twice == Bext(coding_history="A=ANALOGUE<x>\r\nA=PCM,T=b\r\nA=PCM,T=c\r\n")


def test_without_bext_there_is_nothing_to_add_to() -> None:
    assert with_history(Metadata(), "A=PCM") == Metadata()
    assert with_loudness(Metadata(), Loudness(-23.0)) == Metadata()


def test_the_time_reference_in_ixml_follows_even_without_a_bext_chunk() -> None:
    after = at_rate(Metadata(ixml=MIRROR), Hertz(48_000), Hertz(96_000)).ixml
    assert (value(after, ".//BWF_TIME_REFERENCE_LOW"), value(after, ".//BWF_TIME_REFERENCE_HIGH")) == (
        "960",
        "4",
    )
