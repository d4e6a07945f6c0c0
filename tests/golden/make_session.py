"""Makes ``session.rpp`` beside it: run this after a change of the session writer, and read the difference."""

from pathlib import Path

from stembridge.session.rpp import Item, Marker, Session, TempoPoint, Track, write_session
from stembridge.units import Hertz, Seconds

GOLDEN = Path(__file__).with_name("session.rpp")


def example_session() -> Session:
    """Return a session with nested folders, every kind of item, markers, regions and a tempo map."""
    drums = Item(
        "stems/spot_drums.wav",
        Seconds(1 / 3),
        Seconds(12.5),
        "drums",
        source_offset=Seconds(1.0),
        fade_in=Seconds(0.01),
        fade_out=Seconds(0.25),
        play_rate=1.37,
        preserve_pitch=False,
        pitch=-2.0,
        channel_mode=3,
        volume=0.5,
        polarity=-1,
    )
    vocals = Item("stems/spot_vocals.flac", Seconds(0.0), Seconds(12.0), 'the "lead"')
    surround = Item("mix.aiff", Seconds(0.0), Seconds(12.0), "mix", muted=True)
    return Session(
        "Spot — 30″",
        Hertz(48_000),
        (
            Track("Spot", is_folder=True),
            Track("Rhythm", "#c04030", is_folder=True, depth=1),
            Track("drums", "#e0b040", (drums,), depth=2),
            Track("vocals", "#4080c0", (vocals,)),
            Track("mix", None, (surround,), channels=5, muted=True),
        ),
        markers=(
            Marker(Seconds(10.0), "end", "#ff0000"),
            Marker(Seconds(0.0), "verse", length=Seconds(4.0)),
        ),
        tempo=(
            TempoPoint(Seconds(0.0), 120.0),
            TempoPoint(Seconds(4.0), 95.995, sets_meter=False),
            TempoPoint(Seconds(6.5), 90.0, 6, 8),
        ),
        start=Seconds(36_000.0),
        seed="7f3c1c52d0",
    )


if __name__ == "__main__":
    GOLDEN.write_text(write_session(example_session()), encoding="utf-8", newline="\n")
