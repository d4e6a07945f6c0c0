"""Keeps the events of one hot folder coming: starts and restarts them, says aloud when there are none."""

import logging
from collections.abc import Callable

from stembridge.intake.filesystem import Ground
from stembridge.intake.hot_folder import HotFolder, WatchMode
from stembridge.intake.watch import FolderWatch

log = logging.getLogger(__name__)


class Vigil:
    """The events of one hot folder, as its ground and its settings allow."""

    def __init__(self, folder: HotFolder, ring: Callable[[], None]) -> None:
        """Prepare; ``ring`` is called from another thread on every event."""
        self._folder = folder
        self._ring = ring
        self._watch: FolderWatch | None = None
        self._tended: Ground | None = None

    @property
    def every_s(self) -> float:
        """How many seconds may pass between two looks: few where nothing but looking shows a change."""
        return self._folder.poll_s if self._watch is None else self._folder.rescan_s

    @property
    def has_events(self) -> bool:
        """True while changes are noticed by events."""
        return self._watch is not None

    def tend(self, ground: Ground | None) -> bool:
        """Start, restart or stop the events as the ground demands.

        An emitter ends silently when its folder goes, and goes on watching the old one when another takes its
        place, so both are looked after here.

        Args:
            ground: what the hot folder stands on; None while it is away.

        Returns:
            True when events were started, so that a look is due for what came before them.

        """
        if ground == self._tended and (self._watch is None or self._watch.is_alive):
            return False
        self.stop()
        self._tended = ground
        if ground is not None and self._wants_events(ground):
            self._start()
        return self._watch is not None

    def stop(self) -> None:
        """Stop the events."""
        if self._watch is not None:
            self._watch.stop()
        self._watch = None

    def _wants_events(self, ground: Ground) -> bool:
        mode = self._folder.watch
        return mode is WatchMode.EVENTS or (mode is WatchMode.AUTO and not ground.share)

    def _start(self) -> None:
        try:
            self._watch = FolderWatch(self._folder.path, self._ring)
        except OSError as error:
            log.warning(
                "The system gives no events for %s (%s). It is looked into every %.0f s instead. On Linux,"
                " raise fs.inotify.max_user_watches and fs.inotify.max_user_instances, then restart.",
                self._folder.path,
                error,
                self._folder.poll_s,
                extra={"action": "events_refused"},
            )
