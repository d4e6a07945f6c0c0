"""How a job stands, as it is told to scripts and DAWs: plain values that the queue's own records become."""

from dataclasses import dataclass
from pathlib import Path

from stembridge.units import Seconds

ENDED = frozenset({"done", "failed", "cancelled", "rejected"})


@dataclass(frozen=True)
class JobNews:
    """How a job stands.

    Attributes:
        id: the job's id.
        request: the asker's own id for it, or empty.
        state: ``queued, running, waiting, done, failed`` or ``cancelled``.
        stage: what it is doing.
        percent: how much of that is done, 0 to 100.
        name: what the delivery is called.
        preset: the preset's name.
        code: a stable word for what is wrong, or empty.
        message: a sentence on what is wrong, or empty.
        hint: what to do about it, or empty.
        manifest: the delivery's manifest, once done.
        revision: grows with every change.

    """

    id: str
    request: str
    state: str
    stage: str = ""
    percent: float = 0.0
    name: str = ""
    preset: str = ""
    code: str = ""
    message: str = ""
    hint: str = ""
    manifest: Path | None = None
    revision: int = 0

    @property
    def has_ended(self) -> bool:
        """Whether only a new request leads on from here."""
        return self.state in ENDED


@dataclass(frozen=True)
class Laid:
    """How stems are laid under the item that they were made for.

    Attributes:
        before: source seconds from the first frame of a stem to where the item starts.
        after: source seconds of a stem behind the end of the item.
        length: source seconds of each stem.
        play_rate: the item's.
        loops: whether the item goes round in the stem.

    """

    before: Seconds = Seconds(0.0)
    after: Seconds = Seconds(0.0)
    length: Seconds = Seconds(0.0)
    play_rate: float = 1.0
    loops: bool = False
