import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.stages.sidecars.cue_lists import Listed, SampleCount, Timecode, read_cue_list, read_time

REAPER = """#,Name,Start,End,Length
M1,Verse,0:12.500,,
R1,"Chorus, big",0:20.000,0:40.000,0:20.000
"""


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("12.5", 12.5),
        ("1:02.250", 62.25),
        ("1:02,250", 62.25),
        ("01:00:02.5", 3602.5),
        ("1:00:00:12", Timecode("01:00:00:12")),
        ("01:00:00;12", Timecode("01:00:00;12")),
        ("3.1.00", None),
        ("0:75", None),
        ("48000", None),
        ("tomorrow", None),
    ],
)
def test_a_time_is_read_as_daws_write_it(text, time):
    assert read_time(text) == time


def test_the_export_of_reaper_is_read():
    verse, chorus = Listed(12.5, "Verse"), Listed(20.0, "Chorus, big", 40.0, 20.0)
    assert read_cue_list(REAPER) == (verse, chorus)
    in_samples = REAPER.replace("0:12.500", "600000").replace("0:20.000", "960000").replace("0:40.000", "")
    assert [one.start for one in read_cue_list(in_samples)] == [SampleCount(600_000), SampleCount(960_000)]


def test_columns_are_found_by_their_names_whatever_divides_them():
    text = "Timecode\tComment\n01:00:00:00\tIntro\n01:00:10:12\tHit\n"
    assert [(one.start, one.name) for one in read_cue_list(text)] == [
        (Timecode("01:00:00:00"), "Intro"),
        (Timecode("01:00:10:12"), "Hit"),
    ]
    assert [one.name for one in read_cue_list("Marker Name;In;Out\nHit;0:01.000;0:02.000\n")] == ["Hit"]


@pytest.mark.parametrize(
    ("line", "listed"),
    [
        ("01:00:10:00 Verse one", Listed(Timecode("01:00:10:00"), "Verse one")),
        ("0:10.5 - 0:12 Fill", Listed(10.5, "Fill", 12.0)),
        ("0:10,Fill", Listed(10.0, "Fill")),
        ('00:00:10 "Fill"', Listed(10.0, "Fill")),
        ("Verse one - 1:05", Listed(65.0, "Verse one")),
        ("1.500000\t1.500000\tHit", Listed(1.5, "Hit")),
        ("1.500000\t2.000000\tHit", Listed(1.5, "Hit", 2.0)),
    ],
)
def test_a_line_of_a_list_is_read(line, listed):
    assert read_cue_list(f"# cues\n{line}\n") == (listed,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thank you for listening.\nThe session is at 10:30 on Monday.\nBring headphones.\n",
        "version 1.0\nversion 1.1\n",
        "#,Name,Start,End,Length\nM1,Verse,3.1.00,,\nM2,Chorus,9.1.00,,\n",
        "stem,gain\nDrums,-3.0\n",
    ],
)
def test_what_is_no_cue_sheet_is_left_alone(text):
    assert read_cue_list(text) == ()


@given(st.text(st.sampled_from('0123456789:;.,- \t\n"abM#'), max_size=120))
@settings(deadline=None, max_examples=300)
def test_no_text_is_too_odd_to_be_read(text):
    read_cue_list(text)
