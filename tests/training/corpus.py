"""The stems that the model of roles is trained on: General MIDI soundfonts, drum kits, and formulas.

Nothing of the test corpus (``tests/role_stems.py``) is in here: it has other recordings of instruments, other
patterns, other formulas.
"""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import composer
import noises
import numpy as np
import singers
import speech
import synths
import voices
from composer import Piece, draw_piece
from effects import doubled, produce
from gm_player import RATE, Note, Take, play_takes
from libraries import LIBRARIES, further_takes
from numpy.typing import NDArray

from stembridge.stages.hearing.spectra import as_mono

SECONDS = 8.0
BATCH = 40
PLAYED = ("gm ", "kit ")
"""What the names of instruments begin with that a soundfont plays."""

SOUNDFONT, SECOND = "FluidR3_GM", "TimGM6mb"

Signal = NDArray[np.float64]
Rng = np.random.Generator
Play = Callable[[Piece, Rng], tuple[Note, ...]]


def _melodic(low: int, span: int = 14) -> Play:
    return lambda piece, rng: composer.melody(piece, rng, low, span)


def _low(play: Callable[..., tuple[Note, ...]], low: int) -> Play:
    return lambda piece, rng: play(piece, rng, low)


LOW_CHORDS = _low(composer.block_chords, 48)
STRUMS = (
    *(composer.strums, composer.picking, composer.strums, LOW_CHORDS, composer.strums),
    *(_melodic(52), composer.strums, composer.stabs, _low(composer.ostinato, 55), composer.picking),
)
ELECTRIC = (*STRUMS, composer.power_chords, _melodic(57))
DRIVEN = (
    composer.power_chords,
    _melodic(52),
    composer.power_chords,
    _melodic(59),
    composer.strums,
    LOW_CHORDS,
)
KEYS = (
    *(composer.block_chords, composer.two_hands, composer.picking, composer.held_chords),
    *(composer.stabs, _low(composer.ostinato, 60), _melodic(62), composer.two_hands),
)
HELD = (
    composer.held_chords,
    composer.held_chords,
    _low(composer.held_chords, 62),
    _low(composer.held_chords, 48),
)
SECTION = (*HELD, composer.ostinato, composer.stabs, _melodic(60), _melodic(48))
HIGH, MIDDLE, LOW = (_melodic(67), _melodic(72)), (_melodic(58), _melodic(62)), (_melodic(40), _melodic(46))
BASS = (composer.bass_line,) * 3
ARPS = (_melodic(60), _melodic(67), composer.ostinato, _low(composer.ostinato, 72))
STROKES = (composer.strokes, _low(composer.strokes, 52))

GM: dict[str, dict[tuple[int, ...], tuple[Play, ...]]] = {
    "bass": {(32, 33, 34, 35, 36, 37, 38, 39): BASS},
    "guitar": {
        (24, 25): STRUMS,
        (26, 27, 28): ELECTRIC,
        (29, 30): DRIVEN,
        (104, 105, 106, 107): (composer.picking, _melodic(55), composer.strums),
    },
    "keys": {
        (0, 1, 2, 3, 4, 5, 6, 7): KEYS,
        (16, 17, 18, 19, 20, 21, 23): (
            composer.block_chords,
            composer.held_chords,
            composer.two_hands,
            composer.stabs,
        ),
        (8, 9, 10, 11, 12, 13, 14, 15, 108): (
            composer.two_hands,
            composer.picking,
            _melodic(67),
            composer.ostinato,
        ),
    },
    "pads": {(88, 89, 90, 92, 93, 94, 95): HELD},
    "strings": {
        (44, 48, 49, 50, 51): SECTION,
        (45, 46): (composer.ostinato, composer.picking, composer.block_chords),
    },
    "solo_strings": {(40, 110): HIGH + MIDDLE, (41,): MIDDLE, (42, 43): LOW + MIDDLE},
    "lead": {(80, 81, 82, 83, 84, 86): ARPS},
    "brass": {
        (56, 59): (*MIDDLE, _melodic(64)),
        (57, 58, 60): LOW + MIDDLE,
        (61, 62, 63): (*MIDDLE, composer.stabs, composer.stabs, composer.held_chords),
    },
    "wind": {
        (64, 65, 68, 69, 71, 111): MIDDLE + HIGH,
        (66, 67, 70): LOW + MIDDLE,
        (72, 73, 74, 75, 76, 77, 78, 79): HIGH,
        (22, 109): MIDDLE,
    },
    "backing_vocals": {(52, 53, 54): (*HELD, _melodic(60))},
    "percussion": {(47, 112, 113, 115, 116, 117, 118): STROKES},
    "fx": {(119, 120, 121, 122, 123, 124, 125, 126, 127): (_melodic(48), _melodic(60), composer.held_chords)},
}
TAKES = {
    "bass": 8,
    "guitar": 14,
    "keys": 7,
    "pads": 5,
    "strings": 7,
    "solo_strings": 9,
    "lead": 8,
    "brass": 8,
}
TAKES |= {"wind": 5, "backing_vocals": 12, "percussion": 6, "fx": 4}
"""How many takes each instrument plays."""

