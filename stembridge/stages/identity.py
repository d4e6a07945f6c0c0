"""What one file of a delivery is, as far as its name says: the record of the identify stage."""

from dataclasses import dataclass

from stembridge.stages.vocabulary import Role


@dataclass(frozen=True)
class Identity:
    """What one file is, by its name.

    Attributes:
        path: the name as it was given.
        role: what the stem is in a mix; None when the name does not say.
        stem: what to call it: ``drums``, ``lead_vocal``, ``guitar_2``, ``overheads_L``; for an unknown role
            the name's own words; empty when the name says nothing but the song.
        song: the song, from what the names share, else from the folder.
        index: the number of the file in its delivery.
        version: ``v2``, as written.
        take: the number of the take.
        bpm: the tempo, from the name or the folder's.
        key: ``Cmin``, ``F#maj``, from the name or the folder's.
        rate: frames a second, as the name claims.
        depth: bits a sample, as the name claims.
        timecode: ``HH:MM:SS:FF``, with ``;`` before the frames of a drop-frame code.
        date: ``YYYY-MM-DD``.
        channel: ``L``, ``R``, ``C``, ``LFE``, ... for a file that holds one channel of several.
        layout: ``5.1``, ``7.1.4``, ...
        is_mix: true for the full mix; an instrumental or a mix without something is none.
        confidence: 0 to 1; 0 for an unknown role, below 1 when words of two families stand in the name.
        evidence: why, for people.
        tokens: all words of the name, as written.
        heard: true where its sound alone says what it is.

    """

    path: str
    role: Role | None
    stem: str
    song: str | None
    index: int | None = None
    version: str | None = None
    take: int | None = None
    bpm: float | None = None
    key: str | None = None
    rate: int | None = None
    depth: int | None = None
    timecode: str | None = None
    date: str | None = None
    channel: str | None = None
    layout: str | None = None
    is_mix: bool = False
    confidence: float = 0.0
    evidence: str = ""
    tokens: tuple[str, ...] = ()
    heard: bool = False
