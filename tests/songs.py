"""The songs that ``spectral`` is tuned on, and others that its figures are reported on, of another soundfont.

The shares keep each stem as far below the rest of the mix as on finished records (vocals -6 to -11 dB,
drums -5 to -9 dB, bass -4 to -6 dB, the rest -3 to 0 dB).
"""

from music import Part, Song
from voice import Singer

KIT = Part("drums", "kit")

TUNING = (
    Song(
        name="guitars",
        tempo=118,
        root=40,
        chords=(0, 5, 9, 7),
        parts=(
            KIT,
            Part("bass", "bass", program=33),
            Part("other", "power", program=30, pan=-0.9),
            Part("other", "power", program=29, pan=0.9),
            Part("other", "arpeggio", program=27, pan=0.3, gain=0.8),
        ),
        shares=(0.12, 0.20, 0.22, 0.46),
        singer=Singer(low=50, doubled=0.2),
        seed=11,
        soundfont="FluidR3_GM",
    ),
    Song(
        name="ballad",
        tempo=76,
        root=43,
        chords=(0, 9, 5, 7),
        parts=(
            Part("drums", "kit", program=16),
            Part("bass", "long bass", program=33),
            Part("other", "comp", program=0, pan=-0.2, gain=1.2),
            Part("other", "pad", program=48, pan=0.5),
            Part("other", "strum", program=25, pan=-0.7),
        ),
        shares=(0.19, 0.12, 0.23, 0.46),
        singer=Singer(low=60, tract=1.12, vibrato_cents=60, reverb=0.4),
        seed=12,
        soundfont="FluidR3_GM",
        groove="slow",
        reverb=0.7,
    ),
    Song(
        name="dance",
        tempo=126,
        root=45,
        chords=(0, -4, 3, -2),
        parts=(
            Part("drums", "kit", program=25),
            Part("bass", "bass", program=38),
            Part("other", "pad", program=89, pan=-0.6),
            Part("other", "pad", program=50, pan=0.6),
            Part("other", "riff", program=81, pan=0.1, gain=0.9),
        ),
        shares=(0.13, 0.25, 0.24, 0.38),
        singer=Singer(low=60, tract=1.15, vibrato_cents=25, breath=0.05),
        seed=13,
        soundfont="FluidR3_GM",
        groove="four",
        minor=True,
    ),
    Song(
        name="soul",
        tempo=98,
        root=41,
        chords=(0, 2, 7, 5),
        parts=(
            KIT,
            Part("bass", "long bass", program=34),
            Part("other", "comp", program=4, pan=0.4),
            Part("other", "strum", program=27, pan=-0.5),
            Part("other", "riff", program=61, pan=0.2),
        ),
        shares=(0.15, 0.17, 0.25, 0.43),
        singer=Singer(low=55, tract=1.05, doubled=0.3),
        seed=14,
        soundfont="FluidR3_GM",
        groove="funk",
    ),
)

HELD_OUT = (
    Song(
        name="road",
        tempo=132,
        root=45,
        chords=(0, 7, 9, 5),
        parts=(
            KIT,
            Part("bass", "bass", program=34),
            Part("other", "strum", program=28, pan=-0.8),
            Part("other", "power", program=29, pan=0.75),
            Part("other", "comp", program=16, pan=0.1),
        ),
        shares=(0.14, 0.18, 0.24, 0.44),
        singer=Singer(low=52, vibrato_cents=35),
        seed=21,
    ),
    Song(
        name="night",
        tempo=84,
        root=38,
        chords=(0, 8, 3, 10),
        parts=(
            Part("drums", "kit", program=8),
            Part("bass", "long bass", program=35),
            Part("other", "arpeggio", program=4, pan=-0.4),
            Part("other", "pad", program=51, pan=0.4),
            Part("other", "strum", program=26, pan=0.7),
        ),
        shares=(0.18, 0.14, 0.21, 0.47),
        singer=Singer(low=59, tract=1.1, vibrato_cents=55, reverb=0.35),
        seed=22,
        groove="slow",
        reverb=0.6,
        minor=True,
    ),
    Song(
        name="club",
        tempo=122,
        root=43,
        chords=(0, 3, -2, 5),
        parts=(
            Part("drums", "kit", program=24),
            Part("bass", "bass", program=39),
            Part("other", "arpeggio", program=80, pan=0.3, gain=0.7),
            Part("other", "pad", program=90, pan=-0.5),
            Part("other", "comp", program=1, pan=0.0),
        ),
        shares=(0.10, 0.24, 0.26, 0.40),
        singer=Singer(low=58, tract=1.12, vibrato_cents=20, breath=0.04, doubled=0.25),
        seed=23,
        groove="four",
        minor=True,
    ),
    Song(
        name="band",
        tempo=104,
        root=40,
        chords=(0, 5, 2, 7),
        parts=(
            KIT,
            Part("bass", "bass", program=32),
            Part("other", "comp", program=0, pan=-0.3),
            Part("other", "riff", program=56, pan=0.25),
            Part("other", "strum", program=25, pan=0.6),
        ),
        shares=(0.16, 0.20, 0.20, 0.44),
        singer=Singer(low=48, tract=0.97, vibrato_cents=50),
        seed=24,
        groove="pop",
    ),
)
