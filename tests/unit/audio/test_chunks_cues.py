import struct

import pytest
from chunk_files import cues, info_keys
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.cues import cue_chunks, read_cues
from stembridge.audio.info import info_payload, merge_info, read_info
from stembridge.audio.metadata import Chunk, Cue
from stembridge.units import Samples


def read(chunks: tuple[Chunk, ...]) -> tuple[tuple[Cue, ...], tuple[str, ...]]:
    by_id = dict(chunks)
    return read_cues(by_id.get(b"cue ", struct.pack("<I", 0)), [by_id[b"LIST"]] if b"LIST" in by_id else [])


def point(number: int, position: int, offset: int) -> bytes:
    return struct.pack("<II4sIII", number, position, b"data", 0, 0, offset)


@given(st.lists(cues, max_size=8).map(tuple))
@settings(deadline=None)
def test_what_is_written_is_read_back(some: tuple[Cue, ...]) -> None:
    chunks, problems = cue_chunks(some)
    assert problems == ()
    assert read(chunks) == (some, ())


@pytest.mark.parametrize(
    ("points", "has_playlist", "expected"),
    [
        ([(1, 5, 50), (2, 6, 60)], False, [50, 60]),
        ([(1, 50, 0), (2, 60, 0)], False, [50, 60]),
        ([(1, 50, 0), (2, 60, 0)], True, [0, 0]),
        ([(1, 50, 0), (2, 60, 60)], False, [0, 60]),
    ],
)
def test_the_sample_offset_is_the_position_unless_nobody_filled_it_in(
    points: list[tuple[int, int, int]], has_playlist: bool, expected: list[int]
) -> None:
    payload = struct.pack("<I", len(points)) + b"".join(point(*each) for each in points)
    assert [cue.position for cue in read_cues(payload, has_playlist=has_playlist)[0]] == expected


def test_an_empty_region_is_a_point_and_its_text_a_name() -> None:
    ltxt = struct.pack("<II4sHHHH", 1, 0, b"rgn ", 0, 0, 0, 0) + b"verse\0"
    adtl = b"adtl" + b"ltxt" + struct.pack("<I", len(ltxt)) + ltxt
    assert read_cues(struct.pack("<I", 1) + point(1, 5, 5), [adtl])[0] == (Cue(Samples(5), "verse"),)


def test_names_keep_their_bytes_when_only_a_position_changes() -> None:
    adtl = (
        b"adtl" + b"labl" + struct.pack("<I", 9) + struct.pack("<I", 1) + "Töne".encode("latin-1") + b"\0\0"
    )
    (cue,) = read_cues(struct.pack("<I", 1) + point(1, 5, 5), [adtl])[0]
    assert cue.label == "Töne"
    assert cue_chunks([Cue(Samples(10), cue.label)], [adtl])[0][1] == (b"LIST", adtl)


def test_a_count_that_lies_is_reported() -> None:
    found, problems = read_cues(struct.pack("<I", 2**32 - 1) + point(1, 5, 5))
    assert found == (Cue(Samples(5)),)
    assert problems == ("The cue chunk is damaged or too long; 1 of 4294967295 points could be read.",)


def test_cues_beyond_32_bits_are_left_out_and_said_so() -> None:
    chunks, problems = cue_chunks([Cue(Samples(2**32)), Cue(Samples(1))])
    assert read(chunks)[0] == (Cue(Samples(1)),)
    assert problems == ("1 cues lie beyond what a cue chunk can hold and are left out.",)


def test_damaged_texts_are_read_as_far_as_they_go() -> None:
    whole = info_payload((("INAM", "Song"), ("IART", "Band")))
    found, problems = read_info(whole[:-3] + b"\xff")
    assert found[0] == ("INAM", "Song")
    assert problems == ("The LIST INFO chunk is damaged; 2 entries could be read.",)


@given(st.lists(st.tuples(info_keys, st.text("abc")), max_size=5).map(tuple))
@settings(deadline=None)
def test_tags_that_say_the_same_change_nothing(info: tuple[tuple[str, str], ...]) -> None:
    tagged = {key: [text for each, text in info if each == key] for key, _ in info}
    assert merge_info(info, tagged) == info


def test_a_tag_replaces_the_text_it_differs_from_and_more_follow() -> None:
    carried = (("INAM", "old"), ("IENG", "Ann"))
    merged = merge_info(carried, {"INAM": ["new", "newer"], "IART": ["Band"]})
    assert merged == (("INAM", "new"), ("IENG", "Ann"), ("INAM", "newer"), ("IART", "Band"))
