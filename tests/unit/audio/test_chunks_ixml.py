import xml.etree.ElementTree as ET

import pytest
from chunk_files import IXML
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.ixml import ixml_payload, read_ixml
from stembridge.audio.ixml_elements import IxmlError, edited, elements

texts = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=30)
contents = st.sampled_from(
    [
        "old",
        "",
        " 7 ",
        "a&amp;b",
        "<![CDATA[<x>]]>",
        "<!-- no -->7",
        "<?pi a?>7",
        "7<!-- no -->",
        "7<![CDATA[8]]>9",
    ]
)


@pytest.mark.parametrize(
    "payload",
    [
        IXML.encode(),
        b"\xef\xbb\xbf" + IXML.encode(),
        IXML.replace("UTF-8", "UTF-16").encode("utf-16"),
        IXML.replace("UTF-8", "UTF-16").encode("utf-16-le"),
        IXML.replace("UTF-8", "UTF-16").encode("utf-16-be"),
        IXML.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        IXML.encode("cp1252"),
        IXML.encode() + bytes(77),
        IXML.encode() + b"\r\n\0garbage",
    ],
)
def test_a_document_is_read_whatever_its_encoding(payload: bytes) -> None:
    document, problems = read_ixml(payload)
    assert problems == ()
    assert document[document.index("<BWFXML>") :].startswith(IXML[IXML.index("<BWFXML>") :])
    assert ixml_payload(document, payload) == payload


@given(contents, texts)
@settings(deadline=None)
def test_an_edit_changes_one_text_and_nothing_else(content: str, text: str) -> None:
    head, tail = "<r>\n <!-- <b>x</b> --><a/><b c='>'  >", "</b\n><b>7</b><c>é</c></r>\n"
    document = head + content + tail
    (first, *_) = [element for element in elements(document) if element.path == "b"]
    after = edited(document, {first: text})
    assert after.startswith(head)
    assert after.endswith(tail)
    assert ET.fromstring(after).findtext("b") == text


def test_an_edited_document_in_another_encoding_is_declared_utf_8() -> None:
    payload = IXML.replace("UTF-8", "UTF-16").encode("utf-16")
    document, _ = read_ixml(payload)
    rate = next(element for element in elements(document) if element.path == "SPEED/FILE_SAMPLE_RATE")
    after = ixml_payload(edited(document, {rate: "96000"}), payload)
    assert after == IXML.replace("48000", "96000", 1).encode()


BOMB = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><BWFXML><NOTE>&b;</NOTE></BWFXML>'


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (BOMB, "document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "document type"),
        ("<BWFXML><a>", "no element found"),
        ("<BWFXML>&nope;</BWFXML>", "undefined entity"),
        ("", "no element found"),
        ("<a>" * 300_000, "too many elements"),
        ("<r>" + "<a/>" * 20_000 + "</r>", "too many elements"),
        ("<r>" + "x" * 2**20 + "</r>", "more than"),
        ("<r>\x00</r>", "not well-formed"),
    ],
)
def test_a_document_that_cannot_be_parsed_is_carried_and_said_so(document: str, reason: str) -> None:
    found, problems = read_ixml(document.encode())
    assert reason in problems[0]
    assert ixml_payload(found, document.encode()) == document.encode()
    with pytest.raises(IxmlError, match=reason):
        elements(document)


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_are_carried(payload: bytes) -> None:
    document, _ = read_ixml(payload)
    assert ixml_payload(document, payload) == (payload or document.encode())
