"""How often the role is right by sound alone, on instruments, songs, voices and effects that were not trained on.

The calibration error is that of the family's confidence: ten bins of equal width, the gap between the mean confidence
and the share of right answers in each, weighted by the number of its stems.
"""

import time
from collections import Counter
from collections.abc import Callable
from itertools import chain
from pathlib import Path

import music
import numpy as np
import pytest
import role_others
import role_stems
import vendor_songs

from stembridge.audio.files import open_sound
from stembridge.audio.sound import Encoding
from stembridge.stages.hearing.features import measure
from stembridge.stages.hearing.heard import Heard, decide
from stembridge.stages.hearing.set_decision import label_together
from stembridge.stages.hearing.sorts import GENERAL_ROLES, Family
from stembridge.stages.listen import listen_all, load_model
from stembridge.stages.vocabulary import Role
from stembridge.testing import write_sound
from stembridge.units import Hertz

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(1800)]

SEVEN = ("drums", "bass", "vocals", "guitar", "keys", "melody", "fx")
LEAST = 0.8
LEAST_RIGHT = 0.85
"""The share of right families that is asked for."""

Row = tuple[role_stems.Stem, Heard]
Record = Callable[[str, object], None]


@pytest.fixture(autouse=True)
def _played() -> None:
    if reason := music.missing(music.FREEPATS):
        pytest.skip(reason)


def test_role_from_sound_alone(record_property: Record) -> None:
    model, rate = load_model(), Hertz(role_stems.RATE)
    rows = []
    for stem in chain(role_stems.stems(), role_others.stems()):
        stretches = [stem.sound[at : at + 4 * rate] for at in range(0, len(stem.sound), 4 * rate)]
        rows.append((stem, decide(model.chances(measure(stretches, rate)), "")))
    seven = [row for row in rows if row[0].family in SEVEN]
    looked_at = [heard.family == stem.family for stem, heard in seven if stem.looked_at]
    print(f"\nlooked at while it was made: {sum(looked_at)} of {len(looked_at)}; all below are of the others")
    _print_table([row for row in rows if not row[0].looked_at])
    reported = [row for row in seven if not row[0].looked_at]
    for name in ("freepats", "machine"):
        own = [heard.family == stem.family for stem, heard in reported if stem.maker.startswith(name)]
        print(f"of {name}: {sum(own)} of {len(own)}")
    assert _report(reported, record_property) >= LEAST_RIGHT


def _report(rows: list[Row], record: Record) -> float:
    right = np.array([heard.family == stem.family for stem, heard in rows])
    chance = np.array([heard.families[heard.family] for _, heard in rows])
    low, high = _wilson(int(right.sum()), len(right))
    share = f"{100 * right.mean():.1f} % of {len(right)} ({low:.1f} to {high:.1f})"
    record("family by sound alone (asked 85 %)", share)
    record("its calibration error (asked 0.05)", f"{_calibration(chance, right):.3f}")
    each = [right[[stem.family == family for stem, _ in rows]].mean() for family in SEVEN]
    print(f"mean of the families: {100 * np.mean(each):.1f} %")
    makers = np.array([f"{stem.family} {stem.maker}" for stem, _ in rows])
    below, above = _calibration_range(chance, right, makers)
    print(f"calibration error of the family, ten bins: {_calibration(chance, right):.3f}", end=" ")
    print(f"({below:.3f}-{above:.3f} with other choices of the {len(set(makers))} makers,", end=" ")
    print(f"{_least_calibration(chance):.3f} of perfect confidence on as many stems)")
    for floor in (0.5, 0.8, 0.9, 0.95):
        sure = chance >= floor
        print(f"  said with {floor}: {right[sure].sum()} of {sure.sum()} right")
    named = [_is_right(stem, heard) for stem, heard in rows if heard.confidence >= LEAST]
    print(f"the role (the instrument's or its family's) where it is said with {LEAST}: ", end="")
    print(f"{sum(named)} of {len(named)} right")
    return float(right.mean())


