"""Which words of a name say what the stem is, and how sure that makes one; pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from stembridge.stages.name_words import Word, split_words
from stembridge.stages.vocabulary import (
    DETAILS,
    FAMILIES,
    FULL_MIXES,
    GENERAL,
    NOISE,
    WITHOUT,
    WORDS,
    Role,
)

SURE = 1.0
ABBREVIATED = 0.95
DOUBTFUL = 0.6
CONTRADICTED = 0.5
TITLED = 0.85

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """What a word or phrase means; ``mark`` is that of the vocabulary."""

    role: Role
    element: str
    mark: str


@dataclass(frozen=True)
class Hit:
    """A word or phrase of the vocabulary found in a name.

    Attributes:
        role: what it says the stem is.
        element: the usual short name of that.
        words: the words it is made of.
        trust: how sure the word alone makes one, 0 to 1.
        is_yielding: true when any other word counts more.

    """

    role: Role
    element: str
    words: tuple[Word, ...]
    trust: float
    is_yielding: bool = False

    @property
    def family(self) -> str:
        """The roles that it does not contradict."""
        return FAMILIES[self.role]

    @property
    def is_full_mix(self) -> bool:
        """True for a mix that nothing is left out of."""
        return self.role is Role.MIX and self.element in FULL_MIXES

    @property
    def text(self) -> str:
        """The words as they are written."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class Verdict:
    """The word that decides, how sure it makes one, and why."""

    hit: Hit
    confidence: float
    evidence: str


def find_hits(words: Sequence[Word]) -> tuple[Hit, ...]:
    """Find the words and phrases of the vocabulary, longest first, from left to right."""
    hits: list[Hit] = []
    place = 0
    while place < len(words):
        hit = _hit_at(words, place)
        if hit:
            hits.append(hit)
        place += len(hit.words) if hit else 1
    return tuple(hits)


def choose(hits: Sequence[Hit], words: Sequence[Word]) -> Verdict | None:
    """Decide what the words of one name say together; None when they say nothing."""
    strong = [hit for hit in hits if not hit.is_yielding and hit.trust > DOUBTFUL]
    if not strong:
        return _choose_weak(hits)
    families = {hit.family for hit in strong}
    if len(families) > 1:
        return _choose_between(strong, words)
    best = max(enumerate(strong), key=lambda item: (item[1].element not in GENERAL, item[0]))[1]
    others = any(hit.family != best.family for hit in hits)
    confidence = min(best.trust, ABBREVIATED if others else SURE)
    return Verdict(best, confidence, f'"{best.text}" in the name')


def _choose_weak(hits: Sequence[Hit]) -> Verdict | None:
    if not hits:
        return None
    best = max(enumerate(hits), key=lambda item: (item[1].trust, item[0]))[1]
    why = f'"{best.text}" in the name'
    return Verdict(
        best, best.trust, why if best.trust > DOUBTFUL else f"{why}, which may mean something else"
    )


def _choose_between(strong: Sequence[Hit], words: Sequence[Word]) -> Verdict:
    """Choose between families: a part of the name with no other words in it outweighs a title."""
    plain = [hit for hit in strong if _stands_alone(hit, words)]
    named = " and ".join(f'"{hit.text}"' for hit in strong)
    if plain and len({hit.family for hit in plain}) == 1:
        return Verdict(plain[-1], TITLED, f"{named} in the name, the rest of it being a title")
    return Verdict(strong[-1], CONTRADICTED, f"{named} in one name contradict each other")


def _stands_alone(hit: Hit, words: Sequence[Word]) -> bool:
    parts = {word.part for word in hit.words}
    known = {word for other in find_hits(words) for word in other.words}
    if all(word.part in parts for word in words):
        return False
    return all(word in known or is_filler(word) for word in words if word.part in parts)


def is_filler(word: Word) -> bool:
    """Tell whether a word is a number, a detail, or says nothing."""
    return word.folded.isdecimal() or word.folded in DETAILS or word.folded in NOISE


def _hit_at(words: Sequence[Word], place: int) -> Hit | None:
    for length in range(min(_longest(), len(words) - place), 0, -1):
        found = words[place : place + length]
        entry = _look_up(tuple(word.folded for word in found))
        if entry:
            return _without(words, place, _weigh(entry, tuple(found)))
    return None


def _weigh(entry: Entry, words: tuple[Word, ...]) -> Hit:
    in_capitals = all(word.text.isupper() for word in words)
    if entry.mark == "?" or (entry.mark == "^" and not in_capitals):
        return Hit(entry.role, entry.element, words, DOUBTFUL)
    trust = {"": SURE, "!": TITLED}.get(entry.mark, ABBREVIATED)
    return Hit(entry.role, entry.element, words, trust, is_yielding=entry.mark == "~")


def _without(words: Sequence[Word], place: int, hit: Hit) -> Hit:
    """Turn ``no Drums`` into a mix that lacks them."""
    before = words[place - 1] if place else None
    if before is None or before.folded not in WITHOUT or hit.role is Role.MIX:
        return hit
    lacks_voice = hit.family == FAMILIES[Role.VOCALS]
    element = "instrumental" if lacks_voice else f"mix_no_{hit.element}"
    return Hit(Role.MIX, element, (before, *hit.words), ABBREVIATED, is_yielding=True)


def _look_up(phrase: Phrase) -> Entry | None:
    table = lookup()
    found = table.get(phrase)
    if found is None and len(phrase) == 1 and len(phrase[0]) > 3 and phrase[0].endswith("s"):
        found = table.get((phrase[0][:-1],))
    return found


@cache
def lookup() -> Mapping[Phrase, Entry]:
    """Return every word and phrase of the vocabulary, folded; phrases also written as one word."""
    table: dict[Phrase, Entry] = {}
    for role, elements in WORDS.items():
        for element, listed in elements.items():
            for written in listed.split(","):
                phrase, entry = read_entry(role, element, written.strip())
                table.setdefault(phrase, entry)
    glued = {("".join(phrase),): entry for phrase, entry in table.items() if len("".join(phrase)) > 4}
    return glued | table


def read_entry(role: Role, element: str, written: str) -> tuple[Phrase, Entry]:
    """Read a word or phrase as the vocabulary writes it, with its mark."""
    mark = written[-1] if written[-1] in "~?^!" else ""
    words = split_words(written.removesuffix(mark))
    return tuple(word.folded for word in words), Entry(role, element, mark)


@cache
def _longest() -> int:
    return max(len(phrase) for phrase in lookup())
