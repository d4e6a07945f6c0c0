"""Layout: which channels belong together, so that a model that hears mono or stereo can hear more; pure.

Places come from the WAVEX speaker mask, or from the usual order where a file has none.
"""

from stembridge.audio.sound import SoundFormat

_USUAL = {1: 0x4, 2: 0x3, 3: 0x7, 4: 0x33, 5: 0x37, 6: 0x3F, 7: 0x13F, 8: 0x63F}
_PAIRS = ((0, 1), (4, 5), (6, 7), (9, 10), (12, 14), (15, 17))
"""Bits of the mask that are left and right of one another: front, back, front of centre, side, top front, top back."""


def channel_groups(form: SoundFormat) -> tuple[tuple[int, ...], ...]:
    """Return the channels of a file as pairs and singles, in file order.

    A file whose speakers are not known is taken as so many singles: nothing is guessed.
    """
    mask = form.channel_mask or _USUAL.get(form.channels, 0)
    bits = [bit for bit in range(18) if mask >> bit & 1]
    if len(bits) < form.channels:
        return tuple((channel,) for channel in range(form.channels))
    places = {bit: channel for channel, bit in enumerate(bits[: form.channels])}
    groups = [
        (places.pop(left), places.pop(right)) for left, right in _PAIRS if left in places and right in places
    ]
    return tuple(sorted([*groups, *((channel,) for channel in places.values())]))
