import xml.etree.ElementTree as ET

from stembridge.audio.ixml_guide import ixml_with_guide
from stembridge.audio.metadata import Cue
from stembridge.units import Samples

CUES = (Cue(Samples(2**32 + 5), "Verse <1> \x07& more"), Cue(Samples(7), "Hit", length=Samples(48)))


def test_markers_and_tempo_are_said_in_a_document_of_their_own():
    root = ET.fromstring(ixml_with_guide(None, CUES, bpm=119.5, meter="7/8").encode())
    points = root.findall("SYNC_POINT_LIST/SYNC_POINT")
    assert [point.findtext("SYNC_POINT_COMMENT") for point in points] == ["Verse <1> & more", "Hit"]
    assert (points[0].findtext("SYNC_POINT_HIGH"), points[0].findtext("SYNC_POINT_LOW")) == ("1", "5")
    assert points[1].findtext("SYNC_POINT_EVENT_DURATION") == "48"
    assert (root.findtext("ASWG/tempo"), root.findtext("ASWG/timeSig")) == ("119.5", "7/8")


def test_the_rest_of_a_document_stays_as_it_is():
    before = "<BWFXML><NOTE>a &amp; b</NOTE><!-- kept --></BWFXML>\0"
    after = ixml_with_guide(before, CUES)
    assert after.startswith("<BWFXML><NOTE>a &amp; b</NOTE><!-- kept -->")
    assert ET.fromstring(after.rstrip("\0")).findtext("SYNC_POINT_LIST/SYNC_POINT_COUNT") == "2"


def test_saying_it_again_changes_nothing():
    once = ixml_with_guide(None, CUES, bpm=120.0, meter="4/4")
    assert ixml_with_guide(once, CUES[:1], bpm=90.0) == once


def test_nothing_to_say_and_a_damaged_document_change_nothing():
    assert ixml_with_guide(None, ()) is None
    assert ixml_with_guide("<BWFXML><oops>", CUES, bpm=120.0) == "<BWFXML><oops>"
