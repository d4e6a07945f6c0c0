import re
from dataclasses import replace

import pytest
from unit.report.pages import page as make_page
from unit.report.pages import stem

from stembridge.report.html import render
from stembridge.report.null_chart import HEIGHT, null_charts
from stembridge.session.manifest import NullBandEntry, NullEntry
from stembridge.units import Decibels, Seconds


def entry(*levels: float, cause: str = "") -> NullEntry:
    worst = max(levels, default=-200.0)
    bands = tuple(NullBandEntry(hz, Decibels(worst - 6.0), None) for hz in (500.0, 1000.0))
    return NullEntry(
        mix="Mix.wav",
        null_dbfs=Decibels(worst),
        relative_db=None,
        worst_dbfs=Decibels(worst),
        worst_at=Seconds(0.0),
        limit_dbfs=Decibels(-60.0),
        cause=cause,
        bands=bands,
        step_s=Seconds(1.0),
        levels=tuple(Decibels(level) for level in levels),
    )


def test_a_page_without_a_null_has_no_picture_of_it() -> None:
    assert null_charts(make_page(stem())) is None


def test_louder_is_higher_and_silence_lies_on_the_ground() -> None:
    (chart,) = null_charts(make_page(nulls=(entry(0.0, -200.0),))) or ()
    heights = [int(point.split(" ")[1]) for point in re.findall(r"\d+ \d+", chart.path)]
    assert heights == [0, 0, HEIGHT, HEIGHT]


def test_the_limit_stands_on_the_same_scale() -> None:
    (chart,) = null_charts(make_page(nulls=(entry(-60.0),))) or ()
    assert chart.limit == pytest.approx(100.0 * 60 / 140, abs=0.01)
    assert chart.nulls


def test_each_octave_has_a_bar_with_its_name() -> None:
    (chart,) = null_charts(make_page(nulls=(entry(-30.0),))) or ()
    assert [(bar.label, bar.level) for bar in chart.bars] == [("500", -36.0), ("1k", -36.0)]
    assert all(bar.left + bar.width <= 100.0 for bar in chart.bars)


def test_the_cause_is_on_the_page_and_escaped() -> None:
    page = make_page(stem(), nulls=(entry(-30.0, cause="<b>Bass</b> is inverted."),))
    text = render(page).decode()
    assert "&lt;b&gt;Bass&lt;/b&gt; is inverted." in text
    assert 'id="null"' in text


def test_hours_stay_small() -> None:
    page = make_page(stem(), nulls=(entry(*[-90.0] * 500),))
    assert len(render(page)) - len(render(replace(page, nulls=()))) < 20_000
