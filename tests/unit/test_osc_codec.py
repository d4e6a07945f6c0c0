"""Datagrams in and out: whatever arrives is read or refused, and nothing is followed for ever."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import build_msg

from stembridge.errors import IntakeError
from stembridge.osc_codec import DEEPEST, MOST_MESSAGES, decode, encode
from stembridge.protocol import COMMANDS, DONE, PING, REPLIES, STATE, Message, Said, say

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=50)
VALUES = {"s": TEXT, "i": st.integers(-(2**31), 2**31 - 1), "f": st.floats(width=32, allow_nan=False)}


def filled(row: Message) -> st.SearchStrategy[Said]:
    values = st.tuples(*(VALUES[argument.tag] for argument in row.arguments))
    return values.map(lambda given: Said(row.address, given))


def bundle(*contents: bytes, time_tag: int = 1) -> bytes:
    return (
        b"#bundle\0"
        + struct.pack(">Q", time_tag)
        + b"".join(struct.pack(">i", len(content)) + content for content in contents)
    )


@pytest.mark.parametrize("row", [*COMMANDS.values(), *REPLIES.values()], ids=lambda row: row.address)
@given(data=st.data())
@settings(deadline=None, max_examples=25)
def test_every_message_of_the_table_comes_back_as_it_was_said(row, data):
    said = data.draw(filled(row))
    assert decode(encode(said, row)) == (said,)


@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda junk: b"#bundle\0" + junk))
@settings(deadline=None, max_examples=500)
def test_any_bytes_are_read_or_refused(junk):
    try:
        decode(junk)
    except IntakeError as error:
        assert error.code == "malformed"  # noqa: PT017 - reading them is as good


@given(st.data())
@settings(deadline=None, max_examples=200)
def test_a_damaged_message_is_read_or_refused(data):
    whole = bytearray(bundle(encode(say(STATE, "job", "running", 50.0, "separate"), STATE)))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        decode(bytes(whole))
    except IntakeError as error:
        assert error.code == "malformed"  # noqa: PT017


def test_bundles_of_another_library_are_read_in_order():
    builder = OscBundleBuilder(IMMEDIATELY)
    for number in range(3):
        builder.add_content(build_msg("/stembridge/status", f"job-{number}"))
    assert [said.arguments for said in decode(builder.build().dgram)] == [("job-0",), ("job-1",), ("job-2",)]


@pytest.mark.parametrize("size", [-4, -1, 0, 3, 2**31 - 1])
def test_an_element_of_a_wrong_size_is_refused(size):
    with pytest.raises(IntakeError, match="wrong size"):
        decode(bundle() + struct.pack(">i", size) + b"\0\0")


def test_bundles_in_bundles_without_end_are_refused():
    nested = encode(Said(PING.address), PING)
    for _ in range(DEEPEST):
        nested = bundle(nested)
    assert decode(nested) == (Said(PING.address),)
    with pytest.raises(IntakeError, match="nested"):
        decode(bundle(nested))


def test_a_bundle_of_very_many_messages_is_refused():
    ping = encode(Said(PING.address), PING)
    assert len(decode(bundle(*[ping] * MOST_MESSAGES))) == MOST_MESSAGES
    with pytest.raises(IntakeError, match="more than"):
        decode(bundle(*[ping] * (MOST_MESSAGES + 1)))


def test_a_message_of_very_many_arguments_is_refused_unread():
    with pytest.raises(IntakeError, match="types"):
        decode(b"/stembridge/ping\0\0\0\0," + b"i" * 30_003 + b"\0" * 30_000)


def test_an_unknown_type_tag_is_refused_and_not_only_logged(caplog):
    with pytest.raises(IntakeError, match="types"):
        decode(b"/a\0\0,q\0\0\0\0\0\0")
    assert not caplog.records


def test_a_path_that_is_no_unicode_is_said_as_well_as_it_can_be():
    (said,) = decode(encode(say(DONE, "job", "/in/caf\udce9\0"), DONE))
    assert said.arguments == ("job", "/in/caf? ")


def test_what_fits_no_datagram_is_refused():
    with pytest.raises(IntakeError, match="too long"):
        encode(Said(DONE.address, ("job", "x" * 66_000)), DONE)


@pytest.mark.parametrize("tags", [b",,", b",s,", b",S", b",[i]", b"," + b"i" * 33])
def test_tags_that_are_not_known_are_refused_without_a_word_in_the_log(tags, caplog):
    with pytest.raises(IntakeError, match="types that are not known"):
        decode(b"/a\0\0" + tags + b"\0" * (4 - len(tags) % 4) + bytes(200))
    assert caplog.text == ""
