"""Distinct names: no two that any file system would take for the same; pure."""

import unicodedata
from collections.abc import Iterable, Sequence, Set
from itertools import count

from stembridge.session.safe_names import fit, split_ending

MOST_BYTES = 255
"""The longest name that ext4, APFS and NTFS all hold, in bytes of UTF-8."""


def distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Number the names that are alike, so that no two are; their order stays.

    The first of its kind keeps its name, the next ones get ``_2``, ``_3`` ... in front of their ending; a
    number that would make another name of the list is passed over. Distinct names stay as they are.
    """
    taken = {key_of(name) for name in names}
    seen: set[str] = set()
    numbers: dict[str, int] = {}
    made = []
    for name in names:
        key = key_of(name)
        if key in seen:
            number, free = _numbered(name, taken, numbers.get(key, 2))
            numbers[key] = number + 1
            taken.add(key_of(free))
            made.append(free)
        else:
            seen.add(key)
            made.append(name)
    return tuple(made)


def next_free(name: str, taken: Iterable[str]) -> str:
    """Return the name itself when nothing taken is like it, or else with the first number that is free."""
    keys = {key_of(other) for other in taken}
    return name if key_of(name) not in keys else _numbered(name, keys, 2)[1]


def key_of(name: str) -> str:
    """Return what two names have in common when some file system takes one for the other.

    Case is folded both ways, accents are decomposed, what cannot be seen and what Windows drops at the end is
    left out. Two names with different keys live side by side everywhere.
    """
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).upper().casefold())
    return "".join(c for c in folded if unicodedata.category(c) != "Cf").rstrip(" .")


def _numbered(name: str, keys: Set[str], first: int) -> tuple[int, str]:
    stem, ending = split_ending(name)
    for number in count(first):
        tail = f"_{number}{ending}"
        room = MOST_BYTES - len(tail.encode("utf-8", "replace"))
        free = fit(stem, characters=MOST_BYTES, most_bytes=room) + tail
        if key_of(free) not in keys:
            return number, free
    raise AssertionError("There is always a higher number.")
