"""The iXML document of a stem, as a reader that we did not write finds it."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from wavinfo import WavInfoReader

from stembridge.audio.chunks import Metadata
from stembridge.audio.ixml_new import new_ixml
from stembridge.testing import noise, write_sound
from stembridge.units import Hertz, Samples

RATE = Hertz(48_000)
LATE = Samples(2**32 + 7)


@pytest.mark.parametrize(
    ("channels", "names"), [(1, ["Bass <DI> & amp"]), (2, ["Bass <DI> & amp 1", "Bass <DI> & amp 2"])]
)
def test_another_reader_finds_the_names_of_the_channels(tmp_path: Path, channels, names):
    document = new_ixml("Bass <DI> & \x07amp", channels=channels, rate=RATE, bits=24, position=LATE)
    sound = noise(0.01, RATE, channels=channels)
    path = write_sound(tmp_path / "a.wav", sound, RATE, metadata=Metadata(ixml=document))
    assert [track.name for track in WavInfoReader(str(path)).ixml.track_list] == names


def test_the_place_may_be_beyond_four_billion_samples():
    speed = ET.fromstring(new_ixml("x", channels=1, rate=RATE, bits=24, position=LATE).encode()).find("SPEED")
    assert speed is not None
    words = {element.tag: element.text for element in speed}
    assert (words["TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI"], words["TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO"]) == (
        "1",
        "7",
    )
    assert (words["FILE_SAMPLE_RATE"], words["AUDIO_BIT_DEPTH"]) == ("48000", "24")
