"""Headers that disagree, lie or are damaged; and good ones."""

import struct

import pytest
import soundfile
from chunk_files import IXML, wav_bytes
from examining import examined, hiss

from stembridge.audio.bext import Bext, bext_payload
from stembridge.audio.chunks import WavChunks
from stembridge.errors import AudioError
from stembridge.stages.probe import Source, probe
from stembridge.units import Samples

STAMP = 172_800_000
BEXT = (b"bext", bext_payload(Bext(time_reference=Samples(STAMP))))
AGREEING = IXML.replace("<AUDIO_BIT_DEPTH>24", "<AUDIO_BIT_DEPTH>16")
COPY = (
    "<BWFXML><BEXT><BWF_TIME_REFERENCE_LOW>{}</BWF_TIME_REFERENCE_LOW>"
    "<BWF_TIME_REFERENCE_HIGH>0</BWF_TIME_REFERENCE_HIGH></BEXT></BWFXML>"
)


def codes(folder, before=(), after=(), **more):
    path = folder / "Song_Keys.wav"
    path.write_bytes(wav_bytes(WavChunks(before=tuple(before), after=tuple(after)), **more))
    return {code: each.message for code, each in examined(path, silent="off").items()}


def xmp(reference: int) -> tuple[bytes, bytes]:
    return b"_PMX", f'<x:xmpmeta bext:timeReference="{reference}"/>'.encode()


def test_stamps_that_agree_are_left_alone(tmp_path):
    assert codes(tmp_path, [BEXT, (b"iXML", AGREEING.encode())], [xmp(STAMP)]) == {}


@pytest.mark.parametrize(
    ("chunk", "told"),
    [
        ((b"iXML", AGREEING.replace("LO>172800000", "LO>172848000").encode()), "iXML places"),
        ((b"iXML", AGREEING.replace("<FILE_SAMPLE_RATE>48", "<FILE_SAMPLE_RATE>44").encode()), "sample rate"),
        ((b"iXML", IXML.encode()), "depth"),
        (xmp(STAMP + 1), "XMP places"),
        ((b"iXML", COPY.format(STAMP + 1).encode()), "The copy of bext in iXML places"),
    ],
)
def test_stamps_that_disagree_are_told(tmp_path, chunk, told):
    assert told in codes(tmp_path, [BEXT, chunk])["header-disagrees"]


def test_a_copy_of_the_stamp_that_agrees_is_left_alone(tmp_path):
    assert codes(tmp_path, [BEXT, (b"iXML", COPY.format(STAMP).encode())]) == {}


def test_a_bext_chunk_behind_the_audio_is_told(tmp_path):
    assert "bext-after-data" in codes(tmp_path, after=[BEXT])


def test_an_odd_chunk_without_padding_is_told(tmp_path):
    assert "odd-chunk" in codes(tmp_path, tail=b"note" + struct.pack("<I", 3) + b"abc")
    assert "odd-chunk" not in codes(tmp_path, after=[(b"note", b"abc")])


@pytest.mark.parametrize(("container", "name"), [("FLAC", "Song_Keys.flac"), ("MP3", "Song_Keys.wav")])
def test_a_file_without_chunks_has_none_out_of_order(tmp_path, container, name):
    soundfile.write(tmp_path / name, hiss(1.0), 48_000, format=container)
    assert not {"bext-after-data", "odd-chunk"} & set(examined(tmp_path / name))


def test_a_truncated_file_is_refused(tmp_path):
    path = tmp_path / "Song_Keys.wav"
    path.write_bytes(wav_bytes()[:-400])
    with pytest.raises(AudioError):
        probe(Source(path, path.relative_to(tmp_path)))
