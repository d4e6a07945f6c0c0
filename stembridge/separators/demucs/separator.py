"""``DemucsSeparator``: any rate, mono or stereo, in; stems of the same rate and exactly the same length out."""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from stembridge.audio.sound import Block
from stembridge.errors import SeparationError
from stembridge.parallel import default_threads
from stembridge.separators.demucs.allocator import FreedMemory
from stembridge.separators.demucs.cost import cost_of, most_lanes
from stembridge.separators.demucs.device import choose_device, describe_device
from stembridge.separators.demucs.lanes import Lanes
from stembridge.separators.demucs.loading import LoadedModel
from stembridge.separators.demucs.loop import Loop
from stembridge.separators.demucs.network import Network
from stembridge.separators.demucs.overlap import Pass
from stembridge.separators.demucs.planning import plan_passes, wanted_members
from stembridge.separators.demucs.stream import Window, measure_level, twice
from stembridge.separators.estimate import Estimate
from stembridge.separators.model_rate import from_model_rate, model_frames, to_model_rate
from stembridge.units import Hertz, Samples, Seconds

SHIFT_S = 0.5
"""The longest random shift, as in ``demucs.apply``."""

GPU_BATCH = 4
"""Segments that go through a GPU together; on a CPU a batch gains nothing."""


class DemucsSeparator:
    """A Demucs model behind the ``Separator`` protocol. Loaded once, it serves any number of mixes.

    Equal to ``demucs.api.Separator`` with the same overlap and no shifts, to float rounding; other than there,

    * digital silence longer than a segment is not computed: it stays silence;
    * random shifts come from a seed, and are the same whichever stems are asked for;
    * members of a bag that the wanted stems have no share in are not run;
    * the mix is read twice, once for its level, so nothing is held in memory but a few segments.

    The bytes depend on the model, the device, the parameters and, in the last bit, on the number of threads.
    """

    rough = False

    def __init__(
        self,
        model: LoadedModel,
        *,
        device: str = "auto",
        overlap: float = 0.25,
        shifts: int = 0,
        seed: int = 0,
        batch: int | None = None,
        threads: int | None = None,
    ) -> None:
        """Put a model on a device.

        Args:
            model: from ``load_model``.
            device: ``auto``, ``cuda``, ``mps`` or ``cpu``, see ``choose_device``.
            overlap: the part of a segment that the next one covers again, from 0 to under 1.
            shifts: how many times to separate at a random shift and average; 0 for once and unshifted.
            seed: what the shifts are drawn from.
            batch: segments that go through the network together; None for what suits the device.
            threads: CPU threads to use; None for all.

        Raises:
            SeparationError: for a device that is not there, or a parameter out of its range.

        """
        if not 0.0 <= overlap < 1.0 or shifts < 0 or (batch is not None and batch < 1):
            raise SeparationError(
                f"overlap {overlap}, shifts {shifts}, batch {batch}: not a way to separate.",
                code="parameter",
                hint="overlap is from 0 to under 1, shifts 0 or more, batch 1 or more.",
            )
        self.name = model.name
        self.stems = model.sources
        self.model = model
        self._device = choose_device(device)
        self._overlap, self._shifts, self._seed = overlap, shifts, seed
        self._batch = batch or (GPU_BATCH if self._device.type == "cuda" else 1)
        self._threads = threads or default_threads()
        self._memory = FreedMemory()
        self._networks = tuple(Network(each.module, self._device) for each in model.members)

    @property
    def device(self) -> str:
        """The device in use, as the manifest states it."""
        return describe_device(self._device)

    def describe(self) -> dict[str, object]:
        """Return what the manifest has to hold so that the separation can be done again."""
        return {
            "model": self.name,
            "model_sha256": self.model.sha256,
            "device": self.device,
            "overlap": self._overlap,
            "shifts": self._shifts,
            "seed": self._seed if self._shifts else None,
        }

    def cost(self, seconds: Seconds, stems: Sequence[str] = ()) -> Estimate:
        """Estimate the memory and the time that ``seconds`` of sound will take."""
        members = wanted_members(self.model.members, self._columns(stems or self.stems))
        return cost_of(
            [self.model.members[each] for each in members],
            seconds,
            device=self._device.type,
            threads=self._threads,
            overlap=self._overlap,
            repeats=max(1, self._shifts),
            batch=self._batch,
        )

    def separate(
        self,
        blocks: Iterable[Block],
        rate: Hertz,
        *,
        channels: int,
        frames: Samples,
        stems: Sequence[str],
        progress: Callable[[float], None],
    ) -> Iterator[Mapping[str, Block]]:
        """Separate a mix; see ``Separator``.

        Args:
            blocks: the mix; it is iterated twice and has to give the same blocks each time, so a generator will
                not do.
            rate: frames a second.
            channels: 1 or 2.
            frames: the length of the mix.
            stems: the wanted ones.
            progress: told the part that is done after every segment; what it raises ends the work within one
                segment.

        Yields:
            One block of each wanted stem, all of the same length.

        Raises:
            SeparationError: ``not-finite`` for a mix or a model that has NaN, ``out-of-memory`` when not even one
                segment fits, ``stems`` or ``channels`` for what cannot be asked.

        """
        columns = self._columns(stems)
        self._check(blocks, channels)
        if not frames:
            return
        length = model_frames(frames, rate, self.model.rate)

        def converted() -> Iterator[Block]:
            return to_model_rate(blocks, rate, self.model.rate, channels=channels, frames=frames)

        mix = twice(converted, length)
        loop = Loop(
            passes=self._passes(columns, length),
            level=measure_level(mix()),
            channels=channels,
            stems=len(columns),
            batch=self._batch,
        )
        made = self._run(loop, Window(mix(), channels), progress)
        width = len(columns) * channels
        flat = (each.reshape(width, -1).T for each in made if each.shape[-1])
        for block in from_model_rate(flat, self.model.rate, rate, channels=width, frames=frames):
            yield {
                stem: block[:, index * channels : (index + 1) * channels] for index, stem in enumerate(stems)
            }

    def _run(self, loop: Loop, window: Window, progress: Callable[[float], None]) -> Iterator[Block]:
        lanes, threads = 1, None
        if self._device.type == "cpu":
            segments = max(each.count for each in loop.passes) * len(loop.passes)
            lanes = max(
                1,
                min(self._threads, -(-segments // self._batch), most_lanes(self.model.members, self._batch)),
            )
            threads = max(1, self._threads // lanes)
        with self._memory, Lanes(lanes, threads=threads) as running:
            yield from loop.run(window, running, progress)

    def _passes(self, columns: tuple[int, ...], length: Samples) -> tuple[Pass, ...]:
        chance, longest = random.Random(self._seed), int(SHIFT_S * self.model.rate)
        firsts = [
            tuple(chance.randint(0, longest) - longest for _ in range(self._shifts)) or (0,)
            for _ in self.model.members
        ]
        return plan_passes(
            self.model.members, self._networks, firsts, columns, length=length, overlap=self._overlap
        )

    def _columns(self, stems: Sequence[str]) -> tuple[int, ...]:
        """Return the source that each wanted stem is."""
        unknown = [each for each in stems if each not in self.stems]
        if unknown or not stems:
            raise SeparationError(
                f"The model {self.name} does not make {', '.join(unknown) or 'nothing'}.",
                code="stems",
                hint=f"It makes {', '.join(self.stems)}.",
            )
        return tuple(self.stems.index(each) for each in stems)

    def _check(self, blocks: Iterable[Block], channels: int) -> None:
        if channels not in (1, 2):
            raise SeparationError(
                f"Demucs separates mono and stereo, not {channels} channels.", code="channels"
            )
        if isinstance(blocks, Iterator):
            raise TypeError("The mix is read twice: give something that can be iterated again.")
