import pytest

from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.report import words
from stembridge.units import Hertz


@pytest.mark.parametrize(
    ("value", "text"), [(-20.289, "−20.3"), (-0.04, "0.0"), (4.6e-6, "0.0"), (None, "–"), (0.7, "0.7")]
)
def test_a_figure_has_one_decimal_and_a_minus_as_wide_as_a_digit(value, text):
    assert words.decimal(value) == text


@pytest.mark.parametrize(("value", "text"), [(480, "+480"), (-48_000, "−48,000"), (0, "0")])
def test_a_difference_has_its_sign_unless_it_is_none(value, text):
    assert words.signed(value, 0) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (480.0, "samples", "480\N{NO-BREAK SPACE}samples"),
        (15_980.4, "Hz", "15,980\N{NO-BREAK SPACE}Hz"),
        (-31.41, "dBFS", "−31.41\N{NO-BREAK SPACE}dBFS"),
        (0.00012345, "", "0.0001234"),
        (None, "dB", "–"),
        (-200.0, "dB", "digital silence"),
        (1.0, "dropouts", "1\N{NO-BREAK SPACE}dropout"),
        (-1.0, "dB", "−1\N{NO-BREAK SPACE}dB"),
    ],
)
def test_a_measurement_of_any_size_has_four_digits_and_its_unit(value, unit, text):
    assert words.measured(value, unit) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0:00.000"),
        (185.25, "3:05.250"),
        (3723.0, "1:02:03.000"),
        (59.9996, "1:00.000"),
        (-1.5, "−0:01.500"),
    ],
)
def test_a_time_is_written_to_the_millisecond(seconds, text):
    assert words.clock(seconds) == text


@pytest.mark.parametrize(("share", "text"), [(1.0, "100"), (0.999, "99"), (0.95, "95"), (0.0, "0")])
def test_only_certainty_is_a_hundred_percent(share, text):
    assert words.percent(share) == f"{text}\N{NO-BREAK SPACE}%"


def test_a_format_says_what_of_it_became_another():
    before = SoundFormat(Container.WAV, Encoding.INT16, Hertz(44_100), 2)
    after = SoundFormat(Container.WAV, Encoding.FLOAT32, Hertz(48_000), 2)
    assert words.form(after) == "WAV 48 kHz 32-bit float stereo"
    assert words.difference(before, after) == "44.1 kHz 16-bit"
    assert words.difference(after, after) == ""


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("a b#1?.wav", "./a%20b%231%3F.wav"),
        ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
        ("Extras/\udcff.mid", "./Extras/%FF.mid"),
    ],
)
def test_a_link_stays_beside_the_report_whatever_the_file_is_called(path, address):
    assert words.link(path) == address


def test_a_list_of_things_and_a_date_read_as_a_person_writes_them():
    assert words.counted(1, "file") == "1 file"
    assert words.counted(5_000, "file") == "5,000 files"
    assert words.date("2026-11-21T03:43:54+00:00") == "2026-11-21 03:43 UTC"


def test_plain_text_has_no_line_breaks_and_nothing_that_controls_a_terminal():
    assert words.plain("a\r\nBcc: x\x1b[31m\u202egpj") == "a Bcc: x [31m gpj"
