import math
import re
import unicodedata

import pytest
import regex
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pathvalidate import Platform, is_valid_filename

from stembridge.errors import PlanError
from stembridge.session.naming import distinct, format_name, next_free, safe_component

SYSTEMS = [Platform.WINDOWS, Platform.MACOS, Platform.LINUX]
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

NASTY = st.sampled_from(
    ["CON", "nul", "..", "\\", "/", ".", " ", "\u202e", "e\u0301", FAMILY, ENGLAND, "\n", "a", "K"]
)
TEXT = st.one_of(st.text(max_size=300), st.lists(NASTY, max_size=90).map("".join))
ALIKE = st.lists(
    st.sampled_from(
        ["a", "A", "a_2", "A_2", "a_3", "\u00e9", "e\u0301", "E\u0301", "x.wav", "X.WAV", "\u00df", "ss"]
    ),
    max_size=12,
)


@pytest.mark.parametrize(
    ("template", "fields", "name"),
    [
        (
            "{song}_{stem}_{rate}k{depth}b",
            {"song": "spot", "stem": "drums", "rate": 48_000, "depth": 24},
            "spot_drums_48k24b",
        ),
        ("{rate}k{depth}b", {"rate": 44_100, "depth": "32f"}, "44.1k32fb"),
        ("{song}_{stem}_{bpm}bpm", {"song": "spot", "stem": "drums"}, "spot_drums"),
        ("{song}_{bpm}bpm_{stem}", {"song": "spot", "stem": "drums", "bpm": None}, "spot_drums"),
        ("{song}_{stem}", {"song": " ", "stem": "drums"}, "drums"),
        (
            "{song} ({version}, {date}) - {stem}",
            {"song": "spot", "version": "v2", "stem": "drums"},
            "spot - drums",
        ),
        (
            "{song} [{version}, {date}]",
            {"song": "spot", "version": "v2", "date": "240131"},
            "spot [v2, 240131]",
        ),
        ("_{index:02}_{stem}", {"index": 7, "stem": "bass"}, "_07_bass"),
        ("{index:02d}", {"index": "7"}, "07"),
        ("{index:02}", {"index": "B"}, "B"),
        ("{stem}_{bpm}", {"stem": "a_{song}", "bpm": 120.0}, "a_{song}_120"),
        ("{bpm}bpm", {"bpm": 95.995}, "95.995bpm"),
        ("{stem}_{bpm}bpm", {"stem": "bass", "bpm": math.nan}, "bass"),
        ("{song}_{timecode}", {"song": "reel", "timecode": "01:00:00;12"}, "reel_01-00-00-12"),
        ("MIX_{bpm}bpm", {}, "MIX"),
        ("{{{song}}}", {"song": "x"}, "{x}"),
        ("{song}", {}, ""),
    ],
)
def test_a_template_is_filled_in(template, fields, name):
    assert format_name(template, fields) == name


@pytest.mark.parametrize(
    "template", ["{song", "song}", "{sogn}", "{song!r}", "{song.__class__}", "{0}", "{index:>9}"]
)
def test_a_template_that_cannot_be_used_is_refused_with_the_fields_it_may_have(template):
    with pytest.raises(PlanError, match="template") as caught:
        format_name(template, {"song": "x", "index": 1})
    assert "song" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("..\\..\\evil", "_.._evil"),
        ('a/b:c*d?e"f<g>h|i', "a_b_c_d_e_f_g_h_i"),
        ("CON", "_CON"),
        ("com1.txt", "_com1.txt"),
        ("Conga", "Conga"),
        (" .song. ", "song"),
        ("", "untitled"),
        ("...", "untitled"),
        ("line\nbreak\t", "line break"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("cafe\u0301", "caf\u00e9"),
        (f"{FAMILY} \U0001f525 {ENGLAND}", f"{FAMILY} \U0001f525 {ENGLAND}"),
        ("\ud800", "_"),
    ],
)
def test_text_is_made_safe(text, name):
    assert safe_component(text) == name


@settings(deadline=None, max_examples=300)
@example("CON" + "a" + "\u0300" * 200)
@example("x" * 118 + ". .wav")
@given(TEXT)
def test_a_safe_name_is_safe_on_all_three_systems_and_stays_as_it_is(text):
    name = safe_component(text)
    assert all(is_valid_filename(name, platform=system, max_len=255) for system in SYSTEMS)
    assert 0 < len(name) <= 120
    assert len(name.encode()) <= 220
    assert not re.search(r"^[.\s]|[.\s]$|[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", name)
    assert unicodedata.is_normalized("NFC", name)
    assert safe_component(name) == name


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from([FAMILY, ENGLAND, "e\u0323\u0302", "\U0001f1e9\U0001f1ea", "\u1100\u1161\u11a8"]),
    st.integers(16, 60),
)
def test_a_long_name_is_cut_between_graphemes(grapheme, limit):
    whole = unicodedata.normalize("NFC", grapheme)
    name = safe_component(grapheme * 80, limit=limit)
    assert set(regex.findall(r"\X", name)) <= {whole}
    assert limit - len(whole) < len(name) <= limit or len((name + whole).encode()) > 220


def test_a_long_name_keeps_its_ending():
    name = safe_component("x" * 300 + ".flac")
    assert name == "x" * 115 + ".flac"


@settings(deadline=None, max_examples=300)
@given(st.one_of(ALIKE, st.lists(TEXT, max_size=6)))
def test_names_never_collide(names):
    made = distinct(names)
    seen = {unicodedata.normalize("NFC", name).casefold() for name in made}
    assert len(seen) == len(names)
    assert distinct(made) == made
    assert all(new == old or re.search(r"_\d+(\.\w+)?$", new) for new, old in zip(made, names, strict=True))


@pytest.mark.parametrize(
    ("names", "made"),
    [
        (["a", "a", "a_2", "A"], ("a", "a_3", "a_2", "A_4")),
        (["d.wav", "D.WAV"], ("d.wav", "D_2.WAV")),
        (["s_44.1k24b", "s_44.1k24b"], ("s_44.1k24b", "s_44.1k24b_2")),
        (["caf\u00e9", "cafe\u0301"], ("caf\u00e9", "cafe\u0301_2")),
        (["stra\u00dfe", "STRASSE"], ("stra\u00dfe", "STRASSE_2")),
    ],
)
def test_names_that_are_alike_are_numbered_in_their_order(names, made):
    assert distinct(names) == made


def test_a_numbered_name_still_fits_the_file_system():
    second = distinct(["\u00e9" * 125 + ".wav"] * 2)[1]
    assert second.endswith("_2.wav")
    assert len(second.encode()) <= 255


def test_thousands_of_files_of_one_name_are_numbered_in_one_pass():
    made = distinct(["take.wav"] * 5_000)
    assert made[-1] == "take_5000.wav"
    assert len(set(made)) == 5_000


@settings(deadline=None, max_examples=200)
@given(TEXT, ALIKE)
def test_the_next_free_name_is_free(name, taken):
    free = next_free(name, taken)
    assert unicodedata.normalize("NFC", free).casefold() not in {
        unicodedata.normalize("NFC", t).casefold() for t in taken
    }
    assert next_free(free, taken) == free


def test_an_existing_name_gets_the_first_number_that_is_free():
    assert next_free("drums.wav", ["Drums.WAV", "drums_2.wav"]) == "drums_3.wav"
