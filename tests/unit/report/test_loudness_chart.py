from unit.report.pages import page, stem

from stembridge.report.loudness import HEIGHT, WIDTH, chart


def test_the_mix_leads_and_the_stems_stand_behind():
    made = chart(page(stem("drums"), stem("mix", is_mix=True), stem("bass")))
    assert made is not None
    assert made.main.label == "mix"
    assert [curve.label for curve in made.others] == ["drums", "bass"]


def test_the_first_figure_stands_at_the_third_second():
    made = chart(page(stem(seconds=10.0, short_term=(-30.0, -60.0, 0.0))))
    assert made is not None
    assert made.main.path == f"M300 {HEIGHT // 2}L400 {HEIGHT}L500 0"


def test_silence_breaks_the_line():
    made = chart(page(stem(seconds=10.0, short_term=(-30.0, None, -80.0, -30.0))))
    assert made is not None
    assert made.main.path == "M300 120M600 120"


def test_two_hours_take_no_more_points_than_the_page_is_wide():
    made = chart(page(stem(seconds=7_200.0)))
    assert made is not None
    assert made.main.path.count("L") <= WIDTH


def test_stems_without_a_mix_have_no_chart():
    assert chart(page(stem("drums"), stem("bass"))) is None


def test_a_sound_too_short_to_have_a_course_has_no_chart():
    assert chart(page(stem(seconds=3.0, short_term=(-20.0,)))) is None
