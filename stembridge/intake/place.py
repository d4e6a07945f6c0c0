"""Where a hot folder stands: whether it is there, on what, and which folders inside it are not its own."""

import logging
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from stembridge.intake.filesystem import Ground, is_share, survey

log = logging.getLogger(__name__)


class Place:
    """The path of a hot folder, which a share may leave and come back to.

    Attributes:
        path: the hot folder.
        away: true while it is not there.
        ground: what stood there when it was last there.
        leave_alone: absolute paths inside it that belong to somebody else.

    """

    def __init__(self, path: Path, others: Iterable[Path], detect: Callable[[Path], bool] = is_share) -> None:
        self.path = path
        self.away = False
        self.ground: Ground | None = None
        self.leave_alone: frozenset[str] = frozenset()
        self._others = tuple(others)
        self._detect = detect

    @property
    def share(self) -> bool:
        """True when it stands on a share, as far as known."""
        return self.ground is not None and self.ground.share

    def has_changed(self) -> bool:
        """Tell whether it went away, came back, or another folder took its place since the last ``look``."""
        ground = survey(self.path, self.ground, self._detect)
        return (ground is None) != self.away or (ground is not None and ground is not self.ground)

    def look(self) -> bool:
        """Look whether it is there, and on what."""
        ground = survey(self.path, self.ground, self._detect)
        if ground is not None and ground is not self.ground:
            self.ground = ground
            self.leave_alone = frozenset(_inside(self.path, self._others))
        self.note(away=ground is None)
        return ground is not None

    def note(self, *, away: bool) -> None:
        """Note that it is away, or there; a change is said once."""
        if away and not self.away:
            log.warning(
                "The hot folder %s is not there. Nothing is lost: it goes on by itself when it is back.",
                self.path,
                extra={"action": "hot_folder_away"},
            )
        elif self.away and not away:
            log.info("The hot folder %s is back.", self.path, extra={"action": "hot_folder_back"})
        self.away = away


def _inside(root: Path, others: Iterable[Path]) -> Iterable[str]:
    """Find those of the other folders that lie inside ``root``, spelled as a walk of ``root`` spells them."""
    real = Path(os.path.realpath(root))
    for other in others:
        place = Path(os.path.realpath(other))
        if place != real and place.is_relative_to(real):
            yield str(root / place.relative_to(real))
