"""For tests, ours and those of programs built on stembridge: sound from formulas, file trees, patient waiting.

Everything is deterministic: the same call gives the same samples.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from stembridge.audio.chunks import Metadata
from stembridge.audio.dither import Quantiser
from stembridge.audio.sound import Block, Container, Encoding, SoundFormat
from stembridge.audio.writer import SoundWriter
from stembridge.units import Hertz, Samples


def tone(
    frequency: float,
    seconds: float,
    rate: Hertz,
    *,
    level: float = 0.25,
    channels: int = 2,
    decay: float = 0.0,
) -> Block:
    """Return a sine, shape ``(frames, channels)``; ``decay`` lets it die away, in 1/s."""
    time_axis = np.arange(round(seconds * rate)) / rate
    wave = level * np.sin(2 * np.pi * frequency * time_axis) * np.exp(-decay * time_axis)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def noise(seconds: float, rate: Hertz, *, level: float = 0.1, channels: int = 2, seed: int = 1) -> Block:
    """Return white noise with independent channels, shape ``(frames, channels)``."""
    generator = np.random.default_rng(seed)
    return (level * generator.standard_normal((round(seconds * rate), channels))).astype(np.float32)


def pulses(every_s: float, seconds: float, rate: Hertz, hit: Block) -> Block:
    """Return ``hit`` repeated every ``every_s`` seconds."""
    out = np.zeros((round(seconds * rate), hit.shape[1]), dtype=np.float32)
    for start in range(0, len(out), round(every_s * rate)):
        end = min(len(out), start + len(hit))
        out[start:end] += hit[: end - start]
    return out


def impulse(at: int, frames: int, *, channels: int = 1, level: float = 0.5) -> Block:
    """Return silence with one sample set, shape ``(frames, channels)``."""
    out = np.zeros((frames, channels), dtype=np.float32)
    out[at] = level
    return out


def write_sound(
    path: Path,
    audio: Block,
    rate: Hertz,
    *,
    encoding: Encoding = Encoding.INT16,
    container: Container = Container.WAV,
    metadata: Metadata | None = None,
) -> Path:
    """Write audio to a new file and return its path."""
    form = SoundFormat(container, encoding, rate, audio.shape[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    with SoundWriter(path, form, metadata=metadata or Metadata()) as writer:
        writer.write(Quantiser(encoding, seed=0).quantise(audio) if encoding.is_integer else audio)
    return path


def tree(root: Path, files: Mapping[str, bytes | str]) -> Path:
    """Make a tree of files: relative path to content."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def read_tree(root: Path) -> dict[str, bytes]:
    """Read a tree of files: relative path to content."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def wait_until(condition: Callable[[], bool], *, seconds: float = 30.0, what: str = "it") -> None:
    """Wait until something has become true.

    Raises:
        TimeoutError: if it has not after ``seconds``.

    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:g} s")
        time.sleep(0.02)


@dataclass(frozen=True)
class ShareSeparator:
    """A separator that gives each stem a share of the mix, and leaves the rest over; it meets ``Separator``."""

    shares: Mapping[str, float]
    name: str = "shares"
    rough: bool = False

    @property
    def stems(self) -> tuple[str, ...]:
        """The names of the stems."""
        return tuple(self.shares)

    def separate(
        self,
        blocks: Iterable[Block],
        rate: Hertz,  # noqa: ARG002 - the protocol's
        *,
        channels: int,  # noqa: ARG002 - the protocol's
        frames: Samples,
        stems: Sequence[str],
        progress: Callable[[float], None],
    ) -> Iterator[Mapping[str, Block]]:
        """Give each wanted stem its share of every block."""
        done = 0
        for block in blocks:
            yield {stem: block * np.float32(self.shares[stem]) for stem in stems}
            done += len(block)
            progress(done / frames)


SONG_RATE = Hertz(44_100)


def small_song(seconds: float = 8.0, rate: Hertz = SONG_RATE) -> dict[str, Block]:
    """Return a small song as stems by name; ``Mix`` is exactly their sum."""
    frames = Samples(round(seconds * rate))
    kick = tone(55.0, 0.25, rate, level=0.5, decay=18.0)
    snare = (
        noise(0.12, rate, level=0.12, seed=2)
        * np.linspace(1, 0, round(0.12 * rate), dtype=np.float32)[:, None]
    )
    stems = {
        "Drums": pulses(0.5, seconds, rate, kick)
        + np.roll(pulses(1.0, seconds, rate, snare), round(0.5 * rate), axis=0),
        "Bass": pulses(1.0, seconds, rate, tone(82.4, 0.9, rate, level=0.2, decay=2.0)),
        "Keys": pulses(2.0, seconds, rate, tone(329.6, 1.9, rate, level=0.08, decay=1.0))
        + pulses(2.0, seconds, rate, tone(415.3, 1.9, rate, level=0.08, decay=1.0)),
        "Vox": pulses(4.0, seconds, rate, tone(440.0, 2.5, rate, level=0.12, decay=0.6)),
    }
    mix = np.zeros((frames, 2), dtype=np.float32)
    for stem in stems.values():
        mix += stem
    return stems | {"Mix": mix}
