import pytest

from stembridge.audio.channel_weights import channel_weights

S = 1.41


@pytest.mark.parametrize(
    ("channels", "mask", "weights"),
    [
        (1, None, [1.0]),
        (2, None, [1.0, 1.0]),
        (3, None, [1.0, 1.0, 1.0]),
        (4, None, [1.0, 1.0, S, S]),
        (5, None, [1.0, 1.0, 1.0, S, S]),
        (6, None, [1.0, 1.0, 1.0, 0.0, S, S]),
        (6, 0, [1.0, 1.0, 1.0, 0.0, S, S]),
        (6, 0x60F, [1.0, 1.0, 1.0, 0.0, S, S]),
        (8, None, [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, S, S]),
        (7, 0x70F, [1.0, 1.0, 1.0, 0.0, 1.0, S, S]),
        (12, 0x2D63F, [1.0, 1.0, 1.0, 0.0, 1.0, 1.0, S, S, 1.0, 1.0, 1.0, 1.0]),
        (3, 0xB, [1.0, 1.0, 0.0]),
        (4, 0x3, [1.0] * 4),
        (2, 0x3F, [1.0, 1.0]),
        (10, None, [1.0] * 10),
    ],
)
def test_a_channel_weighs_what_its_loudspeaker_does(
    channels: int, mask: int | None, weights: list[float]
) -> None:
    assert channel_weights(channels, mask).tolist() == weights
