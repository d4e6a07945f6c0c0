"""What the names of a delivery share: the song; pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from stembridge.stages.name_reading import Name, read_names, text_between
from stembridge.stages.name_roles import DOUBTFUL, find_hits, is_filler
from stembridge.stages.name_words import Word
from stembridge.stages.vocabulary import NOISE

Folded = tuple[str, ...]


@dataclass(frozen=True)
class Song:
    """The song as the names of a set have it.

    Attributes:
        title: how it is written; None when the names share nothing.
        begin: the words most names begin with.
        end: the words all names end with, where they share no beginning.

    """

    title: str | None = None
    begin: Folded = ()
    end: Folded = ()

    def is_in(self, name: Name) -> bool:
        """Tell whether the name has the song in it."""
        return bool(self.begin or self.end) and len(self.rest_of(name)) < len(name.words)

    def rest_of(self, name: Name) -> tuple[Word, ...]:
        """Return the words of a name behind, or in front of, the song."""
        start = len(self.begin) if name.folded[: len(self.begin)] == self.begin else 0
        ends_so = self.end and name.folded[-len(self.end) :] == self.end
        return name.words[start : len(name.words) - (len(self.end) if ends_so else 0)]


def find_song(names: Sequence[Name]) -> Song:
    """Find the song that two or more names share."""
    ordered = sorted(names, key=lambda name: (name.text, name.path))
    if len(ordered) < 2:
        return Song()
    begin = _shared_begin([name.folded for name in ordered])
    first = next((name for name in ordered if name.folded[: len(begin)] == begin), ordered[0])
    begin = begin[: _title_length(first.words[: len(begin)], begin, ordered)]
    if begin:
        return Song(title_of(first, first.words[: len(begin)]), begin)
    end = _shared_end(ordered)
    return Song(title_of(ordered[0], ordered[0].words[-len(end) :]), (), end) if end else Song()


def title_of(name: Name, words: Sequence[Word]) -> str | None:
    """Write words of a name as they stand there, without the ones at the edges that say nothing."""
    kept = list(words)
    while kept and kept[-1].folded in NOISE:
        kept.pop()
    while kept and kept[0].folded in NOISE:
        kept.pop(0)
    return text_between(name, kept[0].start, kept[-1].stop) or None if kept else None


def song_of_folder(folder: str) -> str | None:
    """Find the song in the name of the folder that holds a delivery."""
    (name,) = read_names([folder])
    return title_of(name, name.words)


def _shared_begin(words: Sequence[Folded]) -> Folded:
    """Return the words that more than half of the names begin with."""
    shared: Folded = ()
    while True:
        place = len(shared)
        following = Counter(each[place] for each in words if each[:place] == shared and len(each) > place)
        word, count = following.most_common(1)[0] if following else ("", 0)
        if count < 2 or count * 2 <= len(words):
            return shared
        shared = (*shared, word)


def _title_length(begin: Sequence[Word], folded: Folded, names: Sequence[Name]) -> int:
    """Tell how many of the shared words are the song.

    Words for stems at the end of them (``Song Drums`` in ``Song_Drums_In``, ``Song_Drums_Out``) belong to the
    stems, unless all names go on with words for stems of several families: then they end a title, like
    ``Heavy Bass``.
    """
    run = _stem_words_at_end(begin)
    if run == len(begin):
        return run
    rests = [name.words[len(folded) :] for name in names if name.folded[: len(folded)] == folded]
    families = {hit.family for rest in rests for hit in find_hits(rest) if hit.trust > DOUBTFUL}
    is_title = run > 0 and len(rests) == len(names) and len(families) > 1
    return len(begin) if is_title else run


def _stem_words_at_end(words: Sequence[Word]) -> int:
    """Return where the words for stems begin that end the row; its length when there are none."""
    hits = [set(hit.words) for hit in find_hits(words)]
    known = set[Word]().union(*hits)
    begin = place = len(words)
    while place and (words[place - 1] in known or is_filler(words[place - 1])):
        place -= 1
        begin = place if words[place] in known else begin
    return begin


def _shared_end(names: Sequence[Name]) -> Folded:
    """Return the words that all names end with, up to the first that says what a stem is."""
    first = names[0]
    known = {word for hit in find_hits(first.words) for word in hit.words}
    shared: list[Word] = []
    for length in range(1, min(len(name.words) for name in names)):
        word = first.words[-length]
        if word in known or any(name.folded[-length] != word.folded for name in names):
            break
        shared.insert(0, word)
    while shared and is_filler(shared[0]):
        shared.pop(0)
    return tuple(word.folded for word in shared)
