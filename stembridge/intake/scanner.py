"""Looks into one hot folder and hands out what is complete. Without threads; the time is an argument."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from stembridge.intake.filesystem import is_share
from stembridge.intake.group import Delivery, Parts, Verdict, Wait, group, judge
from stembridge.intake.headers import inspect
from stembridge.intake.hot_folder import HotFolder
from stembridge.intake.place import Place
from stembridge.intake.settle import FileState, Gate, Seen, hand_out, is_quiet, observe, put_back
from stembridge.intake.tree import Tree, read_tree
from stembridge.request import Request

AWAY_S = 2.0
LOOK_BELOW_S = 0.5

log = logging.getLogger(__name__)

States = dict[Parts, FileState]


@dataclass(frozen=True)
class Waiting:
    """A delivery that was noticed and is not handed out yet, and why."""

    root: Path
    wait: Wait


class Scanner:
    """Looks into one hot folder and hands out each complete delivery once.

    Attributes:
        folder: the hot folder.
        place: where it stands; while it is away nothing of it is forgotten, deleted or failed.

    """

    def __init__(
        self, folder: HotFolder, *, others: Iterable[Path] = (), detect: Callable[[Path], bool] = is_share
    ) -> None:
        """Prepare to look; nothing is touched yet.

        Args:
            folder: the hot folder.
            others: folders that are not its own even where they lie inside it: the other hot folders.
            detect: tells a share from a local folder.

        """
        self.folder = folder
        self.place = Place(folder.path, (folder.destination, *others), detect)
        self._waits: dict[str, Verdict] = {}
        self._files: States = {}
        self._temporary: States = {}
        self._held: dict[str, float] = {}
        self._told: set[tuple[Parts, str]] = set()
        self._looked: float | None = None
        self._look_again: float | None = None
        self._has_folders = False

    @property
    def look_below_s(self) -> float | None:
        """How soon to look again because of folders, below which events do not reach; None without any."""
        gate = self.folder.gate(share=self.place.share)
        return max(LOOK_BELOW_S, gate.quiet_s) if self._has_folders else None

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """The deliveries that the last look left where they are, and why."""
        waits = self._waits  # one look's whole outcome, though another thread may be looking
        return tuple(Waiting(self.folder.path / root, each.wait) for root, each in waits.items() if each.wait)

    def scan(self, now: float) -> list[Request]:
        """Look at everything once, and hand out what is complete, in natural order.

        Args:
            now: the time, in seconds since the epoch (it is compared with time stamps of local files).

        """
        tree = self._look()
        if tree is None:
            return []
        gate = self.folder.gate(share=self.place.share)
        self._files = self._observed(self._files, tree.files, tree, now)
        self._temporary = self._observed(self._temporary, tree.temporary, tree, now)
        self._has_folders = bool(tree.folders)
        self._tell_oddities(tree)
        self._looked = now
        return self._hand_out(_blocks(tree, self._temporary, gate, now), gate, now)

    def next_wake(self, now: float, every_s: float) -> float:
        """Tell when to look again if nothing is noticed before: at a due time, or after ``every_s``."""
        if self.place.away:
            return now + AWAY_S
        if self._looked is None:
            return now
        regular = self._looked + every_s
        return regular if self._look_again is None else min(regular, self._look_again)

    def put_back(self, request: Request, until: float) -> None:
        """Take a delivery back that nobody took; it is handed out again, not before ``until``."""
        assert request.root is not None, "a hot folder's request has a root"
        root = request.root.name
        self._held[root] = until
        self._look_again = until if self._look_again is None else min(until, self._look_again)
        for parts, state in self._files.items():
            if parts[0] == root:
                self._files[parts] = put_back(state)

    def _look(self) -> Tree | None:
        if not self.place.look():
            return None
        try:
            tree = read_tree(self.folder.path, self.place.leave_alone)
        except OSError:
            self.place.note(away=True)
            return None
        # Where something could not be read, the share may have gone half-way through.
        return None if tree.unreadable and not self.place.look() else tree

    def _observed(self, known: States, seen: dict[Parts, Seen], tree: Tree, now: float) -> States:
        states = {
            parts: observe(known.get(parts), look, None, now, written=self._written(look, now))
            for parts, look in seen.items()
        }
        if tree.unreadable:  # what cannot be seen has not gone
            states |= {parts: known[parts] for parts in known if tree.hides(parts)}
        return states

    def _written(self, seen: Seen, now: float) -> float | None:
        """Tell when a file was written: its time stamp, where that can be believed.

        The clock of a share may be off, and some programs set an old time stamp while they copy, so a time
        stamp only counts on a local disk, and between the last look and this one.
        """
        written = seen.mtime_ns / 1e9
        if self.place.share or written > now or (self._looked is not None and written <= self._looked):
            return None
        return written

    def _hand_out(self, blocks: dict[str, Wait], gate: Gate, now: float) -> list[Request]:
        fresh = {parts[0] for parts, state in self._files.items() if not state.handed}
        candidates = (parts for parts in self._files if parts[0] in fresh)
        verdicts = [
            (delivery, self._judge(delivery, blocks, gate, now))
            for delivery in group(candidates, complete_when=self.folder.complete_when)
        ]
        self._waits = {delivery.root: verdict for delivery, verdict in verdicts if verdict.wait}
        self._held = {root: until for root, until in self._held.items() if until > now}
        # Events do not reach below the top: while something waits, looks go on.
        again = now + gate.quiet_s
        self._look_again = min((verdict.at or again for verdict in self._waits.values()), default=None)
        return [self._request(delivery, now) for delivery, verdict in verdicts if verdict.wait is None]

    def _judge(self, delivery: Delivery, blocks: dict[str, Wait], gate: Gate, now: float) -> Verdict:
        held_until = self._held.get(delivery.root, now)
        if held_until > now:
            return Verdict(Wait.HELD, held_until)
        for parts in delivery.sources:
            state = self._files[parts]
            if not state.finished and is_quiet(state, gate, now):
                self._files[parts] = self._inspected(parts, state, now)
        marker, blocked = self.folder.complete_when, blocks.get(delivery.root)
        return judge(delivery, self._files, gate, now, complete_when=marker, blocked=blocked)

    def _inspected(self, parts: Parts, state: FileState, now: float) -> FileState:
        try:
            seen, finished = inspect(self.folder.path.joinpath(*parts))
        except OSError:  # another program keeps it to itself, or it is gone
            seen, finished = state.seen, False
        return observe(state, seen, finished, now)

    def _request(self, delivery: Delivery, now: float) -> Request:
        for parts in delivery.sources:
            state = self._files[parts]
            if not state.finished:
                waited = now - state.noticed
                self._tell(parts, f"is handed on although its header is unfinished after {waited:.0f} s")
            self._files[parts] = hand_out(state)
        return self.folder.request(delivery)

    def _tell_oddities(self, tree: Tree) -> None:
        present = tree.files.keys() | tree.links | tree.unreadable.keys()
        self._told = {(parts, what) for parts, what in self._told if parts in present}
        for parts in tree.links:
            self._tell(parts, "is a link and is not followed; drop the file itself")
        for parts, reason in tree.unreadable.items():
            self._tell(parts, f"cannot be read ({reason}); its delivery waits until it can")

    def _tell(self, parts: Parts, what: str) -> None:
        if (parts, what) not in self._told:
            self._told.add((parts, what))
            log.warning("%s %s.", self.folder.path.joinpath(*parts), what, extra={"action": "hot_folder_odd"})


def _blocks(tree: Tree, temporary: States, gate: Gate, now: float) -> dict[str, Wait]:
    """Tell which deliveries are blocked by something beside their own files."""
    fresh = (parts for parts, state in temporary.items() if now < state.noticed + gate.give_up_s)
    return dict.fromkeys((parts[0] for parts in fresh), Wait.TEMPORARY) | dict.fromkeys(
        (parts[0] for parts in tree.unreadable), Wait.UNREADABLE
    )
