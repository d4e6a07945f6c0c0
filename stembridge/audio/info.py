"""LIST/INFO: pairs of a four-character key and a text, RIFF MCI data standards."""

from collections.abc import Iterable, Mapping, Sequence

from stembridge.audio.chunks_text import bytes_of, decode_text, encode_like
from stembridge.audio.chunks_walk import chunk_bytes, inner_chunks

Info = tuple[tuple[str, str], ...]


def read_info(payload: bytes) -> tuple[Info, tuple[str, ...]]:
    """Read the payload of a LIST chunk of kind INFO.

    Returns:
        The pairs, and sentences about what is wrong with the chunk.

    """
    entries, whole = inner_chunks(payload[4:])
    pairs = tuple((key.decode("ascii"), decode_text(text)) for key, text in entries)
    problem = f"The LIST INFO chunk is damaged; {len(pairs)} entries could be read."
    return pairs, () if whole else (problem,)


def info_payload(info: Info, as_read: Iterable[bytes] = ()) -> bytes:
    """Serialise pairs as the payload of a LIST chunk.

    Args:
        info: the pairs; each key is four ASCII characters.
        as_read: LIST INFO payloads they were read from, whose bytes are kept for every text that is
            unchanged.

    """
    old = bytes_of(text for payload in as_read for _, text in inner_chunks(payload[4:])[0])
    entries = (
        chunk_bytes((key.encode("ascii").ljust(4)[:4], encode_like(text, old) + b"\0")) for key, text in info
    )
    return b"INFO" + b"".join(entries)


def merge_info(carried: Info, tagged: Mapping[str, Sequence[str]]) -> Info:
    """Join the pairs a file carries with the values of its own tags.

    The container's own tags (Vorbis comments, AIFF text chunks) are what its tools edit, so where they differ
    from the carried pairs they win.

    Args:
        carried: pairs of a foreign LIST/INFO.
        tagged: for each key the values of the container's own tag.

    Returns:
        The carried pairs in their order, with the texts of the tags; tags without a pair follow.

    """
    merged = list(carried)
    for key, texts in tagged.items():
        places = [place for place, (name, _) in enumerate(merged) if name == key]
        for place, text in zip(places, texts, strict=False):
            merged[place] = (key, text)
        merged += [(key, text) for text in texts[len(places) :]]
    return tuple(merged)
