"""Train the model of roles by sound: ``python tests/training/train_roles.py [CACHE]``.

Writes ``stembridge/stages/roles_model.json``; the same recipe and soundfonts give the same file. It needs the Debian
packages ``fluidsynth``, ``fluid-soundfont-gm``, ``timgm6mb-soundfont``, ``csound-soundfont``, ``opl3-soundfont``,
``avldrums.lv2-soundfont`` and ``ffmpeg`` with Flite. The stems are made on the first run (half an hour) and kept in
CACHE. The temperature is fitted on what models have not seen: each of three soundfonts is left out in turn, and with
it a third of the formulas; what is printed was measured there. The model is then trained on all.
``tests/benchmarks/test_deliveries_roles.py`` measures it on instruments, voices and effects that it has not seen.
"""

import json
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from corpus import SECOND, SOUNDFONT  # noqa: E402
from figures import Example, examples  # noqa: E402
from learning import (  # noqa: E402
    Forest,
    Growth,
    Labels,
    Matrix,
    calibration_error,
    fit_forest,
    fit_temperature,
    forest_scores,
    softmax,
)
from libraries import CSOUND  # noqa: E402
from network import Layers, Schooling, fit_network, network_scores  # noqa: E402

from stembridge.stages.hearing.model import FARTHEST  # noqa: E402
from stembridge.stages.hearing.sorts import SORTS, Sort  # noqa: E402

TARGET = HERE.parents[1] / "stembridge" / "stages" / "roles_model.json"
TRAINED = tuple(sort for sort in Sort if sort not in (Sort.CLICK, Sort.SILENCE))
FAMILIES = tuple(dict.fromkeys(SORTS[sort][0] for sort in TRAINED))
MEMBER = np.array([[SORTS[sort][0] is family for family in FAMILIES] for sort in TRAINED], float)
"""The family of each sort; its chance is the confidence that is said, so it is what the temperature is fitted to."""

LEFT_OUT = (SOUNDFONT, SECOND, CSOUND)
"""The soundfonts that are left out in turn, and with each a third of the formulas."""

GROWTH, SCHOOLING = Growth(), Schooling()
NETWORKS = 3
FOREST_SHARE = 0.5
"""What the scores of the trees count beside those of the networks."""

Model = tuple[Forest, list[Layers]]


def main(cache: Path) -> None:
    made = list(examples(cache))
    names = tuple(made[0].figures)
    raw = np.array([[example.figures[name] for name in names] for example in made])
    mean, spread = raw.mean(axis=0), raw.std(axis=0) + 1e-9
    values = np.clip((raw - mean) / spread, -FARTHEST, FARTHEST)
    labels = np.array([TRAINED.index(Sort(example.label)) for example in made])
    weights, parts = _weights(labels), _parts(made)
    kept = [parts != part for part in range(len(LEFT_OUT))]
    with ProcessPoolExecutor(max_workers=2) as pool:
        whole = pool.submit(_fit, values, labels, weights)
        fits = [pool.submit(_fit, values[keep], labels[keep], weights[keep]) for keep in kept]
        model, models = whole.result(), [fit.result() for fit in fits]
    scores = np.zeros((len(made), len(TRAINED)))
    for soundfont, keep, partial in zip(LEFT_OUT, kept, models, strict=True):
        scores[~keep] = _scores(values[~keep], partial)
        _report(f"without {soundfont} and some formulas", softmax(scores[~keep]), labels[~keep])
    seen = parts >= 0
    temperature = fit_temperature(scores[seen], labels[seen], weights[seen], MEMBER)
    _report("all that was left out", softmax(scores[seen] / temperature), labels[seen])
    TARGET.write_text(_as_json(names, mean, spread, model, temperature), encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size / 1000:.0f} kB, temperature {temperature:.2f}")


def _weights(labels: Labels) -> Matrix:
    """Give families that have more examples less weight each, but not so much that all are equal."""
    family = np.array([FAMILIES.index(SORTS[TRAINED[label]][0]) for label in labels])
    return np.bincount(family)[family] ** -0.5


def _parts(made: list[Example]) -> NDArray[np.intp]:
    """Say with which soundfont each example is left out; -1 if never."""
    formulas = sorted({example.instrument for example in made if not example.soundfont})
    shuffled = np.random.default_rng(0).permutation(formulas).tolist()
    part_of = {formula: place % len(LEFT_OUT) for place, formula in enumerate(shuffled)}
    fonts = {soundfont: part for part, soundfont in enumerate(LEFT_OUT)}
    return np.array(
        [fonts.get(each.soundfont, -1) if each.soundfont else part_of[each.instrument] for each in made]
    )


def _fit(values: Matrix, labels: Labels, weights: Matrix) -> Model:
    given = values, labels, weights, len(TRAINED)
    forest = fit_forest(*given, GROWTH, np.random.default_rng(1))
    networks = [fit_network(*given, SCHOOLING, np.random.default_rng([2, n])) for n in range(NETWORKS)]
    return replace(forest, leaves=FOREST_SHARE * forest.leaves), networks


def _scores(values: Matrix, model: Model) -> Matrix:
    forest, networks = model
    return forest_scores(forest, values) + np.mean(
        [network_scores(each, values) for each in networks], axis=0
    )


def _report(what: str, chances: Matrix, labels: Labels) -> None:
    families, truth = chances @ MEMBER, MEMBER[labels].argmax(axis=1)
    right = families.argmax(axis=1) == truth
    error = calibration_error(families.max(axis=1), right)
    print(f"{what}: {len(labels)} stems, {100 * right.mean():.1f} %, calibration error {error:.3f}")


def _as_json(names: tuple[str, ...], mean: Matrix, spread: Matrix, model: Model, temperature: float) -> str:
    never, (forest, networks) = 2 * FARTHEST, model
    record = {
        "sorts": [sort.value for sort in TRAINED],
        "figures": names,
        "mean": _rounded(mean, 5),
        "spread": _rounded(spread, 5),
        "features": forest.features.tolist(),
        "thresholds": _rounded(np.minimum(forest.thresholds, never), 3),
        "leaves": _rounded(forest.leaves, 3),
        "networks": [[[_rounded(part, 2) for part in layer] for layer in layers] for layers in networks],
        "temperature": round(float(temperature), 4),
    }
    return json.dumps(record, separators=(",", ":")) + "\n"


def _rounded(values: Matrix, digits: int) -> object:
    return np.round(values.astype(np.float64), digits).tolist()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.gettempdir()) / "stembridge-roles")
