"""What the training's instruments play: patterns drawn at random, none of them those of the test songs."""

from dataclasses import dataclass

import numpy as np
from gm_player import Note

Rng = np.random.Generator
SCALES = ((0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10), (0, 2, 3, 5, 7, 9, 10), (0, 2, 4, 6, 7, 9, 11))


@dataclass(frozen=True)
class Piece:
    """The key, the tempo and the chords (degrees of the scale, one a bar) that parts agree on."""

    beat: float
    root: int
    scale: tuple[int, ...]
    chords: tuple[int, ...]
    seconds: float

    @property
    def bars(self) -> int:
        return int(self.seconds / (4 * self.beat)) + 1

    def pitch(self, degree: int, low: int) -> int:
        """Return the lowest pitch of a degree of the scale from ``low`` on."""
        tone = self.root + self.scale[degree % 7]
        return low + (tone - low) % 12

    def near(self, place: int, low: int) -> int:
        """Return the scale's note that lies ``place`` steps above the first one from ``low`` on."""
        notes = [pitch for pitch in range(low, low + 60) if (pitch - self.root) % 12 in self.scale]
        return notes[max(0, place)]

    def chord(self, bar: int, low: int, size: int = 3) -> list[int]:
        degree = self.chords[bar % len(self.chords)]
        return sorted(self.pitch(degree + 2 * step, low) for step in range(size))


def draw_piece(rng: Rng, seconds: float) -> Piece:
    chords = tuple(int(rng.choice((0, 1, 2, 3, 4, 5))) for _ in range(int(rng.integers(2, 5))))
    return Piece(60.0 / rng.uniform(66, 168), int(rng.integers(12)), SCALES[rng.integers(4)], chords, seconds)


def played(notes: list[tuple[float, float, int, float]], piece: Piece, rng: Rng) -> tuple[Note, ...]:
    """Give notes in beats the timing and the touch of a person, or of a machine."""
    loose = float(rng.choice((0.0, 0.004, 0.012)))
    touch = float(rng.choice((0.0, 5.0, 12.0)))
    return tuple(
        (
            max(0.0, start * piece.beat + rng.normal(0.0, loose)),
            length * piece.beat,
            pitch,
            int(np.clip(velocity + rng.normal(0.0, touch), 25, 127)),
        )
        for start, length, pitch, velocity in notes
        if start * piece.beat < piece.seconds
    )


