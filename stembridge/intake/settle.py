"""When is a file completely written? A pure state machine; the time is an argument.

Size and time stamp that stand still are necessary but not enough: a paused render looks the same. A file is
ready when it has been quiet for ``quiet_s`` *and* its header is finished. A file whose header stays so
is handed on after ``give_up_s``: the work then reports it as truncated, and it does not rot in silence.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Gate:
    """How long a file has to stand still.

    Attributes:
        quiet_s: seconds since its last change.
        give_up_s: seconds after which a file with an unfinished header is handed on all the same.
        confirm_s: seconds between the first and the deciding look, for a file that was there before we were.

    """

    quiet_s: float = 2.0
    give_up_s: float = 600.0
    confirm_s: float = 0.25


@dataclass(frozen=True, slots=True)
class Seen:
    """What one look at a file shows: its size in bytes and its modification time."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class FileState:
    """What is known about a file on its way in.

    Attributes:
        seen: the last look.
        noticed: when this size and time stamp were first seen.
        since: when the file was last written, as far as known; never after ``noticed``.
        finished: whether the header is; None while nobody has read it.
        handed: true once this very content was handed out.

    """

    seen: Seen
    noticed: float
    since: float
    finished: bool | None = None
    handed: bool = False


def observe(
    state: FileState | None, seen: Seen, header_ok: bool | None, now: float, *, written: float | None = None
) -> FileState:
    """Take one more look at a file.

    Args:
        state: what was known before; None for a file that was not there.
        seen: what the look shows.
        header_ok: whether the header is finished; None when it was not read.
        now: the time of the look, in seconds.
        written: when the file was last written, where its time stamp can be believed.

    Returns:
        The same state when nothing changed; a fresh one, not handed out, when the file did.

    """
    if state is None or state.seen != seen:
        return FileState(seen, noticed=now, since=min(now, written or now), finished=header_ok)
    if now < state.noticed:  # the clock was set back: start counting again
        state = replace(state, noticed=now, since=now)
    return state if header_ok is None else replace(state, finished=header_ok)


def quiet_at(state: FileState, gate: Gate) -> float:
    """Tell the moment from which the file counts as quiet, if it stays as it is."""
    return max(state.since + gate.quiet_s, state.noticed + min(gate.confirm_s, gate.quiet_s))


def ready_at(state: FileState, gate: Gate) -> float:
    """Tell the moment at which the file may be handed out, if it stays as it is."""
    quiet = quiet_at(state, gate)
    return max(quiet, state.noticed + gate.give_up_s) if state.finished is False else quiet


def is_quiet(state: FileState, gate: Gate, now: float) -> bool:
    """Tell whether the file has stood still for long enough, whatever its header says."""
    return now >= quiet_at(state, gate)


def is_settled(state: FileState, gate: Gate, now: float) -> bool:
    """Tell whether the file is completely written (or given up), handed out before or not."""
    return state.finished is not None and now >= ready_at(state, gate)


def is_ready(state: FileState, gate: Gate, now: float) -> bool:
    """Tell whether the file may be handed out now: settled, and not handed out yet."""
    return not state.handed and is_settled(state, gate, now)


def hand_out(state: FileState) -> FileState:
    """Mark the file as handed out; it counts as new again when it changes."""
    return replace(state, handed=True)


def put_back(state: FileState) -> FileState:
    """Undo ``hand_out``: nobody took the file."""
    return replace(state, handed=False)
