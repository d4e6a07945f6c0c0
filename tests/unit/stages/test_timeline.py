from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stembridge.presets import Align
from stembridge.stages.timeline import Placement, Span, place
from stembridge.units import Hertz, Samples

RATES = st.sampled_from([44_100, 48_000, 88_200, 96_000, 192_000])


@st.composite
def spans(draw: st.DrawFn) -> list[Span]:
    return [
        Span(
            draw(st.none() | st.fractions(0, 86_400, max_denominator=192_000)),
            Samples(draw(st.integers(1, 10_000_000))),
            Hertz(draw(RATES)),
        )
        for _ in range(draw(st.integers(1, 8)))
    ]


def placed(seconds: list[float | None], start: str, length: str = "keep") -> list[Placement]:
    rate = Hertz(48_000)
    made = [Span(None if s is None else Fraction(s), Samples(48_000), rate) for s in seconds]
    return list(place(made, Align(start=start, length=length)))


def test_padding_starts_all_at_the_earliest():
    early, late = placed([3600, 3602.5], "pad")
    assert early == Placement(Samples(0), Samples(48_000), Samples(3600 * 48_000))
    assert late == Placement(Samples(120_000), Samples(168_000), Samples(3600 * 48_000))


def test_trimming_starts_all_at_the_latest():
    early, late = placed([3600, 3600.5], "trim")
    assert early == Placement(Samples(-24_000), Samples(24_000), Samples(3600.5 * 48_000))
    assert late.lead == 0


def test_keeping_leaves_each_at_its_own_position():
    early, late = placed([3600, 3602.5], "keep")
    assert (early.lead, late.lead) == (0, 0)
    assert late.position - early.position == 120_000


def test_a_file_without_a_position_starts_with_the_earliest():
    unknown, known = placed([None, 10], "pad")
    assert unknown.position == known.position == 480_000


@pytest.mark.parametrize("start", ["keep", "pad", "trim"])
@given(spans=spans())
def test_with_a_common_length_all_end_together(spans: list[Span], start: str):
    made = place(spans, Align(start=start, length="common"))
    ends = [Fraction(p.position + p.frames, s.rate) for p, s in zip(made, spans, strict=True)]
    slowest = min(span.rate for span in spans)
    assert max(ends) - min(ends) <= Fraction(1, slowest)


@given(spans=spans())
def test_padding_cuts_nothing_and_starts_together(spans: list[Span]):
    made = place(spans, Align(start="pad"))
    assert all(p.lead >= 0 and p.frames == s.frames + p.lead for p, s in zip(made, spans, strict=True))
    starts = [Fraction(p.position, s.rate) for p, s in zip(made, spans, strict=True)]
    assert max(starts) - min(starts) <= Fraction(1, min(span.rate for span in spans))


@given(spans=spans())
def test_every_sound_stays_at_its_own_time(spans: list[Span]):
    for align in (Align(start="pad"), Align(start="keep")):
        for span, p in zip(spans, place(spans, align), strict=True):
            if span.start is not None:
                assert abs(Fraction(p.position + p.lead, span.rate) - span.start) <= Fraction(1, span.rate)
