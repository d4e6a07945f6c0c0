import pytest

from stembridge.audio.sound import Container, Encoding, SoundFormat
from stembridge.stages.layout import channel_groups
from stembridge.units import Hertz


def groups(channels: int, mask: int | None = None) -> tuple[tuple[int, ...], ...]:
    return channel_groups(SoundFormat(Container.WAV, Encoding.INT24, Hertz(48_000), channels, mask))


@pytest.mark.parametrize(
    ("channels", "mask", "expected"),
    [
        (1, None, ((0,),)),
        (2, None, ((0, 1),)),
        (3, None, ((0, 1), (2,))),
        (6, None, ((0, 1), (2,), (3,), (4, 5))),
        (6, 0x60F, ((0, 1), (2,), (3,), (4, 5))),
        (8, 0x63F, ((0, 1), (2,), (3,), (4, 5), (6, 7))),
        (12, None, tuple((channel,) for channel in range(12))),
        (4, 0x3, ((0,), (1,), (2,), (3,))),
    ],
)
def test_channels_are_heard_in_pairs_and_singles_by_their_places(channels, mask, expected):
    assert groups(channels, mask) == expected


@pytest.mark.parametrize("channels", range(1, 17))
def test_every_channel_is_heard_once(channels: int):
    assert sorted(channel for group in groups(channels) for channel in group) == list(range(channels))