def rhythm(rng: Rng, density: float, grid: int = 16) -> list[float]:
    """Draw the places of a bar, in beats, that are played: strong ones more likely."""
    weights = [1.0 if s % (grid // 4) == 0 else 0.55 if s % (grid // 8) == 0 else 0.25 for s in range(grid)]
    places = [4.0 * s / grid for s in range(grid) if rng.random() < min(0.97, density * weights[s] * 1.6)]
    return places or [0.0]


def melody(piece: Piece, rng: Rng, low: int, span: int = 14) -> tuple[Note, ...]:
    """Wander through the scale in phrases with rests: one note at a time."""
    notes, beat, place = [], float(rng.choice((0.0, 0.0, 1.0))), span // 2
    lengths = [(0.25, 0.5, 0.5, 1.0), (0.5, 1.0, 1.0, 2.0), (1.0, 2.0, 3.0, 4.0), (0.25, 0.25, 0.5, 0.75)]
    choice, legato = lengths[rng.integers(4)], rng.uniform(0.6, 1.02)
    while beat * piece.beat < piece.seconds:
        length = float(rng.choice(choice))
        if rng.random() < 0.12:
            beat += length
            continue
        place = int(np.clip(place + rng.choice((-3, -2, -1, -1, 0, 1, 1, 2, 4)), 0, span))
        notes.append((beat, legato * length, piece.near(place, low), 90.0))
        beat += length
    return played(notes, piece, rng)


def bass_line(piece: Piece, rng: Rng) -> tuple[Note, ...]:
    notes, kind = [], rng.integers(4)
    pattern, legato = rhythm(rng, rng.uniform(0.4, 1.0)), rng.uniform(0.4, 1.0)
    for bar in range(piece.bars):
        root = piece.chord(bar, 28, 1)[0]
        if kind == 0:
            steps = [0, 2, 4, int(rng.choice((5, 6, 3)))]
            degree = piece.chords[bar % len(piece.chords)]
            notes += [(4 * bar + i, 0.9, piece.pitch(degree + s, 28), 95.0) for i, s in enumerate(steps)]
        elif kind == 1:
            notes += [(4 * bar + 0.0, 3.6 * legato, root, 95.0)]
        else:
            ends = [*pattern[1:], 4.0]
            for start, end in zip(pattern, ends, strict=True):
                up = int(rng.choice((0, 0, 0, 0, 7, 12))) if kind == 3 else 0
                notes.append((4 * bar + start, legato * (end - start), root + up, 98.0))
    return played(notes, piece, rng)


def strums(piece: Piece, rng: Rng) -> tuple[Note, ...]:
    notes, pattern = [], rhythm(rng, rng.uniform(0.5, 0.95), 8)
    speed, ring = rng.uniform(0.005, 0.03), rng.uniform(0.3, 1.0)
    for bar in range(piece.bars):
        voicing = [piece.chord(bar, 40, 1)[0], *piece.chord(bar, 47), piece.chord(bar, 59, 2)[-1]]
        for start, end in zip(pattern, [*pattern[1:], 4.0], strict=True):
            down = start % 1 < 0.5
            order = voicing if down else voicing[:1:-1]
            at, length = 4 * bar + start, ring * (end - start)
            notes += [(at + speed * string, length, pitch, 85.0) for string, pitch in enumerate(order)]
    return played(notes, piece, rng)


def picking(piece: Piece, rng: Rng, low: int = 48) -> tuple[Note, ...]:
    notes, order = [], [int(rng.integers(0, 5)) for _ in range(8)]
    ring = rng.uniform(0.5, 2.5)
    for bar in range(piece.bars):
        tones = [*piece.chord(bar, low), *piece.chord(bar, low + 12)]
        notes += [(4 * bar + i / 2, ring, tones[place], 82.0) for i, place in enumerate(order)]
        notes.append((4 * bar, 3.5, piece.chord(bar, low - 10, 1)[0], 85.0))
    return played(notes, piece, rng)


def power_chords(piece: Piece, rng: Rng) -> tuple[Note, ...]:
    notes, pattern = [], rhythm(rng, rng.uniform(0.5, 1.0))
    legato = rng.uniform(0.35, 1.0)
    for bar in range(piece.bars):
        root = piece.chord(bar, 38 + int(rng.integers(2)), 1)[0]
        for start, end in zip(pattern, [*pattern[1:], 4.0], strict=True):
            at, length, size = 4 * bar + start, legato * (end - start), int(rng.integers(2, 4))
            notes += [(at, length, root + up, 100.0) for up in (0, 7, 12)[:size]]
    return played(notes, piece, rng)


def block_chords(piece: Piece, rng: Rng, low: int = 55) -> tuple[Note, ...]:
    notes, pattern = [], rhythm(rng, rng.uniform(0.25, 0.8), 8)
    legato, left = rng.uniform(0.3, 1.0), rng.random() < 0.5
    for bar in range(piece.bars):
        for start, end in zip(pattern, [*pattern[1:], 4.0], strict=True):
            at, length, tones = (
                4 * bar + start,
                legato * (end - start),
                piece.chord(bar, low, int(rng.integers(3, 5))),
            )
            notes += [(at, length, pitch, 80.0) for pitch in tones]
        if left:
            root = piece.chord(bar, 36, 1)[0]
            notes += [(4 * bar + b, 1.8, root + up, 82.0) for b in (0, 2) for up in (0, 12)[: 1 + bar % 2]]
    return played(notes, piece, rng)


def two_hands(piece: Piece, rng: Rng) -> tuple[Note, ...]:
    """A melody over broken or held chords, as a pianist plays."""
    left = picking(piece, rng, 50) if rng.random() < 0.5 else held_chords(piece, rng, 48)
    return left + melody(piece, rng, 67, 9)


def held_chords(piece: Piece, rng: Rng, low: int = 55) -> tuple[Note, ...]:
    notes, size, every = [], int(rng.integers(3, 6)), int(rng.choice((1, 1, 2)))
    for bar in range(0, piece.bars, every):
        notes += [(4 * bar, 4.0 * every, pitch, 72.0) for pitch in piece.chord(bar, low, size)]
    return played(notes, piece, rng)


def ostinato(piece: Piece, rng: Rng, low: int = 60) -> tuple[Note, ...]:
    notes, step = [], float(rng.choice((0.25, 0.5, 0.5)))
    order = [int(rng.integers(0, 4)) for _ in range(8)]
    for bar in range(piece.bars):
        tones = [*piece.chord(bar, low), piece.chord(bar, low)[0] + 12]
        count = int(4 / step)
        notes += [(4 * bar + i * step, 0.9 * step, tones[order[i % 8]], 84.0) for i in range(count)]
    return played(notes, piece, rng)


def stabs(piece: Piece, rng: Rng, low: int = 58) -> tuple[Note, ...]:
    notes, pattern = [], rhythm(rng, 0.35)
    length = rng.uniform(0.2, 1.5)
    for bar in range(piece.bars):
        for start in pattern:
            notes += [(4 * bar + start, length, pitch, 98.0) for pitch in piece.chord(bar, low)]
    return played(notes, piece, rng)


KIT_PARTS = {
    "kit": ("kick", "snare", "hats", "crash", "toms"),
    "no cymbals": ("kick", "snare", "toms"),
    "kick": ("kick",),
    "snare": ("snare",),
    "hats": ("hats",),
    "kick and snare": ("kick", "snare"),
    "overheads": ("snare", "hats", "crash", "toms"),
    "toms": ("toms",),
}


def kit(piece: Piece, rng: Rng, parts: str = "kit") -> tuple[Note, ...]:
    wanted = KIT_PARTS[parts]
    notes: list[tuple[float, float, int, float]] = []
    kicks = rhythm(rng, rng.uniform(0.2, 0.5)) if rng.random() < 0.7 else [0.0, 1.0, 2.0, 3.0]
    snares = [1.0, 3.0] if rng.random() < 0.7 else rhythm(rng, 0.3)
    step = float(rng.choice((0.25, 0.5, 0.5, 1.0)))
    hat = int(rng.choice((42, 42, 44, 51, 46)))
    for bar in range(piece.bars):
        at = 4 * bar
        fill = bar % 4 == 3 and rng.random() < 0.7
        if "kick" in wanted:
            notes += [(at + b, 0.2, int(rng.choice((35, 36))), 108.0) for b in kicks]
        if "snare" in wanted:
            notes += [(at + b, 0.2, int(rng.choice((38, 40))), 105.0) for b in snares]
            notes += [(at + b, 0.2, 38, 50.0) for b in rhythm(rng, 0.1)[1:]]
        if "hats" in wanted:
            notes += [(at + i * step, 0.1, hat, 90.0 - 20 * (i % 2)) for i in range(int(4 / step))]
        if "crash" in wanted and bar % 4 == 0:
            notes.append((at, 2.0, int(rng.choice((49, 57))), 95.0))
        if "toms" in wanted and (fill or parts == "toms"):
            notes += [
                (at + b, 0.3, int(rng.choice((41, 43, 45, 47, 48, 50))), 100.0) for b in rhythm(rng, 0.5)
            ]
    return played(notes, piece, rng)


HANDS = (
    (69, 70, 82),
    (54,),
    (62, 63, 64),
    (60, 61),
    (56,),
    (39,),
    (75, 76, 77),
    (67, 68),
    (65, 66),
    (73, 74),
    (80, 81),
)


def hand_percussion(piece: Piece, rng: Rng) -> tuple[Note, ...]:
    notes = []
    groups = rng.choice(len(HANDS), size=int(rng.integers(1, 4)), replace=False)
    for group in groups:
        sounds, pattern = HANDS[group], rhythm(rng, rng.uniform(0.3, 1.0))
        for bar in range(piece.bars):
            notes += [(4 * bar + b, 0.2, int(rng.choice(sounds)), 70.0 + 35 * (b % 1 == 0)) for b in pattern]
    return played(notes, piece, rng)


def strokes(piece: Piece, rng: Rng, low: int = 40) -> tuple[Note, ...]:
    """Play a drum that General MIDI has as an instrument: timpani, taiko, wood blocks."""
    notes, pattern = [], rhythm(rng, rng.uniform(0.2, 0.7))
    for bar in range(piece.bars):
        notes += [(4 * bar + b, 0.5, low + int(rng.choice((0, 0, 5, 7, 12))), 100.0) for b in pattern]
    return played(notes, piece, rng)


def bends(rng: Rng, seconds: float) -> tuple[tuple[float, int], ...]:
    """Bend up to two semitones now and then, and tremble, as a soloist does."""
    moves: list[tuple[float, int]] = []
    time = rng.uniform(0.3, 1.0)
    while time < seconds:
        length = rng.uniform(0.15, 0.5)
        up = rng.choice((2000, 4096, 8000, -2000))
        moves += [(time + length * i / 8, int(up * np.sin(np.pi * i / 8))) for i in range(9)]
        time += length + rng.uniform(0.4, 2.0)
    return tuple(moves)
