"""How much each channel counts towards loudness (ITU-R BS.1770-5, Annex 1 table 3 and Annex 3 table 4).

The weight follows the place of the loudspeaker: 1.41 (+1.5 dB) at the sides, 60 to 120 degrees from the
front and on the listener's level; 0 for the LFE; 1 anywhere else. Places come from the WAVEX speaker mask
of the file, or are guessed from the number of channels:

    1 mono · 2 left right · 4 L R Ls Rs · 5 L R C Ls Rs · 6 L R C LFE Ls Rs · 8 L R C LFE Lb Rb Lss Rss

Any other number of channels is taken as so many separate tracks, each with weight 1. A mono file is
measured as it is, not as if it played from two loudspeakers.
"""

from itertools import islice

import numpy as np
from numpy.typing import NDArray

_SURROUND = 1.41
_LFE = 0x8
_BACK = 0x10 | 0x20
_SIDE = 0x200 | 0x400
_SPEAKERS = 18

_MASK_BY_COUNT = {1: 0x4, 2: 0x3, 4: 0x33, 5: 0x37, 6: 0x3F, 8: 0x63F}


def channel_weights(channels: int, channel_mask: int | None = None) -> NDArray[np.float64]:
    """Return the weight of each channel, shape (channels,).

    Args:
        channels: how many.
        channel_mask: the WAVEX speaker mask; None or 0 when the file does not say. Channels beyond the bits
            of the mask have no place and weigh 1; bits beyond the channels are ignored, as WAVEX has it.

    """
    mask = channel_mask or _MASK_BY_COUNT.get(channels, 0)
    speakers = (1 << bit for bit in range(_SPEAKERS) if mask >> bit & 1)
    weights = np.ones(channels)
    for channel, speaker in enumerate(islice(speakers, channels)):
        weights[channel] = _weight(speaker, mask)
    return weights


def _weight(speaker: int, mask: int) -> float:
    """Weigh one speaker. The back pair of 7.1 stands at 135 degrees, where that of 5.1 stands at 110."""
    if speaker == _LFE:
        return 0.0
    sides = _SIDE if mask & _SIDE else _BACK
    return _SURROUND if speaker & sides else 1.0
