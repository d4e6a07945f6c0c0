"""What one name says, when the song that the names share is known; pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stembridge.stages.identity import Identity
from stembridge.stages.name_reading import Name
from stembridge.stages.name_roles import (
    ABBREVIATED,
    DOUBTFUL,
    TITLED,
    Hit,
    Verdict,
    choose,
    find_hits,
    is_filler,
)
from stembridge.stages.name_words import Word, split_words
from stembridge.stages.song_name import Song, title_of
from stembridge.stages.vocabulary import DETAILS, NOISE

EMBEDDED = 0.75
IN_FOLDER = -1


@dataclass(frozen=True)
class Draft:
    """An identity before the names of the set have been compared.

    Attributes:
        identity: what the name says by itself; its stem has no number yet.
        number: the number behind the stem's word, as in ``Gtr 2``.
        leftover: the words that are neither song nor stem.

    """

    identity: Identity
    number: int | None = None
    leftover: tuple[Word, ...] = ()


def draft_identity(name: Name, song: Song, *, folder: str | None, is_alone: bool) -> Draft:
    """Say what one name says.

    Args:
        name: the name, taken apart.
        song: what the names of the set share.
        folder: the song as the folder has it, used where the names do not.
        is_alone: true when the set is this one name.

    """
    rest = song.rest_of(name)
    verdict = _verdict(name, rest)
    if verdict is None:
        own = title_of(name, name.words) if is_alone else song.title
        stem = "" if is_alone else _joined(rest)
        if name.index is not None and all(word.folded.isdecimal() for word in rest):
            stem = "_".join([f"track_{name.index:02}", *(word.text for word in rest)])
        evidence = "no word in the name says what it is"
        return Draft(replace(_with_tags(name, own or folder), stem=stem, evidence=evidence))
    verdict = _inside_title(verdict, rest) if is_alone else _beside_title(verdict, name, song)
    stem, number, leftover = _stem(verdict.hit, rest)
    title = song.title or (_own_title(name, verdict.hit) if is_alone else None)
    identity = replace(
        _with_tags(name, title or folder),
        role=verdict.hit.role,
        stem=stem,
        is_mix=verdict.hit.is_full_mix,
        confidence=verdict.confidence,
        evidence=verdict.evidence,
    )
    return Draft(identity, number, leftover)


def _verdict(name: Name, rest: Sequence[Word]) -> Verdict | None:
    """Decide by the name; where it says nothing sure, by the name and the folder it lies in."""
    own = choose(find_hits(rest), rest)
    if (own and own.confidence > DOUBTFUL) or not name.folders:
        return own
    words = (*(replace(word, part=IN_FOLDER) for word in split_words(name.folders[-1])), *rest)
    both = choose(find_hits(words), words)
    if both is None or (own and both.confidence <= own.confidence):
        return own
    confidence = min(both.confidence, TITLED)
    return replace(both, confidence=confidence, evidence=f"{both.evidence} and its folder")


def _inside_title(verdict: Verdict, words: Sequence[Word]) -> Verdict:
    """Doubt a word of a name that stands alone and goes on with other words: ``The Strings of Life``."""
    last = verdict.hit.words[-1]
    after = words[words.index(last) + 1 :] if last in words else ()
    known = {word for hit in find_hits(words) for word in hit.words}
    if all(word in known or is_filler(word) or word.part != last.part for word in after):
        return verdict
    evidence = f"{verdict.evidence}, which may be part of a title"
    return replace(verdict, confidence=min(verdict.confidence, EMBEDDED), evidence=evidence)


def _beside_title(verdict: Verdict, name: Name, song: Song) -> Verdict:
    """Be a little less sure beside a title that has a word for another family in it."""
    hits = find_hits(name.words[: len(song.begin)] if song.begin else ())
    if all(hit.family == verdict.hit.family for hit in hits):
        return verdict
    return replace(verdict, confidence=min(verdict.confidence, ABBREVIATED))


def _with_tags(name: Name, song: str | None) -> Identity:
    found = {key: value for key, value in name.tags.found.items() if key != "index"}
    tokens = tuple(word.text for word in split_words(name.text))
    plain = Identity(name.path, None, "", song, index=name.index, channel=name.channel, tokens=tokens)
    return replace(plain, **found)  # type: ignore[arg-type]


def _stem(hit: Hit, rest: Sequence[Word]) -> tuple[str, int | None, tuple[Word, ...]]:
    """Say what to call a stem: its element and the details beside the word, its number, and what is left."""
    inside = [word for word in hit.words if word.part != IN_FOLDER]
    if not inside:
        return hit.element, None, tuple(rest)
    start, stop = rest.index(inside[0]), rest.index(inside[-1]) + 1
    after = _while_filler(rest[stop:])
    before = _details_before(hit, rest[:start])
    slugs = [DETAILS[word.folded] for word in (*before, *after) if word.folded in DETAILS]
    kept = [slug for slug in dict.fromkeys(slugs) if slug not in hit.element.split("_")]
    numbers = [int(word.folded) for word in after if word.folded.isdecimal() and len(word.folded) < 3]
    leftover = (*rest[: start - len(before)], *rest[stop + len(after) :])
    plain = tuple(word for word in leftover if word.folded not in NOISE)
    return "_".join([hit.element, *kept]), numbers[0] if numbers else None, plain


def _details_before(hit: Hit, words: Sequence[Word]) -> tuple[Word, ...]:
    near = _while_filler(tuple(word for word in reversed(words) if word.part == hit.words[0].part))
    return tuple(reversed(near))


def _while_filler(words: Sequence[Word]) -> tuple[Word, ...]:
    length = next((place for place, word in enumerate(words) if not is_filler(word)), len(words))
    return tuple(words[:length])


def _own_title(name: Name, hit: Hit) -> str | None:
    """Find the song in a name that stands alone: what is before the stem's word, or another part behind."""
    if hit.words[0].part == IN_FOLDER:
        return title_of(name, name.words)
    start, stop = name.words.index(hit.words[0]), name.words.index(hit.words[-1]) + 1
    before = name.words[: start - len(_details_before(hit, name.words[:start]))]
    after = [word for word in name.words[stop:] if word.part != hit.words[-1].part]
    return title_of(name, before) or title_of(name, after)


def _joined(words: Sequence[Word]) -> str:
    return "_".join(word.text.lower() for word in words)
