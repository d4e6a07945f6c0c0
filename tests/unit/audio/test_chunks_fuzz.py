import io
import random
import struct
import tracemalloc
from pathlib import Path

import pytest
from chunk_files import FULL, riff_chunk, wav_bytes, write_sound
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.chunks import (
    WavChunks,
    add_to_aiff,
    add_to_flac,
    read_metadata,
    read_metadata_and_problems,
    wav_chunks,
)
from stembridge.audio.chunks_riff import metadata_from_chunks
from stembridge.audio.chunks_walk import collect
from stembridge.audio.chunks_wav import riff_spans
from stembridge.audio.retime import at_rate, shifted
from stembridge.errors import AudioError
from stembridge.units import Hertz, Samples

MAGICS = [
    b"RIFF\0\0\0\0WAVE",
    b"RF64\xff\xff\xff\xffWAVEds64",
    b"FORM\0\0\0\0AIFF",
    b"fLaC\0\0\0\x22",
    b"ID3\4\0\0\0\0\0\0",
]
IDS = [b"bext", b"iXML", b"cue ", b"LIST", b"axml", b"data"]


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    folder = tmp_path_factory.mktemp("seeds")
    flac, aiff = write_sound(folder / "a.flac", "FLAC"), write_sound(folder / "a.aiff", "AIFF")
    add_to_flac(flac, FULL)
    add_to_aiff(aiff, FULL)
    heads = [path.read_bytes()[:4000] + path.read_bytes()[-4000:] for path in (flac, aiff)]
    return [wav_bytes(wav_chunks(FULL)), *heads]


def survives(path: Path, raw: bytes) -> None:
    """Read, transform and write again: nothing is raised, and what is written is sound."""
    path.write_bytes(raw)
    metadata = read_metadata(path)
    moved = shifted(at_rate(metadata, Hertz(48_000), Hertz(44_100)), Samples(-9), Samples(400))
    for each in (metadata, moved):
        chunks = wav_chunks(each)
        again, problems = metadata_from_chunks((*chunks.before, *chunks.after))
        assert (again.bext, again.cues, again.info) == (each.bext, each.cues, each.info) or chunks.problems
        assert not [problem for problem in problems if "iXML" not in problem]


def mutated(raw: bytes, chance: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(changed))
        match chance.randrange(4):
            case 0:
                changed[at] = chance.randrange(256)
            case 1:
                changed[at : at + 4] = chance.choice([b"\xff\xff\xff\xff", bytes(4), b"\x7f\xff\xff\xff"])
            case 2:
                del changed[at : at + chance.randint(1, 50)]
            case _:
                changed[at:at] = chance.choice(IDS) + chance.randbytes(4)
    return bytes(changed[: chance.choice([len(changed), chance.randrange(1, len(changed) + 1)])])


@given(st.sampled_from(MAGICS), st.binary(max_size=400))
@settings(deadline=None, max_examples=300)
def test_random_bytes_never_crash(
    tmp_path_factory: pytest.TempPathFactory, magic: bytes, tail: bytes
) -> None:
    survives(tmp_path_factory.getbasetemp() / "random", magic + tail)


def test_a_size_beyond_what_a_file_can_have_ends_the_walk(tmp_path: Path) -> None:
    huge = struct.pack("<QQQI", 0, 2**64 - 1, 0, 0)
    tail = riff_chunk(b"data", b"", claimed=0xFFFFFFFF)
    survives(tmp_path / "huge", b"RF64\xff\xff\xff\xffWAVE" + riff_chunk(b"ds64", huge) + tail)


@given(st.lists(st.tuples(st.sampled_from(IDS), st.binary(max_size=80), st.integers(0, 200)), max_size=6))
@settings(deadline=None, max_examples=200)
def test_random_chunks_never_crash(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[tuple[bytes, bytes, int]]
) -> None:
    tail = b"".join(riff_chunk(chunk_id, payload, claimed=size) for chunk_id, payload, size in chunks)
    survives(tmp_path_factory.getbasetemp() / "chunks", wav_bytes(tail=tail))


