"""What codecs leave in sound, looked for in the order of what it costs; pure.

The steps of a quantiser show most, but where the frames begin has to be known: they are looked for as of a file that
was decoded as a whole. So is the frame grid of a codec without such steps. Only when neither is found is each codec's
grid searched for at all alignments, which finds it in cut and moved files, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stembridge.stages.checks.codecs.banks import BANKS, OPUS, Excerpts
from stembridge.stages.checks.codecs.grid import Grid, find_grid, find_start
from stembridge.stages.checks.codecs.quantiser import QUANTISERS, find_quantiser
from stembridge.units import Hertz

GRID = "frame grid"
STEPS = "quantiser"


@dataclass(frozen=True)
class Trace:
    """What stands out of chance.

    Attributes:
        codec: for people.
        rate: at which it worked.
        what: its ``GRID`` or its ``STEPS``.
        grid: how far it stands out.

    """

    codec: str
    rate: Hertz
    what: str
    grid: Grid


def traces(excerpts: Mapping[Hertz, Excerpts], noise: float) -> Iterator[list[Trace]]:
    """Look for traces of all codecs.

    Args:
        excerpts: the same places, by the rate of codecs.
        noise: the level of the noise that storage adds.

    Yields:
        What was found by each way of looking, the quickest first.

    """
    for look in (_steps, _starts, _grids):
        yield [trace for rate, each in excerpts.items() for trace in look(rate, each, noise)]


def _steps(rate: Hertz, excerpts: Excerpts, noise: float) -> Iterator[Trace]:
    for quantiser in QUANTISERS[rate]:
        if grid := find_quantiser(quantiser, excerpts, noise):
            yield Trace(quantiser.bank.name, rate, STEPS, grid)


def _starts(rate: Hertz, excerpts: Excerpts, noise: float) -> Iterator[Trace]:
    if OPUS in BANKS[rate] and (grid := find_start(OPUS, excerpts, noise)):
        yield Trace(OPUS.name, rate, GRID, grid)


def _grids(rate: Hertz, excerpts: Excerpts, noise: float) -> Iterator[Trace]:
    for bank in BANKS[rate]:
        if grid := find_grid(bank, excerpts, noise):
            yield Trace(bank.name, rate, GRID, grid)
