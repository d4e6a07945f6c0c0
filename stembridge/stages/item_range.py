"""Item range: which frames of a file an item on a DAW's timeline plays, with handles on both sides; pure.

Three clocks meet here. *Project* seconds are what the ruler shows. *Source* seconds are what the item's start offset
counts: the file's own, or those of a section, which may run backwards. *Frames* are the file's own samples. A play
rate of 2 makes an item use up two source seconds in each project second.
"""

import math
from dataclasses import dataclass

from stembridge.audio.sound import Sound
from stembridge.errors import IntakeError
from stembridge.request import ChannelMode, Excerpt
from stembridge.units import Samples, Seconds

SNAP_FRAMES = 1e-3
"""Positions this near a frame are meant to be on it; the rest is what floating point makes of seconds."""

MODES = (ChannelMode.NORMAL, ChannelMode.SWAPPED, ChannelMode.DOWNMIX, ChannelMode.LEFT, ChannelMode.RIGHT)
"""REAPER's ``I_CHANMODE``, by number."""

RENDER = "Render the item to a new take first (action 41999), then separate that."


@dataclass(frozen=True)
class Section:
    """A part of a file that is a source of its own. In seconds of the file; a length of 0 means to its end."""

    offset: Seconds
    length: Seconds
    reversed: bool = False


@dataclass(frozen=True)
class Item:
    """An item on the timeline.

    Attributes:
        position: where it starts, in project seconds.
        length: how long it is, in project seconds.
        start_offset: where in its source it starts, in source seconds; negative when silence comes first.
        play_rate: source seconds used up in one project second.
        loops: whether the source starts again at its end.
        channel_mode: REAPER's ``I_CHANMODE``.

    """

    position: Seconds
    length: Seconds
    start_offset: Seconds = Seconds(0.0)
    play_rate: float = 1.0
    loops: bool = False
    channel_mode: int = 0


@dataclass(frozen=True)
class ItemRange:
    """What is cut for an item, and how the result is laid under it.

    Attributes:
        excerpt: the frames to cut.
        before: source seconds from the first frame that is cut to where the item starts: the start offset of what
            is inserted. Negative when the item starts in silence before its source.
        after: source seconds that are cut behind the end of the item.
        length: source seconds that are cut.
        loops: whether the item goes round in what is cut, which is the whole source then.

    """

    excerpt: Excerpt
    before: Seconds
    after: Seconds
    length: Seconds
    loops: bool


@dataclass(frozen=True)
class _Source:
    """A source as the item sees it, ``length`` source seconds of a file."""

    offset: float
    length: float
    reversed: bool
    rate: int
    frames: int

    def frames_of(self, start: float, stop: float) -> tuple[int, int]:
        """Return the frames of the file that hold source seconds ``start`` to ``stop``."""
        low, high = self.offset + start, self.offset + stop
        if self.reversed:
            end = self.offset + self.length
            low, high = end - stop, end - start
        first, last = _down(low * self.rate), _up(high * self.rate)
        return min(max(0, first), self.frames), min(max(0, last), self.frames)

    def seconds_of(self, first: int, last: int) -> tuple[float, float]:
        """Return the source seconds at which frames ``first`` to ``last`` begin and end to be heard."""
        if self.reversed:
            end = self.offset + self.length
            return end - last / self.rate, end - first / self.rate
        return first / self.rate - self.offset, last / self.rate - self.offset


def find_range(item: Item, sound: Sound, *, section: Section | None, handles: Seconds) -> ItemRange:
    """Find what to cut from a file for an item.

    An item that goes round in its source gets all of the source once, to go round in that.

    Args:
        item: the item.
        sound: the file.
        section: the part of the file that is the item's source; None for all of it.
        handles: source seconds to cut on both sides as well, where the source has them. None are cut that would lie
            before the start of the project, where no edge can be pulled.

    Raises:
        IntakeError: if the item plays nothing of its source, or plays it in a way that cannot be cut.

    """
    source = _source(sound, section)
    start = float(item.start_offset)
    stop = start + item.length * item.play_rate
    slack = SNAP_FRAMES / source.rate
    if item.loops and (start < -slack or stop > source.length + slack):
        return _whole(item, sound, source)
    early = min(handles, max(0.0, item.position * item.play_rate))
    first, last = source.frames_of(max(0.0, start - early), min(source.length, stop + handles))
    heard_first, heard_last = source.frames_of(max(0.0, start), min(source.length, stop))
    if heard_first >= heard_last:
        raise IntakeError(
            "The item plays nothing of its source: all of it lies outside.",
            path=sound.path,
            hint="Move the item's contents so that it can be heard.",
            code="silent-item",
        )
    begin, end = source.seconds_of(first, last)
    return _cut(item, sound, source, (first, last), before=start - begin, after=max(0.0, end - stop))


def _whole(item: Item, sound: Sound, source: _Source) -> ItemRange:
    first, last = source.frames_of(0.0, source.length)
    if abs((last - first) / source.rate - source.length) > SNAP_FRAMES / source.rate or first >= last:
        raise IntakeError(
            "The item goes round in a section that is not a whole number of samples of its file.",
            path=sound.path,
            hint=RENDER,
            code="loop",
        )
    before = item.start_offset % source.length
    return _cut(item, sound, source, (first, last), before=before, after=0.0, loops=True)


def _cut(
    item: Item,
    sound: Sound,
    source: _Source,
    frames: tuple[int, int],
    *,
    before: float,
    after: float,
    loops: bool = False,
) -> ItemRange:
    position = max(0, round((item.position - before / item.play_rate) * source.rate))
    excerpt = Excerpt(
        start=Samples(frames[0]),
        stop=Samples(frames[1]),
        reversed=source.reversed,
        channel_mode=_mode(item, sound),
        position=Samples(position),
    )
    length = (frames[1] - frames[0]) / source.rate
    return ItemRange(excerpt, Seconds(before), Seconds(after), Seconds(length), loops)


def _source(sound: Sound, section: Section | None) -> _Source:
    whole = sound.frames / sound.format.rate
    if section is None:
        return _Source(0.0, whole, reversed=False, rate=sound.format.rate, frames=sound.frames)
    length = section.length if section.length > 0.0 else max(0.0, whole - section.offset)
    return _Source(section.offset, length, section.reversed, sound.format.rate, sound.frames)


def _mode(item: Item, sound: Sound) -> ChannelMode:
    """Return the channels that are played; a mono file sounds the same in every mode."""
    if sound.format.channels == 1 or item.channel_mode == 0:
        return ChannelMode.NORMAL
    if sound.format.channels == 2 and 0 < item.channel_mode < len(MODES):
        return MODES[item.channel_mode]
    raise IntakeError(
        f"The item plays some of its {sound.format.channels} channels (channel mode {item.channel_mode}).",
        path=sound.path,
        hint=f"Set its channel mode to normal. Or: {RENDER[0].lower()}{RENDER[1:]}",
        code="channel-mode",
    )


def _down(frames: float) -> int:
    near = round(frames)
    return near if abs(frames - near) <= SNAP_FRAMES else math.floor(frames)


def _up(frames: float) -> int:
    near = round(frames)
    return near if abs(frames - near) <= SNAP_FRAMES else math.ceil(frames)