@pytest.mark.parametrize("seed", range(300))
def test_mutated_files_never_crash(tmp_path: Path, seeds: list[bytes], seed: int) -> None:
    chance = random.Random(seed)
    survives(tmp_path / "mutated", mutated(chance.choice(seeds), chance))


@pytest.mark.parametrize("kind", ["FLAC", "AIFF"])
def test_adding_to_a_damaged_file_ends_well_or_with_an_audio_error(tmp_path: Path, kind: str) -> None:
    good = write_sound(tmp_path / "good", kind).read_bytes()
    for seed in range(60):
        chance = random.Random(seed)
        (tmp_path / "bad").write_bytes(mutated(good[:300], chance) + good[300:])
        try:
            (add_to_flac if kind == "FLAC" else add_to_aiff)(tmp_path / "bad", FULL)
        except AudioError:
            continue
        assert read_metadata(tmp_path / "bad") == FULL


def _hostile(kind: str) -> bytes:
    """Make four megabytes that claim four gigabytes, in the shape most costly to read."""
    size = 4 * 2**20
    huge = 0xFFFFFFFE
    match kind:
        case "bext" | "iXML" | "axml":
            return wav_bytes(tail=riff_chunk(kind.encode(), b"<a>" * (size // 3), claimed=huge))
        case "lines of iXML":
            return wav_bytes(WavChunks(before=((b"iXML", b"<a>" + b"ab\n" * 340_000 + b"</a>"),)))
        case "points":
            payload = struct.pack("<I", huge) + b"abcdefgh" * (size // 8)
            return wav_bytes(tail=riff_chunk(b"cue ", payload, claimed=huge))
        case "names":
            labels = b"".join(riff_chunk(b"labl", struct.pack("<I", n)) for n in range(size // 12))
            points = struct.pack("<I", huge) + b"".join(
                struct.pack("<6I", n, 0, 0, 0, 0, 9) for n in range(9000)
            )
            return wav_bytes(
                tail=riff_chunk(b"cue ", points) + riff_chunk(b"LIST", b"adtl" + labels, claimed=huge)
            )
        case "texts":
            return wav_bytes(
                tail=riff_chunk(b"LIST", b"INFO" + riff_chunk(b"INAM", b"") * (size // 8), claimed=huge)
            )
        case "chunks":
            return wav_bytes(tail=riff_chunk(b"LIST", b"") * (size // 8))
        case "markers":
            payload = b"\xff\xff" + b"\0\1\0\0\0\0\0\0" * (size // 8)
            return b"FORM\xff\xff\xff\xffAIFFMARK" + struct.pack(">I", huge) + payload
        case _:
            comments = bytes(4) + struct.pack("<I", huge) + b"\5\0\0\0DATE=" * (size // 9)
            return b"fLaC\0\0\0\x22" + bytes(34) + b"\x84" + len(comments).to_bytes(3, "big") + comments


@pytest.mark.parametrize(
    "kind",
    ["bext", "iXML", "axml", "lines of iXML", "points", "names", "texts", "chunks", "markers", "comments"],
)
def test_a_hostile_file_costs_little_memory(tmp_path: Path, kind: str) -> None:
    (tmp_path / "hostile").write_bytes(_hostile(kind))
    tracemalloc.start()
    try:
        _, problems = read_metadata_and_problems(tmp_path / "hostile")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 16 * 2**20
    assert problems or kind == "lines of iXML"


class Counting(io.BytesIO):
    """Counts the bytes that are read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        found = super().read(size)
        self.count += len(found)
        return found


def test_the_audio_is_not_read() -> None:
    audio, bext = bytes(10**7), wav_chunks(FULL).before[0]
    file = Counting(wav_bytes(WavChunks(before=((b"data", audio),), after=(bext,))))
    spans, _ = riff_spans(file)
    chunks, _ = collect(file, spans, {b"bext"})
    assert chunks == (bext,)
    assert file.count < 2000
