import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from stembridge.audio.overview import Overview
from stembridge.report.waveform import HALF, draw, outline


def covered(path: str) -> dict[int, set[int]]:
    """Follow a path by hand: the heights that it touches above each column."""
    heights: dict[int, set[int]] = {}
    x = y = 0
    for command, numbers in re.findall(r"([MhvVz])([-\d ]*)", path):
        values = [int(number) for number in numbers.split()]
        if command == "M":
            x, y = values
        elif command == "h":
            for column in range(*sorted((x, x + values[0]))):
                heights.setdefault(column, set()).add(y)
            x += values[0]
        elif command in "vV":
            y = values[0] if command == "V" else y + values[0]
    return heights


columns = st.lists(st.tuples(st.integers(-HALF, 0), st.integers(0, HALF)), max_size=40)


@settings(deadline=None, max_examples=200)
@given(columns)
def test_a_path_goes_along_both_edges_of_every_column_that_has_height(edges):
    path = outline(np.array([top for top, _ in edges], int), np.array([low for _, low in edges], int))
    assert covered(path) == {column: {top, low} for column, (top, low) in enumerate(edges) if top != low}


def shape(*levels: float) -> Overview:
    values = np.array(levels, np.float32)
    return Overview(-values, values, values / 2)


def test_full_scale_reaches_the_edge_and_more_does_not_pass_it():
    assert draw(shape(1.0, 7.0), columns=10).peaks == f"M0 {-HALF}h2V{HALF}h-2z"


def test_a_stem_at_minus_forty_decibels_is_still_seen():
    assert draw(shape(0.01), columns=10).peaks == "M0 -6h1V6h-1z"


def test_silence_and_its_dither_draw_nothing():
    assert draw(shape(0.0, 2**-22, 0.0), columns=10).peaks == ""


def test_a_drawing_never_has_more_columns_than_it_may():
    assert draw(shape(*[0.5] * 1_000), columns=77).columns == 77
