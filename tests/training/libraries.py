"""Further libraries of instruments that the model of roles is trained on, each by another maker.

They come with Debian as ``csound-soundfont``, ``opl3-soundfont`` and ``avldrums.lv2-soundfont``. What they play lies
higher or lower than the patterns are written, by steps drawn at random.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import composer
import numpy as np
from composer import Piece, draw_piece
from gm_player import Note, Take

CSOUND, CHIP = "sf_GMbank", "OPL-3_FM_128M"
KITS_OF = {
    CSOUND: (0, 8, 16, 24, 25, 32, 40, 48, 127),
}
ACOUSTIC_KITS = ("Black_Pearl_4_LV2", "Red_Zeppelin_4_LV2")
LIBRARIES = (CSOUND, CHIP, *ACOUSTIC_KITS)
EVERY = {CSOUND: 1, CHIP: 2}
"""One of so many takes is played."""

CHIP_PLAYS = {"bass", "lead", "pads", "brass", "drums"}
STRUCK = {"percussion", "drums", "fx", "bass"}
BENT = {"guitar", "lead", "brass", "wind", "solo_strings"}

SECOND_BANKS: Mapping[str, Mapping[str, tuple[tuple[int, int], ...]]] = {
    CSOUND: {
        "guitar": (
            *((8, 24), (8, 25), (8, 26), (8, 27), (8, 28), (8, 30), (16, 25)),
            *((127, 59), (127, 60), (127, 61), (127, 62)),
        ),
        "keys": (
            *((8, 4), (8, 5), (8, 6), (8, 16), (8, 17), (8, 19), (8, 21), (127, 0), (127, 3), (127, 4)),
            *((127, 9), (127, 12), (127, 17), (127, 19), (127, 22), (127, 99)),
        ),
        "bass": ((8, 38), (8, 39), (127, 28), (127, 30), (127, 64), (127, 66), (127, 68), (127, 70)),
        "strings": ((8, 48), (8, 50), (127, 48), (127, 50), (127, 57)),
        "solo_strings": ((8, 40), (127, 52), (127, 53), (127, 54), (127, 55)),
        "wind": ((127, 72), (127, 74), (127, 76), (127, 78), (127, 80), (127, 82), (127, 84), (127, 87)),
        "brass": ((8, 61), (8, 62), (127, 88), (127, 90), (127, 92), (127, 95)),
        "backing_vocals": ((127, 34),),
        "ambience": ((1, 122), (2, 122), (3, 122), (4, 122), (3, 123), (6, 125), (7, 125), (3, 125)),
        "foley": ((2, 123), (2, 124), (3, 124), (5, 122), (5, 126), (4, 126), (1, 124)),
        "fx": ((1, 125), (1, 127), (2, 125), (2, 127), (3, 127), (4, 125), (5, 124), (5, 125), (8, 125)),
    },
}
"""By library and label: banks and programs that it has besides General MIDI."""

TAKES_OF_BANKS = {"guitar": 8, "solo_strings": 6, "keys": 4, "wind": 4, "bass": 5, "backing_vocals": 12}

Play = Callable[[Piece, np.random.Generator], tuple[Note, ...]]
Plays = Mapping[str, Mapping[tuple[int, ...], tuple[Play, ...]]]
Labelled = tuple[str, str, Take, str]
"""The label, the instrument, what it plays, and the soundfont."""


def further_takes(plays: Plays, takes: Mapping[str, int], seconds: float) -> Iterator[Labelled]:
    """Draw what the instruments of all further libraries play."""
    for place, library in enumerate((CSOUND, CHIP)):
        yield from _of_programs(library, 10_000 * (place + 1), plays, takes, seconds)
        yield from _of_banks(library, 10_000 * (place + 1) + 5000, plays, seconds)
    for library, kits in KITS_OF.items():
        for program in kits:
            yield from _of_kit(library, program, seconds)
    for library in ACOUSTIC_KITS:
        for label, instrument, take, _ in _of_kit(library, 0, seconds):
            yield label, f"{instrument} {library}", replace(take, drums=False), library


def _of_programs(
    library: str, first: int, plays: Plays, takes: Mapping[str, int], seconds: float
) -> Iterator[Labelled]:
    for label, groups in plays.items():
        if library == CHIP and label not in CHIP_PLAYS:
            continue
        for programs, ways in groups.items():
            for program in programs:
                for number in range(first, first + takes[label], EVERY[library]):
                    play = ways[number // EVERY[library] % len(ways)]
                    yield label, f"gm {program}", _take(label, program, 0, number, play, seconds), library


def _of_banks(library: str, first: int, plays: Plays, seconds: float) -> Iterator[Labelled]:
    for label, variations in SECOND_BANKS.get(library, {}).items():
        ways = [play for group in plays.get(label, plays["fx"]).values() for play in group]
        for bank, program in variations:
            for number in range(first, first + TAKES_OF_BANKS.get(label, 3)):
                play = ways[np.random.default_rng([7, bank, program, number]).integers(len(ways))]
                take = _take(label, program, bank, number, play, seconds)
                yield label, f"gm {program} bank {bank}", take, library


def _take(label: str, program: int, bank: int, number: int, play: Play, seconds: float) -> Take:
    """Play a pattern in another register, at times by a larger or a smaller instrument."""
    rng = np.random.default_rng([7, program, bank, number])
    notes = play(draw_piece(rng, seconds), rng)
    bend = composer.bends(rng, seconds) if label in BENT and rng.random() < 0.35 else ()
    if label in STRUCK:
        return Take(program, notes, bank=bank, bends=bend)
    up = int(rng.integers(-5, 8))
    moved = tuple((start, length, pitch + up, velocity) for start, length, pitch, velocity in notes)
    higher = int(rng.choice((-4, -2, 0, 0, 0, 2, 3, 4)))
    return Take(program, moved, bank=bank, bends=bend, higher=higher)


def _of_kit(library: str, program: int, seconds: float) -> Iterator[Labelled]:
    for number, parts in enumerate((*composer.KIT_PARTS, "kit", "kit")):
        rng = np.random.default_rng([8, program, number, *library.encode()])
        notes = composer.kit(draw_piece(rng, seconds), rng, parts)
        yield "drums", f"kit {program}", Take(program, notes, drums=True), library
    for number in range(4 if library in KITS_OF else 0):
        rng = np.random.default_rng([9, program, number, *library.encode()])
        notes = composer.hand_percussion(draw_piece(rng, seconds), rng)
        yield "percussion", f"kit {program}", Take(program, notes, drums=True), library