def _is_right(stem: role_stems.Stem, heard: Heard) -> bool:
    return heard.role in (Role(stem.role), GENERAL_ROLES[Family(stem.family)])


def _print_table(rows: list[Row]) -> None:
    truths = list(dict.fromkeys(stem.family for stem, _ in rows))
    counts = Counter((stem.family, str(heard.family)) for stem, heard in rows)
    print(f"\n{'is / heard as':14}" + "".join(f"{family:>10}" for family in truths))
    for truth in truths:
        print(f"{truth:14}" + "".join(f"{counts[truth, family]:10}" for family in truths))


def test_sets_of_eight_stems_labelled_together() -> None:
    families = {"keys": "keys", "pad": "keys", "guitar": "guitar", "lead": "melody", "backing": "vocals"}
    model, rate, alone, together = load_model(), Hertz(vendor_songs.RATE), [], []
    for song in role_stems.songs():
        stems = vendor_songs.render(song)
        truth = [families.get(name, name) for name in stems]
        chances = [
            model.chances(measure([sound[at * rate : (at + 4) * rate] for at in range(2, 40, 8)], rate))
            for sound in stems.values()
        ]
        for found, labels in ((alone, chances), (together, label_together(chances, [False] * len(chances)))):
            found += [decide(each, "").family == family for each, family in zip(labels, truth, strict=True)]
    print(f"\nstems of {len(role_stems.songs())} songs, each alone: {sum(alone)} of {len(alone)}")
    print(f"labelled together: {sum(together)} of {len(together)}")


def test_time_to_hear_a_set_of_five_minutes(tmp_path: Path) -> None:
    rng, rate = np.random.default_rng(1), Hertz(48_000)
    sound = (0.1 * rng.standard_normal((300 * rate, 2))).astype(np.float32)
    opened = open_sound(write_sound(tmp_path / "long.wav", sound, rate, encoding=Encoding.INT24))
    start, worked = time.perf_counter(), time.process_time()
    heard = listen_all([opened] * 9, threads=2)
    print(
        f"\n9 files of 5 minutes, stereo, 48/24, two threads: {time.perf_counter() - start:.2f} s", end=", "
    )
    print(f"{time.process_time() - worked:.2f} s of processor time")
    assert {each.family for each in heard} == {Family.FX}


def _calibration(chance: np.ndarray, right: np.ndarray) -> float:
    place = np.minimum((10 * chance).astype(int), 9)
    gaps = [
        abs(chance[place == b].mean() - right[place == b].mean()) * (place == b).sum() for b in set(place)
    ]
    return float(sum(gaps) / len(right))


def _calibration_range(chance: np.ndarray, right: np.ndarray, makers: np.ndarray) -> tuple[float, float]:
    """Return the interval of nine in ten draws of as many makers, each with all its stems."""
    rng, stems_of = (
        np.random.default_rng(0),
        [np.flatnonzero(makers == maker) for maker in sorted(set(makers))],
    )
    errors = []
    for _ in range(500):
        drawn = np.concatenate([stems_of[place] for place in rng.integers(len(stems_of), size=len(stems_of))])
        errors.append(_calibration(chance[drawn], right[drawn]))
    return float(np.quantile(errors, 0.05)), float(np.quantile(errors, 0.95))


def _least_calibration(chance: np.ndarray) -> float:
    """Return the error that chance alone leaves when each confidence is exactly right."""
    rng = np.random.default_rng(0)
    return float(np.mean([_calibration(chance, rng.random(len(chance)) < chance) for _ in range(500)]))


def _wilson(right: int, count: int) -> tuple[float, float]:
    """Return the interval that holds the true share in 95 of 100 cases, in per cent."""
    share, z = right / count, 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    half = z * np.sqrt(share * (1 - share) / count + z * z / (4 * count**2)) / (1 + z * z / count)
    return 100 * (middle - half), 100 * (middle + half)
