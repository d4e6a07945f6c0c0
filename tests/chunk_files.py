"""Files with metadata for tests, made without the code under test, and metadata for Hypothesis."""

import struct
from pathlib import Path

import numpy as np
import soundfile
from hypothesis import strategies as st

from stembridge.audio.chunks import Bext, Chunk, Cue, Loudness, Metadata, WavChunks
from stembridge.units import Samples

FRAMES = 480
IXML = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<BWFXML><IXML_VERSION>2.10</IXML_VERSION>\n'
    "<SPEED><FILE_SAMPLE_RATE>48000</FILE_SAMPLE_RATE><AUDIO_BIT_DEPTH>24</AUDIO_BIT_DEPTH>"
    "<DIGITIZER_SAMPLE_RATE>48000</DIGITIZER_SAMPLE_RATE>"
    "<TIMESTAMP_SAMPLE_RATE>48000</TIMESTAMP_SAMPLE_RATE>"
    "<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>0</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_HI>"
    "<TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO>172800000</TIMESTAMP_SAMPLES_SINCE_MIDNIGHT_LO></SPEED>\n"
    "<NOTE>Töne &amp; Klänge</NOTE></BWFXML>"
)

FULL = Metadata(
    bext=Bext(description="Reel 4", time_reference=Samples(5), coding_history="A=PCM\r\n"),
    ixml=IXML,
    cues=(Cue(Samples(24), "verse"), Cue(Samples(100), "chorus", "loud", Samples(300))),
    info=(("INAM", "Töne"), ("ICMT", "quiet"), ("IENG", "Ann")),
    other=((b"axml", b"<odd>"),),
)


def riff_chunk(chunk_id: bytes, payload: bytes, *, claimed: int | None = None) -> bytes:
    """Serialise a chunk, with a size that may lie."""
    size = len(payload) if claimed is None else claimed
    return chunk_id + struct.pack("<I", size) + payload + bytes(len(payload) % 2)


def wav_bytes(chunks: WavChunks | None = None, *, tail: bytes = b"") -> bytes:
    """Make a 16-bit mono WAV of silence at 48 kHz."""
    chunks = chunks or WavChunks()
    before: list[Chunk] = [(b"fmt ", struct.pack("<HHIIHH", 1, 1, 48_000, 96_000, 2, 16)), *chunks.before]
    parts = [*before, (b"data", bytes(2 * FRAMES)), *chunks.after]
    body = b"WAVE" + b"".join(riff_chunk(*part) for part in parts) + tail
    return b"RIFF" + struct.pack("<I", len(body)) + body


def write_sound(path: Path, kind: str) -> Path:
    """Write one second of noise at 48 kHz with libsndfile, as FLAC or AIFF."""
    noise = np.random.default_rng(1).normal(0, 0.1, (48_000, 2))
    soundfile.write(path, noise, 48_000, format=kind, subtype="PCM_16")
    return path


def _text(size: int) -> st.SearchStrategy[str]:
    characters = st.characters(min_codepoint=32, exclude_categories=("Cs",))
    return st.text(characters, max_size=size // 4)


_hundredths = st.none() | st.integers(-9999, 9999).map(lambda value: value / 100)
_positions = st.integers(0, 2**32 - 1).map(Samples)

bexts = st.builds(
    Bext,
    version=st.just(2),
    description=_text(256),
    originator=_text(32),
    originator_reference=_text(32),
    origination_date=st.dates().map(str),
    origination_time=st.times().map(lambda time: time.isoformat("seconds")),
    time_reference=st.integers(0, 2**64 - 1).map(Samples),
    umid=st.binary(min_size=64, max_size=64),
    loudness=st.builds(Loudness, *[_hundredths] * 5),
    coding_history=_text(400),
)
cues = st.builds(Cue, _positions, _text(200), _text(200), st.none() | st.integers(1, 2**32 - 1).map(Samples))
info_keys = st.sampled_from(["INAM", "IART", "IPRD", "ICMT", "ICRD", "IGNR", "ICOP", "ITRK", "IENG", "ISFT"])
metadatas = st.builds(
    Metadata,
    bext=st.none() | bexts,
    ixml=st.none() | st.just(IXML),
    cues=st.lists(cues, max_size=6).map(tuple),
    info=st.lists(st.tuples(info_keys, _text(100)), max_size=6, unique_by=lambda pair: pair[0]).map(tuple),
    other=st.lists(
        st.tuples(st.sampled_from([b"axml", b"_PMX", b"umid"]), st.binary(max_size=99)), max_size=3
    ).map(tuple),
)