BENT = {"guitar", "lead", "brass", "wind", "solo_strings"}
RESIZED = ("guitar", "keys", "pads", "strings", "solo_strings", "brass", "wind", "backing_vocals")
BANKS = {
    "guitar": ((8, 24), (8, 25), (16, 25), (8, 26), (8, 28), (8, 30)),
    "keys": ((8, 4), (8, 5), (8, 6), (8, 16), (8, 17), (8, 21)),
}
"""What the first soundfont has besides General MIDI: ukulele, twelve strings, mandolin, detuned pianos, ..."""

KITS = (0, 8, 16, 24, 25, 32, 40, 48)

Labelled = tuple[str, str, Take, str]
"""The label, the instrument, what it plays, and the soundfont."""


def _takes() -> Iterator[Labelled]:
    yield from _takes_of(SOUNDFONT, 1, 0)
    yield from _takes_of(SECOND, 2, 500)
    yield from _resized()
    yield from further_takes(GM, TAKES, SECONDS)


def _resized() -> Iterator[Labelled]:
    """Draw takes of larger and smaller instruments than the first soundfont has, and of its second banks."""
    for label in RESIZED:
        for programs, plays in GM[label].items():
            for program in programs:
                for number in range(1000, 1000 + TAKES[label], 2):
                    rng = np.random.default_rng([1, program, number])
                    notes = plays[number // 2 % len(plays)](draw_piece(rng, SECONDS), rng)
                    higher = int(rng.choice((-2, 2, 3, 4)))
                    yield label, f"gm {program}", Take(program, notes, higher=higher), SOUNDFONT
    for label, variations in BANKS.items():
        for bank, program in variations:
            for number in range(2000, 2000 + TAKES[label]):
                rng = np.random.default_rng([1, program, number + bank])
                plays = next(plays for programs, plays in GM[label].items() if program in programs)
                notes = plays[number % len(plays)](draw_piece(rng, SECONDS), rng)
                yield label, f"gm {program} bank {bank}", Take(program, notes, bank=bank), SOUNDFONT


def soundfonts() -> tuple[str, ...]:
    """Return the soundfont of each take, by its number."""
    return tuple(soundfont for *_, soundfont in _takes())


def _takes_of(soundfont: str, part: int, first: int) -> Iterator[Labelled]:
    """Draw what the instruments of a soundfont play: all takes, or every second; ``first`` is the first's number.

    An instrument of both soundfonts is one, so that it is left out of both at once.
    """
    for label, groups in GM.items():
        for programs, plays in groups.items():
            for program in programs:
                for number in range(first, first + TAKES[label], part):
                    rng = np.random.default_rng([1, program, number])
                    notes = plays[number % len(plays)](draw_piece(rng, SECONDS), rng)
                    bend = composer.bends(rng, SECONDS) if label in BENT and rng.random() < 0.35 else ()
                    yield label, f"gm {program}", Take(program, notes, bends=bend), soundfont
    for program in KITS:
        for number, parts in enumerate((*composer.KIT_PARTS, *["kit"] * 6)[::part], start=first):
            rng = np.random.default_rng([2, program, number])
            yield (
                "drums",
                f"kit {program}",
                Take(program, composer.kit(draw_piece(rng, SECONDS), rng, parts), drums=True),
                soundfont,
            )
        for number in range(first, first + 8, part):
            rng = np.random.default_rng([3, program, number])
            notes = composer.hand_percussion(draw_piece(rng, SECONDS), rng)
            yield "percussion", f"kit {program}", Take(program, notes, drums=True), soundfont


def _stereo(mono: Signal) -> Signal:
    return np.stack([mono, mono], axis=1)


def _formula_guitar(piece: Piece, rng: Rng) -> Signal:
    play = (*STRUMS, *DRIVEN)[rng.integers(len(STRUMS) + len(DRIVEN))]
    sound = synths.plucked(play(piece, rng), piece.seconds, rng)
    driven = play is composer.power_chords or rng.random() < 0.4
    return synths.amplified(sound, rng) if driven else sound


def _formula_keys(piece: Piece, rng: Rng) -> Signal:
    play = KEYS[rng.integers(len(KEYS))]
    maker = (synths.fm_keys, synths.organ, synths.struck_piano, synths.struck_piano)[rng.integers(4)]
    return maker(play(piece, rng), piece.seconds, rng)


def _formula_bass(piece: Piece, rng: Rng) -> Signal:
    notes = composer.bass_line(piece, rng)
    kind = rng.integers(3)
    if kind == 0:
        return synths.sub_bass(notes, piece.seconds, rng)
    if kind == 1:
        return synths.plucked(notes, piece.seconds, rng, low=True)
    return synths.subtractive(notes, piece.seconds, rng, "bass")


def _lead(piece: Piece, rng: Rng) -> Signal:
    notes = ARPS[rng.integers(len(ARPS))](piece, rng)
    return synths.subtractive(notes, piece.seconds, rng, "lead" if rng.random() < 0.7 else "pluck")


def _double(piece: Piece, rng: Rng) -> Signal:
    """Sing a lead, at times twice, with its double to either side."""
    low, state = int(rng.integers(43, 62)), int(rng.integers(2**31))
    takes = [voices.sung(piece, np.random.default_rng([state, n]), low=low) for n in range(1)]
    if rng.random() < 0.3:
        takes.append(voices.sung(piece, np.random.default_rng([state, 0]), low=low))
    return _stereo(sum(takes))


FORMULAS: dict[str, tuple[tuple[str, int, Callable[[Piece, Rng], Signal]], ...]] = {
    "guitar": (("formula guitar", 130, _formula_guitar),),
    "keys": (("formula keys", 50, _formula_keys),),
    "bass": (("formula bass", 60, _formula_bass),),
    "lead": (("formula lead", 40, _lead),),
    "pads": (
        ("formula pad", 40, lambda p, r: synths.subtractive(HELD[r.integers(4)](p, r), p.seconds, r, "pad")),
    ),
    "strings": (
        ("formula strings", 20, lambda p, r: synths.bowed(HELD[r.integers(4)](p, r), p.seconds, r, 3)),
    ),
    "solo_strings": (
        ("formula violin", 25, lambda p, r: synths.bowed((HIGH + LOW)[r.integers(4)](p, r), p.seconds, r, 1)),
    ),
    "wind": (
        (
            "formula wind",
            50,
            lambda p, r: synths.blown((HIGH + MIDDLE + LOW)[r.integers(6)](p, r), p.seconds, r),
        ),
    ),
    "drums": (
        (
            "formula drums",
            60,
            lambda p, r: synths.drum_machine(
                composer.kit(p, r, list(composer.KIT_PARTS)[r.integers(8)] if r.random() < 0.5 else "kit"),
                p.seconds,
                r,
            ),
        ),
    ),
    "lead_vocal": (
        ("formula singer", 150, _double),
        ("formula rap", 20, lambda p, r: _stereo(voices.spoken(p.seconds, r, beat=p.beat))),
        ("speech singer", 110, lambda p, r: _stereo(speech.sung(p, r))),
        ("harmonic singer", 120, lambda p, r: _stereo(singers.sung(p, r))),
    ),
    "backing_vocals": (
        ("formula choir", 60, voices.choir),
        ("speech choir", 30, speech.choir),
        ("harmonic choir", 24, singers.choir),
    ),
    "dialogue": (
        ("formula speech", 90, lambda p, r: _stereo(voices.spoken(p.seconds, r))),
        ("speech", 50, lambda p, r: _stereo(speech.spoken(p.seconds, r))),
    ),
    "fx": tuple(
        (f"formula {f.__name__}", 18, lambda p, r, f=f: _stereo(f(p.seconds, r)))
        for f in dict.fromkeys(noises.FX)
    ),
    "ambience": tuple(
        (f"formula {f.__name__}", 14, lambda p, r, f=f: _stereo(f(p.seconds, r))) for f in noises.AMBIENCE
    ),
    "foley": tuple(
        (f"formula {f.__name__}", 14, lambda p, r, f=f: _stereo(f(p.seconds, r))) for f in noises.FOLEY
    ),
}


MIX_PARTS = ("drums", "bass", "lead_vocal", "guitar", "keys", "pads", "strings", "lead", "brass")


def treated_stems(cache: Path) -> list[Path]:
    """Make the stems, unless the cache has them: mono, int16, at 44.1 kHz, named label~instrument~number.

    Examples of one instrument are never split. What a formula makes by parameters drawn at random counts as five
    instruments.
    """
    folder = cache / _recipe_digest()
    done = folder / "done"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        takes = len(list(_takes()))
        tasks = [partial(_make_takes, folder, start) for start in range(0, takes, BATCH)]
        tasks += [
            partial(_make_formulas, folder, label, index)
            for label, makers in FORMULAS.items()
            for index in range(len(makers))
        ]
        with ProcessPoolExecutor(max_workers=2) as pool:
            for task in [pool.submit(task) for task in tasks]:
                task.result()
        _make_mixes(folder)
        done.touch()
    return sorted(folder.glob("*.npy"))


def _recipe_digest() -> str:
    here = Path(__file__).parent
    sources = [*sorted(here.glob("*.py")), here.parent / "gm_player.py"]
    made_by = [path for path in sources if path.stem not in ("figures", "learning", "network", "train_roles")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()[:12]


def _make_takes(folder: Path, start: int) -> None:
    some = list(enumerate(_takes()))[start : start + BATCH]
    for font in (SOUNDFONT, SECOND, *LIBRARIES):
        own = [(number, label, name, take) for number, (label, name, take, of) in some if of == font]
        played = play_takes([take for _, _, _, take in own], SECONDS, font)
        for (number, label, name, _), sound in zip(own, played, strict=True):
            if np.abs(sound).max() > 1e-3:
                _keep(folder, label, name, number, _widened(sound, number) if font in LIBRARIES else sound)


def _widened(sound: Signal, number: int) -> Signal:
    return doubled(sound, np.random.default_rng([10, number]), RATE)


def _make_formulas(folder: Path, label: str, index: int) -> None:
    name, count, make = FORMULAS[label][index]
    for number in range(count):
        rng = np.random.default_rng([4, *name.encode(), number])
        sound = make(draw_piece(rng, SECONDS), rng)
        _keep(folder, label, f"{name} {number % 5}", number, sound[: int(SECONDS * RATE)])


def _make_mixes(folder: Path) -> None:
    """Mix stems that are made already; the clash of their keys plays no part in the figures."""
    pool = {label: sorted(folder.glob(f"{label}~*.npy")) for label in MIX_PARTS}
    for number in range(90):
        rng = np.random.default_rng([5, number])
        others = rng.choice(MIX_PARTS[3:], size=int(rng.integers(1, 4)), replace=False)
        sung = ["lead_vocal"] if rng.random() < 0.7 else []
        total = np.zeros((int(SECONDS * RATE), 2))
        for label in ("drums", "bass", *sung, *others):
            part = np.load(pool[label][rng.integers(len(pool[label]))]).astype(np.float64)
            energy = np.sqrt(np.mean(part**2)) + 1e-9
            total[: len(part)] += _stereo(part / energy * 10 ** (rng.uniform(-8, 3) / 20))
        _keep(folder, "mix", f"mix {number % 10}", number, total)


def _keep(folder: Path, label: str, instrument: str, number: int, sound: Signal) -> None:
    """Treat a stem as a studio might, and write it down."""
    rng = np.random.default_rng([6, number, *f"{label}~{instrument}".encode()])
    treated = as_mono(produce(sound, rng, RATE).astype(np.float32))
    scaled = np.int16(32_000 * treated / (np.abs(treated).max() + 1e-9))
    np.save(folder / f"{label}~{instrument}~{number:04}.npy", scaled)
